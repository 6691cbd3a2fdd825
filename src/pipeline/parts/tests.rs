mod dumps;
mod engine;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;
use crate::pipeline::names::Names;
use crate::pipeline::{Report, Unobserved, run};
use dumps::{copies, stories};
use engine::{Times, apart, in_steps};

/// Rows by file, sorted.
type RowsByFile = BTreeMap<String, Vec<String>>;

/// What an engine does with `partitions` partitions, in memory; the driver writes to `out`.
fn in_parts(config: &Config, partitions: usize, out: &Path) -> (RowsByFile, Report, Times) {
    let scratch = tempfile::tempdir().unwrap();
    let (job, scan) = Job::plan(config).unwrap();
    let parts = Parts::of_job(&job.to_bytes().unwrap()).unwrap();
    let laid: Vec<_> = Job::pieces(&scan, partitions)
        .unwrap()
        .iter()
        .flat_map(|piece| parts.units(piece).unwrap())
        .map(|unit| parts.read(unit).unwrap())
        .collect();
    let mut names = Names::default();
    laid.iter().for_each(|laid| names.assign(&laid.name, laid.own.clone()));
    let ids = || (0u32..).map(DocId);
    let mut messages: Vec<Vec<Vec<u8>>> = vec![Vec::new(); laid.len()];
    let mut observed: Vec<_> = laid.iter().map(|laid| laid.observed.clone()).collect();
    let mut family = Family::new(&parts);
    let (mut pairs, mut times) = (Vec::new(), Times::new());
    let stages = parts.corpus_stages();
    for (stage, (_, judges_documents)) in stages.iter().enumerate() {
        let resolved = match parts.legs(stage).unwrap() {
            Some(legs) => {
                let (resolved, rounds) = in_steps(&parts, stage, legs, &observed, partitions);
                times = rounds;
                resolved
            }
            None => apart(&parts, stage, &observed, partitions),
        };
        let mut verdicts = BTreeMap::new();
        for resolved in resolved {
            pairs.extend(resolved.pairs);
            for (key, verdict) in resolved.verdicts {
                family.push(&verdict).unwrap();
                assert!(verdicts.insert(key, verdict).is_none(), "two verdicts on one key");
            }
        }
        for ((id, observed), messages) in ids().zip(&observed).zip(&mut messages) {
            let keys = match judges_documents {
                true => vec![u64::from(id.0)],
                false => parts.keys(observed),
            };
            for verdict in keys.iter().filter_map(|key| verdicts.get(key)) {
                messages.push(verdict.clone());
                if let Some(needed) = needs(verdict).unwrap() {
                    messages.push(name(needed, names.get(needed)).unwrap());
                }
            }
        }
        if stage + 1 < stages.len() {
            for ((id, laid), (messages, observed)) in
                ids().zip(&laid).zip(messages.iter_mut().zip(&mut observed))
            {
                let verdicts: Vec<_> = messages.iter().map(Vec::as_slice).collect();
                let next = parts.observe(stage + 1, id, &laid.document, &verdicts).unwrap();
                if next.is_lost {
                    messages.push(parts.lost(stage + 1).unwrap());
                }
                *observed = next.rows;
            }
        }
    }
    let standings: BTreeMap<_, _> =
        family.standings().into_iter().map(|(id, of, standing)| (id, (of, standing))).collect();
    let mut rows = RowsByFile::new();
    let mut chunks = BTreeMap::<u64, Vec<Vec<u8>>>::new();
    for from in 0..partitions {
        let files = out.with_extension(format!("files-{from}"));
        let mut ending = Ending::new(&parts, scratch.path(), &files).unwrap();
        let mine = ids().zip(&laid).zip(&messages).skip(from).step_by(partitions);
        for ((id, laid), messages) in mine {
            let verdicts: Vec<_> = messages.iter().map(Vec::as_slice).collect();
            let standing = standings.get(&id);
            let bytes = standing.map(|(_, standing)| standing.to_bytes().unwrap());
            let last = Last {
                id,
                name: names.get(id),
                document: &laid.document,
                verdicts: &verdicts,
                standing: bytes.as_deref(),
                kept_name: standing.and_then(|(of, _)| of.map(|of| names.get(of))),
            };
            let (lines, story) = ending.write(&parts, last).unwrap();
            assert_eq!(story.is_some(), standing.is_some_and(|(_, s)| s.cluster.is_some()));
            for line in lines {
                rows.entry(line.file).or_default().push(line.text + "\n");
            }
        }
        for chunk in ending.finish().unwrap().totals.into_chunks(3).unwrap() {
            let (range, piece) = chunk.unwrap();
            chunks.entry(range).or_default().push(piece);
        }
    }
    let mut all = Totals::new(&parts, scratch.path()).unwrap();
    for pieces in chunks.values() {
        let mut of_range = Totals::new(&parts, scratch.path()).unwrap();
        pieces.iter().rev().for_each(|piece| of_range.merge(piece).unwrap());
        for chunk in of_range.into_chunks(1).unwrap() {
            all.merge(&chunk.unwrap().1).unwrap();
        }
    }
    let finished = Finished {
        tables: Vec::new(),
        skipped: &scan.skipped,
        input: Path::new("dump"),
        repeated_ids: names.repeated(),
        timings: serde_json::json!({}),
    };
    let report = all.write(&parts, out, finished).unwrap();
    let stories = AboutStories::new(&parts);
    for pair in &pairs {
        stories.pair(pair, [names.get(pair.document), names.get(pair.other)]).unwrap();
    }
    for line in stories.take() {
        rows.entry(line.file).or_default().push(line.text + "\n");
    }
    rows.values_mut().for_each(|rows| rows.sort());
    (rows, report, times)
}

