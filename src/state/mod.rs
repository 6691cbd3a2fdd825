//! What runs remember, so that no run does again what an earlier one did: finished, or killed half way.
//!
//! A state folder holds
//!
//! | file | what |
//! |---|---|
//! | `state.sqlite` | what was remembered on: [`Dependencies`]; one row an input file: identity, number of documents, where they lie; one a file and later pass: where the memos of its documents lie |
//! | `segments/N.segment` | documents as they were after the first pass, one checked [frame](frames) after the other |
//! | `lock` | held by the run that uses the folder; the kernel lets go of it however that run ends |
//!
//! Segments only grow. A [checkpoint](Log::checkpoint) writes them to disk before the rows that point into them, so a row
//! never points to what is not there; whatever lies in a segment without a row is a dead run's and is never looked at.
//! Nothing that is read back is believed without its checksum: what is damaged, or stands where something else was written,
//! counts as not remembered.
//!
//! The module knows bytes, not documents. What may be used of them is the pipeline's business (`pipeline::intake`).

pub mod frames;
mod log;
mod recall;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use log::Log;
pub use recall::{Frames, Recall};

use crate::error::Error;
use crate::lock::{self, Lock};
use table::Table;

/// Everything besides the input that decides what is remembered: a name, such as a configuration key, and its value.
pub type Dependencies = BTreeMap<String, String>;

/// What tells a file from others, and from itself at another time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Size in bytes.
    pub bytes: u64,
    /// Time of the last write, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Time of the last change of the file or its attributes, in nanoseconds since 1970.
    pub changed_ns: i64,
    /// Inode number.
    pub inode: u64,
}

/// A stretch of a segment that holds whole frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Extent {
    /// Number of the segment.
    pub segment: u32,
    /// First byte.
    pub start: u64,
    /// Length in bytes.
    pub bytes: u64,
}

impl Extent {
    /// What the checksum of a frame that begins here is seeded with.
    fn place(self) -> u64 {
        u64::from(self.segment).rotate_left(40) ^ self.start
    }
}

/// What is remembered of an input file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The file as it was.
    pub identity: Identity,
    /// Documents that are remembered: the first ones of the file.
    pub documents: u64,
    /// Whether those are all of its documents.
    pub is_whole: bool,
    /// Hash over the raw hashes of these documents, in order: what was in the file.
    pub content: u64,
    /// Where they lie, in order.
    pub extents: Vec<Extent>,
}

/// In what condition a state folder was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There was nothing.
    New,
    /// It can be used.
    Usable,
    /// It was remembered on something else: each name with the old and the new value; empty where there is none.
    Outdated(Vec<(String, String, String)>),
    /// It could not be believed, and why.
    Damaged(String),
}

/// An open state folder.
pub struct State {
    /// What earlier runs left.
    pub recall: Recall,
    /// What this run adds.
    pub log: Log,
    /// In what condition it was found.
    pub condition: Condition,
    /// Held to the end.
    _lock: Lock,
}

impl State {
    /// Opens a state folder, or begins one; waits up to `wait` for a run that uses it. What was remembered on other [`Dependencies`], or is damaged, is cleared away.
    ///
    /// # Errors
    /// [`Error::Setup`] if the folder holds something else, [`Error::Locked`] if another run uses it, [`Error::Output`] if it
    /// cannot be written.
    pub fn open(folder: &Path, dependencies: &Dependencies, wait: Duration) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::output(folder))?;
        check_own(folder)?;
        let lock = lock::take(folder, folder, wait)?;
        let segments = folder.join(SEGMENTS);
        fs::create_dir_all(&segments).map_err(Error::output(&segments))?;
        let (mut table, mut condition, mut known) = match read(folder) {
            Ok(read) => read,
            Err(why) => {
                Table::remove(folder)?;
                let (table, _) = Table::open(folder)
                    .map_err(|why| Error::output(folder)(io::Error::other(why)))?;
                (table, Condition::Damaged(why), Known::default())
            }
        };
        if condition == Condition::Usable {
            let changed = changed(&known.dependencies, dependencies);
            if !changed.is_empty() {
                condition = Condition::Outdated(changed);
            }
        }
        if condition != Condition::Usable {
            known = Known::default();
            table.begin_anew(dependencies)?;
        }
        let (mut recall, mut last) = Recall::open(&segments, known)?;
        if recall.dead_bytes() > recall.live_bytes().max(MIN_DEAD_BYTES) {
            table = compact(&recall, Log::new(segments.clone(), table, last + 1))?;
            (recall, last) = Recall::open(&segments, table.known()?)?;
        }
        let log = Log::new(segments, table, last + 1);
        Ok(Self { recall, log, condition, _lock: lock })
    }
}

