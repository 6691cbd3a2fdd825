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
fn a_source_that_loses_too_much_is_an_alarm_and_strictly_a_failure() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    for n in 0..20 {
        let (word, tail) = ("orchard".repeat(n + 1), "x".repeat(60));
        let text = format!("Title {n}\n\nThe {word} of the valley opened.\n\nRefrain {tail}\n");
        article(&dump, &format!("echo/{n:02}.txt"), &text);
        article(
            &dump,
            &format!("calm/{n:02}.txt"),
            &format!("Title {n}\n\nThe {word} number {n}\n"),
        );
    }
    let config = work.path().join("pipeline.toml");
    let rules = "stages = [\"learned-boilerplate\"]\n[alarm]\nmax-removed-share = 0.2\n";
    fs::write(&config, rules).unwrap();
    let out = work.path().join("out");
    let with =
        |more: &[&str]| run(&dump, &out, &[&["--config", config.to_str().unwrap()], more].concat());
    let warned = with(&[]);
    assert_eq!(warned.status.code(), Some(0));
    let summary = String::from_utf8(warned.stderr).unwrap();
    assert!(summary.contains("warning: `echo` lost "), "{summary}");
    assert!(summary.contains("most to learned-boilerplate:recurs-at-"), "{summary}");
    assert!(!summary.contains("`calm`"), "{summary}");
    let json: serde_json::Value = serde_json::from_slice(&with(&["--json"]).stdout).unwrap();
    assert_eq!(json["over_cleaned"][0]["source"], "echo");
    let old = fs::read(out.join("run.json")).unwrap();
    let text = String::from_utf8_lossy(&old).into_owned();
    assert!(text.contains("over_cleaned") && text.contains("\"echo\""), "{text}");
    assert_eq!(with(&["--strict"]).status.code(), Some(4));
    assert_eq!(fs::read(out.join("run.json")).unwrap(), old, "the old output stays");
}

