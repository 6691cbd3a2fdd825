//! Sorted runs on disk, and their merge.
//!
//! A row is `length · key · document · payload`, its integers in base 128, the lowest seven bits first. Rows are sorted, so
//! a key is the difference from the key before, and in a row of the same key so is the document: an index of a million
//! documents takes 8 bytes a row instead of 17. The lowest bit of `length` says that the next byte is a new table, where
//! differences start again from zero. Runs are written in the order of `(key, document)`; among equal rows the earlier run
//! comes first, which is the order in which they were added.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

use super::{Key, Row};
use crate::document::DocId;

const BUFFER_BYTES: usize = 128 * 1024;
/// Before the first row: a table that no row is in, so that the first names its own.
const BEFORE_ALL: (Key, DocId) = (Key { table: u8::MAX, hash: 0 }, DocId(0));

/// Writes one run.
pub(super) struct Writer<W> {
    out: W,
    last: (Key, DocId),
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, last: BEFORE_ALL }
    }

    pub(super) fn push(&mut self, key: Key, document: DocId, payload: &[u8]) -> io::Result<()> {
        let is_other_table = key.table != self.last.0.table;
        let mut header = Header::default();
        header.push((payload.len() as u64) << 1 | u64::from(is_other_table));
        if is_other_table {
            header.bytes[header.len] = key.table;
            header.len += 1;
            self.last = (Key { table: key.table, hash: 0 }, DocId(0));
        }
        let step = key.hash - self.last.0.hash;
        header.push(step);
        header.push(u64::from(if step == 0 { document.0 - self.last.1.0 } else { document.0 }));
        self.last = (key, document);
        self.out.write_all(&header.bytes[..header.len])?;
        self.out.write_all(payload)
    }

    /// What has been written to.
    pub(super) fn into_inner(self) -> W {
        self.out
    }
}

impl Writer<BufWriter<File>> {
    pub(super) fn to_file(file: File) -> Self {
        Self::new(BufWriter::with_capacity(BUFFER_BYTES, file))
    }

    pub(super) fn finish(self) -> io::Result<File> {
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// The integers of a row: at most a length of 33 bits, a table, a key of 64 bits and a document of 32.
#[derive(Default)]
struct Header {
    bytes: [u8; 24],
    len: usize,
}

impl Header {
    fn push(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes[self.len] = value as u8 | 0x80;
            self.len += 1;
            value >>= 7;
        }
        self.bytes[self.len] = value as u8;
        self.len += 1;
    }
}

/// Writes sorted rows to a file and rewinds it.
pub(super) fn write<'a>(
    file: File,
    rows: impl Iterator<Item = io::Result<(Key, DocId, &'a [u8])>>,
) -> io::Result<File> {
    let mut writer = Writer::to_file(file);
    for row in rows {
        let (key, document, payload) = row?;
        writer.push(key, document, payload)?;
    }
    writer.finish()
}

/// Reads several runs as one.
pub(super) struct Merge {
    runs: Vec<Run<BufReader<File>>>,
    heads: BinaryHeap<Reverse<Head>>,
}

/// Reads one run.
pub(super) struct Run<R> {
    file: R,
    last: (Key, DocId),
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
        let open = |file| Run::new(BufReader::with_capacity(BUFFER_BYTES, file));
        let mut merge = Self {
            heads: BinaryHeap::with_capacity(runs.len()),
            runs: runs.into_iter().map(open).collect(),
        };
        for (number, run) in merge.runs.iter_mut().enumerate() {
            merge.heads.extend(run.next_head(number)?.map(Reverse));
        }
        Ok(merge)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<(Key, Row)>> {
        let Some(mut first) = self.heads.peek_mut() else { return Ok(None) };
        let Reverse(head) = match self.runs[first.0.run].next_head(first.0.run)? {
            // The next of the same run takes its place, so that the heap is put in order once and not twice.
            Some(head) => std::mem::replace(&mut *first, Reverse(head)),
            None => PeekMut::pop(first),
        };
        Ok(Some((head.key, Row { document: head.document, payload: head.payload })))
    }
}

impl<R: BufRead> Run<R> {
    pub(super) fn new(file: R) -> Self {
        Self { file, last: BEFORE_ALL }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<(Key, Row)>> {
        let head = self.next_head(0)?;
        Ok(head.map(|head| (head.key, Row { document: head.document, payload: head.payload })))
    }

    /// The next row; `run` is the number of this run.
    fn next_head(&mut self, run: usize) -> io::Result<Option<Head>> {
        let Run { file, last } = self;
        if file.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let len = integer(file)?;
        if len & 1 == 1 {
            *last = (Key { table: byte(file)?, hash: 0 }, DocId(0));
        }
        let step = integer(file)?;
        let number = integer(file)? as u32;
        let document = DocId(if step == 0 { last.1.0.wrapping_add(number) } else { number });
        let key = Key { table: last.0.table, hash: last.0.hash.wrapping_add(step) };
        *last = (key, document);
        let mut payload = vec![0u8; (len >> 1) as usize];
        file.read_exact(&mut payload)?;
        Ok(Some(Head { key, document, run, payload }))
    }
}

fn byte(file: &mut impl BufRead) -> io::Result<u8> {
    let first = file.fill_buf()?.first().copied();
    file.consume(1);
    first.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

fn integer(file: &mut impl BufRead) -> io::Result<u64> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = byte(file)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "an integer of more than 64 bits"))
}
