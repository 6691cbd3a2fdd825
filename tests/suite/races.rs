//! Inputs that change between the scan and the last byte: `strace` holds the reader up, the test changes the file meanwhile.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::support::{binary, by_id, rows};

/// How long each call waits.
const HELD_UP_MICROSECONDS: u32 = 300_000;
const PAUSE: Duration = Duration::from_millis(10);

/// What happens to a file, again and again, while it is opened (`openat2`) or read.
type Change = fn(&Path);

fn append(path: &Path) {
    use std::io::Write;
    if let Ok(mut file) = fs::OpenOptions::new().append(true).open(path) {
        file.write_all(b"And one more sentence.\n").unwrap();
    }
}

fn shorten(path: &Path) {
    let bytes = fs::metadata(path).map_or(0, |now| now.len());
    if let Ok(file) = fs::OpenOptions::new().write(true).open(path) {
        file.set_len(bytes.saturating_sub(1)).unwrap();
    }
}

fn unlink(path: &Path) {
    let _ = fs::remove_file(path);
}

fn become_link(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = symlink("/etc/hostname", path);
}

fn become_folder(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::create_dir(path);
}

#[test]
fn a_file_that_changes_while_it_is_read_has_a_row_that_says_so_and_no_other_is_touched() {
    let works =
        Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !works.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: strace does not work here, so no reader was held up");
        return;
    }
    // A file that is gone once it is open is read to its end: what was there when the run began.
    let cases: [(&str, Change, Option<&str>); 6] = [
        ("read", append, Some("changed_while_read")),
        ("read", shorten, Some("changed_while_read")),
        ("read", unlink, None),
        ("openat2", unlink, Some("vanished")),
        ("openat2", become_link, Some("not_a_regular_file")),
        ("openat2", become_folder, Some("not_a_regular_file")),
    ];
    std::thread::scope(|scope| {
        for (call, change, reason) in cases {
            scope.spawn(move || one_race(call, change, reason));
        }
    });
}

fn one_race(call: &str, change: Change, reason: Option<&str>) {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    fs::create_dir(&dump).unwrap();
    let text = |of: &str| format!("A headline of {of}\n\nThe council met and spoke about {of}.\n");
    for name in ["a", "held", "z"] {
        fs::write(dump.join(format!("{name}.txt")), text(name)).unwrap();
    }
    let (held, log) = (dump.join("held.txt"), work.path().join("log"));
    let mut run = Command::new("strace")
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .arg("-P")
        .arg(&held)
        .args(["-e", "trace=openat2,openat,read"])
        .args(["-e", &format!("inject={call}:delay_enter={HELD_UP_MICROSECONDS}")])
        .arg(binary())
        .args(["run", "dump", "-o", "out", "--quiet", "--threads", "1", "--stages", "boilerplate"])
        .current_dir(work.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // A call is in the log as soon as it is entered, and is then held up.
    let is_held_up = || fs::read_to_string(&log).is_ok_and(|log| log.contains(&format!("{call}(")));
    let status = loop {
        if let Some(status) = run.try_wait().unwrap() {
            break status;
        }
        if is_held_up() {
            change(&held);
        }
        sleep(PAUSE);
    };
    let out = work.path().join("out");
    let what = format!("{call}, {reason:?}");
    assert_eq!(status.code(), Some(if reason.is_some() { 3 } else { 0 }), "{what}");
    let kept = by_id(&out.join("documents.csv"));
    let expected: &[&str] =
        if reason.is_some() { &["a.txt", "z.txt"] } else { &["a.txt", "held.txt", "z.txt"] };
    assert_eq!(kept.keys().collect::<Vec<_>>(), expected, "{what}");
    let rejected = rows(&out.join("rejected.csv"));
    let reasons: Vec<_> = rejected.iter().map(|row| (&*row["id"], &*row["reason"])).collect();
    assert_eq!(reasons, reason.map(|reason| ("held.txt", reason)).as_slice(), "{what}");
}
