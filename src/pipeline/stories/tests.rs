use super::*;
use crate::document::{Action, Duplicate, DuplicateKind, Evidence};
use crate::stage::{Verdict, Verdicts};

/// Document 0, and so many that say the same.
fn copies_of_the_first(count: u64) -> Copies {
    let mut verdicts = Verdicts::default();
    for id in 1..=count {
        let duplicate = Duplicate {
            of: DocId(0),
            kind: DuplicateKind::Reprint,
            similarity: 1.0,
            containment: 1.0,
            evidence: Evidence::default(),
            action: Action::Dropped,
        };
        verdicts.insert(id, Verdict::Duplicate(duplicate));
    }
    let mut copies = Copies::default();
    copies.add(&verdicts);
    copies.close();
    copies
}

#[test]
fn a_giant_cluster_and_a_source_that_is_gone_are_told() {
    let copies = copies_of_the_first(29);
    let (mut stories, mut names) = (Stories::default(), Names::default());
    for id in 0..40 {
        let source = if id == 0 || id > 29 { "kept" } else { "gone" };
        let mut document = Document::new(DocId(id), format!("{id}.txt"), source, "", "text");
        names.assign(&document.name, None);
        if let Some(copy) = copies.resolved(document.id) {
            document.fate = Fate::Duplicate(copy);
        }
        stories.add(&document, place(document.id, &copies));
    }
    let name_of = &|kept: &Kept| names.get(kept.id).to_owned();
    let warnings = stories.warnings(0.5, 0.9, 20, name_of);
    assert_eq!(
        warnings,
        [
            "the cluster of `0.txt` holds 30 documents, 75.0 % of the corpus",
            "`gone` lost 100.0 % of its 29 documents as duplicates of other sources",
        ]
    );
    assert_eq!(stories.warnings(0.8, 1.0, 20, name_of), Vec::<String>::new());
    assert_eq!(stories.warnings(0.5, 0.9, 31, name_of), Vec::<String>::new());
}

#[test]
fn copies_are_counted_by_how_far_their_day_is_from_that_of_the_story() {
    let days = ["2025-03-01", "2025-03-01", "2025-02-28", "2025-03-02", "2025-03-03", ""];
    let copies = copies_of_the_first(days.len() as u64 - 1);
    let shares = |days: &[&str]| {
        let mut stories = Stories::default();
        for (id, day) in (0..).zip(days) {
            let mut document = Document::new(DocId(id), "a", "s", "", "text");
            document.dating.day = (*day).to_owned();
            stories.add(&document, place(document.id, &copies));
        }
        let figures = stories.copies_in_time();
        let value = |figure: &Figure<'_>| figure.value.map(|value| value.to_string());
        figures.iter().map(value).collect::<Vec<_>>()
    };
    let some = |value: &str| Some(value.to_owned());
    assert_eq!(shares(&days), [some("4"), some("0.250000"), some("0.750000")]);
    assert_eq!(shares(&["", "2025-03-01"]), [some("0"), None, None]);
}
