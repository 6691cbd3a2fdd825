//! A run that remembers earlier ones does only what is new. The output never tells.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::config::ByteSize;
use copydesk::output::Format;
use copydesk::output::file::Compression;
use copydesk::stage::dedup::keep::Action;
use copydesk::stage::stats;
use copydesk::{Config, Report, Unobserved};
use proptest::prelude::*;

use crate::corpus;
use crate::resume::{dump, line};
use crate::support::{files, tree_hash};

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
