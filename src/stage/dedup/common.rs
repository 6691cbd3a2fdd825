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
    /// No shingle was seen.
    pub(super) fn new() -> Self {
        Self { counts: vec![0; CELLS] }
    }

    /// Forgets everything, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Counts the shingles of one group, without their places.
    pub(super) fn add(&mut self, shingles: &[u32]) {
        for shingle in shingles {
            let count = &mut self.counts[cell(*shingle)];
            *count = count.saturating_add(1);
        }
    }

    /// In how many groups a shingle stands, give or take those that share its cell; 255 for that many and more.
    pub(super) fn groups(&self, shingle: u32) -> u8 {
        self.counts.get(cell(shingle)).copied().unwrap_or(0)
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
        let mut common = Commonness::new();
        for group in 0..300u32 {
            common.add(&[7, 1_000 + group]);
            assert_eq!(u32::from(common.groups(7)), (group + 1).min(255));
        }
        assert_eq!((common.groups(1_005), common.groups(99)), (1, 0));
    }

    #[test]
    fn a_shingle_is_rare_up_to_the_groups_that_are_allowed() {
        let mut common = Commonness::new();
        for (shingle, groups) in [(1, 2), (2, 3), (3, 4)] {
            (0..groups).for_each(|_| common.add(&[shingle]));
        }
        let sketch = Sketch { shingles: vec![1 << 4, 2 << 4, 3 << 4, 9 << 4], ..Sketch::default() };
        let expected = Rarity { rare: 0b1011, rarer: 0b1001 };
        assert_eq!(Rarity::of(&sketch, &common, 3), expected);
    }
}
