//! The sketches of all documents, while pairs of them are compared: in memory within a share of the budget, in a scratch
//! file beyond it. Where each begins is always in memory: 8 bytes a document.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

use crate::census::Workspace;
use crate::document::DocId;
use crate::error::Error;

use super::sketch::Sketch;

/// Takes sketches, documents ascending.
pub(super) struct StoreWriter {
    workspace: Workspace,
    /// Payloads that are not in the file.
    bytes: Vec<u8>,
    file: Option<BufWriter<File>>,
    /// Where the sketch of each document number begins; an absent document's is empty.
    starts: Vec<u64>,
    at: u64,
}

/// Sketches that can be read by document.
pub(super) struct Store {
    bytes: Vec<u8>,
    file: Option<File>,
    starts: Vec<u64>,
    spare_bytes: usize,
}

/// Reads sketches of a store; several may at once.
pub(super) struct Reader<'a> {
    store: &'a Store,
    buffer: Vec<u8>,
}

/// The quarters of the budget that sketches may take; the pairs need the last. Each pair reads two sketches three times,
/// so that a file costs more than the comparison: the sketches of a million documents should fit the default budget.
const BUDGET_QUARTERS: usize = 3;
/// What is always left, whatever the budget: enough for four documents' shingles.
const MIN_SPARE_BYTES: usize = 1 << 12;

impl StoreWriter {
    /// An empty store with a share of the budget of `workspace`.
    pub(super) fn new(workspace: &Workspace) -> Self {
        Self {
            workspace: workspace.clone(),
            bytes: Vec::new(),
            file: None,
            starts: Vec::new(),
            at: 0,
        }
    }

    /// Adds the payload of a document.
    pub(super) fn push(&mut self, document: DocId, payload: &[u8]) -> Result<(), Error> {
        self.starts.resize(document.0 as usize + 1, self.at);
        self.at += payload.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(payload).map_err(scratch);
        }
        self.bytes.extend_from_slice(payload);
        if self.bytes.len() > self.workspace.budget_bytes() / 4 * BUDGET_QUARTERS {
            let mut file = BufWriter::new(self.workspace.scratch_file()?);
            file.write_all(&self.bytes).map_err(scratch)?;
            self.bytes = Vec::new();
            self.file = Some(file);
        }
        Ok(())
    }

    /// Ends the writing.
    pub(super) fn finish(mut self) -> Result<Store, Error> {
        self.starts.push(self.at);
        let file = match self.file {
            Some(file) => Some(file.into_inner().map_err(|why| scratch(why.into_error()))?),
            None => None,
        };
        let spare_bytes = (self.workspace.budget_bytes() / 4).max(MIN_SPARE_BYTES);
        Ok(Store { bytes: self.bytes, file, starts: self.starts, spare_bytes })
    }
}

impl Store {
    /// One past the highest document number.
    pub(super) fn documents(&self) -> usize {
        self.starts.len() - 1
    }

    /// What is left of the budget beside the sketches, once the pairs are known.
    pub(super) fn spare_bytes(&self) -> usize {
        self.spare_bytes
    }

    /// A reader of its own.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { store: self, buffer: Vec::new() }
    }
}

impl Reader<'_> {
    /// Reads the sketch of a document; that of an absent one is empty.
    pub(super) fn read(&mut self, document: DocId, sketch: &mut Sketch) -> Result<(), Error> {
        let Store { bytes, file, starts, .. } = self.store;
        let at = document.0 as usize;
        let (start, end) = match (starts.get(at), starts.get(at + 1)) {
            (Some(start), Some(end)) => (*start, *end),
            _ => (0, 0),
        };
        let Some(file) = file else {
            sketch.read(&bytes[start as usize..end as usize]);
            return Ok(());
        };
        self.buffer.resize((end - start) as usize, 0);
        file.read_exact_at(&mut self.buffer, start).map_err(scratch)?;
        sketch.read(&self.buffer);
        Ok(())
    }
}

fn scratch(source: io::Error) -> Error {
    Error::Output { path: "near-dedup scratch file".into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sketches_are_read_by_document_with_gaps_between() {
        let folder = tempfile::tempdir().unwrap();
        for budget_bytes in [1, usize::MAX] {
            let mut writer = StoreWriter::new(&Workspace::new(folder.path(), budget_bytes));
            let sketch = |windows, shingles| Sketch { windows, shingles, ..Sketch::default() };
            let written =
                [(2, sketch(9, vec![4])), (3, sketch(1, vec![])), (7, sketch(3, vec![1]))];
            for (document, sketch) in &written {
                writer.push(DocId(*document), &sketch.to_bytes()).unwrap();
            }
            let store = writer.finish().unwrap();
            assert_eq!(store.documents(), 8);
            let mut store = store.reader();
            let mut read = Sketch::default();
            for (document, sketch) in &written {
                store.read(DocId(*document), &mut read).unwrap();
                assert_eq!(&read, sketch);
            }
            for absent in [0, 1, 5, 8, 900] {
                store.read(DocId(absent), &mut read).unwrap();
                assert!(read.shingles.is_empty() && read.windows == 0, "{absent}");
            }
        }
    }
}
