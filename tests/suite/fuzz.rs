//! Any bytes, anywhere in the input or the configuration: a row or a message, never a panic, and nothing lost. The same
//! properties as a fuzzer's, drawn by proptest; `COPYDESK_FUZZ_CASES=20000 cargo test --release --test suite fuzz` draws more.

use std::fs;
use std::path::PathBuf;

use copydesk::{Config, Unobserved};
use proptest::prelude::*;

use crate::properties;
use crate::support::{by_id, rows};

pub(crate) fn cases() -> ProptestConfig {
    let cases = std::env::var("COPYDESK_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(48),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Pieces that readers and decoders look for, between any bytes.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"{\"text\":\"",
        b"\"}\n",
        b"\"title\":\"A headline\",",
        b"title,text\n",
        b"\"",
        b"\r\n",
        b"\n\n",
        b"\x00",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff\x00\x00",
        b"\\ud83d",
        b"\\u0000",
        b"\xe2\x80\xa8",
        b"\xe2\x80\xae",
        b"\xed\xa0\x80",
        b"NaN",
        b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 9\r\n\r\n",
        b"<html><body><p>",
        b"PK\x03\x04",
        b"\t",
        b"&amp;",
        b"\xc3\x83\xc2\xa9",
        b"Read more: ",
        b"JUST IN: ",
        b"=cmd()",
        b"\x1b]0;x\x07",
        b"| World | News",
        b"\xe0\xb8\x81",
        b"The council met on Monday and agreed to open the bridge. ",
    ];
    prop_oneof![
        3 => proptest::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => "\\PC{0,60}".prop_map(String::into_bytes),
    ]
}

fn file() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let names: &[&str] = &[
        "a.txt",
        "b.jsonl",
        "c.csv",
        "d.txt.gz",
        "e.jsonl.gz",
        "f.csv.zst",
        "g.txt.zst",
        "h.ndjson",
        "i.json",
        "j.html",
        "k.warc",
        "l.warc.gz",
        "m.tar",
        "n.zip",
        "o.tsv",
    ];
    let bytes = proptest::collection::vec(piece(), 0..40).prop_map(|pieces| pieces.concat());
    (proptest::sample::select(names), bytes, any::<bool>()).prop_map(|(name, bytes, is_packed)| {
        use std::io::Write;
        let bytes = match name.rsplit('.').next() {
            Some("gz") if is_packed => {
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(&bytes).unwrap();
                encoder.finish().unwrap()
            }
            Some("zst") if is_packed => zstd::encode_all(&bytes[..], 1).unwrap(),
            _ => bytes,
        };
        (name, bytes)
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_files_become_rows_and_none_is_lost(files in proptest::collection::vec(file(), 1..4)) {
        let work = tempfile::tempdir().unwrap();
        let (input, out) = (work.path().join("dump"), work.path().join("out"));
        fs::create_dir(&input).unwrap();
        for (name, bytes) in &files {
            fs::write(input.join(name), bytes).unwrap();
        }
        let mut config = Config::default();
        (config.input.path, config.output.path) = (input, out.clone());
        config.run.threads = 1;
        config.run.max_error_rate = 1.0;
        let report = copydesk::run(&config, &Unobserved).unwrap();
        let rejected = rows(&out.join("rejected.csv"));
        let kept = by_id(&out.join("documents.csv"));
        let dropped = rows(&out.join("duplicates.csv"));
        let dropped = dropped.iter().filter(|row| row["action"] == "dropped").count();
        prop_assert_eq!(report.funnel.found() as usize, kept.len() + dropped + rejected.len());
        for row in &rejected {
            prop_assert_ne!(&row["reason"], "internal_error", "{:?}", row);
        }
        copydesk::output::verify::verify(&out).unwrap();
    }

    #[test]
    fn any_bytes_are_decoded(choice in any::<u8>(), text in proptest::collection::vec(piece(), 0..20)) {
        properties::decode::holds(&[vec![choice], text.concat()].concat());
    }

    #[test]
    fn any_file_is_read_to_its_end(
        choice in any::<[u8; 2]>(),
        pieces in proptest::collection::vec(piece(), 0..20),
    ) {
        properties::records::holds(&[choice.to_vec(), pieces.concat()].concat());
    }

    #[test]
    fn any_configuration_is_read_or_refused_with_a_message(
        lines in proptest::collection::vec(
            prop_oneof![
                "\\PC{0,30}",
                "\\[(run|input|stage|stage\\.language|stage\\.boilerplate|output|alarm)\\]",
                "[a-z-]{1,14} = (\\[\\]|\"\"|[0-9]{1,20}|-1|true|0\\.5|\\{\\})",
                "stages = \\[\"[a-z-]{0,14}\"\\]",
            ], 0..8)
    ) {
        properties::configuration::holds(lines.join("\n").as_bytes());
    }

    #[test]
    fn any_rules_are_refused_with_a_message_or_cut_within_the_text(
        rules in proptest::collection::vec(
            prop_oneof![
                "K (line|block|sentence|tail|head|title-suffix|title-prefix)",
                "[PXCSQ] (Read more|Advertisement|The council|\\PC{1,6})",
                "R (\\^read|e|\\PC{0,12})",
                "G (max-words|within-last|min-prose|max-lines) = [0-9]",
                "!|\\^",
            ], 0..12),
        raw in "\\PC{0,80}",
        text in "((Read more: |Advertisement|The council met on Monday|[\\PC&&[^=]]{0,12})[. \n]{1,2}){0,12}",
    ) {
        let short = format!("#!\n{}", rules.join("\n"));
        for pack in [short, raw] {
            properties::rules::holds(format!("{pack}\n=====\n{text}").as_bytes());
        }
    }

    #[test]
    fn any_cuts_can_be_undone(
        form in any::<u8>(),
        cuts in proptest::collection::vec(any::<[u8; 4]>(), 0..9),
        text in "[\\PC\n\u{1e}]{0,160}",
    ) {
        let head = vec![form, cuts.len() as u8];
        properties::ledger::holds(&[head, cuts.concat(), text.into_bytes()].concat());
    }

    #[test]
    fn no_harm_to_a_state_is_believed(harms in proptest::collection::vec(any::<[u8; 6]>(), 0..5)) {
        properties::state::holds(&harms.concat());
    }
}

/// What fuzzing began with, and what it found.
#[test]
fn every_seed_is_as_promised() {
    let mut count = 0;
    for (name, holds) in properties::ALL {
        let folder = PathBuf::from("tests/seeds").join(name);
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let result = std::panic::catch_unwind(|| holds(&bytes));
            assert!(result.is_ok(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= properties::ALL.len(), "{count} seeds");
}
