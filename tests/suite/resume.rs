//! A run that ended early is finished by the next, and a run that remembers does only what is new. The output never tells.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use copydesk::config::ByteSize;
use copydesk::output::Format;
use copydesk::output::file::Compression;
use copydesk::output::read::Reader;
use copydesk::stage::dedup::keep::Action;
use copydesk::stage::stats;
use copydesk::{Config, Report, Unobserved};
use proptest::prelude::*;

use crate::corpus;
use crate::support::{OUTPUTS, copydesk, files, output_config, run_well, tree_hash};

/// A seeded dump: a folder of text files an outlet, and a file of JSON Lines.
fn dump(folder: &Path, articles: usize) {
    corpus::write_dump(&corpus::articles(11, articles), folder).unwrap();
    let lines: Vec<_> = corpus::articles(12, articles / 4).iter().map(line).collect();
    fs::write(folder.join("lines.jsonl"), lines.concat()).unwrap();
}

fn line(article: &corpus::Article) -> String {
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

/// What happens to a dump, or to the configuration, between two runs.
#[derive(Clone, Debug)]
enum Step {
    Nothing,
    Add(u64, usize),
    Remove(usize),
    Edit(usize),
    /// New times, the same bytes.
    Touch(usize),
    /// Another file in its place, of the same size and the same time of the last write.
    Replace(usize),
    AppendLine(u64),
    InsertLine(u64),
    DropLine(usize),
    MinConfidence(u8),
    Stages(u8),
    /// Families of statistics, remembered or not.
    Families(bool),
    Output(Vec<Format>, Compression, u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Nothing),
        (20u64..90, 1usize..12).prop_map(|(seed, count)| Step::Add(seed, count)),
        (0usize..99).prop_map(Step::Remove),
        (0usize..99).prop_map(Step::Edit),
        (0usize..99).prop_map(Step::Touch),
        (0usize..99).prop_map(Step::Replace),
        (20u64..90).prop_map(Step::AppendLine),
        (20u64..90).prop_map(Step::InsertLine),
        (0usize..99).prop_map(Step::DropLine),
        (0u8..3).prop_map(Step::MinConfidence),
        (0u8..5).prop_map(Step::Stages),
        any::<bool>().prop_map(Step::Families),
        output(),
        output(),
    ]
}

/// Formats in any order, one of them a table.
fn output() -> impl Strategy<Value = Step> {
    let mut formats = vec![Format::Csv, Format::Jsonl, Format::Text];
    formats.extend(cfg!(feature = "parquet").then_some(Format::Parquet));
    let formats = proptest::sample::subsequence(formats.clone(), 1..=formats.len())
        .prop_shuffle()
        .prop_filter("a table", |formats| *formats != [Format::Text]);
    let compression =
        proptest::sample::select(vec![Compression::None, Compression::Gz, Compression::Zst]);
    let shard_bytes = proptest::sample::select(vec![0, 1, 5_000, 40_000]);
    (formats, compression, shard_bytes).prop_map(|(f, c, s)| Step::Output(f, c, s))
}

fn change(step: &Step, dump: &Path, config: &mut Config) {
    let text = |index: usize| {
        let texts: Vec<_> = files(dump)
            .into_iter()
            .filter(|path| path.extension().is_some_and(|e| e == "txt"))
            .collect();
        texts.get(index % texts.len().max(1)).cloned()
    };
    let lines = dump.join("lines.jsonl");
    let records = || {
        fs::read_to_string(&lines).unwrap().lines().map(|l| format!("{l}\n")).collect::<Vec<_>>()
    };
    match step {
        Step::Nothing => {}
        Step::Add(seed, count) => {
            corpus::write_dump(&corpus::articles(*seed, *count), &dump.join(format!("day-{seed}")))
                .map(drop)
                .unwrap();
        }
        Step::Remove(index) => drop(text(*index).map(|path| fs::remove_file(path).unwrap())),
        Step::Edit(index) => drop(text(*index).map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, format!("{text}\n\nA last line was added to article {index}."))
                .unwrap();
        })),
        Step::Touch(index) => drop(text(*index).map(|path| {
            let text = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            fs::write(&path, text).unwrap();
        })),
        Step::Replace(index) => drop(text(*index).map(|path| {
            let modified = fs::metadata(&path).unwrap().modified().unwrap();
            let text = fs::read_to_string(&path).unwrap().replace('e', "o");
            fs::write(&path, text).unwrap();
            fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        })),
        Step::AppendLine(seed) => {
            let mut records = records();
            records.push(line(&corpus::articles(*seed, 1)[0]));
            fs::write(&lines, records.concat()).unwrap();
        }
        Step::InsertLine(seed) => {
            let mut records = records();
            records.insert(records.len() / 2, line(&corpus::articles(*seed, 1)[0]));
            fs::write(&lines, records.concat()).unwrap();
        }
        Step::DropLine(index) => {
            let mut records = records();
            records.remove(index % records.len());
            fs::write(&lines, records.concat()).unwrap();
        }
        Step::MinConfidence(tenths) => {
            config.stage.language.min_confidence = 0.3 + f64::from(*tenths) / 10.0;
        }
        Step::Families(are_all) => {
            config.stage.stats = stats::Options::default();
            if *are_all {
                let dear =
                    "shape before arf growth dropped characters ngrams collocations".split(' ');
                config.stage.stats.families.extend(dear.map(str::to_owned));
            }
        }
        Step::Stages(which) => {
            let stages: &[&str] = match which {
                0 => &["language", "boilerplate"],
                1 => &["boilerplate", "exact-dedup", "near-dedup"],
                2 => &["near-dedup", "stats"],
                3 => {
                    config.stage.paragraph_dedup.action = Action::Label;
                    config.stage.paragraph_dedup.min_words = 8;
                    &["exact-dedup", "paragraph-dedup", "stats"]
                }
                _ => return config.stages = Config::default().stages,
            };
            config.stages = stages.iter().map(|name| (*name).to_owned()).collect();
        }
        Step::Output(formats, compression, shard_bytes) => {
            config.output.formats.clone_from(formats);
            config.output.compression = *compression;
            config.output.shard_size = ByteSize(*shard_bytes);
        }
    }
}

