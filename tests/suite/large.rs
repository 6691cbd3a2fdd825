//! Inputs of gigabytes, under a limit of memory. Behind `--ignored`, as they take a minute.

use std::fs;
use std::io::Write;
use std::process::Command;

use crate::hostile::{MEBIBYTE, line, published};

/// `cargo test --release --test suite -- --ignored --nocapture ten_gigabytes`
#[test]
#[ignore = "minutes, and 10 MB of disk: a file and a line of 10 GB under a limit of 1 GiB"]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn ten_gigabytes_in_one_file_or_line_take_no_memory() {
    let work = tempfile::tempdir().unwrap();
    let dump = work.path().join("dump");
    fs::create_dir(&dump).unwrap();
    let sparse = |name: &str| fs::File::create(dump.join(name)).unwrap().set_len(10 << 30).unwrap();
    for name in ["sparse.txt", "sparse.jsonl", "sparse.csv"] {
        sparse(name);
    }
    // A line of 10 GB, in a file that unpacks at 200 to 1 or less, so that it is no bomb before it is a line.
    let block: Vec<u8> = {
        let mut state = 7u64;
        let step = |_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            b'a' + ((state >> 33) % 26) as u8
        };
        (0..MEBIBYTE / 64).map(step).collect()
    };
    let block = [&block[..], &vec![b' '; MEBIBYTE - block.len()]].concat();
    let file = fs::File::create(dump.join("line.jsonl.gz")).unwrap();
    let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::new(6));
    out.write_all(b"{\"text\": \"").unwrap();
    for _ in 0..10 << 10 {
        out.write_all(&block).unwrap();
    }
    out.write_all(b"\"}\n").unwrap();
    out.write_all(line("after").as_bytes()).unwrap();
    let packed = out.finish().unwrap().metadata().unwrap().len();
    let out = work.path().join("out");
    let binary = env!("CARGO_BIN_EXE_copydesk");
    let output = Command::new("prlimit")
        .args([
            &format!("--as={}", 1u64 << 30),
            "/usr/bin/time",
            "-f",
            "%M %e",
            binary,
            "run",
            "-q",
        ])
        .args(["--stages", "", "--threads", "2", "--max-memory", "256 MiB", "-o"])
        .args([&out, &dump])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    eprintln!("10 GiB line in {packed} bytes; peak KiB, seconds: {said}");
    assert_eq!(published(&out).get("line.jsonl.gz#1").map(String::as_str), Some("after"), "{said}");
    let rows = published(&out);
    for (id, expected) in [
        ("line.jsonl.gz#0", "! line_too_long"),
        ("sparse.txt", "! document_too_large"),
        ("sparse.jsonl#0", "! line_too_long"),
    ] {
        assert_eq!(rows.get(id).map(String::as_str), Some(expected), "{id} in {rows:?}");
    }
    let peak_kibibytes: u64 =
        said.lines().last().and_then(|last| last.split(' ').next()?.parse().ok()).unwrap();
    assert!(peak_kibibytes < 1 << 20, "{said}");
}
