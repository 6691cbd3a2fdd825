//! User CPU time of the language stage beside plain lingua, over the same texts in one run.
//!
//! `cargo bench --bench language` takes generated articles; `COPYDESK_LANGUAGE_TEXTS=FILE` names JSON Lines with `unit` and
//! `text` instead. Only the ratio can be compared between machines.

mod corpus;

use std::collections::BTreeMap;
use std::hint::black_box;

use copydesk::document::{DocId, Document};
use copydesk::stage::{AnyStage, Options, build};

/// Texts of each unit.
type Texts = BTreeMap<String, Vec<String>>;

/// Least processor time of a measurement, in seconds: the clock ticks a hundred times a second.
const LEAST_SECONDS: f64 = 2.0;
/// Generated articles.
const ARTICLES: usize = 300;

fn main() {
    let texts = match std::env::var_os("COPYDESK_LANGUAGE_TEXTS") {
        Some(path) => labelled(&std::fs::read_to_string(path).expect("the texts can be read")),
        None => generated(),
    };
    let Ok(AnyStage::Document(stage)) = build("language", &Options::default()) else {
        panic!("language is a document stage")
    };
    let detector = lingua::LanguageDetectorBuilder::from_all_languages().build();
    for (unit, texts) in texts {
        let documents: Vec<Document> =
            texts.iter().map(|text| Document::new(DocId(0), "a", "s", "", text)).collect();
        let ours = seconds(|| {
            for document in &documents {
                assert!(black_box(stage.examine(document)).language.is_some());
            }
        });
        let plain = seconds(|| {
            for text in &texts {
                black_box(detector.detect_language_of(text));
            }
        });
        let n = texts.len() as f64;
        let megabytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
        println!(
            "{unit}: {:.1} µs a text, {:.0} a second, {:.1} MB/s; plain lingua {:.0} µs; ratio {:.0}",
            ours / n * 1e6,
            n / ours,
            megabytes / ours,
            plain / n * 1e6,
            plain / ours
        );
    }
}

fn labelled(lines: &str) -> Texts {
    let mut texts = Texts::new();
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let field = |key: &str| row[key].as_str().expect("unit and text are strings").to_owned();
        texts.entry(field("unit")).or_default().push(field("text"));
    }
    texts
}

fn generated() -> Texts {
    let mut texts = Texts::new();
    for article in corpus::articles(42, ARTICLES) {
        texts.entry("headline".into()).or_default().push(article.title);
        texts.entry("doc".into()).or_default().push(article.body);
    }
    texts
}

/// User CPU seconds of one round, over as many rounds as it takes to measure them.
fn seconds(mut round: impl FnMut()) -> f64 {
    round();
    let start = user_seconds();
    let mut rounds = 0;
    loop {
        round();
        rounds += 1;
        let spent = user_seconds() - start;
        if spent >= LEAST_SECONDS {
            return spent / f64::from(rounds);
        }
    }
}

/// What this process has spent in user mode, from Linux's process table.
fn user_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux's process table");
    // The fields behind the program's name, which may hold spaces; user time is the fourteenth of all.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().nth(11).and_then(|field| field.parse::<f64>().ok());
    ticks.expect("a number of ticks") / 100.0
}
