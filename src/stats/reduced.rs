//! Average reduced frequency of the words of the lists: the words of the corpus are read [a second time](super::again), since
//! the lengths of its parts, v = N/f, are known after the first time only.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::again::Words;
use super::lexicon::{Lexicon, Word};

/// The lists of a lexicon while the corpus is read again.
pub(super) struct ReducedFrequencies {
    languages: BTreeMap<String, Language>,
}

/// The words of one language's list.
struct Language {
    /// N.
    tokens: u64,
    /// Tokens read by now.
    read: u64,
    places: FxHashMap<u64, usize>,
    walks: Vec<Walk>,
}

/// One word on its way through the corpus.
#[derive(Clone, Copy)]
struct Walk {
    frequency: u64,
    /// Positions of the first and the latest token.
    span: Option<(u64, u64)>,
    /// Σ min(d·f, N) over the distances so far.
    sum: u128,
}

impl ReducedFrequencies {
    /// Follows the words of all lists.
    pub(super) fn of(lexicon: &Lexicon) -> Self {
        let language = |(name, words): (&String, &Vec<Word>)| {
            let tokens = lexicon.languages.get(name).map_or(0, |spectrum| spectrum.tokens());
            let hashes = words.iter().map(|word| xxh3_64(word.spelling.as_bytes()));
            let walk = |word: &Word| Walk { frequency: word.counts.frequency, span: None, sum: 0 };
            let places = hashes.zip(0..).collect();
            let walks = words.iter().map(walk).collect();
            (name.clone(), Language { tokens, read: 0, places, walks })
        };
        Self { languages: lexicon.words.iter().map(language).collect() }
    }

    /// Reads the next document of a language.
    pub(super) fn add(&mut self, language: &str, words: &Words) {
        let Some(language) = self.languages.get_mut(language) else { return };
        let place = |hash: &u64| language.places.get(hash).copied();
        let places: Vec<Option<usize>> = words.types.iter().map(place).collect();
        for token in &words.tokens {
            if let Some(place) = places[*token as usize] {
                language.walks[place].step(language.read, language.tokens);
            }
            language.read += 1;
        }
    }

    /// Writes the figures into the lists.
    pub(super) fn finish(self, lexicon: &mut Lexicon) {
        for (name, language) in self.languages {
            let words = lexicon.words.get_mut(&name).into_iter().flatten();
            for (word, walk) in words.zip(language.walks) {
                word.reduced_frequency = walk.finish(language.tokens);
            }
        }
    }
}

impl Walk {
    fn step(&mut self, position: u64, tokens: u64) {
        let first = match self.span {
            Some((first, last)) => {
                self.add(position - last, tokens);
                first
            }
            None => position,
        };
        self.span = Some((first, position));
    }

    /// min(d, N/f)·f is an integer: min(d·f, N).
    fn add(&mut self, distance: u64, tokens: u64) {
        self.sum += (u128::from(distance) * u128::from(self.frequency)).min(u128::from(tokens));
    }

    fn finish(mut self, tokens: u64) -> Option<f64> {
        let (first, last) = self.span?;
        // The text is read as a circle.
        self.add(first + tokens - last, tokens);
        Some(self.sum as f64 / tokens as f64)
    }
}

/// Average reduced frequency: (1/v)·Σ min(dᵢ, v), v = N/f, dᵢ the distances from one token of the word to the next, the
/// text read as a circle (Savický and Hlaváčová 2002). `positions` ascend and are below `tokens`. A figure of the order.
pub fn reduced_frequency(positions: &[u64], tokens: u64) -> Option<f64> {
    let mut walk = Walk { frequency: positions.len() as u64, span: None, sum: 0 };
    positions.iter().for_each(|position| walk.step(*position, tokens));
    walk.finish(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::{SENTENCE, close};

    #[test]
    fn reduced_frequency_is_that_of_the_reference_text() {
        let words: Vec<_> = SENTENCE.split(' ').collect();
        let arf = |word| {
            let at = words.iter().enumerate().filter(|(_, other)| **other == word);
            let positions: Vec<_> = at.map(|(at, _)| at as u64).collect();
            reduced_frequency(&positions, words.len() as u64)
        };
        close("the", arf("the"), 5.333333);
        close("cat", arf("cat"), 1.555556);
        close("a word that is there once", arf("log"), 1.0);
        assert_eq!(arf("bird"), None);
    }
}
