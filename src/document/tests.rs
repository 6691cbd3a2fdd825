//! Cuts, the ledger, and the way back.

use proptest::prelude::*;

use super::*;

fn cut_all(title: &str, body: &str, needles: &[&str]) -> Document {
    let mut document = Document::new(DocId(0), "a.txt", "s", title, body);
    let mut findings = Findings::default();
    for needle in needles {
        let at = document.text().find(needle).expect("the needle is in the text");
        findings.cut(at..at + needle.len(), "test");
    }
    document.apply("stage", findings);
    document
}

fn undo(document: &Document) -> Option<String> {
    let removed: Vec<_> =
        document.removed().iter().map(|r| (r.start, r.end, r.text.as_str())).collect();
    restore(document.title(), document.body(), &removed)
}

#[test]
fn white_space_goes_with_the_cut() {
    let table: &[(&str, &str, &[&str], &str)] = &[
        ("a paragraph in the middle", "one\n\ntwo\n\nthree", &["two"], "one\n\nthree"),
        ("the last paragraph", "one\n\ntwo\n\nthree", &["three"], "one\n\ntwo"),
        ("the first paragraph", "one\n\ntwo", &["one"], "two"),
        ("the last two", "one\n\ntwo\n\nthree", &["two", "three"], "one"),
        ("a sentence", "One. Two. Three.", &["Two."], "One. Three."),
        ("the last sentence", "One. Two.\nThree.", &["Two."], "One.\nThree."),
        ("the first sentence", "Zero.\nOne. Two.", &["One."], "Zero.\nTwo."),
        ("both sentences", "a\n\nOne. Two.\n\nb", &["One.", "Two."], "a\n\nb"),
        ("indentation stays", "a\n\nb\n\n  c", &["b"], "a\n\n  c"),
        ("a blank line with spaces", "a\n \nb\n \nc", &["b"], "a\n \nc"),
        ("overlapping cuts", "a\nbcd\ne", &["bc", "cd"], "a\ne"),
        ("across lines", "a\nb\nc\nd", &["b\nc"], "a\nd"),
        ("nothing but space between", "a\n\n\nb", &["a"], "b"),
    ];
    for (name, body, needles, expected) in table {
        let document = cut_all("T", body, needles);
        assert_eq!(document.body(), *expected, "{name}");
        assert_eq!(undo(&document).as_deref(), Some(format!("T\n\n{body}").as_str()), "{name}");
    }
}

#[test]
fn a_headline_loses_its_suffix_but_is_never_emptied() {
    let document = cut_all("Bridge opens | World | News", "Body.", &[" | World | News"]);
    assert_eq!((document.title(), document.body()), ("Bridge opens", "Body."));
    let document = cut_all("Source link", "Body.", &["Source link"]);
    assert_eq!(document.title(), "Source link");
    assert!(document.removed().is_empty());
}

#[test]
fn a_document_without_a_line_left_is_rejected() {
    let document = cut_all("T", "only line", &["only line"]);
    assert_eq!(document.text(), "T");
    match &document.fate {
        Fate::Rejected(why) => assert_eq!(why.reason, "nothing_left"),
        fate => panic!("{fate:?}"),
    }
}

#[test]
fn offsets_stay_those_of_the_decoded_text_over_several_stages() {
    let mut document = cut_all("T", "one\n\ntwo\n\nthree\n\nfour", &["two"]);
    let at = document.text().find("three").expect("it is there");
    let mut findings = Findings::default();
    // From within "one" to within "three": the earlier cut lies between.
    findings.cut(at - 3..at + 2, "second");
    document.apply("later", findings);
    let starts: Vec<_> = document.removed().iter().map(|r| (r.start, r.text.as_str())).collect();
    assert_eq!(starts, [(5, "e\n\n"), (8, "two\n\n"), (13, "th")]);
    assert_eq!(undo(&document).as_deref(), Some("T\n\none\n\ntwo\n\nthree\n\nfour"));
}

#[test]
fn white_space_beyond_an_earlier_cut_has_no_row_of_its_own() {
    let body = "one\n\ntwo\n\nthree\n\nfour";
    let table: &[(&str, &[&str], &[&str])] = &[
        ("before it", &["three", "four"], &["\n\nthree\n\n", "four"]),
        ("before both", &["two", "three", "four"], &["\n\ntwo\n\n", "three\n\n", "four"]),
        ("behind it", &["two", "one"], &["one\n\n", "two\n\n"]),
        ("within a later one", &["three", "two\n\nfour"], &["\n\ntwo\n\n", "three\n\n", "four"]),
    ];
    for (name, cuts, expected) in table {
        let mut document = Document::new(DocId(0), "a.txt", "s", "T", body);
        for cut in *cuts {
            let at = document.text().find(cut).expect("the cut is in the text");
            let mut findings = Findings::default();
            findings.cut(at..at + cut.len(), "test");
            document.apply("stage", findings);
        }
        let rows: Vec<_> = document.removed().iter().map(|row| row.text.as_str()).collect();
        assert_eq!(rows, *expected, "{name}");
        assert_eq!(undo(&document).as_deref(), Some(format!("T\n\n{body}").as_str()), "{name}");
    }
}

#[test]
fn spans_that_do_not_fit_are_not_restored() {
    assert_eq!(restore("T", "body", &[(90, 94, "late")]), None);
    assert_eq!(restore("T", "body", &[(3, 5, "long")]), None);
    assert_eq!(restore("T", "body", &[(0, 1, "a"), (0, 1, "b")]), None);
}

/// A text with every kind of white space, and cuts that may overlap, touch, nest and end anywhere.
fn arbitrary_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            4 => "[a-zé世]{1,4}",
            2 => Just(" ".to_owned()),
            2 => Just("\n".to_owned()),
            1 => Just("\n\n".to_owned()),
            1 => Just("\u{a0}".to_owned()),
            1 => Just("\r\n".to_owned()),
        ],
        0..24,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_cuts_leave_a_subsequence_that_can_be_undone(
        title in arbitrary_text(),
        body in arbitrary_text(),
        rounds in proptest::collection::vec(
            proptest::collection::vec((0usize..120, 0usize..40), 0..5), 1..4),
    ) {
        let mut document = Document::new(DocId(0), "a", "s", &title, &body);
        let decoded = document.text().to_owned();
        let decoded_body = document.body().to_owned();
        for cuts in rounds {
            let mut findings = Findings::default();
            for (start, len) in cuts {
                findings.cut(start..start + len, "any");
            }
            document.apply("stage", findings);
            prop_assert_eq!(document.title().trim(), document.title());
            prop_assert_eq!(document.body().trim(), document.body());
            let left: usize = document.kept.iter().map(|run| run.len as usize).sum();
            prop_assert_eq!(left, document.text().len());
            let mut from_runs = String::new();
            for run in &document.kept {
                let start = run.decoded_start as usize;
                from_runs.push_str(&decoded[start..start + run.len as usize]);
            }
            prop_assert_eq!(from_runs.as_str(), document.text());
            let undone = undo(&document);
            prop_assert_eq!(undone.as_deref(), Some(decoded.as_str()));
            if !document.body().is_empty() {
                let body = document.decoded_body();
                prop_assert_eq!(body.as_deref().unwrap_or(document.body()), decoded_body.as_str());
            }
        }
    }
}
