//! Wrong configurations: each is refused with exit 78 before anything is written, and the message says where and what.
//!
//! `tests/suite/broken_configurations.txt` holds each with the message that it gets; `COPYDESK_BLESS=1` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::support::{binary, repository};

/// Between a configuration and what is said of it.
const SAYS: &str = "\n--- says\n";
/// Between one case and the next.
const NEXT: &str = "\n=== \n";

#[test]
fn every_wrong_configuration_is_refused_with_the_place_and_a_hint() {
    let path = repository().join("tests/suite/broken_configurations.txt");
    let cases = fs::read_to_string(&path).unwrap();
    let mut now = String::new();
    let mut tried = 0;
    for case in cases.trim_end().split(NEXT) {
        let (configuration, _) = case.split_once(SAYS).unwrap();
        let work = tempfile::tempdir().unwrap();
        fs::create_dir(work.path().join("dump")).unwrap();
        fs::write(work.path().join("dump/a.txt"), "A headline\n\nSome text.\n").unwrap();
        fs::write(work.path().join("pipeline.toml"), configuration).unwrap();
        let output = Command::new(binary())
            .args(["run", "dump", "-o", "out", "--quiet"])
            .current_dir(work.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(78), "{configuration}\n{output:?}");
        assert!(output.stdout.is_empty() && !work.path().join("out").exists(), "{configuration}");
        assert_eq!(
            fs::read_dir(work.path()).unwrap().count(),
            2,
            "nothing beside: {configuration}"
        );
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with("error: "), "{configuration}\n{message}");
        let next = if now.is_empty() { "" } else { NEXT };
        write!(now, "{next}{configuration}{SAYS}{}", message.trim_end()).unwrap();
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
    if std::env::var_os("COPYDESK_BLESS").is_some() {
        fs::write(&path, now + "\n").unwrap();
    } else {
        similar(&cases, &now);
    }
}

/// Shows the first line that differs, not two whole files.
fn similar(expected: &str, found: &str) {
    for (number, (one, other)) in (1..).zip(expected.lines().zip(found.lines())) {
        assert_eq!(one, other, "line {number} of broken_configurations.txt");
    }
    assert_eq!(expected.lines().count(), found.lines().count());
}
