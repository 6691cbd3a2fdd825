//! Where the documents of the first pass come from: the input, or what an earlier run remembers of it.
//!
//! A file whose identity is what it was is not opened: its records are taken from the state. One that was touched, has
//! grown, or was done half way by a run that was killed is read, and each of its documents whose bytes are known is taken
//! from the state instead of being decoded and cleaned again. Whatever is damaged in the state is done anew.

use super::record::{self, Notes};
use crate::document::DocId;
use crate::error::Error;
use crate::input::{Entries, Entry, FileUnits, InputFile, Options, Scan, Unit};
use crate::state::frames::Frame;
use crate::state::{Extent, Frames, Identity, Recall};

/// A record of an earlier run, and where it lies.
pub(super) struct Old {
    pub(super) frame: Frame,
    pub(super) at: Extent,
}

impl Old {
    pub(super) fn notes(&self) -> Result<Notes, Error> {
        record::notes(&self.frame)
    }
}

/// Where a document comes from.
pub(super) enum Origin {
    /// The input; the record of the document that stood there in an earlier run may still be right.
    Input(Unit, Option<Old>),
    /// An earlier run.
    Memory(Old),
}

/// A document to be, in corpus order.
pub(super) struct Incoming {
    pub(super) id: DocId,
    /// Its file, as a position in [`Scan::files`]; `None` for what the scan could not look at.
    pub(super) file: Option<usize>,
    pub(super) origin: Origin,
}

/// Goes through a scan, file by file.
pub(super) struct Intake<'a> {
    scan: &'a Scan,
    options: &'a Options,
    recall: &'a Recall,
    entries: Entries<'a>,
    frames: Frames,
    at: At,
    found: u32,
}

enum At {
    BetweenFiles,
    /// Taking from memory: documents taken, documents left.
    Remembered {
        file: usize,
        taken: u64,
        left: u64,
    },
    /// Reading; so many documents are remembered from here on.
    Reading {
        file: usize,
        units: FileUnits,
        left: u64,
    },
}

/// The identity of a file as the scan saw it.
pub(super) fn identity(file: &InputFile) -> Identity {
    let stamp = file.stamp;
    Identity {
        bytes: file.bytes,
        modified_ns: stamp.modified_ns,
        changed_ns: stamp.changed_ns,
        inode: stamp.inode,
    }
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        scan: &'a Scan,
        options: &'a Options,
        recall: &'a Recall,
        frames: Frames,
    ) -> Self {
        let entries = Entries::new(scan);
        Self { scan, options, recall, entries, frames, at: At::BetweenFiles, found: 0 }
    }

    /// The next document; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Incoming>, Error> {
        loop {
            let (file, origin) = match &mut self.at {
                At::BetweenFiles => match self.entries.next() {
                    None => return Ok(None),
                    Some(Entry::Unreadable(unit)) => (None, Origin::Input(unit, None)),
                    Some(Entry::File(index, file)) => {
                        self.at = self.begin(index, file);
                        continue;
                    }
                },
                At::Remembered { left: 0, .. } => {
                    self.at = At::BetweenFiles;
                    continue;
                }
                At::Remembered { file, taken, left } => match old(&mut self.frames) {
                    Some(old) => {
                        (*taken, *left) = (*taken + 1, *left - 1);
                        (Some(*file), Origin::Memory(old))
                    }
                    None => {
                        let (file, taken) = (*file, *taken);
                        let mut units = self.open(file);
                        for _ in 0..taken {
                            units.next();
                        }
                        self.at = At::Reading { file, units, left: 0 };
                        continue;
                    }
                },
                At::Reading { file, units, left } => match units.next() {
                    None => {
                        self.at = At::BetweenFiles;
                        continue;
                    }
                    Some(unit) => {
                        let old = if *left > 0 { old(&mut self.frames) } else { None };
                        *left = if old.is_some() { *left - 1 } else { 0 };
                        (Some(*file), Origin::Input(unit, old))
                    }
                },
            };
            let id = DocId(self.found);
            self.found = self.found.checked_add(1).ok_or_else(|| {
                Error::Setup("the input holds more than 4,294,967,295 documents".into())
            })?;
            return Ok(Some(Incoming { id, file, origin }));
        }
    }

    fn begin(&mut self, index: usize, file: &InputFile) -> At {
        let known = self.recall.get(&file.path);
        self.frames.go_on_with(known.map_or(&[], |known| &known.extents));
        let left = known.map_or(0, |known| known.documents);
        match known {
            Some(known) if known.is_whole && known.identity == identity(file) => {
                At::Remembered { file: index, taken: 0, left }
            }
            _ => At::Reading { file: index, units: self.open(index), left },
        }
    }

    fn open(&self, file: usize) -> FileUnits {
        FileUnits::open(self.scan, &self.scan.files[file], self.options)
    }
}

/// The next record that can be believed.
fn old(frames: &mut Frames) -> Option<Old> {
    match frames.next_frame() {
        Ok(Some((frame, at))) if frame.is_intact() => Some(Old { frame, at }),
        _ => None,
    }
}

impl Incoming {
    /// About how much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        match &self.origin {
            Origin::Input(unit, old) => {
                unit.bytes() + old.as_ref().map_or(0, |old| old.frame.len())
            }
            Origin::Memory(old) => old.frame.len(),
        }
    }
}
