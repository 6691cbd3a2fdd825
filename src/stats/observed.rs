//! The growth of the vocabulary as it was observed: after so many tokens, so many types.
//!
//! The documents stand in the order of the hash of their text, as [`again`](super::again) says. The curve lies below the
//! expected one of [`growth`](super::frequency::growth) as far as words come in bursts.
//!
//! What types have been seen is kept in a table of bounded size. Once it is full, types that are not in it are written down
//! with the point of the curve where they stand, and sorted; the first point of each counts. That is exact, whatever the
//! budget: a type is either in the table from its first token on, or never.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::again::Words;
use super::frequency::growth_places;
use super::lexicon::Lexicon;
use super::spectrum::Spectrum;
use crate::census::{Census, Key, Workspace};
use crate::document::DocId;
use crate::error::Error;

/// Bytes of a type in the table, with the room that a hash table leaves free.
const TYPE_BYTES: usize = 24;

/// Observed growth of the corpus and of each language: types at the places of the expected curve.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Of the corpus.
    pub corpus: Vec<u64>,
    /// Of each language.
    pub languages: BTreeMap<String, Vec<u64>>,
}

/// The curves while the corpus is read again.
pub(super) struct ObservedGrowth {
    /// The corpus, then the languages.
    curves: Vec<Curve>,
    /// The curve of each language.
    numbers: BTreeMap<String, usize>,
    seen: FxHashSet<(u32, u64)>,
    most_seen: usize,
    rest: Census,
}

/// One group of documents.
struct Curve {
    places: Vec<u64>,
    /// Tokens read by now.
    read: u64,
    /// Types first seen between a place and the one before.
    new: Vec<u64>,
}

impl Curve {
    fn of(spectrum: &Spectrum) -> Self {
        let places = growth_places(spectrum.tokens());
        Self { new: vec![0; places.len()], places, read: 0 }
    }

    /// The point at which a token so many tokens further on is counted.
    fn point(&self, further: u64) -> usize {
        self.places.partition_point(|place| *place <= self.read + further)
    }

    fn count(&mut self, point: usize) {
        if let Some(new) = self.new.get_mut(point) {
            *new += 1;
        }
    }

    fn types(self) -> Vec<u64> {
        let sum = |types: &mut u64, new: u64| {
            *types += new;
            Some(*types)
        };
        self.new.into_iter().scan(0, sum).collect()
    }
}

impl ObservedGrowth {
    /// Curves with the places of the expected ones of a lexicon; the workspace's budget is shared by the table and the rest.
    pub(super) fn of(lexicon: &Lexicon, workspace: &Workspace) -> Self {
        let languages = || lexicon.languages.iter();
        let curves = std::iter::once(&lexicon.corpus).chain(languages().map(|(_, of)| of));
        Self {
            curves: curves.map(Curve::of).collect(),
            numbers: languages().map(|(name, _)| name.clone()).zip(1..).collect(),
            seen: FxHashSet::default(),
            most_seen: workspace.budget_bytes() / 2 / TYPE_BYTES,
            rest: workspace.with_share(2).census(),
        }
    }

    /// Reads the next document of a language.
    pub(super) fn add(&mut self, language: &str, words: &Words) -> Result<(), Error> {
        let Some(number) = self.numbers.get(language).copied() else { return Ok(()) };
        // Types stand in the order of their first token, so a token is the first of its type if its place is new.
        let mut firsts = Vec::with_capacity(words.types.len());
        for (at, token) in (0u64..).zip(&words.tokens) {
            if *token as usize == firsts.len() {
                firsts.push(at);
            }
        }
        for curve in [0, number] {
            for (hash, first) in words.types.iter().zip(&firsts) {
                self.add_type(curve, *hash, *first)?;
            }
            self.curves[curve].read += words.tokens.len() as u64;
        }
        Ok(())
    }

    fn add_type(&mut self, number: usize, hash: u64, further: u64) -> Result<(), Error> {
        let key = (number as u32, hash);
        if self.seen.contains(&key) {
            return Ok(());
        }
        let point = self.curves[number].point(further);
        if self.seen.len() < self.most_seen {
            self.seen.insert(key);
            self.curves[number].count(point);
            return Ok(());
        }
        let payload = [key.0.to_le_bytes(), (point as u32).to_le_bytes()].concat();
        self.rest.push(DocId(0), Key { table: 0, hash }, &payload)
    }

    /// Writes the curves into the lexicon.
    pub(super) fn finish(self, lexicon: &mut Lexicon) -> Result<(), Error> {
        let Self { mut curves, numbers, rest, .. } = self;
        let mut groups = rest.into_groups()?;
        while let Some(group) = groups.next_group()? {
            let mut first: BTreeMap<u32, u32> = BTreeMap::new();
            for row in &group.rows {
                let (fields, _) = row.payload.as_chunks();
                let [number, point] = [0, 1].map(|place| {
                    fields.get(place).map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes))
                });
                let least = first.entry(number).or_insert(point);
                *least = point.min(*least);
            }
            for (number, point) in first {
                if let Some(curve) = curves.get_mut(number as usize) {
                    curve.count(point as usize);
                }
            }
        }
        let mut curves = curves.into_iter().map(Curve::types);
        let corpus = curves.next().unwrap_or_default();
        let languages = numbers.into_keys().zip(curves).collect();
        lexicon.observed = Some(Observed { corpus, languages });
        Ok(())
    }
}
