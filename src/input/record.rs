//! What every reader of records has in common: the file it reads, and what it hands out one at a time.

use std::sync::Arc;

use super::Options;
use super::fields::{RecordFile, Refused};
use super::text::WholeFile;
use super::transcode::{ByteStream, OpenText, text_of};
use crate::document::{DocId, Document};

/// A file, or a member of an archive, from its first decompressed byte on.
pub(super) struct Source {
    /// Public name.
    pub(super) name: Arc<str>,
    /// The outlet of what names none.
    pub(super) folder: Arc<str>,
    pub(super) stream: ByteStream,
}

/// A source of records in UTF-8, or nearly so.
pub(super) struct OpenSource {
    name: Arc<str>,
    folder: Arc<str>,
    text: OpenText,
}

impl OpenSource {
    /// Finds out the encoding.
    pub(super) fn of(source: Source, options: &Options) -> Self {
        let Source { name, folder, stream } = source;
        Self { name, folder, text: text_of(stream, options) }
    }

    /// The first bytes of the text, up to 64 KiB.
    pub(super) fn sample(&self) -> &[u8] {
        &self.text.sample
    }

    /// The file, and its text.
    pub(super) fn into_file(self) -> (RecordFile, ByteStream) {
        let Self { name, folder, text: OpenText { stream, detected, start, .. } } = self;
        (RecordFile { name, folder, detected, start }, stream)
    }
}

/// The records of a source, one after the other. What is wrong there is a record too: a [`Refused`] one.
pub(super) type Records = Box<dyn Iterator<Item = Box<dyn Record>> + Send>;

/// Something that becomes one document, with its bytes in memory.
pub(super) trait Record: Send {
    /// Public name of the file, and the position in it.
    fn place(&self) -> (&str, Option<u64>);

    /// About how much memory it takes, in bytes.
    fn bytes(&self) -> u64;

    /// xxh3 of the bytes and of all else in the file that decides what document they become; 0 if there are none.
    fn hash(&self) -> u64;

    /// Its fields as text, for a look at what they hold; none where it has no fields, or they cannot be read.
    fn values(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Decodes and parses; a problem becomes a rejected document.
    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document;
}

impl Record for Refused {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.origin.file, self.origin.member)
    }

    fn bytes(&self) -> u64 {
        0
    }

    fn hash(&self) -> u64 {
        0
    }

    fn into_document(self: Box<Self>, id: DocId, _: &Options) -> Document {
        (*self).into_rejected(id)
    }
}

/// Something that becomes one document: a file yet to be read, a record, or the row of an input that failed.
pub struct Unit(Content);

enum Content {
    File(WholeFile),
    Record(Box<dyn Record>),
}

impl Unit {
    pub(super) fn of_file(file: WholeFile) -> Self {
        Self(Content::File(file))
    }

    pub(super) fn of_record(record: Box<dyn Record>) -> Self {
        Self(Content::Record(record))
    }

    /// The fields of a record as text; see [`Record::values`].
    pub(super) fn values(&self) -> Vec<(String, String)> {
        match &self.0 {
            Content::File(_) => Vec::new(),
            Content::Record(record) => record.values(),
        }
    }

    /// About how much memory the document will take, in bytes; for a compressed file an estimate.
    pub fn bytes(&self) -> u64 {
        match &self.0 {
            Content::File(file) => file.bytes,
            Content::Record(record) => record.bytes(),
        }
    }

    /// Reads a file that is one document; a record is in memory already.
    pub fn load(self, options: &Options) -> Loaded {
        let record = match self.0 {
            Content::File(file) => file.load(options),
            Content::Record(record) => record,
        };
        Loaded { hash: record.hash(), record }
    }
}

/// A unit with its bytes in memory, not yet decoded: what is cheap to have, and enough to know it again.
pub struct Loaded {
    record: Box<dyn Record>,
    hash: u64,
}

impl Loaded {
    /// xxh3 of the bytes and of all else in the file that decides what document they become; 0 if there are none. At the
    /// same place of a file of the same name, and with the same options, the same hash means the same document.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Decodes and parses; a problem becomes a rejected document.
    pub fn into_document(self, id: DocId, options: &Options) -> Document {
        let mut document = self.record.into_document(id, options);
        document.decoding.raw_hash = self.hash;
        document
    }
}

/// Turns a unit into its document; a problem becomes a rejected one. Reads the file of a plain-text unit.
pub fn into_document(unit: Unit, id: DocId, options: &Options) -> Document {
    unit.load(options).into_document(id, options)
}
