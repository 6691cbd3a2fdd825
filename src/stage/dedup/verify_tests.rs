//! Tests of the comparison of two sketches.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::common::{Common, Occurrences, key};
use super::super::publisher::UNKNOWN;
use super::super::rule::{Bond, Class, Objection, Rule};
use super::*;

const RULE: Rule = Rule {
    jaccard: 0.7,
    containment: Some(0.8),
    likely_jaccard: 0.4,
    likely_containment: 0.5,
    min_shingles: 12,
    numbers: 0.5,
};

/// A document of shingles in the order of their numbers, so that sixteenths follow them.
fn sketch(shingles: std::ops::Range<u32>, numbers: &[u32]) -> Sketch {
    let len = shingles.len() as u32;
    let placed = shingles.clone().zip(0..).map(|(value, at)| value << 4 | (16 * at / len.max(1)));
    Sketch {
        windows: len,
        number_tokens: numbers.len() as u32,
        shingles: placed.take(SHINGLES).map(u64::from).collect(),
        phrases: shingles.collect(),
        numbers: numbers.to_vec(),
        ..Sketch::default()
    }
}

/// Where nothing is common.
fn compare_rare(left: &Sketch, right: &Sketch) -> Comparison {
    compare_common(left, right, &Common::default())
}

/// Counts of groups that have so many shingles each, the same ones.
fn common(groups: &[u64]) -> Common {
    let mut occurrences = Occurrences::default();
    for shingles in groups {
        occurrences.add_group(&mut (0..*shingles).map(|shingle| key(shingle << 4)).collect());
    }
    let mut common = Common::default();
    common.add(&mut occurrences, 3);
    common
}

/// Where a shingle of more than three groups is common.
fn compare_common(left: &Sketch, right: &Sketch, common: &Common) -> Comparison {
    let known = |sketch| (sketch, Rarity::of(sketch, common, 3));
    compare(known(left), known(right))
}

fn judge(left: &Sketch, right: &Sketch) -> (Bond, Option<Class>) {
    let seen = compare_rare(left, right);
    assert_eq!(compare_rare(right, left), seen.turned());
    (RULE.bond(left, right, &seen), RULE.certain(left, right, &seen))
}

