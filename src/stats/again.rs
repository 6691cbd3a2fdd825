//! The words of the corpus in their order, read a second time for the figures that need sums of the first: average reduced
//! frequency, dispersion over documents, and the growth of the vocabulary as it was observed.
//!
//! These figures rest on the order of the documents or are added up in it, and an order by place would make them figures of
//! file names and of where files end. So the documents stand in the order of the hash of their text: fixed, the same for
//! every order and cut of the corpus, and with nothing to do with what they say. Words within a document keep their order.
//! Between the two readings they are packed in a [`Census`], which sorts them, on disk past the budget; the second reading
//! holds one text at a time (with its exact copies) and what is asked for.

use super::dispersion::DocumentSpreads;
use super::lexicon::Lexicon;
use super::observed::ObservedGrowth;
use super::reduced::ReducedFrequencies;
use super::text::Reading;
use crate::census::{Census, Key, Workspace};
use crate::document::DocId;
use crate::error::Error;
use xxhash_rust::xxh3::xxh3_64;

/// The words of all documents in their order, between the two readings.
pub struct WordOrder {
    workspace: Workspace,
    census: Census,
}

/// What the second reading is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Average reduced frequency of the words of the lists.
    pub reduced_frequency: bool,
    /// Their dispersion over documents, in place of that over sources.
    pub dispersion: bool,
    /// Growth of the vocabulary.
    pub growth: bool,
}

impl WordOrder {
    /// No words yet; half of the workspace's budget for them, and half for what the second reading keeps.
    pub fn new(workspace: &Workspace) -> Self {
        let workspace = workspace.with_share(2);
        Self { census: workspace.census(), workspace }
    }

    /// Adds a document: its text, the number of its language, and its words, [packed](pack).
    pub fn add(&mut self, text: &str, language: u32, packed: &[u8]) -> Result<(), Error> {
        self.add_packed(xxh3_64(text.as_bytes()), language, packed)
    }

    /// Adds a document as [`for_each`](Self::for_each) hands it over.
    pub fn add_packed(&mut self, hash: u64, language: u32, packed: &[u8]) -> Result<(), Error> {
        self.push(hash, &[&language.to_le_bytes(), packed].concat())
    }

    /// Documents are told apart by their text alone, so that copies of one stand side by side, whatever their places.
    fn push(&mut self, hash: u64, payload: &[u8]) -> Result<(), Error> {
        self.census.push(DocId(0), Key { table: 0, hash }, payload)
    }

    /// Adds all documents of another part of the corpus; `numbers` says what each of its languages is here.
    pub fn merge(&mut self, other: Self, numbers: &[u32]) -> Result<(), Error> {
        other.for_each(|hash, language, packed| {
            let language = numbers.get(language as usize).copied().ok_or_else(damaged)?;
            self.add_packed(hash, language, packed)
        })
    }

    /// Writes the figures into a lexicon; `languages` by their numbers.
    pub fn finish(
        self,
        languages: &[String],
        lexicon: &mut Lexicon,
        asked: Asked,
    ) -> Result<(), Error> {
        let mut reduced = asked.reduced_frequency.then(|| ReducedFrequencies::of(lexicon));
        let mut spreads = asked.dispersion.then(|| DocumentSpreads::of(lexicon));
        let mut growth = asked.growth.then(|| ObservedGrowth::of(lexicon, &self.workspace));
        self.for_each(|_, language, packed| {
            let language = languages.get(language as usize).ok_or_else(damaged)?;
            let words = Words::unpack(packed).ok_or_else(damaged)?;
            if let Some(reduced) = &mut reduced {
                reduced.add(language, &words);
            }
            if let Some(spreads) = &mut spreads {
                spreads.add(language, &words);
            }
            match &mut growth {
                Some(growth) => growth.add(language, &words),
                None => Ok(()),
            }
        })?;
        if let Some(reduced) = reduced {
            reduced.finish(lexicon);
        }
        if let Some(spreads) = spreads {
            spreads.finish(lexicon);
        }
        match growth {
            Some(growth) => growth.finish(lexicon),
            None => Ok(()),
        }
    }

