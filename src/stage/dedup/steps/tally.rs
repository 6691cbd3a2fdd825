//! How common shingles are, counted where their groups are, and added up.

use crate::census::Group;
use crate::document::DocId;
use crate::error::Error;
use crate::stage::steps::{Onward, Task};

use super::super::common::{Occurrences, key, sum_of_block};
use super::super::sketch::Sketch;
use super::meet::{own_sketch, send_counts, send_if_many};
use super::star::root;
use super::{COMMON, KIN};

/// Bytes of a key on its way to its tree.
const KEY_BYTES: usize = 5;

fn key_bytes(key: u64) -> [u8; KEY_BYTES] {
    let [a, b, c, d, e, ..] = key.to_le_bytes();
    [a, b, c, d, e]
}

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
                let bytes: Vec<u8> = keys.flat_map(key_bytes).collect();
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
            let (keys, _) = row.payload.as_chunks::<KEY_BYTES>();
            let wide =
                |[a, b, c, d, e]: &[u8; 5]| u64::from_le_bytes([*a, *b, *c, *d, *e, 0, 0, 0]);
            self.keys.extend(keys.iter().map(wide));
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
