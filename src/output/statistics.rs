//! The wide tables of `stats/`: documents, sources, languages, words, sequences, growth, steps, days.

use std::collections::BTreeMap;

use super::csv::{Cell, Table};
use super::publish::{Publication, PublishedFile};
use super::schema::columns;
use crate::document::Document;
use crate::error::Error;
use crate::stats::Profile;
use crate::stats::figures::{GROWTH_POINTS, flesch};
use crate::stats::frequency::growth;
use crate::stats::lexicon::{Lexicon, Sequences, Word};
use crate::stats::readability::{ALPHABETIC, Prose, is_alphabetic};
use crate::stats::spectrum::Spectrum;
use crate::stats::tally::{Cell as Group, Tally};

/// `stats/documents.csv`, open for writing in corpus order.
pub struct DocumentFigures {
    table: Table,
}

impl DocumentFigures {
    /// Creates the table.
    pub fn create(publication: &Publication) -> Result<Self, Error> {
        Ok(Self { table: create(publication, "stats/documents.csv")? })
    }

    /// Writes the row of a kept document.
    pub fn write(&mut self, document: &Document, profile: &Profile) -> Result<(), Error> {
        let language = document.language.as_ref().map(|language| &*language.code);
        let Profile { measures, before, lexis } = profile;
        let spectrum = lexis.as_ref().map(|lexis| &lexis.spectrum);
        let of = |figure: fn(&Spectrum) -> Option<f64>| Cell::decimal(spectrum.and_then(figure));
        let along = lexis.as_ref().and_then(|lexis| lexis.diversity);
        let prose = lexis.as_ref().and_then(|lexis| lexis.prose).unwrap_or_default();
        let readable = Readable::of(&prose, language.unwrap_or_default());
        self.table.row([
            Cell::Text(&document.name),
            language.map_or(Cell::Empty, Cell::Text),
            Cell::Count(measures.chars),
            Cell::count(measures.tokens),
            Cell::count(measures.sentences),
            Cell::Count(measures.lines),
            Cell::Count(before.chars),
            Cell::count(before.tokens),
            Cell::count(before.sentences),
            Cell::Count(before.lines),
            Cell::count(spectrum.map(Spectrum::types)),
            Cell::count(spectrum.map(|spectrum| spectrum.types_of(1))),
            of(Spectrum::ttr),
            Cell::decimal(along.and_then(|along| along.mattr_100.mean_ttr(100))),
            Cell::decimal(along.and_then(|along| along.mattr_500.mean_ttr(500))),
            Cell::decimal(along.and_then(|along| along.msttr_100.mean_ttr(100))),
            Cell::decimal(along.and_then(|along| along.mtld)),
            Cell::decimal(along.and_then(|along| along.mtld_min10)),
            Cell::decimal(along.and_then(|along| along.hdd_42)),
            of(Spectrum::yule_k),
            of(Spectrum::entropy),
            Cell::decimal(readable.lix),
            Cell::decimal(readable.rix),
            Cell::decimal(readable.flesch),
            readable.formula.map_or(Cell::Empty, Cell::Text),
        ])
    }

    /// Flushes the table to disk.
    pub fn finish(self) -> Result<PublishedFile, Error> {
        self.table.finish()
    }
}

/// The readability that the wide tables show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Readable {
    /// LIX.
    pub lix: Option<f64>,
    /// RIX.
    pub rix: Option<f64>,
    /// The language's Flesch formula.
    pub flesch: Option<f64>,
    /// Its name.
    pub formula: Option<&'static str>,
}

impl Readable {
    /// Of prose in a language.
    pub fn of(prose: &Prose, language: &str) -> Self {
        if !is_alphabetic(language) {
            return Self::default();
        }
        let formula = flesch(language);
        let flesch = formula.and_then(|formula| formula.of(prose));
        Self {
            lix: ALPHABETIC[0].of(prose),
            rix: ALPHABETIC[1].of(prose),
            flesch,
            formula: formula.filter(|_| flesch.is_some()).map(|formula| formula.name),
        }
    }
}

/// Writes `stats/sources.csv`; readability is that of the source's main language, by tokens.
pub fn write_sources(
    publication: &Publication,
    tally: &Tally,
    lexicon: &Lexicon,
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/sources.csv")?;
    let main = main_languages(tally);
    for (source, group) in tally.sources() {
        let (language, cell) = main[&*source];
        let readable = Readable::of(&cell.prose, language);
        let spectrum = lexicon.sources.get(&source).cloned().unwrap_or_default();
        let names = [Cell::Text(&source), Cell::Text(language)];
        table.row(names.into_iter().chain(group_cells(&group, &spectrum, readable)))?;
    }
    table.finish()
}

