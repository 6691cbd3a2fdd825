//! A dump that means no good: links, devices, names, archives and texts that other readers trip over. Git cannot hold most
//! of it, so it is built here, and each file's row is written down beside it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use rustix::fs::{CWD, Mode, OFlags, mkdirat, mkfifoat, openat};

use crate::support::{by_id, copydesk, rows, tree_hash};

pub(crate) const MEBIBYTE: usize = 1 << 20;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A zstd frame that asks for a window of 2 GiB.
fn wide_window() -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, (5 << 3) | 1, 0, 0][..], b"hello"].concat()
}

pub(crate) fn line(text: &str) -> String {
    serde_json::json!({ "text": text }).to_string() + "\n"
}

/// What becomes of each unit: its text, or `!` and its reason.
pub(crate) type Rows = BTreeMap<String, String>;

/// Files, and their rows.
fn write_files(root: &Path, rows: &mut Rows) {
    let mut file = |name: &[u8], bytes: &[u8], expected: &[(&str, &str)]| {
        let path = root.join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        rows.extend(expected.iter().map(|(id, row)| ((*id).to_owned(), (*row).to_owned())));
    };
    // Names.
    file(b"names/bad\xff.txt", b"one", &[("names/bad\\xFF.txt", "one")]);
    file(b"names/line\nbreak.txt", b"two", &[("names/line\\x0Abreak.txt", "two")]);
    file(b"names/\"quote\".txt", b"three", &[("names/\"quote\".txt", "three")]);
    file(b"names/-rf.txt", b"four", &[("names/-rf.txt", "four")]);
    file(b"=cmd().txt", b"five", &[("=cmd().txt", "five")]);
    file(
        "names/\u{202e}txt.exe.txt".as_bytes(),
        b"six",
        &[("names/\\xE2\\x80\\xAEtxt.exe.txt", "six")],
    );
    file(b"names/\x1b[31mred.txt", b"seven", &[("names/\\x1B[31mred.txt", "seven")]);
    file(b"names/back\\slash.txt", b"eight", &[("names/back\\x5Cslash.txt", "eight")]);
    let longest = format!("names/{}.txt", "n".repeat(251));
    file(longest.as_bytes(), b"nine", &[(&longest, "nine")]);
    file(b"names/..txt", b"ten", &[("names/..txt", "ten")]);
    // Texts.
    file(b"texts/empty.txt", b"", &[("texts/empty.txt", "! empty")]);
    file(b"texts/empty.jsonl", b"", &[]);
    file(b"texts/empty.csv", b"", &[]);
    file(b"texts/nul.txt", b"a\0b and more text", &[("texts/nul.txt", "ab and more text")]);
    file(b"texts/nuls.txt", &[0; 4096], &[("texts/nuls.txt", "! binary")]);
    file(
        b"texts/esc.txt",
        b"\x1b]0;pwn\x07Red \x1b[31malert\x7f",
        &[("texts/esc.txt", "]0;pwnRed [31malert")],
    );
    file(
        b"texts/lines.jsonl",
        "{\"text\": \"one\u{2028}two\u{85}three\u{2029}four\"}\n{\"text\": \"nul \\u0000 inside\"}\n".as_bytes(),
        &[("texts/lines.jsonl#0", "one\u{2028}two\u{85}three\u{2029}four"), ("texts/lines.jsonl#1", "nul  inside")],
    );
    file(
        "texts/rtl.jsonl".as_bytes(),
        (serde_json::json!({ "title": "Bank \u{202e}gpj.exe", "text": "body" }).to_string() + "\n")
            .as_bytes(),
        &[("texts/rtl.jsonl#0", "Bank \u{202e}gpj.exe/body")],
    );
    let long =
        [&b"{\"text\": \""[..], &vec![b'x'; 20 * MEBIBYTE], b"\"}\n", line("after").as_bytes()]
            .concat();
    let expected = [("texts/long.jsonl#0", "! line_too_long"), ("texts/long.jsonl#1", "after")];
    file(b"texts/long.jsonl", &long, &expected);
    let expected =
        [("texts/long.jsonl.gz#0", "! line_too_long"), ("texts/long.jsonl.gz#1", "after")];
    // Noise, as a long run of one letter would be a bomb.
    let mut state = 1u64;
    let noise: Vec<u8> = (0..20 * MEBIBYTE)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
            b'a' + (state >> 60) as u8
        })
        .collect();
    let long = [&b"{\"text\": \""[..], &noise, b"\"}\n", line("after").as_bytes()].concat();
    file(b"texts/long.jsonl.gz", &gzip(&long), &expected);
    // Archives.
    let (one, two) = (gzip(line("one").as_bytes()), gzip(line("two").as_bytes()));
    let both = [&one[..], &two].concat();
    let both_rows = |name: &str| [(format!("{name}#0"), "one"), (format!("{name}#1"), "two")];
    let mut archive = |name: &str, bytes: &[u8], more: &[(&str, &str)]| {
        let read = both_rows(name);
        let read = read.iter().map(|(id, text)| (id.as_str(), *text));
        file(name.as_bytes(), bytes, &read.chain(more.iter().copied()).collect::<Vec<_>>());
    };
    archive("archives/members.jsonl.gz", &both, &[]);
    archive(
        "archives/frames.jsonl.zst",
        &[zstandard(line("one").as_bytes()), zstandard(line("two").as_bytes())].concat(),
        &[],
    );
    archive("archives/padded.jsonl.gz", &[&both[..], &[0; 512]].concat(), &[]);
    let garbage = [("archives/garbage.jsonl.gz", "! trailing_garbage")];
    archive("archives/garbage.jsonl.gz", &[&both[..], b"garbage"].concat(), &garbage);
    // Nothing tells this from a whole file (see the README).
    file(b"archives/boundary.jsonl.gz", &one, &[("archives/boundary.jsonl.gz#0", "one")]);
    let cut = &both[..both.len() - 3];
    file(
        b"archives/cut.jsonl.gz",
        cut,
        &[
            ("archives/cut.jsonl.gz#0", "one"),
            ("archives/cut.jsonl.gz#1", "two"),
            ("archives/cut.jsonl.gz", "! corrupt_compression"),
        ],
    );
    file(b"archives/cut.txt.gz", cut, &[("archives/cut.txt.gz", "! corrupt_compression")]);
    file(
        b"archives/zero-bytes.txt.gz",
        b"",
        &[("archives/zero-bytes.txt.gz", "! corrupt_compression")],
    );
    file(
        b"archives/zero-bytes.jsonl.gz",
        b"",
        &[("archives/zero-bytes.jsonl.gz", "! corrupt_compression")],
    );
    file(b"archives/nothing.txt.gz", &gzip(b""), &[("archives/nothing.txt.gz", "! empty")]);
    file(b"archives/nothing.jsonl.gz", &gzip(b""), &[]);
    file(b"archives/plain.jsonl.gz", line("x").as_bytes(), &[("archives/plain.jsonl.gz#0", "x")]);
    let zeros = vec![0; 300 * MEBIBYTE];
    for (name, bytes) in
        [("archives/bomb.jsonl.gz", gzip(&zeros)), ("archives/bomb.csv.zst", zstandard(&zeros))]
    {
        file(name.as_bytes(), &bytes, &[(name, "! decompression_bomb")]);
    }
    file(
        b"archives/bomb.txt.gz",
        &gzip(&zeros),
        &[("archives/bomb.txt.gz", "! decompression_bomb")],
    );
    file(
        b"archives/window.txt.zst",
        &wide_window(),
        &[("archives/window.txt.zst", "! corrupt_compression")],
    );
    file(b"archives/nested.txt.gz.gz", &gzip(&gzip(b"nested")), &[]);
}

