//! The disk fails, or the process dies, at every system call that changes anything: `strace` injects it into the binary as
//! it is. After each the output is the old one or the new one, and the same command finishes the work.
//!
//! One worker thread, because `strace` counts the calls of each thread by itself: all files are written by the main thread.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::support::{OUTPUTS, output_config, repository, run_well, tree_hash};

/// Calls that change a file system.
const CALLS: [&str; 13] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "syncfs",
    "ftruncate",
    "openat",
    "mkdir",
    "rename",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
];

/// Faults: what `strace` is told, and whether they last.
const FAULTS: [(&str, &str); 4] =
    [("signal=KILL", ""), ("error=ENOSPC", "+"), ("error=EDQUOT", "+"), ("error=EIO", "")];

struct Bench {
    work: tempfile::TempDir,
    old: String,
    new: String,
}

impl Bench {
    /// An output that was published with these lines under `[output]`, and the hashes of that and of the one to come. `None`
    /// where there is no `strace`.
    fn new(output: &str) -> Option<Self> {
        let works =
            Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
        if !works.is_ok_and(|status| status.success()) {
            // Skipped loudly: a line that the test runner shows with `--nocapture`, and in CI's log.
            eprintln!("SKIPPED: strace does not work here, so no faults were injected");
            return None;
        }
        let work = tempfile::tempdir().unwrap();
        let at = |name: &str| work.path().join(name);
        let config = at("c.toml");
        output_config(&config, output);
        let flags = ["--quiet", "--config", config.to_str().unwrap()];
        run_well(&input(), &at("old"), &[&flags[..], &["--stages", "boilerplate"]].concat());
        run_well(&input(), &at("new"), &flags);
        let (old, new) = (tree_hash(&at("old")), tree_hash(&at("new")));
        assert_ne!(old, new);
        Some(Self { work, old, new })
    }

    fn out(&self) -> PathBuf {
        self.work.path().join("out")
    }

    fn config(&self) -> PathBuf {
        self.work.path().join("c.toml")
    }

    /// Puts the old output into place, and nothing beside it.
    fn reset(&self) {
        let _ = fs::remove_dir_all(self.work.path().join(".out.copydesk"));
        let _ = fs::remove_dir_all(self.out());
        copy_tree(&self.work.path().join("old"), &self.out());
    }

    fn traced(&self, options: &[&str]) -> ExitStatus {
        Command::new("strace")
            .args(["-f", "-qq"])
            .args(options)
            .arg(crate::support::binary())
            .args(["run", "--quiet", "--threads", "1", "--config"])
            .args([&self.config(), Path::new("-o"), &self.out(), &input()])
            .current_dir(self.work.path())
            .stderr(Stdio::null())
            .status()
            .unwrap()
    }

