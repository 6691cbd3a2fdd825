//! A run in parts, for an engine that moves rows between machines, such as Spark.
//!
//! Here is what one worker does with a document, a group or a table; where rows go between is the engine's business:
//!
//! 1. [`Job::plan`] on the driver: the configuration with the files that it names, and the input in pieces.
//! 2. [`Parts::read`], a piece at a time: documents after the first pass, laid down once, and what they are observed to be.
//!    How many there are of a piece gives the numbers of those behind it: [`DocId`]s are those of a local run.
//! 3. For each corpus stage: [`Parts::spread`] names the part that rows are resolved in, the engine brings those of a part
//!    together, [`Parts::resolve`] resolves them, and the engine brings the verdicts back to the documents that they concern: by
//!    number, or by the [keys](Parts::keys) that these observe. [`Parts::observe`] takes a laid document through all passes
//!    so far with its verdicts and says what it adds to the next stage.
//!    A stage whose rows are of one part, for nothing concerns only some of them, is [resolved in steps](Parts::legs) instead:
//!    [`Dealing`] sends its rows to the first of them, and [`Carrying`] is a task of one.
//! 4. [`Family`] follows the verdicts on duplicates to their end, in one place, and [`Ending`] writes the rows.
//!
//! Every function is pure, so an engine may do anything twice. Rows, bytes and numbers are those of a local run; a test here
//! and one on Spark hold it to that.

mod carry;
mod end;
mod family;
mod flow;
mod job;
#[cfg(test)]
mod merging;
pub mod on_paper;
mod rows;
#[cfg(test)]
mod tests;
mod totals;

use std::path::Path;

pub use carry::{Carrying, Dealing};
pub use end::{Ended, Ending, Last};
pub use family::{Family, Standing};
pub use flow::{Flow, Shuffle, flow};
pub use job::Job;
pub use rows::{AboutStories, StoryRow, name, needs, own_hash, pair_from_bytes, pair_to_bytes};
pub use totals::{Chunks, Finished, PieceOfTable, Totals, look_at};

use rows::Message;
use rustc_hash::FxHashMap;

use super::plan::Planned;
use super::record::{self, Observations};
use super::step::{lose, observe, take_through};
use crate::census::{Census, Workspace};
use crate::config::Config;
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::input::{PieceUnits, Unit};
use crate::output::documents::DOCUMENTS;
use crate::output::ledger::{DUPLICATES, PARAGRAPHS, REJECTED, REMOVED, REPAIRS};
use crate::output::statistics::DOCUMENTS as FIGURES;
use crate::output::stories::{CLUSTERS, PAIRS, SYNDICATION};
use crate::output::table::AnyTable;
use crate::output::{Format, lines};
use crate::stage::{AnyStage, ComparedPair, Verdicts};
use crate::stats::Families;

/// A run as a worker knows it.
pub struct Parts {
    config: Config,
    planned: Planned,
    families: Option<Families>,
}

/// The tables with rows of documents.
static RUN_TABLES: [&dyn AnyTable; 10] = [
    &DOCUMENTS,
    &DUPLICATES,
    &CLUSTERS,
    &SYNDICATION,
    &PAIRS,
    &REMOVED,
    &REPAIRS,
    &PARAGRAPHS,
    &REJECTED,
    &FIGURES,
];

/// A document after the first pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// Path and position.
    pub name: String,
    /// The record's own id.
    pub own: Option<String>,
    /// The document as bytes.
    pub document: Vec<u8>,
    /// What the first corpus stage is told of it, packed.
    pub observed: Vec<u8>,
}

/// What a document adds to a corpus stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Rows, packed.
    pub rows: Vec<u8>,
    /// Whether the stage panicked on it: [`Parts::lost`] is then a verdict on it.
    pub is_lost: bool,
}

/// What is concluded from rows that were together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// Key and verdict as bytes, keys ascending.
    pub verdicts: Vec<(u64, Vec<u8>)>,
    /// Pairs that were compared.
    pub pairs: Vec<ComparedPair>,
}

