//! A buffered reader that can look ahead, and go back to where a damaged member began.

use std::io::{self, BufRead, Read};

use super::super::transcode::ByteStream;

/// Bytes taken from the file at once.
const BUFFER_BYTES: usize = 64 << 10;

/// How many of the first bytes are looked at.
const MAGIC_BYTES: usize = 512;

/// Compressed bytes of a member that are kept at most.
const MAX_KEPT_BYTES: usize = 32 << 20;

/// The part of a gzip header that tells it.
const HEADER_BYTES: usize = 3;

/// Whether a gzip member, of which these are the first bytes, holds a text that begins so.
fn begins_with(member: &[u8], beginning: &[u8]) -> bool {
    let mut start = vec![0; beginning.len()];
    flate2::bufread::GzDecoder::new(member).read_exact(&mut start).is_ok() && start == beginning
}

/// A buffered reader that can look ahead and knows how many bytes were taken.
pub(super) struct Window {
    inner: ByteStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes of the file that were taken.
    pub(super) taken: u64,
    /// Those since the mark, so that they can be read once more; `None` without a mark, or with too many of them.
    kept: Option<Vec<u8>>,
}

impl Window {
    pub(super) fn new(inner: ByteStream) -> Self {
        Self { inner, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, taken: 0, kept: None }
    }

    /// The next bytes; fewer at the end of the file only.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        if self.end - self.start < MAGIC_BYTES {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < MAGIC_BYTES {
                match self.inner.read(&mut self.buffer[self.end..])? {
                    0 => break,
                    count => self.end += count,
                }
            }
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + MAGIC_BYTES)])
    }

    /// Keeps what is taken from here on.
    pub(super) fn mark(&mut self) {
        self.kept = Some(Vec::new());
    }

    /// Goes back to the byte behind the mark, if all that was taken since has been kept.
    pub(super) fn rewind_behind_mark(&mut self) {
        let Some(mut kept) = self.kept.take() else { return };
        let count = kept.len();
        kept.extend_from_slice(&self.buffer[self.start..self.end]);
        self.start = 0;
        self.end = kept.len();
        kept.resize(self.end.max(BUFFER_BYTES), 0);
        self.buffer = kept;
        self.taken -= count as u64;
        self.consume(count.min(1));
    }

    /// Goes on to the next gzip member that holds a text with this beginning; `false` at the end of the file.
    pub(super) fn find_member(&mut self, beginning: &[u8]) -> io::Result<bool> {
        loop {
            let bytes = self.peek()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let is_member = |at: &usize| {
                let is_header = matches!(bytes[*at..], [0x1f, 0x8b, 8, flags, ..] if flags < 0x20);
                // Behind the first bytes it would be cut off, and is looked at again when they are.
                is_header && (*at > 0 || begins_with(bytes, beginning))
            };
            let found = memchr::memchr_iter(0x1f, bytes).find(is_member);
            match found {
                Some(0) => return Ok(true),
                Some(at) => self.consume(at),
                // A header may lie across the end of what is seen.
                None => {
                    let count = bytes.len();
                    self.consume(if count > HEADER_BYTES { count - HEADER_BYTES } else { count });
                }
            }
        }
    }

    /// Whether there is nothing but zero bytes up to the end of the file.
    pub(super) fn skip_zeros(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            if bytes.is_empty() {
                return Ok(true);
            }
            if bytes.iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
            let count = bytes.len();
            self.consume(count);
        }
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && self.kept.is_none() && buffer.len() >= self.buffer.len() {
            let count = self.inner.read(buffer)?;
            self.taken += count as u64;
            return Ok(count);
        }
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Window {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.inner.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(&self.buffer[self.start..self.start + count]);
            if kept.len() > MAX_KEPT_BYTES {
                self.kept = None;
            }
        }
        self.start += count;
        self.taken += count as u64;
    }
}
