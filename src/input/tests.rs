//! Whole dumps, through the public functions of the reader.

use std::fs;
use std::path::{Path, PathBuf};

use super::compress::tests::{gzip, zstandard};
use super::*;
use crate::document::{DocId, Document, Fate};

/// What comes out of a dump of one file.
pub(super) fn read_file(name: &str, bytes: &[u8], options: &Options) -> Vec<Document> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    read(folder.path(), options)
}

/// Name and text, or name, reason and detail.
pub(super) fn outcomes(documents: &[Document]) -> Vec<String> {
    let outcome = |document: &Document| match &document.fate {
        Fate::Rejected(why) => format!("{} {}: {}", document.name, why.reason, why.detail),
        _ => format!("{} {}", document.name, document.text()),
    };
    documents.iter().map(outcome).collect()
}

fn read(root: &Path, options: &Options) -> Vec<Document> {
    let scan = scan(root, options.follow, &[]).unwrap();
    (0..)
        .zip(Units::new(&scan, options))
        .map(|(id, unit)| into_document(unit, DocId(id), options))
        .collect()
}

fn rows(documents: &[Document]) -> Vec<(String, String)> {
    let outcome = |document: &Document| match &document.fate {
        Fate::Rejected(why) => format!("! {}", why.reason),
        _ => document.text().replace('\n', "/"),
    };
    documents.iter().map(|document| (document.name.clone(), outcome(document))).collect()
}

#[test]
fn a_mixed_dump_is_read_in_corpus_order() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("bay")).unwrap();
    fs::write(at("bay/1.txt"), "Bridge opens\n\nIt opened.").unwrap();
    fs::write(at("bay/2.txt.gz"), gzip(b"Second.")).unwrap();
    let lines = "{\"text\":\"one\"}\n\n{\"text\":\"two\"}\n";
    fs::write(at("a.jsonl.zst"), zstandard(lines.as_bytes())).unwrap();
    fs::write(at("c.csv"), "title,text\nT,three\n").unwrap();
    fs::write(at("d.txt"), "").unwrap();
    let documents = read(folder.path(), &Options::default());
    let expected = [
        ("a.jsonl.zst#0", "one"),
        ("a.jsonl.zst#1", "two"),
        ("bay/1.txt", "Bridge opens//It opened."),
        ("bay/2.txt.gz", "Second."),
        ("c.csv#0", "T//three"),
        ("d.txt", "! empty"),
    ];
    assert_eq!(rows(&documents), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let sources: Vec<&str> = documents.iter().map(|document| &*document.source).collect();
    assert_eq!(sources, [".", ".", "bay", "bay", ".", "."]);
}

#[test]
fn unreadable_inputs_have_their_place_among_the_files() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.txt", "m.jsonl", "z.txt"] {
        fs::write(folder.path().join(name), "{\"text\":\"t\"}").unwrap();
    }
    let mut scan = scan(folder.path(), Follow::No, &[]).unwrap();
    for (path, name) in [("b", "b/"), ("zz.txt", "zz.txt")] {
        scan.unreadable_paths.push(PathBuf::from(path));
        let why = detail::rejection("unreadable", "permission denied");
        scan.unreadable.push((name.to_owned(), why));
    }
    // A record file that goes away after the scan has a row too.
    fs::remove_file(folder.path().join("m.jsonl")).unwrap();
    let options = Options::default();
    let documents: Vec<_> =
        Units::new(&scan, &options).map(|unit| into_document(unit, DocId(0), &options)).collect();
    let expected = [
        ("a.txt", "{\"text\":\"t\"}"),
        ("b/", "! unreadable"),
        ("m.jsonl", "! vanished"),
        ("z.txt", "{\"text\":\"t\"}"),
        ("zz.txt", "! unreadable"),
    ];
    assert_eq!(rows(&documents), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn units_may_cross_threads() {
    fn is_send<T: Send>() {}
    is_send::<Unit>();
    is_send::<Units<'_>>();
}
