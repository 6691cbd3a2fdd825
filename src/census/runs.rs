//! Sorted runs on disk, and their merge.
//!
//! A row is `table u8 · hash u64 · document u32 · length u32 · payload`, integers little-endian. Runs are written in the
//! order of `(key, document)`; among equal rows the earlier run comes first, which is the order in which they were added.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::{Key, Row};
use crate::document::DocId;

const BUFFER_BYTES: usize = 128 * 1024;
const HEADER_BYTES: usize = 17;

/// Writes one run.
pub(super) struct Writer {
    out: BufWriter<File>,
}

impl Writer {
    pub(super) fn new(file: File) -> Self {
        Self { out: BufWriter::with_capacity(BUFFER_BYTES, file) }
    }

    pub(super) fn push(&mut self, key: Key, document: DocId, payload: &[u8]) -> io::Result<()> {
        let mut header = [0u8; HEADER_BYTES];
        header[0] = key.table;
        header[1..9].copy_from_slice(&key.hash.to_le_bytes());
        header[9..13].copy_from_slice(&document.0.to_le_bytes());
        header[13..].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        self.out.write_all(&header)?;
        self.out.write_all(payload)
    }

    pub(super) fn finish(self) -> io::Result<File> {
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Writes sorted rows to a file and rewinds it.
pub(super) fn write<'a>(
    file: File,
    rows: impl Iterator<Item = io::Result<(Key, DocId, &'a [u8])>>,
) -> io::Result<File> {
    let mut writer = Writer::new(file);
    for row in rows {
        let (key, document, payload) = row?;
        writer.push(key, document, payload)?;
    }
    writer.finish()
}

/// Reads several runs as one.
pub(super) struct Merge {
    runs: Vec<BufReader<File>>,
    heads: BinaryHeap<Reverse<Head>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    key: Key,
    document: DocId,
    run: usize,
    payload: Vec<u8>,
}

impl Merge {
    pub(super) fn open(runs: Vec<File>) -> io::Result<Self> {
        let mut merge = Self {
            heads: BinaryHeap::with_capacity(runs.len()),
            runs: runs
                .into_iter()
                .map(|file| BufReader::with_capacity(BUFFER_BYTES, file))
                .collect(),
        };
        for run in 0..merge.runs.len() {
            merge.advance(run)?;
        }
        Ok(merge)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<(Key, Row)>> {
        let Some(Reverse(head)) = self.heads.pop() else { return Ok(None) };
        self.advance(head.run)?;
        Ok(Some((head.key, Row { document: head.document, payload: head.payload })))
    }

    fn advance(&mut self, run: usize) -> io::Result<()> {
        let reader = &mut self.runs[run];
        let mut header = [0u8; HEADER_BYTES];
        if reader.read(&mut header[..1])? == 0 {
            return Ok(());
        }
        reader.read_exact(&mut header[1..])?;
        let integer = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let hash = u64::from(integer(1)) | u64::from(integer(5)) << 32;
        let mut payload = vec![0u8; integer(13) as usize];
        reader.read_exact(&mut payload)?;
        let key = Key { table: header[0], hash };
        self.heads.push(Reverse(Head { key, document: DocId(integer(9)), run, payload }));
        Ok(())
    }
}
