//! The rule that judges a comparison: do two documents belong together, and may one of them go?

use super::explain::Gate;
use super::lead::are_of_other_days;
use super::publisher::UNKNOWN;
use super::sketch::Sketch;
use super::verify::{Comparison, WHOLE, are_short_pages, is_other_page};

/// What two documents must have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// Least similarity of a certain reprint.
    pub(super) jaccard: f32,
    /// Least containment of a certain shortened copy; `None` where that does not count.
    pub(super) containment: Option<f32>,
    /// Least similarity of a likely duplicate.
    pub(super) likely_jaccard: f32,
    /// Least containment of a likely duplicate.
    pub(super) likely_containment: f32,
    /// Documents of fewer shingles are compared by their similarity alone, which must reach [`SHORT_JACCARD`].
    pub(super) min_shingles: u32,
    /// Least share of the numbers that must agree.
    pub(super) numbers: f32,
}

/// How two documents hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    /// They do not.
    None,
    /// The same words around other figures: a notice from a template.
    Template,
    /// One stands in the other, at least half.
    Contained,
    /// Both say mostly the same.
    Alike,
}

/// Why documents that share much do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// Short pages of one publisher under other headlines.
    OtherPage,
    /// The same words around other figures.
    OtherFigures,
    /// Short pages of one publisher that are not certainly the same.
    Series,
    /// One publisher's reports of two occasions.
    OtherOccasion,
    /// They share what a third story of their publisher has too.
    Furniture,
    /// They share one passage of their publisher.
    OnePassage,
    /// Both name the day that they report of, and it is not the same: bulletins, minutes.
    OtherDay,
    /// They begin with other news, and go on with the same text of their publisher.
    OtherNews,
}

impl Objection {
    fn is_template(self) -> bool {
        matches!(self, Self::OtherFigures | Self::Series)
    }

    /// The reason, for a person.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::OtherPage => "short pages of one publisher under other headlines",
            Self::OtherFigures => "a template: the same words around other figures",
            Self::Series => "short pages of one publisher that are not certainly the same",
            Self::OtherOccasion => "one publisher's reports of two occasions: other figures",
            Self::Furniture => "what they share stands in a third story of their publisher too",
            Self::OnePassage => "they share one passage of their publisher and nothing else",
            Self::OtherDay => "one publisher's reports of two days, which both name",
            Self::OtherNews => {
                "they begin with other news, and go on with one text of their publisher"
            }
        }
    }
}

/// Similarity that documents below `min-shingles` need: one changed word spoils most of their shingles, and two stock
/// phrases share as many.
pub(super) const SHORT_JACCARD: f32 = 0.8;
/// Rare shingles that must be shared; two are a coincidence of a quotation and a name.
const MIN_SHARED_RARE: u32 = 3;
/// Shingles that must be shared for similarity over all of them to count.
const MIN_SHARED: u32 = 8;
/// Similarity over all shingles that makes documents alike, common phrases or not.
const ALIKE: f32 = 0.7;
/// Similarity that makes one story before common shingles are known by story.
const ONE_STORY_JACCARD: f32 = 0.5;
/// Rare containment from which on a document holds another.
const HELD: f32 = 0.5;
/// Rare containment from which on documents know each other.
const CONTACT: f32 = 0.1;
/// Share of the tokens that are numbers, from which on other numbers make another notice. Below it, other numbers are
/// a correction.
const TABLE_SHARE: f32 = 0.05;
/// Share of the numbers that two likely versions of one publisher's report have in common; in a dump of 32,000 pages, seven
/// of twelve pairs below it were reports of other days, and one of a hundred above it (2026-11-25)...
const SAME_OCCASION: f32 = 0.8;
/// ...unless fewer numbers than these differ: one is a corrected hour or a date of the page.
const OTHER_OCCASION: u32 = 2;

/// Least share of what two likely versions of one publisher's report have in common that no third story has.
const OWN_SHARE: f32 = 0.25;

impl Rule {
    /// Judges a pair for the clusters: certain and likely together.
    pub(super) fn bond(&self, left: &Sketch, right: &Sketch, seen: &Comparison) -> Bond {
        match (self.bond_of_words(left, right, seen), self.objection(left, right, seen)) {
            (Bond::None, _) => Bond::None,
            (bond, None) => bond,
            (_, Some(objection)) if objection.is_template() => Bond::Template,
            (_, Some(_)) => Bond::None,
        }
    }

