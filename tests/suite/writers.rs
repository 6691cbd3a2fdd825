//! The formats in which kept documents are written: all say the same, and every promise about an output holds for each.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use copydesk::Exit;
use copydesk::output::verify::verify;
use serde_json::Value;

use crate::corpus;
use crate::support::{copydesk, files, repository, rows, run, run_well, tree_hash};

/// A seeded dump of files and records, with cells that spreadsheets would run, and names that no system likes.
fn dump(folder: &Path) {
    corpus::write_dump(&corpus::articles(21, 60), folder).unwrap();
    let record = |(n, article): (usize, corpus::Article)| {
        let title = if n % 2 == 0 { format!("=1+{n}") } else { String::new() };
        let record =
            serde_json::json!({ "id": format!("r{n}"), "title": title, "text": article.body });
        format!("{record}\n")
    };
    let lines: Vec<_> = corpus::articles(22, 20).into_iter().enumerate().map(record).collect();
    fs::write(folder.join("lines.jsonl"), lines.concat()).unwrap();
    fs::create_dir_all(folder.join("con")).unwrap();
    fs::write(
        folder.join("con/what?.TXT"),
        "A page with a name that not every system can hold, and text enough to stay.",
    )
    .unwrap();
}

/// Publishes the dump with these lines under `[output]`.
fn publish(work: &Path, name: &str, output: &str, more: &[&str]) -> PathBuf {
    let (input, out) = (work.join("dump"), work.join(name));
    if !input.exists() {
        dump(&input);
    }
    let config = work.join(format!("{name}.toml"));
    fs::write(&config, format!("[output]\n{output}\n")).unwrap();
    run_well(&input, &out, &[&["-q", "--config", config.to_str().unwrap()], more].concat());
    out
}

/// The bytes of a file before it was compressed.
fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    let mut plain = Vec::new();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap(),
        Some("zst") => zstd::Decoder::new(&bytes[..]).unwrap().read_to_end(&mut plain).unwrap(),
        _ => return bytes,
    };
    plain
}

/// The files of the table of documents with this extension, in order.
fn parts(out: &Path, extension: &str) -> Vec<PathBuf> {
    let is_part = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        path.parent() == Some(out) && name.starts_with("documents") && name.contains(extension)
    };
    files(out).into_iter().filter(is_part).collect()
}

