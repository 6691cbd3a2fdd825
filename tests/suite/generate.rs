//! Generated units: word for word as written down, and accepted by the programs they are for, where those are here.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{copydesk, repository};

const KINDS: [&str; 4] = ["systemd", "cron", "kubernetes", "airflow"];

fn generate(kind: &str, more: &[&str]) -> Output {
    copydesk().arg("generate").arg(kind).args(more).output().unwrap()
}

fn text(output: Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn has(program: &str, arguments: &[&str]) -> bool {
    let has =
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("SKIPPED: there is no {program} {arguments:?} here");
    }
    has
}

#[test]
fn units_are_as_written_down() {
    let mut wrong = Vec::new();
    for kind in KINDS {
        let user = if kind == "kubernetes" { "2000" } else { "news" };
        let unit = text(generate(
            kind,
            &[
                "/data/dump",
                "-o",
                "/data/clean/news",
                "--config",
                "/etc/copydesk/news.toml",
                "--schedule",
                "15 */6 * * *",
                "--user",
                user,
                "--name",
                "news",
            ],
        ));
        let path = repository().join(format!("tests/generate/{kind}.txt"));
        if std::env::var_os("COPYDESK_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &unit).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if unit != expected {
            let first = expected.lines().zip(unit.lines()).find(|(expected, got)| expected != got);
            wrong.push(format!("{kind}, first at {first:?}"));
        }
        for code in ["2", "4", "12", "78"] {
            assert!(kind == "cron" || unit.contains(code), "{kind} knows nothing of {code}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A dump whose path has everything that some scheduler takes for its own.
fn hostile_dump(work: &Path) -> [String; 2] {
    let dump = work.join("my 'dump' 100% $HOME \"x\"");
    fs::create_dir_all(&dump).unwrap();
    fs::write(dump.join("a.txt"), "The bridge over the Lenne opened on Monday.").unwrap();
    [dump, work.join("out 50%/clean")].map(|path| path.to_str().unwrap().to_owned())
}

#[test]
fn systemd_accepts_its_units() {
    let work = tempfile::tempdir().unwrap();
    let [dump, out] = hostile_dump(work.path());
    let units = work.path().join("units");
    fs::create_dir(&units).unwrap();
    let binary = env!("CARGO_BIN_EXE_copydesk");
    let into = ["--binary", binary, "--into", units.to_str().unwrap()];
    let more = [&[dump.as_str(), "-o", &out, "--user", "root"][..], &into].concat();
    let written = text(generate("systemd", &more));
    assert_eq!(written.lines().count(), 2);
    assert_eq!(generate("systemd", &more).status.code(), Some(13), "files are not replaced");
    if !has("systemd-analyze", &["--version"]) {
        return;
    }
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args([units.join("copydesk.service"), units.join("copydesk.timer")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verify.stderr);
    let about_ours: Vec<_> = said.lines().filter(|line| line.contains("copydesk")).collect();
    assert!(about_ours.is_empty() && verify.status.success(), "{said}");
    let calendar = Command::new("systemd-analyze")
        .args(["calendar", "Mon,Tue *-06-01,15 00..12/4:00/15:00"])
        .output();
    assert!(calendar.unwrap().status.success());
}

#[test]
fn the_line_for_cron_runs_in_a_shell() {
    let work = tempfile::tempdir().unwrap();
    let [dump, out] = hostile_dump(work.path());
    let binary = env!("CARGO_BIN_EXE_copydesk");
    let table = text(generate("cron", &[&dump, "-o", &out, "--binary", binary]));
    let line = table.lines().last().unwrap();
    let command = line.strip_prefix("30 2 * * * ").unwrap();
    // What cron does before the shell sees it: `\%` is `%`, and a bare `%` would end the line.
    assert!(!command.replace("\\%", "").contains('%'), "{command}");
    let ran = Command::new("sh").arg("-c").arg(command.replace("\\%", "%")).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "cron would mail this: {ran:?}");
    assert!(Path::new(&out).join("documents.csv").is_file());
}

#[test]
fn the_manifest_is_yaml_and_says_what_it_should() {
    let work = tempfile::tempdir().unwrap();
    let [dump, out] = hostile_dump(work.path());
    let manifest =
        text(generate("kubernetes", &[&dump, "-o", &out, "--config", "/etc/copydesk/c.toml"]));
    for (more, why) in [
        (&["/d", "-o", "/out"][..], "must lie in a folder"),
        (&["/d", "-o", "/a/out", "--user", "news"], "by number"),
        (&["/d", "-o", "/a/out", "--metrics", "/m"], "`--metrics`"),
    ] {
        let refused = generate("kubernetes", more);
        assert_eq!(refused.status.code(), Some(78));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(why), "{refused:?}");
    }
    if !has("python3", &["-c", "import yaml"]) {
        return;
    }
    let file = work.path().join("job.yaml");
    fs::write(&file, manifest).unwrap();
    let script = r#"
import json, sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
spec = job["spec"]["jobTemplate"]["spec"]
pod = spec["template"]["spec"]
box = pod["containers"][0]
names = {volume["name"] for volume in pod["volumes"]}
assert {mount["name"] for mount in box["volumeMounts"]} == names, names
assert pod["restartPolicy"] == "Never"  # podFailurePolicy wants it
assert box["securityContext"]["capabilities"]["drop"] == ["ALL"]
rules = spec["podFailurePolicy"]["rules"]
print(json.dumps([job["kind"], rules[0]["onExitCodes"]["values"], box["args"][1], box["args"][3], box["terminationMessagePolicy"]]))
"#;
    let checked = Command::new("python3").args(["-c", script]).arg(&file).output().unwrap();
    let said: serde_json::Value =
        serde_json::from_slice(&checked.stdout).unwrap_or_else(|_| panic!("{checked:?}"));
    // Kubernetes reads `$$` as `$`.
    let expected = serde_json::json!([
        "CronJob",
        [2, 4, 12, 78],
        dump.replace('$', "$$"),
        out,
        "FallbackToLogsOnError"
    ]);
    assert_eq!(said, expected);
}

#[test]
fn the_dag_skips_fails_and_retries_by_exit_code() {
    let work = tempfile::tempdir().unwrap();
    let [dump, out] = hostile_dump(work.path());
    let fake = work.path().join("fake copydesk");
    let dag = text(generate(
        "airflow",
        &[&dump, "-o", &out, "--binary", fake.to_str().unwrap(), "--user", "news"],
    ));
    if !has("python3", &["-c", "import json"]) {
        return;
    }
    // Airflow itself is too large to install for this: stand-ins for its five names are enough to run the task.
    let airflow = work.path().join("airflow");
    fs::create_dir(&airflow).unwrap();
    fs::write(airflow.join("__init__.py"), "").unwrap();
    let sdk = "tasks = {}\ndef task(**options):\n    def keep(f):\n        tasks[f.__name__] = f\n        return lambda: None\n    return keep\ndef dag(**options):\n    return lambda f: f\n";
    fs::write(airflow.join("sdk.py"), sdk).unwrap();
    let exceptions = "class AirflowException(Exception): pass\nclass AirflowFailException(AirflowException): pass\nclass AirflowSkipException(AirflowException): pass\n";
    fs::write(airflow.join("exceptions.py"), exceptions).unwrap();
    fs::write(work.path().join("dag.py"), dag).unwrap();
    let script = r##"
import os, sys
sys.path.insert(0, sys.argv[1])
import dag
from airflow.sdk import tasks
for code in [0, 3, 9, 1, 2, 4, 10, 11, 12, 13, 78, 143]:
    with open(dag.COMMAND[0], "w") as fake:
        fake.write(f"#!/bin/sh\necho other\necho '{{\"found\": {code}}}'\nexit {code}\n")
    os.chmod(dag.COMMAND[0], 0o755)
    try:
        print(code, tasks["clean"]()["found"])
    except Exception as why:
        print(code, type(why).__name__)
"##;
    let ran = Command::new("python3").args(["-c", script]).arg(work.path()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let fail = "AirflowFailException";
    let again = "AirflowException";
    let expected = [
        "0 0".to_owned(),
        "3 3".into(),
        "9 AirflowSkipException".into(),
        format!("1 {again}"),
        format!("2 {fail}"),
        format!("4 {fail}"),
        format!("10 {again}"),
        format!("11 {again}"),
        format!("12 {fail}"),
        format!("13 {again}"),
        format!("78 {fail}"),
        format!("143 {again}"),
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{ran:?}");
}
