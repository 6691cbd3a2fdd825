//! The comparison of two documents by their sketches, and the rule that judges it.
//!
//! Two measures are taken, each over all shingles and over those that are rare in the corpus: the Jaccard similarity (do
//! both say the same?) and the containment (does one stand in the other?). News copy is cut, wrapped and updated, so that
//! similarity alone finds half of it; and common shingles are left out, because stock phrases contain each other too.

use super::common::Rarity;
use super::lead::shared_lead;
use super::places::Places;
use super::sketch::{NUMBERS, PHRASES, SHINGLES, Sketch, hash};

/// What two documents have in common, as far as their sketches tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Comparison {
    /// Shingles of both samples that both documents have.
    pub(super) shared: u32,
    /// Shingles of either sample that were compared.
    pub(super) compared: u32,
    /// Of `compared`, those that are rare in the corpus.
    pub(super) rare: u32,
    /// Of `shared`, those that are rare.
    pub(super) shared_rare: u32,
    /// Of `shared_rare`, those that would be rare if one group fewer were allowed.
    pub(super) shared_rarer: u32,
    /// Share of the rare shingles of both that both have.
    pub(super) rare_jaccard: f32,
    /// Share of the left document's rare shingles that stand in the right one.
    pub(super) left_in_right: f32,
    /// Share of the right document's rare shingles that stand in the left one.
    pub(super) right_in_left: f32,
    /// The larger share of shorter runs that stand in the other document.
    pub(super) phrases: f32,
    /// Where the rare shingles of the left document stand, shared and not.
    pub(super) left_places: Places,
    /// Those of the right one.
    pub(super) right_places: Places,
    /// Share of the smaller set of numbers that stands in the larger, where both have three.
    pub(super) numbers: Option<f32>,
    /// Numbers of the smaller set that do not stand in the larger.
    pub(super) other_numbers: u32,
    /// Share of the words of the shorter lead that stand in the other, where both have enough.
    pub(super) lead: Option<f32>,
}

/// Numbers that both documents need before their agreement means anything.
const MIN_NUMBERS: usize = 3;

/// The part of two samples below which both are complete; `full` is the size of a sample that may have left some out.
fn common_part<'a, T: Copy>(
    left: &'a [T],
    right: &'a [T],
    full: usize,
    hash: fn(T) -> u64,
) -> (&'a [T], &'a [T]) {
    let last = |sample: &[T]| match sample.len() >= full {
        true => sample.last().map_or(u64::MAX, |last| hash(*last)),
        false => u64::MAX,
    };
    let bound = last(left).min(last(right));
    let part = |sample: &'a [T]| &sample[..sample.partition_point(|value| hash(*value) <= bound)];
    (part(left), part(right))
}

/// Counts what two ascending lists of distinct values share. Without branches: which list is ahead cannot be foretold.
fn shared<T: Copy>(left: &[T], right: &[T], hash: fn(T) -> u64) -> usize {
    let (mut in_left, mut in_right, mut count) = (0, 0, 0);
    while let (Some(a), Some(b)) = (left.get(in_left), right.get(in_right)) {
        let (a, b) = (hash(*a), hash(*b));
        count += usize::from(a == b);
        in_left += usize::from(a <= b);
        in_right += usize::from(b <= a);
    }
    count
}

