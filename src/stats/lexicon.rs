//! What follows from the vocabulary of a whole run: the spectrum of every group, word lists with dispersion, sequences of
//! words, collocations. One pass over the strings in the order of their hashes; memory is that of the lists.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::association::Pair;
use super::dispersion::{Dispersion, Parts};
use super::observed::Observed;
use super::sequences::Window;
use super::spectrum::Spectrum;
use super::tally::Tally;
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
    frequent: BTreeMap<String, FxHashMap<u64, u64>>,
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

/// The largest rows of a list, ties by spelling. Memory: twice as many rows as wanted.
struct Top {
    limit: usize,
    rows: Vec<Word>,
    least: u64,
}

impl Top {
    fn new(limit: usize) -> Self {
        Self { limit, rows: Vec::new(), least: 0 }
    }

    /// Whether a row of that frequency can be among them.
    fn takes(&self, frequency: u64) -> bool {
        self.limit > 0 && frequency >= self.least
    }

    fn push(&mut self, word: Word) {
        self.rows.push(word);
        if self.rows.len() >= 2 * self.limit {
            self.settle();
        }
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

    fn into_rows(mut self) -> Vec<Word> {
        self.settle();
        self.rows
    }
}

impl Lexicon {
    /// Draws the spectra and lists from the words, counted by the cells of `tally`; `top` words for each language.
    pub fn of(
        words: Vocabulary,
        tally: &Tally,
        top: usize,
        with_collocations: bool,
    ) -> Result<Self, Error> {
        let cells = Cells::of(tally);
        let mut sources = vec![Spectra::default(); cells.sources.len()];
        let mut languages = vec![Spectra::default(); cells.languages.len()];
        let mut corpus = Spectra::default();
        let mut lists: Vec<_> = cells.languages.iter().map(|_| Top::new(top)).collect();
        let mut frequent = vec![FxHashMap::default(); cells.languages.len()];
        let mut by_source: Vec<(usize, u64)> = Vec::new();
        let mut by_language: Vec<(usize, Counts)> = Vec::new();
        words.for_each(|entry| {
            by_source.clear();
            by_language.clear();
            let mut all = 0;
            for (number, counts) in entry.parts {
                let cell = &cells.by_number[*number as usize];
                all += counts.frequency;
                by_source.push((cell.source, counts.frequency));
                by_language.push((cell.language, *counts));
            }
            corpus.add(all);
            by_source.sort_unstable();
            for run in by_source.chunk_by(|one, other| one.0 == other.0) {
                sources[run[0].0].add(run.iter().map(|(_, frequency)| frequency).sum());
            }
            by_language.sort_unstable_by_key(|(language, _)| *language);
            for run in by_language.chunk_by(|one, other| one.0 == other.0) {
                let language = run[0].0;
                let mut counts = Counts::default();
                run.iter().for_each(|(_, more)| counts.merge(*more));
                languages[language].add(counts.frequency);
                if with_collocations && counts.frequency >= MIN_PAIR_FREQUENCY {
                    frequent[language].insert(entry.hash, counts.frequency);
                }
                if lists[language].takes(counts.frequency) {
                    let holding: Vec<_> = entry
                        .parts
                        .iter()
                        .map(|(number, counts)| (&cells.by_number[*number as usize], counts))
                        .filter(|(cell, _)| cell.language == language)
                        .map(|(cell, counts)| (counts.frequency, cell.tokens))
                        .collect();
                    let dispersion = cells.parts[language].dispersion(&holding);
                    lists[language].push(Word {
                        spelling: entry.spelling.to_owned(),
                        counts,
                        dispersion,
                        reduced_frequency: None,
                    });
                }
            }
            Ok(())
        })?;
        let names = || cells.languages.iter().map(|language| (*language).to_owned());
        Ok(Self {
            corpus: corpus.finish(),
            sources: cells
                .sources
                .iter()
                .cloned()
                .zip(sources.into_iter().map(Spectra::finish))
                .collect(),
            languages: names().zip(languages.into_iter().map(Spectra::finish)).collect(),
            words: names().zip(lists.into_iter().map(Top::into_rows)).collect(),
            observed: None,
            frequent: names().zip(frequent).collect(),
        })
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

/// The cells of a tally by their number, with sources and languages as numbers.
struct Cells<'a> {
    by_number: Vec<CellOf>,
    sources: Vec<Arc<str>>,
    languages: Vec<&'a str>,
    /// The sources of each language as parts.
    parts: Vec<Parts>,
}

#[derive(Clone, Copy, Default)]
struct CellOf {
    source: usize,
    language: usize,
    tokens: u64,
}

impl<'a> Cells<'a> {
    fn of(tally: &'a Tally) -> Self {
        let mut sources: Vec<Arc<str>> = Vec::new();
        let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
        let mut by_number = Vec::new();
        let mut sizes: Vec<Vec<u64>> = Vec::new();
        for (source, language, cell) in tally.cells() {
            if sources.last() != Some(source) {
                sources.push(Arc::clone(source));
            }
            let next = languages.len();
            let language = *languages.entry(language).or_insert(next);
            sizes.resize(languages.len(), Vec::new());
            let tokens = cell.sizes.tokens().sum();
            sizes[language].push(tokens);
            let number = cell.number as usize;
            if by_number.len() <= number {
                by_number.resize(number + 1, CellOf::default());
            }
            by_number[number] = CellOf { source: sources.len() - 1, language, tokens };
        }
        let mut names = vec![""; languages.len()];
        for (name, number) in languages {
            names[number] = name;
        }
        let parts = sizes.into_iter().map(Parts::of).collect();
        Self { by_number, sources, languages: names, parts }
    }
}

/// A spectrum in the making: most types are rare, so their counts are found without a search.
#[derive(Clone, Default)]
struct Spectra {
    rare: Vec<u64>,
    rest: Spectrum,
}

impl Spectra {
    const RARE: usize = 64;

    fn add(&mut self, frequency: u64) {
        if frequency >= Self::RARE as u64 {
            return self.rest.add(frequency);
        }
        if self.rare.is_empty() {
            self.rare.resize(Self::RARE, 0);
        }
        self.rare[frequency as usize] += 1;
    }

    fn finish(mut self) -> Spectrum {
        for (frequency, types) in (0..).zip(&self.rare) {
            self.rest.add_many(frequency, *types);
        }
        self.rest
    }
}
