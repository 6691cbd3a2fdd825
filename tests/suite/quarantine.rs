//! What was not kept: where it lies, how much of it is too much, and what becomes of it on another try.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use copydesk::output::verify::verify;

use crate::support::{by_id, copydesk, rows, run, run_well, tree_hash};

const TEXT: &str = "The bridge over the Lenne opened on Monday after nine years of work.";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn record(text: &str) -> String {
    serde_json::json!({ "text": text, "id": text.len() }).to_string()
}

/// A dump with a unit for every reason that a quiet file system can give.
fn broken_dump(dump: &Path) {
    fs::create_dir_all(dump).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dump.join(name), bytes).unwrap();
    let long = "x".repeat(3000);
    let lines = [
        &record(TEXT),
        "",
        "{\"text\": ",
        "{\"body_of_it\": 1}",
        &record(&long),
        &record(""),
        &record("\u{1}\u{2}\u{3}\u{4}a"),
        &record("Die Brücke über die Lenne wurde am Montag nach neun Jahren Arbeit eröffnet."),
        "last, without a line end",
    ]
    .join("\n");
    write("lines.jsonl", lines.as_bytes());
    write("mark.jsonl", format!("\u{feff}{}\n[]\n", record(TEXT)).as_bytes());
    write("lines.jsonl.gz", &gzip(lines.as_bytes()));
    let wide: Vec<u8> =
        format!("{}\n[]\n", record(TEXT)).encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("wide.jsonl", &[&[0xff, 0xfe][..], &wide].concat());
    let whole = gzip(format!("{}\n{}\n", record(TEXT), record(&TEXT.to_uppercase())).as_bytes());
    write("cut.jsonl.gz", &whole[..whole.len() / 2]);
    write("behind.jsonl.gz", &[&gzip(record(TEXT).as_bytes())[..], b"behind"].concat());
    write(
        "table.csv",
        format!("text,n\n{TEXT},1\nshort\n{long},2\n\"open,3\nand so on").as_bytes(),
    );
    write("columns.csv", b"a,b\n1,2\n");
    write("empty.txt", b"");
    write("binary.txt", &[0; 99]);
    write("lost.txt", "\u{fffd}\u{fffd}abc".as_bytes());
    write("large.txt", long.as_bytes());
    write("bomb.txt.gz", &gzip(&vec![b'a'; 40_000_000]));
    write("bomb.jsonl.gz", &gzip(&vec![b'a'; 40_000_000]));
}

/// Runs with a configuration; gives the exit code and standard error.
fn run_with(dump: &Path, out: &Path, config: &str, more: &[&str]) -> (Option<i32>, String) {
    let path = out.with_extension("toml");
    fs::write(&path, config).unwrap();
    let config = ["--config", path.to_str().unwrap(), "-q"];
    let output = run(dump, out, &[&config[..], more].concat());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_rejected_unit_says_where_it_lies() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    broken_dump(&dump);
    let config = "[input]\nmax-document-bytes = 2000\n[stage.language]\nkeep = [\"en\"]\n";
    assert_eq!(run_with(&dump, &out, config, &[]).0, Some(3));
    let mut reasons = BTreeSet::new();
    for row in rows(&out.join("rejected.csv")) {
        reasons.insert(row["reason"].clone());
        let file = &row["file"];
        let bytes = fs::read(dump.join(file)).unwrap();
        let number = |column: &str| row[column].parse::<usize>().ok();
        let is_table = file.ends_with(".csv");
        let is_whole = file.contains(".txt");
        match number("member") {
            Some(member) if number("length").is_some() => {
                // Or the record's own id, which is a number in this dump.
                let is_own = row["id"].parse::<u64>().is_ok();
                assert!(is_own || row["id"] == format!("{file}#{member}"), "{row:?}");
            }
            Some(_) => assert_eq!(row["id"], *file, "the rest of a file"),
            None => assert!(is_whole || row["reason"] == "no_text_field", "{row:?}"),
        }
        let (Some(offset), Some(length)) = (number("offset"), number("length")) else {
            let has_no_place = file == "wide.jsonl" || number("length").is_none();
            assert!(has_no_place && (row["xxh128"].is_empty() || file == "wide.jsonl"), "{row:?}");
            continue;
        };
        let mut plain = Vec::new();
        match file.ends_with(".gz") {
            true => drop(flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain)),
            false => plain = bytes,
        }
        let unit = &plain[offset..offset + length];
        if row["xxh128"].is_empty() {
            assert!(row["reason"].contains("too_l"), "{row:?}");
        } else if !is_table {
            let hash = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(unit));
            assert_eq!(row["xxh128"], hash, "{row:?}");
        }
        if row["reason"] == "malformed_record" {
            let expected: &[&[u8]] =
                &[b"{\"text\": ", b"last, without a line end", b"[]", b"short\n"];
            assert!(expected.contains(&unit), "{row:?}");
        }
    }
    let expected = [
        "binary",
        "corrupt_compression",
        "decompression_bomb",
        "document_too_large",
        "empty",
        "language_not_kept",
        "line_too_long",
        "malformed_record",
        "no_text_field",
        "record_too_long",
        "trailing_garbage",
        "unclosed_quote",
        "undecodable",
    ];
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), expected);
    verify(&out).unwrap();
}