fn objects(out: &Path) -> Vec<serde_json::Map<String, Value>> {
    let lines = parts(out, ".jsonl").iter().flat_map(|path| unpacked(path)).collect::<Vec<_>>();
    let text = String::from_utf8(lines).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Types of the columns of a table, by `datapackage.json`.
fn types(out: &Path, path: &str) -> BTreeMap<String, String> {
    let package: Value =
        serde_json::from_slice(&fs::read(out.join("datapackage.json")).unwrap()).unwrap();
    let resources = package["resources"].as_array().unwrap();
    let resource = resources.iter().find(|resource| resource["path"] == path).unwrap();
    let fields = resource["schema"]["fields"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    fields.iter().map(|field| (text(&field["name"]), text(&field["type"]))).collect()
}

#[test]
fn all_formats_hold_the_same_rows_and_types() {
    let work = tempfile::tempdir().unwrap();
    let out = publish(work.path(), "out", "formats = [\"csv\", \"jsonl\", \"text\"]", &[]);
    let table = rows(&out.join("documents.csv"));
    let objects = objects(&out);
    assert!(table.len() > 50 && table.len() == objects.len());
    let types = types(&out, "documents.jsonl");
    assert_eq!(types, self::types(&out, "documents.csv"));
    let (mut nulls, mut numbers) = (0, 0);
    for (row, object) in table.iter().zip(&objects) {
        assert_eq!(row.len(), object.len());
        for (column, cell) in row {
            match &object[column] {
                Value::Null => {
                    assert_eq!(cell, "", "{column}");
                    nulls += 1;
                }
                Value::String(text) => assert_eq!((cell, "string"), (text, &*types[column])),
                Value::Number(number) => {
                    assert_ne!(types[column], "string", "{column}");
                    assert_eq!(cell.parse::<f64>().unwrap(), number.as_f64().unwrap());
                    assert!(types[column] != "integer" || number.is_u64(), "{column}");
                    numbers += 1;
                }
                other => panic!("{column}: {other}"),
            }
        }
    }
    assert!(nulls > 0 && numbers > table.len());
    let texts = rows(&out.join("texts.csv"));
    assert_eq!(texts.len(), table.len());
    for (row, text) in table.iter().zip(&texts) {
        assert_eq!(row["id"], text["id"]);
        let parts: Vec<_> =
            [&*row["title"], &*row["text"]].into_iter().filter(|part| !part.is_empty()).collect();
        let expected = format!("{}\n", parts.join("\n\n"));
        assert_eq!(fs::read_to_string(out.join(&text["file"])).unwrap(), expected);
    }
    assert!(out.join("texts/_con/what_.txt").is_file());
    assert!(out.join("texts/lines.jsonl/0.txt").is_file());
}

#[test]
fn shards_and_compression_change_no_row_and_every_promise_holds() {
    let work = tempfile::tempdir().unwrap();
    let plain = publish(work.path(), "plain", "", &[]);
    let expected = fs::read(plain.join("documents.csv")).unwrap();
    let undo = |out: &Path| copydesk().arg("undo").arg(out).output().unwrap();
    let restored = undo(&plain).stdout;
    for (formats, compression) in [
        ("[\"csv\"]", "none"),
        ("[\"csv\", \"text\"]", "gz"),
        ("[\"jsonl\"]", "zst"),
        ("[\"jsonl\"]", "gz"),
        ("[\"jsonl\", \"csv\"]", "zst"),
    ] {
        let lines =
            format!("formats = {formats}\ncompression = \"{compression}\"\nshard-size = \"8 KiB\"");
        let what = format!("{formats} {compression}");
        let out = publish(work.path(), "out", &lines, &["--threads", "1"]);
        let hash = tree_hash(&out);
        let verified = verify(&out).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert_eq!(verified.files, files(&out).len() as u64);
        let again = publish(work.path(), "again", &lines, &["--threads", "3"]);
        assert_eq!(tree_hash(&again), hash, "{what}");
        let state = work.path().join("state");
        for _ in 0..2 {
            let flags = ["--state", state.to_str().unwrap()];
            assert_eq!(tree_hash(&publish(work.path(), "again", &lines, &flags)), hash, "{what}");
        }
        let undone = undo(&out);
        assert!(undone.status.success() && undone.stdout == restored, "{what}");
        let csv = parts(&out, ".csv");
        assert_eq!(csv.is_empty(), !formats.contains("csv"), "{what}");
        let mut joined = Vec::new();
        for (number, path) in csv.iter().enumerate() {
            let name = path.file_name().unwrap().to_string_lossy();
            let of = csv.len();
            assert!(
                of > 3 && name.starts_with(&format!("documents-{number:05}-of-{of:05}.csv")),
                "{name}"
            );
            let bytes = unpacked(path);
            let header = 1 + bytes.iter().position(|byte| *byte == b'\n').unwrap();
            joined.extend_from_slice(&bytes[if number == 0 { 0 } else { header }..]);
            assert!(number + 1 == of || bytes.len() > 8 << 10, "{name}: {}", bytes.len());
        }
        assert!(csv.is_empty() || joined == expected, "{what}");
        let copies = parts(&out, ".jsonl");
        assert!(copies.is_empty() || copies.len() > 3);
        // What other commands read.
        let keys = copydesk()
            .args(["keyness", "--min-frequency", "2"])
            .args([&out, &plain])
            .output()
            .unwrap();
        assert!(keys.status.success(), "{what}: {}", String::from_utf8_lossy(&keys.stderr));
    }
}

#[test]
fn a_touched_part_or_text_is_found_out() {
    let work = tempfile::tempdir().unwrap();
    let lines = "formats = [\"jsonl\", \"text\"]\ncompression = \"gz\"\nshard-size = \"20 KiB\"";
    let out = publish(work.path(), "out", lines, &["--stages", ""]);
    verify(&out).unwrap();
    let sums = fs::read_to_string(out.join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count() + 1, files(&out).len(), "each file but the list itself");
    let text = files(&out.join("texts")).pop().unwrap();
    for path in [parts(&out, ".jsonl")[1].clone(), out.join("texts.csv"), text] {
        let good = fs::read(&path).unwrap();
        for bad in [&good[1..], &[], &[&good[..], b"x"].concat()] {
            fs::write(&path, bad).unwrap();
            assert!(verify(&out).is_err(), "{}", path.display());
        }
        fs::remove_file(&path).unwrap();
        let why = verify(&out).unwrap_err().to_string();
        assert!(why.contains("missing"), "{why}");
        fs::write(&path, good).unwrap();
        verify(&out).unwrap();
    }
    fs::write(out.join("texts/more.txt"), "more").unwrap();
    assert!(verify(&out).unwrap_err().to_string().contains("not of this run"));
}

#[test]
fn formats_that_make_no_sense_are_refused_before_any_work() {
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("dump");
    dump(&input);
    for (lines, expected) in [
        ("formats = []", "names no table"),
        ("formats = [\"text\"]", "names no table"),
        ("formats = [\"csv\", \"csv\"]", "names a format twice"),
        ("formats = [\"xlsx\"]", "unknown variant `xlsx`"),
        ("compression = \"rar\"", "unknown variant `rar`"),
    ] {
        let config = work.path().join("c.toml");
        fs::write(&config, format!("[output]\n{lines}\n")).unwrap();
        let output = run(&input, &work.path().join("out"), &["--config", config.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(Exit::Setup.code().into()), "{said}");
        assert!(said.contains(expected) && said.contains("c.toml:2"), "{said}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_the_same_rows_and_its_card_says_what_they_are() {
    use copydesk::output::read::Reader;
    let work = tempfile::tempdir().unwrap();
    let lines = "formats = [\"csv\", \"parquet\"]";
    let both = publish(work.path(), "both", lines, &["--threads", "1"]);
    verify(&both).unwrap();
    let table = rows(&both.join("documents.csv"));
    let types = types(&both, "data/train-00000-of-00001.parquet");
    assert_eq!(types, self::types(&both, "documents.csv"));
    let card = fs::read_to_string(both.join("README.md")).unwrap();
    assert!(card.starts_with("---\n") && card.contains(&format!("num_examples: {}", table.len())));
    assert!(card.contains("- \"en\"\n") && card.contains("- n<1K\n"));
    let integers = types.values().filter(|kind| *kind == "integer").count();
    assert!(integers > 0);
    let text = "  - name: text\n    dtype: string\n";
    for (columns, expected) in [(text, 1), ("dtype: int64", integers)] {
        assert_eq!(card.matches(columns).count(), expected, "{columns}");
    }
    // Without CSV beside it, Parquet is what `undo` and the others read.
    let lines = "formats = [\"parquet\"]\nshard-size = \"8 KiB\"";
    let alone = publish(work.path(), "alone", lines, &["--threads", "3"]);
    let hash = tree_hash(&alone);
    assert_eq!(tree_hash(&publish(work.path(), "alone", lines, &["--threads", "1"])), hash);
    let verified = verify(&alone).unwrap();
    assert_eq!(verified.files, files(&alone).len() as u64);
    let parts = files(&alone.join("data"));
    assert!(parts.len() > 3);
    let last = format!("train-{0:05}-of-{1:05}.parquet", parts.len() - 1, parts.len());
    assert!(parts.last().unwrap().ends_with(&last));
    let mut reader = Reader::open_documents(&alone).unwrap();
    for expected in &table {
        let row = reader.next_row().unwrap().unwrap();
        assert_eq!(row.len(), expected.len());
        for (column, cell) in &row {
            match &*types[column] {
                "number" if !cell.is_empty() => {
                    assert_eq!(cell.parse::<f64>(), expected[column].parse::<f64>());
                }
                _ => assert_eq!(cell, &expected[column], "{column}"),
            }
        }
    }
    assert!(reader.next_row().unwrap().is_none());
    let undo = |out: &Path| copydesk().arg("undo").arg(out).output().unwrap().stdout;
    assert_eq!(undo(&alone), undo(&both));
    let good = fs::read(&parts[1]).unwrap();
    for at in [10, good.len() / 2, good.len() - 6] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&parts[1], &bad).unwrap();
        assert!(verify(&alone).is_err(), "byte {at}");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_so() {
    let work = tempfile::tempdir().unwrap();
    let config = work.path().join("c.toml");
    fs::write(&config, "[output]\nformats = [\"parquet\"]\n").unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let output = run(&dump, &out, &["--config", config.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(Exit::Setup.code().into()));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--features parquet"));
}

/// Runs where COPYDESK_PYTHON names an interpreter with duckdb, pandas, pyarrow, datasets and frictionless.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn other_tools_read_the_same_rows_and_types() {
    let Some(python) = std::env::var_os("COPYDESK_PYTHON") else {
        eprintln!("SKIPPED: COPYDESK_PYTHON is not set");
        return;
    };
    let work = tempfile::tempdir().unwrap();
    let parquet = if cfg!(feature = "parquet") { ", \"parquet\"" } else { "" };
    let out = publish(work.path(), "out", &format!("formats = [\"csv\", \"jsonl\"{parquet}]"), &[]);
    let script = repository().join("tests/readback/readback.py");
    let output = Command::new(python).arg(script).arg(&out).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    eprintln!("{said}");
}
