//! Average reduced frequency of the words of the lists: the words of the corpus are read a second time, since the lengths of
//! its parts, v = N/f, are known after the first time only.
//!
//! The figure rests on the order of the documents, and an order by place would make it one of file names and of where files
//! end. So the documents stand in the order of the hash of their text: fixed, the same for every order and cut of the
//! corpus, and with nothing to do with what they say. Words within a document keep their order. Between the two readings
//! they are packed in a [`Census`], which sorts them, on disk past the budget; the second reading holds one text at a time
//! (with its exact copies) and the lists.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::lexicon::{Lexicon, Word};
use super::text::Reading;
use crate::census::{Census, Key, Workspace};
use crate::document::DocId;
use crate::error::Error;

/// The words of all documents in their order, between the two readings.
pub struct WordOrder {
    census: Census,
}

impl WordOrder {
    /// No words yet.
    pub fn new(workspace: &Workspace) -> Self {
        Self { census: workspace.census() }
    }

    /// Adds a document: its text, the number of its language, and its words, [packed](pack).
    pub fn add(&mut self, text: &str, language: u32, packed: &[u8]) -> Result<(), Error> {
        let payload = [&language.to_le_bytes(), packed].concat();
        self.push(xxh3_64(text.as_bytes()), &payload)
    }

    /// Documents are told apart by their text alone, so that copies of one stand side by side, whatever their places.
    fn push(&mut self, hash: u64, payload: &[u8]) -> Result<(), Error> {
        self.census.push(DocId(0), Key { table: 0, hash }, payload)
    }

    /// Adds all documents of another part of the corpus; `numbers` says what each of its languages is here.
    pub fn merge(&mut self, other: Self, numbers: &[u32]) -> Result<(), Error> {
        other.for_each(|hash, language, packed| {
            let language = numbers.get(language as usize).copied().ok_or_else(damaged)?;
            self.push(hash, &[&language.to_le_bytes(), packed].concat())
        })
    }

    /// Writes the figures into the lists of a lexicon; `languages` by their numbers.
    pub fn finish(self, languages: &[String], lexicon: &mut Lexicon) -> Result<(), Error> {
        let mut reduced = ReducedFrequencies::of(lexicon);
        self.for_each(|_, language, packed| {
            let language = languages.get(language as usize).ok_or_else(damaged)?;
            reduced.add(language, packed).ok_or_else(damaged)
        })?;
        reduced.finish(lexicon);
        Ok(())
    }

