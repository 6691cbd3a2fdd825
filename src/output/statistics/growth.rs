//! `stats/growth.csv`: the growth of the vocabulary, as expected and as observed.

use super::super::file::PublishedFile;
use super::super::publish::Publication;
use super::super::table::Value::{Count, Decimal, Text};
use super::super::table::{Column, Rows, Table, TableWriter};
use crate::error::Error;
use crate::stats::frequency::{GROWTH_POINTS, Growth, growth};
use crate::stats::lexicon::Lexicon;

/// A point of a vocabulary's growth.
pub struct GrowthRow<'r> {
    scope: &'r str,
    key: &'r str,
    tokens: u64,
    types: f64,
    /// As they were observed, if anybody asked.
    observed: Option<u64>,
}

/// Rows of `stats/growth.csv`.
pub struct Growths;

impl Rows for Growths {
    type Row<'r> = GrowthRow<'r>;
}

/// `stats/growth.csv`.
pub static GROWTH: Table<Growths> = Table {
    path: "stats/growth.csv",
    row: "a point of a vocabulary's growth",
    columns: &[
        Column("scope", Text(|row| row.scope), "", "corpus or language"),
        Column("key", Text(|row| row.key), "", "which language"),
        Column("tokens", Count(|row| Some(row.tokens)), "tokens", "n"),
        Column(
            "types",
            Decimal(|row| Some(row.types)),
            "types",
            "E[V(n)] over all orders of the text (Baayen 2001)",
        ),
        Column(
            "types_observed",
            Count(|row| row.observed),
            "types",
            "V(n) of the documents in the order of the hash of their text; with the family growth",
        ),
    ],
};

/// Writes `stats/growth.csv`: the expected growth of the vocabulary of the corpus and of each language.
pub fn write_growth(
    publication: &Publication,
    lexicon: &Lexicon,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &GROWTH)?;
    let languages = lexicon.languages.iter().map(|(key, of)| ("language", key.as_str(), of));
    for (scope, key, spectrum) in [("corpus", "", &lexicon.corpus)].into_iter().chain(languages) {
        let observed = lexicon.observed(scope, key);
        for (place, point) in growth(spectrum, GROWTH_POINTS).into_iter().enumerate() {
            let observed = observed.and_then(|types| types.get(place).copied());
            let Growth { tokens, types } = point;
            table.row(&GrowthRow { scope, key, tokens, types, observed })?;
        }
    }
    table.finish()
}
