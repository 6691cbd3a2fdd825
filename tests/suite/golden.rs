//! Golden folders: `tests/golden/NAME/in` goes in; `expect.toml` says by hand which lines go and which stay, and `out/`
//! holds every table word for word. `COPYDESK_BLESS=1 cargo test golden` rewrites `out/`; read the diff.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::support::{by_id, files, repository, run_well};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    document: Vec<ExpectedDocument>,
    #[serde(default)]
    story: Vec<ExpectedStory>,
    #[serde(default)]
    rejected: Vec<ExpectedRejection>,
}

/// Documents that tell the same: one stays, the others are duplicates of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedStory {
    documents: Vec<String>,
    kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRejection {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedDocument {
    id: String,
    title: Option<String>,
    #[serde(default)]
    cut: Vec<String>,
    #[serde(default)]
    keep: Vec<String>,
}

fn cases() -> Vec<std::path::PathBuf> {
    let folder = repository().join("tests/golden");
    let mut cases: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

#[test]
fn golden_folders_come_out_as_written_down() {
    let mut wrong = Vec::new();
    for case in cases() {
        let work = tempfile::tempdir().unwrap();
        let out = work.path().join("out");
        let config = case.join("pipeline.toml");
        let config = config.display().to_string();
        let more: &[&str] = if Path::new(&config).exists() {
            &["--quiet", "--config", &config]
        } else {
            &["--quiet"]
        };
        run_well(&case.join("in"), &out, more);
        check_expected(&case, &out, &mut wrong);
        check_tables(&case, &out, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check_expected(case: &Path, out: &Path, wrong: &mut Vec<String>) {
    let text = fs::read_to_string(case.join("expect.toml")).unwrap();
    let expect: Expect = toml::from_str(&text).unwrap();
    let documents = by_id(&out.join("documents.csv"));
    check_rows(case, out, &expect, wrong);
    for expected in expect.document {
        let name = format!("{}: {}", case.display(), expected.id);
        let Some(row) = documents.get(&expected.id) else {
            wrong.push(format!("{name}: not kept"));
            continue;
        };
        if expected.title.as_ref().is_some_and(|title| *title != row["title"]) {
            wrong.push(format!("{name}: the title is `{}`", row["title"]));
        }
        let lines: Vec<_> = row["text"].lines().map(str::trim).collect();
        for line in &expected.cut {
            if lines.contains(&line.trim()) {
                wrong.push(format!("{name}: still has `{line}`"));
            }
        }
        for line in &expected.keep {
            if !lines.contains(&line.trim()) {
                wrong.push(format!("{name}: lost `{line}`"));
            }
        }
    }
}

fn check_rows(case: &Path, out: &Path, expect: &Expect, wrong: &mut Vec<String>) {
    let documents = by_id(&out.join("documents.csv"));
    let duplicates = by_id(&out.join("duplicates.csv"));
    let rejected = by_id(&out.join("rejected.csv"));
    let mut copies = 0;
    for story in &expect.story {
        let kept: Vec<_> =
            story.documents.iter().filter(|id| documents.contains_key(*id)).collect();
        let [kept] = kept.as_slice() else {
            wrong.push(format!("{}: one story, kept as {kept:?}", case.display()));
            continue;
        };
        for id in story.documents.iter().filter(|id| id != kept) {
            copies += 1;
            let is_copy = duplicates
                .get(id)
                .is_some_and(|row| row["kept_id"] == **kept && story.kinds.contains(&row["kind"]));
            if !is_copy {
                wrong.push(format!("{}: {id} is no copy of {kept}", case.display()));
            }
        }
    }
    let refused = expect.rejected.iter().filter(|expected| rejected.contains_key(&expected.id));
    if refused.count() != rejected.len() || copies != duplicates.len() {
        let (rejected, duplicates) = (rejected.len(), duplicates.len());
        wrong.push(format!("{}: {rejected} rejected, {duplicates} duplicates", case.display()));
    }
}

fn check_tables(case: &Path, out: &Path, wrong: &mut Vec<String>) {
    let golden = case.join("out");
    let tables = ["documents.csv", "duplicates.csv", "removed.csv", "rejected.csv"];
    if std::env::var_os("COPYDESK_BLESS").is_some() {
        fs::create_dir_all(&golden).unwrap();
        for table in tables {
            fs::copy(out.join(table), golden.join(table)).unwrap();
        }
    }
    for table in tables {
        let expected = fs::read_to_string(golden.join(table)).unwrap_or_default();
        let got = fs::read_to_string(out.join(table)).unwrap();
        let first = expected.lines().zip(got.lines()).find(|(expected, got)| expected != got);
        if expected != got {
            wrong.push(format!("{}: {table} differs, first at {first:?}", case.display()));
        }
    }
}

#[test]
fn every_fixture_says_what_it_expects() {
    for case in cases() {
        let text = fs::read_to_string(case.join("expect.toml")).unwrap();
        let expect: Expect = toml::from_str(&text).unwrap();
        assert!(!expect.document.is_empty(), "{}", case.display());
        for expected in &expect.document {
            let claims =
                expected.cut.len() + expected.keep.len() + usize::from(expected.title.is_some());
            assert!(claims > 0, "{}: {} claims nothing", case.display(), expected.id);
        }
        assert!(!files(&case.join("in")).is_empty());
    }
}