#[test]
fn undo_gives_the_decoded_text_back() {
    let work = tempfile::tempdir().unwrap();
    let dump = crate::support::repository().join("examples/dump");
    let (out, decoded) = (work.path().join("out"), work.path().join("decoded"));
    run_well(&dump, &out, &["-q"]);
    run_well(&dump, &decoded, &["-q", "--stages", ""]);
    let undo = |more: &[&str]| copydesk().arg("undo").arg(&out).args(more).output().unwrap();
    let lines = |output: &std::process::Output| -> Vec<serde_json::Value> {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let all = undo(&[]);
    assert_eq!(all.status.code(), Some(0), "{}", String::from_utf8_lossy(&all.stderr));
    let all = lines(&all);
    let decoded = by_id(&decoded.join("documents.csv"));
    assert_eq!(all.len(), rows(&out.join("documents.csv")).len());
    assert!(!rows(&out.join("removed.csv")).is_empty() && !all.is_empty());
    for line in &all {
        let row = &decoded[line["id"].as_str().unwrap()];
        let parts = [&row["title"], &row["text"]].into_iter().filter(|part| !part.is_empty());
        let whole: Vec<_> = parts.map(String::as_str).collect();
        assert_eq!(line["text"], whole.join("\n\n"), "{}", row["id"]);
    }
    let id = all[1]["id"].as_str().unwrap();
    assert_eq!(lines(&undo(&[id])), [all[1].clone()]);
    assert_eq!(undo(&["no-such-id"]).status.code(), Some(12));
    let table = out.join("removed.csv");
    let stray = fs::read_to_string(&table).unwrap() + "stray,s,r,0,1,x\r\n";
    fs::write(&table, stray).unwrap();
    let broken = undo(&[]);
    assert_eq!(broken.status.code(), Some(12));
    assert!(String::from_utf8_lossy(&broken.stderr).contains("`stray`"));
}

#[test]
fn eval_scores_labelled_pages_and_gates_them() {
    let work = tempfile::tempdir().unwrap();
    let gold = work.path().join("gold.jsonl");
    let page = |lines: &[&str], labels: &[&str], lang: &str| {
        serde_json::json!({
            "raw_text": lines.join("\n"), "labels": labels, "lang": lang, "source": "echo",
            "page_title": "The bridge opens | Echo", "title": "The bridge opens",
        })
        .to_string()
    };
    let pages = [
        page(
            &["The bridge over the Lenne opened on Monday after nine years of work."],
            &["keep"],
            "en",
        ),
        page(
            &["The mill on the upper river will be a museum of paper.", "Unheard-of furniture"],
            &["keep", "drop"],
            "en",
        ),
        page(&["Only furniture"], &["drop"], "en"),
        page(&["Die Brücke ist offen."], &["keep"], "de"),
    ];
    fs::write(&gold, pages.join("\n")).unwrap();
    let eval = |more: &[&str]| {
        let fixed = ["--stages", "", "--only", "lang=en"];
        copydesk().arg("eval").arg(&gold).args(fixed).args(more).output().unwrap()
    };
    let figures: serde_json::Value = serde_json::from_slice(&eval(&["--json"]).stdout).unwrap();
    // Without stages the second page has 12 shingles, of which 9 are of the line to keep.
    for (name, expected) in [
        ("pages", 2.0),
        ("f1", (1.0 + 18.0 / 21.0) / 2.0),
        ("exact", 0.5),
        ("drop_recall", 0.0),
        ("drop_precision", 1.0),
        ("kept_lines_lost", 0.0),
        ("hurt_pages", 0.0),
        ("title_exact", 0.0),
    ] {
        let value = figures[name].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-9, "{name}: {value}");
    }
    let shown = String::from_utf8(eval(&["--show", "3"]).stdout).unwrap();
    assert!(shown.ends_with("gold.jsonl:2: Unheard-of furniture\n"), "{shown}");
    let table: [(&[&str], i32); 5] = [
        (&["--min", "exact=0.5", "--max", "hurt_pages=0"], 0),
        (&["--min", "exact=0.6"], 12),
        (&["--max", "exact=0.4"], 12),
        (&["--min", "exactly=0.4"], 78),
        (&["--min", "exact"], 2),
    ];
    for (gates, code) in table {
        assert_eq!(eval(gates).status.code(), Some(code), "{gates:?}");
    }
    fs::write(&gold, "{\"raw_text\": \"a\\nb\", \"labels\": [\"keep\"], \"lang\": \"en\"}")
        .unwrap();
    let wrong = eval(&[]);
    assert_eq!(wrong.status.code(), Some(78));
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("gold.jsonl:1: has 2 lines and 1 labels")
    );
}

#[test]
fn check_refuses_a_rule_that_matches_nothing_or_grows_too_fast() {
    let work = tempfile::tempdir().unwrap();
    let config = work.path().join("pipeline.toml");
    fs::write(&config, "[stage.boilerplate]\nrules = [\"mine.toml\"]\n").unwrap();
    let table = [
        ("^hear the valley:", 0, ""),
        ("(?:hear more)?", 78, "mine.toml:6:9: `regex` of `mine/a` matches the empty string"),
        ("[a-z]*q|ab", 78, "mine.toml:6:9: `regex` of `mine/a` is slow"),
    ];
    for (pattern, code, message) in table {
        let rule = format!(
            "pack = \"mine\"\n[[rule]]\nname = \"a\"\nkind = \"line\"\nreason = \"r\"\nregex = '{pattern}'\n"
        );
        fs::write(work.path().join("mine.toml"), rule).unwrap();
        let check = copydesk().args(["check", "--config"]).arg(&config).output().unwrap();
        let stderr = String::from_utf8(check.stderr).unwrap();
        assert_eq!(check.status.code(), Some(code), "{pattern}: {stderr}");
        assert!(stderr.contains(message), "{pattern}: {stderr}");
    }
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
        "id,source,title,language,language_confidence,chars,tokens,sentences,cluster_size,text,language_second,foreign_share,foreign_language,duplicate_note,date,published,published_from,published_reason,source_from,url,author,language_declared,encoding,replacements,entities_decoded,mojibake_repaired\r\n"
    ));
    assert!(text.contains(",\"'=HYPERLINK(\"\"http://x\"\")\","), "{text}");
    assert!(text.contains("\"A body, with \"\"quotes\"\",\nand lines.\""), "{text}");
}