#[test]
fn documents_are_judged_by_what_they_share() {
    let figures = [1, 2, 3, 4];
    let whole = sketch(0..50, &figures);
    let reprint = (Bond::Alike, Some(Class::Reprint));
    type Case = (&'static str, Sketch, (Bond, Option<Class>));
    let cases: Vec<Case> = vec![
        ("the same", sketch(0..50, &figures), reprint),
        ("four fifths", sketch(0..40, &[]), reprint),
        (
            "contained, from the beginning",
            sketch(0..30, &[]),
            (Bond::Alike, Some(Class::Shortened)),
        ),
        (
            "a short part, from the beginning",
            sketch(0..15, &[]),
            (Bond::Contained, Some(Class::Shortened)),
        ),
        ("a piece from the middle", sketch(20..35, &[]), (Bond::None, Some(Class::Shortened))),
        ("too short for containment", sketch(0..11, &[]), (Bond::None, None)),
        ("half of it new", sketch(25..75, &[]), (Bond::Contained, None)),
        ("nothing shared", sketch(200..250, &[]), (Bond::None, None)),
        ("empty", sketch(0..0, &[]), (Bond::None, None)),
        ("half of the numbers", sketch(0..50, &[1, 2, 8, 9]), reprint),
        ("other numbers", sketch(0..50, &[1, 7, 8, 9]), (Bond::Template, None)),
        ("too few numbers to tell", sketch(0..50, &[7, 8]), reprint),
    ];
    for (name, other, expected) in cases {
        assert_eq!(judge(&other, &whole), expected, "{name}");
    }
}

#[test]
fn short_pages_of_one_source_under_other_headlines_are_other_pages() {
    let page = |len, publisher, headline| Sketch { publisher, headline, ..sketch(0..len, &[]) };
    let reprint = (Bond::Alike, Some(Class::Reprint));
    let cases = [
        ("other headlines", page(50, 1, 1), page(50, 1, 2), (Bond::None, None)),
        ("the same headline", page(50, 1, 1), page(50, 1, 1), reprint),
        ("no headline", page(50, 1, 0), page(50, 1, 2), reprint),
        ("other sources", page(50, 1, 1), page(50, 2, 2), reprint),
        ("long pages", page(100, 1, 1), page(100, 1, 2), reprint),
    ];
    for (name, left, right, expected) in cases {
        assert_eq!(judge(&left, &right), expected, "{name}");
        assert_eq!(is_near_identical(&left, &right), expected == reprint, "{name}");
    }
}

/// A document that shares the numbers of `shared` with others and has as many of its own between them.
fn mixed(shared: &[u32], own: u32, publisher: u32) -> Sketch {
    let all: Vec<u32> = shared.iter().flat_map(|value| [*value, own + value]).collect();
    let mut sketch = Sketch { publisher, ..sketch(0..all.len() as u32, &[]) };
    let place = |at: usize| 16 * at as u32 / all.len() as u32;
    sketch.shingles =
        all.iter().enumerate().map(|(at, value)| u64::from(value << 4 | place(at))).collect();
    sketch.shingles.sort_unstable();
    sketch
}

#[test]
fn more_is_asked_within_one_publisher() {
    let versions: Vec<u32> = (0..27).collect();
    let of = |publisher, own| Sketch { windows: 200, ..mixed(&versions, own, publisher) };
    let with = |sketch: Sketch, numbers: &[u32]| Sketch { numbers: numbers.to_vec(), ..sketch };
    let short = |sketch: Sketch| Sketch { windows: 90, ..sketch };
    let characters = |sketch: Sketch| Sketch { windows: 180, is_unspaced: true, ..sketch };
    let passage = |range, publisher| Sketch { publisher, windows: 200, ..sketch(range, &[]) };
    let (figures, others) = ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 8, 9]);
    let cases = [
        ("versions", of(1, 100), of(1, 200), Bond::Contained, Bond::Contained),
        (
            "two of six figures differ",
            with(of(1, 100), &figures),
            with(of(1, 200), &others),
            Bond::None,
            Bond::Contained,
        ),
        (
            "one of four figures differs",
            with(of(1, 100), &figures[..4]),
            with(of(1, 200), &[1, 2, 3, 9]),
            Bond::Contained,
            Bond::Contained,
        ),
        ("short", short(of(1, 100)), short(of(1, 200)), Bond::Template, Bond::Contained),
        (
            "short, in characters",
            characters(of(1, 100)),
            characters(of(1, 200)),
            Bond::Template,
            Bond::Contained,
        ),
        ("one passage", passage(0..50, 1), passage(20..70, 1), Bond::None, Bond::Alike),
    ];
    for (name, left, right, within, between) in cases {
        assert_eq!(judge(&left, &right).0, within, "{name}, within one publisher");
        let nowhere = |sketch: &Sketch| Sketch { publisher: UNKNOWN, ..sketch.clone() };
        assert_eq!(judge(&nowhere(&left), &nowhere(&right)).0, between, "{name}, unknown");
        let elsewhere = Sketch { publisher: 2, ..right };
        assert_eq!(judge(&left, &elsewhere).0, between, "{name}, between two");
    }
}

/// A document that begins with 12 shingles and 8 words of its own, and goes on with 40 shingles that all have.
fn news(own: u32, publisher: u32, headline: u32) -> Sketch {
    let begin: Vec<u32> = (0..12).map(|at| own + at).collect();
    let all: Vec<u32> = begin.iter().copied().chain(0..40).collect();
    let mut sketch = Sketch { publisher, headline, windows: 200, ..sketch(0..52, &[]) };
    let place = |at: usize| 16 * at as u32 / all.len() as u32;
    sketch.shingles =
        all.iter().enumerate().map(|(at, value)| u64::from(value << 4 | place(at))).collect();
    sketch.shingles.sort_unstable();
    sketch.lead = (0..8).map(|word| (own + word) as u16).collect();
    sketch
}

#[test]
fn other_news_over_the_same_background_is_another_report() {
    let told = |sketch: Sketch| Sketch { lead: (0..8).collect(), ..sketch };
    let brief = |sketch: Sketch| Sketch { lead: vec![1, 2], ..sketch };
    let cases = [
        ("other news", news(100, 1, 1), news(200, 1, 2), Some(Objection::OtherNews)),
        ("no headlines", news(100, 1, 0), news(200, 1, 0), Some(Objection::OtherNews)),
        ("the same headline", news(100, 1, 1), news(200, 1, 1), None),
        ("the same news in other words", told(news(100, 1, 1)), told(news(200, 1, 2)), None),
        ("too few words to tell", brief(news(100, 1, 1)), brief(news(200, 1, 2)), None),
        ("two publishers", news(100, 1, 1), news(200, 2, 2), None),
        ("a certain copy", news(100, 1, 1), Sketch { lead: vec![], ..news(100, 1, 2) }, None),
    ];
    for (name, left, right, expected) in cases {
        let seen = compare_rare(&left, &right);
        assert!(seen.contained() > 0.75, "{name}");
        let objection = RULE.objection(&left, &right, &seen);
        // Without another objection they are one passage, which is asked later.
        let objection = objection.filter(|objection| *objection != Objection::OnePassage);
        assert_eq!(objection, expected, "{name}");
    }
}

