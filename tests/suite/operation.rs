//! What a scheduler and its operator see: logs, metrics, the summary, and what must never be in them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use copydesk::Exit;
use serde_json::Value;

use crate::support::{copydesk, run};

const TEXT: &str = "The bridge over the Lenne opened on Monday after nine years of work.";

fn dump(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in [
        ("a.txt", format!("Bridge\n\n{TEXT}\n\nSubscribe to our newsletter\n")),
        ("b.txt", format!("Bridge\n\n{TEXT}\n")),
        ("c.txt", String::new()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// Lines of JSON.
fn events(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect()
}

#[test]
fn the_log_is_an_event_a_line_and_the_summary_the_last_line_of_output() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    let good = run(&input, &out, &["--log-format", "json", "--json"]);
    assert_eq!(good.status.code(), Some(0));
    let log = events(&good.stderr);
    for event in &log {
        assert!(event["time"].is_f64() && event["level"].is_string(), "{event}");
    }
    let names: Vec<_> = log.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names.first(), Some(&"pass_begins"));
    assert_eq!(names.last(), Some(&"done"));
    assert_eq!(log.last().unwrap()["found"], 3);
    let last = events(&good.stdout).pop().unwrap();
    assert_eq!((&last["found"], &last["kept"]), (&Value::from(3), &Value::from(1)));
    fs::write(input.join("d.txt.gz"), b"\x1f\x8b\x08 no gzip").unwrap();
    let loss = events(&run(&input, &out, &["--log-format", "json"]).stderr);
    assert!(loss.iter().any(|event| event["level"] == "warn"), "{loss:?}");
    let failed = run(&work.path().join("nothing"), &out, &["--log-format", "json", "--json"]);
    assert!(failed.stdout.is_empty());
    let log = events(&failed.stderr);
    assert_eq!((&log[0]["event"], &log[0]["exit_code"]), (&"failed".into(), &10.into()));
    let quiet = run(&input, &out, &["--log-format", "json", "-q"]);
    assert!(quiet.stderr.is_empty());
}

fn metric(text: &str, name: &str) -> Option<f64> {
    let line =
        text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok())
}

#[test]
fn metrics_are_gauges_of_the_last_run_and_replaced_as_a_whole() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    let file = work.path().join("copydesk.prom");
    let with = |input: &Path, more: &[&str]| -> (Option<i32>, String) {
        let output =
            run(input, &out, &[&["-q", "--metrics", file.to_str().unwrap()], more].concat());
        (output.status.code(), fs::read_to_string(&file).unwrap_or_default())
    };
    let (code, text) = with(&input, &[]);
    assert_eq!(code, Some(0));
    for (name, expected) in [
        ("copydesk_run_success", 1.0),
        ("copydesk_run_exit_code", 0.0),
        ("copydesk_documents{outcome=\"found\"}", 3.0),
        ("copydesk_documents{outcome=\"kept\"}", 1.0),
        ("copydesk_duplicate_documents{kind=\"exact\"}", 1.0),
        ("copydesk_rejected_documents{stage=\"input\",reason=\"empty\"}", 1.0),
        ("copydesk_removed_spans{stage=\"boilerplate\",rule=\"en/newsletter\"}", 1.0),
        ("copydesk_input_losses", 0.0),
    ] {
        assert_eq!(metric(&text, name), Some(expected), "{name} in {text}");
    }
    assert!(metric(&text, "copydesk_run_seconds").is_some_and(|seconds| seconds > 0.0));
    // Each sample is a name, labels and one number: a time stamp behind it would make node_exporter refuse the file.
    let mut typed = std::collections::BTreeSet::new();
    for line in text.lines() {
        match line.strip_prefix("# TYPE ") {
            Some(gauge) => assert!(typed.insert(gauge.to_owned()), "typed twice: {gauge}"),
            None if line.starts_with('#') => {}
            None => {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert!(value.parse::<f64>().is_ok(), "{line}");
                assert!(name.ends_with('}') || !name.contains(' '), "{line}");
                assert!(
                    typed.contains(&format!("{} gauge", name.split('{').next().unwrap())),
                    "{line}"
                );
            }
        }
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
    let (code, text) = with(&work.path().join("nothing"), &[]);
    assert_eq!(code, Some(10));
    assert_eq!(metric(&text, "copydesk_run_success"), Some(0.0));
    assert_eq!(metric(&text, "copydesk_run_exit_code"), Some(10.0));
    assert_eq!(metric(&text, "copydesk_documents{outcome=\"found\"}"), None, "{text}");
    let (code, text) = with(&input, &["--stages", "no-such-stage"]);
    assert_eq!((code, metric(&text, "copydesk_run_exit_code")), (Some(78), Some(78.0)));
    let nowhere = run(&input, &out, &["--metrics", "/nowhere/x.prom"]);
    assert_eq!(nowhere.status.code(), Some(78), "said before the run, not after");
    let left: Vec<_> =
        fs::read_dir(work.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "no temporary file is left: {left:?}");
}

