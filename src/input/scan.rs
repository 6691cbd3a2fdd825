//! Lists the files of a dump in corpus order: by the raw bytes of the relative path, whatever order folders are read in.
//!
//! Nothing but regular files is listed; what is passed over is counted, with examples. Links are not followed, or only
//! within the root ([`Follow`]). About 100 bytes of memory a file.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::detail::{name_of_bytes, shown};
use super::format::format_of;
use super::walk::{Follow, Walk};
use super::{Compression, Format, Selection};
use crate::document::Rejection;
use crate::error::Error;

/// How many names stand for what was skipped for one reason.
const MAX_EXAMPLES: usize = 3;

/// What there is to read.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The folder that names are relative to, free of links.
    pub root: Arc<Path>,
    /// The files to read, in corpus order.
    pub files: Vec<InputFile>,
    /// Names of files and folders (with a `/` behind) that could not be looked at, in corpus order.
    /// [`Units`](super::Units) makes rows of them, in their place.
    pub unreadable: Vec<(String, Rejection)>,
    /// What was passed over on purpose, by reason: `symlink`, `special_file`, `unknown_format`, `output_folder`; and where
    /// links are followed, `symlink_outside`, `symlink_dangling`, `symlink_loop` and `symlink_again`.
    pub skipped: BTreeMap<&'static str, Skipped>,
    /// Raw relative paths of `unreadable`: the order that names only resemble.
    pub(super) unreadable_paths: Vec<PathBuf>,
    /// Only this part is read, if there is one.
    pub(super) selection: Option<Arc<Selection>>,
}

/// One file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Path relative to the root.
    pub path: PathBuf,
    /// Size during the scan, in bytes.
    pub bytes: u64,
    /// What else told it from others then.
    pub stamp: Stamp,
    /// How documents are laid out in it.
    pub format: Format,
    /// How it is compressed.
    pub compression: Compression,
    /// Where it really lies, free of links, if `path` goes through one.
    pub(super) real: Option<PathBuf>,
}

/// What changes when a file is written to, replaced or moved: a file with the same path, size and stamp is the same.
///
/// The time of the last change (`ctime`) is the system's own and cannot be set back. A file system counts time in ticks
/// of some milliseconds: two writes of the same size within one tick look the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Time of the last write, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Time of the last change of the file or of its attributes, in nanoseconds since 1970.
    pub changed_ns: i64,
    /// Inode number.
    pub inode: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let nanoseconds =
            |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }
}

/// How much was passed over for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Number of files, or folders.
    pub count: u64,
    /// The first few names.
    pub examples: Vec<String>,
}

impl InputFile {
    /// The public name: the relative path with `/`; bytes that are not UTF-8, control characters and backslashes are
    /// written `\xHH`.
    pub fn name(&self) -> String {
        name_of_path(&self.path)
    }

    /// The source of what has none of its own: the folder that the file is in, `.` for the root.
    pub fn folder(&self) -> Arc<str> {
        match self.path.parent().map(name_of_path) {
            Some(folder) if !folder.is_empty() => folder.into(),
            _ => ".".into(),
        }
    }
}

/// Lists what is to be read below `root`, which may also be one file. Folders whose device and inode are in `exclude`
/// are not entered.
///
/// # Errors
///
/// If `root` does not exist, cannot be read, is neither a folder nor a file, or is itself excluded. Trouble further down
/// is a row of the output.
pub fn scan(root: &Path, follow: Follow, exclude: &[(u64, u64)]) -> Result<Scan, Error> {
    let (canonical, metadata) = resolve(root)?;
    if metadata.is_dir() {
        if exclude.contains(&(metadata.dev(), metadata.ino())) {
            let message = format!("input and output are the same folder: `{}`", root.display());
            return Err(Error::Setup(message));
        }
        fs::read_dir(&canonical).map_err(|error| could_not_read(root, &error))?;
        return Ok(Walk::of(canonical, follow, exclude).scan());
    }
    if !metadata.is_file() {
        let message = format!("input is neither a folder nor a regular file: `{}`", root.display());
        return Err(Error::Setup(message));
    }
    let file_name = PathBuf::from(canonical.file_name().unwrap_or_default());
    // The name that the user gave tells the format, even if it is a link.
    let given = root.file_name().unwrap_or_default().as_bytes();
    let Some((format, compression)) =
        format_of(given).or_else(|| format_of(file_name.as_os_str().as_bytes()))
    else {
        let message = format!(
            "input has an unknown format: `{}`\nhint: known are .txt, .jsonl, .json, .csv and .tsv, also with .gz, .zst, .bz2 or .xz",
            root.display()
        );
        return Err(Error::Setup(message));
    };
    let folder = canonical.parent().unwrap_or(Path::new("/"));
    let (bytes, stamp) = (metadata.size(), Stamp::of(&metadata));
    let file = InputFile { path: file_name, bytes, stamp, format, compression, real: None };
    Ok(Scan { files: vec![file], ..Scan::of_root(folder) })
}

