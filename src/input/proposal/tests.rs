//! What fields look like, told by their values.

use super::*;

const ARTICLE: &str = "The lock keeper of Wendlebury opened his gate at noon on Friday. Nobody had asked him to, \
    he said, but the ducks looked as if they had somewhere to be.";

fn proposed(columns: &[(&str, Vec<String>)]) -> Vec<(&'static str, String)> {
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, values)| Field { name, values: values.iter().map(String::as_str).collect() })
        .collect();
    propose(&fields, &[]).into_iter().map(|found| (found.key, found.field)).collect()
}

fn repeated(value: impl Fn(usize) -> String) -> Vec<String> {
    (0..8).map(value).collect()
}

#[test]
fn a_field_is_known_by_its_values() {
    let columns = [
        ("a", repeated(|n| format!("4{n}17"))),
        ("b", repeated(|n| format!("Lock gate {n} opens without a reason"))),
        ("c", repeated(|n| format!("{ARTICLE} It was the {n}th time. {ARTICLE}"))),
        ("d", repeated(|n| format!("2024-03-1{n}T08:00:00Z"))),
        ("e", repeated(|n| format!("2024-02-1{n}"))),
        ("f", repeated(|n| format!("https://lock.example/{n}"))),
        ("g", repeated(|_| "https://lock.example/".to_owned())),
        ("h", repeated(|n| ["en", "de-AT"][n % 2].to_owned())),
        ("i", repeated(|_| "lock.example".to_owned())),
        (
            "m",
            repeated(|n| {
                format!(
                    "The keeper of lock {n} opened his gate at noon on Friday, and nobody who was asked has said why he di"
                )
            }),
        ),
        ("j", repeated(|n| format!("{n} o'clock. {ARTICLE}"))),
        ("k", repeated(|_| "Ada Quill".to_owned())),
        ("l", repeated(|n| format!("water, gates, ducks, noon {n}"))),
    ];
    let expected = [
        ("text", "c"),
        ("url", "f"),
        ("date", "e"),
        ("language", "h"),
        ("source", "i"),
        ("title", "b"),
        ("id", "a"),
    ];
    assert_eq!(proposed(&columns), expected.map(|(key, name)| (key, name.to_owned())));
}

#[test]
fn what_looks_like_nothing_is_nothing() {
    let table: &[(&str, &str)] = &[
        ("a number", "48213"),
        ("seconds since 1970", "1709280000"),
        ("a country", "US"),
        ("an outlet", "Herald"),
        ("markup", "<div><p>The lock <b>keeper</b> of <i>W.</i></p><p>opened.</p><br><br></div>"),
    ];
    for (name, value) in table {
        let columns = [("x", repeated(|_| (*value).to_owned()))];
        assert_eq!(proposed(&columns), [], "{name}");
    }
}

#[test]
fn two_texts_of_the_same_length_are_no_clear_case() {
    let values = vec![ARTICLE];
    let short = vec!["The keeper opened the gate."];
    for (other, is_clear) in [(values.clone(), false), (short, true)] {
        let fields =
            [Field { name: "a", values: values.clone() }, Field { name: "b", values: other }];
        let found = propose(&fields, &[]);
        assert_eq!((found[0].key, found[0].is_clear), (TEXT, is_clear));
    }
}

#[test]
fn names_are_not_taken_for_values() {
    let table: &[(&[&str], bool)] = &[
        (&["id", "kop", "inhoud", "datum"], false),
        (&["Überschrift", "Volltext des Artikels", "2. Quelle"], false),
        (&["17", "https://lock.example/1", "x"], true),
        (&["17", "x", "2024-03-01"], true),
        (&[ARTICLE, "x"], true),
    ];
    for (cells, expected) in table {
        assert_eq!(is_of_values(cells.iter().copied()), *expected, "{cells:?}");
    }
}
