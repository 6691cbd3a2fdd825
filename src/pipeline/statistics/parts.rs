//! The statistics of a part of a corpus as chunks, which go to whoever merges them.
//!
//! A chunk says of its own what its numbers mean, so that any chunks can be merged in any order. Strings come in the order of
//! their hashes and are cut at the bounds of as many ranges as are asked for: a range of all parts of a corpus can then be merged
//! apart from the others. What is in the chunks of a merged part depends on its documents alone.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Statistics, in_a_share};
use crate::error::Error;
use crate::stats::Tally;
use crate::stats::again::WordOrder;
use crate::stats::vocabulary::{Counts, Entry, Vocabulary};

/// Some strings with their counts, or some documents with their words in order.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::pipeline) enum Chunk {
    Strings {
        of: Counted,
        /// Source and language, language alone, or stage and rule.
        parts: Vec<(Arc<str>, String)>,
        strings: Vec<CountedString>,
    },
    /// Hash of the text, language, packed words.
    Order(Vec<(u64, String, Vec<u8>)>),
}

/// Hash, spelling, and by part how often and in how many documents.
pub(in crate::pipeline) type CountedString = (u64, String, Vec<(u32, u64, u64)>);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::pipeline) enum Counted {
    Words,
    WordsBefore,
    Characters(usize),
    Sequences(usize),
    Pairs,
    Removed,
}

/// Where chunks go: with the range that they belong to.
pub(in crate::pipeline) type Emit<'e> = dyn FnMut(u64, Chunk) -> Result<(), Error> + 'e;

/// A chunk is cut at about so many bytes.
const CHUNK_BYTES: usize = 1 << 20;

/// The range that a hash is in, of `ranges`.
pub(in crate::pipeline) fn range_of(hash: u64, ranges: u64) -> u64 {
    ((u128::from(hash) * u128::from(ranges.max(1))) >> 64) as u64
}

impl Statistics {
    /// Hands over everything that was added; `tally` is what the cells are numbered in.
    pub(in crate::pipeline) fn into_chunks(
        self,
        tally: &Tally,
        ranges: u64,
        emit: &mut Emit<'_>,
    ) -> Result<(), Error> {
        let mut cells: Vec<(u32, (Arc<str>, String))> = tally
            .cells()
            .map(|(source, language, cell)| (cell.number, (Arc::clone(source), language.into())))
            .collect();
        cells.sort_unstable_by_key(|(number, _)| *number);
        let cells: Vec<_> = cells.into_iter().map(|(_, name)| name).collect();
        let languages: Vec<_> =
            self.languages.iter().map(|code| (Arc::from(&**code), String::new())).collect();
        let rules: Vec<_> =
            self.rules.iter().map(|(stage, rule)| (Arc::from(&**stage), rule.clone())).collect();
        let all =
            [(Counted::Words, Some(self.words), &cells)]
                .into_iter()
                .chain([(Counted::WordsBefore, self.words_before, &cells)])
                .chain([(Counted::Removed, Some(self.removed), &rules)])
                .chain([(Counted::Pairs, self.pairs, &languages)])
                .chain(self.characters.into_iter().map(|(length, strings)| {
                    (Counted::Characters(length), Some(strings), &languages)
                }))
                .chain(self.sequences.into_iter().map(|(length, strings)| {
                    (Counted::Sequences(length), Some(strings), &languages)
                }));
        for (of, strings, names) in all {
            if let Some(strings) = strings {
                Packing::new(of, names, ranges).all(strings, emit)?;
            }
        }
        match self.order {
            Some(order) => pack_order(order, &self.languages, ranges, emit),
            None => Ok(()),
        }
    }

    /// Adds a chunk; cells that are new get a number in `tally`.
    pub(in crate::pipeline) fn merge(
        &mut self,
        chunk: Chunk,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        let (of, parts, strings) = match chunk {
            Chunk::Strings { of, parts, strings } => (of, parts, strings),
            Chunk::Order(documents) => {
                for (hash, language, packed) in documents {
                    let language = self.language(&language);
                    let order = self.order.as_mut().ok_or_else(unasked)?;
                    order.add_packed(hash, language, &packed)?;
                }
                return Ok(());
            }
        };
        let numbers: Vec<u32> = parts
            .iter()
            .map(|(first, second)| match of {
                Counted::Words | Counted::WordsBefore => tally.number(first, second),
                Counted::Removed => self.rule(first, second),
                _ => self.language(first),
            })
            .collect();
        let workspace = &self.workspace;
        let table = match of {
            Counted::Words => &mut self.words,
            Counted::WordsBefore => self.words_before.as_mut().ok_or_else(unasked)?,
            Counted::Removed => &mut self.removed,
            Counted::Pairs => in_a_share(workspace, &mut self.pairs),
            Counted::Characters(length) => self
                .characters
                .entry(length)
                .or_insert_with(|| Vocabulary::new(&workspace.with_share(4))),
            Counted::Sequences(length) => self
                .sequences
                .entry(length)
                .or_insert_with(|| Vocabulary::new(&workspace.with_share(4))),
        };
        for (hash, spelling, counts) in strings {
            let counts: Option<Vec<_>> = counts
                .into_iter()
                .map(|(part, frequency, documents)| {
                    Some((*numbers.get(part as usize)?, Counts { frequency, documents }))
                })
                .collect();
            let parts = counts.ok_or_else(|| Error::Internal("a chunk without a part".into()))?;
            table.add_entry(&Entry { hash, spelling: &spelling, parts: &parts })?;
        }
        Ok(())
    }
}

