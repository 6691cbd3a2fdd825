//! Proves that a published folder is what its run wrote: every byte, every row, and the sum of the funnel.
//!
//! `run.json` lists size and SHA-256 of every table, and `SHA256SUMS` those of `run.json` too, so that `sha256sum -c
//! SHA256SUMS` comes to the same answer without this program. Both can only tell what happened *after* the run wrote them;
//! the rows are counted against the funnel, so that a run that wrote too few of them is found out as well. The hashes are
//! no signature: whoever can write the folder can write new ones.

mod counts;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::file::PublishedFile;
use super::publish::Publication;
use super::read::{Format, Reader};
use super::texts::{self, TEXTS};
use crate::error::Error;
use crate::stats::Repairs;
use rows::{Hashed, hex, rows_of};

/// The list of hashes, in the format of coreutils.
pub const SUMS: &str = "SHA256SUMS";

/// The record of the run.
pub const RECORD: &str = "run.json";

/// Problems that a message lists; the others are counted.
const MAX_LISTED: usize = 20;

/// A folder that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Files, `run.json` and `SHA256SUMS` among them.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Documents and inputs found, all of which are accounted for.
    pub found: u64,
}

/// What `run.json` says, as far as it can be checked.
#[derive(Deserialize)]
struct Record {
    funnel: RecordedFunnel,
    removed: BTreeMap<String, RecordedRemoval>,
    files: Vec<RecordedFile>,
}

#[derive(Deserialize)]
struct RecordedFunnel {
    found: u64,
    kept: u64,
    duplicates: BTreeMap<String, u64>,
    rejected: BTreeMap<String, u64>,
    /// Earlier versions wrote none, and no table of them.
    #[serde(default)]
    repeated_paragraphs: u64,
    #[serde(default)]
    repairs: Repairs,
}

#[derive(Deserialize)]
struct RecordedRemoval {
    spans: u64,
}

#[derive(Deserialize)]
struct RecordedFile {
    name: String,
    bytes: u64,
    sha256: String,
    rows: Option<u64>,
}

/// Reads every byte of a published folder and holds it against its `run.json` and its `SHA256SUMS`.
///
/// # Errors
///
/// [`Error::InputMissing`] if there is no such folder, [`Error::Mismatch`] with all that is wrong with it.
pub fn verify(output: &Path) -> Result<Verified, Error> {
    let root = fs::canonicalize(output).map_err(|_| Error::InputMissing(output.to_owned()))?;
    let mut check = Check { root, wrong: Vec::new(), bytes: 0, kept: BTreeMap::new() };
    let verified = check.all();
    match (verified, check.wrong.is_empty()) {
        (Some(verified), true) => Ok(verified),
        _ => Err(Error::Mismatch(check.message(output))),
    }
}

/// Writes `SHA256SUMS`: hash, two spaces, name; sorted by name, and behind them the texts in corpus order.
pub fn write_sums<'a>(
    publication: &Publication,
    files: impl Iterator<Item = &'a PublishedFile>,
) -> Result<(), Error> {
    let mut out = publication.create(SUMS)?;
    let lines = lines_of(files.map(|file| (&*file.name, &*file.sha256)));
    out.write_all(lines.as_bytes()).map_err(Error::output(&publication.target().join(SUMS)))?;
    texts::write_sums(&publication.tree(), &mut out)?;
    out.finish(None).map(|_| ())
}

fn lines_of<'a>(hashes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let sorted: BTreeMap<_, _> = hashes.collect();
    sorted.into_iter().fold(String::new(), |mut lines, (name, sha256)| {
        writeln!(lines, "{sha256}  {name}").expect("writing to a string cannot fail");
        lines
    })
}

/// Reads a file of an output that something else has written: its size, hash and rows.
pub fn look_at(path: &Path, name: &str) -> Result<PublishedFile, Error> {
    let mut hashed = Hashed::open(path).map_err(Error::output(path))?;
    let rows = rows_of(path, name, &mut hashed);
    let rows =
        rows.map_err(|why| Error::Mismatch(format!("`{}` is no table: {why}", path.display())))?;
    hashed.finish().map_err(Error::output(path))?;
    let (bytes, sha256) = hashed.told();
    Ok(PublishedFile { name: name.to_owned(), bytes, sha256, rows, plain_bytes: None, table: None })
}

