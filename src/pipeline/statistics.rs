//! The statistics of a run: profiles from the workers, added in corpus order, and the tables in `stats/` at the end.
//!
//! Nothing here depends on the order of the documents or on how they are shared out: all sums are integers, lists are ordered by
//! count and spelling, and what needs an order of documents takes that of the hashes of their texts.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::census::Workspace;
use crate::config::Config;
use crate::document::Document;
use crate::error::Error;
use crate::output::file::PublishedFile;
use crate::output::publish::Publication;
use crate::output::statistics::{self as tables, DocumentFigures};
use crate::stats::again::{Asked, WordOrder};
use crate::stats::lexicon::{Lexicon, Sequences, Word, top_strings};
use crate::stats::sequences::{Sequences as DocumentSequences, Window};
use crate::stats::spectrum::Spectrum;
use crate::stats::tally::{Cell, NO_LANGUAGE};
use crate::stats::vocabulary::Vocabulary;
use crate::stats::{Families, Figure, Groups, Profile, Tally, figures};
use crate::workers::Pool;

mod parts;

pub(super) use parts::{Chunk, range_of};

/// What a run's `stats` stage asks for, and all that is added up for it.
pub(super) struct Statistics {
    families: Families,
    stages: Vec<String>,
    top: usize,
    words: Vocabulary,
    /// The words in their order, where they are read again.
    order: Option<WordOrder>,
    /// The words of the same documents as they were decoded, with the family `before`.
    words_before: Option<Vocabulary>,
    /// Sequences of characters by length, with the family `characters`.
    characters: BTreeMap<usize, Vocabulary>,
    /// Sequences of words by length, and the languages that their parts stand for.
    sequences: BTreeMap<usize, Vocabulary>,
    /// Pairs of words that need not be neighbours.
    pairs: Option<Vocabulary>,
    languages: Vec<String>,
    workspace: Workspace,
    documents: Option<DocumentFigures>,
    /// What was cut, by rule.
    removed: Vocabulary,
    rules: Vec<(String, String)>,
}

/// The tables, and what the report draws from.
pub(super) struct Written {
    /// Files in `stats/`.
    pub(super) files: Vec<PublishedFile>,
    /// Spectra and word lists.
    pub(super) lexicon: Lexicon,
    /// The texts that each rule cut in most documents, by stage and rule.
    pub(super) removed_lines: BTreeMap<(String, String), Vec<Word>>,
}

/// Figures of a group of documents with these words.
type Measured = for<'k> fn(&Cell, &Spectrum, &'static str, &'k str) -> Vec<Figure<'k>>;

/// A table that may take a quarter of what the workspace has, made when it is first asked for.
fn in_a_share<'a>(workspace: &Workspace, table: &'a mut Option<Vocabulary>) -> &'a mut Vocabulary {
    table.get_or_insert_with(|| Vocabulary::new(&workspace.with_share(4)))
}

/// Rows of all groups.
fn rows_of<'a>(
    of: Measured,
    groups: &'a Groups<'a>,
    words: &'a Lexicon,
) -> impl Iterator<Item = Figure<'a>> {
    groups
        .iter()
        .flat_map(move |(scope, key, cell)| of(cell, words.spectrum(scope, key), scope, key))
}

/// Characters of a removed text that tell it from others.
const REMOVED_CHARS: usize = 200;
/// Rows of a rule in `stats/removed_lines.csv`.
const REMOVED_ROWS: usize = 20;

/// The families that the configuration asks for; `None` without the stage `stats`.
pub(super) fn families(config: &Config) -> Result<Option<Families>, Error> {
    let is_asked = config.stages.iter().any(|name| name == "stats");
    is_asked.then(|| config.stage.stats.families()).transpose()
}

impl Statistics {
    /// What the configuration asks for; `None` without the stage `stats`. `documents` makes the table of the figures of each
    /// document, if there shall be one.
    pub(super) fn of(
        config: &Config,
        workspace: &Workspace,
        documents: impl FnOnce() -> Result<DocumentFigures, Error>,
    ) -> Result<Option<Self>, Error> {
        let Some(families) = families(config)? else { return Ok(None) };
        let options = &config.stage.stats;
        // The other tables of the run are gone by the time that words are counted. Those of all families together take less
        // than two shares, a quarter of the memory of the run.
        let documents = options.documents.then(documents);
        let is_twofold = families.before && families.diversity;
        Ok(Some(Self {
            families,
            order: families.reads_again().then(|| WordOrder::new(&workspace.with_share(4))),
            stages: config.stages.clone(),
            top: options.top,
            words: Vocabulary::new(&workspace.with_share(1 + usize::from(is_twofold))),
            words_before: is_twofold.then(|| Vocabulary::new(&workspace.with_share(2))),
            characters: BTreeMap::new(),
            removed: Vocabulary::new(&workspace.with_share(16)),
            rules: Vec::new(),
            sequences: BTreeMap::new(),
            pairs: None,
            languages: Vec::new(),
            workspace: workspace.with_share(4),
            documents: documents.transpose()?,
        }))
    }

