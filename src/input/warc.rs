//! WARC (ISO 28500) and the WET files of Common Crawl: web pages, or their text, as crawlers keep them.
//!
//! A `response` or `resource` that is a page is a document, and so is a `conversion`, which is the text of one. The record at
//! position N, counted from zero over all records of the file, is `path#N`. Requests, metadata, what a crawler says of
//! itself and pages that it saw again unchanged hold no page and are passed over. The day of the crawl is not taken for the
//! day of publication.
//!
//! The parser is our own: the crate `warc` reads headers of any length, stops at the first damaged record, and lends records,
//! on which an iterator cannot live. Behind a damaged record the next one is looked for, and behind a damaged gzip member the
//! next member.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::Options;
use super::compress::DAMAGED_MEMBER;
use super::detail::{rejection, rejection_of, shown};
use super::fields::{self, Fields, RecordFile, place_seed};
use super::http::{Response, is_html};
use super::record::{Record, Source};
use super::transcode::ByteStream;
use crate::document::{Decoding, DocId, Document, Rejection};

const BUFFER_BYTES: usize = 256 << 10;

/// Longest header of a record, in bytes.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// The pages of a file, one after the other.
pub(super) struct WarcRecords {
    file: Arc<RecordFile>,
    reader: Option<BufReader<ByteStream>>,
    /// Bytes before the next one.
    offset: u64,
    position: u64,
    max_block_bytes: u64,
}

/// What the header of a record says.
#[derive(Debug, Default)]
struct Header {
    kind: String,
    uri: String,
    content_type: String,
    language: String,
    is_truncated: bool,
    length: Option<u64>,
}

/// A page, or the text of one.
struct WarcRecord {
    file: Arc<RecordFile>,
    position: u64,
    at: u64,
    header: Header,
    block: Vec<u8>,
}

impl WarcRecords {
    pub(super) fn open(source: Source, options: &Options) -> Self {
        let Source { name, folder, stream } = source;
        Self {
            file: Arc::new(RecordFile::of_whole(name, folder)),
            reader: Some(BufReader::with_capacity(BUFFER_BYTES, stream)),
            offset: 0,
            position: 0,
            max_block_bytes: options.max_document_bytes.max(options.max_page_bytes),
        }
    }

    /// The next page, or a row; `None` where a record holds none.
    fn read(&mut self) -> Result<Option<Box<dyn Record>>, Rejection> {
        let start = self.offset;
        let Some(line) = self.line(MAX_HEADER_BYTES)? else {
            self.reader = None;
            return Ok(None);
        };
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let header = match line.starts_with(b"WARC/") {
            true => self.header()?,
            false => Err("no record begins here"),
        };
        let header = match header {
            Ok(header) => header,
            Err(what) => return self.pass_damage(start, what).map(Some),
        };
        let Some(length) = header.length else {
            return self.pass_damage(start, "a record without Content-Length").map(Some);
        };
        let position = self.position;
        self.position += 1;
        let is_page = match &*header.kind {
            "conversion" => true,
            "response" | "resource" => !header.uri.starts_with("dns:"),
            "warcinfo" | "request" | "metadata" | "revisit" => false,
            kind => {
                let (reason, detail) = match kind {
                    "continuation" => ("unsupported", "the rest of a record in pieces".to_owned()),
                    "" => ("malformed_record", "a record without WARC-Type".to_owned()),
                    kind => ("malformed_record", format!("a record of type `{}`", shown(kind))),
                };
                let origin = self.file.origin(position, self.offset, Some(length));
                self.skip(length)?;
                return Ok(Some(Box::new(self.file.refused(origin, rejection(reason, detail)))));
            }
        };
        let at = self.offset;
        if !is_page || length > self.max_block_bytes {
            self.skip(length)?;
            let detail = format!("{length} bytes; max-document-bytes = {}", self.max_block_bytes);
            let origin = self.file.origin(position, at, Some(length));
            let row = self.file.refused(origin, rejection("record_too_long", detail));
            return Ok(is_page.then(|| Box::new(row) as _));
        }
        let mut block = Vec::new();
        let reader = self.reader.as_mut().ok_or_else(cut_off)?;
        let read = reader.take(length).read_to_end(&mut block);
        self.offset += block.len() as u64;
        read.map_err(|error| rejection_of(&error))?;
        if block.len() as u64 != length {
            return Err(cut_off());
        }
        Ok(Some(Box::new(WarcRecord { file: self.file.clone(), position, at, header, block })))
    }

