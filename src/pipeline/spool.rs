//! Documents between two passes: an unnamed scratch file of frames, written and read once, front to back. An empty frame
//! stands for a document that is still that of its record.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::census::Workspace;
use crate::error::Error;
use crate::state::frames::{self, Frame};

const BUFFER_BYTES: usize = 256 * 1024;

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

impl SpoolWriter {
    pub(super) fn create(workspace: &Workspace, folder: &Path) -> Result<Self, Error> {
        let out = BufWriter::with_capacity(BUFFER_BYTES, workspace.scratch_file()?);
        Ok(Self { out, folder: folder.to_owned(), bytes: 0 })
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes +=
            frames::write(&mut self.out, 0, bytes).map_err(Error::output(&self.folder))?;
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

    pub(super) fn next(&mut self) -> Result<Option<Frame>, Error> {
        frames::read(&mut self.input, 0).map_err(Error::output(&self.folder))
    }
}
