//! How common a shingle is: in how many groups of near-identical documents it stands.
//!
//! A shingle of many unrelated documents is a stock phrase, a disclaimer, a gallery; it says nothing about whether two
//! documents tell the same. Groups are counted, not documents, or a story carried by 200 papers would look like one.
//!
//! The counts are exact: occurrences are sorted, and only those of common shingles are kept. A table of cells, which shingles
//! share by chance, would be smaller up to a million documents, and from ten million on call everything common.

use rustc_hash::FxHashMap;

use crate::workers;

use super::sketch::{HASH_BITS, Sketch, hash};

/// What a sampled shingle is counted by: its hash with the lower bits first, since the smallest of a document's hashes all
/// begin with zeros, and keys shall be spread evenly over blocks and passes.
pub(super) fn key(sampled: u64) -> u64 {
    let hash = hash(sampled);
    (hash << BLOCK_BITS | hash >> (HASH_BITS - BLOCK_BITS)) & ((1 << HASH_BITS) - 1)
}

/// Bits of a key that tell it from others of its block; there are 4,096 blocks.
const BLOCK_BITS: u32 = HASH_BITS - 12;
const IN_BLOCK: u64 = (1 << BLOCK_BITS) - 1;

/// Shingles by their keys, once for each group that they stand in: 8 bytes each.
#[derive(Default)]
pub(super) struct Occurrences {
    keys: Vec<u64>,
}

impl Occurrences {
    /// Adds the shingles of one group, each once, and empties the list of them.
    pub(super) fn add_group(&mut self, keys: &mut Vec<u64>) {
        keys.sort_unstable();
        keys.dedup();
        self.keys.append(keys);
    }

    /// Those of several places.
    pub(super) fn together(all: Vec<Self>) -> Self {
        let whole = all.into_iter().reduce(|mut whole, mut more| {
            whole.keys.append(&mut more.keys);
            whole
        });
        whole.unwrap_or_default()
    }

    /// Whether they are as many as one place should hold at once: 8 MiB.
    pub(super) fn are_many(&self) -> bool {
        self.keys.len() >= 1 << 20
    }

    /// Counts them and forgets them: keys ascending, each with its groups; 255 for that many and more.
    fn count(&mut self, mut take: impl FnMut(u64, u8)) {
        workers::sort_unstable_by_key(&mut self.keys, |key| *key);
        for same in self.keys.chunk_by(|one, other| one == other) {
            take(same[0], u8::try_from(same.len()).unwrap_or(u8::MAX));
        }
        self.keys.clear();
    }

    /// Counts them by block, each with its number and as bytes, and forgets them.
    pub(super) fn take_blocks(&mut self) -> Vec<(u64, Vec<u8>)> {
        let mut blocks: Vec<(u64, BlockWriter)> = Vec::new();
        self.count(|key, groups| {
            let number = key >> BLOCK_BITS;
            if blocks.last().is_none_or(|(last, _)| *last != number) {
                blocks.push((number, BlockWriter::default()));
            }
            if let Some((_, block)) = blocks.last_mut() {
                block.push(key & IN_BLOCK, groups);
            }
        });
        blocks.into_iter().map(|(number, block)| (number, block.bytes)).collect()
    }
}

/// In how many groups each common shingle stands; those that are not in it are rare.
#[derive(Default)]
pub(super) struct Common {
    groups: FxHashMap<u64, u8>,
}

impl Common {
    /// Keeps those shingles that stand in at least `least` groups, and forgets the occurrences.
    pub(super) fn add(&mut self, occurrences: &mut Occurrences, least: u8) {
        occurrences.count(|key, groups| {
            if groups >= least {
                self.groups.insert(key, groups);
            }
        });
    }

    /// Adds the counts of a block, all of which are common.
    pub(super) fn add_block(&mut self, number: u64, bytes: &[u8]) {
        let first = number << BLOCK_BITS;
        self.groups.extend(block(bytes).map(|(at, groups)| (first | at, groups)));
    }

    /// In how many groups a shingle stands; 0 for a rare one.
    fn groups(&self, sampled: u64) -> u8 {
        self.groups.get(&key(sampled)).copied().unwrap_or(0)
    }
}

/// Counts of a block that were counted in several places, added up, as bytes: those of shingles in at least `least` groups.
pub(super) fn sum_of_block<'a>(parts: impl Iterator<Item = &'a [u8]>, least: u8) -> Vec<u8> {
    let mut counts: Vec<(u64, u8)> = parts.flat_map(block).collect();
    counts.sort_unstable();
    let mut sums = BlockWriter::default();
    for same in counts.chunk_by(|one, other| one.0 == other.0) {
        let groups = same.iter().fold(0u8, |sum, (_, groups)| sum.saturating_add(*groups));
        if groups >= least {
            sums.push(same[0].0, groups);
        }
    }
    sums.bytes
}

