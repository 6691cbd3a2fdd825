//! Counts of words, or of other strings, by part of the corpus: exact, in bounded memory.
//!
//! While documents come in, each part has a hash table, and every distinct string is spelt once. What goes beyond the
//! budget is written to sorted scratch files by the [`Census`], and read back merged: one string after the other, with its
//! counts in every part. Memory is then that of one string. About 25 bytes an entry and 30 a distinct string; a string is
//! told from others by its 64-bit hash.

use rustc_hash::FxHashMap;

use crate::census::{Census, Key, Workspace};
use crate::document::DocId;
use crate::error::Error;
use crate::workers;

/// How often, and in how many documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Occurrences.
    pub frequency: u64,
    /// Documents with at least one.
    pub documents: u64,
}

impl Counts {
    /// Adds other counts.
    pub fn merge(&mut self, other: Self) {
        self.frequency += other.frequency;
        self.documents += other.documents;
    }
}

/// The counts while they grow.
pub struct Vocabulary {
    parts: Vec<FxHashMap<u64, Small>>,
    spellings: FxHashMap<u64, Spelling>,
    letters: String,
    entries: usize,
    budget_bytes: usize,
    census: Census,
    is_on_disk: bool,
}

/// Counts in a table: half the memory of those that are handed out, so that more of a table stays in the cache.
#[derive(Clone, Copy, Default)]
struct Small {
    frequency: u32,
    documents: u32,
}

impl Small {
    /// The sum, unless it needs more bits.
    fn plus(self, more: Counts) -> Option<Self> {
        let frequency = u64::from(self.frequency) + more.frequency;
        let documents = u64::from(self.documents) + more.documents;
        Some(Self {
            frequency: u32::try_from(frequency).ok()?,
            documents: u32::try_from(documents).ok()?,
        })
    }

    fn counts(self) -> Counts {
        Counts { frequency: self.frequency.into(), documents: self.documents.into() }
    }
}

/// Where a spelling stands among the letters.
#[derive(Clone, Copy)]
struct Spelling {
    at: usize,
    len: u32,
}

/// One string, and its counts in each part that has it, parts ascending.
pub struct Entry<'a> {
    /// Hash, which is the order of the entries.
    pub hash: u64,
    /// The string.
    pub spelling: &'a str,
    /// Part and counts.
    pub parts: &'a [(u32, Counts)],
}

/// Row of a spelling; parts are numbered from 1 in the census.
const SPELLING: DocId = DocId(0);
/// Bytes of an entry and of a spelling besides its letters, with the room that a hash table leaves free.
const ENTRY_BYTES: usize = 32;

impl Vocabulary {
    /// An empty vocabulary with half of the workspace's budget for the tables, and the other half for what is read back.
    pub fn new(workspace: &Workspace) -> Self {
        Self {
            parts: Vec::new(),
            spellings: FxHashMap::default(),
            letters: String::new(),
            entries: 0,
            budget_bytes: workspace.budget_bytes() / 2,
            census: workspace.with_share(2).census(),
            is_on_disk: false,
        }
    }

    /// Adds the strings of one document to a part: the hash of each, and how often it stands there. `spell` is asked for
    /// those that were not seen before, by their place.
    pub fn add<S: AsRef<str>>(
        &mut self,
        part: u32,
        strings: impl IntoIterator<Item = (u64, u64)>,
        spell: impl Fn(usize) -> S,
    ) -> Result<(), Error> {
        let once =
            strings.into_iter().map(|(hash, frequency)| (hash, Counts { frequency, documents: 1 }));
        self.add_counts(part, once, spell)
    }

    /// Adds the counts of one string in some parts.
    pub fn add_entry(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        let spell = |_: usize| entry.spelling;
        entry
            .parts
            .iter()
            .try_for_each(|(part, counts)| self.add_counts(*part, [(entry.hash, *counts)], spell))
    }

    fn add_counts<S: AsRef<str>>(
        &mut self,
        part: u32,
        strings: impl IntoIterator<Item = (u64, Counts)>,
        spell: impl Fn(usize) -> S,
    ) -> Result<(), Error> {
        let index = part as usize;
        if self.parts.len() <= index {
            self.parts.resize_with(index + 1, FxHashMap::default);
        }
        let table = &mut self.parts[index];
        let before = table.len();
        let mut large = Vec::new();
        for (place, (hash, counts)) in strings.into_iter().enumerate() {
            let entry = table.entry(hash).or_default();
            if entry.documents == 0 {
                self.spellings.entry(hash).or_insert_with(|| {
                    let at = self.letters.len();
                    self.letters.push_str(spell(place).as_ref());
                    Spelling { at, len: (self.letters.len() - at) as u32 }
                });
            }
            match entry.plus(counts) {
                Some(sum) => *entry = sum,
                None => large.push((hash, counts)),
            }
        }
        self.entries += table.len() - before;
        let bytes = (self.entries + self.spellings.len()) * ENTRY_BYTES + self.letters.len();
        if bytes > self.budget_bytes || !large.is_empty() {
            self.drain()?;
        }
        for (hash, counts) in large {
            self.push_row(part, hash, counts)?;
        }
        Ok(())
    }

