//! What a document adds to the census: its shingle set as a whole, and the few shingles that it is found by.
//!
//! The smallest hashes of a set are a sample of it that any two sets draw alike: the sample of a union can be told from
//! the samples of its parts, and a cut copy still shares its portion of the keys with the whole.

/// The shingle set of a document, and its numbers: 4 bytes an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// Upper halves of the distinct shingle hashes, ascending.
    pub(super) shingles: Vec<u32>,
    /// Upper halves of the distinct number hashes, ascending.
    pub(super) numbers: Vec<u32>,
}

impl Profile {
    /// Shortens the distinct hashes of shingles, ascending, and the hashes of numbers, in any order.
    pub(super) fn new(shingles: &[u64], numbers: &[u64]) -> Self {
        let mut numbers: Vec<u32> = numbers.iter().map(|hash| upper(*hash)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut shingles: Vec<u32> = shingles.iter().map(|hash| upper(*hash)).collect();
        shingles.dedup();
        Self { shingles, numbers }
    }

    /// The payload of its row: the number of shingles, the shingles, the numbers, all as little-endian `u32`.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 * (1 + self.shingles.len() + self.numbers.len()));
        // A document of 2^32 tokens would not fit the reader's limits.
        bytes.extend_from_slice(&(self.shingles.len() as u32).to_le_bytes());
        for value in self.shingles.iter().chain(&self.numbers) {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// Reads a payload into this profile, keeping its buffers.
    pub(super) fn read(&mut self, bytes: &[u8]) {
        self.shingles.clear();
        self.numbers.clear();
        let (words, _) = bytes.as_chunks::<4>();
        let Some((count, words)) = words.split_first() else { return };
        let middle = words.len().min(u32::from_le_bytes(*count) as usize);
        let (shingles, numbers) = words.split_at(middle);
        self.shingles.extend(shingles.iter().map(|word| u32::from_le_bytes(*word)));
        self.numbers.extend(numbers.iter().map(|word| u32::from_le_bytes(*word)));
    }
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The keys that a document is found by: its `count` smallest shingles, of distinct ones, ascending. Remixed, because
/// the smallest of a large set all begin with zeros.
pub(super) fn keys(shingles: &[u64], count: usize) -> impl ExactSizeIterator<Item = u64> + '_ {
    shingles[..count.min(shingles.len())].iter().map(|hash| remix(*hash))
}

/// A bijection, so that distinct shingles stay distinct keys.
fn remix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_profile_reads_back_what_it_wrote() {
        let cases: &[(&str, Profile)] = &[
            ("empty", Profile::default()),
            ("shingles", Profile { shingles: vec![1, 7], numbers: vec![] }),
            ("both", Profile { shingles: vec![1, u32::MAX], numbers: vec![0, 3, 9] }),
        ];
        let mut read = Profile { shingles: vec![5], numbers: vec![5] };
        for (name, profile) in cases {
            read.read(&profile.to_bytes());
            assert_eq!(&read, profile, "{name}");
        }
    }

    proptest! {
        #[test]
        fn the_smallest_of_a_union_come_from_the_smallest_of_its_parts(
            left in proptest::collection::btree_set(any::<u64>(), 0..60),
            right in proptest::collection::btree_set(any::<u64>(), 0..60),
            count in 1usize..30,
        ) {
            let bottom = |set: &BTreeSet<u64>| set.iter().take(count).copied().collect::<BTreeSet<_>>();
            let union: Vec<u64> = left.union(&right).copied().collect();
            let parts: Vec<u64> = bottom(&left).union(&bottom(&right)).copied().collect();
            let whole: Vec<u64> = keys(&union, count).collect();
            prop_assert_eq!(&whole, &keys(&parts, count).collect::<Vec<_>>());
            prop_assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), count.min(union.len()));
        }
    }
}
