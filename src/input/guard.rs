//! What the CSV parser is not told: how long a record may get, and whether a quote is still open at the end.

use std::io::{self, Read};

use csv::ByteRecord;

use super::detail::{rejection, stop};
use super::transcode::ByteStream;

/// What is read at once; a record may be as much longer than allowed before it is given up.
pub(super) const BUFFER_BYTES: usize = 64 << 10;

/// Stands between file and parser, which would hold a record of any length in memory: stops at a record that is too
/// long, and knows whether the last record's quotes are even.
pub(super) struct Guard {
    inner: ByteStream,
    /// The bytes that the parser is working on.
    chunk: Vec<u8>,
    chunk_start: u64,
    record_start: u64,
    /// Quotes in the record so far, without those in `chunk`.
    quotes: usize,
    max_record_bytes: u64,
    is_at_end: bool,
}

impl Guard {
    pub(super) fn new(inner: ByteStream) -> Self {
        Self {
            inner,
            chunk: Vec::new(),
            chunk_start: 0,
            record_start: 0,
            quotes: 0,
            max_record_bytes: 0,
            is_at_end: false,
        }
    }

    /// Notes that a record begins at `start`, in bytes of the decoded file.
    pub(super) fn begin_record(&mut self, start: u64, max_record_bytes: u64) {
        self.record_start = start;
        self.max_record_bytes = max_record_bytes;
        self.quotes = 0;
    }

    fn chunk_end(&self) -> u64 {
        self.chunk_start + self.chunk.len() as u64
    }

    fn quotes_in_chunk(&self) -> usize {
        let from = self.record_start.saturating_sub(self.chunk_start);
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.chunk.len());
        memchr::memchr_iter(b'"', &self.chunk[from..]).count()
    }

    /// Whether the record that ends at `end` is the last, and ends because the file does.
    pub(super) fn ends_in_quotes(&self, end: u64, record: &ByteRecord) -> bool {
        self.is_at_end
            && end == self.chunk_end()
            && (self.quotes + self.quotes_in_chunk()) % 2 == 1
            && memchr::memchr(b'\n', record.as_slice()).is_some()
    }
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.max_record_bytes.saturating_mul(2).saturating_add(BUFFER_BYTES as u64);
        if self.chunk_end().saturating_sub(self.record_start) > allowed {
            let detail = format!(
                "the record at byte {} is longer than max-document-bytes = {}: a quote may be left open; \
                 nothing behind it was read",
                self.record_start, self.max_record_bytes
            );
            return Err(stop(rejection("unclosed_quote", detail)));
        }
        let count = self.inner.read(buffer)?;
        if count == 0 {
            self.is_at_end = true;
            return Ok(0);
        }
        self.quotes += self.quotes_in_chunk();
        self.chunk_start = self.chunk_end();
        self.chunk.clear();
        self.chunk.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}