    /// The families that a worker has to read documents for.
    pub(super) fn families(&self) -> Families {
        self.families
    }

    /// What was cut from a document, whatever became of it.
    fn add_removed(&mut self, document: &Document) -> Result<(), Error> {
        let mut by_rule: BTreeMap<u32, BTreeMap<String, u64>> = BTreeMap::new();
        for removal in document.removed() {
            let rule = self.rule(&removal.stage, &removal.rule);
            let words: Vec<_> = removal.text.split_whitespace().collect();
            let text: String = words.join(" ").chars().take(REMOVED_CHARS).collect();
            if !text.is_empty() {
                *by_rule.entry(rule).or_default().entry(text).or_default() += 1;
            }
        }
        for (rule, texts) in by_rule {
            let texts: Vec<_> = texts.into_iter().collect();
            let hashes = texts.iter().map(|(text, spans)| (xxh3_64(text.as_bytes()), *spans));
            self.removed.add(rule, hashes, |place| &texts[place].0)?;
        }
        Ok(())
    }

    /// Number of a rule.
    fn rule(&mut self, stage: &str, rule: &str) -> u32 {
        let known = self.rules.iter().position(|(of, name)| of == stage && name == rule);
        let place = known.unwrap_or_else(|| {
            self.rules.push((stage.to_owned(), rule.to_owned()));
            self.rules.len() - 1
        });
        place as u32
    }

    /// Adds a document at the end of its way; `cell` is its number in the tally.
    pub(super) fn add(
        &mut self,
        document: &Document,
        profile: Option<&Profile>,
        cell: u32,
    ) -> Result<(), Error> {
        self.add_removed(document)?;
        let Some(profile) = profile else { return Ok(()) };
        if let Some(table) = &mut self.documents {
            table.write(document, profile)?;
        }
        if let (Some(words), Some(lexis)) = (&mut self.words_before, profile.lexis_before()) {
            words.add(cell, lexis.words(), |place| lexis.spelling(place))?;
        }
        self.add_sequences(document, &profile.characters, |all| &mut all.characters)?;
        let Some(lexis) = &profile.lexis else { return Ok(()) };
        if self.families.words || self.families.diversity || self.families.collocations {
            self.words.add(cell, lexis.words(), |place| lexis.spelling(place))?;
        }
        let language = self.language_of(document);
        if let Some(order) = &mut self.order {
            order.add(document.body(), language, &lexis.packed)?;
        }
        if let Some(pairs) = &lexis.pairs {
            let all = in_a_share(&self.workspace, &mut self.pairs);
            all.add(language, pairs.strings(), |place| pairs.spelling(&lexis.reading, place))?;
        }
        self.add_sequences(document, &lexis.ngrams, |all| &mut all.sequences)
    }

    /// Adds a document's sequences of every length to those of its kind.
    fn add_sequences(
        &mut self,
        document: &Document,
        sequences: &Option<DocumentSequences>,
        kind: fn(&mut Self) -> &mut BTreeMap<usize, Vocabulary>,
    ) -> Result<(), Error> {
        for of_length in sequences.iter().flat_map(DocumentSequences::lengths) {
            let language = self.language_of(document);
            let workspace = self.workspace.with_share(4);
            let all = kind(self).entry(of_length.length);
            let all = all.or_insert_with(|| Vocabulary::new(&workspace));
            all.add(language, of_length.strings(), |place| of_length.spelling(place))?;
        }
        Ok(())
    }