fn run(config: &Config, dump: &Path, out: PathBuf, state: PathBuf) -> (Report, String) {
    let mut config = config.clone();
    config.input.path = dump.to_owned();
    config.output.path = out;
    config.run.state = state;
    config.run.threads = 2;
    let report = copydesk::run(&config, &Unobserved).unwrap();
    let hash = tree_hash(&config.output.path);
    (report, hash)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_remembered_never_shows(
        first in output(),
        steps in proptest::collection::vec(step(), 1..6),
    ) {
        let work = tempfile::tempdir().unwrap();
        let at = |name: &str| work.path().join(name);
        dump(&at("dump"), 40);
        let mut config = Config::default();
        change(&first, &at("dump"), &mut config);
        run(&config, &at("dump"), at("out"), at("state"));
        for step in &steps {
            change(step, &at("dump"), &mut config);
            let (remembering, hash) = run(&config, &at("dump"), at("out"), at("state"));
            let (scratch, expected) = run(&config, &at("dump"), at("scratch"), PathBuf::new());
            prop_assert_eq!(hash, expected, "after {:?}", step);
            let found = scratch.funnel.found();
            let changes = remembering.changes;
            prop_assert_eq!(changes.reused_documents + changes.fresh_documents, found);
            match step {
                Step::Nothing | Step::Touch(_) | Step::DropLine(_) if changes.anew.is_empty() => {}
                Step::Edit(_) | Step::Replace(_) => prop_assert!(changes.fresh_documents <= 1, "{:?}", changes),
                _ => {}
            }
            if matches!(step, Step::Nothing | Step::Touch(_) | Step::Output(..)) {
                prop_assert_eq!(changes.fresh_documents, 0, "{:?}", changes);
            }
        }
    }
}

#[test]
fn a_changed_configuration_cleans_anew_and_says_which_key_changed() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    dump(&at("dump"), 30);
    let mut config = Config::default();
    run(&config, &at("dump"), at("out"), at("state"));
    config.stage.near_dedup.jaccard = 0.75;
    let (report, _) = run(&config, &at("dump"), at("out"), at("state"));
    assert_eq!(report.changes.fresh_documents, 0, "deduplication comes behind what is remembered");
    config.stage.boilerplate.max_share = 0.5;
    let (report, _) = run(&config, &at("dump"), at("out"), at("state"));
    assert_eq!(report.changes.reused_documents, 0);
    let expected = "`stage.boilerplate.max-share` changed from 0.6 to 0.5";
    assert_eq!(report.changes.anew, expected);
}

#[test]
fn what_could_not_be_read_is_tried_again() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    dump(&at("dump"), 30);
    let lines = fs::read(at("dump/lines.jsonl")).unwrap();
    fs::remove_file(at("dump/lines.jsonl")).unwrap();
    let whole = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&lines).unwrap();
        encoder.finish().unwrap()
    };
    fs::write(at("dump/lines.jsonl.gz"), &whole[..whole.len() - 9]).unwrap();
    let config = Config::default();
    for _ in 0..2 {
        let (report, _) = run(&config, &at("dump"), at("out"), at("state"));
        assert_eq!(report.input_losses, 1);
    }
    fs::write(at("dump/lines.jsonl.gz"), &whole).unwrap();
    let (report, hash) = run(&config, &at("dump"), at("out"), at("state"));
    assert_eq!(report.input_losses, 0);
    assert!(report.changes.reused_documents > 30, "the records before the damage are known");
    assert_eq!(hash, run(&config, &at("dump"), at("scratch"), PathBuf::new()).1);
}
