//! What the documents of a run add up to, in parts: counted where the last pass is, merged in any order and in as many steps
//! as one likes, and written where all is together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::super::conclude::{About, Concluded, conclude};
use super::super::spool::{SpoolReader, SpoolWriter};
use super::super::statistics::{Chunk, Statistics, range_of};
use super::super::stories::{Place, Stories};
use super::super::sums::Sums;
use super::super::work::Counted;
use super::super::{Changes, Report};
use super::Parts;
use super::rows::{from_bytes, to_bytes};
use crate::census::Workspace;
use crate::config::Config;
use crate::document::Rejection;
use crate::error::Error;
use crate::input::{self, Skipped};
use crate::output::file::PublishedFile;
use crate::output::lines::Lines;
use crate::output::publish::Publication;
use crate::output::statistics::DocumentFigures;
use crate::output::{schema, verify};
use crate::stats::Groups;
use crate::stats::tally::{Cell, Day};
use crate::workers::Pool;

/// The sums over documents. Tables that outgrow the memory of the configuration go to scratch files, as in a run on one machine.
pub struct Totals {
    sums: Sums,
    workspace: Workspace,
}

/// A piece of the sums: whatever is in two of them can be added up without anything else.
#[derive(Debug, Serialize, Deserialize)]
enum Piece {
    Cells(Vec<(Arc<str>, String, Cell)>),
    Days(Vec<(String, Day)>),
    Stories(Stories),
    Statistics(Chunk),
}

/// Cells, or days, in a piece.
const PIECE_ROWS: usize = 256;

/// The sums as pieces, each with the range that it belongs to; they wait in a scratch file.
pub struct Chunks(SpoolReader);

/// A file of a table that an engine has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceOfTable {
    /// Path in the output folder.
    pub name: String,
    /// The table, as [`Parts::files`] calls it.
    pub table: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Rows without the header.
    pub rows: u64,
    /// Size of its cells before they were encoded and compressed, where that is known.
    pub plain_bytes: Option<u64>,
}

/// What the driver knows of a run besides its sums.
pub struct Finished<'a> {
    /// The files that the engine has written.
    pub tables: Vec<PieceOfTable>,
    /// What the scan passed over.
    pub skipped: &'a BTreeMap<&'static str, Skipped>,
    /// Where the input lies.
    pub input: &'a Path,
    /// Records whose own id another record bore before them.
    pub repeated_ids: u64,
    /// What differs between two runs over the same input.
    pub timings: serde_json::Value,
}

impl Totals {
    /// Of no documents.
    pub fn new(parts: &Parts, folder: &Path) -> Result<Self, Error> {
        Self::with_lines(parts, folder, &Lines::default())
    }

    /// The same; rows of figures go to `lines`.
    pub(super) fn with_lines(parts: &Parts, folder: &Path, lines: &Lines) -> Result<Self, Error> {
        let config = &parts.config;
        let workspace = Workspace::new(folder, config.run.table_bytes());
        let figures = || DocumentFigures::as_lines(&config.output.form(), lines);
        let statistics = Statistics::of(config, &workspace, figures)?;
        Ok(Self { sums: Sums { statistics, ..Sums::default() }, workspace })
    }

    pub(super) fn add(&mut self, counted: &Counted, place: Option<Place<'_>>) -> Result<(), Error> {
        self.sums.add(counted, place)
    }

    /// Everything in pieces: a file of them in the scratch folder. All pieces of a range, whatever part of the corpus they are
    /// from, can be merged apart from those of the others.
    pub fn into_chunks(self, ranges: u64) -> Result<Chunks, Error> {
        let Sums { tally, statistics, stories } = self.sums;
        let mut spool = SpoolWriter::create(&self.workspace, Path::new("scratch"))?;
        let mut push = |range: u64, piece: &Piece| -> Result<(), Error> {
            let mut bytes = range.to_le_bytes().to_vec();
            bytes.extend(to_bytes("sums", piece)?);
            spool.push(&bytes)
        };
        let mut cells: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for (source, language, cell) in tally.cells() {
            // A number is given in the order in which documents come, and means nothing elsewhere.
            let mut cell = cell.clone();
            cell.number = 0;
            let range = range_of(xxh3_64(source.as_bytes()), ranges);
            cells.entry(range).or_default().push((Arc::clone(source), language.to_owned(), cell));
        }
        for (range, mut cells) in cells {
            while !cells.is_empty() {
                let rest = cells.split_off(cells.len().min(PIECE_ROWS));
                push(range, &Piece::Cells(std::mem::replace(&mut cells, rest)))?;
            }
        }
        let mut days: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for (day, documents) in tally.days() {
            let range = range_of(xxh3_64(day.as_bytes()), ranges);
            days.entry(range).or_default().push((day.clone(), *documents));
        }
        for (range, days) in days {
            for days in days.chunks(PIECE_ROWS) {
                push(range, &Piece::Days(days.to_vec()))?;
            }
        }
        for (range, stories) in stories.split(ranges) {
            push(range, &Piece::Stories(stories))?;
        }
        if let Some(statistics) = statistics {
            let mut emit = |range, chunk| push(range, &Piece::Statistics(chunk));
            statistics.into_chunks(&tally, ranges, &mut emit)?;
        }
        Ok(Chunks(spool.into_reader()?))
    }

