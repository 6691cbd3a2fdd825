//! The tables as other programs read them: CSV that comes back cell for cell, formulas that stay text, modes of files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::{copydesk, files, rows, run, run_well};

/// Texts that CSV, or a spreadsheet, might take for something else.
const TEXTS: [&str; 12] = [
    "=HYPERLINK(\"http://x.example\",\"x\")",
    "+44 20 7946 0000, and more",
    "-5 degrees",
    "@name said \"no\"",
    "'quoted' and plain",
    "'=not a formula",
    "a,b;c\td",
    "line one\nline two\n\nline \"four\"",
    "＝1+1",
    "ends with a quote\"",
    "\"begins with one",
    "nul and \u{2028} separators \u{85} inside",
];

fn dump(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let line = |(n, text): (usize, &&str)| {
        serde_json::json!({ "id": format!("={n}"), "title": text, "text": text }).to_string()
    };
    let lines: Vec<_> = TEXTS.iter().enumerate().map(line).collect();
    fs::write(folder.join("a.jsonl"), lines.join("\n")).unwrap();
}

/// What `python3` finds in the columns `id` and `text` of a table.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn read_by_python(table: &Path) -> Option<Vec<(String, String)>> {
    let script = "import csv, json, sys\nrows = csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True)\nprint(json.dumps([[row['id'], row['text']] for row in rows]))";
    match Command::new("python3").args(["-c", script]).arg(table).output() {
        Ok(output) if output.status.success() => {
            Some(serde_json::from_slice(&output.stdout).unwrap())
        }
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("SKIPPED: there is no python3 here");
            None
        }
    }
}

#[test]
fn cells_come_back_from_python_and_are_no_formulas() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    run_well(&input, &out, &["-q", "--stages", ""]);
    let ours: Vec<_> = rows(&out.join("documents.csv"))
        .into_iter()
        .map(|row| (row["id"].clone(), row["text"].clone()))
        .collect();
    // C1 controls and white space at the ends go when a text is decoded.
    let expected: Vec<_> = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| (format!("={n}"), text.trim().to_owned()))
        .collect();
    assert_eq!(ours.len(), expected.len());
    for (ours, expected) in ours.iter().zip(&expected).take(11) {
        assert_eq!(ours, expected);
    }
    let Some(theirs) = read_by_python(&out.join("documents.csv")) else { return };
    assert_eq!(theirs.len(), ours.len());
    for (theirs, ours) in theirs.iter().zip(&ours) {
        for (cell, plain) in [(&theirs.0, &ours.0), (&theirs.1, &ours.1)] {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell:?}");
            assert!(cell == plain || *cell == format!("'{plain}"), "{cell:?} for {plain:?}");
        }
    }
}

#[test]
fn the_guard_can_be_switched_off_and_the_way_back_knows() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    let config = work.path().join("plain.toml");
    fs::write(&config, "stages = []\n[output]\nguard-formulas = false\n").unwrap();
    run_well(&input, &out, &["-q", "--config", config.to_str().unwrap()]);
    if let Some(theirs) = read_by_python(&out.join("documents.csv")) {
        assert_eq!(theirs[0], ("=0".to_owned(), TEXTS[0].to_owned()));
        assert_eq!(theirs[5].1, "'=not a formula");
    }
    let undone = copydesk().arg("undo").arg(&out).output().unwrap();
    assert_eq!(undone.status.code(), Some(0));
    let lines: Vec<serde_json::Value> = String::from_utf8(undone.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for n in [0, 5] {
        assert_eq!(lines[n]["id"], format!("={n}"));
        assert_eq!(lines[n]["text"], format!("{0}\n\n{0}", TEXTS[n]));
    }
    assert_eq!(copydesk().arg("verify").arg(&out).output().unwrap().status.code(), Some(0));
}

