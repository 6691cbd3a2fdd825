//! No cell of any table is one that a spreadsheet would run, and no other format has the apostrophe that keeps it from that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use copydesk::output::csv::unguard;
use serde_json::{Value, json};

use crate::corpus;
use crate::support::{copydesk, files, output_config, run_well};

/// Heads at which spreadsheets take a cell for a formula (OWASP, ASVS 1.2.10).
const HEADS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];

/// Text columns into which a dump can bring a formula, by table.
const REACHED: [(&str, &[&str]); 18] = [
    ("clusters.csv", &["kept_id"]),
    ("documents.csv", &["date", "id", "source", "text", "title"]),
    ("duplicates.csv", &["id", "kept_id"]),
    ("pairs.csv", &["id", "other_id"]),
    ("rejected.csv", &["file", "id"]),
    ("removed.csv", &["id", "text"]),
    ("stats/characters.csv", &["ngram"]),
    ("stats/diversity.csv", &["key"]),
    ("stats/documents.csv", &["id"]),
    ("stats/frequency.csv", &["key"]),
    ("stats/funnel.csv", &["key"]),
    ("stats/readability.csv", &["key"]),
    ("stats/removed_lines.csv", &["text"]),
    ("stats/sizes.csv", &["key"]),
    ("stats/sources.csv", &["source"]),
    ("stats/steps.csv", &["source"]),
    ("syndication.csv", &["copy_source", "kept_source"]),
    ("texts.csv", &["id"]),
];

/// A dump in which everything that a producer can name or write begins as a formula does.
fn dump(folder: &Path) {
    let record = |(n, article): (usize, corpus::Article)| {
        let head = HEADS[n % HEADS.len()];
        let paragraphs: Vec<_> =
            article.body.split("\n\n").map(|text| format!("{head}{text}")).collect();
        let record = json!({
            "id": format!("{head}{n}"),
            "source": format!("{head}{}", article.source),
            "title": format!("{head}{}", article.title),
            "date": format!("{head}{}", article.date),
            "text": paragraphs.join("\n\n"),
        });
        format!("{record}\n")
    };
    fs::create_dir_all(folder.join("+outlet")).unwrap();
    let lines: Vec<_> = corpus::articles(31, 110).into_iter().enumerate().map(record).collect();
    fs::write(folder.join("@dump.jsonl"), lines.concat() + "=1 is no record\n").unwrap();
    for (n, article) in corpus::articles(32, 24).into_iter().enumerate() {
        let head = ['=', '+', '-', '@'][n % 4];
        let text = format!("{head}{}\n\n{head}{}\n\n-- Read more", article.title, article.body);
        fs::write(folder.join(format!("+outlet/{head}{n}.txt")), text).unwrap();
    }
    fs::write(folder.join("=cmd.txt"), [0; 4096]).unwrap();
}

/// Type of each column of each table, by `datapackage.json`.
fn types(out: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let package: Value =
        serde_json::from_slice(&fs::read(out.join("datapackage.json")).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let columns = |resource: &Value| {
        let fields = resource["schema"]["fields"].as_array().unwrap();
        fields.iter().map(|field| (text(&field["name"]), text(&field["type"]))).collect()
    };
    let resources = package["resources"].as_array().unwrap();
    resources.iter().map(|resource| (text(&resource["path"]), columns(resource))).collect()
}

#[test]
fn no_cell_of_any_table_is_run_by_a_spreadsheet() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    let out = at("out");
    dump(&at("dump"));
    let all = "formats = [\"csv\", \"jsonl\", \"text\"]\n[stage.stats]\nfamilies = [\"diversity\", \"readability\", \"words\", \"characters\", \"ngrams\", \"collocations\"]";
    output_config(&at("c.toml"), all);
    let stages =
        "language,boilerplate,learned-boilerplate,exact-dedup,near-dedup,paragraph-dedup,stats";
    let flags =
        ["-q", "--stages", stages, "--config", at("c.toml").to_str().unwrap()].map(String::from);
    run_well(&at("dump"), &out, &flags.each_ref().map(String::as_str));

    let types = types(&out);
    let tables =
        files(&out).into_iter().filter(|path| path.extension().is_some_and(|e| e == "csv"));
    let mut guarded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut heads = BTreeSet::new();
    for path in tables {
        let table = path.strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let columns = reader.headers().unwrap().clone();
        for record in reader.records() {
            for (column, cell) in columns.iter().zip(&record.unwrap()) {
                let what = format!("{table}, {column}: {cell:?}");
                if types[&table][column] != "string" {
                    assert!(cell.is_empty() || cell.parse::<f64>().is_ok(), "{what}");
                    continue;
                }
                assert!(!cell.starts_with(HEADS), "{what}");
                if let Some(head) = unguard(cell).chars().next().filter(|c| HEADS.contains(c)) {
                    heads.insert(head);
                    guarded.entry(table.clone()).or_default().insert(column.to_owned());
                }
            }
        }
    }
    assert!(heads.len() > 8, "{heads:?}");
    for (table, columns) in REACHED {
        let found = guarded.get(table).cloned().unwrap_or_default();
        for column in columns {
            assert!(found.contains(*column), "nothing reached {table}, {column}: {found:?}");
        }
    }

    let documents = fs::read_to_string(out.join("documents.jsonl")).unwrap();
    let mut reader = csv::Reader::from_path(out.join("documents.csv")).unwrap();
    let columns = reader.headers().unwrap().clone();
    let mut texts = csv::Reader::from_path(out.join("texts.csv")).unwrap();
    let rows = reader.records().zip(documents.lines()).zip(texts.records());
    let mut raw = 0;
    for ((row, line), text) in rows {
        let object: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        for (column, cell) in columns.iter().zip(&row.unwrap()) {
            if let Value::String(value) = &object[column] {
                assert_eq!(value, unguard(cell), "{column}");
                raw += usize::from(value.starts_with(HEADS));
            }
        }
        let file = fs::read_to_string(out.join(&text.unwrap()[1])).unwrap();
        let title = object["title"].as_str().unwrap_or_default();
        assert!(file.starts_with(title), "{file:.60}");
    }
    assert!(raw > 200, "{raw} values");

    let words = copydesk().args(["keyness", "--min-frequency", "1"]).args([&out, &out]).output();
    let words = words.unwrap();
    assert!(words.status.success());
    for record in csv::Reader::from_reader(&words.stdout[..]).records() {
        let record = record.unwrap();
        let mut cells = record.iter().filter(|cell| cell.parse::<f64>().is_err());
        assert!(cells.all(|cell| !cell.starts_with(HEADS)), "{record:?}");
    }
}