    /// Hands over the hash, language and words of each document, hashes ascending.
    pub fn for_each(
        self,
        mut visit: impl FnMut(u64, u32, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut groups = self.census.into_groups()?;
        while let Some(mut group) = groups.next_group()? {
            // One text under several languages, whose words may be folded in several ways. Languages are numbered as they
            // come, so that their numbers must not tell.
            group.rows.sort_by(|one, other| one.payload.get(4..).cmp(&other.payload.get(4..)));
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

/// The words of a document, unpacked.
pub(super) struct Words {
    /// Hashes of its types, in the order of their first token.
    pub(super) types: Vec<u64>,
    /// Each token as the place of its type, all of which exist.
    pub(super) tokens: Vec<u32>,
}

impl Words {
    /// From [packed](pack) bytes; `None` for others.
    fn unpack(packed: &[u8]) -> Option<Self> {
        let (types, rest) = packed.split_first_chunk()?;
        let (hashes, mut rest) = rest.split_at_checked(u32::from_le_bytes(*types) as usize * 8)?;
        let (hashes, _) = hashes.as_chunks();
        let types: Vec<u64> = hashes.iter().map(|hash| u64::from_le_bytes(*hash)).collect();
        let mut tokens = Vec::with_capacity(rest.len());
        while let Some((first, more)) = rest.split_first() {
            let mut token = u32::from(*first);
            rest = more;
            if *first == WIDE {
                let (wide, more) = rest.split_first_chunk()?;
                token = u32::from_le_bytes(*wide);
                rest = more;
            }
            types.get(token as usize)?;
            tokens.push(token);
        }
        Some(Self { types, tokens })
    }

    /// Tokens of each type.
    pub(super) fn frequencies(&self) -> Vec<u64> {
        let mut frequencies = vec![0; self.types.len()];
        self.tokens.iter().for_each(|token| frequencies[*token as usize] += 1);
        frequencies
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Document;
    use crate::stats::dispersion::Parts;
    use crate::stats::frequency::growth_places;
    use crate::stats::reduced::reduced_frequency;
    use crate::stats::vocabulary::Vocabulary;
    use crate::stats::{Families, Profile, Tally};

    /// Word lists of documents of up to 400 types, so that places of both widths are read.
    fn documents() -> impl Strategy<Value = Vec<Vec<u16>>> {
        proptest::collection::vec(proptest::collection::vec(0u16..400, 0..600), 1..6)
    }

    const ALL: Asked = Asked { reduced_frequency: true, dispersion: true, growth: true };

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
        order.finish(&["unlabelled".to_owned()], &mut lexicon, ALL).unwrap();
        lexicon
    }

    proptest! {
        #[test]
        fn two_readings_give_the_definitions_in_one_order_for_any_order_cut_and_budget(
            documents in documents(),
            cut in 0usize..6,
            budget in 1usize..100_000,
        ) {
            let text = |words: &Vec<u16>| {
                let words: Vec<_> = words.iter().map(|word| format!("w{word}")).collect();
                words.join(" ")
            };
            let mut texts: Vec<_> = documents.iter().map(text).collect();
            let whole = lexicon(&[&texts], 1 << 20);
            texts.reverse();
            let (left, right) = texts.split_at(cut.min(texts.len()));
            let other = lexicon(&[left, right], budget);
            prop_assert_eq!(&other.words, &whole.words);
            prop_assert_eq!(&other.observed, &whole.observed);
            texts.sort_by_key(|text| xxh3_64(text.as_bytes()));
            let by_document: Vec<Vec<_>> =
                texts.iter().map(|text| text.split_whitespace().collect()).collect();
            let all = by_document.concat();
            let parts = Parts::of(by_document.iter().map(|words| words.len() as u64));
            for word in whole.words.get("unlabelled").into_iter().flatten() {
                let positions: Vec<_> = (0..)
                    .zip(&all)
                    .filter(|(_, other)| **other == word.spelling)
                    .map(|(at, _)| at)
                    .collect();
                let expected = reduced_frequency(&positions, all.len() as u64);
                prop_assert!(expected.is_some());
                prop_assert_eq!(word.reduced_frequency, expected, "{}", &word.spelling);
                let holding = by_document.iter().map(|words| {
                    let of = words.iter().filter(|other| **other == word.spelling).count();
                    (of as u64, words.len() as u64)
                });
                let holding: Vec<_> = holding.filter(|(of, _)| *of > 0).collect();
                let shown = |of: Option<crate::stats::dispersion::Dispersion>| {
                    let of = of.expect("the word is there");
                    let all = [
                        of.juilland_d.unwrap_or(9.0), of.dp, of.dp_norm.unwrap_or(9.0),
                        of.carroll_d2.unwrap_or(9.0), of.rosengren_s, of.kl,
                    ];
                    (of.range, all.map(|figure| (figure * 1e9).round() as i64))
                };
                let (range, figures) = shown(word.dispersion);
                let (expected_range, expected) = shown(parts.dispersion(&holding));
                prop_assert_eq!(range, expected_range);
                for (figure, expected) in figures.iter().zip(expected) {
                    prop_assert!((figure - expected).abs() <= 100, "{figures:?} {expected:?}");
                }
            }
            let places = growth_places(all.len() as u64);
            let observed: Vec<u64> = places
                .iter()
                .map(|n| {
                    let mut types = all[..*n as usize].to_vec();
                    types.sort_unstable();
                    types.dedup();
                    types.len() as u64
                })
                .collect();
            for scope in ["corpus", "language"] {
                let found = whole.observed(scope, "unlabelled");
                prop_assert_eq!(found.unwrap_or_default(), &observed[..], "{}", scope);
            }
        }
    }
}