/// A word that stands in documents of every kind and fate, and in nothing that is said about them.
const MARKER: &str = "Zyzzogeton";

fn marked_dump(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut lines = Vec::new();
    for n in 0..30 {
        let text = format!(
            "{MARKER} number {n} was seen on {}.\n\nSubscribe to {MARKER}\n",
            "the river ".repeat(n + 5)
        );
        lines.push(
            serde_json::json!({ "title": format!("{MARKER} {n} | Echo"), "text": text })
                .to_string(),
        );
    }
    lines.push(format!("{{\"text\": \"{MARKER}"));
    lines.push(format!("{MARKER} is no JSON"));
    lines.push(format!("{{\"text\": [\"{MARKER}\", 1], \"title\": {{\"{MARKER}\": 1}}}}"));
    lines.push(lines[0].clone());
    fs::write(folder.join("a.jsonl"), lines.join("\n")).unwrap();
    fs::write(folder.join("b.csv"), format!("text,n\n{MARKER}\n\"{MARKER} open,1\n")).unwrap();
    fs::write(folder.join("c.txt"), format!("{MARKER}\n\n{}", "\u{1}".repeat(99))).unwrap();
    fs::write(folder.join("d.txt.gz"), [b"\x1f\x8b\x08", MARKER.as_bytes()].concat()).unwrap();
}

#[test]
fn no_text_of_a_document_is_in_logs_metrics_or_the_record_of_the_run() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    marked_dump(&input);
    let metrics = work.path().join("m.prom");
    let metrics_flag = ["--metrics", metrics.to_str().unwrap(), "--allow-unreadable"];
    let said = |output: &Output| {
        [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
    };
    for flags in [&["-v"][..], &["-v", "--log-format", "json", "--json"], &["--strict"]] {
        let output = run(&input, &out, &[flags, &metrics_flag].concat());
        let said = said(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(!said.contains(MARKER), "{flags:?}: {said}");
        for file in [metrics.clone(), out.join("run.json")] {
            let text = fs::read_to_string(&file).unwrap();
            assert!(!text.contains(MARKER), "{}: {text}", file.display());
        }
    }
    let config = work.path().join("strict.toml");
    fs::write(&config, "[run]\nmax-errors = 0\n[alarm]\nstrict = true\nmax-removed-share = 0.0\n")
        .unwrap();
    for format in ["text", "json"] {
        let flags = ["--config", config.to_str().unwrap(), "-v", "--log-format", format];
        let over = run(&input, &out, &flags);
        assert_eq!(over.status.code(), Some(4));
        assert!(!said(&over).contains(MARKER), "{}", said(&over));
    }
    let replay = copydesk().arg("replay").arg(&out).output().unwrap();
    assert!(!said(&replay).contains(MARKER) && !replay.stdout.is_empty());
}

#[test]
fn names_of_files_and_sources_cannot_steer_a_terminal() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    fs::create_dir_all(&input).unwrap();
    let hostile = "\u{1b}]0;pwn\u{7}\u{202e}\u{9b}31m";
    let mut lines = Vec::new();
    for n in 0..40 {
        let text = format!(
            "Text number {n} of {}.\n\nSubscribe to our newsletter",
            "words ".repeat(n + 1)
        );
        lines.push(serde_json::json!({
            "title": format!("{hostile} {}", "x".repeat(n * 10_000)), "source": format!("{hostile}s"),
            "id": format!("{hostile}{n}"), "text": text,
        }).to_string());
    }
    fs::write(input.join(format!("a{hostile}.jsonl")), lines.join("\n")).unwrap();
    fs::write(input.join(format!("a{hostile}.pdf")), "").unwrap();
    fs::write(input.join(format!("b{hostile}.txt.gz")), "broken").unwrap();
    let config = work.path().join("strict.toml");
    fs::write(&config, "[alarm]\nmax-removed-share = 0.0\n").unwrap();
    let config = ["--config", config.to_str().unwrap(), "-v"];
    let replay = copydesk().arg("replay").arg(&out).output().unwrap();
    let explain =
        copydesk().arg("explain").arg(input.join(format!("a{hostile}.jsonl"))).output().unwrap();
    let mut said = vec![replay, explain];
    for flags in [
        &["--json"][..],
        &["--log-format", "json", "--json"],
        &["--strict"],
        &["--config", "/no\u{1b}[31m"],
    ] {
        said.push(run(
            &input,
            &out,
            &[&config[..if flags[0] == "--config" { 0 } else { 3 }], flags].concat(),
        ));
    }
    said.push(copydesk().arg("pairs").arg(&out).output().unwrap());
    said.push(copydesk().arg("verify").arg(format!("/{hostile}")).output().unwrap());
    for output in &said {
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8_lossy(bytes);
            let bad = text.chars().find(|c| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            });
            assert_eq!(bad, None, "{text:?}");
            assert!(text.len() < 60_000, "a title of 400 kB is shortened");
        }
    }
}

