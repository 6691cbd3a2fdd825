//! The sums of a run, one cell for each source and language.
//!
//! A [group](super::Groups) is a sum of cells, taken at the end, so that a figure of a source, a language and the corpus rest
//! on the same integers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::diversity::Windows;
use super::readability::Prose;
use super::shape::Shapes;
use super::{Diversity, Funnel, Profile, Sizes};
use crate::document::{Document, Fate};

/// Sums of every cell. Memory grows with the number of sources and languages, not of documents.
///
/// Parts of a corpus may be added up apart, kept or sent as bytes (serde; maps have pairs as keys, so a binary form such as
/// postcard), and [merged](Self::merge): no figure depends on the order of the documents or on the cut. Only the numbers
/// of the cells do, which merging therefore gives anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    cells: BTreeMap<Arc<str>, BTreeMap<Box<str>, Cell>>,
    next_number: u32,
    days: BTreeMap<String, Day>,
}

/// Documents of one day of publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Found.
    pub found: u64,
    /// Kept.
    pub kept: u64,
}

impl Day {
    fn merge(&mut self, more: Self) {
        self.found += more.found;
        self.kept += more.kept;
    }
}

/// More days than this are not kept apart: dates are what the records say, and may be anything. The latest are then counted as
/// undated, so that it does not matter in which order they come.
const MAX_DAYS: usize = 100_000;

/// Sums over the documents of one source in one language, or of several such cells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Names the cell in a [`Vocabulary`](super::vocabulary::Vocabulary); given in the order of first appearance.
    pub number: u32,
    /// What became of the documents.
    pub funnel: Funnel,
    /// Sizes of the kept ones.
    pub sizes: Sizes,
    /// Sizes of the same as they were decoded.
    pub before: Sizes,
    /// Shapes of the kept ones, with the family `shape`.
    pub shapes: Shapes,
    /// Ratios along the kept ones.
    pub diversity: DiversitySums,
    /// The same of the kept ones as they were decoded, with the family `before`.
    pub diversity_before: DiversitySums,
    /// Sums for readability.
    pub prose: Prose,
    cleaned: Cleaned,
}

/// Sums of what is measured along each document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiversitySums {
    /// Moving windows of 100 tokens.
    pub mattr_100: Windows,
    /// Moving windows of 500 tokens.
    pub mattr_500: Windows,
    /// Segments of 100 tokens.
    pub msttr_100: Windows,
    /// MTLD of the documents that have one.
    pub mtld: Mean,
    /// MTLD with factors of ten tokens at least.
    pub mtld_min10: Mean,
    /// HD-D of the documents that have one.
    pub hdd_42: Mean,
}

impl DiversitySums {
    fn add(&mut self, along: Diversity) {
        self.mattr_100.merge(along.mattr_100);
        self.mattr_500.merge(along.mattr_500);
        self.msttr_100.merge(along.msttr_100);
        self.mtld.add(along.mtld);
        self.mtld_min10.add(along.mtld_min10);
        self.hdd_42.add(along.hdd_42);
    }

    fn merge(&mut self, other: &Self) {
        self.mattr_100.merge(other.mattr_100);
        self.mattr_500.merge(other.mattr_500);
        self.msttr_100.merge(other.msttr_100);
        self.mtld.merge(other.mtld);
        self.mtld_min10.merge(other.mtld_min10);
        self.hdd_42.merge(other.hdd_42);
    }
}

/// A mean of ratios, each rounded to a millionth, so that the sum is an integer and any order gives the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mean {
    /// Documents that have a value.
    pub documents: u64,
    millionths: u64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.documents += 1;
            self.millionths += (value * 1e6).round() as u64;
        }
    }

    fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        self.millionths += other.millionths;
    }

    /// The mean; undefined without a document that has a value.
    pub fn value(self) -> Option<f64> {
        (self.documents > 0).then(|| self.millionths as f64 / 1e6 / self.documents as f64)
    }
}

/// Documents that were cleaned and not dropped for another reason: how many, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cleaned {
    documents: u64,
    left_bytes: u64,
    removed_bytes: u64,
}

impl Cleaned {
    /// A duplicate's text is gone, and a document in an unwanted language was not cleaned, so neither says anything. One
    /// that lost its whole body says the most.
    fn add(&mut self, document: &Document) {
        let counts = match &document.fate {
            Fate::Kept => true,
            Fate::Rejected(why) => why.reason == "nothing_left",
            Fate::Duplicate(_) => false,
        };
        if counts {
            self.documents += 1;
            self.left_bytes += document.text().len() as u64;
            let removed = document.removed().iter();
            self.removed_bytes += removed.map(|removal| removal.end - removal.start).sum::<u64>();
        }
    }
}

