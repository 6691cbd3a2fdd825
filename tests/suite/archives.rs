//! Archives beside the folders that they were made of, in runs that remember, and in replays.

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::{Config, Report, Unobserved};

use crate::support::{by_id, copydesk, repository, rows, run_well, tree_hash};

/// Ten texts in two folders, and a file of records.
fn members() -> Vec<(String, String)> {
    let mut members: Vec<_> = (0..10)
        .map(|n| {
            let path = format!("{}/2024-05-{:02}.txt", ["herald", "post"][n % 2], n + 1);
            (path, format!("Headline {n}\n\nThe ferry number {n} left the quay of island {n}.\n"))
        })
        .collect();
    let lines = (0..4).map(|n| format!("{{\"text\": \"Record {n} tells of mill {n}.\"}}\n"));
    members.push(("records.jsonl".to_owned(), lines.collect()));
    // In corpus order, which the members of an archive keep.
    members.sort();
    members
}

fn write_folder(folder: &Path, members: &[(String, String)]) {
    for (path, text) in members {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn write_tar(path: &Path, members: &[(String, String)]) {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    fs::write(path, archive.into_inner().unwrap()).unwrap();
}

fn write_zip(path: &Path, members: &[(String, String)]) {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, text) in members {
        let (mut entry, config) = archive.new_file(name).start().unwrap();
        let mut data = config.wrap(&mut entry);
        std::io::Write::write_all(&mut data, text.as_bytes()).unwrap();
        let (_, output) = data.finish().unwrap();
        entry.finish(output).unwrap();
    }
    fs::write(path, archive.finish().unwrap()).unwrap();
}

#[test]
fn an_archive_is_read_like_the_folder_it_was_made_of() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    for kind in ["folder", "tar", "zip"] {
        fs::create_dir_all(at(kind).join("en")).unwrap();
    }
    write_folder(&at("folder/en"), &members());
    write_tar(&at("tar/en/a.tar"), &members());
    write_zip(&at("zip/en/a.zip"), &members());
    let documents = |kind: &str, archive: &str| {
        let out = at(&format!("out-{kind}"));
        run_well(&at(kind), &out, &["--quiet"]);
        let mut documents = rows(&out.join("documents.csv"));
        for document in &mut documents {
            let id = document.remove("id").unwrap();
            document.insert("id".to_owned(), id.replace(archive, "/"));
        }
        documents
    };
    let folder = documents("folder", "/");
    assert!(folder.iter().any(|row| row["source"] == "en/herald"));
    assert!(folder.iter().any(|row| row["published"] == "2024-05-01"), "{folder:?}");
    assert_eq!(documents("tar", "/a.tar!"), folder);
    assert_eq!(documents("zip", "/a.zip!"), folder);
}

fn run(dump: &Path, out: PathBuf, state: PathBuf) -> (Report, String) {
    let mut config = Config::default();
    config.input.path = dump.to_owned();
    config.output.path = out.clone();
    config.run.state = state;
    let report = copydesk::run(&config, &Unobserved).unwrap();
    (report, tree_hash(&out))
}

#[test]
fn a_run_that_remembers_an_archive_does_only_what_is_new_in_it() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    fs::create_dir(at("dump")).unwrap();
    let mut members = members();
    let n_documents = 14;
    for (write, file) in
        [(write_tar as fn(&Path, &[(String, String)]), "a.tar"), (write_zip, "b.zip")]
    {
        let path = at("dump").join(file);
        let state = format!("state-{file}");
        write(&path, &members);
        run(&at("dump"), at("out"), at(&state));
        let (report, _) = run(&at("dump"), at("out"), at(&state));
        assert_eq!(report.changes.reused_documents, n_documents);
        // One member is another one now.
        members[3].1.push_str("The cat came too.\n");
        write(&path, &members);
        let (report, hash) = run(&at("dump"), at("out"), at(&state));
        assert_eq!(report.changes.reused_documents, n_documents - 1, "{file}");
        let (_, fresh) = run(&at("dump"), at("fresh"), PathBuf::new());
        assert_eq!(hash, fresh, "{file}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_replay_finds_each_unit_of_an_archive_again() {
    let work = tempfile::tempdir().unwrap();
    let case = repository().join("tests/golden/archives");
    let (out, config) = (work.path().join("out"), case.join("pipeline.toml"));
    run_well(&case.join("in"), &out, &["--quiet", "--config", config.to_str().unwrap()]);
    let before = by_id(&out.join("rejected.csv"));
    let output = copydesk()
        .args(["replay", "--json", "--config", config.to_str().unwrap(), out.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let unit: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = unit["id"].as_str().unwrap();
        let same = format!("input:{}", before[id]["reason"]);
        assert!(unit["now"].as_object().unwrap().contains_key(&same), "{line}");
    }
}