/// Where this can be asked: in a name space without any network.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn a_run_needs_no_network_and_asks_for_none() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    let binary = env!("CARGO_BIN_EXE_copydesk");
    let can = |program: &str, arguments: &[&str]| {
        Command::new(program)
            .args(arguments)
            .arg("true")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let alone = ["--user", "--map-root-user", "--net"];
    if can("unshare", &alone) {
        let status = Command::new("unshare")
            .args(alone)
            .arg(binary)
            .args(["run", "-q", "-o"])
            .args([&out, &input])
            .status();
        assert_eq!(status.unwrap().code(), Some(0));
    } else {
        eprintln!("SKIPPED: no name space without network can be made here");
    }
    let trace = work.path().join("trace");
    let quiet = ["-f", "-qq", "-e", "trace=socket,connect", "-o", trace.to_str().unwrap()];
    if can("strace", &quiet) {
        let status = Command::new("strace")
            .args(quiet)
            .arg(binary)
            .args(["run", "-q", "-o"])
            .args([&out, &input])
            .status();
        assert_eq!(status.unwrap().code(), Some(0));
        let calls = fs::read_to_string(&trace).unwrap();
        // A pair of sockets within the process, such as signals are passed through, is none; nor is a thread that ends while
        // `strace` waits for it, `???(`.
        let is_call = |call: &str| call.contains("socket(") || call.contains("connect(");
        let reaches_out = |call: &&str| is_call(call) && !call.contains("AF_UNIX");
        let calls: Vec<_> = calls.lines().filter(reaches_out).collect();
        assert!(calls.is_empty(), "{calls:?}");
    } else {
        eprintln!("SKIPPED: system calls cannot be traced here");
    }
}