    /// Reads up to the empty line. What is wrong with a header costs its record alone.
    fn header(&mut self) -> Result<Result<Header, &'static str>, Rejection> {
        let mut header = Header::default();
        let mut left = MAX_HEADER_BYTES;
        loop {
            let Some(line) = self.line(left)? else { return Err(cut_off()) };
            left = left.saturating_sub(line.len());
            if line.trim_ascii().is_empty() {
                return Ok(Ok(header));
            }
            if left == 0 {
                return Ok(Err("a header of a record has no end"));
            }
            let Some(colon) = memchr::memchr(b':', &line) else { continue };
            let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
            let value = String::from_utf8_lossy(value);
            match name.to_ascii_lowercase().as_slice() {
                b"warc-type" => header.kind = value.to_ascii_lowercase(),
                // Early crawlers put it into angle brackets.
                b"warc-target-uri" => {
                    header.uri = value.trim_matches(['<', '>']).to_owned();
                }
                b"content-type" => header.content_type = value.to_ascii_lowercase(),
                b"content-length" => header.length = value.parse().ok(),
                b"warc-identified-content-language" => {
                    header.language = value.split(',').next().unwrap_or_default().to_owned();
                }
                b"warc-truncated" => header.is_truncated = true,
                _ => {}
            }
        }
    }

    /// Looks for the next record behind something that is none.
    fn pass_damage(&mut self, start: u64, what: &str) -> Result<Box<dyn Record>, Rejection> {
        loop {
            let reader = self.reader.as_mut().ok_or_else(cut_off)?;
            let next = reader.fill_buf().map_err(|error| rejection_of(&error))?;
            if next.is_empty() || next.starts_with(b"WARC/1.") {
                break;
            }
            self.line(MAX_HEADER_BYTES)?;
        }
        let length = self.offset - start;
        let detail = format!("{what}; {length} bytes from byte {start} on were passed over");
        let origin = self.file.origin(self.position, start, Some(length));
        self.position += 1;
        Ok(Box::new(self.file.refused(origin, rejection("malformed_record", detail))))
    }

    /// A line with its end, or the first `max_bytes` of it.
    fn line(&mut self, max_bytes: usize) -> Result<Option<Vec<u8>>, Rejection> {
        let Some(reader) = self.reader.as_mut() else { return Ok(None) };
        let mut line = Vec::new();
        let read = reader.take(max_bytes.max(1) as u64).read_until(b'\n', &mut line);
        self.offset += line.len() as u64;
        read.map_err(|error| rejection_of(&error))?;
        Ok((!line.is_empty()).then_some(line))
    }

    fn skip(&mut self, length: u64) -> Result<(), Rejection> {
        let reader = self.reader.as_mut().ok_or_else(cut_off)?;
        let skipped = io::copy(&mut reader.take(length), &mut io::sink());
        let skipped = skipped.map_err(|error| rejection_of(&error))?;
        self.offset += skipped;
        if skipped == length { Ok(()) } else { Err(cut_off()) }
    }
}

fn cut_off() -> Rejection {
    rejection("cut_off", "the file ends within a record")
}

impl Iterator for WarcRecords {
    type Item = Box<dyn Record>;

    fn next(&mut self) -> Option<Box<dyn Record>> {
        while self.reader.is_some() {
            match self.read() {
                Ok(None) => {}
                Ok(record) => return record,
                Err(why) => {
                    // Behind a damaged member the next one is read; it counts as one record.
                    let goes_on = why.reason == DAMAGED_MEMBER;
                    let length = goes_on.then_some(0);
                    let origin = self.file.origin(self.position, self.offset, length);
                    match goes_on {
                        true => self.position += 1,
                        false => self.reader = None,
                    }
                    return Some(Box::new(self.file.refused(origin, why)));
                }
            }
        }
        None
    }
}

impl Record for WarcRecord {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.file.name, Some(self.position))
    }

    fn bytes(&self) -> u64 {
        self.block.len() as u64
    }

    /// Of the block, of its place, and of what its header says.
    fn hash(&self) -> u64 {
        let header = xxh3_64_with_seed(format!("{:?}", self.header).as_bytes(), self.position);
        xxh3_64_with_seed(&self.block, header ^ place_seed(0, self.at))
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        let Self { file, position, at, header, block } = *self;
        let raw_bytes = block.len() as u64;
        let mut origin = file.origin(position, at, Some(raw_bytes));
        origin.hash = Some(xxh3_128(&block));
        let (found, mut decoding) = fields_of(&header, block, options);
        decoding.raw_bytes = raw_bytes;
        let found = found.map(|mut fields| {
            fields.url = Some(header.uri).filter(|uri| !uri.is_empty()).or(fields.url);
            let language = Some(header.language).filter(|language| !language.is_empty());
            fields.language = fields.language.or(language);
            fields
        });
        fields::of_found(&file, origin, found, decoding, id, options)
    }
}

/// The page in a block.
fn fields_of(
    header: &Header,
    block: Vec<u8>,
    options: &Options,
) -> (Result<Fields, Rejection>, Decoding) {
    let nothing = |why| (Err(why), Decoding::default());
    if header.is_truncated {
        return nothing(rejection("truncated_page", "the crawler kept only its beginning"));
    }
    if header.kind == "conversion" {
        return text_of(block, Some("utf-8"), options);
    }
    let is_http = header.content_type.contains("msgtype=response")
        || (header.kind == "response" && block.starts_with(b"HTTP/"));
    let response = match is_http {
        true => Response::of(block, options),
        false => Ok(Response::of_resource(&header.content_type, block)),
    };
    let Response { content_type, charset, body } = match response {
        Ok(response) => response,
        Err(why) => return nothing(why),
    };
    match &*content_type {
        "text/plain" => text_of(body, charset.as_deref(), options),
        kind if is_html(kind, &body) => page_of(body, charset.as_deref(), options),
        kind => {
            let detail = format!("content of type `{}`", shown(kind));
            nothing(rejection("not_a_page", detail))
        }
    }
}

#[cfg(feature = "html")]
fn page_of(
    body: Vec<u8>,
    charset: Option<&str>,
    options: &Options,
) -> (Result<Fields, Rejection>, Decoding) {
    super::html::fields_of(body, charset, options)
}

#[cfg(not(feature = "html"))]
fn page_of(_: Vec<u8>, _: Option<&str>, _: &Options) -> (Result<Fields, Rejection>, Decoding) {
    let why = rejection("unsupported", "pages are read with the feature `html`");
    (Err(why), Decoding::default())
}

/// Plain text, which has no headline that could be told from it.
fn text_of(
    bytes: Vec<u8>,
    charset: Option<&str>,
    options: &Options,
) -> (Result<Fields, Rejection>, Decoding) {
    let known = charset.and_then(super::charset::Charset::of_label);
    let (text, decoding) = match known {
        Some(charset) => super::decode::decode_as(charset, bytes),
        None => super::decode::decode(bytes, options),
    };
    (Ok(Fields { text, ..Fields::default() }), decoding)
}

#[cfg(test)]
mod tests;
