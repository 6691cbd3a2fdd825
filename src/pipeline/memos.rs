//! What the passes behind the first need not do again for a document that comes to them as it came in an earlier run: the
//! observations for the next corpus stage, and in the last pass what was counted of it.
//!
//! They are a pure function of the document and of the stage's options, so they are found again by a hash over these. Which
//! earlier document stood at the same place of the same file is only a guess where to look: a wrong guess costs the work,
//! never the result.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::intake::{Old, old};
use super::memory::{Laid, Layout};
use crate::config::Config;
use crate::error::Error;
use crate::input::Scan;
use crate::state::{Extent, Frames, Log, Recall, push};

/// What a pass found out about a document, under the hash of what it came from.
pub(super) struct Memo {
    key: u64,
}

/// Bytes of the hash before a memo.
const KEY_BYTES: usize = 8;

impl Memo {
    /// The memo about a document with these bytes, in a pass with this seed.
    pub(super) fn about(document: &[u8], seed: u64) -> Self {
        Self { key: xxh3_64_with_seed(document, seed) }
    }

    /// The memo of an earlier run, if it was about the same.
    pub(super) fn recall<'a>(&self, old: &'a Old) -> Option<&'a [u8]> {
        let (key, memo) = old.frame.bytes.split_at_checked(KEY_BYTES)?;
        (*key == self.key.to_le_bytes()).then_some(memo)
    }

    /// The memo as it is laid down.
    pub(super) fn lay_down(&self, memo: &[u8]) -> Vec<u8> {
        [&self.key.to_le_bytes(), memo].concat()
    }
}

/// What the memos of a pass depend on, besides the document: the program, and the options of a stage.
pub(super) fn seed(config: &Config, stage: &str) -> Result<u64, Error> {
    let options = serde_json::to_value(&config.stage)
        .map_err(|why| Error::Internal(format!("the configuration is not JSON: {why}")))?;
    let options = options.get(stage).map(ToString::to_string).unwrap_or_default();
    let program = (env!("CARGO_PKG_VERSION"), env!("COPYDESK_SOURCE"));
    Ok(xxh3_64(format!("{program:?} {stage} {options}").as_bytes()))
}

/// The memos of one pass: those of earlier runs, document by document, and those of this one.
pub(super) struct Memos<'a> {
    scan: &'a Scan,
    recall: &'a Recall,
    pass: u32,
    reading: Place<'a>,
    frames: Frames,
    writing: Place<'a>,
    extents: Vec<Extent>,
}

/// A document's place in the layout of the run.
struct Place<'a> {
    files: std::slice::Iter<'a, (Option<usize>, u64)>,
    file: Option<usize>,
    left: u64,
}

impl Place<'_> {
    /// Goes to the next document; whether it is the first of its file.
    fn next(&mut self) -> bool {
        let is_first = self.left == 0;
        if is_first {
            (self.file, self.left) = self.files.next().copied().unwrap_or((None, 1));
        }
        self.left -= 1;
        is_first
    }
}

impl<'a> Memos<'a> {
    pub(super) fn new(
        scan: &'a Scan,
        layout: &'a Layout,
        recall: &'a Recall,
        log: &Log,
        pass: u32,
    ) -> Self {
        let place = || Place { files: layout.0.iter(), file: None, left: 0 };
        Self {
            scan,
            recall,
            pass,
            reading: place(),
            frames: Frames::new(log.folder(), []),
            writing: place(),
            extents: Vec::new(),
        }
    }

    /// What an earlier run found out about the document at the next place.
    pub(super) fn next_old(&mut self) -> Option<Old> {
        if self.reading.next() {
            let path = self.reading.file.map(|file| &self.scan.files[file].path);
            let known = path.and_then(|path| self.recall.memos(path, self.pass));
            self.frames.go_on_with(known.unwrap_or_default());
        }
        old(&mut self.frames)
    }

    /// Adds what this run found out about the document at the next place.
    pub(super) fn add(&mut self, log: &mut Log, laid: Laid) -> Result<(), Error> {
        self.writing.next();
        let extent = match laid {
            Laid::Old(extent) => extent,
            Laid::New(bytes) => log.append(&bytes)?,
        };
        push(&mut self.extents, extent);
        if self.writing.left > 0 {
            return Ok(());
        }
        let extents = std::mem::take(&mut self.extents);
        if let Some(file) = self.writing.file {
            let path = &self.scan.files[file].path;
            if self.recall.memos(path, self.pass) != Some(&extents[..]) {
                log.note_memos(path.clone(), self.pass, extents);
            }
        }
        Ok(())
    }
}