fn resolve(root: &Path) -> Result<(PathBuf, Metadata), Error> {
    let resolved = fs::canonicalize(root).and_then(|path| fs::metadata(&path).map(|m| (path, m)));
    resolved.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::InputMissing(root.to_owned()),
        _ => could_not_read(root, &error),
    })
}

fn could_not_read(root: &Path, error: &io::Error) -> Error {
    Error::Setup(format!("could not read input at `{}`: {error}", root.display()))
}

impl Scan {
    pub(super) fn of_root(root: &Path) -> Self {
        Self {
            root: root.into(),
            files: Vec::new(),
            unreadable: Vec::new(),
            skipped: BTreeMap::new(),
            unreadable_paths: Vec::new(),
            selection: None,
        }
    }

    /// Where a file lies.
    pub(super) fn path_of(&self, file: &InputFile) -> PathBuf {
        self.root.join(file.real.as_ref().unwrap_or(&file.path))
    }

    /// Size of all files to read, in bytes as they lie on disk.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// What there is, by format and compression: its name, the number of files, their bytes on disk.
    pub fn by_format(&self) -> Vec<(String, u64, u64)> {
        let mut formats: BTreeMap<(Format, Compression), (u64, u64)> = BTreeMap::new();
        for file in &self.files {
            let (files, bytes) = formats.entry((file.format, file.compression)).or_default();
            *files += 1;
            *bytes += file.bytes;
        }
        let named =
            |((format, compression), (files, bytes)): ((Format, Compression), (u64, u64))| {
                let name = match compression {
                    Compression::None => format.name().to_owned(),
                    _ => format!("{} in {}", format.name(), compression.name()),
                };
                (name, files, bytes)
            };
        formats.into_iter().map(named).collect()
    }

    /// The same input cut down to some of its files; what could not be read is left out.
    pub fn only(&self, files: Vec<InputFile>) -> Self {
        let root = Arc::clone(&self.root);
        let (unreadable, unreadable_paths) = (Vec::new(), Vec::new());
        let (skipped, selection) = (BTreeMap::new(), None);
        Self { root, files, unreadable, skipped, unreadable_paths, selection }
    }

    /// The same input cut down to a part of it.
    pub fn select(mut self, selection: &Selection) -> Self {
        self.files.retain(|file| selection.has_file(&file.name()));
        let (names, paths) = std::mem::take(&mut self.unreadable)
            .into_iter()
            .zip(std::mem::take(&mut self.unreadable_paths))
            .filter(|((name, _), _)| selection.has_file(name))
            .unzip();
        (self.unreadable, self.unreadable_paths) = (names, paths);
        self.selection = Some(Arc::new(selection.clone()));
        self
    }

    pub(super) fn skip(&mut self, reason: &'static str, path: &Path) {
        let skipped = self.skipped.entry(reason).or_default();
        skipped.count += 1;
        // Folders come in any order, so the first names are the smallest of all, not the earliest.
        let name = shown(&name_of_path(path));
        let at = skipped.examples.partition_point(|example| *example < name);
        if at < MAX_EXAMPLES {
            skipped.examples.insert(at, name);
            skipped.examples.truncate(MAX_EXAMPLES);
        }
    }
}

