//! What follows from the vocabulary of a whole run: the spectrum of every group, word lists with dispersion, sequences of
//! words, collocations. One pass over the strings in the order of their hashes; memory is that of the lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::association::Pair;
use super::dispersion::Dispersion;
use super::draft::{Cells, Draft};
use super::observed::Observed;
use super::sequences::Window;
use super::spectrum::Spectrum;
use super::tally::Tally;
use super::top::Top;
use super::vocabulary::{Counts, Vocabulary};
use crate::error::Error;

/// Spectra of all groups, and the word list of every language.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// Of the corpus.
    pub corpus: Spectrum,
    /// Of each source.
    pub sources: BTreeMap<Arc<str>, Spectrum>,
    /// Of each language.
    pub languages: BTreeMap<String, Spectrum>,
    /// The most frequent words of each language, ranks ascending.
    pub words: BTreeMap<String, Vec<Word>>,
    /// Growth of the vocabulary as it was observed, if the corpus was read [again](super::again).
    pub observed: Option<Observed>,
    /// Frequencies by hash of the words that can be in a collocation, by language; empty where none are wanted.
    pub(super) frequent: BTreeMap<String, FxHashMap<u64, u64>>,
}

static NO_WORDS: Spectrum = Spectrum::EMPTY;

/// A string of a language with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The string: a word, or several with spaces between them.
    pub spelling: String,
    /// How often, and in how many documents.
    pub counts: Counts,
    /// How it is spread over the sources or documents of that language; `None` for sequences of words.
    pub dispersion: Option<Dispersion>,
    /// Average reduced frequency, if the corpus was read [again](super::again).
    pub reduced_frequency: Option<f64>,
}

/// Two words that stand near each other, and how much they attract each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Collocation {
    /// The pair.
    pub spelling: String,
    /// Documents with it.
    pub documents: u64,
    /// Its counts.
    pub pair: Pair,
}

/// Least occurrences of a collocation.
pub const MIN_PAIR_FREQUENCY: u64 = 5;
/// Least documents of a collocation: fewer are often boilerplate.
pub const MIN_PAIR_DOCUMENTS: u64 = 3;

impl Lexicon {
    /// Draws the spectra and lists from the words, counted by the cells of `tally`; `top` words for each language.
    pub fn of(
        words: Vocabulary,
        tally: &Tally,
        top: usize,
        with_collocations: bool,
    ) -> Result<Self, Error> {
        let cells = Cells::of(tally);
        let new = || Draft::new(&cells, top, with_collocations);
        let drafts = words.fold(new, |draft: &mut Draft<'_>, entry| draft.add(&entry))?;
        let mut draft = new();
        drafts.into_iter().for_each(|more| draft.merge(more));
        Ok(draft.finish())
    }

    /// The spectrum of a group; an empty one if none of its words can be told.
    pub fn spectrum(&self, scope: &str, key: &str) -> &Spectrum {
        let spectrum = match scope {
            "corpus" => Some(&self.corpus),
            "source" => self.sources.get(key),
            _ => self.languages.get(key),
        };
        spectrum.unwrap_or(&NO_WORDS)
    }

    /// Observed growth of the corpus or of a language, point by point; `None` if nobody asked for it.
    pub fn observed(&self, scope: &str, key: &str) -> Option<&[u64]> {
        let observed = self.observed.as_ref()?;
        match scope {
            "corpus" => Some(&observed.corpus),
            _ => observed.languages.get(key).map(Vec::as_slice),
        }
    }

    /// The pair as a collocation, if it is frequent enough. Frequencies of the single words are those of all their tokens,
    /// and N is all tokens, as in Sketch Engine.
    fn collocation(
        &self,
        language: &str,
        spelling: &str,
        counts: Counts,
        window: Window,
    ) -> Option<Collocation> {
        if counts.frequency < MIN_PAIR_FREQUENCY || counts.documents < MIN_PAIR_DOCUMENTS {
            return None;
        }
        let known = self.frequent.get(language)?;
        let frequency = |word: &str| known.get(&xxh3_64(word.as_bytes())).copied();
        let (first, second) = spelling.split_once(' ')?;
        let (first, second) = (frequency(first)?, frequency(second)?);
        let pairs = self.languages.get(language)?.tokens();
        let window = window.size() as u64;
        Some(Collocation {
            spelling: spelling.to_owned(),
            documents: counts.documents,
            pair: Pair { together: counts.frequency, first, second, pairs, window },
        })
    }
}

/// Sequences of words of one length, by language.
#[derive(Debug, Default)]
pub struct Sequences {
    /// The most frequent.
    pub lists: BTreeMap<String, Vec<Word>>,
    /// The pairs that attract each other most, by logDice.
    pub collocations: BTreeMap<String, Vec<Collocation>>,
}

impl Sequences {
    /// Draws the lists from sequences that are counted by `languages`; collocations if it is pairs, and their words and the
    /// window that they were counted in are given.
    pub fn of(
        sequences: Vocabulary,
        languages: &[String],
        top: usize,
        words: Option<(&Lexicon, Window)>,
    ) -> Result<Self, Error> {
        let mut lists: Vec<_> = languages.iter().map(|_| Top::new(top)).collect();
        let mut pairs: Vec<Vec<Collocation>> = vec![Vec::new(); languages.len()];
        sequences.for_each(|entry| {
            for (number, counts) in entry.parts {
                let place = *number as usize;
                let list = &mut lists[place];
                if list.takes(counts.frequency) {
                    let spelling = entry.spelling.to_owned();
                    list.push(Word {
                        spelling,
                        counts: *counts,
                        dispersion: None,
                        reduced_frequency: None,
                    });
                }
                let collocation = words.and_then(|(words, window)| {
                    words.collocation(&languages[place], entry.spelling, *counts, window)
                });
                if let Some(collocation) = collocation {
                    pairs[place].push(collocation);
                    if pairs[place].len() >= 2 * top.max(1) {
                        strongest(&mut pairs[place], top);
                    }
                }
            }
            Ok(())
        })?;
        pairs.iter_mut().for_each(|rows| strongest(rows, top));
        let names = || languages.iter().cloned();
        Ok(Self {
            lists: names().zip(lists.into_iter().map(Top::into_rows)).collect(),
            collocations: names().zip(pairs).collect(),
        })
    }
}

/// The most frequent strings of each part, the parts under their names.
pub fn top_strings<K: Clone + Ord>(
    strings: Vocabulary,
    names: &[K],
    top: usize,
) -> Result<BTreeMap<K, Vec<Word>>, Error> {
    let mut lists: Vec<_> = names.iter().map(|_| Top::new(top)).collect();
    strings.for_each(|entry| {
        for (number, counts) in entry.parts {
            let list = &mut lists[*number as usize];
            if list.takes(counts.frequency) {
                let spelling = entry.spelling.to_owned();
                list.push(Word {
                    spelling,
                    counts: *counts,
                    dispersion: None,
                    reduced_frequency: None,
                });
            }
        }
        Ok(())
    })?;
    Ok(names.iter().cloned().zip(lists.into_iter().map(Top::into_rows)).collect())
}

fn strongest(rows: &mut Vec<Collocation>, top: usize) {
    rows.sort_unstable_by(|one, other| {
        let order = other.pair.log_dice().total_cmp(&one.pair.log_dice());
        order.then_with(|| one.spelling.cmp(&other.spelling))
    });
    rows.truncate(top);
}