    fn for_each(
        self,
        mut visit: impl FnMut(u64, u32, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut groups = self.census.into_groups()?;
        while let Some(group) = groups.next_group()? {
            for row in &group.rows {
                let (language, packed) = row.payload.split_first_chunk().ok_or_else(damaged)?;
                visit(group.key.hash, u32::from_le_bytes(*language), packed)?;
            }
        }
        Ok(())
    }
}

fn damaged() -> Error {
    Error::Internal("words that cannot be read again".into())
}

/// The words of a document as bytes: the hashes of its types, and each token as the place of its type. About six bytes a
/// token.
pub fn pack(reading: &Reading) -> Vec<u8> {
    let Reading { types, tokens, .. } = reading;
    let mut packed = Vec::with_capacity(4 + types.len() * 8 + tokens.len() * 2);
    packed.extend((types.len() as u32).to_le_bytes());
    types.iter().for_each(|of| packed.extend(of.hash.to_le_bytes()));
    for token in tokens {
        match u8::try_from(*token) {
            Ok(place) if place < WIDE => packed.push(place),
            _ => {
                packed.push(WIDE);
                packed.extend(token.to_le_bytes());
            }
        }
    }
    packed
}

/// Marks a place of four bytes.
const WIDE: u8 = u8::MAX;

/// The lists of a lexicon while the corpus is read again.
struct ReducedFrequencies {
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
    fn of(lexicon: &Lexicon) -> Self {
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

    /// Reads the next [packed](pack) document of a language; `None` for bytes that are not one.
    fn add(&mut self, language: &str, packed: &[u8]) -> Option<()> {
        let language = self.languages.get_mut(language)?;
        let (types, rest) = packed.split_first_chunk()?;
        let (hashes, mut rest) = rest.split_at_checked(u32::from_le_bytes(*types) as usize * 8)?;
        let (hashes, _) = hashes.as_chunks();
        let place = |hash: &[u8; 8]| language.places.get(&u64::from_le_bytes(*hash)).copied();
        let places: Vec<Option<usize>> = hashes.iter().map(place).collect();
        while let Some((first, more)) = rest.split_first() {
            let mut token = usize::from(*first);
            rest = more;
            if *first == WIDE {
                let (wide, more) = rest.split_first_chunk()?;
                token = u32::from_le_bytes(*wide) as usize;
                rest = more;
            }
            if let Some(place) = *places.get(token)? {
                language.walks[place].step(language.read, language.tokens);
            }
            language.read += 1;
        }
        Some(())
    }

    /// Writes the figures into the lists.
    fn finish(self, lexicon: &mut Lexicon) {
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
    use proptest::prelude::*;

    use super::*;
    use crate::document::Document;
    use crate::stats::reference::{SENTENCE, close};
    use crate::stats::vocabulary::Vocabulary;
    use crate::stats::{Families, Profile, Tally};

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

    /// Word lists of documents of up to 400 types, so that places of both widths are read.
    fn documents() -> impl Strategy<Value = Vec<Vec<u16>>> {
        proptest::collection::vec(proptest::collection::vec(0u16..400, 0..600), 1..6)
    }

    /// Every part of the corpus read apart, then merged.
    fn lexicon(parts: &[&[String]], budget_bytes: usize) -> Lexicon {
        let workspace = Workspace::new(&std::env::temp_dir(), budget_bytes);
        let all = || (Tally::default(), Vocabulary::new(&workspace), WordOrder::new(&workspace));
        let (mut tally, mut counts, mut order) = all();
        let families = Families { words: true, arf: true, ..Families::default() };
        for part in parts {
            let (mut its_tally, mut its_counts, mut its_order) = all();
            for text in *part {
                let document = Document::new(DocId(0), "a", "s", "", text);
                let profile = Profile::of(&document, families);
                let cell = its_tally.add(&document, Some(&profile));
                let lexis = profile.lexis.expect("words between spaces");
                its_counts.add(cell, lexis.words(), |place| lexis.spelling(place)).unwrap();
                its_order.add(text, 0, &lexis.packed).unwrap();
            }
            let numbers = tally.merge(&its_tally);
            counts.merge(its_counts, &numbers).unwrap();
            order.merge(its_order, &[0]).unwrap();
        }
        let mut lexicon = Lexicon::of(counts, &tally, 20, false).unwrap();
        order.finish(&["unlabelled".to_owned()], &mut lexicon).unwrap();
        lexicon
    }

    proptest! {
        #[test]
        fn two_readings_give_the_definition_in_one_order_for_any_order_cut_and_budget(
            documents in documents(),
            cut in 0usize..6,
            budget in 1usize..100_000,
        ) {
            let text = |words: &Vec<u16>| {
                let words: Vec<_> = words.iter().map(|word| format!("w{word}")).collect();
                words.join(" ")
            };
            let mut texts: Vec<_> = documents.iter().map(text).collect();
            let words = lexicon(&[&texts], 1 << 20).words;
            texts.reverse();
            let (left, right) = texts.split_at(cut.min(texts.len()));
            prop_assert_eq!(&lexicon(&[left, right], budget).words, &words);
            texts.sort_by_key(|text| xxh3_64(text.as_bytes()));
            let joined = texts.join(" ");
            let all: Vec<_> = joined.split_whitespace().collect();
            for word in words.get("unlabelled").into_iter().flatten() {
                let positions: Vec<_> = (0..)
                    .zip(&all)
                    .filter(|(_, other)| **other == word.spelling)
                    .map(|(at, _)| at)
                    .collect();
                let expected = reduced_frequency(&positions, all.len() as u64);
                prop_assert!(expected.is_some());
                prop_assert_eq!(word.reduced_frequency, expected, "{}", &word.spelling);
            }
        }
    }
}
