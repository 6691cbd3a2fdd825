//! Running the binary, and reading what it published.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

/// The binary under test: the one that was built with the tests, unless `COPYDESK_BIN` names another.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("COPYDESK_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_copydesk").into(), PathBuf::from)
}

/// The binary, ready for arguments, in a folder without a `pipeline.toml`.
pub(crate) fn copydesk() -> Command {
    let mut command = Command::new(binary());
    command.current_dir(std::env::temp_dir());
    command
}

/// Runs `copydesk run DUMP -o OUT` with more arguments.
pub(crate) fn run(dump: &Path, out: &Path, more: &[&str]) -> Output {
    copydesk()
        .arg("run")
        .arg(dump)
        .arg("-o")
        .arg(out)
        .args(more)
        .output()
        .expect("the binary starts")
}

/// Outputs that faults and kills go through, as lines under `[output]`: one plain table, and all that is written another way.
pub(crate) const OUTPUTS: [&str; 2] =
    ["", "formats = [\"jsonl\", \"text\"]\ncompression = \"gz\"\nshard-size = \"48 KiB\""];

/// Writes a configuration with these lines under `[output]`.
pub(crate) fn output_config(path: &Path, output: &str) {
    std::fs::write(path, format!("[output]\n{output}\n")).expect("a writable folder");
}

/// Runs and expects a published output.
pub(crate) fn run_well(dump: &Path, out: &Path, more: &[&str]) {
    let output = run(dump, out, more);
    let code = output.status.code();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(code, Some(0 | 3)), "exit {code:?}: {stderr}");
}

/// A table as maps from column to cell, the formula guard taken off.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("the table is there");
    let header = reader.headers().expect("a header").clone();
    let record = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.expect("a well-formed record");
        header.iter().map(str::to_owned).zip(record.iter().map(unguarded)).collect()
    };
    reader.records().map(record).collect()
}

/// The rows of a table by their `id`.
pub(crate) fn by_id(path: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    rows(path).into_iter().map(|row| (row["id"].clone(), row)).collect()
}

fn unguarded(cell: &str) -> String {
    let formula = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];
    match cell.strip_prefix('\'') {
        Some(text) if text.trim_start_matches('\'').starts_with(formula) => text.to_owned(),
        _ => cell.to_owned(),
    }
}

/// One hash over the names and bytes of all files; what `run.json` says of time and threads is left out.
pub(crate) fn tree_hash(folder: &Path) -> String {
    let mut hash = Sha256::new();
    for path in files(folder) {
        let mut bytes = fs::read(&path).expect("a readable file");
        if path.ends_with("run.json") {
            let mut run: serde_json::Value =
                serde_json::from_slice(&bytes).expect("run.json is JSON");
            run.as_object_mut().expect("an object").remove("timings");
            run["configuration"]["input"]["path"] = "".into();
            bytes = run.to_string().into_bytes();
        }
        if path.ends_with("SHA256SUMS") {
            // It has the hash of run.json, times and all.
            let text = String::from_utf8(bytes).expect("hashes are text");
            bytes = text
                .lines()
                .filter(|line| !line.ends_with("  run.json"))
                .collect::<String>()
                .into();
        }
        hash.update(path.strip_prefix(folder).expect("below").to_string_lossy().as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    files
}

/// Where the repository is.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