#[test]
fn files_are_the_owners_alone_unless_a_mask_says_otherwise() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("new/out"));
    dump(&input);
    let config = work.path().join("open.toml");
    fs::write(&config, "[output]\numask = \"027\"\n").unwrap();
    let config = ["--config", config.to_str().unwrap()];
    let table: [(&[&str], u32, u32); 3] =
        [(&[], 0o600, 0o700), (&config, 0o640, 0o750), (&["--umask", "022"], 0o644, 0o755)];
    for (flags, of_files, of_folders) in table {
        run_well(&input, &out, &[&["-q"], flags].concat());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for file in files(&out) {
            assert_eq!(mode(&file), of_files, "{} with {flags:?}", file.display());
        }
        for folder in [out.clone(), out.join("stats")] {
            assert_eq!(mode(&folder), of_folders, "{} with {flags:?}", folder.display());
        }
    }
    assert_eq!(run(&input, &out, &["--umask", "777"]).status.code(), Some(2));
}

/// Patterns that are quadratic, or take a millisecond a byte, on lines, sentences, brackets and headlines of a megabyte.
#[test]
fn rules_of_a_user_cannot_hang_a_run() {
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("dump");
    fs::create_dir(&input).unwrap();
    let long = "ab".repeat(500_000);
    let letters = "word ab ".repeat(125_000);
    for (name, text) in [
        ("line.txt", long.clone()),
        ("title.txt", format!("{long}\n\nA short body of two words.")),
        ("suffix.txt", format!("Title | {long}\n\nA short body of two words.")),
        ("words.txt", letters.clone()),
        ("sentences.txt", format!("See ab here. {letters}. Another ab. ({letters}) More ab here.")),
        ("lines.txt", format!("{}\n", "ab".repeat(250)).repeat(2000)),
    ] {
        fs::write(input.join(name), text).unwrap();
    }
    let mut rules = "pack = \"mine\"\n".to_owned();
    for (n, pattern) in
        ["(?s).*?z|ab", "[a-z]*q|ab", "[a-z ]{0,100}b", "a{5}{5}{5}"].iter().enumerate()
    {
        for kind in ["line", "sentence", "title-suffix", "title-prefix", "tail"] {
            let cues = if kind == "sentence" { "cues = [\"ab\"]\n" } else { "" };
            rules += &format!(
                "[[rule]]\nname = \"{kind}-{n}\"\nkind = \"{kind}\"\nreason = \"r\"\n{cues}regex = '{pattern}'\n"
            );
        }
    }
    fs::write(work.path().join("mine.toml"), rules).unwrap();
    let config = work.path().join("pipeline.toml");
    fs::write(
        &config,
        "stages = [\"boilerplate\"]\n[stage.boilerplate]\nrules = [\"mine.toml\"]\n",
    )
    .unwrap();
    let output = Command::new("timeout")
        .args(["-s", "KILL", "120", env!("CARGO_BIN_EXE_copydesk"), "run", "-q", "--config"])
        .args([&config, Path::new("-o"), &work.path().join("out"), &input])
        .output()
        .unwrap();
    // If it had been killed, there would be no code.
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let removed = rows(&work.path().join("out/removed.csv"));
    let of_title =
        |row: &&std::collections::BTreeMap<String, String>| row["rule"].starts_with("mine/title-");
    assert_eq!(removed.iter().find(of_title), None, "no pattern is tried on a title of a megabyte");
    let check = copydesk().args(["check", "--config"]).arg(&config).output().unwrap();
    assert_eq!(check.status.code(), Some(78));
    let said = String::from_utf8_lossy(&check.stderr);
    for rule in ["line-0", "line-1"] {
        assert!(said.contains(&format!("`regex` of `mine/{rule}` is slow")), "{rule}: {said}");
    }
    fs::write(&config, "[stage.boilerplate]\nmax-line-chars = 10001\n").unwrap();
    let check = copydesk().args(["check", "--config"]).arg(&config).output().unwrap();
    assert_eq!(check.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&check.stderr).contains("must be at most 10000"));
}