/// Bytes of a path, for corpus order; `Path`'s own order goes part by part.
pub(super) fn raw(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(super) fn name_of_path(path: &Path) -> String {
    name_of_bytes(raw(path))
}

#[cfg(test)]
pub(super) mod tests {
    use std::ffi::OsStr;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::{CWD, Mode};
    use tempfile::TempDir;

    use super::*;

    pub(in super::super) fn tree(files: &[&[u8]]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(OsStr::from_bytes(file));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        root
    }

    pub(in super::super) fn names(scan: &Scan) -> Vec<String> {
        scan.files.iter().map(InputFile::name).collect()
    }

    #[test]
    fn files_are_in_the_order_of_their_whole_path_s_bytes() {
        let root = tree(&[b"b/1.txt", b"a.txt", b"a/2.txt", b"a-b/3.txt", b"B.txt", b"a/\xff.txt"]);
        let scan = scan(root.path(), Follow::No, &[]).unwrap();
        let expected = ["B.txt", "a-b/3.txt", "a.txt", "a/2.txt", "a/\\xFF.txt", "b/1.txt"];
        assert_eq!(names(&scan), expected);
        assert_eq!(scan.bytes(), 24);
        assert_eq!(&*scan.files[1].folder(), "a-b");
        assert_eq!(&*scan.files[2].folder(), ".");
    }

    #[test]
    fn what_is_no_file_of_a_known_format_is_counted() {
        let root = tree(&[b"a.txt", b".hidden/.b.txt", b"c.pdf", b"d.pdf", b"e.pdf", b"f.pdf"]);
        let at = |name: &str| root.path().join(name);
        symlink("a.txt", at("link.txt")).unwrap();
        symlink(".", at("loop")).unwrap();
        symlink("nowhere", at("dangling.txt")).unwrap();
        rustix::fs::mkfifoat(CWD, at("fifo.txt"), Mode::RUSR).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket.txt")).unwrap();
        let scan = scan(root.path(), Follow::No, &[]).unwrap();
        assert_eq!(names(&scan), [".hidden/.b.txt", "a.txt"]);
        let skipped: Vec<_> = scan
            .skipped
            .iter()
            .map(|(reason, skipped)| (*reason, skipped.count, skipped.examples.join(" ")))
            .collect();
        let expected = [
            ("special_file", 2, "fifo.txt socket.txt"),
            ("symlink", 3, "dangling.txt link.txt loop"),
            ("unknown_format", 4, "c.pdf d.pdf e.pdf"),
        ];
        assert_eq!(
            skipped,
            expected.map(|(reason, count, names)| (reason, count, names.to_owned()))
        );
    }

    #[test]
    fn the_output_folder_is_not_entered_under_any_name() {
        let root = tree(&[b"a.txt", b"out/documents.csv", b"z.txt"]);
        let out = fs::metadata(root.path().join("out")).unwrap();
        let scan_without = scan(root.path(), Follow::No, &[(out.dev(), out.ino())]).unwrap();
        assert_eq!(names(&scan_without), ["a.txt", "z.txt"]);
        assert_eq!(scan_without.skipped["output_folder"].examples, ["out"]);
        let same =
            scan(&root.path().join("out"), Follow::No, &[(out.dev(), out.ino())]).unwrap_err();
        assert!(same.to_string().starts_with("input and output are the same folder"), "{same}");
    }

    #[test]
    fn the_root_may_be_a_link_or_a_file() {
        let root = tree(&[b"in/a.txt"]);
        symlink("in", root.path().join("link")).unwrap();
        assert_eq!(names(&scan(&root.path().join("link"), Follow::No, &[]).unwrap()), ["a.txt"]);
        let one = scan(&root.path().join("in/a.txt"), Follow::No, &[]).unwrap();
        assert_eq!(names(&one), ["a.txt"]);
        assert_eq!(&*one.files[0].folder(), ".");
        symlink("in/a.txt", root.path().join("latest.jsonl")).unwrap();
        let linked = scan(&root.path().join("latest.jsonl"), Follow::No, &[]).unwrap();
        assert_eq!(linked.files[0].format, Format::JsonLines);
    }

    #[test]
    fn a_root_that_cannot_be_read_is_an_error() {
        let root = tree(&[b"a.pdf"]);
        rustix::fs::mkfifoat(CWD, root.path().join("fifo.txt"), Mode::RUSR).unwrap();
        let table: &[(&str, &str)] = &[
            ("missing", "input not found"),
            ("a.pdf", "input has an unknown format"),
            ("a.pdf/below", "could not read input"),
            ("fifo.txt", "input is neither a folder nor a regular file"),
        ];
        for (name, expected) in table {
            let error = scan(&root.path().join(name), Follow::No, &[]).unwrap_err();
            assert!(error.to_string().starts_with(expected), "{name}: {error}");
        }
    }

    #[test]
    #[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn an_unreadable_folder_is_a_row_and_the_scan_goes_on() {
        let root = tree(&[b"a.txt", b"closed/b.txt", b"d.txt"]);
        let closed = root.path().join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        let may_read_anything = fs::read_dir(&closed).is_ok();
        let scan = scan(root.path(), Follow::No, &[]).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
        if may_read_anything {
            eprintln!("skipped: root may read any folder");
            return;
        }
        assert_eq!(names(&scan), ["a.txt", "d.txt"]);
        assert_eq!(scan.unreadable[0].0, "closed/");
        assert_eq!(scan.unreadable[0].1.reason, "unreadable");
    }

    #[test]
    fn a_path_too_long_for_the_system_is_a_row() {
        let root = tree(&[b"a.txt", b"z.txt"]);
        let name = "n".repeat(200);
        let open = |folder: &std::os::fd::OwnedFd, name: &str| {
            let flags = rustix::fs::OFlags::DIRECTORY;
            rustix::fs::openat(folder, name, flags, Mode::empty()).unwrap()
        };
        let mut folder: std::os::fd::OwnedFd = fs::File::open(root.path()).unwrap().into();
        for _ in 0..22 {
            rustix::fs::mkdirat(&folder, &name, Mode::RWXU).unwrap();
            folder = open(&folder, &name);
        }
        let scan = scan(root.path(), Follow::No, &[]).unwrap();
        assert_eq!(names(&scan), ["a.txt", "z.txt"]);
        assert_eq!(scan.unreadable.len(), 1);
        assert_eq!(scan.unreadable[0].1.reason, "unreadable");
    }
}
