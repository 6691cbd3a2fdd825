//! Any file in any format: reading ends, each unit is one document or one row with a reason, and no byte of a file of
//! records is passed over without either.
//!
//! The first byte chooses the name of the file, the second how small the limits are and whether the rest is compressed
//! before it is read; all others are the file.

use std::cell::RefCell;
use std::fs;
use std::io::Write;

use copydesk::document::{DocId, Document, Fate};
use copydesk::input::{self, Follow, Options, Units};

use super::Scratch;
use super::decode::is_reason;

/// Most decompressed bytes of a file, and so most units of one.
const MAX_BYTES: u64 = 1 << 20;

const NAMES: [&str; 16] = [
    "a.txt",
    "a.jsonl",
    "a.json",
    "a.csv",
    "a.tsv",
    "a.html",
    "a.warc",
    "a.tar",
    "a.zip",
    "a.jsonl.gz",
    "a.warc.gz",
    "a.tar.xz",
    "a.csv.bz2",
    "a.txt.zst",
    "a.json.gz",
    "a.parquet",
];

pub(crate) fn holds(data: &[u8]) {
    let [choice, limits, bytes @ ..] = data else { return };
    let name = NAMES[usize::from(choice % 16)];
    let mut options = Options { max_decompressed_bytes: MAX_BYTES, ..Options::default() };
    options.max_document_bytes = if limits & 1 == 0 { MAX_BYTES } else { 200 };
    options.max_page_bytes = if limits & 2 == 0 { MAX_BYTES } else { 300 };
    options.keeps_every_field = limits & 4 != 0;
    let bytes = match limits & 24 {
        8 => gzip(bytes),
        16 => zstd::encode_all(bytes, 1).expect("memory can be written to"),
        _ => bytes.to_vec(),
    };
    let documents = read(name, &bytes, &options);
    documents.iter().for_each(check_fate);
    if matches!(name, "a.txt" | "a.html" | "a.txt.zst") {
        assert_eq!(documents.len(), 1, "{name} is one document");
    }
    check_lines(name, &bytes, &documents);
    assert_eq!(read(name, &bytes, &options), documents, "{name}: read twice");
}

/// Reads a file as a run does, the only one of an input.
pub(super) fn read(name: &str, bytes: &[u8], options: &Options) -> Vec<Document> {
    thread_local!(static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) });
    SCRATCH.with_borrow_mut(|scratch| {
        let scratch = scratch.get_or_insert_with(Scratch::new);
        let path = scratch.write(&format!("outlet/{name}"), bytes);
        let scan = input::scan(scratch.path(), Follow::No, &[]).expect("the folder is there");
        let mut documents = Vec::new();
        for unit in Units::new(&scan, options) {
            let loaded = unit.load(options);
            let hash = loaded.hash();
            let document = loaded.into_document(DocId(documents.len() as u32), options);
            assert_eq!(document.decoding.raw_hash, hash);
            documents.push(document);
            assert!(documents.len() as u64 <= MAX_BYTES + 8, "reading does not end");
        }
        fs::remove_file(path).expect("nobody else removes it");
        documents
    })
}

/// A document is kept with a text, or refused with a reason.
pub(super) fn check_fate(document: &Document) {
    match &document.fate {
        Fate::Kept => {
            assert!(!document.text().trim().is_empty());
            for part in [document.title(), document.body()] {
                assert_eq!(part.trim(), part);
            }
            assert!(!document.title().contains('\n'), "{:?}", document.title());
            let is_stray = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{85}');
            assert!(!document.text().contains(is_stray), "{:?}", document.text());
        }
        Fate::Rejected(why) => {
            assert_eq!(why.stage, input::STAGE);
            assert!(is_reason(&why.reason), "{why:?}");
            assert!(!why.detail.contains(char::is_control), "{why:?}");
        }
        fate => panic!("a reader does not know of {fate:?}"),
    }
}

/// Of a file of plain lines of JSON each line that is not blank is one unit: its place, its bytes and their hash say which.
fn check_lines(name: &str, bytes: &[u8], documents: &[Document]) {
    let is_lines = bytes.is_ascii() && bytes.starts_with(b"{") && !bytes.contains(&0);
    if name != "a.jsonl" || !is_lines || documents.iter().any(|d| d.origin.offset.is_none()) {
        return;
    }
    let mut until = 0;
    for document in documents {
        let origin = &document.origin;
        let start = origin.offset.unwrap_or_default() as usize;
        let Some(length) = origin.length else { return };
        assert!(until <= start, "units overlap at byte {start}");
        // Between the records of a JSON file there may be anything that is none.
        if document.name.contains("jsonl#") && is_alone(bytes) {
            assert!(bytes[until..start].trim_ascii().is_empty(), "bytes {until}..{start} are lost");
        }
        until = start + length as usize;
        assert!(until <= bytes.len(), "a unit ends at byte {until} of {}", bytes.len());
    }
    if is_alone(bytes) {
        assert!(bytes[until..].trim_ascii().is_empty(), "what follows byte {until} is lost");
    }
}

/// Whether each line begins and ends as an object does, so that no other format can be meant.
fn is_alone(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.all(|line| line.is_empty() || (line.starts_with(b"{\"text\"") && line.ends_with(b"}")))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory can be written to")
}