    /// Writes the tables in `stats/`: those of words, and beside them those that need none.
    pub(super) fn write(
        self,
        pool: &Pool,
        publication: &Publication,
        tally: &Tally,
        groups: &Groups<'_>,
        copies: Vec<Figure<'static>>,
    ) -> Result<Written, Error> {
        let Self { families, top, words, removed, rules, stages, documents, .. } = self;
        let (lexicon, others) = pool.join(
            || Lexicon::of(words, tally, top, families.collocations),
            || -> Result<_, Error> {
                let mut files = Vec::new();
                let figures = groups.funnel_figures().chain(copies);
                files.extend(tables::write_figures(publication, &tables::FUNNEL, figures)?);
                let figures = groups.size_figures(families);
                files.extend(tables::write_figures(publication, &tables::SIZES, figures)?);
                if families.readability {
                    let rows = figures::readability(tally, groups);
                    let table = &tables::READABILITY;
                    files.extend(tables::write_figures(publication, table, rows)?);
                }
                files.extend(tables::write_steps(publication, tally, &stages, families.dropped)?);
                files.extend(tables::write_days(publication, tally)?);
                if let Some(table) = documents {
                    files.extend(table.finish()?);
                }
                let removed_lines = top_strings(removed, &rules, REMOVED_ROWS)?;
                files.extend(tables::write_removed_lines(publication, removed_lines.iter())?);
                Ok((files, removed_lines))
            },
        );
        let (mut lexicon, (mut files, removed_lines)) = (lexicon?, others?);
        if let Some(order) = self.order {
            let asked = Asked {
                reduced_frequency: families.arf,
                dispersion: families.dispersion_over_documents,
                growth: families.growth,
            };
            order.finish(&self.languages, &mut lexicon, asked)?;
        }
        let (diversity, frequency) = pool.join(
            || -> Result<_, Error> {
                let mut files = Vec::new();
                if families.diversity {
                    let words = self.words_before;
                    let before =
                        words.map(|words| Lexicon::of(words, tally, 0, false)).transpose()?;
                    let rows = rows_of(figures::diversity, groups, &lexicon);
                    let before = before.iter();
                    let before =
                        before.flat_map(|words| rows_of(figures::diversity_before, groups, words));
                    let rows = rows.chain(before);
                    files.extend(tables::write_figures(publication, &tables::DIVERSITY, rows)?);
                }
                files.extend(tables::write_sources(publication, tally, groups, &lexicon)?);
                files.extend(tables::write_languages(publication, groups, &lexicon)?);
                Ok(files)
            },
            || -> Result<_, Error> {
                let mut files = Vec::new();
                if families.words {
                    let rows = rows_of(figures::frequency, groups, &lexicon);
                    files.extend(tables::write_figures(publication, &tables::FREQUENCY, rows)?);
                    files.extend(tables::write_growth(publication, &lexicon)?);
                    let parts = match families.dispersion_over_documents {
                        true => "documents",
                        false => "sources",
                    };
                    files.extend(tables::write_words(publication, &lexicon, groups, parts)?);
                }
                Ok(files)
            },
        );
        files.extend(diversity?);
        files.extend(frequency?);
        let mut sequences = Vec::new();
        for (words, counted) in self.sequences {
            let window = families.window().filter(|window| *window == Window::ADJACENT);
            let of_pairs = window.filter(|_| words == 2).map(|window| (&lexicon, window));
            sequences.push((words, Sequences::of(counted, &self.languages, top, of_pairs)?));
        }
        if families.ngrams {
            files.extend(tables::write_sequences(publication, &tables::NGRAMS, &sequences)?);
        }
        if families.characters {
            let mut characters = Vec::new();
            for (length, counted) in self.characters {
                characters.push((length, Sequences::of(counted, &self.languages, top, None)?));
            }
            files.extend(tables::write_sequences(publication, &tables::CHARACTERS, &characters)?);
        }
        if let Some(window) = families.window() {
            let wide = self
                .pairs
                .map(|pairs| Sequences::of(pairs, &self.languages, top, Some((&lexicon, window))));
            let wide = wide.transpose()?;
            let adjacent = sequences.iter().find(|(words, _)| *words == 2).map(|(_, pairs)| pairs);
            let pairs = wide.as_ref().or(adjacent.filter(|_| window == Window::ADJACENT));
            files.extend(tables::write_collocations(publication, pairs, window)?);
        }
        Ok(Written { files, lexicon, removed_lines })
    }

    fn language_of(&mut self, document: &Document) -> u32 {
        self.language(document.language.as_ref().map_or(NO_LANGUAGE, |language| &language.code))
    }

    /// Number of a language among those of the sequences.
    fn language(&mut self, code: &str) -> u32 {
        let known = self.languages.iter().position(|language| language == code);
        let place = known.unwrap_or_else(|| {
            self.languages.push(code.to_owned());
            self.languages.len() - 1
        });
        place as u32
    }
}
