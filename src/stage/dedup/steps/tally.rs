//! How common shingles are, counted where their groups are, and added up.

use crate::census::Group;
use crate::document::DocId;
use crate::error::Error;
use crate::stage::steps::{Onward, Task};

use super::super::common::{Occurrences, key, sum_of_block};
use super::super::sketch::{SHINGLE_BYTES, Sketch, from_bytes, to_bytes};
use super::meet::{own_sketch, send_counts, send_if_many};
use super::star::root;
use super::{COMMON, KIN};

/// By document: its shingles go to its tree, or are counted here if it is in none.
#[derive(Default)]
pub(super) struct Gathered {
    sketch: Sketch,
    keys: Vec<u64>,
    alone: Occurrences,
}

impl Task for Gathered {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let Some(own) = own_sketch(group) else { return Ok(()) };
        self.sketch.read(&own.payload);
        let keys = self.sketch.shingles.iter().map(|sampled| key(*sampled));
        match root(group) {
            Some(root) => {
                let bytes: Vec<u8> = keys.flat_map(to_bytes).collect();
                onward.send(KIN, root.0.into(), own.document, &bytes)
            }
            None => {
                self.keys.extend(keys);
                self.alone.add_group(&mut self.keys);
                send_if_many(&mut self.alone, onward)
            }
        }
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        send_counts(&mut self.alone, onward)
    }
}

/// By tree: its shingles are counted once.
#[derive(Default)]
pub(super) struct Tallied {
    keys: Vec<u64>,
    counts: Occurrences,
}

impl Task for Tallied {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        for row in &group.rows {
            let (keys, _) = row.payload.as_chunks::<SHINGLE_BYTES>();
            self.keys.extend(keys.iter().map(from_bytes));
        }
        self.counts.add_group(&mut self.keys);
        send_if_many(&mut self.counts, onward)
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        send_counts(&mut self.counts, onward)
    }
}

/// By block: the sum, of which all tasks are told what is at the limit or above it.
pub(super) struct Summed {
    pub(super) least: u8,
}

impl Task for Summed {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let parts = group.rows.iter().map(|row| row.payload.as_slice());
        let common = sum_of_block(parts, self.least);
        match common.is_empty() {
            true => Ok(()),
            false => onward.send(COMMON, group.key.hash, DocId(0), &common),
        }
    }
}
