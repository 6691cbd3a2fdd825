//! What `paragraph-dedup` promises: one copy stays, cuts are whole paragraphs, one publisher's own are left alone.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::testing::{document, resolve};
use super::*;

fn stage() -> ParagraphDedup {
    Options { min_words: 3, ..Options::default() }.build().unwrap()
}

/// The documents with the cuts of the stage carried out.
fn cleaned(stage: &ParagraphDedup, documents: &[Document]) -> Vec<Document> {
    let verdicts = resolve(stage, documents, usize::MAX);
    assert_eq!(resolve(stage, documents, 1), verdicts, "spilled");
    let through = |document: &Document| {
        let mut document = document.clone();
        let findings = stage.examine(&document, &verdicts);
        document.apply(stage.name(), findings);
        document
    };
    documents.iter().map(through).collect()
}

#[test]
fn paragraphs_of_several_publishers_are_kept_once() {
    let shared = "Police closed the old mill bridge on Friday.";
    let own = |word: &str| format!("The {word} wrote this paragraph for its own readers alone.");
    let with =
        |word: &str| format!("{}\n\n{shared}\n\n{}", own(word), own(&format!("{word} editor")));
    type Case = (&'static str, Vec<(&'static str, String)>, Vec<bool>);
    let cases: Vec<Case> = vec![
        ("two sources", vec![("a", with("one")), ("b", with("two"))], vec![true, false]),
        ("one source", vec![("a", with("one")), ("a", with("two"))], vec![true, true]),
        (
            "editions of one publisher",
            vec![("en/echo", with("one")), ("de/echo", with("two"))],
            vec![true, true],
        ),
        (
            "in other case and quotes",
            vec![
                ("a", with("one")),
                ("b", with("two").replace(shared, "“POLICE CLOSED the old mill bridge on Friday”")),
            ],
            vec![true, false],
        ),
        (
            "three sources and a second copy of the first",
            vec![("a", with("one")), ("b", with("two")), ("a", with("three")), ("c", with("four"))],
            vec![true, false, false, false],
        ),
        (
            "a document that is hardly anything else",
            vec![("a", with("one")), ("b", format!("{shared}\n\nAnd so on."))],
            vec![true, true],
        ),
        (
            "lines without blank lines between them are paragraphs",
            vec![("a", with("one").replace("\n\n", "\n")), ("b", with("two"))],
            vec![true, false],
        ),
        (
            "a line of a longer paragraph is none",
            vec![
                ("a", with("one").replace(shared, &format!("{shared}\nMore follows."))),
                ("b", with("two")),
            ],
            vec![true, true],
        ),
    ];
    for (name, rows, expected) in cases {
        let numbered = (0u32..).zip(&rows);
        let documents: Vec<_> =
            numbered.map(|(id, (source, body))| document(id, source, "", body)).collect();
        let has = |document: &Document| document.body().to_lowercase().contains("mill bridge");
        let left: Vec<bool> = cleaned(&stage(), &documents).iter().map(has).collect();
        assert_eq!(left, expected, "{name}");
    }
}

#[test]
fn options_out_of_range_are_named() {
    let good = Options::default();
    for (key, options) in [
        ("min-sources", Options { min_sources: 1, ..good.clone() }),
        ("min-words", Options { min_words: 0, ..good.clone() }),
        ("max-removed-share", Options { max_removed_share: f64::NAN, ..good }),
    ] {
        let error = options.build().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`stage.paragraph-dedup.{key}` must be ")), "{error}");
    }
}

/// The words of each paragraph of a body.
fn words(body: &str) -> Vec<Vec<String>> {
    let paragraphs = body
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    paragraphs.filter(|words| !words.is_empty()).collect()
}

proptest! {
    #[test]
    fn what_is_cut_is_a_paragraph_that_still_stands_in_a_kept_document(
        bodies in proptest::collection::vec(
            (0u32..4, proptest::collection::vec((0u32..6, 2usize..9), 1..7)), 1..9),
        share in 0.0f64..1.0,
    ) {
        let body = |paragraphs: &[(u32, usize)]| {
            let text = |(word, len): &(u32, usize)| {
                (0..*len).map(|n| format!("w{word}x{n}")).collect::<Vec<_>>().join(" ")
            };
            paragraphs.iter().map(text).collect::<Vec<_>>().join("\n\n")
        };
        let numbered = (0u32..).zip(&bodies);
        let documents: Vec<_> = numbered
            .map(|(id, (source, paragraphs))| {
                document(id, &format!("source-{source}"), "", &body(paragraphs))
            })
            .collect();
        let options = Options { min_words: 3, max_removed_share: share, ..Options::default() };
        let after = cleaned(&options.build().unwrap(), &documents);
        let left: BTreeSet<Vec<String>> =
            after.iter().flat_map(|document| words(document.body())).collect();
        for (before, after) in documents.iter().zip(&after) {
            let had = words(before.body());
            for removal in after.removed() {
                prop_assert_eq!(&*removal.rule, RULE);
                let gone = words(&removal.text);
                prop_assert!(gone.iter().all(|paragraph| left.contains(paragraph)));
                prop_assert!(gone.iter().all(|paragraph| had.contains(paragraph)), "no edge");
            }
            let remain = words(after.body());
            prop_assert!(remain.iter().all(|paragraph| had.contains(paragraph)), "no edge");
        }
        // To label is to name what would be cut if any share of a document might be, and to cut nothing.
        let all = Options { max_removed_share: 1.0, ..options };
        let cut = cleaned(&all.build().unwrap(), &documents);
        let labels = Options { action: Action::Label, ..all };
        for (cut, labelled) in cut.iter().zip(cleaned(&labels.build().unwrap(), &documents)) {
            prop_assert!(labelled.removed().is_empty());
            let gone: Vec<_> = cut.removed().iter().flat_map(|removal| words(&removal.text)).collect();
            let named: Vec<_> =
                labelled.repeats().iter().flat_map(|repeat| words(&repeat.text)).collect();
            prop_assert_eq!(gone, named);
            prop_assert!(labelled.repeats().iter().all(|repeat| repeat.of < labelled.id));
        }
    }
}