/// What is no regular file, and links that lead nowhere, everywhere and in circles.
fn write_specials(root: &Path, secret: &Path) -> UnixListener {
    fs::create_dir_all(root.join("special/a")).unwrap();
    fs::create_dir_all(root.join("special/b")).unwrap();
    fs::write(root.join("special/real.txt"), "real").unwrap();
    mkfifoat(CWD, root.join("special/fifo.txt"), Mode::RUSR | Mode::WUSR).unwrap();
    for (target, name) in [
        ("self.txt", "self.txt"),
        ("../b", "a/mutual"),
        ("../a", "b/mutual"),
        ("nothing.txt", "dangling.txt"),
        ("/dev/zero", "zero.txt"),
        ("/proc/self/environ", "environ.txt"),
        ("real.txt", "inside.txt"),
        ("..", "up"),
    ] {
        symlink(target, root.join("special").join(name)).unwrap();
    }
    symlink(secret, root.join("special/absolute.txt")).unwrap();
    let up = format!("{}{}", "../".repeat(40), secret.strip_prefix("/").unwrap().display());
    symlink(up, root.join("special/relative.txt")).unwrap();
    symlink(secret.parent().unwrap(), root.join("special/folder")).unwrap();
    UnixListener::bind(root.join("special/socket.txt")).unwrap()
}

