//! Documents as bytes, on their way from one pass to the next.
//!
//! The first pass lays down records: the notes of what it found besides the document, and the document. A later run that
//! remembers a record needs the notes alone to come as far as that pass came. Between later passes there are documents alone.
//! Numbers are given anew by whoever reads.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use crate::census::{Key, Observation};
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::state::frames::Frame;

/// What the first pass knows of a document besides the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notes {
    /// Path and position.
    pub(super) name: String,
    /// The record's own id.
    pub(super) record_id: Option<String>,
    /// The reader's hash of the raw bytes; 0 if there is none.
    pub(super) raw_hash: u64,
    /// Whether nothing has dropped the document yet.
    pub(super) is_kept: bool,
    /// Bytes of the document before it was compressed; 0 if it was not.
    pub(super) compressed_from: u32,
    /// What the first corpus stage observed.
    pub(super) observations: Observations,
}

/// The rows that a document adds to a census, as bytes: `table u8 · hash u64 · length · payload` each. The length is a byte,
/// or 255 and a `u32`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Observations(#[serde(with = "bytes")] Vec<u8>);

/// A byte string at its own length, and not number by number.
mod bytes {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a byte string")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

/// Table, hash and a short length.
const ROW_BYTES: usize = 10;
/// Stands for a length of four bytes.
const LONG: u8 = u8::MAX;

impl Observations {
    /// Rows that were packed before.
    pub(super) fn from_packed(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The rows as bytes.
    pub(super) fn packed(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn pack(rows: &[Observation]) -> Self {
        let payloads: usize = rows.iter().map(|row| row.payload.len()).sum();
        let mut bytes = Vec::with_capacity(rows.len() * ROW_BYTES + payloads);
        for row in rows {
            Self::add(&mut bytes, row.key, &row.payload);
        }
        Self(bytes)
    }

    /// Packs one more row.
    pub(super) fn add(bytes: &mut Vec<u8>, key: Key, payload: &[u8]) {
        bytes.push(key.table);
        bytes.extend_from_slice(&key.hash.to_le_bytes());
        match u8::try_from(payload.len()) {
            Ok(len) if len != LONG => bytes.push(len),
            _ => {
                bytes.push(LONG);
                // A census refuses a payload over 4 GiB.
                bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
            }
        }
        bytes.extend_from_slice(payload);
    }

    /// The rows, in order. They come from a frame that was checked, so their lengths fit.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Key, &[u8])> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let (row, tail) = rest.split_at_checked(ROW_BYTES)?;
            let hash = u64::from_le_bytes(row[1..9].try_into().ok()?);
            let (len, tail) = match row[9] {
                LONG => {
                    let (len, tail) = tail.split_at_checked(4)?;
                    (u32::from_le_bytes(len.try_into().ok()?) as usize, tail)
                }
                len => (usize::from(len), tail),
            };
            let (payload, tail) = tail.split_at_checked(len)?;
            rest = tail;
            Some((Key { table: row[0], hash }, payload))
        })
    }
}

/// A record as bytes: `length of the notes u32 · notes · document`. Where it is to last, the document is compressed:
/// 185 MB of state became 106 MB on a dump with 130 MB of text.
pub(super) fn lay_down(
    notes: &mut Notes,
    document: &Document,
    is_lasting: bool,
) -> Result<Vec<u8>, Error> {
    let plain = lay_down_document(document)?;
    let compressed = is_lasting.then(|| compress(&plain)).flatten();
    notes.compressed_from = compressed.as_ref().map_or(0, |_| plain.len() as u32);
    let mut bytes = postcard::to_extend(notes, vec![0u8; 4]).map_err(could_not("lay down"))?;
    let len = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&len.to_le_bytes());
    bytes.extend_from_slice(compressed.as_ref().unwrap_or(&plain));
    Ok(bytes)
}

/// Fast, and most of what there is to gain on a few kilobytes.
const COMPRESSION_LEVEL: i32 = 1;

/// The compressed bytes, if there are fewer. A context a thread is kept: making one costs as much as a small document.
fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    u32::try_from(plain.len()).ok()?;
    COMPRESSOR.with_borrow_mut(|compressor| {
        if compressor.is_none() {
            *compressor = zstd::bulk::Compressor::new(COMPRESSION_LEVEL).ok();
        }
        compressor.as_mut()?.compress(plain).ok().filter(|bytes| bytes.len() < plain.len())
    })
}

/// The bytes before they were compressed.
fn decompress(bytes: &[u8], capacity: usize) -> Result<Vec<u8>, Error> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let failed = |why| Error::Internal(format!("could not decompress a document: {why}"));
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(zstd::bulk::Decompressor::new().map_err(failed)?),
        };
        decompressor.decompress(bytes, capacity).map_err(failed)
    })
}

/// Bytes that are to last, compressed where that helps: `length before u32, 0 if they are not · bytes`.
pub(super) fn pack(plain: &[u8]) -> Vec<u8> {
    let compressed = compress(plain);
    let len = compressed.as_ref().map_or(0, |_| plain.len() as u32);
    [&len.to_le_bytes()[..], compressed.as_deref().unwrap_or(plain)].concat()
}

/// What [`pack`] was given; `None` if that cannot be had again.
pub(super) fn unpack(packed: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (len, bytes) = packed.split_first_chunk::<4>()?;
    match u32::from_le_bytes(*len) {
        0 => Some(Cow::Borrowed(bytes)),
        len => decompress(bytes, len as usize).ok().map(Cow::Owned),
    }
}