    /// Adds a piece of other sums.
    pub fn merge(&mut self, piece: &[u8]) -> Result<(), Error> {
        let Sums { tally, statistics, stories } = &mut self.sums;
        match from_bytes("sums", piece)? {
            Piece::Cells(cells) => {
                cells.iter().for_each(|(source, language, cell)| {
                    tally.merge_cell(source, language, cell);
                });
                Ok(())
            }
            Piece::Days(days) => {
                days.iter().for_each(|(day, documents)| tally.merge_day(day, *documents));
                Ok(())
            }
            Piece::Stories(more) => {
                stories.merge(more);
                Ok(())
            }
            Piece::Statistics(chunk) => match statistics {
                Some(statistics) => statistics.merge(chunk, tally),
                None => Err(Error::Internal("statistics that this run does not ask for".into())),
            },
        }
    }

    /// Why a run with these sums must not be published, if that is so: its error budget, and alarms where they are strict.
    pub fn limits(&self, config: &Config) -> Vec<String> {
        let groups = Groups::of(&self.sums.tally);
        let funnel = &groups.corpus.funnel;
        let mut limits = config.run.budget().exceeded(funnel.found(), &funnel.rejected);
        if config.alarm.strict {
            let alarm = &config.alarm;
            let sources = groups.over_cleaned(alarm.max_removed_share, alarm.min_documents);
            limits.extend(sources.iter().map(ToString::to_string));
        }
        if config.run.fail_on_empty && funnel.found() == 0 {
            limits.push("there is not a document in the input".to_owned());
        }
        limits
    }

    /// Writes what a run writes besides the rows of documents into `folder`, which is new: `stats/`, `report.html`,
    /// `datapackage.json`, `run.json` and `SHA256SUMS`, the last over the files of the engine too.
    pub fn write(
        self,
        parts: &Parts,
        folder: &Path,
        finished: Finished<'_>,
    ) -> Result<Report, Error> {
        let mut config = parts.config.clone();
        config.input.path = finished.input.to_owned();
        let config = &config;
        let mut publication = Publication::begin(folder, 0, std::time::Duration::ZERO)?;
        publication.form = config.output.form();
        let pool = Pool::new(config.run.threads)?;
        let Finished { tables, skipped, input: _, repeated_ids, timings } = finished;
        let mut files: Vec<_> = tables.into_iter().map(PieceOfTable::published).collect();
        let input_losses = losses(&self.sums);
        let about = About {
            config,
            pool: &pool,
            publication: &publication,
            input_losses,
            skipped,
            name_of: &|kept| kept.name.as_deref().unwrap_or_default().to_owned(),
        };
        let Concluded { funnel, over_cleaned, duplicate_warnings } =
            conclude(self.sums, &mut files, &about)?;
        let report = Report {
            funnel,
            skipped: skipped.clone(),
            input_losses,
            over_cleaned,
            duplicate_warnings,
            publish_warnings: Vec::new(),
            repeated_ids,
            changes: Changes::default(),
            files,
            passes: Vec::new(),
            threads: pool.threads(),
            seconds: 0.0,
            output: folder.to_owned(),
        };
        report.write(config, &publication, timings)?;
        publication.publish()?;
        Ok(report)
    }
}

/// Rejected rows that stand for input which could not be read.
fn losses(sums: &Sums) -> u64 {
    let groups = Groups::of(&sums.tally);
    let rejected = groups.corpus.funnel.rejected.iter();
    let losses = rejected.filter(|((stage, reason), _)| {
        let (stage, reason) = (stage.clone().into(), reason.clone().into());
        input::is_input_loss(&Rejection { stage, reason, detail: String::new() })
    });
    losses.map(|(_, count)| count).sum()
}

/// Size, SHA-256 and rows of a file that an engine has written, whose name in the output tells its format.
pub fn look_at(path: &Path, name: &str) -> Result<(u64, String, u64), Error> {
    let PublishedFile { bytes, sha256, rows, .. } = verify::look_at(path, name)?;
    Ok((bytes, sha256, rows.unwrap_or_default()))
}

impl PieceOfTable {
    pub(super) fn of(file: PublishedFile) -> Self {
        let PublishedFile { name, bytes, sha256, rows, plain_bytes, table } = file;
        let (table, rows) = (table.unwrap_or_default().to_owned(), rows.unwrap_or_default());
        Self { name, table, bytes, sha256, rows, plain_bytes }
    }

    fn published(self) -> PublishedFile {
        let Self { name, table, bytes, sha256, rows, plain_bytes } = self;
        // The table of documents has other names in other formats.
        let path = table.replace(".jsonl", ".csv");
        let table = schema::TABLES.iter().map(|table| table.path()).find(|known| *known == path);
        PublishedFile { name, bytes, sha256, rows: Some(rows), plain_bytes, table }
    }
}

impl Iterator for Chunks {
    type Item = Result<(u64, Vec<u8>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let damaged = || Error::Internal("sums came back damaged".into());
        let frame = match self.0.next() {
            Ok(frame) => frame?,
            Err(why) => return Some(Err(why)),
        };
        let is_intact = frame.is_intact();
        let split = frame.bytes.split_first_chunk().filter(|_| is_intact);
        let chunk = split.map(|(range, piece)| (u64::from_le_bytes(*range), piece.to_vec()));
        Some(chunk.ok_or_else(damaged))
    }
}
