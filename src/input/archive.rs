//! Archives: their members are read as if they had been unpacked where the archive lies.
//!
//! The member `herald/1.txt` of `en/dump.zip` is `en/dump.zip!herald/1.txt`, and its folder is `en/herald`. Members come in
//! the order of the archive, one at a time; one that holds records is read record by record. Members in no known format
//! are passed over, and one row, `dump.zip!`, says how many. Nothing is ever unpacked to disk.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use rustc_hash::FxHasher;
use xxhash_rust::xxh3::xxh3_64;

use super::compress::Decompressed;
use super::detail::{name_of_bytes, rejection};
use super::fields::Refused;
use super::format::{Magic, format_of};
use super::record::{Record, Records, Source};
use super::transcode::{ByteStream, peek};
use super::units::records_of;
use super::{Format, Options, text};
use crate::document::Rejection;

/// Stands between the name of an archive and that of a member.
pub(super) const SEPARATOR: char = '!';

/// A member, from its first byte on. It must be read before the next one is asked for.
pub(super) struct Member {
    /// As the archive has it.
    pub(super) path: Vec<u8>,
    pub(super) stream: ByteStream,
}

/// What an archive has at one place.
pub(super) enum Item {
    Member(Member),
    /// A member that cannot be read, or with an empty path the archive from here on.
    Refused(Vec<u8>, Rejection),
}

/// The members of an archive, one after the other.
pub(super) type Items = Box<dyn Iterator<Item = Item> + Send>;

/// The records of all members.
pub(super) struct Members {
    archive: Arc<str>,
    folder: Arc<str>,
    items: Items,
    /// Those of the member that is being read.
    records: Option<Records>,
    /// Hashes of the paths so far: eight bytes a member.
    seen: HashSet<u64, BuildHasherDefault<FxHasher>>,
    passed_over: u64,
    example: String,
    options: Options,
}

impl Members {
    /// Of an archive with this public name, in this folder.
    pub(super) fn new(
        archive: Arc<str>,
        folder: Arc<str>,
        items: Items,
        options: &Options,
    ) -> Self {
        Self {
            archive,
            folder,
            items,
            records: None,
            seen: HashSet::default(),
            passed_over: 0,
            example: String::new(),
            options: options.clone(),
        }
    }

    fn open(&mut self, item: Item) -> Option<Records> {
        let (path, opened) = match item {
            Item::Refused(path, why) => (path, Err(why)),
            Item::Member(Member { path, stream }) => (path, Ok(stream)),
        };
        if path.is_empty() {
            let why = opened.err()?;
            let row = Refused::file(self.archive.clone(), self.folder.clone(), why);
            return Some(one(Box::new(row)));
        }
        let (path, is_safe) = normal(&path);
        let name: Arc<str> = format!("{}{SEPARATOR}{}", self.archive, name_of_bytes(&path)).into();
        let folder = match path.iter().rposition(|byte| *byte == b'/') {
            Some(end) if &*self.folder == "." => name_of_bytes(&path[..end]).into(),
            Some(end) => format!("{}/{}", self.folder, name_of_bytes(&path[..end])).into(),
            None => self.folder.clone(),
        };
        let stream = match opened {
            Ok(stream) => stream,
            Err(why) => return Some(one(Box::new(Refused::file(name, folder, why)))),
        };
        let file_name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let known = format_of(file_name).filter(|_| !path.starts_with(b"__MACOSX/"));
        let Some((format, compression)) = known else {
            self.passed_over += 1;
            if self.example.is_empty() {
                self.example = name_of_bytes(&path);
            }
            return None;
        };
        let refused = |reason: &'static str, detail: &str| -> Option<Records> {
            let row = Refused::file(name.clone(), folder.clone(), rejection(reason, detail));
            Some(one(Box::new(row)))
        };
        if !is_safe {
            return refused("unsafe_path", "the path leads out of the archive");
        }
        if !self.seen.insert(xxh3_64(&path)) {
            return refused("duplicate_member", "the archive has another member of this name");
        }
        let stream = Decompressed::new(stream, compression, self.options.limits());
        let (magic, stream) = peek(stream, format);
        let format = match magic {
            Some(Magic::Tar | Magic::Zip) => {
                return refused("nested_archive", "an archive in an archive; unpack the outer one");
            }
            _ if matches!(format, Format::Tar | Format::Zip) => {
                return refused("nested_archive", "an archive in an archive; unpack the outer one");
            }
            Some(Magic::Warc) => Format::Warc,
            None => format,
        };
        let source = Source { name: name.clone(), folder: folder.clone(), stream };
        if format.is_whole() {
            return Some(one(text::load_member(source, format, &self.options)));
        }
        let records = records_of(source, format, &self.options);
        Some(records.unwrap_or_else(|why| one(Box::new(Refused::file(name, folder, why)))))
    }

    /// The row for all members in no known format.
    fn passed_over(&mut self) -> Option<Box<dyn Record>> {
        let count = std::mem::take(&mut self.passed_over);
        let members = if count == 1 { "member is" } else { "members are" };
        let detail = format!("{count} {members} in no known format, such as `{}`", self.example);
        let name = format!("{}{SEPARATOR}", self.archive).into();
        let why = rejection("unknown_format", detail);
        (count > 0).then(|| Box::new(Refused::file(name, self.folder.clone(), why)) as _)
    }
}

fn one(record: Box<dyn Record>) -> Records {
    Box::new(std::iter::once(record))
}

impl Iterator for Members {
    type Item = Box<dyn Record>;

    fn next(&mut self) -> Option<Box<dyn Record>> {
        loop {
            if let Some(record) = self.records.as_mut().and_then(Iterator::next) {
                return Some(record);
            }
            self.records = None;
            let Some(item) = self.items.next() else { return self.passed_over() };
            self.records = self.open(item);
        }
    }
}

/// A path without what says nothing (`./`, `//`), with `/` for the `\` of archives from Windows; and whether it stays within
/// the archive.
fn normal(path: &[u8]) -> (Vec<u8>, bool) {
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    let parts: Vec<&[u8]> =
        path.split(is_slash).filter(|part| !part.is_empty() && *part != b".").collect();
    let has_drive = matches!(path, [drive, b':', ..] if drive.is_ascii_alphabetic());
    let is_absolute = path.first().is_some_and(is_slash) || has_drive;
    let leads_up = parts.iter().any(|part| *part == b"..");
    (parts.join(&b'/'), !is_absolute && !leads_up && !parts.is_empty())
}

/// Whether `file` is a member of the archive `archive`.
pub(super) fn is_member_of(file: &str, archive: &str) -> bool {
    file.strip_prefix(archive).is_some_and(|rest| rest.starts_with(SEPARATOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_found() {
        let table: &[(&str, &str, bool)] = &[
            ("a/b.txt", "a/b.txt", true),
            ("./a//b.txt", "a/b.txt", true),
            ("a\\b.txt", "a/b.txt", true),
            ("/etc/a.txt", "etc/a.txt", false),
            ("a/../../b.txt", "a/../../b.txt", false),
            ("..\\b.txt", "../b.txt", false),
            ("C:\\b.txt", "C:/b.txt", false),
            ("a..b/c.txt", "a..b/c.txt", true),
            ("./", "", false),
        ];
        for (path, expected, is_safe) in table {
            let expected = (expected.as_bytes().to_vec(), *is_safe);
            assert_eq!(normal(path.as_bytes()), expected, "{path}");
        }
    }
}