/// A document alone as bytes.
pub(super) fn lay_down_document(document: &Document) -> Result<Vec<u8>, Error> {
    postcard::to_stdvec(document).map_err(could_not("lay down"))
}

/// The notes of a record.
pub(super) fn notes(frame: &Frame) -> Result<Notes, Error> {
    Ok(notes_and_document(frame)?.0)
}

/// The notes of a record, and its document as bytes.
pub(super) fn notes_and_document(frame: &Frame) -> Result<(Notes, &[u8]), Error> {
    let (notes, document) = halves(frame)?;
    Ok((postcard::from_bytes(notes).map_err(could_not("read back"))?, document))
}

/// The document of a record.
pub(super) fn document_of_record(frame: &Frame, id: DocId) -> Result<Document, Error> {
    let (notes, document) = notes_and_document(frame)?;
    document_behind(&notes, document, id)
}

/// The document whose bytes stand behind these notes.
pub(super) fn document_behind(notes: &Notes, bytes: &[u8], id: DocId) -> Result<Document, Error> {
    match notes.compressed_from {
        0 => decode(bytes, id),
        len => decode(&decompress(bytes, len as usize)?, id),
    }
}

/// A document that was laid down alone.
pub(super) fn document(frame: &Frame, id: DocId) -> Result<Document, Error> {
    check(frame)?;
    decode(&frame.bytes, id)
}

pub(super) fn decode(bytes: &[u8], id: DocId) -> Result<Document, Error> {
    let mut document: Document = postcard::from_bytes(bytes).map_err(could_not("read back"))?;
    document.id = id;
    Ok(document)
}

fn halves(frame: &Frame) -> Result<(&[u8], &[u8]), Error> {
    check(frame)?;
    let parts = || {
        let (len, rest) = frame.bytes.split_at_checked(4)?;
        rest.split_at_checked(u32::from_le_bytes(len.try_into().ok()?) as usize)
    };
    parts().ok_or_else(|| Error::Internal("a record is too short for its notes".into()))
}

/// A file of our own that came back otherwise than it was written: the disk, or somebody, changed it under the run.
fn check(frame: &Frame) -> Result<(), Error> {
    if frame.is_intact() {
        return Ok(());
    }
    Err(Error::Internal("a document that was laid down came back damaged; run again".into()))
}

fn could_not(what: &str) -> impl FnOnce(postcard::Error) -> Error + '_ {
    move |why| Error::Internal(format!("could not {what} a document: {why}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{Findings, Rejection};
    use crate::state::frames;

    fn frame(bytes: &[u8]) -> Frame {
        let mut written = Vec::new();
        frames::write(&mut written, 0, bytes).unwrap();
        frames::read(&mut &written[..], 0).unwrap().unwrap()
    }

    #[test]
    fn records_come_back_as_they_were_laid_down() {
        let mut cut = Document::new(DocId(3), "", "s", "Title", "one\n\ntwo\n\nthree");
        let mut findings = Findings::default();
        findings.cut(12..15, "rule");
        cut.apply("boilerplate", findings);
        let why =
            Rejection { stage: "input".into(), reason: "empty".into(), detail: String::new() };
        let long = Document::new(DocId(3), "", "s", "Title", &"The same line again.\n".repeat(40));
        let all = [cut, long, Document::rejected(DocId(3), "", "s", why)];
        for (document, is_lasting) in
            all.iter().flat_map(|document| [(document, false), (document, true)])
        {
            let observations = Observations::pack(&[Observation {
                key: Key { table: 1, hash: 7 },
                payload: vec![1, 2, 3],
            }]);
            let mut notes =
                Notes { name: "a.txt".into(), raw_hash: 9, observations, ..Notes::default() };
            let record = frame(&lay_down(&mut notes, document, is_lasting).unwrap());
            assert_eq!(super::notes(&record).unwrap(), notes);
            assert_eq!(&document_of_record(&record, DocId(3)).unwrap(), document);
            let alone = frame(&lay_down_document(document).unwrap());
            assert_eq!(&super::document(&alone, DocId(3)).unwrap(), document);
            assert_eq!(super::document(&alone, DocId(4)).unwrap().id, DocId(4));
        }
    }

    #[test]
    fn a_damaged_record_is_never_believed() {
        let document = Document::new(DocId(0), "", "s", "", "text");
        let record = lay_down(&mut Notes::default(), &document, false).unwrap();
        let mut written = Vec::new();
        frames::write(&mut written, 0, &record).unwrap();
        for index in 4..written.len() {
            let mut bytes = written.clone();
            bytes[index] ^= 1;
            let frame = frames::read(&mut &bytes[..], 0).unwrap().unwrap();
            assert!(document_of_record(&frame, DocId(0)).is_err(), "byte {index}");
            assert!(notes(&frame).is_err(), "byte {index}");
        }
    }

    proptest! {
        #[test]
        fn observations_come_back_in_order(
            rows in proptest::collection::vec((any::<u8>(), any::<u64>(), proptest::collection::vec(any::<u8>(), 0..400)), 0..9)
        ) {
            let rows: Vec<_> = rows
                .into_iter()
                .map(|(table, hash, payload)| Observation { key: Key { table, hash }, payload })
                .collect();
            let packed = Observations::pack(&rows);
            let back: Vec<_> = packed
                .rows()
                .map(|(key, payload)| Observation { key, payload: payload.to_vec() })
                .collect();
            prop_assert_eq!(back, rows);
        }
    }
}
