//! The census: everything that the documents of a corpus add to a corpus stage, as one sorted table.
//!
//! A row is `(key, document, payload)`. Rows are pushed in corpus order and come back grouped: keys ascending, documents
//! ascending within a key. They stay in memory up to a budget; past it they are sorted and written to unnamed scratch
//! files (`runs`), which are merged while they are read. What comes back does not depend on the budget.

mod packets;
mod runs;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::document::DocId;
use crate::error::Error;
use crate::workers;
pub use packets::{Packet, Sorting};
use runs::{Merge, Run};

/// What a row is found under: a table of the stage's own, and a hash within it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Separates the kinds of rows of one stage; tables come back in this order.
    pub table: u8,
    /// A hash, or a number, within the table.
    pub hash: u64,
}

impl Key {
    /// Stands for the number of the document that adds the row; the census puts that in. What a document is observed to be
    /// must not depend on its number, which changes when the corpus grows.
    pub const OWN_NUMBER: u64 = u64::MAX;
}

/// One row that a document adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What it is grouped by.
    pub key: Key,
    /// A few bytes that the stage reads back.
    pub payload: Vec<u8>,
}

/// One row of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The document that added it.
    pub document: DocId,
    /// What it added.
    pub payload: Vec<u8>,
}

/// All rows of one key, documents ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The key they share.
    pub key: Key,
    /// The rows, documents ascending; rows of one document in the order in which it added them.
    pub rows: Vec<Row>,
}

/// Where scratch files go, and how much memory a table may take before it goes there.
#[derive(Clone, Debug)]
pub struct Workspace {
    folder: PathBuf,
    budget_bytes: usize,
}

impl Workspace {
    /// Scratch files in `folder`, tables of up to `budget_bytes` in memory.
    pub fn new(folder: &Path, budget_bytes: usize) -> Self {
        Self { folder: folder.to_owned(), budget_bytes }
    }

    /// Bytes that a table may take before it goes to disk.
    pub fn budget_bytes(&self) -> usize {
        self.budget_bytes
    }

    /// The same folder with a share of the budget, for tables that are filled while others are still read.
    #[must_use]
    pub fn with_share(&self, parts: usize) -> Self {
        Self { folder: self.folder.clone(), budget_bytes: self.budget_bytes / parts }
    }

    /// A new, empty table.
    pub fn census(&self) -> Census {
        Census {
            workspace: self.clone(),
            bytes: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
            spilled_rows: 0,
        }
    }

    /// An unnamed file that vanishes with the process.
    pub fn scratch_file(&self) -> Result<File, Error> {
        tempfile::tempfile_in(&self.folder).map_err(Error::output(&self.folder))
    }
}

/// The table while it is filled.
pub struct Census {
    workspace: Workspace,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<File>,
    spilled_rows: u64,
}

/// Rows that went to scratch files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spilled {
    /// Scratch files in use.
    pub files: usize,
    /// Rows in them.
    pub rows: u64,
    /// Their size.
    pub bytes: u64,
}

/// One row in memory: 32 bytes, its payload in the shared buffer.
#[derive(Clone, Copy)]
struct Entry {
    key: Key,
    document: DocId,
    len: u32,
    at: usize,
}

/// More scratch files than this are merged into one, so that no run needs more descriptors than a process may open.
const MAX_RUNS: usize = 64;

impl Census {
    /// Adds a row.
    pub fn push(&mut self, document: DocId, mut key: Key, payload: &[u8]) -> Result<(), Error> {
        if key.hash == Key::OWN_NUMBER {
            key.hash = u64::from(document.0);
        }
        let at = self.bytes.len();
        let len = u32::try_from(payload.len())
            .map_err(|_| Error::Internal("a census payload over 4 GiB".into()))?;
        self.bytes.extend_from_slice(payload);
        self.entries.push(Entry { key, document, len, at });
        if self.bytes.len() + self.entries.len() * size_of::<Entry>() > self.workspace.budget_bytes
        {
            self.spill()?;
        }
        Ok(())
    }

    /// Adds the rows of a packet.
    pub fn push_packet(&mut self, packet: &Packet) -> Result<(), Error> {
        let mut rows = Run::new(&packet.rows[..]);
        while let Some((key, row)) = rows.next().map_err(packets::damaged)? {
            self.push(row.document, key, &row.payload)?;
        }
        Ok(())
    }

    /// What is on disk by now.
    pub fn spilled(&self) -> Result<Spilled, Error> {
        let mut bytes = 0;
        for run in &self.runs {
            bytes += run.metadata().map_err(Error::output(&self.workspace.folder))?.len();
        }
        Ok(Spilled { files: self.runs.len(), rows: self.spilled_rows, bytes })
    }

    /// Ends the filling and hands the rows back in order.
    pub fn into_groups(mut self) -> Result<Groups, Error> {
        if !self.runs.is_empty() {
            self.spill()?;
        }
        self.sort();
        let merge = if self.runs.is_empty() {
            Source::Memory { bytes: self.bytes, entries: self.entries, next: 0 }
        } else {
            Source::Disk(Merge::open(self.runs).map_err(Error::output(&self.workspace.folder))?)
        };
        Ok(Groups { workspace: self.workspace, source: merge, ahead: None })
    }

