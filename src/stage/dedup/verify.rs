//! The comparison: exact, on whole shingle sets, so that no estimate ever drops a document.
//!
//! The sets wait in a scratch file; only where each begins is in memory: 8 bytes a document.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;

use crate::census::Workspace;
use crate::document::DocId;
use crate::error::Error;

use super::sketch::Profile;

/// Writes profiles, documents ascending.
pub(super) struct ProfileWriter {
    file: BufWriter<File>,
    /// Where the profile of each document number begins; an absent document's is empty.
    starts: Vec<u64>,
    at: u64,
}

/// Profiles that can be read by document.
pub(super) struct Profiles {
    file: File,
    starts: Vec<u64>,
    bytes: Vec<u8>,
}

/// What two documents must have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// Least share of the union of shingles that both have.
    pub(super) jaccard: f64,
    /// The same where the smaller set is below `min_shingles`.
    pub(super) short_jaccard: f64,
    /// Least share of the later document's set that stands in the kept one; `None` where that does not count.
    pub(super) containment: Option<f64>,
    /// Sets below this size are compared by `short_jaccard` alone.
    pub(super) min_shingles: usize,
    /// Least share of the smaller set of numbers that stands in the larger.
    pub(super) numbers: f64,
}

/// How two documents are alike. Ascending in the order in which a representative is chosen.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) enum Likeness {
    /// Most of the later document stands in the kept one: its containment.
    Contained(f64),
    /// Both say mostly the same: their Jaccard similarity.
    Alike(f64),
}

impl Likeness {
    /// The figure that met its threshold.
    pub(super) fn similarity(self) -> f64 {
        match self {
            Self::Contained(similarity) | Self::Alike(similarity) => similarity,
        }
    }
}

impl ProfileWriter {
    /// An empty file in `workspace`.
    pub(super) fn new(workspace: &Workspace) -> Result<Self, Error> {
        let file = BufWriter::new(workspace.scratch_file()?);
        Ok(Self { file, starts: Vec::new(), at: 0 })
    }

    /// Adds the payload of a document.
    pub(super) fn push(&mut self, document: DocId, payload: &[u8]) -> Result<(), Error> {
        self.starts.resize(document.0 as usize + 1, self.at);
        self.file.write_all(payload).map_err(scratch)?;
        self.at += payload.len() as u64;
        Ok(())
    }

    /// Ends the writing.
    pub(super) fn finish(mut self) -> Result<Profiles, Error> {
        self.starts.push(self.at);
        let file = self.file.into_inner().map_err(|error| scratch(error.into_error()))?;
        Ok(Profiles { file, starts: self.starts, bytes: Vec::new() })
    }
}

impl Profiles {
    /// Reads the profile of a document; an absent one is empty.
    pub(super) fn read(&mut self, document: DocId, profile: &mut Profile) -> Result<(), Error> {
        let at = document.0 as usize;
        let (start, end) = match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => (*start, *end),
            _ => (0, 0),
        };
        self.bytes.resize((end - start) as usize, 0);
        self.file.read_exact_at(&mut self.bytes, start).map_err(scratch)?;
        profile.read(&self.bytes);
        Ok(())
    }
}

fn scratch(source: io::Error) -> Error {
    Error::Output { path: "near-dedup scratch file".into(), source }
}

/// Numbers that both documents need before their agreement means anything.
const MIN_NUMBERS: usize = 3;

impl Rule {
    /// How a document is like one that is kept, or `None` where that is not enough for it to go.
    ///
    /// Containment is that of the document in the kept one and never the other way round: a long report that takes in
    /// an earlier brief says more than the brief, and must not go in its favour.
    pub(super) fn compare(&self, own: &Profile, kept: &Profile) -> Option<Likeness> {
        let smaller = own.shingles.len().min(kept.shingles.len());
        let shared = shared(&own.shingles, &kept.shingles);
        if shared == 0 || !self.numbers_agree(own, kept) {
            return None;
        }
        let union = own.shingles.len() + kept.shingles.len() - shared;
        let jaccard = shared as f64 / union as f64;
        let is_short = smaller < self.min_shingles;
        let threshold = if is_short { self.short_jaccard } else { self.jaccard };
        if jaccard >= threshold {
            return Some(Likeness::Alike(jaccard));
        }
        let containment = shared as f64 / own.shingles.len() as f64;
        match self.containment {
            Some(threshold) if !is_short && containment >= threshold => {
                Some(Likeness::Contained(containment))
            }
            _ => None,
        }
    }

