//! Sizes of the kept documents, per group: sums and exact distributions from integer histograms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AFTER, Figure, Value};
use crate::document::Measures;

/// Sums over one group of documents. Memory grows with distinct lengths, not with documents; two of them merge by addition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sizes {
    documents: u64,
    chars: Histogram,
    tokens: Histogram,
    sentences: Histogram,
    lines: Histogram,
    bytes: Histogram,
    paragraphs: Histogram,
    sentence_tokens: Histogram,
    token_chars: Histogram,
}

/// How many documents, or other things, have which count: exact quantiles at the cost of one entry a distinct value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    documents_by_count: BTreeMap<u64, u64>,
}

impl Sizes {
    /// Adds a kept document.
    pub fn add(&mut self, measures: &Measures) {
        self.documents += 1;
        self.chars.add(Some(measures.chars));
        self.tokens.add(measures.tokens);
        self.sentences.add(measures.sentences);
        self.lines.add(Some(measures.lines));
        self.bytes.add(Some(measures.bytes));
        self.paragraphs.add(Some(measures.paragraphs));
    }

    /// Adds all documents of another group.
    pub fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.chars.merge(&other.chars);
        self.tokens.merge(&other.tokens);
        self.sentences.merge(&other.sentences);
        self.lines.merge(&other.lines);
        self.bytes.merge(&other.bytes);
        self.paragraphs.merge(&other.paragraphs);
        self.sentence_tokens.merge(&other.sentence_tokens);
        self.token_chars.merge(&other.token_chars);
    }

    /// Adds the lengths of a text's sentences and tokens.
    pub fn add_lengths(&mut self, sentences: &[(u32, u32)], tokens: &[(u32, u32)]) {
        for (length, count) in sentences {
            self.sentence_tokens.add_many(u64::from(*length), u64::from(*count));
        }
        for (length, count) in tokens {
            self.token_chars.add_many(u64::from(*length), u64::from(*count));
        }
    }

    /// Documents.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Lengths of the documents in characters.
    pub fn chars(&self) -> &Histogram {
        &self.chars
    }

    /// Lengths of the documents in tokens.
    pub fn tokens(&self) -> &Histogram {
        &self.tokens
    }

    /// The group's rows, in a fixed order.
    pub fn figures<'k>(
        &self,
        scope: &'static str,
        key: &'k str,
        state: &'static str,
    ) -> Vec<Figure<'k>> {
        let of = |name, unit, method| Figure {
            scope,
            key,
            statistic: name,
            unit,
            state,
            method,
            ..Figure::default()
        };
        let mut figures = vec![Figure {
            value: Some(Value::Count(self.documents)),
            n: self.documents,
            ..of("documents".into(), "documents", "kept documents")
        }];
        let words = "UAX #29 words with an alphanumeric character";
        let families = [
            ("chars", &self.chars, "characters", "Unicode scalar values of the body"),
            ("tokens", &self.tokens, "tokens", words),
            ("sentences", &self.sentences, "sentences", "UAX #29 sentences with a token"),
            ("lines", &self.lines, "lines", "lines with text"),
            ("bytes", &self.bytes, "bytes", "the body as UTF-8"),
            ("paragraphs", &self.paragraphs, "paragraphs", "runs of lines with text"),
        ];
        for (name, histogram, unit, method) in families {
            figures.extend(histogram.figures(&of(name.into(), unit, method)));
        }
        if state == AFTER || self.sentence_tokens.n() > 0 {
            let lengths = [
                ("sentence_tokens", &self.sentence_tokens, "tokens", "tokens of a sentence"),
                ("token_chars", &self.token_chars, "characters", "characters of a token"),
            ];
            for (name, histogram, unit, method) in lengths {
                figures.extend(histogram.figures(&of(name.into(), unit, method)));
            }
        }
        figures
    }
}

impl Histogram {
    pub(super) fn add(&mut self, count: Option<u64>) {
        if let Some(count) = count {
            self.add_many(count, 1);
        }
    }

    pub(super) fn add_many(&mut self, count: u64, documents: u64) {
        *self.documents_by_count.entry(count).or_default() += documents;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (count, documents) in &other.documents_by_count {
            self.add_many(*count, *documents);
        }
    }

    /// Number of things counted.
    pub fn n(&self) -> u64 {
        self.documents_by_count.values().sum()
    }

    /// Sum of all counts.
    pub fn sum(&self) -> u64 {
        self.documents_by_count.iter().map(|(count, n)| count * n).sum()
    }