    /// Why two documents do not belong together, however much they share.
    pub(super) fn objection(
        &self,
        left: &Sketch,
        right: &Sketch,
        seen: &Comparison,
    ) -> Option<Objection> {
        if is_other_page(left, right) {
            return Some(Objection::OtherPage);
        }
        let are_tables = is_table(left) && is_table(right);
        if self.other_numbers(seen) && are_tables {
            return Some(Objection::OtherFigures);
        }
        let is_certain = self.certain(left, right, seen).is_some()
            || self.certain(right, left, &seen.turned()).is_some();
        let is_one_publisher = left.publisher == right.publisher && left.publisher != UNKNOWN;
        let is_same_headline = left.headline == right.headline && left.headline != 0;
        if is_one_publisher && !is_same_headline && seen.is_other_news() {
            return Some(Objection::OtherNews);
        }
        if is_other_day(left, right) && !self.is_reprint(left, right, seen) {
            return Some(Objection::OtherDay);
        }
        if !is_one_publisher || is_certain {
            return None;
        }
        match () {
            () if are_short_pages(left, right) => Some(Objection::Series),
            () if is_next_report(seen) && are_tables => Some(Objection::OtherFigures),
            () if is_next_report(seen) => Some(Objection::OtherOccasion),
            () if is_furniture(seen) => Some(Objection::Furniture),
            () if seen.is_one_passage() => Some(Objection::OnePassage),
            () => None,
        }
    }

    fn bond_of_words(&self, left: &Sketch, right: &Sketch, seen: &Comparison) -> Bond {
        if left.windows.min(right.windows) < self.min_shingles {
            return match seen.jaccard() >= SHORT_JACCARD {
                true => Bond::Alike,
                false => Bond::None,
            };
        }
        if seen.shared >= MIN_SHARED && seen.jaccard() >= ALIKE && self.is_own_text(seen) {
            return Bond::Alike;
        }
        if seen.shared_rare < MIN_SHARED_RARE {
            return Bond::None;
        }
        if seen.is_quoted(left.windows, right.windows) {
            return Bond::None;
        }
        if seen.rare_jaccard >= self.likely_jaccard {
            return Bond::Alike;
        }
        if seen.contained() >= self.likely_containment {
            return Bond::Contained;
        }
        // Words that stand all over two tables with other figures between them are a template.
        match seen.is_scattered() && !is_table(left) && !is_table(right) {
            true => Bond::Contained,
            false => Bond::None,
        }
    }

    /// Whether the left document may go because the right one stays: it says the same, or stands in it.
    ///
    /// Containment is that of the left document and never the other way round: a long report that takes in an earlier
    /// brief says more than the brief.
    pub(super) fn certain(
        &self,
        left: &Sketch,
        right: &Sketch,
        seen: &Comparison,
    ) -> Option<Class> {
        if self.other_numbers(seen) || is_other_page(left, right) {
            return None;
        }
        let is_short = left.windows.min(right.windows) < self.min_shingles;
        if self.is_reprint(left, right, seen) {
            return Some(Class::Reprint);
        }
        if is_other_day(left, right) {
            return None;
        }
        // Passages that are common in the corpus do not count for the share, but a document whose greater part is one of
        // them does not go for the rest.
        let contained = !is_short
            && seen.shared >= MIN_SHARED
            && seen.shared_rare >= MIN_SHARED
            && plain_containment(left, right, seen) >= MIN_PLAIN_CONTAINMENT;
        match self.containment {
            Some(least) if contained && seen.left_in_right >= least => Some(Class::Shortened),
            _ => None,
        }
    }

    /// Whether two documents say mostly the same.
    fn is_reprint(&self, left: &Sketch, right: &Sketch, seen: &Comparison) -> bool {
        let is_short = left.windows.min(right.windows) < self.min_shingles;
        let enough = seen.shared >= MIN_SHARED || is_short;
        let jaccard = if is_short { self.jaccard.max(SHORT_JACCARD) } else { self.jaccard };
        let by_rare = seen.shared_rare >= MIN_SHARED && seen.rare_jaccard >= jaccard && !is_short;
        let by_all = seen.jaccard() >= jaccard.max(SHORT_JACCARD) && self.is_own_text(seen);
        enough && (by_all || by_rare)
    }