/// The language of each source that has most of its prose, with its cell.
pub fn main_languages(tally: &Tally) -> BTreeMap<&str, (&str, &Group)> {
    let mut main: BTreeMap<&str, (&str, &Group)> = BTreeMap::new();
    for (source, language, cell) in tally.cells() {
        let (_, largest) = *main.entry(source).or_insert((language, cell));
        if cell.prose.tokens > largest.prose.tokens {
            main.insert(source, (language, cell));
        }
    }
    main
}

/// Writes `stats/languages.csv`.
pub fn write_languages(
    publication: &Publication,
    tally: &Tally,
    lexicon: &Lexicon,
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/languages.csv")?;
    for (language, group) in tally.languages() {
        let readable = Readable::of(&group.prose, &language);
        let spectrum = lexicon.languages.get(&language).cloned().unwrap_or_default();
        let name = [Cell::Text(&language)];
        table.row(name.into_iter().chain(group_cells(&group, &spectrum, readable)))?;
    }
    table.finish()
}

/// The cells that sources and languages have in common.
fn group_cells(group: &Group, spectrum: &Spectrum, readable: Readable) -> [Cell<'static>; 26] {
    let Group { funnel, sizes, before, diversity, .. } = group;
    [
        Cell::Count(funnel.found()),
        Cell::Count(funnel.kept),
        Cell::Count(funnel.all_duplicates()),
        Cell::Count(funnel.all_rejected()),
        Cell::decimal(group.removed_share()),
        Cell::Count(sizes.chars().sum()),
        Cell::count(sizes.chars().percentile(50)),
        Cell::Count(before.chars().sum()),
        Cell::count(before.chars().percentile(50)),
        Cell::Count(sizes.tokens().sum()),
        Cell::count(sizes.tokens().percentile(50)),
        Cell::Count(before.tokens().sum()),
        Cell::Count(spectrum.types()),
        Cell::Count(spectrum.types_of(1)),
        Cell::decimal(spectrum.ttr()),
        Cell::decimal(diversity.mattr_100.mean_ttr(100)),
        Cell::decimal(diversity.msttr_100.mean_ttr(100)),
        Cell::decimal(diversity.mtld.value()),
        Cell::decimal(spectrum.hdd(42)),
        Cell::decimal(spectrum.yule_k()),
        Cell::decimal(spectrum.entropy()),
        Cell::decimal(spectrum.hapax_ratio()),
        Cell::decimal(readable.lix),
        Cell::decimal(readable.rix),
        Cell::decimal(readable.flesch),
        readable.formula.map_or(Cell::Empty, Cell::Text),
    ]
}

/// Writes `stats/words.csv`: the most frequent words of each language.
pub fn write_words(publication: &Publication, lexicon: &Lexicon) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/words.csv")?;
    for (language, words) in &lexicon.words {
        let tokens = lexicon.languages.get(language).map_or(0, Spectrum::tokens);
        for (rank, word) in (1..).zip(words) {
            let dispersion = word.dispersion.as_ref();
            table.row([
                Cell::Text(language),
                Cell::Count(rank),
                Cell::Text(&word.spelling),
                Cell::Count(word.counts.frequency),
                Cell::Decimal(1e6 * word.counts.frequency as f64 / tokens as f64),
                Cell::Count(word.counts.documents),
                Cell::count(dispersion.map(|dispersion| dispersion.range)),
                Cell::decimal(dispersion.and_then(|dispersion| dispersion.juilland_d)),
                Cell::decimal(dispersion.map(|dispersion| dispersion.dp)),
                Cell::decimal(dispersion.and_then(|dispersion| dispersion.dp_norm)),
                Cell::decimal(dispersion.and_then(|dispersion| dispersion.carroll_d2)),
                Cell::decimal(dispersion.map(|dispersion| dispersion.rosengren_s)),
                Cell::decimal(dispersion.map(|dispersion| dispersion.kl)),
            ])?;
        }
    }
    table.finish()
}

/// Writes `stats/ngrams.csv`: the most frequent sequences of each length in each language.
pub fn write_sequences(
    publication: &Publication,
    sequences: &[(usize, Sequences)],
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/ngrams.csv")?;
    for (words, sequences) in sequences {
        for (language, rows) in &sequences.lists {
            for (rank, row) in (1..).zip(rows) {
                table.row([
                    Cell::Text(language),
                    Cell::Count(*words as u64),
                    Cell::Count(rank),
                    Cell::Text(&row.spelling),
                    Cell::Count(row.counts.frequency),
                    Cell::Count(row.counts.documents),
                ])?;
            }
        }
    }
    table.finish()
}

