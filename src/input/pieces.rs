//! A scan in pieces that can be sent to another machine: entries that follow each other in the corpus, as bytes.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::scan::raw;
use super::units::Walk;
use super::{Compression, Entries, Entry, Format, InputFile, Options, Scan, Stamp, Unit};
use crate::document::Rejection;
use crate::error::Error;

/// How large a piece of a scan may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceLimits {
    /// Files and folders that could not be read.
    pub entries: usize,
    /// Bytes on disk; a larger file is a piece of its own.
    pub bytes: u64,
}

/// What a piece is as bytes. Paths are raw.
#[derive(Default, Serialize, Deserialize)]
struct Piece {
    root: Vec<u8>,
    files: Vec<PieceFile>,
    unreadable: Vec<(Vec<u8>, String, Rejection)>,
}

#[derive(Serialize, Deserialize)]
struct PieceFile {
    path: Vec<u8>,
    real: Option<Vec<u8>>,
    bytes: u64,
    format: Format,
    compression: Compression,
}

impl Scan {
    /// Cuts the scan into pieces, in corpus order.
    pub fn pieces(&self, limits: PieceLimits) -> Result<Vec<Vec<u8>>, Error> {
        let empty = || Piece { root: raw(&self.root).to_vec(), ..Piece::default() };
        let mut pieces = Vec::new();
        let (mut piece, mut bytes) = (empty(), 0);
        let mut unreadable = self.unreadable_paths.iter().zip(&self.unreadable);
        for entry in Entries::new(self) {
            let size = if let Entry::File(_, file) = &entry { file.bytes } else { 0 };
            let entries = piece.files.len() + piece.unreadable.len();
            if entries > 0 && (entries >= limits.entries || bytes + size > limits.bytes) {
                pieces.push(to_bytes(&std::mem::replace(&mut piece, empty()))?);
                bytes = 0;
            }
            bytes += size;
            match entry {
                Entry::File(_, file) => piece.files.push(PieceFile {
                    path: raw(&file.path).to_vec(),
                    real: file.real.as_ref().map(|real| raw(real).to_vec()),
                    bytes: file.bytes,
                    format: file.format,
                    compression: file.compression,
                }),
                Entry::Unreadable(_) => {
                    let (path, (name, why)) = unreadable.next().ok_or_else(|| {
                        Error::Internal("a scan has lost what could not be read".into())
                    })?;
                    piece.unreadable.push((raw(path).to_vec(), name.clone(), why.clone()));
                }
            }
        }
        if !piece.files.is_empty() || !piece.unreadable.is_empty() {
            pieces.push(to_bytes(&piece)?);
        }
        Ok(pieces)
    }

    fn of_piece(piece: Piece) -> Self {
        let path = |bytes: Vec<u8>| PathBuf::from(OsString::from_vec(bytes));
        let mut scan = Self::of_root(&path(piece.root));
        scan.files = piece
            .files
            .into_iter()
            .map(|file| InputFile {
                path: path(file.path),
                real: file.real.map(path),
                bytes: file.bytes,
                stamp: Stamp::default(),
                format: file.format,
                compression: file.compression,
            })
            .collect();
        for (at, name, why) in piece.unreadable {
            scan.unreadable_paths.push(path(at));
            scan.unreadable.push((name, why));
        }
        scan
    }
}

fn to_bytes(piece: &Piece) -> Result<Vec<u8>, Error> {
    postcard::to_stdvec(piece)
        .map_err(|why| Error::Internal(format!("could not lay down a piece of the scan: {why}")))
}

/// The units of a piece, in corpus order. One record file is open at a time.
pub struct PieceUnits {
    scan: Scan,
    options: Options,
    walk: Walk,
}

impl PieceUnits {
    /// Begins at the first. The files must be where they were when the input was scanned.
    ///
    /// # Errors
    ///
    /// If the bytes are not those of a piece.
    pub fn new(piece: &[u8], options: &Options) -> Result<Self, Error> {
        let piece = postcard::from_bytes(piece)
            .map_err(|why| Error::Internal(format!("could not read a piece of the scan: {why}")))?;
        let (scan, options) = (Scan::of_piece(piece), options.clone());
        Ok(Self { scan, options, walk: Walk::default() })
    }
}

impl Iterator for PieceUnits {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        self.walk.next(&self.scan, &self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::tests::tree;
    use super::super::{Follow, Units, into_document, scan};
    use super::*;
    use crate::document::DocId;

    #[test]
    fn pieces_hold_what_the_scan_holds_in_its_order() {
        let root = tree(&[b"a.txt", b"b/1.txt", b"b/\xff.txt", b"c.jsonl", b"d.txt"]);
        let lines = "{\"text\": \"One and two.\"}\n{\"text\": \"Three.\"}\n";
        std::fs::write(root.path().join("c.jsonl"), lines).unwrap();
        let mut scan = scan(root.path(), Follow::No, &[]).unwrap();
        for name in ["b/closed/", "zz/"] {
            let why = Rejection {
                stage: "input".into(),
                reason: "unreadable".into(),
                detail: name.into(),
            };
            scan.unreadable_paths.push(name.into());
            scan.unreadable.push((name.into(), why));
        }
        let options = Options::default();
        let document = |unit| into_document(unit, DocId(0), &options);
        let whole: Vec<_> = Units::new(&scan, &options).map(document).collect();
        assert_eq!(whole.len(), 8);
        for (entries, bytes, count) in [(1, u64::MAX, 7), (3, u64::MAX, 3), (9, 1, 7), (9, 99, 1)] {
            let pieces = scan.pieces(PieceLimits { entries, bytes }).unwrap();
            assert_eq!(pieces.len(), count, "{entries} entries, {bytes} bytes");
            let read = pieces.iter().flat_map(|piece| PieceUnits::new(piece, &options).unwrap());
            assert_eq!(read.map(document).collect::<Vec<_>>(), whole);
        }
    }
}
