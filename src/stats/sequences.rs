//! The sequences of words or characters of one document: spans of one buffer of letters.
//!
//! A text has about as many sequences of each length as tokens, so a string of its own for each would take many times the
//! text. A sequence is 24 bytes here, and all of them together have one spelling of the text. Pairs of words that need not
//! be neighbours have no common spelling: they name the types of the two words.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::text::Reading;

/// Longest sequences of words.
pub const LONGEST: usize = 5;

/// The distinct sequences of one document, by length.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sequences {
    letters: String,
    lengths: Vec<(usize, Vec<Sequence>)>,
}

/// One distinct sequence: its spelling is a span of the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sequence {
    hash: u64,
    frequency: u32,
    at: u32,
    len: u32,
}

/// The sequences of one length.
#[derive(Clone, Copy)]
pub struct OfLength<'a> {
    /// Words, or characters, in each.
    pub length: usize,
    letters: &'a str,
    sequences: &'a [Sequence],
}

impl Sequences {
    /// Sequences of 2 to `longest` words within sentences, in the order of their first place.
    pub(super) fn of_words(reading: &Reading, longest: usize) -> Self {
        let (letters, starts) = spelt(reading);
        let lengths = (2..=longest).map(|words| {
            let mut counts = Counts::default();
            let mut from = 0;
            for tokens in &reading.sentences {
                let to = from + *tokens as usize;
                for first in from..(to + 1).saturating_sub(words) {
                    // A space stands before the next word.
                    let span = starts[first] as usize..starts[first + words] as usize - 1;
                    counts.add(&letters, span);
                }
                from = to;
            }
            (words, counts.sequences)
        });
        let lengths = lengths.collect();
        Self { letters, lengths }
    }

    /// Sequences of 1 to `longest` characters within runs of characters other than white space.
    pub(super) fn of_characters(letters: String, longest: usize) -> Self {
        let mut counts: Vec<Counts> = (0..longest).map(|_| Counts::default()).collect();
        let mut bounds: Vec<usize> = Vec::new();
        for run in letters.split_whitespace() {
            let from = run.as_ptr() as usize - letters.as_ptr() as usize;
            bounds.clear();
            bounds.extend(run.char_indices().map(|(at, _)| from + at).chain([from + run.len()]));
            for (length, counts) in (1..).zip(&mut counts) {
                bounds.windows(length + 1).for_each(|at| counts.add(&letters, at[0]..at[length]));
            }
        }
        let lengths = (1..).zip(counts).map(|(length, counts)| (length, counts.sequences));
        let lengths = lengths.collect();
        Self { letters, lengths }
    }

    /// The sequences by length, lengths ascending.
    pub fn lengths(&self) -> impl Iterator<Item = OfLength<'_>> {
        self.lengths.iter().map(|(length, sequences)| OfLength {
            length: *length,
            letters: &self.letters,
            sequences,
        })
    }
}

impl<'a> OfLength<'a> {
    /// Hash and frequency of each.
    pub fn strings(self) -> impl Iterator<Item = (u64, u64)> + 'a {
        self.sequences.iter().map(|sequence| (sequence.hash, u64::from(sequence.frequency)))
    }

    /// The spelling of a sequence, by its place.
    pub fn spelling(self, place: usize) -> &'a str {
        let Sequence { at, len, .. } = self.sequences[place];
        &self.letters[at as usize..][..len as usize]
    }
}

/// The words of a text with spaces between them, where each begins, and where one more would.
fn spelt(reading: &Reading) -> (String, Vec<u32>) {
    let mut letters = String::new();
    let mut starts = Vec::with_capacity(reading.tokens.len() + 1);
    for token in &reading.tokens {
        starts.push(letters.len() as u32);
        letters.push_str(reading.spelling(&reading.types[*token as usize]));
        letters.push(' ');
    }
    starts.push(letters.len() as u32);
    (letters, starts)
}

/// Sequences of one length while they are counted.
#[derive(Default)]
struct Counts {
    places: FxHashMap<u64, u32>,
    sequences: Vec<Sequence>,
}

impl Counts {
    fn add(&mut self, letters: &str, span: std::ops::Range<usize>) {
        let (at, len) = (span.start as u32, span.len() as u32);
        let hash = xxh3_64(letters[span].as_bytes());
        let next = self.sequences.len() as u32;
        let place = *self.places.entry(hash).or_insert(next);
        match self.sequences.get_mut(place as usize) {
            Some(sequence) => sequence.frequency += 1,
            None => self.sequences.push(Sequence { hash, frequency: 1, at, len }),
        }
    }
}

/// How far from a word another may stand to be a collocate of it, in tokens of the same sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Before it.
    pub left: usize,
    /// Behind it.
    pub right: usize,
}