/// A text as deep as a path can name it, and a folder one step deeper, which no path can.
fn write_deep(root: &Path, rows: &mut Rows) {
    let name = "d".repeat(100);
    let mut path = root.join("deep");
    fs::create_dir(&path).unwrap();
    let mut folder: OwnedFd = fs::File::open(&path).unwrap().into();
    let mut id = "deep".to_owned();
    let enter = |folder: &OwnedFd, name: &str| {
        mkdirat(folder, name, Mode::RWXU).unwrap();
        openat(folder, name, OFlags::DIRECTORY, Mode::empty()).unwrap()
    };
    while path.as_os_str().len() + 101 + "/a.txt".len() < 4096 {
        folder = enter(&folder, &name);
        path.push(&name);
        id = format!("{id}/{name}");
    }
    fs::write(path.join("a.txt"), "deep").unwrap();
    rows.insert(format!("{id}/a.txt"), "deep".into());
    drop(enter(&folder, &"e".repeat(200)));
    rows.insert(format!("{id}/{}/", "e".repeat(200)), "! unreadable".into());
}

/// The rows of an output, as [`Rows`] has them.
pub(crate) fn published(out: &Path) -> Rows {
    let kept = by_id(&out.join("documents.csv")).into_iter().map(|(id, row)| {
        let between = if row["title"].is_empty() { "" } else { "/" };
        (id, format!("{}{between}{}", row["title"], row["text"]))
    });
    let rejected = rows(&out.join("rejected.csv"));
    let rejected =
        rejected.into_iter().map(|row| (row["id"].clone(), format!("! {}", row["reason"])));
    kept.chain(rejected).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "a check that is skipped says so")]