#[test]
fn without_a_terminal_a_good_run_is_silent_unless_asked() {
    let work = tempfile::tempdir().unwrap();
    article(&work.path().join("dump"), "a.txt", TEXT);
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let quiet = run(&dump, &out, &["-q"]);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
    let cron = run(&dump, &out, &[]);
    assert!(cron.stdout.is_empty() && cron.stderr.is_empty(), "cron mails what is printed");
    let plain = run(&dump, &out, &["--verbose"]);
    assert!(plain.stdout.is_empty());
    let summary = String::from_utf8(plain.stderr).unwrap();
    assert!(summary.starts_with("1 found = 1 kept + 0 duplicates + 0 rejected\n"), "{summary}");
    assert!(!summary.contains('\u{1b}'), "no terminal, no escape codes");
    let json = run(&dump, &out, &["--json"]);
    assert!(json.stderr.is_empty());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["found"], 1);
    article(&dump, "broken.txt.gz", "\x1f\u{8b}");
    let loss = String::from_utf8(run(&dump, &out, &[]).stderr).unwrap();
    let last = "warning: 1 inputs could not be read; they are listed in rejected.csv";
    assert_eq!(loss.lines().last(), Some(last));
    assert!(loss.starts_with("2 found = 1 kept"), "{loss}");
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