impl Parts {
    /// Builds the stages of a job.
    ///
    /// # Errors
    ///
    /// If the bytes are not those of a job, or its configuration is wrong.
    pub fn of_job(job: &[u8]) -> Result<Self, Error> {
        Self::new(Job::from_bytes(job)?.config()?)
    }

    fn new((config, stages): (Config, Vec<AnyStage>)) -> Result<Self, Error> {
        let planned = Planned::of_run(&config, stages)?;
        let families = super::statistics::families(&config)?;
        Ok(Self { config, planned, families })
    }

    /// Names of the corpus stages, in order, and whether their verdicts are on numbers of documents.
    pub fn corpus_stages(&self) -> Vec<(&'static str, bool)> {
        let stages = self.planned.corpus_stages.iter();
        stages.map(|stage| (stage.name(), stage.judges_documents())).collect()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The files that rows that are lines go to, as a run calls them, and the header of each that has one.
    pub fn files(&self) -> Vec<(String, Option<String>)> {
        let csv = [Format::Csv];
        let has_figures = self.families.is_some() && self.config.stage.stats.documents;
        let is_asked = |table: &&&dyn AnyTable| has_figures || table.path() != FIGURES.path();
        let tables = RUN_TABLES.iter().filter(is_asked).flat_map(|table| {
            let form = self.config.output.form();
            let formats = match table.path() == DOCUMENTS.path() {
                true if lines::are_lines(&form) => form.formats,
                true => Vec::new(),
                false => csv.to_vec(),
            };
            let file =
                |format: &Format| (lines::file_of(*table, *format), lines::header(*table, *format));
            formats.iter().map(file).collect::<Vec<_>>()
        });
        tables.collect()
    }

    /// The units of a piece of the input, in corpus order.
    pub fn units(&self, piece: &[u8]) -> Result<PieceUnits, Error> {
        PieceUnits::new(piece, &self.config.input)
    }

    /// Reads a document and takes it through the first pass.
    pub fn read(&self, unit: Unit) -> Result<Laid, Error> {
        let mut document = crate::input::into_document(unit, DocId(0), &self.config.input);
        let Planned { plan, corpus_stages } = &self.planned;
        let pass = &plan.passes[0];
        take_through(&mut document, pass, corpus_stages, &Verdicts::default());
        let rows = observe(&mut document, pass, corpus_stages);
        Ok(Laid {
            name: document.name.clone(),
            own: document.record_id.take(),
            observed: Observations::pack(&rows).packed().to_vec(),
            document: record::pack(&record::lay_down_document(&document)?),
        })
    }

    /// The rows of a document by the part in which `stage` resolves them.
    pub fn spread(&self, stage: usize, observed: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, Error> {
        let stage = self.stage(stage)?;
        let mut parts: Vec<(u64, Vec<u8>)> = Vec::new();
        for (key, payload) in Observations::from_packed(observed).rows() {
            let part = stage.part_of(key, payload);
            let place = match parts.iter().position(|(other, _)| *other == part) {
                Some(place) => place,
                None => {
                    parts.push((part, Vec::new()));
                    parts.len() - 1
                }
            };
            Observations::add(&mut parts[place].1, key, payload);
        }
        Ok(parts)
    }

    /// The keys of a document on which there may be verdicts, each once.
    pub fn keys(&self, observed: &[u8]) -> Vec<u64> {
        let rows = Observations::from_packed(observed);
        let mut keys: Vec<_> = rows.rows().map(|(key, _)| key.hash).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Takes a laid document through the passes before the one that `stage` ends, and through that, with the verdicts on it;
    /// what it then adds to the stage.
    pub fn observe(
        &self,
        stage: usize,
        id: DocId,
        document: &[u8],
        verdicts: &[&[u8]],
    ) -> Result<Observed, Error> {
        self.stage(stage)?;
        let (mut document, _) = self.taken_through(stage, id, document, verdicts)?;
        let was_kept = document.is_kept();
        let Planned { plan, corpus_stages } = &self.planned;
        let rows = observe(&mut document, &plan.passes[stage], corpus_stages);
        let rows = Observations::pack(&rows).packed().to_vec();
        Ok(Observed { rows, is_lost: was_kept && !document.is_kept() })
    }

    /// The verdict on a document on which a stage panicked.
    pub fn lost(&self, stage: usize) -> Result<Vec<u8>, Error> {
        Message::Lost { stage: self.number(stage)? }.to_bytes()
    }

    /// Begins to resolve rows of `stage`; tables that outgrow the memory of the configuration go to scratch files in `folder`.
    pub fn resolver(&self, stage: usize, folder: &Path) -> Result<Resolver, Error> {
        let stage = self.number(stage)?;
        let workspace = Workspace::new(folder, self.config.run.table_bytes());
        Ok(Resolver { stage, census: workspace.census() })
    }

    /// Draws the conclusions from all rows that were added.
    pub fn resolve(&self, resolver: Resolver) -> Result<Resolved, Error> {
        let Resolver { stage: number, census } = resolver;
        let verdicts = self.stage(number.into())?.resolve(census.into_groups()?)?;
        let row = |(key, verdict)| {
            Ok((key, Message::Verdict { stage: number, key, verdict }.to_bytes()?))
        };
        let rows: Result<_, Error> = verdicts.sorted().into_iter().map(row).collect();
        Ok(Resolved { verdicts: rows?, pairs: verdicts.pairs })
    }

    /// The document after the passes up to `pass`, and the public ids that came with the verdicts on it.
    fn taken_through(
        &self,
        pass: usize,
        id: DocId,
        document: &[u8],
        verdicts: &[&[u8]],
    ) -> Result<(Document, FxHashMap<DocId, String>), Error> {
        let Planned { plan, corpus_stages } = &self.planned;
        let mut by_stage = vec![Verdicts::default(); corpus_stages.len()];
        let mut names = FxHashMap::default();
        let mut losing: Option<u8> = None;
        for bytes in verdicts {
            match Message::from_bytes(bytes)? {
                Message::Verdict { stage, key, verdict } => {
                    let of = by_stage.get_mut(usize::from(stage));
                    of.ok_or_else(|| unknown_stage(stage.into()))?.insert(key, verdict);
                }
                Message::Lost { stage } => losing = Some(stage),
                Message::Name { id, name } => {
                    names.insert(DocId(id), name);
                }
            }
        }
        let plain = record::unpack(document)
            .ok_or_else(|| Error::Internal(format!("document {} came back damaged", id.0)))?;
        let mut document = record::decode(&plain, id)?;
        for (index, pass) in plan.passes.iter().enumerate().take(pass + 1).skip(1) {
            take_through(&mut document, pass, corpus_stages, &by_stage[index - 1]);
            if let Some(stage) = pass.ends
                && losing.is_some_and(|losing| usize::from(losing) == stage)
            {
                lose(&mut document, corpus_stages[stage].name());
            }
        }
        Ok((document, names))
    }

    fn stage(&self, stage: usize) -> Result<&dyn crate::stage::CorpusStage, Error> {
        self.planned
            .corpus_stages
            .get(stage)
            .map(|stage| &**stage)
            .ok_or_else(|| unknown_stage(stage))
    }

    fn number(&self, stage: usize) -> Result<u8, Error> {
        self.stage(stage)?;
        u8::try_from(stage).map_err(|_| unknown_stage(stage))
    }
}

fn unknown_stage(stage: usize) -> Error {
    Error::Internal(format!("there is no corpus stage {stage}"))
}

/// Rows of one corpus stage that are resolved together.
pub struct Resolver {
    stage: u8,
    census: Census,
}

impl Resolver {
    /// Adds rows of a document; documents may come in any order.
    pub fn push(&mut self, id: DocId, rows: &[u8]) -> Result<(), Error> {
        for (key, payload) in Observations::from_packed(rows).rows() {
            self.census.push(id, key, payload)?;
        }
        Ok(())
    }
}
