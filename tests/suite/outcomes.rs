//! Exit codes, refusals, and what is never read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::{by_id, copydesk, rows, run, run_well};

fn article(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const TEXT: &str =
    "Bridge opens\n\nThe bridge over the Lenne opened on Monday after nine years of work.\n";

#[test]
fn exit_codes_are_those_of_the_table() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    article(&dump, "a.txt", TEXT);
    let out = work.path().join("out");
    let code = |dump: &Path, out: &Path, more: &[&str]| run(dump, out, more).status.code();
    assert_eq!(code(&dump, &out, &["-q"]), Some(0));
    assert_eq!(code(&dump, &out, &["--no-such-flag"]), Some(2));
    assert_eq!(code(&work.path().join("missing"), &out, &[]), Some(10));
    assert_eq!(code(&dump, &dump.join("a.txt/out"), &[]), Some(13));
    assert_eq!(code(&dump, &out, &["--stages", "languages"]), Some(78));
    assert_eq!(code(&dump, &work.path().join("dump"), &[]), Some(78), "the dump would be replaced");
    fs::write(dump.join("broken.txt.gz"), b"\x1f\x8b\x08 not a gzip stream").unwrap();
    assert_eq!(code(&dump, &out, &["-q"]), Some(3));
    let rejected = by_id(&out.join("rejected.csv"));
    assert_eq!(rejected["broken.txt.gz"]["stage"], "input");
}

#[test]
fn a_folder_that_is_not_ours_is_never_replaced() {
    let work = tempfile::tempdir().unwrap();
    article(&work.path().join("dump"), "a.txt", TEXT);
    article(&work.path().join("letters"), "mine.txt", "Dear friend");
    let output = run(&work.path().join("dump"), &work.path().join("letters"), &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did not write"));
    assert_eq!(fs::read_to_string(work.path().join("letters/mine.txt")).unwrap(), "Dear friend");
}

#[test]
fn output_inside_the_input_is_not_read_back() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    article(&dump, "news/a.txt", TEXT);
    for _ in 0..2 {
        run_well(&dump, &dump.join("out"), &["-q"]);
        assert_eq!(rows(&dump.join("out/documents.csv")).len(), 1);
    }
    symlink(dump.join("out"), work.path().join("link")).unwrap();
    run_well(&dump, &work.path().join("link"), &["-q"]);
    assert_eq!(rows(&dump.join("out/documents.csv")).len(), 1);
    assert!(fs::symlink_metadata(work.path().join("link")).unwrap().is_symlink());
}

#[test]
fn links_and_special_files_are_counted_and_never_opened() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    article(&dump, "a.txt", TEXT);
    symlink("/etc/hostname", dump.join("escape.txt")).unwrap();
    symlink(&dump, dump.join("loop")).unwrap();
    let made = Command::new("mkfifo").arg(dump.join("pipe.txt")).status().unwrap();
    assert!(made.success());
    let out = work.path().join("out");
    run_well(&dump, &out, &["-q"]);
    assert_eq!(rows(&out.join("documents.csv")).len(), 1);
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["input"]["skipped"]["symlink"]["count"], 2);
    assert_eq!(run["input"]["skipped"]["special_file"]["count"], 1);
}

#[test]
fn an_empty_dump_is_an_empty_output() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("dump")).unwrap();
    let out = work.path().join("out");
    run_well(&work.path().join("dump"), &out, &[]);
    for table in ["documents.csv", "duplicates.csv", "removed.csv", "rejected.csv"] {
        assert!(rows(&out.join(table)).is_empty(), "{table}");
    }
}

#[test]
fn cells_that_look_like_formulas_are_guarded() {
    let work = tempfile::tempdir().unwrap();
    article(
        work.path(),
        "dump/a.txt",
        "=HYPERLINK(\"http://x\")\n\nA body, with \"quotes\",\nand lines.\n",
    );
    let out = work.path().join("out");
    run_well(&work.path().join("dump"), &out, &["-q", "--stages", ""]);
    let text = fs::read_to_string(out.join("documents.csv")).unwrap();
    assert!(text.starts_with(
        "id,source,title,language,language_confidence,chars,tokens,sentences,cluster_size,text\r\n"
    ));
    assert!(text.contains(",\"'=HYPERLINK(\"\"http://x\"\")\","), "{text}");
    assert!(text.contains("\"A body, with \"\"quotes\"\",\nand lines.\""), "{text}");
}

#[test]
fn quiet_and_cron_print_nothing_but_the_summary() {
    let work = tempfile::tempdir().unwrap();
    article(&work.path().join("dump"), "a.txt", TEXT);
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let quiet = run(&dump, &out, &["-q"]);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
    let plain = run(&dump, &out, &[]);
    assert!(plain.stdout.is_empty());
    let summary = String::from_utf8(plain.stderr).unwrap();
    assert!(summary.starts_with("1 found = 1 kept + 0 duplicates + 0 rejected\n"), "{summary}");
    assert!(!summary.contains('\u{1b}'), "no terminal, no escape codes");
    let json = run(&dump, &out, &["--json"]);
    assert!(json.stderr.is_empty());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["found"], 1);
}

#[test]
fn init_writes_a_configuration_that_runs() {
    let work = tempfile::tempdir().unwrap();
    article(&work.path().join("dump"), "a.txt", TEXT);
    let config = work.path().join("pipeline.toml");
    let init = |more: &[&str]| {
        let mut command = copydesk();
        command.arg("init").arg(work.path().join("dump")).arg("-o").arg(&config).args(more);
        command.output().unwrap().status.code()
    };
    assert_eq!(init(&[]), Some(0));
    assert_eq!(init(&[]), Some(78), "it is not replaced");
    assert_eq!(init(&["--force"]), Some(0));
    let out = work.path().join("out");
    let status = copydesk()
        .args(["run", "-q", "--config"])
        .arg(&config)
        .arg("-o")
        .arg(&out)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(rows(&out.join("documents.csv")).len(), 1);
}