/// Rows of the files of a run, in the bytes that they have there.
fn as_a_whole(config: &Config, out: &Path) -> (RowsByFile, Report) {
    let mut config = config.clone();
    config.output.path = out.to_owned();
    let report = run(&config, &Unobserved).unwrap();
    let mut rows = RowsByFile::new();
    for file in report.files.iter().filter(|file| file.rows.is_some_and(|rows| rows > 0)) {
        let bytes = std::fs::read_to_string(config.output.path.join(&file.name)).unwrap();
        let mut records = match file.name.ends_with(".jsonl") {
            true => bytes.split_inclusive('\n').map(str::to_owned).collect(),
            false => records(&bytes),
        };
        records.sort();
        rows.insert(file.name.clone(), records);
    }
    (rows, report)
}

/// Records of a CSV file without its header: a record ends in CR LF outside quotes.
fn records(text: &str) -> Vec<String> {
    let mut records = vec![String::new()];
    let mut is_quoted = false;
    for character in text.chars() {
        let record = records.last_mut().unwrap();
        record.push(character);
        is_quoted ^= character == '"';
        if !is_quoted && record.ends_with("\r\n") {
            records.push(String::new());
        }
    }
    records.retain(|record| !record.is_empty());
    records.split_off(1)
}

fn config(dump: &Path, toml: &str) -> Config {
    let mut config = Config::parse("test", toml).unwrap();
    config.input.path = dump.to_owned();
    config
}

/// What the driver writes: figures and the page, byte for byte.
fn of_the_driver(out: &Path) -> BTreeMap<String, String> {
    let stats = std::fs::read_dir(out.join("stats")).into_iter().flatten();
    let names =
        stats.map(|entry| format!("stats/{}", entry.unwrap().file_name().to_str().unwrap()));
    let names = names.filter(|name| name != FIGURES.path()).chain(["report.html".to_owned()]);
    let read = |name: String| Some((name.clone(), std::fs::read_to_string(out.join(name)).ok()?));
    names.filter_map(read).collect()
}

