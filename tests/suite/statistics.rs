//! What the statistics promise, over the whole binary: figures of a corpus are those of its documents and nothing else, and
//! every table is described.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::corpus;
use crate::support::{by_id, copydesk, files, rows, run_well};

/// Tables that have no ids of documents in them.
const GROUP_TABLES: [&str; 12] = [
    "funnel.csv",
    "sizes.csv",
    "diversity.csv",
    "frequency.csv",
    "readability.csv",
    "words.csv",
    "growth.csv",
    "sources.csv",
    "languages.csv",
    "characters.csv",
    "ngrams.csv",
    "collocations.csv",
];

fn records(articles: usize) -> Vec<Value> {
    corpus::articles(11, articles)
        .into_iter()
        .map(|article| json!({"title": article.title, "text": article.body, "source": article.source}))
        .collect()
}

/// Writes records as JSON Lines, so many a file.
pub(crate) fn write_jsonl<'a>(
    folder: &Path,
    records: impl Iterator<Item = &'a Value>,
    in_a_file: usize,
) {
    fs::create_dir_all(folder).unwrap();
    let lines: Vec<_> = records.map(|record| format!("{record}\n")).collect();
    for (number, lines) in lines.chunks(in_a_file).enumerate() {
        fs::write(folder.join(format!("{number:04}.jsonl")), lines.concat()).unwrap();
    }
}

#[test]
fn corpus_figures_do_not_depend_on_threads_order_or_cut() {
    let work = tempfile::tempdir().unwrap();
    let records = records(300);
    let families = r#"families = ["diversity", "readability", "words", "shape", "before", "arf", "growth", "dropped", "characters", "ngrams", "collocations"]"#;
    let over_documents = "dispersion-parts = \"documents\"\ncollocation-window = [2, 3]";
    for options in ["", over_documents] {
        let config = work.path().join("pipeline.toml");
        let all = format!("stages = [\"stats\"]\n[stage.stats]\n{families}\n{options}\n");
        fs::write(&config, all).unwrap();
        compare_threads_order_and_cut(work.path(), &config.display().to_string(), &records);
    }
}

fn compare_threads_order_and_cut(work: &Path, config: &str, records: &[Value]) {
    let mut all: Vec<(String, BTreeMap<&str, Vec<u8>>)> = Vec::new();
    for (name, is_reversed, in_a_file, threads) in
        [("one", false, 1000, "1"), ("cut", false, 7, "3"), ("reversed", true, 50, "2")]
    {
        let dump = work.join(name).join("dump");
        match is_reversed {
            true => write_jsonl(&dump, records.iter().rev(), in_a_file),
            false => write_jsonl(&dump, records.iter(), in_a_file),
        }
        let out = work.join(name).join("out");
        let more = ["--quiet", "--config", config, "--threads", threads, "--max-memory", "256 MiB"];
        run_well(&dump, &out, &more);
        let read = |table: &'static str| (table, fs::read(out.join("stats").join(table)).unwrap());
        all.push((name.to_owned(), GROUP_TABLES.into_iter().map(read).collect()));
    }
    let (_, first) = &all[0];
    for (name, tables) in &all[1..] {
        for (table, bytes) in tables {
            assert!(*bytes == first[table], "{table} of `{name}` differs");
        }
    }
}

