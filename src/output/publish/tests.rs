//! The exchange of one output for the next, and what it leaves alone.

use super::*;

fn publish(target: &Path, text: &str) {
    let publication = Publication::begin(target, 0, Duration::ZERO).unwrap();
    let mut file = publication.create("run.json").unwrap();
    write!(file, "{{\"copydesk\": \"{text}\"}}").unwrap();
    file.finish(None).unwrap();
    publication.publish().unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn output_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("deep/out");
    publish(&target, "first");
    fs::write(target.join("stale.csv"), "").unwrap();
    publish(&target, "second");
    assert_eq!(names(&target), ["run.json"]);
    assert!(fs::read_to_string(target.join("run.json")).unwrap().contains("second"));
    assert_eq!(names(target.parent().unwrap()), ["out"]);
}

#[test]
fn earlier_outputs_are_kept_up_to_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    for text in ["first", "second", "third", "fourth"] {
        let publication = Publication::begin(&target, 2, Duration::ZERO).unwrap();
        let mut file = publication.create("run.json").unwrap();
        write!(file, "{{\"copydesk\": \"{text}\"}}").unwrap();
        file.finish(None).unwrap();
        publication.publish().unwrap();
    }
    assert_eq!(names(folder.path()), ["out", "out.runs"]);
    assert_eq!(names(&folder.path().join("out.runs")), ["000002", "000003"]);
    let kept = fs::read_to_string(folder.path().join("out.runs/000003/run.json")).unwrap();
    assert!(kept.contains("third"), "{kept}");
    publish(&target, "fifth");
    assert!(names(&folder.path().join("out.runs")).is_empty(), "0 keeps none");
}

#[test]
fn an_output_is_published_although_the_earlier_one_cannot_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    publish(&target, "first");
    fs::write(folder.path().join("out.runs"), "in the way").unwrap();
    let publication = Publication::begin(&target, 1, Duration::ZERO).unwrap();
    publication.write_text("run.json", "{\"copydesk\": \"second\"}").unwrap();
    let warnings = publication.publish().unwrap();
    assert!(warnings[0].contains("earlier outputs were not kept"), "{warnings:?}");
    assert_eq!(warnings.len(), 1);
    assert!(fs::read_to_string(target.join("run.json")).unwrap().contains("second"));
    assert_eq!(names(folder.path()), ["out", "out.runs"]);
}

#[test]
fn a_run_that_is_dropped_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    publish(&target, "first");
    let publication = Publication::begin(&target, 0, Duration::ZERO).unwrap();
    publication.create("run.json").unwrap().write_all(b"half").unwrap();
    drop(publication);
    assert!(fs::read_to_string(target.join("run.json")).unwrap().contains("first"));
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn what_a_dead_run_left_is_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    fs::create_dir_all(folder.path().join(".out.copydesk/tree/stats")).unwrap();
    fs::write(folder.path().join(".out.copydesk/tree/documents.csv"), "half").unwrap();
    publish(&target, "first");
    assert_eq!(names(&target), ["run.json"]);
}

#[test]
fn a_second_run_is_told_who_holds_the_lock() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let _first = Publication::begin(&target, 0, Duration::ZERO).unwrap();
    match Publication::begin(&target, 0, Duration::ZERO) {
        Err(Error::Locked { holder, .. }) => {
            assert!(holder.starts_with(&format!("process {} on ", std::process::id())), "{holder}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn foreign_folders_and_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letters.txt"), "mine").unwrap();
    for target in [folder.path().to_owned(), folder.path().join("letters.txt")] {
        for why in [
            Publication::begin(&target, 0, Duration::ZERO).unwrap_err(),
            Publication::check(&target).unwrap_err(),
        ] {
            assert!(matches!(why, Error::Setup(_)), "{why}");
        }
    }
    assert_eq!(fs::read_to_string(folder.path().join("letters.txt")).unwrap(), "mine");
}
