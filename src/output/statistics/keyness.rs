//! The table of words that tell one corpus from another.

use super::super::table::Value::{Count, Decimal, Text};
use super::super::table::{Column, Rows, Table};
use crate::stats::association::Contrast;

/// A word in two corpora.
pub struct KeyRow<'r> {
    /// Lower case, NFC.
    pub word: &'r str,
    /// Frequencies and sizes.
    pub contrast: &'r Contrast,
    /// Documents with it, in target and reference.
    pub documents: [u64; 2],
    /// Gries's DP over the sources of target and reference.
    pub dp: [Option<f64>; 2],
    /// Conservative LogRatio.
    pub lrc: f64,
}

/// Rows of `keyness.csv`.
pub struct Keys;

impl Rows for Keys {
    type Row<'r> = KeyRow<'r>;
}

/// `keyness.csv`, which `copydesk keyness` prints.
pub static KEYNESS: Table<Keys> = Table {
    path: "keyness.csv",
    row: "a word that two corpora have in common or not, by |G²|",
    columns: &[
        Column("word", Text(|row| row.word), "", "lower case, NFC"),
        Column("f1", Count(|row| Some(row.contrast.target)), "tokens", "in the target"),
        Column(
            "n1",
            Count(|row| Some(row.contrast.target_tokens)),
            "tokens",
            "all tokens of the target",
        ),
        Column("f2", Count(|row| Some(row.contrast.reference)), "tokens", "in the reference"),
        Column(
            "n2",
            Count(|row| Some(row.contrast.reference_tokens)),
            "tokens",
            "all tokens of the reference",
        ),
        Column(
            "per_million1",
            Decimal(|row| Some(per_million(row.contrast.target, row.contrast.target_tokens))),
            "tokens",
            "f1·10⁶/n1",
        ),
        Column(
            "per_million2",
            Decimal(|row| Some(per_million(row.contrast.reference, row.contrast.reference_tokens))),
            "tokens",
            "f2·10⁶/n2",
        ),
        Column(
            "documents1",
            Count(|row| Some(row.documents[0])),
            "documents",
            "documents of the target with it",
        ),
        Column(
            "documents2",
            Count(|row| Some(row.documents[1])),
            "documents",
            "documents of the reference with it",
        ),
        Column(
            "dp1",
            Decimal(|row| row.dp[0]),
            "",
            "Gries's DP over the sources of the target; 0 is even",
        ),
        Column(
            "dp2",
            Decimal(|row| row.dp[1]),
            "",
            "Gries's DP over the sources of the reference; 0 is even",
        ),
        Column(
            "g2",
            Decimal(|row| Some(row.contrast.g2())),
            "",
            "2 Σ O ln(O/E) over four cells, negative where it is rarer in the target (Dunning 1993)",
        ),
        Column(
            "bic",
            Decimal(|row| Some(row.contrast.bic())),
            "",
            "|G²| − ln(n1+n2); above 2 there is evidence of a difference (Wilson 2013)",
        ),
        Column(
            "log_ratio",
            Decimal(|row| Some(row.contrast.log_ratio())),
            "bits",
            "log₂ of the ratio of the rates; a 0 counts as 0.5 (Hardie 2014)",
        ),
        Column(
            "zero_replaced",
            Text(|row| if row.contrast.has_zero() { "yes" } else { "" }),
            "",
            "yes where log_ratio had to replace a 0",
        ),
        Column(
            "pct_diff",
            Decimal(|row| row.contrast.percent_difference()),
            "%",
            "100·(rate1 − rate2)/rate2; empty where f2 = 0 (Gabrielatos and Marchi 2012)",
        ),
        Column(
            "simple_maths_1",
            Decimal(|row| Some(row.contrast.simple_maths(1.0))),
            "",
            "(per_million1 + 1)/(per_million2 + 1) (Kilgarriff 2009)",
        ),
        Column(
            "lrc",
            Decimal(|row| Some(row.lrc)),
            "bits",
            "conservative log_ratio: the end nearer to 0 of its exact confidence interval, log₂(n2/n1·τ/(1−τ)) with Clopper and Pearson's limits of τ for f1 of f1+f2, 95 % for all words tested together (two-sided, Bonferroni); 0 where the interval holds 0 (Evert 2022, R corpora::keyness)",
        ),
    ],
};

fn per_million(count: u64, tokens: u64) -> f64 {
    1e6 * count as f64 / tokens as f64
}
