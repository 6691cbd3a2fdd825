//! Groups of documents: the corpus, every source and every language, each a sum of the cells of a tally.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::tally::{Cell, NO_LANGUAGE, Tally};
use super::{AFTER, BEFORE, Families, Figure};
use crate::error::OverCleaned;

/// The sums that the tables of groups rest on, added up once. A group of one cell is that cell.
pub struct Groups<'a> {
    /// The sum of all cells.
    pub corpus: Cell,
    /// A sum for each source, by name.
    pub sources: BTreeMap<&'a Arc<str>, Cow<'a, Cell>>,
    /// A sum for each language, by code.
    pub languages: BTreeMap<&'a str, Cow<'a, Cell>>,
}

impl<'a> Groups<'a> {
    /// The groups of a tally.
    pub fn of(tally: &'a Tally) -> Self {
        let mut groups =
            Self { corpus: Cell::default(), sources: BTreeMap::new(), languages: BTreeMap::new() };
        for (source, language, cell) in tally.cells() {
            add(&mut groups.sources, source, cell);
            add(&mut groups.languages, language, cell);
        }
        // Languages are few, and each histogram of theirs is shorter than those of its cells together.
        groups.languages.values().for_each(|language| groups.corpus.merge(language));
        groups
    }

    /// The corpus, then each source, then each language: scope, key, sums.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Cell)> {
        let sources = self.sources.iter().map(|(key, cell)| ("source", &***key, &**cell));
        let languages = self.languages.iter().map(|(key, cell)| ("language", *key, &**cell));
        std::iter::once(("corpus", "", &self.corpus)).chain(sources).chain(languages)
    }

    /// The rows of `stats/funnel.csv`.
    pub fn funnel_figures(&self) -> impl Iterator<Item = Figure<'_>> {
        self.iter().flat_map(|(scope, key, cell)| cell.funnel.figures(scope, key))
    }

    /// The rows of `stats/sizes.csv`.
    pub fn size_figures(&self, families: Families) -> impl Iterator<Item = Figure<'_>> {
        self.iter().flat_map(move |(scope, key, cell)| {
            let mut figures = cell.sizes.figures(scope, key, AFTER);
            if families.shape {
                figures.extend(cell.shapes.figures(scope, key));
            }
            figures.extend(cell.before.figures(scope, key, BEFORE));
            figures
        })
    }

    /// Codes of the languages of kept documents, the most frequent first, ties by code.
    pub fn kept_languages(&self) -> Vec<String> {
        let mut languages: Vec<_> = self
            .languages
            .iter()
            .map(|(code, cell)| (Reverse(cell.funnel.kept), *code))
            .filter(|(kept, code)| kept.0 > 0 && *code != "und" && *code != NO_LANGUAGE)
            .collect();
        languages.sort_unstable();
        languages.into_iter().map(|(_, code)| code.to_owned()).collect()
    }

    /// Sources with at least `min_documents` that lost more than `max_removed_share` of their bytes, by name.
    pub fn over_cleaned(&self, max_removed_share: f64, min_documents: u64) -> Vec<OverCleaned> {
        let mut sources = Vec::new();
        for (source, cell) in &self.sources {
            let removed_share = cell.removed_share().unwrap_or_default();
            if cell.cleaned_documents() < min_documents || removed_share <= max_removed_share {
                continue;
            }
            let removed = cell.funnel.removed.iter();
            let most = removed.max_by_key(|(name, removed)| (removed.bytes, Reverse(*name)));
            let rule = most.map(|((stage, rule), _)| format!("{stage}:{rule}"));
            sources.push(OverCleaned {
                source: source.to_string(),
                removed_share,
                documents: cell.cleaned_documents(),
                rule: rule.unwrap_or_default(),
            });
        }
        sources
    }
}

fn add<'a, K: Ord>(groups: &mut BTreeMap<K, Cow<'a, Cell>>, key: K, cell: &'a Cell) {
    match groups.get_mut(&key) {
        Some(sum) => sum.to_mut().merge(cell),
        None => drop(groups.insert(key, Cow::Borrowed(cell))),
    }
}