struct Check {
    root: PathBuf,
    wrong: Vec<String>,
    bytes: u64,
    /// Rows of the table of documents, by format.
    kept: BTreeMap<Format, u64>,
}

impl Check {
    /// `None` where there is no record to hold the folder against.
    fn all(&mut self) -> Option<Verified> {
        let (record_hash, record) = self.record()?;
        let found = self.entries();
        let mut hashes = BTreeMap::from([(RECORD.to_owned(), record_hash)]);
        let mut rows = 0;
        for file in &record.files {
            if !is_plain(&file.name) || hashes.contains_key(&file.name) {
                self.wrong.push(format!("`{RECORD}` lists `{}`", file.name.escape_debug()));
                continue;
            }
            hashes.insert(file.name.clone(), file.sha256.clone());
            if found.contains(&file.name) {
                rows += self.file(file);
            } else {
                self.wrong.push(format!("`{}` is missing", file.name));
            }
        }
        let texts = self.texts(&record, &found);
        for name in &found {
            if name != SUMS && !hashes.contains_key(name) && !texts.names.contains(name) {
                let name = name.escape_debug();
                self.wrong.push(format!("`{name}` is not of this run"));
            }
        }
        let mut sums = lines_of(hashes.iter().map(|(name, hash)| (&**name, &**hash)));
        sums.push_str(&texts.sums);
        self.sums(&sums);
        self.funnel(&record);
        self.repairs(record.funnel.repairs);
        let files = found.len() as u64;
        Some(Verified { files, bytes: self.bytes, rows, found: record.funnel.found })
    }