#[test]
fn bulletins_of_two_days_are_not_one_report() {
    let told = |own, publisher, headline, days: &[u16]| Sketch {
        lead: (0..8).collect(),
        days: days.to_vec(),
        ..news(own, publisher, headline)
    };
    let reprint = Sketch { headline: 2, days: vec![19_001], ..told(100, 1, 1, &[]) };
    let cases = [
        ("other days", told(200, 1, 2, &[19_001]), Some(Objection::OtherDay)),
        ("a day of both", told(200, 1, 2, &[19_000, 19_001]), None),
        ("no day", told(200, 1, 2, &[]), None),
        ("the same headline", told(200, 1, 1, &[19_001]), None),
        ("another publisher", told(200, 2, 2, &[19_001]), None),
        ("the same text", reprint, None),
    ];
    let left = told(100, 1, 1, &[19_000]);
    for (name, right, expected) in cases {
        let seen = compare_rare(&left, &right);
        assert!(seen.contained() > 0.75, "{name}");
        let objection = RULE.objection(&left, &right, &seen);
        let objection = objection.filter(|objection| *objection != Objection::OnePassage);
        assert_eq!(objection, expected, "{name}");
        let may_go = RULE.certain(&left, &right, &seen).is_some();
        assert!(!may_go || expected.is_none(), "{name}");
    }
}

#[test]
fn what_a_third_story_of_the_publisher_has_too_is_furniture() {
    let versions: Vec<u32> = (0..27).collect();
    let (left, right) = (mixed(&versions, 100, 1), mixed(&versions, 200, 1));
    let (left, right) = (Sketch { windows: 200, ..left }, Sketch { windows: 200, ..right });
    for (of_third, expected) in [(18, Bond::Contained), (24, Bond::None)] {
        let common = common(&[27, 27, of_third]);
        let seen = compare_common(&left, &right, &common);
        assert_eq!(seen.shared_rare, 27);
        assert_eq!(RULE.bond(&left, &right, &seen), expected, "{of_third} in a third");
    }
}

#[test]
fn what_is_common_does_not_count() {
    let common = common(&[25; 4]);
    let (left, right) = (sketch(0..50, &[]), sketch(0..25, &[]));
    let seen = compare_common(&left, &right, &common);
    assert_eq!((seen.shared, seen.shared_rare, seen.rare_jaccard), (25, 0, 0.0));
    assert_eq!(RULE.bond(&left, &right, &seen), Bond::None);
}

#[test]
fn samples_are_compared_below_where_both_are_complete() {
    // A sample of the smallest 56 of a larger set, against a set that ends before: what lies beyond is unknown.
    let (full, short) = (sketch(0..56, &[]), sketch(0..50, &[]));
    assert_eq!(compare_rare(&full, &short).compared, 56);
    let beyond = sketch(30..90, &[]);
    let beyond = Sketch { shingles: beyond.shingles[..56].to_vec(), ..beyond };
    let seen = compare_rare(&full, &beyond);
    assert_eq!((seen.shared, seen.compared), (26, 56));
}

proptest! {
    #[test]
    fn the_comparison_is_that_of_sets(
        left in proptest::collection::btree_set(0u32..80, 0..55),
        right in proptest::collection::btree_set(0u32..80, 0..55),
    ) {
        let both: BTreeSet<_> = left.intersection(&right).collect();
        let either: BTreeSet<_> = left.union(&right).collect();
        let sketch = |set: &BTreeSet<u32>| Sketch {
            windows: set.len() as u32,
            shingles: set.iter().map(|value| u64::from(value << 4)).collect(),
            ..Sketch::default()
        };
        let seen = compare_rare(&sketch(&left), &sketch(&right));
        prop_assert_eq!(seen.jaccard(), both.len() as f32 / either.len().max(1) as f32);
        prop_assert_eq!(seen.left_in_right, both.len() as f32 / left.len().max(1) as f32);
        prop_assert_eq!(seen.right_in_left, both.len() as f32 / right.len().max(1) as f32);
    }
}