/// A block as bytes: for each shingle the distance from the one before, doubled, and one more if a count follows, which is a
/// byte. Most stand in one group. Numbers are in base 128, the lowest digit first.
#[derive(Default)]
struct BlockWriter {
    bytes: Vec<u8>,
    next: u64,
}

impl BlockWriter {
    fn push(&mut self, at: u64, groups: u8) {
        let mut number = (at - self.next) << 1 | u64::from(groups > 1);
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
        self.bytes.extend((groups > 1).then_some(groups));
        self.next = at + 1;
    }
}

/// The shingles of a block and their counts. What follows a damaged number is left out.
fn block(bytes: &[u8]) -> impl Iterator<Item = (u64, u8)> {
    let (mut bytes, mut next) = (bytes.iter(), 0);
    std::iter::from_fn(move || {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = *bytes.next()?;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
            if shift > BLOCK_BITS + 1 {
                return None;
            }
        }
        let groups = if number & 1 == 1 { *bytes.next()? } else { 1 };
        let at = next + (number >> 1);
        next = at + 1;
        Some((at & IN_BLOCK, groups))
    })
}

/// Which of the sampled shingles of a document are rare: bit `n` speaks of the `n`th in its sketch, of at most 64.
///
/// Looked up once a document, because a document is compared with many others.
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

    /// A shingle of more than `cap` groups is common. `common` must know those of `cap` groups.
    pub(super) fn of(sketch: &Sketch, common: &Common, cap: u8) -> Self {
        let mut rarity = Self { rare: 0, rarer: 0 };
        for (nth, sampled) in sketch.shingles.iter().enumerate() {
            let groups = common.groups(*sampled);
            rarity.rare |= u64::from(groups <= cap) << nth;
            rarity.rarer |= u64::from(groups < cap) << nth;
        }
        rarity
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The counts of these groups of shingles.
    fn common(groups: impl Iterator<Item = Vec<u64>>, least: u8) -> Common {
        let mut occurrences = Occurrences::default();
        for group in groups {
            occurrences.add_group(&mut group.iter().map(|shingle| key(*shingle)).collect());
        }
        let mut common = Common::default();
        common.add(&mut occurrences, least);
        common
    }

    #[test]
    fn groups_are_counted_up_to_what_a_byte_holds() {
        for count in [1, 2, 254, 255, 256, 300] {
            let groups = (0..count).map(|group| vec![7 << 4, (1_000 + group) << 4, 7 << 4]);
            let common = common(groups, 1);
            assert_eq!(u64::from(common.groups(7 << 4)), count.min(255));
            assert_eq!((common.groups(1_000 << 4), common.groups(99 << 4)), (1, 0));
        }
    }

    #[test]
    fn a_shingle_is_rare_up_to_the_groups_that_are_allowed() {
        let groups = [(1, 2), (2, 3), (3, 4)];
        let groups = groups.iter().flat_map(|(shingle, n)| vec![vec![shingle << 4]; *n]);
        let sketch = Sketch { shingles: vec![1 << 4, 2 << 4, 3 << 4, 9 << 4], ..Sketch::default() };
        let expected = Rarity { rare: 0b1011, rarer: 0b1001 };
        assert_eq!(Rarity::of(&sketch, &common(groups, 3), 3), expected);
    }

    #[test]
    fn keys_are_distinct_and_spread_over_the_blocks() {
        let mut keys: Vec<u64> = (0..1 << 16).map(|hash| key(hash << 4)).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        let blocks = keys.chunk_by(|one, other| one >> BLOCK_BITS == other >> BLOCK_BITS);
        assert!(blocks.clone().all(|block| block.len() == 16) && blocks.count() == 4_096);
        assert_eq!(key(u64::MAX >> (60 - HASH_BITS)), (1 << HASH_BITS) - 1);
    }

    proptest! {
        #[test]
        fn counts_of_several_places_add_up_in_blocks(
            groups in proptest::collection::vec(
                proptest::collection::vec((0u64..40).prop_map(|n| (n * n * n * 997_003) << 4), 0..9), 0..60),
            places in 1usize..5,
            least in 1u8..5,
        ) {
            let mut sums = std::collections::BTreeMap::<u64, Vec<Vec<u8>>>::new();
            for place in 0..places {
                let mut here = Occurrences::default();
                for group in groups.iter().skip(place).step_by(places) {
                    here.add_group(&mut group.iter().map(|shingle| key(*shingle)).collect());
                }
                for (number, bytes) in here.take_blocks() {
                    sums.entry(number).or_default().push(bytes);
                }
            }
            let mut summed = Common::default();
            for (number, parts) in &sums {
                summed.add_block(*number, &sum_of_block(parts.iter().map(Vec::as_slice), least));
            }
            prop_assert_eq!(summed.groups, common(groups.into_iter(), least).groups);
        }

        #[test]
        fn any_bytes_are_a_block(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            Common::default().add_block(3, &bytes);
        }
    }
}
