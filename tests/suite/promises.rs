//! What the README promises, each line a test over the whole binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::corpus;
use crate::support::{by_id, copydesk, files, repository, rows, run_well, tree_hash};

/// A seeded dump of generated articles beside the example dump, which has every format and encoding.
fn dump(folder: &Path, articles: usize) {
    corpus::write_dump(&corpus::articles(7, articles), &folder.join("generated")).unwrap();
    copy_tree(&repository().join("examples/dump"), &folder.join("example"));
}

/// Copies a tree, the files in reverse order, so that the directory entries lie otherwise.
fn copy_tree(from: &Path, to: &Path) {
    for path in files(from).into_iter().rev() {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, target).unwrap();
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads_directory_order_and_locale() {
    let work = tempfile::tempdir().unwrap();
    let (first, second) = (work.path().join("a"), work.path().join("b"));
    dump(&first, 120);
    copy_tree(&first, &second);
    let mut hashes = BTreeMap::new();
    for (name, dump, threads) in [
        ("one", &first, "1"),
        ("two", &first, "2"),
        ("other order", &second, "3"),
        ("eight", &second, "8"),
    ] {
        let out = work.path().join(name);
        run_well(dump, &out, &["--quiet", "--threads", threads]);
        hashes.insert(name, tree_hash(&out));
    }
    let out = work.path().join("locale");
    let status = copydesk()
        .envs([("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Apia")])
        .args(["run", "--quiet", "--max-memory", "256 MiB", "-o"])
        .args([&out, &first])
        .status();
    assert!(matches!(status.unwrap().code(), Some(0 | 3)));
    hashes.insert("locale", tree_hash(&out));
    let first = &hashes["one"];
    assert!(hashes.values().all(|hash| hash == first), "{hashes:?}");
}

#[test]
fn the_funnel_adds_up_and_every_row_points_to_something() {
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("dump");
    dump(&input, 500);
    let out = work.path().join("out");
    run_well(&input, &out, &["--quiet"]);
    let kept = by_id(&out.join("documents.csv"));
    let duplicates = rows(&out.join("duplicates.csv"));
    let rejected = rows(&out.join("rejected.csv"));
    let run: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    let found = run["funnel"]["found"].as_u64().unwrap() as usize;
    let (labelled, duplicates): (Vec<_>, Vec<_>) =
        duplicates.into_iter().partition(|row| row["action"] == "labelled");
    assert_eq!(found, kept.len() + duplicates.len() + rejected.len());
    for row in &labelled {
        assert!(kept.contains_key(&row["id"]) && kept.contains_key(&row["kept_id"]), "{row:?}");
    }
    assert!(duplicates.len() > 10 && !rejected.is_empty(), "the corpus has both");
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &duplicates {
        assert!(kept.contains_key(&row["kept_id"]), "{row:?}");
        assert!(!kept.contains_key(&row["id"]), "{row:?}");
        *sizes.entry(&row["kept_id"]).or_insert(1) += 1;
        assert_eq!(row["action"], "dropped", "{row:?}");
        let figure = |column: &str| row[column].parse::<f64>().unwrap();
        assert!(figure("similarity") >= 0.7 || figure("containment") >= 0.8, "{row:?}");
    }
    for (id, row) in &kept {
        let size = sizes.get(id.as_str()).copied().unwrap_or(1);
        assert_eq!(row["cluster_size"], size.to_string(), "{id}");
    }
    // A copy of a copy counts as what its row says it is.
    for kind in ["exact", "near"] {
        let rows = duplicates.iter().filter(|row| row["kind"] == kind).count();
        assert_eq!(
            run["funnel"]["duplicates"][kind].as_u64().unwrap_or(0) as usize,
            rows,
            "{kind}"
        );
    }
    for file in run["files"].as_array().unwrap() {
        let name = file["name"].as_str().unwrap();
        assert_eq!(file["bytes"], fs::metadata(out.join(name)).unwrap().len(), "{name}");
    }
}

#[test]
fn what_is_left_is_a_subsequence_and_the_ledger_restores_the_rest() {
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("dump");
    dump(&input, 100);
    let (cleaned, decoded) = (work.path().join("cleaned"), work.path().join("decoded"));
    let stages = "language,boilerplate,learned-boilerplate";
    run_well(&input, &cleaned, &["--quiet", "--stages", stages]);
    run_well(&input, &decoded, &["--quiet", "--stages", ""]);
    let decoded = by_id(&decoded.join("documents.csv"));
    let mut removed: BTreeMap<String, Vec<(u64, u64, String)>> = BTreeMap::new();
    for row in rows(&cleaned.join("removed.csv")) {
        let at = |column: &str| row[column].parse().unwrap();
        removed.entry(row["id"].clone()).or_default().push((
            at("start"),
            at("end"),
            row["text"].clone(),
        ));
    }
    assert!(removed.len() > 50, "the corpus has residue");
    for (id, row) in by_id(&cleaned.join("documents.csv")) {
        let before = &decoded[&id];
        let whole = joined(&before["title"], &before["text"]);
        let cuts = removed.remove(&id).unwrap_or_default();
        let mut left = String::new();
        let mut position = 0;
        for (start, end, text) in &cuts {
            let (start, end) = (*start as usize, *end as usize);
            assert_eq!(&whole[start..end], text, "{id}");
            left.push_str(&whole[position..start]);
            position = end;
        }
        left.push_str(&whole[position..]);
        assert_eq!(left, joined(&row["title"], &row["text"]), "{id}");
    }
}

fn joined(title: &str, body: &str) -> String {
    let between = if title.is_empty() || body.is_empty() { "" } else { "\n\n" };
    format!("{title}{between}{body}")
}

#[test]
fn cleaning_the_output_again_removes_nothing() {
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("dump");
    dump(&input, 150);
    let (once, twice) = (work.path().join("once"), work.path().join("twice"));
    run_well(&input, &once, &["--quiet"]);
    run_well(&once.join("documents.csv"), &twice, &["--quiet"]);
    for table in ["removed.csv", "duplicates.csv", "rejected.csv"] {
        let mut rows = rows(&twice.join(table));
        // A labelled duplicate was kept, and is labelled again.
        rows.retain(|row| row.get("action").is_none_or(|action| action != "labelled"));
        assert!(rows.is_empty(), "{table}: {:?}", rows.first());
    }
    // What is read back is what was written; only what is said of a document beside others is the second run's, and the figures about the
    // language, whose stage sees the text before it is cleaned. The label itself stays.
    let of_a_run = [
        "cluster_size",
        "duplicate_note",
        "language_confidence",
        "language_second",
        "foreign_share",
        "foreign_language",
        // Where a source and a day come from: a folder and a path, and then the columns of the table.
        "source_from",
        "published_from",
        "published_reason",
        // How the text was decoded: what is written is clean UTF-8.
        "encoding",
        "replacements",
        "entities_decoded",
        "mojibake_repaired",
    ];
    let strip = |path: &Path| -> Vec<_> {
        let mut documents = by_id(&path.join("documents.csv"));
        for row in documents.values_mut() {
            of_a_run.iter().for_each(|column| drop(row.remove(*column)));
        }
        documents.into_iter().collect()
    };
    assert_eq!(strip(&once), strip(&twice));
}

#[test]
fn a_killed_run_leaves_the_published_output_untouched() {
    let work = tempfile::tempdir().unwrap();
    let dump_folder = work.path().join("dump");
    dump(&dump_folder, 60);
    let out = work.path().join("out");
    run_well(&dump_folder, &out, &["--quiet", "--stages", "boilerplate"]);
    let old = tree_hash(&out);
    let reference = work.path().join("reference");
    run_well(&dump_folder, &reference, &["--quiet"]);
    let new = tree_hash(&reference);
    assert_ne!(old, new);
    let mut seen_old = 0;
    for round in 0..24u64 {
        let mut run = copydesk()
            .args(["run", "--quiet", "--threads", "2", "-o"])
            .args([&out, &dump_folder])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(round * 29));
        // SIGKILL; it may have ended by then.
        run.kill().unwrap();
        run.wait().unwrap();
        let hash = tree_hash(&out);
        assert!(hash == old || hash == new, "round {round}: half an output");
        seen_old += u32::from(hash == old);
        if hash == new {
            run_well(&dump_folder, &out, &["--quiet", "--stages", "boilerplate"]);
        }
    }
    assert!(seen_old > 0, "no run was killed in time");
    run_well(&dump_folder, &out, &["--quiet"]);
    assert_eq!(tree_hash(&out), new);
    let left: Vec<_> =
        fs::read_dir(work.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "only dump, out and reference are left: {left:?}");
}