    fn record(&mut self) -> Option<(String, Record)> {
        let bytes = match fs::read(self.root.join(RECORD)) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.wrong.push(format!("`{RECORD}`: {why}; this is no output of a run"));
                return None;
            }
        };
        self.bytes += bytes.len() as u64;
        match serde_json::from_slice(&bytes) {
            Ok(record) => Some((hex(Sha256::digest(&bytes).as_slice()), record)),
            Err(why) => {
                self.wrong.push(format!("`{RECORD}` cannot be read: {why}"));
                None
            }
        }
    }

    /// Names of all regular files; anything else that is there is wrong.
    fn entries(&mut self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut folders = BTreeSet::new();
        for entry in walkdir::WalkDir::new(&self.root).min_depth(1) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(why) => {
                    self.wrong.push(format!("could not be looked at: {why}"));
                    continue;
                }
            };
            let path = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            let name = path.to_string_lossy().into_owned();
            if entry.file_type().is_dir() {
                folders.insert(name);
            } else if entry.file_type().is_file() {
                names.insert(name);
            } else {
                self.wrong.push(format!("`{}` is not a regular file", name.escape_debug()));
            }
        }
        for folder in folders {
            if !names.iter().any(|name| name.starts_with(&format!("{folder}/"))) {
                self.wrong.push(format!("`{}/` is empty", folder.escape_debug()));
            }
        }
        names
    }

    /// Checks one file, and gives the rows it has.
    fn file(&mut self, expected: &RecordedFile) -> u64 {
        let name = &expected.name;
        let mut hashed = match Hashed::open(&self.root.join(name)) {
            Ok(hashed) => hashed,
            Err(why) => {
                self.wrong.push(format!("`{name}`: {why}"));
                return 0;
            }
        };
        let counted = match expected.rows {
            Some(_) => rows_of(&self.root.join(name), name, &mut hashed),
            None => Ok(None),
        };
        let rows = counted.unwrap_or_else(|why| {
            self.wrong.push(format!("`{name}` is no table: {why}"));
            None
        });
        if let Err(why) = hashed.finish() {
            self.wrong.push(format!("`{name}`: {why}"));
        }
        let (bytes, sha256) = hashed.told();
        self.bytes += bytes;
        if bytes != expected.bytes {
            self.wrong.push(format!("`{name}` has {bytes} bytes instead of {}", expected.bytes));
        } else if sha256 != expected.sha256 {
            self.wrong.push(format!("`{name}` has the SHA-256 {sha256}, not {}", expected.sha256));
        }
        if let (Some(rows), Some(expected)) = (rows, expected.rows)
            && rows != expected
        {
            self.wrong.push(format!("`{name}` has {rows} rows instead of {expected}"));
        }
        if let (Some(format), true) = (Format::of(name.as_ref()), is_of_documents(name)) {
            // Where the build does not read the format, the hash has to do.
            *self.kept.entry(format).or_default() += rows.or(expected.rows).unwrap_or_default();
        }
        rows.unwrap_or_default()
    }

    /// Checks the texts that `texts.csv` lists, if there is one.
    fn texts(&mut self, record: &Record, found: &BTreeSet<String>) -> Texts {
        let mut texts = Texts::default();
        if !record.files.iter().any(|file| file.name == TEXTS.path) {
            return texts;
        }
        let why = match self.add_texts(found, &mut texts) {
            Ok(()) if texts.names.len() as u64 == record.funnel.kept => return texts,
            Ok(()) => format!(
                "lists {} texts, the funnel has {} kept documents",
                texts.names.len(),
                record.funnel.kept
            ),
            Err(why) => format!("is not as it was written: {why}"),
        };
        self.wrong.push(format!("`{}` {why}", TEXTS.path));
        texts
    }

    fn add_texts(&mut self, found: &BTreeSet<String>, texts: &mut Texts) -> Result<(), Error> {
        let mut table = Reader::open_at(&self.root, TEXTS.path, false)?;
        while let Some(row) = table.next_row()? {
            let (name, sha256) = (table.cell(&row, "file")?, table.cell(&row, "sha256")?);
            let bytes = table.cell(&row, "bytes")?.parse().unwrap_or_default();
            let is_listed = is_plain(name) && name.starts_with(texts::FOLDER);
            if !is_listed || !texts.names.insert(name.to_owned()) {
                self.wrong.push(format!("`{}` lists `{}`", TEXTS.path, name.escape_debug()));
                continue;
            }
            writeln!(texts.sums, "{sha256}  {name}").expect("writing to a string cannot fail");
            if !found.contains(name) {
                self.wrong.push(format!("`{name}` is missing"));
                continue;
            }
            let (name, sha256) = (name.to_owned(), sha256.to_owned());
            self.file(&RecordedFile { name, bytes, sha256, rows: None });
        }
        Ok(())
    }

    fn sums(&mut self, expected: &str) {
        match fs::read(self.root.join(SUMS)) {
            Err(why) => self.wrong.push(format!("`{SUMS}`: {why}")),
            Ok(bytes) => {
                self.bytes += bytes.len() as u64;
                if bytes != expected.as_bytes() {
                    let what = "does not have the hashes of `run.json` and its files";
                    self.wrong.push(format!("`{SUMS}` {what}"));
                }
            }
        }
    }

    fn message(&self, output: &Path) -> String {
        let count = self.wrong.len();
        let mut message = format!("`{}` is not what its run wrote:", output.display());
        for wrong in self.wrong.iter().take(MAX_LISTED) {
            message.push_str("\n  ");
            message.push_str(wrong);
        }
        if count > MAX_LISTED {
            message.push_str(&format!("\n  and {} more", count - MAX_LISTED));
        }
        message
    }
}

/// Whether a name stays within the folder. `run.json` may have been tampered with.
fn is_plain(name: &str) -> bool {
    name != SUMS
        && !name.is_empty()
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
        && !name.contains(['\n', '\\'])
}

/// Texts that were checked.
#[derive(Default)]
struct Texts {
    names: BTreeSet<String>,
    /// Their lines of `SHA256SUMS`.
    sums: String,
}

/// Whether a file holds kept documents, or a part of them.
fn is_of_documents(name: &str) -> bool {
    name.starts_with("documents.")
        || name.starts_with("documents-")
        || name.starts_with("data/train-")
}