fn every_file_has_its_row_and_nothing_outside_is_read() {
    let work = tempfile::tempdir().unwrap();
    let work_path = fs::canonicalize(work.path()).unwrap();
    let dump = work_path.join("dump");
    let secret = work_path.join("outside/secret.txt");
    fs::create_dir(secret.parent().unwrap()).unwrap();
    fs::write(&secret, "secret").unwrap();
    let mut expected = Rows::new();
    write_files(&dump, &mut expected);
    write_deep(&dump, &mut expected);
    let _socket = write_specials(&dump, &secret);
    expected.insert("special/real.txt".into(), "real".into());

    let mut hashes = Vec::new();
    for (follow, threads) in [("no", "1"), ("no", "4"), ("inside", "2")] {
        let config = work_path.join("pipeline.toml");
        fs::write(&config, format!("stages = []\n[input]\nfollow = \"{follow}\"\n")).unwrap();
        let out = work_path.join(format!("out-{follow}-{threads}"));
        // A run that hangs on a FIFO or walks in circles would never end; the limit is far beyond what it takes.
        let output = Command::new("timeout")
            .args([
                "-s",
                "KILL",
                "120",
                env!("CARGO_BIN_EXE_copydesk"),
                "run",
                "-q",
                "--threads",
                threads,
                "--config",
            ])
            .args([&config, Path::new("-o"), &out, &dump])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        if follow == "inside" {
            expected.insert("special/inside.txt".into(), "real".into());
        }
        let got = published(&out);
        let differs = |(id, row): &(&String, &String)| got.get(*id) != Some(row);
        let wrong: Vec<_> =
            expected.iter().filter(differs).map(|(id, row)| (id, row, got.get(id))).collect();
        assert!(wrong.is_empty(), "id, expected, got: {wrong:#?}");
        let more: Vec<_> = got.keys().filter(|id| !expected.contains_key(*id)).collect();
        assert!(more.is_empty(), "rows that nobody expects: {more:?}");
        let run = fs::read_to_string(out.join("run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        let count = |reason: &str| run["input"]["skipped"][reason]["count"].as_u64().unwrap_or(0);
        assert_eq!((count("special_file"), count("unknown_format")), (2, 1));
        match follow {
            "no" => assert_eq!(count("symlink"), 11),
            _ => {
                let reasons =
                    ["symlink_outside", "symlink_dangling", "symlink_loop", "symlink_again"];
                assert_eq!(reasons.map(count), [5, 1, 4, 0]);
            }
        }
        if follow == "no" {
            hashes.push(tree_hash(&out));
        }
    }
    assert_eq!(hashes[0], hashes[1], "for any number of threads");

    // Which files were opened, by the system's own account.
    let trace = work_path.join("trace");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=open,openat,openat2", "-o"])
        .arg(&trace)
        .args([env!("CARGO_BIN_EXE_copydesk"), "run", "-q", "--config"])
        .args([&work_path.join("pipeline.toml"), Path::new("-o"), &work_path.join("traced"), &dump])
        .status();
    if !traced.is_ok_and(|status| status.code() == Some(3)) {
        eprintln!("SKIPPED: system calls cannot be traced here");
        return;
    }
    let calls = fs::read_to_string(&trace).unwrap();
    assert!(calls.contains("real.txt"), "the trace has the files that were read");
    for forbidden in ["secret", "outside", "/dev/zero", "environ", "fifo.txt", "socket.txt"] {
        let call = calls.lines().find(|call| call.contains(forbidden));
        assert_eq!(call, None, "{forbidden}");
    }
}

#[test]
fn a_root_that_is_a_device_or_a_fifo_is_refused_at_once() {
    let work = tempfile::tempdir().unwrap();
    let fifo = work.path().join("fifo.txt");
    mkfifoat(CWD, &fifo, Mode::RUSR | Mode::WUSR).unwrap();
    for root in [fifo.as_path(), Path::new("/dev/zero")] {
        let output = copydesk()
            .arg("run")
            .arg(root)
            .arg("-o")
            .arg(work.path().join("out"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(78), "{output:?}");
    }
}

/// Root may read anything, so that the system's refusals are made by `strace`, which can answer in its place.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn what_the_system_refuses_is_a_row_and_exit_code_3() {
    let work = tempfile::tempdir().unwrap();
    let dump = fs::canonicalize(work.path()).unwrap().join("dump");
    fs::create_dir_all(dump.join("sub")).unwrap();
    for (name, text) in
        [("a.txt", "first"), ("b.jsonl", "{\"text\":\"second\"}"), ("sub/c.txt", "third")]
    {
        fs::write(dump.join(name), text).unwrap();
    }
    let probe = Command::new("strace").args(["-qq", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: system calls cannot be answered here");
        return;
    }
    let all = [("a.txt", "first"), ("b.jsonl#0", "second"), ("sub/c.txt", "third")];
    // Where, what is answered, and which rows are others than without it.
    type Fault<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
    let table: [Fault<'_>; 7] = [
        ("a.txt", "openat2:error=EACCES", &[("a.txt", "! unreadable")]),
        ("a.txt", "openat2:error=EIO", &[("a.txt", "! unreadable")]),
        ("a.txt", "read:error=EIO", &[("a.txt", "! unreadable")]),
        ("b.jsonl", "openat2:error=EACCES", &[("b.jsonl", "! unreadable")]),
        ("b.jsonl", "read:error=EIO", &[("b.jsonl", "! unreadable")]),
        ("sub", "openat:error=EACCES", &[("sub/", "! unreadable")]),
        // A kernel without the call: the file is read all the same.
        ("a.txt", "openat2:error=ENOSYS", &[]),
    ];
    for (at, fault, changed) in table {
        let out = work.path().join("out");
        let call = fault.split(':').next().unwrap();
        let output = Command::new("strace")
            .args([
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &format!("trace={call}"),
                "-e",
                &format!("inject={fault}"),
            ])
            .arg("-P")
            .arg(dump.join(at))
            .args([
                env!("CARGO_BIN_EXE_copydesk"),
                "run",
                "-q",
                "--threads",
                "1",
                "--stages",
                "",
                "-o",
            ])
            .args([&out, &dump])
            .output()
            .unwrap();
        let code = if changed.is_empty() { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{at} {fault}: {output:?}");
        let mut expected: Rows = all.map(|(id, text)| (id.to_owned(), text.to_owned())).into();
        for (id, row) in changed {
            let file = id.trim_end_matches('/');
            expected.retain(|known, _| !known.starts_with(file));
            expected.insert((*id).to_owned(), (*row).to_owned());
        }
        assert_eq!(published(&out), expected, "{at} {fault}");
    }
}
