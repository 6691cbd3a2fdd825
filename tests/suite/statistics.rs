//! What the statistics promise, over the whole binary: figures of a corpus are those of its documents and nothing else,
//! every table is described, and the report holds nothing that acts.

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
fn write_jsonl<'a>(folder: &Path, records: impl Iterator<Item = &'a Value>, in_a_file: usize) {
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
    let config = work.path().join("pipeline.toml");
    let families = r#"families = ["diversity", "readability", "words", "shape", "before", "arf", "characters", "ngrams", "collocations"]"#;
    fs::write(&config, format!("stages = [\"stats\"]\n[stage.stats]\n{families}\n")).unwrap();
    let config = config.display().to_string();
    let mut all: Vec<(String, BTreeMap<&str, Vec<u8>>)> = Vec::new();
    for (name, is_reversed, in_a_file, threads) in
        [("one", false, 1000, "1"), ("cut", false, 7, "3"), ("reversed", true, 50, "2")]
    {
        let dump = work.path().join(name).join("dump");
        match is_reversed {
            true => write_jsonl(&dump, records.iter().rev(), in_a_file),
            false => write_jsonl(&dump, records.iter(), in_a_file),
        }
        let out = work.path().join(name).join("out");
        let more =
            ["--quiet", "--config", &config, "--threads", threads, "--max-memory", "256 MiB"];
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
        assert!(!is_next || count(&pair[0], "documents_out") == count(&pair[1], "documents_in"));
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

/// Tags and attributes that the report may hold; everything else is an intruder.
const TAGS: [&str; 50] = [
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "nav",
    "main",
    "section",
    "h1",
    "h2",
    "h3",
    "p",
    "strong",
    "bdi",
    "a",
    "ul",
    "ol",
    "li",
    "br",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "svg",
    "rect",
    "line",
    "polyline",
    "text",
    "g",
    "path",
    "polygon",
    "circle",
    "figure",
    "figcaption",
    "span",
    "div",
    "code",
    "q",
    "small",
    "abbr",
    "em",
    "b",
    "i",
    "sub",
    "sup",
];
const ATTRIBUTES: [&str; 40] = [
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "id",
    "class",
    "href",
    "viewbox",
    "width",
    "height",
    "preserveaspectratio",
    "aria-hidden",
    "role",
    "scope",
    "colspan",
    "title",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dy",
    "dx",
    "fill",
    "opacity",
    "stroke",
    "stroke-width",
    "points",
    "text-anchor",
    "font-family",
    "font-size",
    "transform",
    "html",
    "fill-opacity",
    "d",
    "tabindex",
    "font-weight",
    "font-style",
];

#[test]
fn the_report_holds_nothing_that_acts_whatever_the_documents_say() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</style><style>@import url(//evil.example/x)</style>",
        "' onmouseover='alert(1)",
        "<svg/onload=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "صحيفة الوادي",
        "谷地回声报",
    ];
    let mut records = Vec::new();
    for (index, name) in hostile.into_iter().enumerate() {
        for number in 0..8 {
            let words =
                ["harbour", "council", "river", "bridge", "market", "school", "tram", "mill"];
            let text = format!(
                "The {} of district {index} was opened by the {} on day {number}, said the {}.\nIt cost {} crowns.\nShared from {name} today\n",
                words[number],
                words[(number + index) % 8],
                words[(number * 3 + 1) % 8],
                number * 17 + index
            );
            records.push(json!({"title": name, "text": text, "source": name, "id": format!("{name}-{number}")}));
        }
    }
    write_jsonl(&dump, records.iter(), 1000);
    let stages = "boilerplate,learned-boilerplate,exact-dedup,near-dedup,stats";
    run_well(&dump, &out, &["--quiet", "--stages", stages]);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert!(page.contains("default-src 'none'"));
    for shown in ["صحيفة الوادي", "谷地回声报", "&lt;script&gt;alert(1)", "{{ 7 * 7 }}"]
    {
        assert!(page.contains(shown), "{shown} is not shown");
    }
    let removed = rows(&out.join("stats/removed_lines.csv"));
    assert!(removed.iter().any(|row| row["text"].contains("<script>")), "a hostile line was cut");
    let mut rest = page.as_str();
    let mut tags = 0;
    while let Some(at) = rest.find('<') {
        let end = at + tag_end(&rest[at..]);
        let (name, attributes) = tag(&rest[at + 1..end]);
        tags += 1;
        assert!(TAGS.contains(&name.as_str()), "tag `{name}`");
        for (attribute, value) in attributes {
            assert!(
                ATTRIBUTES.contains(&attribute.as_str()),
                "attribute `{attribute}` of `{name}`"
            );
            assert!(attribute != "href" || value.starts_with('#'), "a reference to `{value}`");
            let is_safe = !value.contains("url(") && !value.contains("javascript:");
            assert!(is_safe, "`{attribute}` is `{value}`");
        }
        rest = &rest[end + 1..];
        if name == "style" && !rest.is_empty() {
            let end = rest.find("</style").unwrap_or(0);
            assert!(!rest[..end].contains("url(") && !rest[..end].contains("@import"));
            rest = &rest[end..];
        }
    }
    assert!(tags > 200, "{tags} tags");
}

/// Where the tag that begins here ends, quotes minded.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    panic!("a tag without an end");
}

/// Name and attributes of what stands between `<` and `>`.
fn tag(inner: &str) -> (String, Vec<(String, String)>) {
    let inner = inner.trim_start_matches('/').trim_end_matches('/');
    let (name, mut rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(end) = rest.find(['=', ' ', '\n']) else {
            if !rest.is_empty() {
                attributes.push((rest.to_lowercase(), String::new()));
            }
            return (name.to_lowercase(), attributes);
        };
        let attribute = rest[..end].to_lowercase();
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((attribute, String::new()));
            continue;
        };
        let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
        let quote = quote.unwrap_or_else(|| panic!("`{attribute}` has no quotes"));
        let close = value[1..].find(quote).expect("the quote closes") + 1;
        attributes.push((attribute, value[1..close].to_lowercase()));
        rest = &value[close + 1..];
    }
}
