//! Tests of the comparison of two sketches.

use std::collections::BTreeSet;

use proptest::prelude::*;

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
    let place = |at: u32| 16 * at / len.max(1);
    Sketch {
        windows: len,
        number_tokens: numbers.len() as u32,
        shingles: shingles.clone().zip(0..).map(|(value, at)| value << 4 | place(at)).collect(),
        phrases: shingles.collect(),
        numbers: numbers.to_vec(),
        ..Sketch::default()
    }
}

fn judge(left: &Sketch, right: &Sketch) -> (Bond, Option<Class>) {
    let seen = compare(left, right, &Commonness::new(), 3);
    assert_eq!(compare(right, left, &Commonness::new(), 3), seen.turned());
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
    let page = |len, source, headline| Sketch { source, headline, ..sketch(0..len, &[]) };
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

#[test]
fn what_is_common_does_not_count() {
    let mut common = Commonness::new();
    for _ in 0..4 {
        common.add(&(0..25).collect::<Vec<_>>());
    }
    let (left, right) = (sketch(0..50, &[]), sketch(0..25, &[]));
    let seen = compare(&left, &right, &common, 3);
    assert_eq!((seen.shared, seen.shared_rare, seen.rare_jaccard), (25, 0, 0.0));
    assert_eq!(RULE.bond(&left, &right, &seen), Bond::None);
}

#[test]
fn samples_are_compared_below_where_both_are_complete() {
    // A sample of the smallest 56 of a larger set, against a set that ends before: what lies beyond is unknown.
    let (full, short) = (sketch(0..56, &[]), sketch(0..50, &[]));
    assert_eq!(compare(&full, &short, &Commonness::new(), 3).compared, 56);
    let beyond = sketch(30..90, &[]);
    let beyond = Sketch { shingles: beyond.shingles[..56].to_vec(), ..beyond };
    let seen = compare(&full, &beyond, &Commonness::new(), 3);
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
            shingles: set.iter().map(|value| value << 4).collect(),
            ..Sketch::default()
        };
        let seen = compare(&sketch(&left), &sketch(&right), &Commonness::new(), 3);
        prop_assert_eq!(seen.jaccard(), both.len() as f32 / either.len().max(1) as f32);
        prop_assert_eq!(seen.left_in_right, both.len() as f32 / left.len().max(1) as f32);
        prop_assert_eq!(seen.right_in_left, both.len() as f32 / right.len().max(1) as f32);
    }
}