    fn sort(&mut self) {
        // Position and length break ties (an empty payload stands where the next begins), so that a document's rows keep their order without a stable sort's memory.
        workers::sort_unstable_by_key(&mut self.entries, |entry| {
            (entry.key, entry.document, entry.at, entry.len)
        });
    }

    fn spill(&mut self) -> Result<(), Error> {
        if self.entries.is_empty() {
            return Ok(());
        }
        self.sort();
        let folder = self.workspace.folder.clone();
        let rows = self.entries.iter().map(|entry| {
            Ok((entry.key, entry.document, &self.bytes[entry.at..entry.at + entry.len as usize]))
        });
        let run = runs::write(self.workspace.scratch_file()?, rows);
        self.runs.push(run.map_err(Error::output(&folder))?);
        self.spilled_rows += self.entries.len() as u64;
        self.entries.clear();
        self.bytes.clear();
        if self.runs.len() > MAX_RUNS {
            self.merge_runs().map_err(Error::output(&folder))?;
        }
        Ok(())
    }

    fn merge_runs(&mut self) -> io::Result<()> {
        let target = tempfile::tempfile_in(&self.workspace.folder)?;
        let mut merge = Merge::open(std::mem::take(&mut self.runs))?;
        let mut writer = runs::Writer::to_file(target);
        while let Some((key, row)) = merge.next()? {
            writer.push(key, row.document, &row.payload)?;
        }
        self.runs = vec![writer.finish()?];
        Ok(())
    }
}

/// The table while it is read: one group after the other.
pub struct Groups {
    workspace: Workspace,
    source: Source,
    ahead: Option<(Key, Row)>,
}

enum Source {
    Memory { bytes: Vec<u8>, entries: Vec<Entry>, next: usize },
    Disk(Merge),
    Packet(Run<io::Cursor<Vec<u8>>>),
}

impl Groups {
    /// The rows of one packet by themselves.
    pub fn of_packet(workspace: &Workspace, packet: Packet) -> Self {
        let source = Source::Packet(Run::new(io::Cursor::new(packet.rows)));
        Self { workspace: workspace.clone(), source, ahead: None }
    }

    /// The next group, or `None` after the last. A group is in memory as a whole.
    pub fn next_group(&mut self) -> Result<Option<Group>, Error> {
        let mut group = Group::default();
        Ok(self.read_group(&mut group)?.then_some(group))
    }

    /// Reads the next group into `group`, whose memory is used again; `false` after the last.
    pub fn read_group(&mut self, group: &mut Group) -> Result<bool, Error> {
        group.rows.clear();
        let Some((key, row)) = (match self.ahead.take() {
            Some(row) => Some(row),
            None => self.next_row()?,
        }) else {
            return Ok(false);
        };
        group.key = key;
        group.rows.push(row);
        loop {
            match self.next_row()? {
                Some((next, row)) if next == key => group.rows.push(row),
                other => {
                    self.ahead = other;
                    return Ok(true);
                }
            }
        }
    }

    /// Where the stage may put tables and files of its own.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    fn next_row(&mut self) -> Result<Option<(Key, Row)>, Error> {
        match &mut self.source {
            Source::Memory { bytes, entries, next } => Ok(entries.get(*next).map(|entry| {
                *next += 1;
                let payload = bytes[entry.at..entry.at + entry.len as usize].to_vec();
                (entry.key, Row { document: entry.document, payload })
            })),
            Source::Disk(merge) => merge.next().map_err(Error::output(&self.workspace.folder)),
            Source::Packet(run) => run.next().map_err(packets::damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(rows: &[(u8, u64, u32, Vec<u8>)], budget_bytes: usize) -> (Vec<Group>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let mut census = Workspace::new(folder.path(), budget_bytes).census();
        for (table, hash, document, payload) in rows {
            census.push(DocId(*document), Key { table: *table, hash: *hash }, payload).unwrap();
        }
        let spilled = census.spilled().unwrap().files;
        let mut groups = census.into_groups().unwrap();
        let mut all = Vec::new();
        while let Some(group) = groups.next_group().unwrap() {
            all.push(group);
        }
        (all, spilled)
    }

    #[test]
    fn more_runs_than_descriptors_are_merged() {
        let rows: Vec<_> = (0..400u32).map(|n| (0, u64::from(n % 7), n, vec![n as u8])).collect();
        let (all, spilled) = groups(&rows, 64);
        assert!(spilled > 1 && spilled <= MAX_RUNS, "{spilled} runs");
        assert_eq!(all, groups(&rows, usize::MAX).0);
    }

    proptest! {
        #[test]
        fn the_budget_does_not_change_what_comes_back(
            rows in proptest::collection::vec(
                (0u8..3, 0u64..9, 0u32..6, proptest::collection::vec(any::<u8>(), 0..5)), 0..60),
            budget in 1usize..800,
        ) {
            let (all, _) = groups(&rows, usize::MAX);
            prop_assert_eq!(&all, &groups(&rows, budget).0);
            prop_assert_eq!(all.iter().map(|g| g.rows.len()).sum::<usize>(), rows.len());
            prop_assert!(all.windows(2).all(|pair| pair[0].key < pair[1].key));
            for group in &all {
                prop_assert!(group.rows.windows(2).all(|pair| pair[0].document <= pair[1].document));
            }
        }
    }
}