/// Ten articles, three of them without text.
fn three_in_ten(dump: &Path) {
    fs::create_dir_all(dump).unwrap();
    for n in 0..10 {
        let text = if n < 3 { String::new() } else { format!("Number {n}: {TEXT}") };
        fs::write(dump.join(format!("{n}.txt")), text).unwrap();
    }
}

#[test]
fn over_the_budget_nothing_is_published_and_the_tables_are_put_aside() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    three_in_ten(&dump);
    run_well(&dump, &out, &["-q", "--stages", ""]);
    let old = tree_hash(&out);
    let aside = work.path().join(".out.copydesk/failed");
    let table = [
        ("max-error-rate = 0.3", 10, true),
        ("max-error-rate = 0.31", 10, true),
        ("max-error-rate = 0.29", 10, false),
        ("max-error-rate = 0.0", 11, true),
        ("max-error-rate = 0.0", 10, false),
        ("max-errors = 4", 10, true),
        ("max-errors = 3", 10, true),
        ("max-errors = 2", 10, false),
        ("max-errors = 2", 99, false),
        ("max-error-rates = { empty = 0.3 }\nmax-error-rate = 0.0", 10, true),
        ("max-error-rates = { empty = 0.2 }", 10, false),
    ];
    for (limit, min_documents, is_within) in table {
        let config =
            format!("stages = [\"stats\"]\n[run]\nmin-documents = {min_documents}\n{limit}\n");
        for threads in ["1", "8"] {
            let (code, stderr) = run_with(&dump, &out, &config, &["--threads", threads]);
            if is_within {
                assert_eq!((code, &*stderr), (Some(0), ""), "{limit}");
                assert_ne!(tree_hash(&out), old, "{limit}");
                assert!(!work.path().join(".out.copydesk").exists(), "nothing is left: {limit}");
                run_well(&dump, &out, &["-q", "--stages", ""]);
                continue;
            }
            assert_eq!(code, Some(4), "{limit}: {stderr}");
            assert_eq!(tree_hash(&out), old, "{limit}: the old output stays");
            assert!(stderr.contains("3 errors in 10") || stderr.contains("3 "), "{stderr}");
            assert!(stderr.contains(aside.to_str().unwrap()), "{stderr}");
            assert_eq!(verify(&aside).unwrap().found, 10);
            assert_eq!(rows(&aside.join("rejected.csv")).len(), 3);
        }
    }
}

#[test]
fn by_default_a_dump_that_is_mostly_broken_replaces_nothing() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    fs::create_dir_all(&dump).unwrap();
    for n in 0..100 {
        let text = if n < 51 { String::new() } else { format!("Number {n}: {TEXT}") };
        fs::write(dump.join(format!("{n}.txt")), text).unwrap();
    }
    assert_eq!(run_with(&dump, &out, "", &[]).0, Some(4));
    assert!(!out.exists());
    fs::write(dump.join("0.txt"), TEXT).unwrap();
    assert_eq!(run_with(&dump, &out, "", &[]).0, Some(0));
}

#[test]
fn an_empty_input_may_be_an_error_with_a_code_of_its_own() {
    let work = tempfile::tempdir().unwrap();
    let (full, empty) = (work.path().join("full"), work.path().join("empty"));
    three_in_ten(&full);
    fs::create_dir(&empty).unwrap();
    let out = work.path().join("out");
    run_well(&full, &out, &["-q", "--stages", ""]);
    let old = tree_hash(&out);
    for (flags, code) in [
        (&["--fail-on-empty"][..], 9),
        (&["--empty-exit-code", "99"], 99),
        (&["--empty-exit-code", "0"], 0),
    ] {
        let output = run(&empty, &out, flags);
        assert_eq!(output.status.code(), Some(code), "{flags:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to do"));
        assert_eq!(tree_hash(&out), old, "{flags:?}: the old output stays");
        assert_eq!(run(&full, &out, flags).status.code(), Some(0), "{flags:?} on a full input");
        run_well(&full, &out, &["-q", "--stages", ""]);
    }
    assert_eq!(run(&empty, &out, &[]).status.code(), Some(0));
    assert_ne!(tree_hash(&out), old);
}