    /// What was asked of the left document beside the right one, each with the option that asks it.
    pub(super) fn gates(&self, left: &Sketch, right: &Sketch, seen: &Comparison) -> Vec<Gate> {
        let is_short = left.windows.min(right.windows) < self.min_shingles;
        let jaccard = if is_short { self.jaccard.max(SHORT_JACCARD) } else { self.jaccard };
        let gate = |option, value: f32, least: f32| Gate { option, value, least };
        let mut gates = vec![gate("jaccard", seen.similarity(), jaccard)];
        if let Some(least) = self.containment.filter(|_| !is_short) {
            gates.push(gate("containment", seen.left_in_right, least));
            let plain = plain_containment(left, right, seen);
            gates.push(gate("plain containment", plain, MIN_PLAIN_CONTAINMENT));
        }
        gates.push(gate("likely-jaccard", seen.rare_jaccard, self.likely_jaccard));
        gates.push(gate("likely-containment", seen.contained(), self.likely_containment));
        gates.extend(seen.numbers.map(|agreement| gate("numbers", agreement, self.numbers)));
        gates
    }

    /// Whether two documents are certainly of one story: the groups by which shingles are counted in the last round.
    pub(super) fn is_one_story(&self, left: &Sketch, right: &Sketch, seen: &Comparison) -> bool {
        match self.bond(left, right, seen) {
            Bond::Alike => seen.similarity() >= ONE_STORY_JACCARD,
            Bond::Contained => seen.contained() >= WHOLE,
            _ => false,
        }
    }

    /// Whether two documents share more than chance, so that they are no strangers.
    pub(super) fn is_contact(&self, seen: &Comparison) -> bool {
        seen.shared_rare >= MIN_SHARED_RARE && seen.contained() >= CONTACT
    }

    /// Whether one document stands in the other by at least a half, be it as one story among others.
    pub(super) fn is_holding(&self, seen: &Comparison) -> bool {
        seen.shared_rare >= MIN_SHARED_RARE && seen.contained() >= HELD
    }

    /// Whether what is alike is not just what both share with others: the pages of one institution, with its address and
    /// its description around a notice of two lines, are alike and say different things.
    fn is_own_text(&self, seen: &Comparison) -> bool {
        seen.rare == 0 || seen.rare_jaccard >= self.likely_jaccard
    }

    fn other_numbers(&self, seen: &Comparison) -> bool {
        seen.numbers.is_some_and(|agreement| agreement < self.numbers)
    }
}

/// What a near duplicate is to the kept document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// It says mostly the same.
    Reprint,
    /// It stands in it.
    Shortened,
}

/// Whether two documents of one publisher share mostly what a third story of it has too: its galleries, advertisements
/// and descriptions of itself.
fn is_furniture(seen: &Comparison) -> bool {
    (seen.shared_rarer as f32) < OWN_SHARE * seen.shared_rare as f32
}

/// Whether two documents of one publisher are not versions of a report but the reports of two occasions: of their numbers,
/// too many differ to be corrections.
fn is_next_report(seen: &Comparison) -> bool {
    seen.other_numbers >= OTHER_OCCASION
        && seen.numbers.is_some_and(|agreement| agreement < SAME_OCCASION)
}

/// Whether both are one publisher's, under other headlines, and name other days at their beginning: the next bulletin, the
/// next meeting. In a dump of 32,000 pages that were three pairs, none of them of one event (2026-11-29).
fn is_other_day(left: &Sketch, right: &Sketch) -> bool {
    let is_one_publisher = left.publisher == right.publisher && left.publisher != UNKNOWN;
    is_one_publisher
        && left.headline != right.headline
        && are_of_other_days(&left.days, &right.days)
}

fn is_table(sketch: &Sketch) -> bool {
    sketch.number_tokens as f32 >= TABLE_SHARE * sketch.windows as f32
}

/// Least share of all shingles of a document, common ones among them, that must stand in the kept one. A half is what the
/// property test holds on exact sets; the standard error of a share of .6 in 56 samples is .065. It changed no row of the dump.
const MIN_PLAIN_CONTAINMENT: f32 = 0.6;

/// Share of all shingles of the left document that stand in the right one, from the Jaccard similarity J of the samples
/// and the lengths: of a and b shingles, J (a + b) / (1 + J) are shared.
fn plain_containment(left: &Sketch, right: &Sketch, seen: &Comparison) -> f32 {
    let (a, b) = (left.windows as f32, right.windows as f32);
    let similarity = seen.jaccard();
    similarity * (a + b) / ((1.0 + similarity) * a.max(1.0))
}