#[test]
fn every_table_is_described_with_its_columns_size_and_hash() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    write_jsonl(&dump, records(120).iter(), 1000);
    let out = work.path().join("out");
    run_well(&dump, &out, &["--quiet", "--stages", "boilerplate,exact-dedup,near-dedup,stats"]);
    let package: Value =
        serde_json::from_slice(&fs::read(out.join("datapackage.json")).unwrap()).unwrap();
    let resources = package["resources"].as_array().unwrap();
    let described: BTreeSet<_> =
        resources.iter().map(|resource| resource["path"].as_str().unwrap().to_owned()).collect();
    let tables =
        files(&out).into_iter().filter(|path| path.extension().is_some_and(|e| e == "csv"));
    let tables = tables.map(|path| path.strip_prefix(&out).unwrap().display().to_string());
    assert_eq!(described, tables.collect::<BTreeSet<_>>());
    for resource in resources {
        let path = out.join(resource["path"].as_str().unwrap());
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let mut table = csv::Reader::from_path(&path).unwrap();
        let header: Vec<_> = table.headers().unwrap().iter().map(str::to_owned).collect();
        let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(header, names, "{}", path.display());
        assert_eq!(resource["bytes"].as_u64().unwrap(), fs::metadata(&path).unwrap().len());
        for record in table.records() {
            for (cell, field) in record.unwrap().iter().zip(fields) {
                let is_number = field["type"] != "string";
                let is_fine = !is_number || cell.is_empty() || cell.parse::<f64>().is_ok();
                assert!(is_fine, "`{cell}` in {} of {}", field["name"], path.display());
            }
        }
    }
}

#[test]
fn steps_add_up_and_undefined_figures_say_why() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    write_jsonl(&dump, records(200).iter(), 1000);
    let out = work.path().join("out");
    run_well(&dump, &out, &["--quiet", "--stages", "boilerplate,exact-dedup,near-dedup,stats"]);
    let kept = by_id(&out.join("documents.csv")).len() as u64;
    let steps = rows(&out.join("stats/steps.csv"));
    let count = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<u64>().unwrap();
    assert!(steps.iter().all(|row| row["tokens_in"].is_empty()), "nobody asked for tokens");
    let last: u64 = steps
        .iter()
        .filter(|row| row["stage"] == "stats")
        .map(|row| count(row, "documents_out"))
        .sum();
    assert_eq!(last, kept);
    let dropped: u64 = steps.iter().map(|row| count(row, "duplicates")).sum();
    assert!(dropped > 10, "the corpus has duplicates");
    for pair in steps.windows(2) {
        let is_next = pair[1]["stage"] != "input";
        for (out, in_) in [("documents_out", "documents_in"), ("bytes_out", "bytes_in")] {
            assert!(!is_next || count(&pair[0], out) == count(&pair[1], in_), "{pair:?}");
        }
    }
    for table in ["sizes.csv", "diversity.csv", "frequency.csv", "readability.csv"] {
        let rows = rows(&out.join("stats").join(table));
        assert!(!rows.is_empty());
        for row in rows {
            assert_eq!(row["value"].is_empty(), !row["reason"].is_empty(), "{table}: {row:?}");
            assert!(!row["method"].is_empty(), "{table}: {row:?}");
        }
    }
}

