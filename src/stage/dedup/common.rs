//! How common a shingle is: in how many groups of near-identical documents it stands.
//!
//! A shingle of many unrelated documents is a stock phrase, a disclaimer, a gallery; it says nothing about whether two
//! documents tell the same. Groups are counted, not documents, or a story carried by 200 papers would look like one.

use super::fold;
use super::sketch::{Sketch, hash};

/// Counts in a table of bytes, without the shingles themselves; the memory is touched only where a shingle falls.
#[derive(Default)]
pub(super) struct Commonness {
    counts: Vec<u8>,
}

/// Cells of the table: 64 MiB. Its size is fixed, so that a document more or less never moves the others' cells; at a
/// million documents one shingle in two shares a cell with another, which the cap of a dozen hardly feels.
const CELLS: usize = 1 << 26;

impl Commonness {
    /// The cells, none of which are there until something is counted.
    fn cells(&mut self) -> &mut [u8] {
        if self.counts.is_empty() {
            self.counts = vec![0; CELLS];
        }
        &mut self.counts
    }

    /// Forgets everything, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Counts the shingles of one group, without their places and each once, and empties the list of them.
    pub(super) fn add_group(&mut self, shingles: &mut Vec<u32>) {
        shingles.sort_unstable();
        shingles.dedup();
        let cells = self.cells();
        for shingle in shingles.drain(..) {
            let count = &mut cells[cell(shingle)];
            *count = count.saturating_add(1);
        }
    }

    /// The counts in blocks, each with its number and as bytes; those that count nothing are left out.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (u32, Vec<u8>)> {
        let blocks = (0..).zip(self.counts.chunks(BLOCK));
        let counted = blocks.filter(|(_, counts)| *counts != EMPTY);
        counted.map(|(number, counts)| (number, write_counts(counts)))
    }

    /// Adds the counts of a block that was counted elsewhere.
    pub(super) fn add_block(&mut self, number: u32, bytes: &[u8]) {
        let from = (number as usize).saturating_mul(BLOCK).min(CELLS);
        add_counts(&mut self.cells()[from..(from + BLOCK).min(CELLS)], bytes);
    }

    /// In how many groups a shingle stands, give or take those that share its cell; 255 for that many and more.
    pub(super) fn groups(&self, shingle: u32) -> u8 {
        self.counts.get(cell(shingle)).copied().unwrap_or(0)
    }
}

/// Cells of a block, as it goes from machine to machine.
const BLOCK: usize = 1 << 14;
const EMPTY: [u8; BLOCK] = [0; BLOCK];

/// Counts of a block that were counted in several places, added up, as bytes. Below `least` all counts say the same, and above
/// it too, so that few cells are left of a corpus: a shingle is rare in `least` groups, and rarer in fewer.
pub(super) fn sum_of_block<'a>(parts: impl Iterator<Item = &'a [u8]>, least: u8) -> Vec<u8> {
    let mut counts = vec![0; BLOCK];
    parts.for_each(|part| add_counts(&mut counts, part));
    for count in &mut counts {
        *count = if *count < least { 0 } else { (*count).min(least.saturating_add(1)) };
    }
    write_counts(&counts)
}

/// Cells that are not empty, each as the distance from the one before in base 128, and its count.
fn write_counts(counts: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut next = 0;
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let mut distance = at - next;
        while distance >= 0x80 {
            bytes.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        bytes.extend([distance as u8, *count]);
        next = at + 1;
    }
    bytes
}

fn add_counts(counts: &mut [u8], bytes: &[u8]) {
    let (mut at, mut distance, mut shift) = (0, 0, 0);
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        distance |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if *byte < 0x80 {
            at += distance;
            if let (Some(cell), Some(count)) = (counts.get_mut(at), bytes.next()) {
                *cell = cell.saturating_add(*count);
            }
            (at, distance, shift) = (at + 1, 0, 0);
        }
    }
}

/// Which of the sampled shingles of a document are rare: bit `n` speaks of the `n`th in its sketch, of at most 64.
///
/// Looked up once a document, because a document is compared with many others and each look-up misses the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rarity {
    /// Those of at most as many groups as are allowed.
    pub(super) rare: u64,
    /// Those of fewer.
    pub(super) rarer: u64,
}

impl Rarity {
    /// Nothing is common.
    pub(super) const EVERYWHERE: Self = Self { rare: u64::MAX, rarer: u64::MAX };

    /// A shingle of more than `cap` groups is common.
    pub(super) fn of(sketch: &Sketch, common: &Commonness, cap: u8) -> Self {
        let mut rarity = Self { rare: 0, rarer: 0 };
        for (nth, sampled) in sketch.shingles.iter().enumerate() {
            let groups = common.groups(hash(*sampled));
            rarity.rare |= u64::from(groups <= cap) << nth;
            rarity.rarer |= u64::from(groups < cap) << nth;
        }
        rarity
    }
}

fn cell(shingle: u32) -> usize {
    (fold(u64::from(shingle) ^ 0x5bd1_e995, 0x9e37_79b9_7f4a_7c15) >> 20) as usize & (CELLS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_up_to_what_a_byte_holds() {
        let mut common = Commonness::default();
        for group in 0..300u32 {
            common.add_group(&mut vec![7, 1_000 + group, 7]);
            assert_eq!(u32::from(common.groups(7)), (group + 1).min(255));
        }
        assert_eq!((common.groups(1_005), common.groups(99)), (1, 0));
    }

    #[test]
    fn a_shingle_is_rare_up_to_the_groups_that_are_allowed() {
        let mut common = Commonness::default();
        for (shingle, groups) in [(1, 2), (2, 3), (3, 4)] {
            (0..groups).for_each(|_| common.add_group(&mut vec![shingle]));
        }
        let sketch = Sketch { shingles: vec![1 << 4, 2 << 4, 3 << 4, 9 << 4], ..Sketch::default() };
        let expected = Rarity { rare: 0b1011, rarer: 0b1001 };
        assert_eq!(Rarity::of(&sketch, &common, 3), expected);
    }

    #[test]
    fn counts_of_several_places_add_up_in_blocks() {
        let shingles: Vec<u32> = (0..4_000).map(|n| n * n % 1_999).collect();
        let mut whole = Commonness::default();
        let mut sums = std::collections::BTreeMap::<u32, Vec<Vec<u8>>>::new();
        for part in shingles.chunks(700) {
            let mut here = Commonness::default();
            for group in part.chunks(3) {
                whole.add_group(&mut group.to_vec());
                here.add_group(&mut group.to_vec());
            }
            here.blocks().for_each(|(number, bytes)| sums.entry(number).or_default().push(bytes));
        }
        let mut summed = Commonness::default();
        for (number, parts) in &sums {
            summed.add_block(*number, &sum_of_block(parts.iter().map(Vec::as_slice), 3));
        }
        let sketch = Sketch { shingles: (0..60).map(|n| n << 4).collect(), ..Sketch::default() };
        let expected = Rarity::of(&sketch, &whole, 3);
        assert!(expected.rare != 0 && expected.rare != u64::MAX && expected.rare != expected.rarer);
        assert_eq!(Rarity::of(&sketch, &summed, 3), expected);
    }
}