    /// How many have which count, counts ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.documents_by_count.iter().map(|(count, n)| (*count, *n))
    }

    /// Nearest-rank quantile (type 1), `percent` of 0 for the least.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        self.quantile(self.n(), percent)
    }

    /// The rows of one distribution: sum, mean, deviation, quantiles.
    pub(super) fn figures<'k>(&self, of: &Figure<'k>) -> Vec<Figure<'k>> {
        let (n, sum) = (self.n(), self.sum());
        let figure = |suffix: &str, value: Option<Value>, method, reason| Figure {
            statistic: format!("{}{suffix}", of.statistic).into(),
            value,
            n,
            method,
            reason: if value.is_some() { "" } else { reason },
            ..of.clone()
        };
        let undefined = "no document where it is defined";
        let mut figures = vec![
            figure("", (n > 0).then_some(Value::Count(sum)), of.method, undefined),
            figure(
                "_mean",
                (n > 0).then(|| Value::Ratio(sum as f64 / n as f64)),
                "sum / n",
                undefined,
            ),
            figure(
                "_sd",
                self.variance(n, sum).map(|variance| Value::Ratio(variance.sqrt())),
                "sample standard deviation (n - 1)",
                "needs two of them",
            ),
        ];
        for (suffix, percent) in QUANTILES {
            let value = self.quantile(n, percent).map(Value::Count);
            figures.push(figure(suffix, value, "nearest rank (type 1)", undefined));
        }
        figures
    }

    /// Sample variance from integer sums: n·Σx² − (Σx)² is exact, and divided once.
    fn variance(&self, n: u64, sum: u64) -> Option<f64> {
        if n < 2 {
            return None;
        }
        let squares: u128 = self
            .documents_by_count
            .iter()
            .map(|(count, n)| u128::from(*count) * u128::from(*count) * u128::from(*n))
            .sum();
        let spread = u128::from(n) * squares - u128::from(sum) * u128::from(sum);
        Some(spread as f64 / (n as f64 * (n - 1) as f64))
    }

    /// The smallest count that at least `percent` of the documents do not exceed.
    fn quantile(&self, n: u64, percent: u64) -> Option<u64> {
        let rank = (n * percent).div_ceil(100).max(1);
        let mut below = 0;
        self.documents_by_count.iter().find_map(|(count, documents)| {
            below += documents;
            (below >= rank).then_some(*count)
        })
    }
}

const QUANTILES: [(&str, u64); 8] = [
    ("_min", 0),
    ("_p5", 5),
    ("_p25", 25),
    ("_p50", 50),
    ("_p75", 75),
    ("_p95", 95),
    ("_p99", 99),
    ("_max", 100),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(chars: &[u64]) -> Sizes {
        let mut sizes = Sizes::default();
        for chars in chars {
            sizes.add(&Measures { chars: *chars, lines: 1, ..Measures::default() });
        }
        sizes
    }

    fn value(sizes: &Sizes, statistic: &str) -> Option<String> {
        let figures = sizes.figures("corpus", "", AFTER);
        let figure = figures.iter().find(|figure| figure.statistic == statistic);
        figure.expect("the figure is in the table").value.map(|value| value.to_string())
    }

    #[test]
    fn distributions_are_exact() {
        let sizes = sizes(&[15, 20, 35, 40, 50]);
        for (statistic, expected) in [
            ("documents", "5"),
            ("chars", "160"),
            ("chars_mean", "32.000000"),
            ("chars_sd", "14.404860"),
            ("chars_min", "15"),
            ("chars_p5", "15"),
            ("chars_p25", "20"),
            ("chars_p50", "35"),
            ("chars_p75", "40"),
            ("chars_max", "50"),
        ] {
            assert_eq!(value(&sizes, statistic).as_deref(), Some(expected), "{statistic}");
        }
    }

    #[test]
    fn undefined_is_empty_with_a_reason() {
        assert_eq!(value(&sizes(&[3]), "chars_sd"), None);
        assert_eq!(value(&sizes(&[3]), "tokens"), None);
        let figures = sizes(&[3]).figures("corpus", "", AFTER);
        assert!(figures.iter().all(|figure| figure.value.is_some() == figure.reason.is_empty()));
    }

    #[test]
    fn merging_equals_counting_together() {
        let mut left = sizes(&[1, 7, 7]);
        left.merge(&sizes(&[2, 90]));
        assert_eq!(left, sizes(&[1, 2, 7, 7, 90]));
    }
}