#[test]
fn figures_before_cleaning_are_those_of_a_run_that_does_not_clean() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    write_jsonl(&dump, records(120).iter(), 1000);
    let figures = |stages: &str, state: &str| {
        let out = work.path().join(state);
        let config = work.path().join("pipeline.toml");
        let families = r#"families = ["diversity", "before"]"#;
        fs::write(&config, format!("stages = [{stages}]\n[stage.stats]\n{families}\n")).unwrap();
        run_well(&dump, &out, &["--quiet", "--config", &config.display().to_string()]);
        let all = ["sizes.csv", "diversity.csv"].map(|table| rows(&out.join("stats").join(table)));
        let mut of_state: Vec<_> =
            all.concat().into_iter().filter(|row| row["state"] == state).collect();
        of_state.iter_mut().for_each(|row| drop(row.remove("state")));
        (of_state, by_id(&out.join("removed.csv")).len())
    };
    let (before, cuts) = figures(r#""boilerplate", "stats""#, "before");
    let (after, no_cuts) = figures(r#""stats""#, "after");
    assert!(cuts > 50 && no_cuts == 0, "{cuts} documents are cut");
    assert!(before.iter().any(|row| row["statistic"] == "mattr_100" && !row["value"].is_empty()));
    assert_eq!(before, after);
}

#[test]
fn keyness_can_be_recomputed_from_its_columns() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let of = |source: &str, date: &str, text: &str| json!({"title": "T", "text": text, "source": source, "date": date});
    let records = [
        of(
            "harbour-post",
            "2024-05-01",
            "The harbour grows. The harbour is deep, deep, deep and wide.",
        ),
        of("harbour-post", "2024-05-02", "A harbour for all. The ships are many."),
        of(
            "hill-news",
            "2024-05-03",
            "The hill is steep. The hill is green, and the sheep are many.",
        ),
        of("hill-news", "", "The hill again."),
    ];
    write_jsonl(&dump, records.iter(), 10);
    run_well(&dump, &out, &["--quiet", "--stages", "stats"]);
    let keyness = |more: &[&str]| {
        let output = copydesk()
            .arg("keyness")
            .args([&out, &out])
            .args(["--min-frequency", "1"])
            .args(more)
            .output()
            .unwrap();
        let table = work.path().join("keyness.csv");
        fs::write(&table, output.stdout).unwrap();
        (output.status.code(), rows(&table))
    };
    let sources = ["--target-source", "harbour-post", "--reference-source", "hill-news"];
    let (code, words) = keyness(&sources);
    assert_eq!(code, Some(0));
    let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    assert_eq!(words[0]["word"], "hill");
    for row in &words {
        let [f1, n1, f2, n2] = ["f1", "n1", "f2", "n2"].map(|column| number(row, column));
        assert_eq!((n1, n2), (19.0, 16.0));
        let cells = [(f1, n1, f1 + f2), (f2, n2, f1 + f2)];
        let term = |(of, size, sum): (f64, f64, f64)| {
            let expected = size * sum / (n1 + n2);
            let rest = size - of;
            let of_rest = size * (n1 + n2 - sum) / (n1 + n2);
            [(of, expected), (rest, of_rest)]
                .into_iter()
                .filter(|(observed, _)| *observed > 0.0)
                .map(|(observed, expected)| observed * (observed / expected).ln())
                .sum::<f64>()
        };
        let g2 = 2.0 * cells.into_iter().map(term).sum::<f64>();
        assert!((number(row, "g2").abs() - g2).abs() < 1e-5, "{row:?}");
        let some = |count: f64| if count == 0.0 { 0.5 } else { count };
        let lrc = number(row, "lrc");
        assert!(lrc.abs() <= number(row, "log_ratio").abs() && lrc * (f1 / n1 - f2 / n2) >= 0.0);
        let ratio = (some(f1) / n1 / (some(f2) / n2)).log2();
        assert!((number(row, "log_ratio") - ratio).abs() < 1e-5, "{row:?}");
        assert_eq!(row["zero_replaced"] == "yes", f1 == 0.0 || f2 == 0.0);
    }
    let period = ["--target-to", "2024-05-02", "--reference-from", "2024-05-02"];
    let (_, words) = keyness(&period);
    assert_eq!(words[0]["word"], "deep");
    assert_eq!((number(&words[0], "n1"), number(&words[0], "n2")), (11.0, 21.0));
    assert_eq!(keyness(&["--target-source", "nobody"]).0, Some(78));
}

