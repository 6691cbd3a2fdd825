//! A lexicon in the making: what is known after some of the strings. Drafts of different strings add up.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::dispersion::Parts;
use super::lexicon::{Lexicon, MIN_PAIR_FREQUENCY, Word};
use super::spectrum::Spectrum;
use super::tally::Tally;
use super::top::Top;
use super::vocabulary::{Counts, Entry};

/// Spectra and lists of the strings that were added.
pub(super) struct Draft<'a> {
    cells: &'a Cells<'a>,
    with_collocations: bool,
    corpus: Spectra,
    sources: Vec<Spectra>,
    languages: Vec<Spectra>,
    lists: Vec<Top>,
    frequent: Vec<FxHashMap<u64, u64>>,
    /// Of one string.
    by_source: Vec<(usize, u64)>,
    by_language: Vec<(usize, Counts)>,
}

impl<'a> Draft<'a> {
    /// Of no strings.
    pub(super) fn new(cells: &'a Cells<'a>, top: usize, with_collocations: bool) -> Self {
        let (sources, languages) = (cells.sources.len(), cells.languages.len());
        Self {
            cells,
            with_collocations,
            corpus: Spectra::default(),
            sources: vec![Spectra::default(); sources],
            languages: vec![Spectra::default(); languages],
            lists: (0..languages).map(|_| Top::new(top)).collect(),
            frequent: vec![FxHashMap::default(); languages],
            by_source: Vec::new(),
            by_language: Vec::new(),
        }
    }

    /// Adds a string with its counts by cell.
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        let Self { cells, by_source, by_language, .. } = self;
        by_source.clear();
        by_language.clear();
        let mut all = 0;
        for (number, counts) in entry.parts {
            let cell = &cells.by_number[*number as usize];
            all += counts.frequency;
            by_source.push((cell.source, counts.frequency));
            by_language.push((cell.language, *counts));
        }
        self.corpus.add(all);
        by_source.sort_unstable();
        for run in by_source.chunk_by(|one, other| one.0 == other.0) {
            self.sources[run[0].0].add(run.iter().map(|(_, frequency)| frequency).sum());
        }
        by_language.sort_unstable_by_key(|(language, _)| *language);
        for run in by_language.chunk_by(|one, other| one.0 == other.0) {
            let language = run[0].0;
            let mut counts = Counts::default();
            run.iter().for_each(|(_, more)| counts.merge(*more));
            self.languages[language].add(counts.frequency);
            if self.with_collocations && counts.frequency >= MIN_PAIR_FREQUENCY {
                self.frequent[language].insert(entry.hash, counts.frequency);
            }
            if self.lists[language].takes(counts.frequency) {
                let holding: Vec<_> = entry
                    .parts
                    .iter()
                    .map(|(number, counts)| (&cells.by_number[*number as usize], counts))
                    .filter(|(cell, _)| cell.language == language)
                    .map(|(cell, counts)| (counts.frequency, cell.tokens))
                    .collect();
                let dispersion = cells.parts[language].dispersion(&holding);
                self.lists[language].push(Word {
                    spelling: entry.spelling.to_owned(),
                    counts,
                    dispersion,
                    reduced_frequency: None,
                });
            }
        }
    }

    /// Adds a draft of other strings.
    pub(super) fn merge(&mut self, other: Self) {
        self.corpus.merge(other.corpus);
        let spectra = self.sources.iter_mut().chain(&mut self.languages);
        let others = other.sources.into_iter().chain(other.languages);
        spectra.zip(others).for_each(|(spectrum, more)| spectrum.merge(more));
        self.lists.iter_mut().zip(other.lists).for_each(|(list, more)| list.merge(more));
        self.frequent.iter_mut().zip(other.frequent).for_each(|(words, more)| words.extend(more));
    }

    /// The lexicon of all strings that were added.
    pub(super) fn finish(self) -> Lexicon {
        let names = || self.cells.languages.iter().map(|language| (*language).to_owned());
        let sources = self.cells.sources.iter().cloned();
        Lexicon {
            corpus: self.corpus.finish(),
            sources: sources.zip(self.sources.into_iter().map(Spectra::finish)).collect(),
            languages: names().zip(self.languages.into_iter().map(Spectra::finish)).collect(),
            words: names().zip(self.lists.into_iter().map(Top::into_rows)).collect(),
            observed: None,
            frequent: names().zip(self.frequent).collect(),
        }
    }
}

/// The cells of a tally by their number, with sources and languages as numbers.
pub(super) struct Cells<'a> {
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
    /// Those of a tally.
    pub(super) fn of(tally: &'a Tally) -> Self {
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

    fn merge(&mut self, other: Self) {
        other.finish().iter().for_each(|(frequency, types)| self.rest.add_many(frequency, types));
    }

    fn finish(mut self) -> Spectrum {
        for (frequency, types) in (0..).zip(&self.rare) {
            self.rest.add_many(frequency, *types);
        }
        self.rest
    }
}