/// All codes but those of defects, of memory and of signals.
#[test]
fn each_code_of_the_table_is_what_the_process_ends_with() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    let empty = work.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let broken = work.path().join("broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("a.txt.gz"), b"\x1f\x8b\x08 no gzip").unwrap();
    let config = work.path().join("strict.toml");
    fs::write(&config, "[run]\nmax-errors = 0\n").unwrap();
    let held = work.path().join(".held.copydesk");
    fs::create_dir(&held).unwrap();
    let lock = fs::File::create(held.join("lock")).unwrap();
    lock.lock().unwrap();
    let code = |dump: &Path, out: &Path, more: &[&str]| run(dump, out, more).status.code().unwrap();
    let verify =
        |out: &Path| copydesk().arg("verify").arg(out).output().unwrap().status.code().unwrap();
    let seen = [
        (Exit::Done, code(&input, &out, &[])),
        (Exit::Usage, code(&input, &out, &["--no-such-flag"])),
        (Exit::Incomplete, code(&broken, &out, &[])),
        (Exit::OverBudget, code(&input, &out, &["--config", config.to_str().unwrap()])),
        (Exit::Empty, code(&empty, &out, &["--fail-on-empty"])),
        (Exit::InputMissing, code(&work.path().join("nothing"), &out, &[])),
        (Exit::Locked, code(&input, &work.path().join("held"), &[])),
        (Exit::Mismatch, verify(&input)),
        (Exit::Output, code(&input, &input.join("a.txt/out"), &[])),
        (Exit::Setup, code(&input, &out, &["--stages", "no-such-stage"])),
    ];
    for (exit, code) in seen {
        assert_eq!(code, i32::from(exit.code()), "{exit:?}");
    }
    let others = [Exit::Internal, Exit::Memory, Exit::Hangup, Exit::Interrupt, Exit::Terminate];
    assert_eq!(seen.len() + others.len(), Exit::ALL.len());
    let table = String::from_utf8(copydesk().args(["help", "exit-codes"]).output().unwrap().stdout)
        .unwrap();
    assert_eq!(table, Exit::plain_table());
}

#[test]
fn no_path_comes_from_a_document() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    fs::create_dir(&input).unwrap();
    let outside = work.path().join("x").display().to_string();
    let ids = ["../../x", &outside, "C:\\x", "a\u{0}b", "stats/sizes.csv", "~/x", ".", ""];
    let line = |id: &&str| {
        serde_json::json!({ "id": id, "source": id, "title": id, "text": format!("{TEXT} {id}") })
            .to_string()
    };
    fs::write(input.join("a.jsonl"), ids.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!(run(&input, &out, &["-q"]).status.code(), Some(0));
    let names = |folder: &Path| -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(work.path()), ["dump", "out"]);
    assert_eq!(
        names(&out.join("stats")),
        [
            "days.csv",
            "diversity.csv",
            "documents.csv",
            "frequency.csv",
            "funnel.csv",
            "growth.csv",
            "languages.csv",
            "readability.csv",
            "removed_lines.csv",
            "sizes.csv",
            "sources.csv",
            "steps.csv",
            "words.csv",
        ]
    );
    assert_eq!(names(&input), ["a.jsonl"]);
}

#[test]
fn whoever_stops_reading_has_seen_enough() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    assert_eq!(run(&input, &out, &["-q"]).status.code(), Some(0));
    let file = input.join("a.txt").display().to_string();
    let paths = [&out, &input].map(|path| path.to_str().unwrap());
    for arguments in [
        &["undo", paths[0]][..],
        &["explain", &file],
        &["verify", paths[0]],
        &["help", "exit-codes"],
        &["run", paths[1], "-o", paths[0], "--json"],
    ] {
        let mut command = copydesk();
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn check_plan_and_explain_write_nothing() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input);
    assert_eq!(run(&input, &out, &["-q"]).status.code(), Some(0));
    let (file, trace) = (input.join("a.txt"), work.path().join("trace"));
    let calls = "trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,ftruncate,chmod,fchmod,fchmodat";
    let [input, out, file] = [&input, &out, &file].map(|path| path.to_str().unwrap());
    for arguments in [
        &["check", input, "-o", out][..],
        &["plan", input, "-o", out],
        &["explain", file],
        &["verify", out],
        &["undo", out],
        &["pairs", out],
    ] {
        let traced = Command::new("strace")
            .args(["-f", "-qq", "-e", calls, "-o"])
            .arg(&trace)
            .arg(env!("CARGO_BIN_EXE_copydesk"))
            .args(arguments)
            .output();
        if !traced.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: system calls cannot be traced here");
            return;
        }
        let calls = fs::read_to_string(&trace).unwrap();
        let is_writing = |call: &&str| {
            let opens = ["open(", "openat(", "openat2("].iter().any(|open| call.contains(open));
            let for_writing =
                ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag));
            call.contains('(') && (!opens || for_writing) && !call.contains("/dev/null")
        };
        assert_eq!(calls.lines().find(is_writing), None, "{arguments:?}");
    }
}
