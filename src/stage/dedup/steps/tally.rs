//! How common shingles are, counted where their groups are, and added up.

use crate::census::Group;
use crate::document::DocId;
use crate::error::Error;
use crate::stage::steps::{Onward, Task};

use super::super::common::{Commonness, sum_of_block};
use super::super::sketch::{Sketch, hash};
use super::meet::{own_sketch, send_counts};
use super::star::root;
use super::{COMMON, KIN};

/// By document: its shingles go to its tree, or are counted here if it is in none.
#[derive(Default)]
pub(super) struct Gathered {
    sketch: Sketch,
    shingles: Vec<u32>,
    alone: Commonness,
}

impl Task for Gathered {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let Some(own) = own_sketch(group) else { return Ok(()) };
        self.sketch.read(&own.payload);
        let shingles = self.sketch.shingles.iter().map(|sampled| hash(*sampled));
        match root(group) {
            Some(root) => {
                let bytes: Vec<u8> = shingles.flat_map(u32::to_le_bytes).collect();
                onward.send(KIN, root.0.into(), own.document, &bytes)
            }
            None => {
                self.shingles.extend(shingles);
                self.alone.add_group(&mut self.shingles);
                Ok(())
            }
        }
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        send_counts(&self.alone, onward)
    }
}

/// By tree: its shingles are counted once.
#[derive(Default)]
pub(super) struct Tallied {
    shingles: Vec<u32>,
    counts: Commonness,
}

impl Task for Tallied {
    fn take(&mut self, group: &Group, _: &mut dyn Onward) -> Result<(), Error> {
        for row in &group.rows {
            let (shingles, _) = row.payload.as_chunks::<4>();
            self.shingles.extend(shingles.iter().map(|bytes| u32::from_le_bytes(*bytes)));
        }
        self.counts.add_group(&mut self.shingles);
        Ok(())
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        send_counts(&self.counts, onward)
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
