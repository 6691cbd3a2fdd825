//! A run that ended early is finished by the next. The output never tells.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use copydesk::output::read::Reader;

use crate::corpus;
use crate::support::{OUTPUTS, copydesk, output_config, run_well, tree_hash};

/// A seeded dump: a folder of text files an outlet, and a file of JSON Lines.
pub(crate) fn dump(folder: &Path, articles: usize) {
    corpus::write_dump(&corpus::articles(11, articles), folder).unwrap();
    let lines: Vec<_> = corpus::articles(12, articles / 4).iter().map(line).collect();
    fs::write(folder.join("lines.jsonl"), lines.concat()).unwrap();
}

/// An article as a line of the file.
pub(crate) fn line(article: &corpus::Article) -> String {
    let record = serde_json::json!({
        "title": article.title,
        "text": article.body,
        "source": article.source,
    });
    format!("{record}\n")
}

/// Starts a run that makes every document lasting by itself, with these lines under `[output]`.
fn start(dump: &Path, out: &Path, output: &str) -> Child {
    copydesk()
        .args(["run", "--quiet", "--json", "--config"])
        .args([&checkpoints(out, output), Path::new("-o"), out, dump])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn checkpoints(out: &Path, output: &str) -> PathBuf {
    let config = out.with_extension("toml");
    output_config(&config, &format!("{output}\n[run]\ncheckpoint-seconds = 0"));
    config
}

/// What each of [`OUTPUTS`] is where nothing goes wrong: its lines, and the hash of the output.
fn references(work: &Path, dump: &Path) -> [(&'static str, String); 2] {
    OUTPUTS.map(|output| {
        let (config, reference) = (work.join("reference.toml"), work.join("reference"));
        output_config(&config, output);
        run_well(dump, &reference, &["--quiet", "--config", config.to_str().unwrap()]);
        (output, tree_hash(&reference))
    })
}

/// Lets a run end, and tells how many documents it took from one that ended early.
fn reused(run: Child) -> u64 {
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    summary["changes"]["reused_documents"].as_u64().unwrap()
}

/// Waits until the first documents of a run are being laid down, and a little longer; `false` if the run ended before.
fn wait_for_work(run: &mut Child, out: &Path, longer: Duration) -> bool {
    let work = format!(".{}.copydesk/state/segments", out.file_name().unwrap().to_string_lossy());
    let segments = out.with_file_name(work);
    while fs::read_dir(&segments).map_or(true, |mut entries| entries.next().is_none()) {
        if run.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_millis(2));
    }
    sleep(longer);
    true
}

fn end(run: &mut Child, signal: &str) {
    let id = run.id().to_string();
    std::process::Command::new("kill").args([signal, &id]).status().unwrap();
}

#[test]
fn a_killed_run_is_finished_by_the_same_command() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input, 120);
    let references = references(work.path(), &input);
    let mut most = [0; 2];
    for round in 1..=6u64 {
        let which = round as usize % 2;
        let (output, expected) = &references[which];
        for kill in 0..=round % 3 {
            let mut run = start(&input, &out, output);
            wait_for_work(&mut run, &out, Duration::from_millis(25 * round + 9 * kill));
            run.kill().unwrap();
            run.wait().unwrap();
        }
        most[which] = most[which].max(reused(start(&input, &out, output)));
        assert_eq!(tree_hash(&out), *expected, "round {round}");
        assert!(
            !work.path().join(".out.copydesk").exists(),
            "a run that was published remembers nothing"
        );
    }
    assert!(!most.contains(&0), "no killed run left anything behind: {most:?}");
}