impl Cell {
    fn add(&mut self, document: &Document, profile: Option<&Profile>) {
        self.funnel.add(document);
        self.cleaned.add(document);
        let Some(profile) = profile else { return };
        self.sizes.add(&profile.measures);
        self.before.add(&profile.before);
        if let Some(shape) = &profile.shape {
            self.shapes.add(shape);
        }
        if let Some(lexis) = profile.lexis_before() {
            self.before.add_lengths(&lexis.sentence_tokens, &lexis.token_chars);
            lexis.diversity.iter().for_each(|along| self.diversity_before.add(*along));
        }
        let Some(lexis) = &profile.lexis else { return };
        self.sizes.add_lengths(&lexis.sentence_tokens, &lexis.token_chars);
        if let Some(prose) = &lexis.prose {
            self.prose.merge(prose);
        }
        lexis.diversity.iter().for_each(|along| self.diversity.add(*along));
    }

    /// Adds all documents of another cell.
    pub fn merge(&mut self, other: &Self) {
        self.funnel.merge(&other.funnel);
        self.sizes.merge(&other.sizes);
        self.before.merge(&other.before);
        self.shapes.merge(&other.shapes);
        self.prose.merge(&other.prose);
        self.diversity.merge(&other.diversity);
        self.diversity_before.merge(&other.diversity_before);
        self.cleaned.documents += other.cleaned.documents;
        self.cleaned.left_bytes += other.cleaned.left_bytes;
        self.cleaned.removed_bytes += other.cleaned.removed_bytes;
    }

    /// Documents that were cleaned and not dropped for another reason than that nothing was left.
    pub fn cleaned_documents(&self) -> u64 {
        self.cleaned.documents
    }

    /// Share of the decoded bytes that was removed from documents that were cleaned.
    pub fn removed_share(&self) -> Option<f64> {
        let bytes = self.cleaned.left_bytes + self.cleaned.removed_bytes;
        (bytes > 0).then(|| self.cleaned.removed_bytes as f64 / bytes as f64)
    }
}

/// Key of documents whose language nobody asked for.
pub const NO_LANGUAGE: &str = "unlabelled";

impl Tally {
    /// Adds a document at the end of its way, with its profile if it is kept and statistics are wanted; gives the number of
    /// its cell.
    pub fn add(&mut self, document: &Document, profile: Option<&Profile>) -> u32 {
        let code = document.language.as_ref().map_or(NO_LANGUAGE, |language| &language.code);
        let cell = self.cell(&document.source, code);
        cell.add(document, profile);
        let number = cell.number;
        self.add_day(document);
        number
    }

    /// Adds all documents of another tally; gives the number here of each of its cells, by their number there, as
    /// [`Vocabulary::merge`](super::vocabulary::Vocabulary::merge) needs them.
    pub fn merge(&mut self, other: &Self) -> Vec<u32> {
        let mut numbers = vec![0; other.next_number as usize];
        for (source, language, more) in other.cells() {
            let cell = self.cell(source, language);
            cell.merge(more);
            numbers[more.number as usize] = cell.number;
        }
        other.days.iter().for_each(|(day, more)| self.merge_day(day, *more));
        numbers
    }

    /// Adds the documents of another cell to those of that source and language.
    pub fn merge_cell(&mut self, source: &Arc<str>, language: &str, more: &Cell) {
        self.cell(source, language).merge(more);
    }

    /// Number of the cell of a source and a language.
    pub fn number(&mut self, source: &Arc<str>, language: &str) -> u32 {
        self.cell(source, language).number
    }

    /// The cell of a source and a language.
    fn cell(&mut self, source: &Arc<str>, language: &str) -> &mut Cell {
        let languages = self.cells.entry(Arc::clone(source)).or_default();
        if !languages.contains_key(language) {
            let number = self.next_number;
            self.next_number += 1;
            languages.insert(language.into(), Cell { number, ..Cell::default() });
        }
        languages.get_mut(language).expect("it was just added")
    }

    /// Counts a document's day; one whose day is not known under the empty day.
    fn add_day(&mut self, document: &Document) {
        let one = Day { found: 1, kept: u64::from(document.is_kept()) };
        self.merge_day(document.dating.day.as_str(), one);
    }

    /// Adds documents of a day.
    pub fn merge_day(&mut self, day: &str, more: Day) {
        if let Some(sum) = self.days.get_mut(day) {
            return sum.merge(more);
        }
        self.days.insert(day.to_owned(), more);
        // A day that is not among the earliest now never will be, so that what is kept of the others is whole.
        let dated = self.days.len() - usize::from(self.days.contains_key(""));
        if dated > MAX_DAYS
            && let Some((_, latest)) = self.days.pop_last()
        {
            self.days.entry(String::new()).or_default().merge(latest);
        }
    }

    /// Documents by day of publication, days ascending; the empty day first.
    pub fn days(&self) -> &BTreeMap<String, Day> {
        &self.days
    }

    /// Every cell with its source and language, sources ascending, languages ascending within a source.
    pub fn cells(&self) -> impl Iterator<Item = (&Arc<str>, &str, &Cell)> {
        self.cells.iter().flat_map(|(source, languages)| {
            languages.iter().map(move |(language, cell)| (source, &**language, cell))
        })
    }
}

#[cfg(test)]
mod tests;