    /// Adds counts to the census, which sorts them by hash and part.
    fn push_row(&mut self, part: u32, hash: u64, counts: Counts) -> Result<(), Error> {
        let mut payload = Vec::with_capacity(20);
        pack(counts.frequency, &mut payload);
        pack(counts.documents, &mut payload);
        self.census.push(DocId(part + 1), Key { table: 0, hash }, &payload)
    }

    /// Adds all counts of another vocabulary; `numbers` says which part here each of its parts is.
    pub fn merge(&mut self, other: Self, numbers: &[u32]) -> Result<(), Error> {
        let mut parts = Vec::new();
        other.for_each(|Entry { hash, spelling, parts: theirs }| {
            parts.clear();
            parts.extend(theirs.iter().map(|(part, counts)| (numbers[*part as usize], *counts)));
            self.add_entry(&Entry { hash, spelling, parts: &parts })
        })
    }

    /// Hands over every string, hashes ascending.
    pub fn for_each(
        mut self,
        mut visit: impl FnMut(Entry<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.is_on_disk {
            let rows = self.take_rows();
            return self.visit(&rows, visit);
        }
        self.drain()?;
        self.spellings = FxHashMap::default();
        self.letters = String::new();
        let mut groups = self.census.into_groups()?;
        let mut parts: Vec<(u32, Counts)> = Vec::new();
        while let Some(group) = groups.next_group()? {
            parts.clear();
            let mut spelling = None;
            for row in &group.rows {
                if row.document == SPELLING {
                    spelling = Some(&row.payload);
                    continue;
                }
                let [frequency, documents] = unpack(&row.payload);
                let counts = Counts { frequency, documents };
                match parts.last_mut() {
                    // One part may have been written in several rounds.
                    Some((part, sum)) if *part + 1 == row.document.0 => sum.merge(counts),
                    _ => parts.push((row.document.0 - 1, counts)),
                }
            }
            let spelling = spelling.and_then(|bytes| std::str::from_utf8(bytes).ok());
            let spelling = spelling
                .ok_or_else(|| Error::Internal("a counted word without its spelling".into()))?;
            visit(Entry { hash: group.key.hash, spelling, parts: &parts })?;
        }
        Ok(())
    }

    /// Adds every string to one of several results, which begin as `new`: one, or one a worker where all is in memory.
    pub fn fold<T: Send>(
        mut self,
        new: impl Fn() -> T + Sync + Send,
        add: impl Fn(&mut T, Entry<'_>) + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        if self.is_on_disk {
            let mut result = new();
            self.for_each(|entry| {
                add(&mut result, entry);
                Ok(())
            })?;
            return Ok(vec![result]);
        }
        let rows = self.take_rows();
        let pieces = workers::whole_groups(&rows, |one, other| one.0 == other.0);
        let results = workers::map(pieces, |rows| {
            let mut result = new();
            self.visit(rows, |entry| {
                add(&mut result, entry);
                Ok(())
            })?;
            Ok(result)
        });
        results.into_iter().collect()
    }

    /// What is in the tables, by hash and part.
    fn take_rows(&mut self) -> Vec<(u64, u32, Small)> {
        let mut rows = Vec::with_capacity(self.entries);
        for (part, table) in (0..).zip(&mut self.parts) {
            rows.extend(
                std::mem::take(table).into_iter().map(|(hash, counts)| (hash, part, counts)),
            );
        }
        workers::sort_unstable_by_key(&mut rows, |(hash, part, _)| (*hash, *part));
        rows
    }

    /// Hands over the strings of some rows of the tables, all of one string together.
    fn visit(
        &self,
        rows: &[(u64, u32, Small)],
        mut visit: impl FnMut(Entry<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut parts: Vec<(u32, Counts)> = Vec::new();
        for rows in rows.chunk_by(|one, other| one.0 == other.0) {
            let hash = rows[0].0;
            parts.clear();
            parts.extend(rows.iter().map(|(_, part, counts)| (*part, counts.counts())));
            let Spelling { at, len } = self.spellings[&hash];
            let spelling = &self.letters[at..at + len as usize];
            visit(Entry { hash, spelling, parts: &parts })?;
        }
        Ok(())
    }

    /// Moves everything into the census, which sorts it.
    #[expect(clippy::iter_over_hash_type, reason = "the census sorts by hash and part")]
    fn drain(&mut self) -> Result<(), Error> {
        self.is_on_disk = true;
        for (part, table) in (0..).zip(std::mem::take(&mut self.parts)) {
            for (hash, counts) in table {
                self.push_row(part, hash, counts.counts())?;
            }
        }
        for (hash, Spelling { at, len }) in std::mem::take(&mut self.spellings) {
            let letters = &self.letters.as_bytes()[at..at + len as usize];
            self.census.push(SPELLING, Key { table: 0, hash }, letters)?;
        }
        self.letters.clear();
        self.entries = 0;
        Ok(())
    }
}

/// A number in seven bits a byte, the lowest first.
fn pack(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn unpack(bytes: &[u8]) -> [u64; 2] {
    let mut bytes = bytes.iter();
    [(); 2].map(|()| {
        let (mut number, mut shift) = (0, 0);
        for byte in bytes.by_ref() {
            number |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        number
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;
    use crate::workers::Pool;

    type Document = (u32, Vec<(u8, u64)>);

    fn vocabulary(documents: &[Document], budget_bytes: usize) -> Vocabulary {
        let workspace = Workspace::new(&std::env::temp_dir(), budget_bytes);
        let mut vocabulary = Vocabulary::new(&workspace);
        for (part, words) in documents {
            let words: BTreeMap<_, _> = words.iter().copied().collect();
            let words: Vec<_> = words.into_iter().collect();
            let hashes = words.iter().map(|(word, count)| (xxh3_64(&[*word]), *count));
            let spellings: Vec<_> = words.iter().map(|(word, _)| format!("w{word}")).collect();
            vocabulary.add(*part, hashes, |place| &spellings[place]).unwrap();
        }
        vocabulary
    }

    fn entries(vocabulary: Vocabulary) -> Vec<(String, Vec<(u32, Counts)>)> {
        let mut all = Vec::new();
        let add = |entry: Entry<'_>| {
            all.push((entry.spelling.to_owned(), entry.parts.to_vec()));
            Ok(())
        };
        vocabulary.for_each(add).unwrap();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }

    fn counted(documents: &[Document]) -> Vec<(String, Vec<(u32, Counts)>)> {
        let mut all: BTreeMap<String, BTreeMap<u32, Counts>> = BTreeMap::new();
        for (part, words) in documents {
            for (word, frequency) in words.iter().copied().collect::<BTreeMap<_, _>>() {
                let word = all.entry(format!("w{word}")).or_default();
                word.entry(*part).or_default().merge(Counts { frequency, documents: 1 });
            }
        }
        all.into_iter().map(|(word, parts)| (word, parts.into_iter().collect())).collect()
    }

    #[test]
    fn counts_beyond_32_bits_are_exact() {
        let often = u64::from(u32::MAX);
        let documents = [(0, vec![(1, often)]), (0, vec![(1, 2), (2, 5)]), (0, vec![(1, often)])];
        assert_eq!(entries(vocabulary(&documents, usize::MAX)), counted(&documents));
    }

    proptest! {
        #[test]
        fn neither_budget_nor_order_nor_cut_changes_the_counts(
            mut documents in proptest::collection::vec(
                (0u32..4, proptest::collection::vec((0u8..20, 1u64..400), 0..8)), 0..20),
            budget in 1usize..6000,
            cut in 0usize..20,
        ) {
            let expected = counted(&documents);
            prop_assert_eq!(&entries(vocabulary(&documents, usize::MAX)), &expected);
            prop_assert_eq!(&entries(vocabulary(&documents, budget)), &expected);
            let cut = cut.min(documents.len());
            let mut left = vocabulary(&documents[..cut], budget);
            left.merge(vocabulary(&documents[cut..], usize::MAX), &[0, 1, 2, 3]).unwrap();
            prop_assert_eq!(&entries(left), &expected);
            let folded = Pool::new(3).unwrap().run(|| {
                let add = |all: &mut Vec<_>, entry: Entry<'_>| {
                    all.push((entry.spelling.to_owned(), entry.parts.to_vec()));
                };
                vocabulary(&documents, budget).fold(Vec::new, add)
            });
            let mut folded = folded.unwrap().concat();
            folded.sort_by(|one, other| one.0.cmp(&other.0));
            prop_assert_eq!(&folded, &expected);
            documents.reverse();
            prop_assert_eq!(&entries(vocabulary(&documents, budget)), &expected);
        }
    }
}
