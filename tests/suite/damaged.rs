//! Containers that were whole once: whatever happened to them, reading comes to an end, and what is missing has a row.
//! `COPYDESK_FUZZ_CASES=20000 cargo test --release --test suite damaged` draws more.

use std::fs;
use std::io::Write;

use copydesk::document::{DocId, Document, Fate};
use copydesk::input::{self, Follow, Options, Units, into_document};
use proptest::prelude::*;

use crate::fuzz::cases;

const TEXTS: usize = 6;

/// Something that does not compress to nothing, so that damage lies within it.
fn text(number: usize) -> String {
    let mut state = number as u32 + 1;
    let words: Vec<String> = (0..60)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            format!("{:x}", state >> 8)
        })
        .collect();
    format!("The mill number {number} ground {} sacks of flour.", words.join(" sacks, then "))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for number in 0..TEXTS {
        let text = text(number);
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("a/{number}.txt"), text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zip() -> Vec<u8> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for number in 0..TEXTS {
        let name = format!("a/{number}.txt");
        let is_deflated = number % 2 == 0;
        let method = match is_deflated {
            true => rawzip::CompressionMethod::DEFLATE,
            false => rawzip::CompressionMethod::STORE,
        };
        let (mut entry, config) =
            archive.new_file(&name).compression_method(method).start().unwrap();
        let text = text(number);
        let output = if is_deflated {
            let encoder =
                flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut data = config.wrap(encoder);
            data.write_all(text.as_bytes()).unwrap();
            let (encoder, output) = data.finish().unwrap();
            encoder.finish().unwrap();
            output
        } else {
            let mut data = config.wrap(&mut entry);
            data.write_all(text.as_bytes()).unwrap();
            data.finish().unwrap().1
        };
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap()
}

fn page(number: usize) -> String {
    let text = text(number);
    format!(
        "<!DOCTYPE html><html><head><title>Mill {number}</title><meta charset=utf-8></head><body><nav><a href=/>Home</a></nav>\
         <article><h1>Mill {number}</h1><p>{text}</p><p>{text}</p></article></body></html>"
    )
}

fn warc_record(number: usize) -> String {
    let (kind, content_type, block) = match number % 2 {
        0 => ("conversion", "text/plain", text(number)),
        _ => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
            ("response", "application/http; msgtype=response", format!("{head}{}", page(number)))
        }
    };
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://mill.example/{number}\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

fn containers() -> Vec<(&'static str, Vec<u8>)> {
    let records = || (0..TEXTS).map(warc_record);
    vec![
        ("a.tar", tar()),
        ("a.tar.gz", gzip(&tar())),
        ("a.zip", zip()),
        ("a.warc", records().collect::<String>().into_bytes()),
        ("a.warc.gz", records().flat_map(|record| gzip(record.as_bytes())).collect()),
        ("a.html", page(0).into_bytes()),
        ("a.html.gz", gzip(page(0).as_bytes())),
    ]
}

/// Something that happens to a file, at a place given in thousandths of it.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Zero(usize, usize),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0usize..1000;
    let len = 1usize..700;
    prop_oneof![
        4 => (at.clone(), 1u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        1 => at.clone().prop_map(Damage::Cut),
        1 => (at.clone(), len.clone()).prop_map(|(at, len)| Damage::Remove(at, len)),
        1 => (at.clone(), proptest::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at.clone(), len.clone()).prop_map(|(at, len)| Damage::Zero(at, len)),
        1 => (at, len).prop_map(|(at, len)| Damage::Repeat(at, len)),
    ]
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for damage in all {
        let place = |at: &usize| (at * bytes.len() / 1000).min(bytes.len());
        let range = |at: &usize, len: &usize| place(at)..(place(at) + len).min(bytes.len());
        match damage {
            Damage::Flip(at, bits) => {
                let at = place(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Damage::Cut(at) => bytes.truncate(place(at)),
            Damage::Remove(at, len) => drop(bytes.drain(range(at, len))),
            Damage::Insert(at, more) => {
                let at = place(at);
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Zero(at, len) => {
                let range = range(at, len);
                bytes[range].fill(0);
            }
            Damage::Repeat(at, len) => {
                let range = range(at, len);
                let again = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, again);
            }
        }
    }
    bytes
}

fn read(name: &str, bytes: &[u8]) -> Vec<Document> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let scan = input::scan(folder.path(), Follow::No, &[]).unwrap();
    let options = Options { max_replacement_share: 1.0, ..Options::default() };
    let documents = Units::new(&scan, &options).map(|unit| into_document(unit, DocId(0), &options));
    documents.collect()
}

#[test]
fn whole_containers_are_read_whole() {
    for (name, bytes) in containers() {
        let documents = read(name, &bytes);
        let expected = if name.contains("html") { 1 } else { TEXTS };
        assert_eq!(documents.len(), expected, "{name}");
        for (number, document) in documents.iter().enumerate() {
            assert_eq!(document.fate, Fate::Kept, "{name}");
            assert!(document.text().contains(&text(number)), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_a_damaged_container_no_longer_gives_has_a_row(
        all in proptest::collection::vec(damage(), 1..4),
    ) {
        for (name, bytes) in containers() {
            let n_whole = read(name, &bytes).len();
            let damaged = damaged(bytes, &all);
            let documents = read(name, &damaged);
            let (kept, rejected): (Vec<_>, Vec<_>) =
                documents.iter().partition(|document| document.fate == Fate::Kept);
            // What is cut exactly between two records cannot be told from a whole file.
            let is_short = |damage: &Damage| matches!(damage, Damage::Cut(_) | Damage::Remove(..));
            let may_be_whole = name.starts_with("a.warc") && all.iter().any(is_short);
            if kept.len() < n_whole && !may_be_whole {
                prop_assert!(!rejected.is_empty(), "{}: {} of {}", name, kept.len(), n_whole);
            }
            for document in rejected {
                let Fate::Rejected(why) = &document.fate else { continue };
                prop_assert_ne!(&why.reason, "internal_error", "{}", name);
            }
            // A checksum stands for each of their members: what does not have it is no document.
            if matches!(name, "a.zip" | "a.warc.gz") {
                for document in kept {
                    let is_whole = (0..TEXTS).any(|number| document.text().contains(&text(number)));
                    prop_assert!(is_whole, "{}: {}", name, document.text());
                }
            }
        }
    }
}