fn unasked() -> Error {
    Error::Internal("a chunk of a statistic that this run does not ask for".into())
}

/// A chunk of strings in the making.
struct Packing<'a> {
    of: Counted,
    names: &'a [(Arc<str>, String)],
    ranges: u64,
    range: u64,
    bytes: usize,
    places: FxHashMap<u32, u32>,
    parts: Vec<(Arc<str>, String)>,
    strings: Vec<CountedString>,
}

impl<'a> Packing<'a> {
    fn new(of: Counted, names: &'a [(Arc<str>, String)], ranges: u64) -> Self {
        Self {
            of,
            names,
            ranges,
            range: 0,
            bytes: 0,
            places: FxHashMap::default(),
            parts: Vec::new(),
            strings: Vec::new(),
        }
    }

    fn all(mut self, strings: Vocabulary, emit: &mut Emit<'_>) -> Result<(), Error> {
        strings.for_each(|entry| self.add(&entry, emit))?;
        self.cut(emit)
    }

    fn add(&mut self, entry: &Entry<'_>, emit: &mut Emit<'_>) -> Result<(), Error> {
        let range = range_of(entry.hash, self.ranges);
        if range != self.range || self.bytes > CHUNK_BYTES {
            self.cut(emit)?;
            self.range = range;
        }
        // By name: numbers are given in the order in which documents come.
        let mut named: Vec<_> = entry.parts.to_vec();
        named.sort_unstable_by_key(|(part, _)| &self.names[*part as usize]);
        let mut counts = Vec::with_capacity(named.len());
        for (part, Counts { frequency, documents }) in named {
            let place = *self.places.entry(part).or_insert_with(|| {
                let name = self.names[part as usize].clone();
                self.bytes += name.0.len() + name.1.len();
                self.parts.push(name);
                (self.parts.len() - 1) as u32
            });
            counts.push((place, frequency, documents));
        }
        self.bytes += 16 + entry.spelling.len() + 4 * counts.len();
        self.strings.push((entry.hash, entry.spelling.to_owned(), counts));
        Ok(())
    }

    fn cut(&mut self, emit: &mut Emit<'_>) -> Result<(), Error> {
        self.bytes = 0;
        self.places.clear();
        let parts = std::mem::take(&mut self.parts);
        let strings = std::mem::take(&mut self.strings);
        if strings.is_empty() {
            return Ok(());
        }
        emit(self.range, Chunk::Strings { of: self.of, parts, strings })
    }
}

fn pack_order(
    order: WordOrder,
    languages: &[String],
    ranges: u64,
    emit: &mut Emit<'_>,
) -> Result<(), Error> {
    let (mut range, mut bytes) = (0, 0);
    let mut documents: Vec<(u64, String, Vec<u8>)> = Vec::new();
    let mut emit = |range: u64, mut documents: Vec<(u64, String, Vec<u8>)>| {
        // The same words in two languages come in the order of their numbers.
        documents.sort_unstable_by(|one, other| {
            (one.0, &one.2, &one.1).cmp(&(other.0, &other.2, &other.1))
        });
        match documents.is_empty() {
            true => Ok(()),
            false => emit(range, Chunk::Order(documents)),
        }
    };
    order.for_each(|hash, language, packed| {
        let next = range_of(hash, ranges);
        let is_other = documents.last().is_some_and(|(last, ..)| *last != hash);
        if next != range || bytes > CHUNK_BYTES && is_other {
            emit(range, std::mem::take(&mut documents))?;
            bytes = 0;
        }
        range = next;
        bytes += packed.len();
        documents.push((hash, languages[language as usize].clone(), packed.to_vec()));
        Ok(())
    })?;
    emit(range, documents)
}