impl Window {
    /// The next word alone.
    pub const ADJACENT: Self = Self { left: 0, right: 1 };

    /// Places in it.
    pub fn size(self) -> usize {
        self.left + self.right
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::ADJACENT
    }
}

/// The distinct pairs of one document: a word and a collocate of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<WordPair>);

/// Places of two types, the word first, and how many tokens of the second stand in a window of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WordPair {
    word: u32,
    collocate: u32,
    hash: u64,
    frequency: u32,
}

impl Pairs {
    /// The pairs within sentences. A token of the collocate counts once, in however many windows of the word it stands, so
    /// that a pair is never more frequent than the collocate.
    pub(super) fn of(reading: &Reading, window: Window) -> Self {
        let mut places: FxHashMap<(u32, u32), usize> = FxHashMap::default();
        let mut pairs: Vec<WordPair> = Vec::new();
        let mut spelling = String::new();
        let mut near: Vec<u32> = Vec::new();
        let mut from = 0;
        for tokens in &reading.sentences {
            let sentence = &reading.tokens[from..from + *tokens as usize];
            for (at, collocate) in sentence.iter().copied().enumerate() {
                near.clear();
                let first = at.saturating_sub(window.right);
                let last = (at + window.left).min(sentence.len() - 1);
                near.extend((first..=last).filter(|other| *other != at).map(|at| sentence[at]));
                near.sort_unstable();
                near.dedup();
                for word in near.iter().copied() {
                    let place = *places.entry((word, collocate)).or_insert_with(|| {
                        spell(reading, word, collocate, &mut spelling);
                        let hash = xxh3_64(spelling.as_bytes());
                        pairs.push(WordPair { word, collocate, hash, frequency: 0 });
                        pairs.len() - 1
                    });
                    pairs[place].frequency += 1;
                }
            }
            from += *tokens as usize;
        }
        Self(pairs)
    }

    /// Hash and frequency of each.
    pub fn strings(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|pair| (pair.hash, u64::from(pair.frequency)))
    }

    /// Both words of a pair with a space between them, by its place.
    pub fn spelling(&self, reading: &Reading, place: usize) -> String {
        let mut spelling = String::new();
        let WordPair { word, collocate, .. } = self.0[place];
        spell(reading, word, collocate, &mut spelling);
        spelling
    }
}

fn spell(reading: &Reading, word: u32, collocate: u32, into: &mut String) {
    into.clear();
    into.push_str(reading.spelling(&reading.types[word as usize]));
    into.push(' ');
    into.push_str(reading.spelling(&reading.types[collocate as usize]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::text::Case;

    #[test]
    fn sequences_of_words_stay_within_sentences() {
        let reading = Reading::of("The cat sat. The cat sat, the cat!\nSat the", Case::Lower);
        let sequences = Sequences::of_words(&reading, 4);
        let found: Vec<Vec<String>> = sequences
            .lengths()
            .map(|of| {
                let strings = of.strings().enumerate();
                let row = |(place, (hash, frequency)): (usize, (u64, u64))| {
                    assert_eq!(hash, xxh3_64(of.spelling(place).as_bytes()));
                    format!("{} {frequency}", of.spelling(place))
                };
                strings.map(row).collect()
            })
            .collect();
        let expected: [&[&str]; 3] = [
            &["the cat 3", "cat sat 2", "sat the 2"],
            &["the cat sat 2", "cat sat the 1", "sat the cat 1"],
            &["the cat sat the 1", "cat sat the cat 1"],
        ];
        assert_eq!(found, expected);
        assert_eq!(Sequences::of_words(&Reading::default(), 2).lengths().count(), 1);
    }

    #[test]
    fn a_collocate_counts_once_in_however_many_windows_it_stands() {
        let reading = Reading::of("a b a b c\nc a", Case::Lower);
        let pairs = |left, right| {
            let pairs = Pairs::of(&reading, Window { left, right });
            let strings = pairs.strings().enumerate();
            let mut rows: Vec<_> = strings
                .map(|(place, (_, frequency))| {
                    format!("{} {frequency}", pairs.spelling(&reading, place))
                })
                .collect();
            rows.sort_unstable();
            rows
        };
        assert_eq!(pairs(0, 1), ["a b 2", "b a 1", "b c 1", "c a 1"]);
        // The last b of the sentence stands behind both a, and c behind both b: once each.
        assert_eq!(pairs(0, 3), ["a a 1", "a b 2", "a c 1", "b a 1", "b b 1", "b c 1", "c a 1"]);
        assert_eq!(pairs(1, 0), ["a b 1", "a c 1", "b a 2", "c b 1"]);
    }
}
