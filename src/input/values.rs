//! JSON files that are not JSON Lines: an array of records, an array in an envelope, or one record a file.
//!
//! Records are found by their brackets and quotes alone, one at a time, so that memory is bounded by the longest one
//! allowed and a record that is no JSON costs itself and not its neighbours. The record at position N, counted from zero,
//! is `path#N`; a record that is alone in its file is `path`. Where a bracket or a quote is missing, the next record
//! begins where JSON forbids what stands there: at a `{` in place of a name, or at a line within a text that begins as the
//! records do.
//!
//! An envelope is an object that holds the array under one of a few names, perhaps in an inner object (`response`, `data`),
//! and no text of its own; the rest of it is passed over. Files of several arrays, envelopes or records are read to the end.

mod scanner;

use std::io;
use std::sync::Arc;

use scanner::{Found, Level, Member, Scanner, Value};

use super::Options;
use super::detail::{rejection, rejection_at, rejection_of};
use super::fields::{RecordFile, is_same_name};
use super::json::JsonRecord;
use super::record::{OpenSource, Record};
use super::transcode::ByteStream;
use crate::document::Rejection;

/// The records of a file, one after the other.
pub(super) struct JsonValues {
    file: Arc<RecordFile>,
    scanner: Option<Scanner<ByteStream>>,
    position: u64,
}

impl JsonValues {
    /// Begins with the first record.
    pub(super) fn open(source: OpenSource, options: &Options) -> Self {
        let is_envelope = is_envelope(source.sample(), options);
        let (file, stream) = source.into_file();
        let scanner = Scanner::new(stream, options.max_document_bytes, is_envelope);
        Self { file: Arc::new(file), scanner: Some(scanner), position: 0 }
    }

    fn read(&mut self) -> io::Result<Option<Box<dyn Record>>> {
        let Some(scanner) = &mut self.scanner else { return Ok(None) };
        let max_bytes = scanner.max_bytes;
        let value = match scanner.next_value()? {
            Found::Value(value) => value,
            Found::End => return Ok(self.end(None)),
            Found::CutOff => return Ok(self.end(Some(("cut_off", CUT_OFF)))),
            Found::Malformed => return Ok(self.end(Some(("malformed_json", MALFORMED)))),
        };
        let Value { at, line, column, length, bytes, is_whole } = value;
        if !is_whole {
            self.scanner = None;
            let detail = format!("the file ends within the record at byte {at}");
            let why = rejection_at(&rejection("cut_off", detail), line);
            return Ok(Some(self.refused(at, None, why)));
        }
        if length > max_bytes {
            let detail = format!("{length} bytes; max-document-bytes = {max_bytes}");
            let why = rejection_at(&rejection("record_too_long", detail), line);
            let row = self.refused(at, Some(length), why);
            self.position += 1;
            return Ok(Some(row));
        }
        let is_alone = self.position == 0
            && scanner.levels.is_empty()
            && !scanner.has_closed
            && scanner.skip_space()?.is_none();
        let position = (!is_alone).then_some(self.position);
        self.position += 1;
        let file = self.file.clone();
        Ok(Some(Box::new(JsonRecord { file, position, at, line, column, bytes })))
    }

    /// Reads no more; the row says why, unless the file is done.
    fn end(&mut self, why: Option<(&'static str, &str)>) -> Option<Box<dyn Record>> {
        let scanner = self.scanner.take()?;
        let (reason, detail) = why?;
        let why = rejection_at(&rejection(reason, detail), scanner.line);
        Some(self.refused(scanner.offset, None, why))
    }

    fn refused(&self, at: u64, length: Option<u64>, why: Rejection) -> Box<dyn Record> {
        Box::new(self.file.refused(self.file.origin(self.position, at, length), why))
    }
}

const CUT_OFF: &str = "the file ends within an array or an object";
const MALFORMED: &str = "neither an object nor an array of them begins here; the rest is not read";

impl Iterator for JsonValues {
    type Item = Box<dyn Record>;

    fn next(&mut self) -> Option<Box<dyn Record>> {
        self.read().unwrap_or_else(|error| {
            let (at, line) = self.scanner.take().map_or((0, 0), |s| (s.offset, s.line));
            Some(self.refused(at, None, rejection_at(&rejection_of(&error), line)))
        })
    }
}

/// Whether the first value of a file is an object around an array of records.
pub(super) fn is_envelope(sample: &[u8], options: &Options) -> bool {
    let mut scanner = Scanner::new(sample, 0, true);
    let is_object = matches!(scanner.skip_space(), Ok(Some(b'{')));
    if !is_object || scanner.skip(1).is_err() {
        return false;
    }
    scanner.levels.push(Level::Envelope);
    loop {
        match scanner.member() {
            Ok(Member::Entered) if scanner.levels.last() == Some(&Level::Array) => return true,
            Ok(Member::Entered) => {}
            Ok(Member::Passed(name)) => {
                if options.text.iter().any(|text| is_same_name(text, &name)) {
                    return false;
                }
            }
            Ok(Member::Closed) if !scanner.levels.is_empty() => {}
            Ok(Member::Closed | Member::CutOff | Member::Malformed) | Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests;
