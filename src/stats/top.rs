//! The most frequent strings of a list.

use std::cmp::Reverse;

use super::lexicon::Word;

/// The largest rows of a list, ties by spelling. Memory: twice as many rows as wanted.
pub(super) struct Top {
    limit: usize,
    rows: Vec<Word>,
    least: u64,
}

impl Top {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, rows: Vec::new(), least: 0 }
    }

    /// Whether a row of that frequency can be among them.
    pub(super) fn takes(&self, frequency: u64) -> bool {
        self.limit > 0 && frequency >= self.least
    }

    pub(super) fn push(&mut self, word: Word) {
        self.rows.push(word);
        if self.rows.len() >= 2 * self.limit {
            self.settle();
        }
    }

    /// Adds the rows of another list of that length, of which none is of a string in this one.
    pub(super) fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.settle();
    }

    fn settle(&mut self) {
        self.rows.sort_unstable_by(|one, other| {
            let order = |word: &Word| Reverse(word.counts.frequency);
            order(one).cmp(&order(other)).then_with(|| one.spelling.cmp(&other.spelling))
        });
        self.rows.truncate(self.limit);
        if self.rows.len() == self.limit {
            self.least = self.rows.last().map_or(0, |word| word.counts.frequency);
        }
    }

    pub(super) fn into_rows(mut self) -> Vec<Word> {
        self.settle();
        self.rows
    }
}