    /// How often the main thread makes each call in a run without faults.
    fn count(&self) -> BTreeMap<&'static str, usize> {
        self.reset();
        let log = self.work.path().join("log");
        let trace = format!("trace={}", CALLS.join(","));
        let status = self.traced(&["-o", log.to_str().unwrap(), "-e", &trace]);
        assert!(matches!(status.code(), Some(0 | 3)), "{status}");
        let log = fs::read_to_string(log).unwrap();
        let main = log.split(' ').next().unwrap();
        let mut counts = BTreeMap::new();
        for line in log.lines().filter(|line| line.split(' ').next() == Some(main)) {
            let name = line
                .split(' ')
                .nth(1)
                .filter(|name| !name.is_empty())
                .or(line.split_whitespace().nth(1));
            let name = name.unwrap_or_default().split('(').next().unwrap_or_default();
            if let Some(call) = CALLS.iter().find(|call| **call == name) {
                *counts.entry(*call).or_default() += 1;
            }
        }
        counts
    }

    /// One run with one fault, and the run that finishes the work.
    fn try_fault(&self, call: &str, number: usize, fault: (&str, &str)) {
        let (kind, lasting) = fault;
        let what = format!("{call} {kind} at call {number}{lasting}");
        self.reset();
        let inject = format!("inject={call}:{kind}:when={number}{lasting}");
        let status =
            self.traced(&["-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
        let hash = tree_hash(&self.out());
        match status.code() {
            // A file of the input that could not be opened has its row, and then the output is another one.
            Some(3) if call == "openat" => {}
            Some(0 | 3) => assert_eq!(hash, self.new, "{what}: success, but not the right output"),
            Some(13) | None => {
                assert!(hash == self.old || hash == self.new, "{what}: half an output")
            }
            // The first calls of a process are the loader's, and a run that cannot open its own configuration says so.
            Some(1 | 10 | 78 | 127) if call == "openat" => assert_eq!(hash, self.old, "{what}"),
            Some(code) => panic!("{what}: exit {code}"),
        }
        if kind == "signal=KILL" {
            assert!(
                status.signal().is_some() || status.code() == Some(137) || hash == self.new,
                "{what}: {status}"
            );
        }
        let flags = ["--quiet", "--config", self.config().to_str().unwrap()].map(str::to_owned);
        run_well(&input(), &self.out(), &flags.each_ref().map(String::as_str));
        assert_eq!(
            tree_hash(&self.out()),
            self.new,
            "{what}: the next run did not finish the work"
        );
        assert!(
            !self.work.path().join(".out.copydesk").exists(),
            "{what}: something was left behind"
        );
    }

    /// Every `step`th fault of all, and those of the calls on which all depends; tells how many.
    fn enumerate(&self, step: usize) -> usize {
        let counts = self.count();
        assert!(
            counts["fsync"] > 10 && counts["write"] > 10 && counts["renameat2"] == 1,
            "{counts:?}"
        );
        let points: Vec<_> = counts
            .iter()
            .flat_map(|(call, count)| (1..=*count).map(|number| (*call, number)))
            .flat_map(|(call, number)| FAULTS.map(|fault| (call, number, fault)))
            .collect();
        let sample = points.iter().enumerate().filter(|(index, (call, ..))| {
            index % step == 0 || matches!(*call, "renameat2" | "syncfs")
        });
        sample.map(|(_, (call, number, fault))| self.try_fault(call, *number, *fault)).count()
    }
}

fn input() -> PathBuf {
    repository().join("examples/dump")
}

fn copy_tree(from: &Path, to: &Path) {
    for path in crate::support::files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
}

#[test]
fn a_sample_of_faults_leaves_the_old_output_or_the_new() {
    for (output, step) in OUTPUTS.into_iter().zip([29, 163]) {
        let Some(bench) = Bench::new(output) else { return };
        let tried = bench.enumerate(step);
        assert!(tried >= 10, "{tried} faults");
    }
}

#[test]
#[ignore = "minutes: every fault at every call"]
fn every_fault_leaves_the_old_output_or_the_new() {
    for output in OUTPUTS {
        let bench = Bench::new(output).expect("strace works");
        let tried = bench.enumerate(1);
        println!("{tried} faults injected");
    }
}

/// A line of a trace: the call, and the paths that it names, those of descriptors among them.
fn paths_of(line: &str) -> (String, Vec<String>) {
    let call =
        line.split_whitespace().nth(1).unwrap_or_default().split('(').next().unwrap_or_default();
    let mut paths = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(['<', '"']) {
        let close = if rest.as_bytes()[start] == b'<' { '>' } else { '"' };
        let inner = &rest[start + 1..];
        let Some(end) = inner.find(close) else { break };
        if inner.starts_with('/') {
            paths.push(inner[..end].to_owned());
        }
        rest = &inner[end + 1..];
    }
    (call.to_owned(), paths)
}

#[test]
fn everything_is_on_disk_before_it_becomes_visible() {
    OUTPUTS.into_iter().for_each(is_on_disk_before_it_becomes_visible);
}

fn is_on_disk_before_it_becomes_visible(output: &str) {
    let Some(bench) = Bench::new(output) else { return };
    bench.reset();
    let log = bench.work.path().join("log");
    let trace = "trace=write,pwrite64,fsync,fdatasync,syncfs,mkdir,openat,rename,renameat2,unlink";
    let status = bench.traced(&["-y", "-o", log.to_str().unwrap(), "-e", trace]);
    assert!(matches!(status.code(), Some(0 | 3)), "{status}");
    let tree = bench.work.path().join(".out.copydesk/tree").to_string_lossy().into_owned();
    let state = bench.work.path().join(".out.copydesk/state").to_string_lossy().into_owned();
    let parent = bench.work.path().to_string_lossy().into_owned();
    // Files and folders that were changed since they were last flushed.
    let mut dirty: BTreeMap<String, usize> = BTreeMap::new();
    let (mut is_visible, mut is_lasting, mut rows) = (false, false, 0);
    let log = fs::read_to_string(log).unwrap();
    for (number, line) in log.lines().enumerate().filter(|(_, line)| !line.contains(" = -1 ")) {
        let (call, paths) = paths_of(line);
        let folder =
            |path: &String| Path::new(path).parent().unwrap().to_string_lossy().into_owned();
        match (call.as_str(), paths.first()) {
            ("write" | "pwrite64", Some(path)) => {
                if path.starts_with(&format!("{state}/state.sqlite")) && !path.ends_with("-journal")
                {
                    rows += 1;
                    let segment = dirty.keys().find(|path| path.contains("/segments/"));
                    assert!(segment.is_none(), "line {number}: rows before {segment:?} is on disk");
                }
                dirty.insert(path.clone(), number);
            }
            ("fsync" | "fdatasync", Some(path)) => {
                dirty.remove(path);
                is_lasting |= is_visible && *path == parent;
            }
            ("syncfs", _) => dirty.clear(),
            ("mkdir", Some(path)) => drop(dirty.insert(folder(path), number)),
            ("openat", _) if line.contains("O_CREAT") => {
                if let Some(path) = paths.iter().find(|path| path.starts_with(&tree)) {
                    dirty.insert(folder(path), number);
                }
            }
            ("rename", Some(path)) if paths.iter().all(|path| path.starts_with(&tree)) => {
                dirty.insert(folder(path), number);
            }
            ("renameat2" | "rename", Some(_)) if line.contains(&tree) => {
                let unsafe_paths: Vec<_> =
                    dirty.keys().filter(|path| path.starts_with(&tree)).collect();
                assert!(
                    unsafe_paths.is_empty(),
                    "visible before they are on disk: {unsafe_paths:?}"
                );
                is_visible = true;
            }
            _ => {}
        }
    }
    assert!(is_visible && is_lasting && rows > 0, "{is_visible} {is_lasting} {rows}");
}