#[test]
fn unreadable_input_may_be_allowed() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    three_in_ten(&dump);
    fs::write(dump.join("broken.txt.gz"), b"\x1f\x8b\x08 not a gzip stream").unwrap();
    assert_eq!(run(&dump, &out, &["-q"]).status.code(), Some(3));
    assert_eq!(run(&dump, &out, &["-q", "--allow-unreadable"]).status.code(), Some(0));
    assert_eq!(run_with(&dump, &out, "[run]\nallow-unreadable = true\n", &[]).0, Some(0));
}

fn replay(out: &Path, more: &[&str]) -> BTreeMap<String, serde_json::Value> {
    let output = copydesk().arg("replay").arg(out).arg("--json").args(more).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let parse = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        (value["id"].as_str().unwrap().to_owned(), value["now"].clone())
    };
    text.lines().map(parse).collect()
}

#[test]
fn replay_says_what_became_of_each_rejected_unit() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    broken_dump(&dump);
    fs::write(dump.join("gone.txt"), "").unwrap();
    fs::write(dump.join("field.jsonl"), format!("{{\"inhalt\": \"Feld. {TEXT}\"}}\n")).unwrap();
    let strict = "[input]\nmax-document-bytes = 2000\n[stage.language]\nkeep = [\"en\"]\n";
    run_with(&dump, &out, strict, &[]);
    let before = by_id(&out.join("rejected.csv"));
    // The causes are mended, one by one.
    fs::remove_file(dump.join("gone.txt")).unwrap();
    fs::write(dump.join("empty.txt"), format!("Now there is text. {TEXT}")).unwrap();
    let both = format!("{}\n{}\n", record(TEXT), record("Quite another text, about the mill."));
    fs::write(dump.join("cut.jsonl.gz"), gzip(both.as_bytes())).unwrap();
    let config: PathBuf = work.path().join("loose.toml");
    let loose = "stages = [\"exact-dedup\"]\n[input]\ntext = [\"text\", \"inhalt\"]\nmax-document-bytes = 5000\n";
    fs::write(&config, loose).unwrap();
    let folder = work.path().join("replayed");
    let with = ["--config", config.to_str().unwrap()];
    let now = replay(&out, &[&with[..], &["-o", folder.to_str().unwrap()]].concat());
    assert_eq!(now.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let kept = serde_json::json!({ "kept": 1 });
    let rest_of_cut = 2 - before["cut.jsonl.gz"]["member"].parse::<u64>().unwrap();
    for (id, expected) in [
        ("gone.txt", serde_json::json!({})),
        ("empty.txt", kept.clone()),
        ("field.jsonl#0", kept.clone()),
        ("lines.jsonl#1", serde_json::json!({ "input:malformed_record": 1 })),
        ("large.txt", kept.clone()),
        ("lines.jsonl#3", serde_json::json!({ "duplicate": 1 })),
        ("lines.jsonl.gz#3", serde_json::json!({ "duplicate": 1 })),
        ("cut.jsonl.gz", serde_json::json!({ "kept": rest_of_cut })),
        ("behind.jsonl.gz", serde_json::json!({ "input:trailing_garbage": 1 })),
    ] {
        assert_eq!(now[id], expected, "{id}");
    }
    // Nothing but what was rejected was run, and its tables are an output like any other.
    let verified = verify(&folder).unwrap();
    let counted: u64 = now
        .values()
        .flat_map(|now| now.as_object().unwrap().values())
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(verified.found, counted);
    assert!(!by_id(&folder.join("documents.csv")).contains_key("lines.jsonl#0"));
    let same = ["--config", out.with_extension("toml").to_str().unwrap()].map(str::to_owned);
    let again = replay(&out, &same.each_ref().map(String::as_str));
    assert_eq!(again["lines.jsonl#3"], serde_json::json!({ "input:line_too_long": 1 }));
    assert_eq!(copydesk().arg("replay").arg(&dump).output().unwrap().status.code(), Some(10));
}
