//! Values wherever they stand in a file, whole and broken.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::super::tests::{outcomes, read_file};
use super::*;
use crate::document::Fate;

#[test]
fn a_record_is_a_document_wherever_it_stands() {
    let table: &[(&str, &str, &[&str])] = &[
        ("one", "{\"text\":\"a\"}", &["a.json a"]),
        ("one, over lines", "\u{feff}{\n \"text\": \"a\"\n}\n", &["a.json a"]),
        ("an array", "[{\"text\":\"a\"},{\"text\":\"b\"}]", &["a.json#0 a", "a.json#1 b"]),
        ("an array of one", "[\n{\"text\":\"a\"}\n]\n", &["a.json#0 a"]),
        ("an empty array", "[]", &[]),
        ("nothing", " \n", &[]),
        (
            "one after the other",
            "{\"text\":\"a\"}\n{\"text\":\"b\"}",
            &["a.json#0 a", "a.json#1 b"],
        ),
        ("brackets in text", r#"[{"text":"a}]\"{[","n":{"m":[{}]}}]"#, &["a.json#0 a}]\"{["]),
        (
            "an envelope",
            r#"{"status": "ok", "n": 2, "articles": [{"text":"a"}, {"text":"b"}], "more": [1]}"#,
            &["a.json#0 a", "a.json#1 b"],
        ),
        (
            "an envelope in an envelope, arrays of something else, and a second one",
            "{\"tags\":[\"x\",{\"a\":[]}],\"results\":[1,2],\"response\":{\"n\":1,\"docs\":[{\"text\":\"a\"}]},\"data\":[{\"text\":\"b\"}]}\n{\"news\":[{\"text\":\"c\"}]}",
            &["a.json#0 a", "a.json#1 b", "a.json#2 c"],
        ),
        ("a text is no envelope", r#"{"text":"a","data":[{"text":"comment"}]}"#, &["a.json a"]),
        (
            "nor is an array of another name",
            r#"{"comments":[{"text":"b"}],"text":"a"}"#,
            &["a.json a"],
        ),
        ("two arrays", r#"[{"text":"a"}][{"text":"b"}]"#, &["a.json#0 a", "a.json#1 b"]),
        (
            "no JSON",
            "Bridge opens\n",
            &[
                "a.json malformed_json: line 1: neither an object nor an array of them begins here; the rest is not read",
            ],
        ),
        (
            "something behind",
            "[{\"text\":\"a\"}]\n}",
            &[
                "a.json#0 a",
                "a.json malformed_json: line 2: neither an object nor an array of them begins here; the rest is not read",
            ],
        ),
        (
            "a broken envelope",
            "{\"data\":[{\"text\":\"a\"}], data: 1}",
            &[
                "a.json#0 a",
                "a.json malformed_json: line 1: neither an object nor an array of them begins here; the rest is not read",
            ],
        ),
        (
            "an envelope that is cut off",
            "{\"data\":[{\"text\":\"a\"}], \"more\"",
            &["a.json#0 a", "a.json cut_off: line 1: the file ends within an array or an object"],
        ),
        (
            "an error on a later line",
            "[{\"text\":\"a\"},\n {\n  \"text\": b }]",
            &["a.json#0 a", "a.json#1 malformed_record: line 3, column 11: expected value"],
        ),
        (
            "a bad record between good ones",
            r#"[{"text":"a"},{"text":,},{"text":"c"}]"#,
            &[
                "a.json#0 a",
                "a.json#1 malformed_record: line 1, column 23: expected value",
                "a.json#2 c",
            ],
        ),
        (
            "no objects",
            "[1, \"two\",\n{\"text\":\"c\"}, null]",
            &[
                "a.json#0 malformed_record: line 1, column 2: a number, not an object",
                "a.json#1 malformed_record: line 1, column 5: a string, not an object",
                "a.json#2 c",
                "a.json#3 malformed_record: line 2, column 15: null, not an object",
            ],
        ),
        (
            "a bracket is missing",
            r#"[{"text":"a","n":1,{"text":"b"}]"#,
            &[
                "a.json#0 malformed_record: line 1, column 19: EOF while parsing a value",
                "a.json#1 b",
            ],
        ),
        (
            "a quote is missing",
            "[\n  {\"text\": \"a, \"n\": 1},\n  {\"text\": \"b\"}\n]",
            &["a.json#0 malformed_record: line 2, column 17: expected `,` or `}`", "a.json#1 b"],
        ),
        (
            "cut off in a record",
            "[{\"text\":\"a\"},\n{\"text\":\"b",
            &["a.json#0 a", "a.json cut_off: line 2: the file ends within the record at byte 15"],
        ),
        (
            "cut off between records",
            "[{\"text\":\"a\"},\n",
            &["a.json#0 a", "a.json cut_off: line 2: the file ends within an array or an object"],
        ),
    ];
    for (name, bytes, expected) in table {
        let documents = read_file("a.json", bytes.as_bytes(), &Options::default());
        assert_eq!(outcomes(&documents), *expected, "{name}");
    }
}

#[test]
fn a_record_too_long_is_passed_over_in_bounded_memory() {
    let options = Options { max_document_bytes: 50, ..Options::default() };
    let long = "x".repeat(1 << 20);
    let bytes = format!("[{{\"text\":\"a\"}},{{\"text\":\"{long}\"}},{{\"text\":\"c\"}}]");
    let found = outcomes(&read_file("a.json", bytes.as_bytes(), &options));
    let expected = [
        "a.json#0 a",
        "a.json#1 record_too_long: line 1: 1048587 bytes; max-document-bytes = 50",
        "a.json#2 c",
    ];
    assert_eq!(found, expected);
}

proptest! {
    /// However an array is written, its records come out; cut off anywhere, those before the cut do.
    #[test]
    fn an_array_comes_out_whole_and_up_to_the_cut(
        texts in vec("[a-zß東 \\n{}\\[\\]\",:\\\\]{1,9}", 1..6),
        form in 0..3usize,
        cut in any::<Index>(),
    ) {
        // White space and control characters alone are no text.
        let records: Vec<_> = texts.iter().map(|text| json!({ "n": [{}, text], "text": format!("x{text}x") })).collect();
        let written = match form {
            0 => serde_json::to_string(&records),
            1 => serde_json::to_string_pretty(&records),
            _ => serde_json::to_string_pretty(&json!({ "tags": [1], "articles": records })),
        }
        .unwrap();
        let whole = read_file("a.json", written.as_bytes(), &Options::default());
        prop_assert_eq!(whole.len(), texts.len());
        prop_assert!(whole.iter().all(|document| matches!(document.fate, Fate::Kept)), "{:?}", outcomes(&whole));
        let cut = cut.index(written.len() - 1) + 1;
        let cut = read_file("a.json", &written.as_bytes()[..cut], &Options::default());
        let (row, before) = cut.split_last().unwrap();
        prop_assert!(matches!(&row.fate, Fate::Rejected(_)), "{:?}", outcomes(&cut));
        prop_assert_eq!(outcomes(before), &outcomes(&whole)[..before.len()]);
    }
}

#[test]
fn records_lie_where_they_say() {
    let bytes = "\u{feff}[ {\"text\":\"one\"},\n {\"text\":\"two\"} ]";
    for document in read_file("a.json", bytes.as_bytes(), &Options::default()) {
        let at = document.origin.offset.unwrap() as usize;
        let end = at + document.origin.length.unwrap() as usize;
        assert_eq!(bytes[at..end], format!("{{\"text\":\"{}\"}}", document.text()));
    }
}