#[test]
fn what_is_dropped_is_counted_before_it_goes() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    let mut records = records(60);
    for (n, record) in records.iter_mut().enumerate() {
        record["id"] = json!(format!("a{n}"));
        record["date"] = json!("2025-03-10");
    }
    for n in 0..12 {
        let mut copy = records[n].clone();
        copy["id"] = json!(format!("copy{n}"));
        copy["date"] = json!(["2025-03-10", "2025-03-11", "2025-03-09", "2025-03-15"][n % 4]);
        records.push(copy);
    }
    write_jsonl(&dump, records.iter(), 1000);
    let config = work.path().join("pipeline.toml");
    fs::write(&config, "[stage.stats]\nfamilies = [\"words\", \"dropped\"]\n").unwrap();
    let config = config.display().to_string();
    let tables = |stages: &str| {
        let out = work.path().join(stages);
        run_well(&dump, &out, &["--quiet", "--config", &config, "--stages", stages]);
        let steps = rows(&out.join("stats/steps.csv"));
        let funnel = rows(&out.join("stats/funnel.csv"));
        (by_id(&out.join("documents.csv")), by_id(&out.join("duplicates.csv")), steps, funnel)
    };
    let (all, ..) = tables("stats");
    let (kept, dropped, steps, funnel) = tables("exact-dedup,stats");
    let sum = |stage: &str, column: &str| -> u64 {
        let rows = steps.iter().filter(|row| row["stage"] == stage);
        rows.map(|row| row[column].parse::<u64>().unwrap()).sum()
    };
    let tokens = |ids: &mut dyn Iterator<Item = &String>| -> u64 {
        ids.map(|id| all[id]["tokens"].parse::<u64>().unwrap()).sum()
    };
    assert!(dropped.len() >= 12);
    assert_eq!(sum("exact-dedup", "dropped_tokens"), tokens(&mut dropped.keys()));
    assert_eq!(sum("input", "tokens_in"), tokens(&mut all.keys()));
    assert_eq!(sum("stats", "tokens_out"), tokens(&mut kept.keys()));
    let bytes = |ids: &mut dyn Iterator<Item = &String>| -> u64 {
        // Headline, empty line, body.
        let len = |id: &String| all[id]["title"].len() + 2 + all[id]["text"].len();
        ids.map(len).sum::<usize>() as u64
    };
    assert_eq!(sum("input", "bytes_in"), bytes(&mut all.keys()));
    assert_eq!(sum("exact-dedup", "dropped_bytes"), bytes(&mut dropped.keys()));
    assert_eq!(sum("stats", "bytes_out"), bytes(&mut kept.keys()));
    let figure = |name: &str| {
        let row = funnel.iter().find(|row| row["scope"] == "corpus" && row["statistic"] == name);
        row.map(|row| (row["value"].clone(), row["n"].clone()))
    };
    let date = |id: &String| {
        let record = records.iter().find(|record| record["id"] == id.as_str());
        record.and_then(|record| record["date"].as_str()).unwrap().to_owned()
    };
    // All days are in one month.
    let day = |id: &String| date(id)[8..].parse::<i32>().unwrap();
    let apart: Vec<_> =
        dropped.iter().map(|(id, row)| day(id).abs_diff(day(&row["kept_id"]))).collect();
    let share = |most: u32| {
        let near = apart.iter().filter(|days| **days <= most).count();
        Some((format!("{:.6}", near as f64 / apart.len() as f64), apart.len().to_string()))
    };
    assert_eq!(figure("copies_same_day_share"), share(0));
    assert_eq!(figure("copies_next_day_share"), share(1));
    assert!(share(0) < share(1) && share(1) < share(30), "{apart:?}");
}

#[test]
fn word_lists_over_documents_and_observed_growth_are_those_of_the_texts() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    write_jsonl(&dump, records(40).iter(), 1000);
    let config = work.path().join("pipeline.toml");
    let options = "stages = [\"stats\"]\n[stage.stats]\nfamilies = [\"words\", \"growth\"]\ndispersion-parts = \"documents\"\n";
    fs::write(&config, options).unwrap();
    run_well(&dump, &out, &["--quiet", "--config", &config.display().to_string()]);
    let words = rows(&out.join("stats/words.csv"));
    assert!(words.len() > 100);
    for row in &words {
        assert_eq!((&row["range"], row["parts"].as_str()), (&row["documents"], "documents"));
        let share = row["documents"].parse::<f64>().unwrap() / 40.0;
        assert_eq!(row["rel_docf"], format!("{share:.6}"));
    }
    let growth = rows(&out.join("stats/growth.csv"));
    let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    let last = growth.iter().rfind(|row| row["scope"] == "corpus").unwrap();
    assert_eq!(number(last, "types_observed"), number(last, "types"));
    let is_rising = |pair: &[BTreeMap<String, String>]| {
        pair[0]["scope"] != pair[1]["scope"]
            || number(&pair[0], "types_observed") <= number(&pair[1], "types_observed")
    };
    assert!(growth.windows(2).all(is_rising));
    let below =
        growth.iter().filter(|row| number(row, "types_observed") < number(row, "types") - 1.0);
    assert!(below.count() > 10, "words come in bursts");
}