fn assert_same(config: &Config) -> Times {
    let folder = tempfile::tempdir().unwrap();
    let local = folder.path().join("local");
    let (mut whole, expected) = as_a_whole(config, &local);
    // What is made of clusters is the engine's to put together.
    whole.retain(|file, _| {
        *file == FIGURES.path()
            || !file.starts_with("stats/")
                && !["clusters.csv", "syndication.csv"].contains(&&**file)
    });
    assert!(whole.contains_key("documents.csv"));
    let mut times = Times::new();
    for partitions in [1, 2, 5] {
        let out = folder.path().join(partitions.to_string());
        let (rows, found, of_stage) = in_parts(config, partitions, &out);
        assert!(partitions == 1 || times == of_stage, "{times:?}, {of_stage:?}");
        times = of_stage;
        for (file, expected) in &whole {
            assert_eq!(rows.get(file), Some(expected), "{file} in {partitions} partitions");
        }
        assert_eq!(rows.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>());
        let (mine, theirs) = (of_the_driver(&out), of_the_driver(&local));
        assert_eq!(mine.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
        for (file, expected) in &theirs {
            assert_eq!(&mine[file], expected, "{file} in {partitions} partitions");
        }
        assert_eq!(found.funnel, expected.funnel);
        assert_eq!(found.over_cleaned, expected.over_cleaned);
        assert_eq!(found.duplicate_warnings, expected.duplicate_warnings);
        assert_eq!(found.input_losses, expected.input_losses);
        assert_eq!(found.repeated_ids, expected.repeated_ids);
    }
    times
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/dump")
}

/// A language table that is small: what the stage says is not the matter here.
const STAGES: &str =
    "stages = [\"boilerplate\", \"learned-boilerplate\", \"exact-dedup\", \"near-dedup\", ";

#[test]
fn the_parts_of_a_run_write_the_rows_of_the_whole() {
    assert_same(&config(&examples(), &format!("{STAGES}\"stats\"]")));
}

#[test]
fn every_family_of_statistics_is_that_of_the_whole() {
    let families = "stages = [\"boilerplate\", \"exact-dedup\", \"near-dedup\", \"stats\"]\n\
        [stage.stats]\nfamilies = [\"diversity\", \"readability\", \"words\", \"shape\", \"before\", \"arf\", \"growth\", \
        \"dropped\", \"characters\", \"ngrams\", \"collocations\"]\n\
        [alarm]\nmin-documents = 2\nmax-removed-share = 0.01\nmax-cluster-share = 0.01\nmax-duplicate-share = 0.01\n";
    let folder = copies();
    assert_same(&config(folder.path(), families));
    // As above, but pairs are counted in windows, and the parts of a dispersion are documents.
    let others = families.replace(
        "[alarm]",
        "collocation-window = [2, 3]\ndispersion-parts = \"documents\"\ndocuments = false\n[alarm]",
    );
    assert_same(&config(&examples(), &others));
}

#[test]
fn the_order_of_the_stages_is_that_of_the_configuration() {
    let folder = copies();
    let toml = "stages = [\"exact-dedup\", \"near-dedup\", \"boilerplate\", \"paragraph-dedup\"]\n\
                [output]\nformats = [\"csv\", \"jsonl\"]\n\
                [stage.paragraph-dedup]\naction = \"label\"\nmin-words = 6\n\
                [stage.learned-boilerplate]\nmin-documents = 3";
    assert_same(&config(folder.path(), toml));
    assert_same(&config(
        folder.path(),
        &toml.replace("\"exact-dedup\", ", "\"learned-boilerplate\", "),
    ));
    assert_same(&config(folder.path(), "stages = []"));
    assert_same(&config(folder.path(), "stages = [\"boilerplate\"]"));
}

#[test]
fn near_dedup_is_resolved_in_many_parts() {
    let folder = stories();
    for toml in [
        "",
        "[stage.near-dedup]\nkeep = \"first\"\naction = \"label\"\nmax-key-documents = 3\nmin-shared-keys = 4\nrare-groups = 1",
    ] {
        let config = config(folder.path(), &format!("stages = [\"near-dedup\"]\n{toml}"));
        let times = assert_same(&config);
        assert!(times["ties"] >= 4, "{times:?}");
    }
    let out = tempfile::tempdir().unwrap();
    let (rows, _) = as_a_whole(&config(folder.path(), "stages = [\"near-dedup\"]"), out.path());
    assert!(rows["duplicates.csv"].len() > 100 && rows["pairs.csv"].len() > 200);
    let documents = rows["documents.csv"].concat();
    assert!(documents.contains("composite") && documents.contains("template"));
}

#[test]
fn rule_packs_go_along_with_the_job() {
    let folder = copies();
    let pack = tempfile::tempdir().unwrap();
    let path = pack.path().join("own.toml");
    let rule = "pack = \"own\"\n[[rule]]\nname = \"follow\"\nkind = \"line\"\nreason = \"promotion\"\nexact = [\"Short.\"]\n";
    std::fs::write(&path, rule).unwrap();
    let mut with = config(folder.path(), "stages = [\"boilerplate\"]");
    with.stage.boilerplate.rules.push(path.clone());
    let (job, scan) = Job::plan(&with).unwrap();
    // The worker is another machine.
    std::fs::remove_file(&path).unwrap();
    let parts = Parts::of_job(&job.to_bytes().unwrap()).unwrap();
    let pieces = Job::pieces(&scan, 1).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let files = scratch.path().join("files");
    let mut ending = Ending::new(&parts, scratch.path(), &files).unwrap();
    for unit in parts.units(&pieces[0]).unwrap() {
        let laid = parts.read(unit).unwrap();
        let last = Last {
            id: DocId(0),
            name: &laid.name,
            document: &laid.document,
            verdicts: &[],
            standing: None,
            kept_name: None,
        };
        ending.write(&parts, last).unwrap();
    }
    let finished = Finished {
        tables: Vec::new(),
        skipped: &scan.skipped,
        input: Path::new("dump"),
        repeated_ids: 0,
        timings: serde_json::json!({}),
    };
    let out = scratch.path().join("out");
    let report = ending.finish().unwrap().totals.write(&parts, &out, finished).unwrap();
    let rule = ("boilerplate".to_owned(), "own/follow".to_owned());
    assert!(report.funnel.removed[&rule].spans > 5, "{:?}", report.funnel.removed);
    let why = Job::plan(&with).err().unwrap().to_string();
    assert!(why.contains("own.toml"), "{why}");
}

#[test]
fn what_a_run_on_spark_does_not_do_is_an_error_and_not_left_out() {
    let folder = copies();
    for (toml, key) in [
        ("[output]\nformats = [\"csv\", \"text\"]", "output.formats"),
        ("[output]\nkeep-runs = 1", "output.keep-runs"),
        ("[run]\nstate = \"there\"", "run.state"),
    ] {
        let why = Job::plan(&config(folder.path(), toml)).err().unwrap().to_string();
        assert!(why.contains(key), "{key}: {why}");
    }
}
