//! `copydesk verify`: a published folder that was touched in any way is found out.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use copydesk::Error;
use copydesk::output::verify::verify;

use crate::support::{copydesk, files, repository, rows, run_well};

/// A small output: a kept document, a duplicate, a rejected file, a removed span.
fn published(work: &Path) -> PathBuf {
    let dump = work.join("dump");
    fs::create_dir_all(dump.join("echo")).unwrap();
    let text = "Bridge opens\n\nThe bridge over the Lenne opened on Monday after nine years of work.\n\nSubscribe to our newsletter\n";
    for name in ["echo/a.txt", "echo/b.txt"] {
        fs::write(dump.join(name), text).unwrap();
    }
    fs::write(dump.join("echo/empty.txt"), "").unwrap();
    let out = work.join("out");
    // Few tables, as each of their bytes is flipped.
    run_well(&dump, &out, &["-q", "--stages", "boilerplate,exact-dedup"]);
    for (table, expected) in
        [("documents.csv", 1), ("duplicates.csv", 1), ("removed.csv", 2), ("rejected.csv", 1)]
    {
        assert_eq!(rows(&out.join(table)).len(), expected, "{table}");
    }
    out
}

/// What `verify` has against the folder; it must have something.
fn refused(out: &Path, what: &str) -> String {
    match verify(out) {
        Err(Error::Mismatch(message)) => message,
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn a_flipped_bit_in_any_byte_is_found() {
    let work = tempfile::tempdir().unwrap();
    let out = published(work.path());
    let whole = verify(&out).unwrap();
    assert_eq!((whole.found, whole.files), (3, files(&out).len() as u64));
    let mut flipped = 0;
    for path in files(&out) {
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, &bad).unwrap();
            refused(&out, &format!("{} byte {at}", path.display()));
            flipped += 1;
        }
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(flipped, whole.bytes);
    assert_eq!(verify(&out).unwrap(), whole);
}

#[test]
fn files_that_are_gone_new_renamed_cut_or_no_files_are_found() {
    let work = tempfile::tempdir().unwrap();
    let out = published(work.path());
    for path in files(&out) {
        let name = path.display();
        let good = fs::read(&path).unwrap();
        let aside = path.with_extension("aside");
        fs::rename(&path, &aside).unwrap();
        refused(&out, &format!("{name} renamed"));
        fs::rename(&aside, work.path().join("aside")).unwrap();
        refused(&out, &format!("{name} deleted"));
        symlink(work.path().join("aside"), &path).unwrap();
        refused(&out, &format!("{name} is a link to the right bytes"));
        fs::remove_file(&path).unwrap();
        for len in [0, good.len() / 2, good.len() - 1] {
            fs::write(&path, &good[..len]).unwrap();
            refused(&out, &format!("{name} cut to {len}"));
        }
        fs::write(&path, [&good[..], b"\n"].concat()).unwrap();
        refused(&out, &format!("{name} grown"));
        fs::write(&path, &good).unwrap();
    }
    fs::create_dir(out.join("more")).unwrap();
    for extra in ["extra.csv", "more/extra.csv", ".hidden"] {
        fs::write(out.join(extra), "").unwrap();
        assert!(refused(&out, extra).contains("is not of this run"));
        fs::remove_file(out.join(extra)).unwrap();
    }
    assert!(refused(&out, "an empty folder").contains("`more/` is empty"));
    fs::remove_dir(out.join("more")).unwrap();
    verify(&out).unwrap();
}

/// A folder whose hashes are all right, but whose run wrote other rows than it counted.
#[test]
fn counts_that_do_not_add_up_are_found_behind_right_hashes() {
    let work = tempfile::tempdir().unwrap();
    let out = published(work.path());
    let good = fs::read_to_string(out.join("run.json")).unwrap();
    let sums = fs::read_to_string(out.join("SHA256SUMS")).unwrap();
    let hash = |text: &str| {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(text.as_bytes());
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let table = [
        ("\"kept\": 1", "\"kept\": 2", "does not add up"),
        ("\"found\": 3", "\"found\": 4", "does not add up"),
        ("\"exact\": 1", "\"near\": 1", "`duplicates.csv` has 1 rows exact, the funnel has 0"),
        ("input:empty", "input:binary", "`rejected.csv` has 1 rows input:empty"),
        (
            "paragraphs\": 0",
            "paragraphs\": 1",
            "`paragraphs.csv` has 0 rows in all, the funnel has 1",
        ),
        ("\"spans\": 0", "\"spans\": 1", "`repairs.csv` has 0 rows in all, the funnel has 1"),
        ("\"mojibake\": 0", "\"mojibake\": 1", "`repairs.csv` has 0 mojibake, the funnel has 1"),
        ("\"spans\": 2", "\"spans\": 3", "`removed.csv` has 2 rows boilerplate:"),
        ("\"rows\": 1", "\"rows\": 2", "has 1 rows instead of 2"),
        ("\"name\": \"documents.csv\"", "\"name\": \"../out/documents.csv\"", "lists `../out"),
    ];
    for (from, to, expected) in table {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        fs::write(out.join("run.json"), &bad).unwrap();
        fs::write(out.join("SHA256SUMS"), sums.replace(&hash(&good), &hash(&bad))).unwrap();
        let message = refused(&out, from);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_command_ends_with_12_and_sha256sum_agrees() {
    let work = tempfile::tempdir().unwrap();
    let out = published(work.path());
    let verify = |out: &Path| copydesk().arg("verify").arg(out).output().unwrap();
    let sha256sum = || {
        let mut command = Command::new("sha256sum");
        command.args(["-c", "--quiet", "--strict", "SHA256SUMS"]).current_dir(&out);
        command.status().unwrap().success()
    };
    let good = verify(&out);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    assert!(String::from_utf8_lossy(&good.stdout).starts_with("ok: "));
    assert!(sha256sum());
    let table = out.join("documents.csv");
    fs::write(&table, fs::read_to_string(&table).unwrap().replace("Lenne", "Leine")).unwrap();
    let bad = verify(&out);
    assert_eq!(bad.status.code(), Some(12));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("`documents.csv` has the SHA-256 "));
    assert!(!sha256sum());
    assert_eq!(verify(&work.path().join("dump")).status.code(), Some(12), "no output of a run");
    assert_eq!(verify(&work.path().join("nothing")).status.code(), Some(10));
}

#[test]
fn the_example_dump_passes() {
    let work = tempfile::tempdir().unwrap();
    let out = work.path().join("out");
    run_well(&repository().join("examples/dump"), &out, &["-q"]);
    let verified = verify(&out).unwrap();
    assert!(verified.found > 20 && verified.rows > verified.found, "{verified:?}");
}