fn whole(value: u32) -> u64 {
    value.into()
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// Whether two documents are so much alike that they count as one when shingles are counted.
pub(super) fn is_near_identical(left: &Sketch, right: &Sketch) -> bool {
    let (a, b) = common_part(&left.shingles, &right.shingles, SHINGLES, hash);
    let both = shared(a, b, hash);
    let either = a.len() + b.len() - both;
    if is_other_page(left, right) {
        return false;
    }
    // A lower bar glues stories, a higher one lets a story carried by many papers look common (dedup.md, "two rounds").
    both >= 8 && both as f64 >= 0.6 * either as f64
}

/// Whether both are short pages of one publisher under other headlines: what they share is the address of an institution
/// or the frame of a notice, and what they say is in the headline. A publisher does not retell its own briefs, but for
/// corrected ones.
pub(super) fn is_other_page(left: &Sketch, right: &Sketch) -> bool {
    let are_titled = left.headline != 0 && right.headline != 0;
    are_short_pages(left, right) && are_titled && left.headline != right.headline
}

/// Whether both are short pages of one publisher, which come in series: notices, results, prices.
pub(super) fn are_short_pages(left: &Sketch, right: &Sketch) -> bool {
    let is_short = |page: &Sketch| {
        // A word of a script without spaces has about two characters, here as in `exact-dedup`.
        let shingles_a_word = if page.is_unspaced { 2 } else { 1 };
        page.windows < SHORT_PAGE * shingles_a_word
    };
    left.publisher == right.publisher && is_short(left) && is_short(right)
}

/// Compares two documents, of each of which is known what is rare in it.
pub(super) fn compare(
    (left, rare_in_left): (&Sketch, Rarity),
    (right, rare_in_right): (&Sketch, Rarity),
) -> Comparison {
    let (a, b) = common_part(&left.shingles, &right.shingles, SHINGLES, hash);
    let (mut left_places, mut right_places) = (Places::default(), Places::default());
    let (mut both, mut both_rare, mut both_rarer) = (0, 0, 0);
    let (mut in_left, mut in_right) = (0, 0);
    loop {
        let (own, other) = (a.get(in_left).copied(), b.get(in_right).copied());
        // No hash is that large.
        let of = |sampled: Option<u64>| sampled.map_or(u64::MAX, hash);
        let least = of(own).min(of(other));
        if least == u64::MAX {
            break;
        }
        let (own, other) = (own.filter(|v| hash(*v) == least), other.filter(|v| hash(*v) == least));
        let is_shared = own.is_some() && other.is_some();
        // A shared shingle is as rare in one as in the other.
        let (rarity, nth) = match own {
            Some(_) => (rare_in_left, in_left),
            None => (rare_in_right, in_right),
        };
        if rarity.rare >> nth & 1 == 1 {
            own.inspect(|sampled| left_places.add(*sampled, is_shared));
            other.inspect(|sampled| right_places.add(*sampled, is_shared));
            both_rare += usize::from(is_shared);
            both_rarer += u32::from(is_shared && rarity.rarer >> nth & 1 == 1);
        }
        both += usize::from(is_shared);
        in_left += usize::from(own.is_some());
        in_right += usize::from(other.is_some());
    }
    let (rare_left, rare_right) = (left_places.len(), right_places.len());
    let either_rare = rare_left + rare_right - both_rare;
    let (c, d) = common_part(&left.phrases, &right.phrases, PHRASES, whole);
    let phrases = share(shared(c, d, whole), c.len().min(d.len()));
    let (m, n) = common_part(&left.numbers, &right.numbers, NUMBERS, whole);
    let fewer = m.len().min(n.len());
    let same_numbers = shared(m, n, whole);
    Comparison {
        shared: both as u32,
        compared: (a.len() + b.len() - both) as u32,
        rare: either_rare as u32,
        shared_rare: both_rare as u32,
        shared_rarer: both_rarer,
        rare_jaccard: share(both_rare, either_rare),
        left_in_right: share(both_rare, rare_left),
        right_in_left: share(both_rare, rare_right),
        phrases,
        left_places,
        right_places,
        numbers: (fewer >= MIN_NUMBERS).then(|| share(same_numbers, fewer)),
        other_numbers: (fewer - same_numbers) as u32,
        lead: shared_lead(&left.lead, &right.lead),
    }
}

impl Comparison {
    /// The same, looked at from the other document.
    pub(super) fn turned(self) -> Self {
        let Self { left_in_right, right_in_left, left_places, right_places, .. } = self;
        Self {
            left_in_right: right_in_left,
            right_in_left: left_in_right,
            left_places: right_places,
            right_places: left_places,
            ..self
        }
    }

    /// Jaccard similarity over all shingles.
    pub(super) fn jaccard(&self) -> f32 {
        share(self.shared as usize, self.compared as usize)
    }

    /// The larger of the two similarities.
    pub(super) fn similarity(&self) -> f32 {
        self.jaccard().max(self.rare_jaccard)
    }

    /// Whether the larger document holds the other as one story among others: in one piece somewhere behind its beginning,
    /// with much else around it; or at its beginning, and by a part only. A copy that was cut has the beginning of the
    /// original, and one that was wrapped or abridged shares most of it.
    pub(super) fn is_quoted(&self, left_windows: u32, right_windows: u32) -> bool {
        let (part, whole, places, windows) = match left_windows < right_windows {
            true => (self.left_in_right, self.right_in_left, self.right_places, right_windows),
            false => (self.right_in_left, self.left_in_right, self.left_places, left_windows),
        };
        let shape = places.shape();
        let is_one_piece = shape.density >= IN_ONE_PIECE;
        let is_behind = shape.from > HEAD;
        if whole <= QUOTED && is_one_piece && (is_behind || part < WHOLE) {
            return true;
        }
        let other_words = (1.0 - whole) * windows as f32;
        let is_narrow = shape.to - shape.from.min(shape.to) < NARROW;
        whole <= HALF && is_behind && is_narrow && other_words >= OTHER_WORDS
    }

    /// Whether both hold one passage and nothing else in common: a statement, a list or an advertisement that one publisher
    /// printed twice. Versions of a report differ all over it, or one stands in the other.
    pub(super) fn is_one_passage(&self) -> bool {
        let is_dense = |places: Places| places.shape().density >= ONE_PASSAGE;
        let is_too_little = self.shared_rare < MIN_OF_ONE_PASSAGE;
        let is_block = is_dense(self.left_places) && is_dense(self.right_places);
        self.contained() < WHOLE && (is_block || is_too_little)
    }

    /// Whether both go on in one passage after having begun with something else: another event, of the same background.
    pub(super) fn is_other_news(&self) -> bool {
        let is_behind = |places: Places| {
            let passage = places.passage();
            let is_one = passage.density >= ONE_PASSAGE && passage.coverage >= MOST_OF_IT;
            is_one && passage.from > HEAD
        };
        let is_other_lead = self.lead.is_some_and(|share| share < SAME_LEAD);
        is_other_lead && is_behind(self.left_places) && is_behind(self.right_places)
    }

    /// Whether both are one text with edits all over it: what is shared is spread over both, not a passage, is not mostly
    /// furniture, and the shorter runs agree.
    pub(super) fn is_scattered(&self) -> bool {
        let is_spread = |places: Places| {
            let shape = places.shape();
            shape.to - shape.from.min(shape.to) >= SPREAD
        };
        self.contained() >= SCATTERED
            && self.phrases >= SCATTERED_PHRASES
            && self.shared_rare >= SCATTERED_SHARED
            && self.rare_jaccard >= OWN_TEXT * self.jaccard()
            && is_spread(self.left_places)
            && is_spread(self.right_places)
    }

    pub(super) fn contained(&self) -> f32 {
        self.left_in_right.max(self.right_in_left)
    }
}

/// Rare containment from which on scattered edits (misread letters, replaced words) are looked for...
const SCATTERED: f32 = 0.2;
/// ...and the share of shorter runs that must then agree. A quoted passage leaves the runs around it different.
const SCATTERED_PHRASES: f32 = 0.55;
/// Rare shingles that must be shared there, or their places would say nothing...
const SCATTERED_SHARED: u32 = 6;
/// ...and the sixteenths of both documents over which they must be spread.
const SPREAD: u32 = 11;
/// Least ratio of rare to whole similarity there: below it, mostly furniture is shared.
const OWN_TEXT: f32 = 0.7;
/// A part of more than this share of a document is no quotation in it.
const QUOTED: f32 = 0.45;
/// The same where so much else stands around it that it cannot be furniture...
const HALF: f32 = 0.62;
/// ...in words, more than a page's promotions, links and notices have...
const OTHER_WORDS: f32 = 400.0;
/// ...and the part covers less than these sixteenths.
const NARROW: u32 = 12;
/// The same where neither document stands in the other...
const ONE_PASSAGE: f32 = 0.8;
/// ...and the rare shingles below which a passage cannot be told from scattered edits.
const MIN_OF_ONE_PASSAGE: u32 = 6;
/// Share of what is shared that must stand in one passage there, a name or two elsewhere notwithstanding.
const MOST_OF_IT: f32 = 0.8;
/// Share of the words of a lead from which on two reports tell of one event. In a dump of 32,000 pages, four of seven pairs
/// below it were reports of other events and one a follow-up; above it, one of thirty-two (2026-11-25).
const SAME_LEAD: f32 = 1.0 / 3.0;
/// Share of shared shingles between the first and the last that makes them one piece.
const IN_ONE_PIECE: f32 = 0.7;
/// Last sixteenth of a document's head.
const HEAD: u32 = 1;
/// Containment from which on a document stands in another as a whole.
pub(super) const WHOLE: f32 = 0.8;
/// Shingles below which a page may be nothing but furniture and a headline. In a dump of 32,000 pages, the description of
/// an institution had 74 words, and the bodies that many pages shared at most 80 (2026-11-25); see `exact-dedup`.
const SHORT_PAGE: u32 = 100;

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