/// `COPYDESK_SOAK_DUMP=DUMP COPYDESK_SOAK_KILLS=500 cargo test --test suite soak -- --ignored`: random kills, up to five a
/// run, with 1, 2 and 8 threads. Without a dump, over generated articles.
#[test]
#[ignore = "minutes: hundreds of kills"]
fn soak_random_kills_lose_nothing_and_double_nothing() {
    let variable = |name: &str| std::env::var(name).ok();
    let kills: u64 = variable("COPYDESK_SOAK_KILLS").map_or(60, |kills| kills.parse().unwrap());
    let work = tempfile::tempdir().unwrap();
    let (input, out) = match variable("COPYDESK_SOAK_DUMP") {
        Some(dump) => (PathBuf::from(dump), work.path().join("out")),
        None => {
            dump(&work.path().join("dump"), 1500);
            (work.path().join("dump"), work.path().join("out"))
        }
    };
    let began = std::time::Instant::now();
    let references = references(work.path(), &input);
    let span = began.elapsed().as_millis() as u64 / 2;
    let (mut killed, mut taken_over, mut random, mut round) = (0, 0, 0x2545_f491_4f6c_dd1d_u64, 0);
    while killed < kills {
        let threads = ["1", "2", "8"][round % 3];
        let (output, expected) = &references[round % 2];
        round += 1;
        for _ in 0..=random % 5 {
            let mut run = copydesk()
                .args(["run", "--quiet", "--threads", threads, "--config"])
                .args([&checkpoints(&out, output), Path::new("-o"), &out, &input])
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // xorshift: the moments are the same in every soak, the machine is not.
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            sleep(Duration::from_millis(random % span));
            run.kill().unwrap();
            run.wait().unwrap();
            killed += 1;
            assert!(!out.exists() || tree_hash(&out) == *expected, "kill {killed}: half an output");
        }
        taken_over += reused(start(&input, &out, output));
        assert_eq!(tree_hash(&out), *expected, "after {killed} kills");
        let mut documents = Reader::open_documents(&out).unwrap();
        let mut ids = HashSet::new();
        while let Some(row) = documents.next_row().unwrap() {
            let id = documents.cell(&row, "id").unwrap();
            assert!(ids.insert(id.to_owned()), "`{id}` twice");
        }
        fs::remove_dir_all(&out).unwrap();
    }
    println!("{killed} kills in {round} rounds; {taken_over} documents taken over");
}

#[test]
fn a_signal_ends_the_run_with_its_code_and_nothing_is_lost() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input, 200);
    let references = references(work.path(), &input);
    for (signal, code, which) in [("-TERM", 143, 1), ("-INT", 130, 0), ("-HUP", 129, 1)] {
        // What the tests were started with is what they start runs with: `nohup` and `&` of a script ignore signals.
        if is_ignored(code - 128) {
            continue;
        }
        let (output, expected) = &references[which];
        let mut run = start(&input, &out, output);
        assert!(wait_for_work(&mut run, &out, Duration::from_millis(20)), "{signal}: too late");
        end(&mut run, signal);
        let status = run.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{signal}");
        assert!(!out.exists(), "{signal}: published in spite of it");
        let reused = reused(start(&input, &out, output));
        assert!(reused > 0, "{signal}: nothing was taken over");
        assert_eq!(tree_hash(&out), *expected, "{signal}");
        fs::remove_dir_all(&out).unwrap();
    }
}

/// Whether this process ignores a signal, as the kernel has it.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

#[test]
fn a_run_under_a_file_size_limit_fails_with_a_message() {
    let work = tempfile::tempdir().unwrap();
    let (input, out) = (work.path().join("dump"), work.path().join("out"));
    dump(&input, 120);
    let binary = crate::support::binary();
    let binary = binary.display();
    let script =
        format!("ulimit -f 64; exec {binary} run --quiet -o {} {}", out.display(), input.display());
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(work.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(13), "{stderr}");
    assert!(stderr.contains("too large"), "{stderr}");
    assert!(!out.exists());
    let reference = work.path().join("reference");
    run_well(&input, &reference, &["--quiet"]);
    run_well(&input, &out, &["--quiet"]);
    assert_eq!(tree_hash(&out), tree_hash(&reference));
}