/// Everything that a database holds.
#[derive(Default)]
struct Known {
    dependencies: Dependencies,
    rows: Vec<(PathBuf, Remembered)>,
    memos: Vec<(PathBuf, u32, Vec<Extent>)>,
}

/// Opens the database and reads it to its end: what cannot be read so far cannot be believed.
fn read(folder: &Path) -> Result<(Table, Condition, Known), String> {
    let (table, condition) = Table::open(folder)?;
    let known = table.known().map_err(|why| why.to_string())?;
    Ok((table, condition, known))
}

/// Copies what is in use into a new segment; the old ones are then nobody's. A file of which something is damaged is
/// forgotten.
fn compact(recall: &Recall, mut log: Log) -> Result<Table, Error> {
    let mut frames = Frames::new(log.folder(), []);
    let mut copy = |log: &mut Log, extents: &[Extent]| -> Result<Option<Vec<Extent>>, Error> {
        frames.go_on_with(extents);
        let mut copied = Vec::new();
        loop {
            match frames.next_frame() {
                Ok(Some((frame, _))) if frame.is_intact() => {
                    push(&mut copied, log.append(&frame.bytes)?);
                }
                Ok(None) => return Ok(Some(copied)),
                Ok(Some(_)) | Err(_) => return Ok(None),
            }
        }
    };
    let mut forgotten = Vec::new();
    for path in recall.paths() {
        let Some(known) = recall.get(&path) else { continue };
        let Some(extents) = copy(&mut log, &known.extents)? else {
            forgotten.push(path);
            continue;
        };
        for (pass, extents) in recall.all_memos(&path) {
            if let Some(extents) = copy(&mut log, extents)? {
                log.note_memos(path.clone(), pass, extents);
            }
        }
        log.note(path, Remembered { extents, ..known.clone() });
    }
    log.checkpoint()?;
    log.forget(&forgotten)?;
    Ok(log.into_table())
}

/// Appends an extent; one that lies right behind the last becomes part of it.
pub fn push(extents: &mut Vec<Extent>, next: Extent) {
    if let Some(last) = extents.last_mut()
        && last.segment == next.segment
        && last.start + last.bytes == next.start
    {
        last.bytes += next.bytes;
        return;
    }
    extents.push(next);
}

/// Less than this is not worth copying the rest, in bytes.
const MIN_DEAD_BYTES: u64 = if cfg!(test) { 64 } else { 64 << 20 };

/// Folder of the segments within the state folder.
const SEGMENTS: &str = "segments";

/// Refuses a folder that holds anything but a state.
fn check_own(folder: &Path) -> Result<(), Error> {
    let mut foreign = None;
    for entry in fs::read_dir(folder).map_err(Error::output(folder))? {
        let name = entry.map_err(Error::output(folder))?.file_name();
        let name = name.to_string_lossy().into_owned();
        let is_own = name == lock::NAME || name == SEGMENTS || name.starts_with(table::FILE);
        if !is_own && foreign.as_ref().is_none_or(|other| name < *other) {
            foreign = Some(name);
        }
    }
    let Some(name) = foreign else { return Ok(()) };
    Err(Error::Setup(format!(
        "state folder `{}` holds `{name}`, which copydesk did not write\nhint: name a folder of its own in `state`",
        folder.display()
    )))
}

/// Names whose values differ, with both values.
fn changed(before: &Dependencies, now: &Dependencies) -> Vec<(String, String, String)> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let value = |of: &Dependencies, name: &String| of.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| (name.clone(), value(before, name), value(now, name)))
        .filter(|(_, before, now)| before != now)
        .collect()
}

fn segment_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.segment"))
}

#[cfg(test)]
mod tests;