#[test]
fn what_one_dump_taught_is_cut_from_another_and_explained() {
    let work = tempfile::tempdir().unwrap();
    let (large, small) = (work.path().join("large"), work.path().join("small"));
    let text = |n: usize| {
        let word = "orchard".repeat(n + 1);
        format!(
            "The {word} opens | Valley Echo\n\nThe {word} opened on Monday.\n\nIts owner {word} was there.\n\nOur desk answers letters on weekdays\n"
        )
    };
    for n in 0..9 {
        article(&large, &format!("valley-echo/{n}.txt"), &text(n));
    }
    article(&small, "valley-echo/a.txt", &text(20));
    article(&small, "gazette/a.txt", &text(21));
    let file = work.path().join("learned.toml");
    let learn = |more: &[&str]| {
        copydesk()
            .arg("learn")
            .arg(&large)
            .args(["-q", "--stages", "learned-boilerplate", "-o"])
            .arg(&file)
            .args(more)
            .output()
    };
    assert_eq!(learn(&["--threads", "1"]).unwrap().status.code(), Some(0));
    let learned = fs::read_to_string(&file).unwrap();
    assert!(learned.contains("source = \"valley-echo\"\ntext = \"our desk answers"), "{learned}");
    assert_eq!(learn(&[]).unwrap().status.code(), Some(78), "a file that exists is not replaced");
    assert_eq!(learn(&["--force", "--threads", "3"]).unwrap().status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), learned, "for any number of threads");

    let config = work.path().join("pipeline.toml");
    let known = "stages = [\"learned-boilerplate\"]\n[stage.learned-boilerplate]\nknown = [\"learned.toml\"]\n";
    fs::write(&config, known).unwrap();
    let config = ["--config", config.to_str().unwrap()];
    let out = work.path().join("out");
    run_well(&small, &out, &[&config[..], &["-q"]].concat());
    let removed = rows(&out.join("removed.csv"));
    let rules: Vec<_> = removed.iter().map(|row| (&*row["id"], &*row["rule"])).collect();
    let of_echo = "valley-echo/a.txt";
    assert_eq!(rules, [(of_echo, "known-in-title"), (of_echo, "known-at-edge")]);

    let explain = |variable: &str| {
        let path = small.join(of_echo);
        let mut command = copydesk();
        for name in ["NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        let output = command.arg("explain").arg(path).args(config).env(variable, "1").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let plain = explain("COLUMNS");
    for part in [
        "[- | Valley Echo-]\n",
        "3  [-Our desk answers letters on weekdays-]\n",
        "learned-boilerplate known-at-edge: Known boilerplate of this source.\n",
        "9 documents, 100.0 % of the source's documents; place: edge; such as: Our desk",
        "2 cuts, 52 of ",
    ] {
        assert!(plain.contains(part), "{part} in {plain}");
    }
    assert!(!plain.contains('\x1b'), "{plain}");
    assert!(explain("CLICOLOR_FORCE").contains("\x1b[31;9mOur desk answers letters on weekdays"));
    assert_eq!(explain("NO_COLOR"), plain);

    fs::write(&file, learned.replacen("place = ", "plase = ", 1)).unwrap();
    let check = copydesk().arg("check").args(config).output().unwrap();
    assert_eq!(check.status.code(), Some(78));
    let message = String::from_utf8(check.stderr).unwrap();
    let line = learned.lines().position(|line| line.starts_with("place")).unwrap() + 1;
    assert!(
        message.contains(&format!("learned.toml:{line}:1: unknown field `plase`")),
        "{message}"
    );
    assert!(message.contains("did you mean `place`?"), "{message}");
}

#[test]
fn the_pairs_of_a_run_are_listed_with_what_other_thresholds_would_do() {
    let work = tempfile::tempdir().unwrap();
    let words = |from: u32, to: u32| -> String {
        (from..to).map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ")
    };
    article(work.path(), "dump/a/long.txt", &format!("Long\n\n{}\n", words(0, 300)));
    article(work.path(), "dump/b/short.txt", &format!("Short\n\n{}\n", words(0, 150)));
    let out = work.path().join("out");
    run_well(&work.path().join("dump"), &out, &["-q", "--stages", "near-dedup"]);
    let clusters = rows(&out.join("clusters.csv"));
    assert_eq!((clusters.len(), &*clusters[0]["kept_id"]), (1, "a/long.txt"));
    let syndication = rows(&out.join("syndication.csv"));
    assert_eq!((&*syndication[0]["kept_source"], &*syndication[0]["copy_source"]), ("a", "b"));
    let listed = copydesk().arg("pairs").arg(&out).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("certain  b/short.txt  a/long.txt"), "{listed}");
    assert!(listed.contains("0.80  1\n"), "{listed}");
    let borderline = copydesk().args(["pairs", "--near-threshold"]).arg(&out).output().unwrap();
    assert!(!String::from_utf8(borderline.stdout).unwrap().contains("short.txt"));
}

#[test]
fn explain_says_of_duplicates_what_a_run_does() {
    let dump = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/duplicates/in");
    let work = tempfile::tempdir().unwrap();
    run_well(&dump, &work.path().join("out"), &["-q"]);
    let explain = |arguments: &[&str]| {
        let output = copydesk().arg("explain").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let rows = rows(&work.path().join("out/duplicates.csv"));
    assert!(rows.iter().any(|row| row["kind"] == "near" && row["action"] == "dropped"));
    for row in rows {
        let told = explain(&[&row["id"], "--in", dump.to_str().unwrap()]);
        let expected = match (row["kind"].as_str(), row["action"].as_str()) {
            ("exact", _) => format!("the same words as {}", row["kept_id"]),
            (_, "dropped") => format!("{}: a certain duplicate ({})", row["kept_id"], row["class"]),
            _ => format!("{}: a likely duplicate ({})", row["kept_id"], row["class"]),
        };
        assert!(told.contains(&expected), "{expected}: {told}");
    }
    let file = |name: &str| dump.join(name).display().to_string();
    let pair = [file("the-northern-ledger/dredging.txt"), file("harbour-gazette/dredging.txt")];
    let told = explain(&[&pair[0], &pair[1]]);
    assert!(told.contains("a certain duplicate (reprint)"), "{told}");
    assert!(told.contains("in both") && told.contains("only here"), "{told}");
}
