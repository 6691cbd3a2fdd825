//! Documents between two passes: an unnamed scratch file, written and read once, front to back.
//!
//! A record is a length (`u32`, little-endian), the xxh3 of the bytes (`u64`), and the document as postcard bytes.

use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use crate::census::Workspace;
use crate::document::Document;
use crate::error::Error;

const BUFFER_BYTES: usize = 256 * 1024;
const HEADER_BYTES: usize = 12;

/// Takes the documents of one pass.
pub(super) struct SpoolWriter {
    out: BufWriter<File>,
    folder: PathBuf,
    bytes: u64,
}

/// Gives them back to the next.
pub(super) struct SpoolReader {
    input: BufReader<File>,
    folder: PathBuf,
    bytes: u64,
}

/// A document as it lies in the spool; decoding it is work for the pool.
pub(super) struct Spooled {
    bytes: Vec<u8>,
    hash: u64,
}

impl SpoolWriter {
    pub(super) fn create(workspace: &Workspace, folder: &Path) -> Result<Self, Error> {
        let out = BufWriter::with_capacity(BUFFER_BYTES, workspace.scratch_file()?);
        Ok(Self { out, folder: folder.to_owned(), bytes: 0 })
    }

    pub(super) fn push(&mut self, document: &Document) -> Result<(), Error> {
        let bytes = postcard::to_stdvec(document)
            .map_err(|why| Error::Internal(format!("could not spool a document: {why}")))?;
        let len = u32::try_from(bytes.len())
            .map_err(|_| Error::Internal("a document over 4 GiB in the spool".into()))?;
        let mut header = [0u8; HEADER_BYTES];
        header[..4].copy_from_slice(&len.to_le_bytes());
        header[4..].copy_from_slice(&xxh3_64(&bytes).to_le_bytes());
        self.out
            .write_all(&header)
            .and_then(|()| self.out.write_all(&bytes))
            .map_err(Error::output(&self.folder))?;
        self.bytes += (HEADER_BYTES + bytes.len()) as u64;
        Ok(())
    }

    pub(super) fn into_reader(self) -> Result<SpoolReader, Error> {
        let Self { out, folder, bytes } = self;
        let mut file = out.into_inner().map_err(|why| Error::output(&folder)(why.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(Error::output(&folder))?;
        Ok(SpoolReader { input: BufReader::with_capacity(BUFFER_BYTES, file), folder, bytes })
    }
}

impl SpoolReader {
    /// Bytes in the spool.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn next(&mut self) -> Result<Option<Spooled>, Error> {
        let mut header = [0u8; HEADER_BYTES];
        match self.input.read_exact(&mut header) {
            Ok(()) => {}
            Err(why) if why.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            Err(why) => return Err(Error::output(&self.folder)(why)),
        }
        let (len, hash) = header.split_at(4);
        let len = u32::from_le_bytes(len.try_into().expect("the header begins with four bytes"));
        let hash = u64::from_le_bytes(hash.try_into().expect("the header ends with eight bytes"));
        let mut bytes = vec![0u8; len as usize];
        self.input.read_exact(&mut bytes).map_err(Error::output(&self.folder))?;
        Ok(Some(Spooled { bytes, hash }))
    }
}

impl Spooled {
    /// Bytes it takes in memory.
    pub(super) fn len(&self) -> u64 {
        (HEADER_BYTES + self.bytes.len()) as u64
    }

    /// The document, checked against its hash.
    pub(super) fn decode(&self) -> Result<Document, Error> {
        if xxh3_64(&self.bytes) != self.hash {
            return Err(Error::Internal("a spooled document came back damaged".into()));
        }
        postcard::from_bytes(&self.bytes)
            .map_err(|why| Error::Internal(format!("could not read a spooled document: {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Findings, Rejection};

    #[test]
    fn documents_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(folder.path(), 1 << 20);
        let mut cut = Document::new(DocId(0), "a.txt", "s", "Title", "one\n\ntwo\n\nthree");
        let mut findings = Findings::default();
        findings.cut(12..15, "rule");
        cut.apply("boilerplate", findings);
        let why =
            Rejection { stage: "input".into(), reason: "empty".into(), detail: String::new() };
        let documents = [cut, Document::rejected(DocId(1), "b.txt", "s", why)];
        let mut writer = SpoolWriter::create(&workspace, folder.path()).unwrap();
        for document in &documents {
            writer.push(document).unwrap();
        }
        let mut reader = writer.into_reader().unwrap();
        for document in &documents {
            assert_eq!(&reader.next().unwrap().unwrap().decode().unwrap(), document);
        }
        assert!(reader.next().unwrap().is_none());
    }

    #[test]
    fn a_damaged_document_is_never_believed() {
        let bytes = postcard::to_stdvec(&Document::new(DocId(0), "a", "s", "", "text")).unwrap();
        let whole = Spooled { hash: xxh3_64(&bytes), bytes };
        assert!(whole.decode().is_ok());
        for index in 0..whole.bytes.len() {
            let mut bytes = whole.bytes.clone();
            bytes[index] ^= 1;
            assert!(Spooled { bytes, hash: whole.hash }.decode().is_err(), "byte {index}");
        }
    }
}
