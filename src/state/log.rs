//! What a run adds to its state: frames at the end of a new segment, and rows that point to them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::table::Table;
use super::{Extent, Remembered, frames, segment_path};
use crate::error::Error;

const BUFFER_BYTES: usize = 256 * 1024;

/// The writing side of a state.
pub struct Log {
    folder: PathBuf,
    table: Table,
    number: u32,
    segment: Option<BufWriter<File>>,
    end: u64,
    rows: Vec<(PathBuf, Remembered)>,
    memos: Vec<(PathBuf, u32, Vec<Extent>)>,
}

impl Log {
    pub(super) fn new(folder: PathBuf, table: Table, number: u32) -> Self {
        Self { folder, table, number, segment: None, end: 0, rows: Vec::new(), memos: Vec::new() }
    }

    /// The folder of the segments.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Bytes that this run has appended.
    pub fn appended_bytes(&self) -> u64 {
        self.end
    }

    /// Appends a frame, and tells where it lies. It is lasting, and may be read, after [`checkpoint`](Self::checkpoint).
    pub fn append(&mut self, bytes: &[u8]) -> Result<Extent, Error> {
        let path = segment_path(&self.folder, self.number);
        if self.segment.is_none() {
            let file = File::create_new(&path).map_err(Error::output(&path))?;
            self.segment = Some(BufWriter::with_capacity(BUFFER_BYTES, file));
        }
        let out = self.segment.as_mut().expect("it was made a moment ago");
        let extent = Extent { segment: self.number, start: self.end, bytes: 0 };
        let written = frames::write(out, extent.place(), bytes).map_err(Error::output(&path))?;
        let extent = Extent { bytes: written, ..extent };
        self.end += written;
        Ok(extent)
    }

    /// Notes what is remembered of a file, from the next [`checkpoint`](Self::checkpoint) on.
    pub fn note(&mut self, path: PathBuf, remembered: Remembered) {
        self.rows.push((path, remembered));
    }

    /// Notes where the memos of a later pass about a file's documents lie, from the next checkpoint on.
    pub fn note_memos(&mut self, path: PathBuf, pass: u32, extents: Vec<Extent>) {
        self.memos.push((path, pass, extents));
    }

    /// Makes everything lasting that was appended and noted: first the segment, then the rows.
    pub fn checkpoint(&mut self) -> Result<(), Error> {
        self.flush()?;
        if !self.rows.is_empty() || !self.memos.is_empty() {
            self.table.write(&self.rows, &self.memos, &[])?;
            self.rows.clear();
            self.memos.clear();
        }
        Ok(())
    }

    /// Forgets files, in the same way.
    pub fn forget(&mut self, paths: &[PathBuf]) -> Result<(), Error> {
        if paths.is_empty() { Ok(()) } else { self.table.write(&[], &[], paths) }
    }

    /// Ends the log without adding to it.
    pub(super) fn into_table(self) -> Table {
        self.table
    }

    fn flush(&mut self) -> Result<(), Error> {
        let Some(out) = &mut self.segment else { return Ok(()) };
        let path = segment_path(&self.folder, self.number);
        out.flush().map_err(Error::output(&path))?;
        out.get_ref().sync_data().map_err(Error::output(&path))?;
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(Error::output(&self.folder))
    }
}
