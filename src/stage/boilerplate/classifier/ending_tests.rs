//! Tests of the search for the end.

use super::ending::{Trust, find, rows};
use super::features::Sheet;
use super::form::{Form, NONE};
use super::gaps::Gap;
use super::model::{ENDS, Model, Node};
use super::names::{END_NAMES, EndRow};

/// Three lines of an article, and two that are none.
const LINES: [&str; 5] = [
    "The harbour bridge was closed for two hours on Monday, because a crane had lost its load.",
    "Nobody was hurt, said the harbour master, who had seen the crane and the load from a window.",
    "The harbour bridge is open again since noon, and the crane will be looked at by two engineers.",
    "Newsletter sign up",
    "Great story, the crane was old anyway and everybody on the quay knew that for years, honestly.",
];

fn value(rows: &[EndRow], name: &str) -> Vec<f32> {
    let at = END_NAMES.iter().position(|known| *known == name).expect("a feature");
    rows.iter().map(|row| row[at]).collect()
}

#[test]
fn each_place_is_told_by_what_stands_on_either_side() {
    let forms: Vec<Form> = LINES.iter().map(|line| Form::of(line)).collect();
    let sheet = Sheet::new("Crane loses load", forms.iter().collect());
    let gap = |(lines, closing)| Gap { lines, closing };
    let gaps = [(9, 1), (1, 0), (0, 0), (0, 1), (2, 2), (3, 1)].map(gap);
    let rows = rows(&sheet, &[-3.0, -2.0, -4.0, 5.0, 1.0], &gaps);
    let none = super::ending::NO_SCORE;
    for (name, expected) in [
        ("lines-before", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        ("words-before", [0.0, 17.0, 35.0, 53.0, 56.0, 73.0]),
        ("behind-mean", [-0.6, 0.0, 2.0 / 3.0, 3.0, 1.0, none]),
        ("behind-least", [-4.0, -4.0, -4.0, 1.0, 1.0, none]),
        ("behind-median", [-2.0, 1.0, 1.0, 5.0, 1.0, none]),
        ("behind-residue", [0.4, 0.5, 2.0 / 3.0, 1.0, 1.0, NONE]),
        ("behind-sure", [3.0, 2.0, 1.0, 0.0, 0.0, 0.0]),
        ("prose-behind-mean", [-2.0, -5.0 / 3.0, -1.5, 1.0, 1.0, none]),
        ("prose-before3-most", [none, -3.0, -2.0, -2.0, -2.0, 1.0]),
        ("before3-least", [none, -3.0, -3.0, -4.0, -4.0, -4.0]),
        ("balance", [-18.0, -12.0, -8.0, 0.0, -10.0, -12.0]),
        ("balance-to-later", [-18.0, -12.0, -8.0, 0.0, 0.0, 0.0]),
        ("before-score", [none, -3.0, -2.0, -4.0, 5.0, 1.0]),
        ("behind2-score", [-2.0, -4.0, 5.0, 1.0, none, none]),
        ("gone-here", [9.0, 1.0, 0.0, 0.0, 2.0, 3.0]),
        ("gone-before", [0.0, 9.0, 10.0, 10.0, 10.0, 12.0]),
        ("gone-before3", [0.0, 9.0, 10.0, 10.0, 1.0, 2.0]),
        ("closing-here", [0.0, 0.0, 0.0, 1.0, 2.0, 1.0]),
        ("closing-before", [0.0, 0.0, 0.0, 0.0, 1.0, 3.0]),
        ("closing-behind", [4.0, 4.0, 4.0, 3.0, 1.0, 0.0]),
        ("to-closing", [3.0, 2.0, 1.0, 0.0, 0.0, 0.0]),
    ] {
        assert_eq!(value(&rows, name), expected, "{name}");
    }
}

#[test]
fn words_are_known_where_a_line_before_has_them() {
    let lines = ["harbour bridge", "harbour crane", "engineer crane harbour", "it"];
    let forms: Vec<Form> = lines.iter().map(|line| Form::of(line)).collect();
    let sheet = Sheet::new("", forms.iter().collect());
    let rows = rows(&sheet, &[0.0; 4], &[Gap::default(); 5]);
    for (name, expected) in [
        ("behind-words-known", [0.0, 0.4, 2.0 / 3.0, NONE, NONE]),
        ("behind4-words-known", [0.0, 0.4, 2.0 / 3.0, NONE, NONE]),
        ("behind-line-known", [0.0, 0.5, 2.0 / 3.0, NONE, NONE]),
    ] {
        assert_eq!(value(&rows, name), expected, "{name}");
    }
}

/// A model by which one place has log odds, and all others none.
fn model(place: f32, log_odds: f32) -> Model {
    let leaf = |value| Node { feature: None, value, left: 0 };
    let ask = |value, left| Node { feature: Some(0), value, left };
    let tree = vec![ask(place - 0.5, 1), leaf(0.0), ask(place + 0.5, 3), leaf(log_odds), leaf(0.0)];
    Model::new(&ENDS, 0.0, vec![tree])
}

#[test]
fn the_first_place_that_is_likely_enough_is_the_end() {
    let forms: Vec<Form> = LINES.iter().map(|line| Form::of(line)).collect();
    let sheet = Sheet::new("", forms.iter().collect());
    let rows = rows(&sheet, &[0.0; 5], &[Gap::default(); 6]);
    let ending = find(&model(3.0, 4.0), &rows, 0, 0.6, Trust::Closing).expect("an end");
    assert_eq!(ending.position, 3);
    // Five other places, three of them before it.
    let own = 4.0_f64.exp();
    assert!((ending.probability - (3.0 + own) / (5.0 + own)).abs() < 1e-9);
    assert_eq!(find(&model(3.0, 4.0), &rows, 0, 0.99, Trust::Closing), None, "too strict");
    assert_eq!(find(&model(5.0, 9.0), &rows, 0, 0.6, Trust::Closing), None, "the page's own end");
    assert_eq!(
        find(&model(3.0, 0.0), &rows, 0, 0.6, Trust::Closing),
        None,
        "any place as likely as another"
    );
}

#[test]
fn behind_a_line_that_closes_the_article_a_third_is_enough() {
    let forms: Vec<Form> = LINES.iter().map(|line| Form::of(line)).collect();
    let sheet = Sheet::new("", forms.iter().collect());
    let behind_prose = |closing: [usize; 6], prose: usize, threshold: f64, trust: Trust| {
        let gap = |closing| Gap { lines: closing, closing };
        let rows = rows(&sheet, &[0.0; 5], &closing.map(gap));
        // Each of six places has a sixth.
        find(&model(3.0, 0.0), &rows, prose, threshold, trust).map(|ending| ending.position)
    };
    let position = |closing, threshold, trust| behind_prose(closing, 0, threshold, trust);
    let (at_1, at_3) = ([0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0]);
    assert_eq!(position([0; 6], 0.6, Trust::Closing), None, "nothing says so");
    assert_eq!(position(at_3, 0.6, Trust::Closing), Some(3));
    assert_eq!(position(at_3, 0.6, Trust::Model), None, "the model alone is asked");
    assert_eq!(position([1, 0, 0, 0, 0, 0], 0.6, Trust::Closing), None, "before the first prose");
    assert_eq!(behind_prose(at_3, 2, 0.6, Trust::Closing), Some(3));
    assert_eq!(behind_prose(at_1, 2, 0.6, Trust::Closing), None, "before the third prose");
    assert_eq!(position(at_1, 0.99, Trust::Closing), Some(1), "two sixths are a third");
    assert_eq!(position(at_1, 1.0, Trust::Closing), None, "no end is looked for");
}