    fn numbers_agree(&self, left: &Profile, right: &Profile) -> bool {
        let smaller = left.numbers.len().min(right.numbers.len());
        if smaller < MIN_NUMBERS {
            return true;
        }
        let agreement = shared(&left.numbers, &right.numbers) as f64 / smaller as f64;
        agreement >= self.numbers
    }
}

/// Counts what two ascending lists of distinct values share. Without branches: which list is ahead cannot be foretold.
fn shared(left: &[u32], right: &[u32]) -> usize {
    let (mut in_left, mut in_right, mut count) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(in_left), right.get(in_right)) {
        count += usize::from(a == b);
        in_left += usize::from(a <= b);
        in_right += usize::from(b <= a);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const RULE: Rule = Rule {
        jaccard: 0.7,
        short_jaccard: 0.8,
        containment: Some(0.8),
        min_shingles: 12,
        numbers: 0.5,
    };

    fn profile(shingles: impl IntoIterator<Item = u32>, numbers: &[u32]) -> Profile {
        Profile { shingles: shingles.into_iter().collect(), numbers: numbers.to_vec() }
    }

    #[test]
    fn documents_are_alike_at_the_threshold_and_not_below() {
        let whole = profile(0..100, &[1, 2, 3, 4]);
        let cases: Vec<(&str, Profile, Option<Likeness>)> = vec![
            ("the same", profile(0..100, &[1, 2, 3, 4]), Some(Likeness::Alike(1.0))),
            ("70 of 100", profile(0..70, &[]), Some(Likeness::Alike(0.7))),
            ("contained", profile(0..60, &[]), Some(Likeness::Contained(1.0))),
            ("four fifths contained", profile(80..105, &[]), Some(Likeness::Contained(0.8))),
            ("less than that", profile(81..105, &[]), None),
            ("contained but short", profile(0..11, &[]), None),
            ("nothing shared", profile(200..300, &[]), None),
            ("empty", profile([], &[]), None),
            ("half of the numbers", profile(0..100, &[1, 2, 8, 9]), Some(Likeness::Alike(1.0))),
            ("other numbers", profile(0..100, &[1, 7, 8, 9]), None),
            ("too few numbers to tell", profile(0..100, &[7, 8]), Some(Likeness::Alike(1.0))),
        ];
        for (name, other, expected) in cases {
            assert_eq!(RULE.compare(&other, &whole), expected, "{name}");
            let turned = expected.filter(|likeness| matches!(likeness, Likeness::Alike(_)));
            assert_eq!(RULE.compare(&whole, &other), turned, "{name}, turned round");
        }
    }

    #[test]
    fn short_documents_need_more() {
        let cases = [("8 of 10", 8, Some(Likeness::Alike(0.8))), ("7 of 10", 7, None)];
        for (name, size, expected) in cases {
            assert_eq!(
                RULE.compare(&profile(0..10, &[]), &profile(0..size, &[])),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn profiles_are_read_by_document_with_gaps_between() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = ProfileWriter::new(&Workspace::new(folder.path(), 1)).unwrap();
        let written = [(2, profile(0..9, &[4])), (3, profile(5..6, &[])), (7, profile(1..4, &[]))];
        for (document, profile) in &written {
            writer.push(DocId(*document), &profile.to_bytes()).unwrap();
        }
        let mut profiles = writer.finish().unwrap();
        let mut read = Profile::default();
        for (document, profile) in &written {
            profiles.read(DocId(*document), &mut read).unwrap();
            assert_eq!(&read, profile);
        }
        for absent in [0, 1, 5, 8, 900] {
            profiles.read(DocId(absent), &mut read).unwrap();
            assert_eq!(read, Profile::default(), "{absent}");
        }
    }

    proptest! {
        #[test]
        fn the_comparison_is_that_of_sets(
            left in proptest::collection::btree_set(0u32..80, 0..60),
            right in proptest::collection::btree_set(0u32..80, 0..60),
        ) {
            let both: BTreeSet<_> = left.intersection(&right).collect();
            let either: BTreeSet<_> = left.union(&right).collect();
            let smaller = left.len().min(right.len());
            let jaccard = both.len() as f64 / either.len().max(1) as f64;
            let containment = both.len() as f64 / left.len().max(1) as f64;
            let expected = match smaller < 12 {
                true if jaccard >= 0.8 => Some(Likeness::Alike(jaccard)),
                false if jaccard >= 0.7 => Some(Likeness::Alike(jaccard)),
                false if containment >= 0.8 => Some(Likeness::Contained(containment)),
                _ => None,
            };
            let (left, right) = (profile(left, &[]), profile(right, &[]));
            prop_assert_eq!(RULE.compare(&left, &right), expected);
        }
    }
}