/// Writes `stats/collocations.csv`: the strongest of each language by logDice.
pub fn write_collocations(
    publication: &Publication,
    pairs: Option<&Sequences>,
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/collocations.csv")?;
    for (language, rows) in pairs.into_iter().flat_map(|pairs| &pairs.collocations) {
        for (rank, row) in (1..).zip(rows) {
            let pair = row.pair;
            table.row([
                Cell::Text(language),
                Cell::Count(rank),
                Cell::Text(&row.spelling),
                Cell::Count(pair.together),
                Cell::Count(row.documents),
                Cell::Count(pair.first),
                Cell::Count(pair.second),
                Cell::Count(pair.pairs),
                Cell::Decimal(pair.expected()),
                Cell::Decimal(pair.mutual_information()),
                Cell::Decimal(pair.cubed_mutual_information()),
                Cell::Decimal(pair.t_score()),
                Cell::Decimal(pair.g2()),
                Cell::Decimal(pair.log_dice()),
            ])?;
        }
    }
    table.finish()
}

/// Writes `stats/growth.csv`: the expected growth of the vocabulary of the corpus and of each language.
pub fn write_growth(publication: &Publication, lexicon: &Lexicon) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/growth.csv")?;
    let languages = lexicon.languages.iter().map(|(key, of)| ("language", key.as_str(), of));
    for (scope, key, spectrum) in [("corpus", "", &lexicon.corpus)].into_iter().chain(languages) {
        for point in growth(spectrum, GROWTH_POINTS) {
            table.row([
                Cell::Text(scope),
                Cell::Text(key),
                Cell::Count(point.tokens),
                Cell::Decimal(point.types),
            ])?;
        }
    }
    table.finish()
}

/// Writes `stats/steps.csv`: for each source and language, how many documents each stage let through.
pub fn write_steps(
    publication: &Publication,
    tally: &Tally,
    stages: &[String],
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/steps.csv")?;
    for (source, language, cell) in tally.cells() {
        for step in steps(cell, stages) {
            table.row([
                Cell::Text(source),
                Cell::Text(language),
                Cell::Text(step.stage),
                Cell::Count(step.documents_in),
                Cell::Count(step.rejected),
                Cell::Count(step.duplicates),
                Cell::Count(step.documents_in - step.rejected - step.duplicates),
                Cell::Count(step.removed_bytes),
            ])?;
        }
    }
    table.finish()
}

/// What one stage did to a group of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The stage; `input` for the reader.
    pub stage: &'a str,
    /// Documents that came to it.
    pub documents_in: u64,
    /// Rejected by it.
    pub rejected: u64,
    /// Dropped by it as duplicates.
    pub duplicates: u64,
    /// Bytes of decoded text that it cut.
    pub removed_bytes: u64,
}

/// The way of a group through the stages; what the last lets through is kept.
pub fn steps<'a>(group: &Group, stages: &'a [String]) -> Vec<Step<'a>> {
    let funnel = &group.funnel;
    let mut left = funnel.found();
    let mut steps = Vec::new();
    for stage in std::iter::once("input").chain(stages.iter().map(String::as_str)) {
        let rejected = funnel.rejected.iter().filter(|((of, _), _)| of == stage);
        let rejected: u64 = rejected.map(|(_, count)| count).sum();
        let duplicates: u64 = match stage {
            "exact-dedup" => funnel.duplicates.get("exact").copied().unwrap_or_default(),
            "near-dedup" => {
                let near = funnel.duplicates.iter().filter(|(kind, _)| **kind != "exact");
                near.map(|(_, count)| count).sum()
            }
            _ => 0,
        };
        let removed = funnel.removed.iter().filter(|((of, _), _)| of == stage);
        let removed_bytes = removed.map(|(_, removed)| removed.bytes).sum();
        steps.push(Step { stage, documents_in: left, rejected, duplicates, removed_bytes });
        left -= rejected + duplicates;
    }
    steps
}

/// Writes `stats/removed_lines.csv`: the texts that each rule cut in most documents.
pub fn write_removed_lines<'a>(
    publication: &Publication,
    rules: impl Iterator<Item = (&'a (String, String), &'a Vec<Word>)>,
) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/removed_lines.csv")?;
    for ((stage, rule), lines) in rules {
        for (rank, line) in (1..).zip(lines) {
            table.row([
                Cell::Text(stage),
                Cell::Text(rule),
                Cell::Count(rank),
                Cell::Count(line.counts.frequency),
                Cell::Count(line.counts.documents),
                Cell::Text(&line.spelling),
            ])?;
        }
    }
    table.finish()
}

/// Writes `stats/days.csv`; documents without a date are under the empty day.
pub fn write_days(publication: &Publication, tally: &Tally) -> Result<PublishedFile, Error> {
    let mut table = create(publication, "stats/days.csv")?;
    for (day, documents) in tally.days() {
        table.row([Cell::Text(day), Cell::Count(documents.found), Cell::Count(documents.kept)])?;
    }
    table.finish()
}

fn create(publication: &Publication, name: &str) -> Result<Table, Error> {
    let columns = columns(name)
        .ok_or_else(|| Error::Internal(format!("no columns are known for `{name}`")))?;
    Table::create(publication, name, &columns)
}
