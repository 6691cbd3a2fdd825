//! Repeated paragraphs that are labelled: what would be cut has a row instead, whatever an earlier run remembers.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::output::verify::verify;
use copydesk::stage::dedup::keep::Action;
use copydesk::{Config, Report, Unobserved, run};

use crate::support::{repository, rows, tree_hash};

fn config(input: &Path, output: &Path, action: Action) -> Config {
    let stages = ["exact-dedup", "near-dedup", "paragraph-dedup"].map(str::to_owned).into();
    let mut config = Config { stages, ..Config::default() };
    config.input.path = input.to_owned();
    config.output.path = output.to_owned();
    config.stage.paragraph_dedup.action = action;
    config.stage.paragraph_dedup.min_words = 20;
    config
}

fn run_well(config: &Config) -> Report {
    let report = run(config, &Unobserved).unwrap();
    verify(&config.output.path).unwrap();
    report
}

#[test]
fn what_would_be_cut_stays_with_a_row() {
    let work = tempfile::tempdir().unwrap();
    let input = repository().join("tests/golden/paragraphs/in");
    let (cut, labelled) = (work.path().join("cut"), work.path().join("labelled"));
    let cutting = run_well(&config(&input, &cut, Action::Drop));
    let labelling = run_well(&config(&input, &labelled, Action::Label));
    assert_eq!((cutting.funnel.repeated_paragraphs, labelling.funnel.repeated_paragraphs), (0, 2));
    assert!(rows(&labelled.join("removed.csv")).is_empty());
    let (removed, repeats) =
        (rows(&cut.join("removed.csv")), rows(&labelled.join("paragraphs.csv")));
    assert_eq!((removed.len(), repeats.len()), (2, 2));
    for (removed, repeat) in removed.iter().zip(&repeats) {
        for column in ["id", "start"] {
            assert_eq!(removed[column], repeat[column]);
        }
        assert_eq!(removed["text"].trim(), repeat["text"]);
        assert_eq!(repeat["source"], repeat["id"].split('/').next().unwrap());
        assert_eq!(
            (&*repeat["kept_id"], &*repeat["documents"]),
            ("hillfoot-observer/ferry-market.txt", "3")
        );
        // Nothing was changed when these files were decoded, so that the offsets are theirs.
        let decoded = fs::read_to_string(input.join(&repeat["id"])).unwrap();
        let at = |column: &str| repeat[column].parse::<usize>().unwrap();
        assert_eq!(decoded[at("start")..at("end")], repeat["text"]);
    }
}

#[test]
fn a_run_that_remembers_labels_as_one_from_scratch() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    let shared = "The ferry company stopped all crossings on the second of May after divers found a crack of \
                  eleven centimetres in the rudder post of its only boat that carries cars.";
    let write = |source: &str| {
        // Of its own words, so that it is no duplicate.
        let own: String = (0..60).map(|n| format!("{source}{n} ")).collect();
        fs::create_dir_all(at("dump").join(source)).unwrap();
        fs::write(at("dump").join(source).join("ferry.txt"), format!("{own}\n\n{shared}")).unwrap();
    };
    let kept = || {
        let mut remembering = config(&at("dump"), &at("out"), Action::Label);
        remembering.run.state = at("state");
        run_well(&remembering);
        let mut scratch = config(&at("dump"), &at("scratch"), Action::Label);
        scratch.run.state = PathBuf::new();
        run_well(&scratch);
        assert_eq!(tree_hash(&at("out")), tree_hash(&at("scratch")));
        let rows = rows(&at("out").join("paragraphs.csv"));
        let row = |row: &std::collections::BTreeMap<String, String>| {
            format!("{} {} {}", row["id"], row["kept_id"], row["documents"])
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    write("marsh-courier");
    assert!(kept().is_empty());
    write("tidewater-bulletin");
    assert_eq!(kept(), ["tidewater-bulletin/ferry.txt marsh-courier/ferry.txt 2"]);
    write("hillfoot-observer");
    let of_first = |source: &str| format!("{source}/ferry.txt hillfoot-observer/ferry.txt 3");
    assert_eq!(kept(), ["marsh-courier", "tidewater-bulletin"].map(of_first));
    fs::remove_file(at("dump/marsh-courier/ferry.txt")).unwrap();
    assert_eq!(kept(), ["tidewater-bulletin/ferry.txt hillfoot-observer/ferry.txt 2"]);
}
