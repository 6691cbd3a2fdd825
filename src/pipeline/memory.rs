//! What the first pass leaves behind, for its own later passes, for the run that finishes it should it be killed, and for
//! the runs of the days to come.
//!
//! Every document is laid down in corpus order; what an earlier run laid down stays where it is. A file's row is noted
//! when its last document is through, or at a checkpoint half way. What could not be read is laid down for this run's
//! later passes, but not remembered: the next run tries again.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::intake::identity;
use crate::error::Error;
use crate::input::Scan;
use crate::state::{Condition, Extent, Log, Recall, Remembered, push};

/// So many bytes are made lasting even before their time has come.
const CHECKPOINT_BYTES: u64 = 64 << 20;

/// A document's record in the state.
pub(super) enum Laid {
    /// An earlier run's.
    Old(Extent),
    /// To be appended.
    New(Vec<u8>),
}

/// How many documents each file has, in corpus order; without a file, what the scan could not look at.
#[derive(Default)]
pub(super) struct Layout(pub(super) Vec<(Option<usize>, u64)>);

/// What changed since the run before, and what that saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Input files that are as they were.
    pub unchanged_files: u64,
    /// Files that are not as they were, or were not done with.
    pub changed_files: u64,
    /// Files that are new.
    pub added_files: u64,
    /// Files that are gone.
    pub removed_files: u64,
    /// Documents that did not have to be read, decoded and cleaned again.
    pub reused_documents: u64,
    /// Documents that had to be.
    pub fresh_documents: u64,
    /// Why nothing could be taken over from a state that was there, in words; empty if it could.
    pub anew: String,
}

/// The writing side of the first pass.
pub(super) struct Memory<'a> {
    scan: &'a Scan,
    recall: &'a Recall,
    log: &'a mut Log,
    current: Option<Current>,
    order: Vec<Extent>,
    layout: Layout,
    changes: Changes,
    checkpoint_every: Duration,
    checkpoint: Instant,
    appended_bytes: u64,
}

/// The file that is going through.
struct Current {
    file: usize,
    documents: u64,
    content: u64,
    extents: Vec<Extent>,
    has_loss: bool,
}

impl<'a> Memory<'a> {
    /// What was done so far is made lasting `checkpoint_every` so often.
    pub(super) fn new(
        scan: &'a Scan,
        recall: &'a Recall,
        log: &'a mut Log,
        checkpoint_every: Duration,
    ) -> Self {
        Self {
            scan,
            recall,
            log,
            current: None,
            order: Vec::new(),
            layout: Layout::default(),
            changes: Changes::default(),
            checkpoint_every,
            checkpoint: Instant::now(),
            appended_bytes: 0,
        }
    }

    /// Adds the next document. `is_loss`: it stands for input that could not be read.
    pub(super) fn add(
        &mut self,
        file: Option<usize>,
        laid: Laid,
        raw_hash: u64,
        is_loss: bool,
    ) -> Result<(), Error> {
        if self.current.as_ref().map(|current| current.file) != file {
            self.end_file();
            self.current = file.map(|file| Current {
                file,
                documents: 0,
                content: 0,
                extents: Vec::new(),
                has_loss: false,
            });
        }
        let extent = match laid {
            Laid::Old(extent) => {
                self.changes.reused_documents += 1;
                extent
            }
            Laid::New(bytes) => {
                self.changes.fresh_documents += 1;
                self.log.append(&bytes)?
            }
        };
        push(&mut self.order, extent);
        match self.layout.0.last_mut() {
            Some((last, documents)) if file.is_some() && *last == file => *documents += 1,
            _ => self.layout.0.push((file, 1)),
        }
        if let Some(current) = &mut self.current {
            current.has_loss |= is_loss;
            if !is_loss && !current.has_loss {
                current.documents += 1;
                current.content =
                    current.content.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ raw_hash;
                push(&mut current.extents, extent);
            }
        }
        let since = self.log.appended_bytes() - self.appended_bytes;
        if since > CHECKPOINT_BYTES
            || (since > 0 && self.checkpoint.elapsed() >= self.checkpoint_every)
        {
            self.make_lasting()?;
        }
        Ok(())
    }

    /// Everything is through: forgets the files that are gone, and tells where the records lie, in corpus order.
    pub(super) fn finish(
        mut self,
        condition: &Condition,
    ) -> Result<(Vec<Extent>, Layout, Changes), Error> {
        self.end_file();
        self.log.checkpoint()?;
        let files = &self.scan.files;
        let is_gone = |path: &std::path::PathBuf| {
            files.binary_search_by(|file| compare(&file.path, path)).is_err()
        };
        let gone: Vec<_> = self.recall.paths().into_iter().filter(is_gone).collect();
        self.log.forget(&gone)?;
        self.changes.removed_files = gone.len() as u64;
        self.changes.anew = describe(condition);
        Ok((self.order, self.layout, self.changes))
    }

    /// The run ends here, too early: what was done so far is there for the next.
    pub(super) fn make_lasting(&mut self) -> Result<(), Error> {
        if let Some(current) = &self.current
            && let Some((path, row)) = self.row(current, false)
            // Half a file must not replace what an earlier run remembers of the whole.
            && self.recall.get(&path).is_none_or(|known| known.documents < row.documents)
        {
            self.log.note(path, row);
        }
        self.log.checkpoint()?;
        self.checkpoint = Instant::now();
        self.appended_bytes = self.log.appended_bytes();
        Ok(())
    }

    fn end_file(&mut self) {
        let Some(current) = self.current.take() else { return };
        let file = &self.scan.files[current.file];
        let row = self.row(&current, !current.has_loss);
        match (self.recall.get(&file.path), &row) {
            (None, _) => self.changes.added_files += 1,
            (Some(_), None) => self.changes.unchanged_files += 1,
            (Some(_), Some(_)) => self.changes.changed_files += 1,
        }
        if let Some((path, row)) = row {
            self.log.note(path, row);
        }
    }

    /// The row of a file, if it says anything that is not remembered already.
    fn row(&self, current: &Current, is_whole: bool) -> Option<(std::path::PathBuf, Remembered)> {
        if current.documents == 0 {
            return None;
        }
        let file = &self.scan.files[current.file];
        let row = Remembered {
            identity: identity(file),
            documents: current.documents,
            is_whole,
            content: current.content,
            extents: current.extents.clone(),
        };
        (self.recall.get(&file.path) != Some(&row)).then(|| (file.path.clone(), row))
    }
}

/// The order of [`Scan::files`].
fn compare(a: &std::path::Path, b: &std::path::Path) -> std::cmp::Ordering {
    use std::os::unix::ffi::OsStrExt;
    a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes())
}

fn describe(condition: &Condition) -> String {
    match condition {
        Condition::New | Condition::Usable => String::new(),
        Condition::Damaged(why) => format!("the state could not be believed: {why}"),
        Condition::Outdated(changed) => {
            let shown = |value: &String| {
                if value.is_empty() { "nothing".to_owned() } else { value.clone() }
            };
            let change = |(name, before, now): &(String, String, String)| {
                format!("`{name}` changed from {} to {}", shown(before), shown(now))
            };
            let first: Vec<_> = changed.iter().take(3).map(change).collect();
            let more = changed.len().saturating_sub(3);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            format!("{}{more}", first.join(", "))
        }
    }
}
