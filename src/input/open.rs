//! Opens regular files, and nothing else, without ever waiting; notices when a file changes while it is read.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::detail::{rejection, stop};
use crate::document::Rejection;

/// A regular file that is read from its first byte to its last.
///
/// Reading past the last byte fails with `changed_while_read` if the file is not what it was when it was opened; so does
/// reading more than it had then.
#[derive(Debug)]
pub(super) struct RegularFile {
    file: File,
    opened: Metadata,
    read_bytes: u64,
}

impl RegularFile {
    /// Size when it was opened, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.opened.size()
    }

    /// The same file, read in no order.
    pub(super) fn at_any_place(self) -> AnyPlace {
        AnyPlace { file: self.file, opened: self.opened }
    }
}

/// A regular file that is read at any place.
#[derive(Debug)]
pub(super) struct AnyPlace {
    file: File,
    opened: Metadata,
}

impl AnyPlace {
    /// Size when it was opened, in bytes.
    pub(super) fn size_bytes(&self) -> u64 {
        self.opened.size()
    }

    /// The open file, for a reader that goes through it by itself.
    #[cfg(feature = "parquet")]
    pub(super) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match self.file.read_at(buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    /// # Errors
    ///
    /// `changed_while_read` if the file is not what it was when it was opened.
    pub(super) fn check(&self) -> Result<(), Rejection> {
        let now =
            self.file.metadata().map_err(|error| rejection("unreadable", error.to_string()))?;
        if is_same(&self.opened, &now) {
            return Ok(());
        }
        let (before, after) = (self.opened.size(), now.size());
        let detail = format!("{before} bytes when it was opened, {after} bytes afterwards");
        Err(rejection("changed_while_read", detail))
    }
}

fn is_same(before: &Metadata, now: &Metadata) -> bool {
    now.size() == before.size()
        && (now.mtime(), now.mtime_nsec()) == (before.mtime(), before.mtime_nsec())
}

impl Read for RegularFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.read_bytes += count as u64;
        // One that grows as fast as it is read would never end.
        let has_grown = self.read_bytes > self.opened.size();
        if (count > 0 && !has_grown) || buffer.is_empty() {
            return Ok(count);
        }
        let now = self.file.metadata()?;
        if self.read_bytes == self.opened.size() && is_same(&self.opened, &now) {
            return Ok(0);
        }
        let detail = format!(
            "{} bytes when it was opened, {} bytes read, {} bytes afterwards",
            self.opened.size(),
            self.read_bytes,
            now.size()
        );
        Err(stop(rejection("changed_while_read", detail)))
    }
}

/// Opens `path` if it is a regular file. What it is, is asked of the open descriptor: a file that was swapped for a
/// FIFO, a device or a link since the scan neither blocks nor is read.
///
/// # Errors
///
/// `vanished`, `not_a_regular_file` or `unreadable`, as the row for this input.
pub(super) fn open(path: &Path) -> Result<RegularFile, Rejection> {
    let flags =
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY | OFlags::CLOEXEC;
    // A path of the scan has no link in it; one that has come there since, at any place, is not followed.
    let opened =
        match rustix::fs::openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
            // Kernels before 5.6, and sandboxes that do not know the call.
            Err(Errno::NOSYS | Errno::PERM) => rustix::fs::open(path, flags, Mode::empty()),
            opened => opened,
        };
    let file = match opened {
        Ok(descriptor) => File::from(descriptor),
        Err(Errno::NOENT) => return Err(rejection("vanished", "it was there during the scan")),
        // A link in the file's place (ELOOP), or a socket or a device without a driver (ENXIO).
        Err(errno @ (Errno::LOOP | Errno::NXIO)) => {
            return Err(rejection("not_a_regular_file", io::Error::from(errno).to_string()));
        }
        Err(errno) => return Err(rejection("unreadable", io::Error::from(errno).to_string())),
    };
    let opened = file.metadata().map_err(|error| rejection("unreadable", error.to_string()))?;
    if !opened.is_file() {
        return Err(rejection("not_a_regular_file", "it is no regular file any more"));
    }
    Ok(RegularFile { file, opened, read_bytes: 0 })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::symlink;

    use super::super::detail::rejection_of;
    use super::*;

    #[test]
    fn only_regular_files_are_opened_and_none_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "text").unwrap();
        fs::create_dir(at("folder")).unwrap();
        symlink("file", at("link")).unwrap();
        symlink("self", at("self")).unwrap();
        // A folder that became a link to elsewhere after the scan.
        symlink(".", at("way")).unwrap();
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, at("fifo"), mode).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let table: &[(&str, &str)] = &[
            ("folder", "not_a_regular_file"),
            ("link", "not_a_regular_file"),
            ("self", "not_a_regular_file"),
            ("fifo", "not_a_regular_file"),
            ("socket", "not_a_regular_file"),
            ("way/file", "not_a_regular_file"),
            ("gone", "vanished"),
            ("file/below", "unreadable"),
        ];
        for (name, expected) in table {
            assert_eq!(open(&at(name)).unwrap_err().reason, *expected, "{name}");
        }
        assert_eq!(open(Path::new("/dev/zero")).unwrap_err().reason, "not_a_regular_file");
        let mut text = String::new();
        open(&at("file")).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn a_file_that_changes_under_the_reader_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let read = |change: &dyn Fn()| {
            fs::write(&path, "0123456789").unwrap();
            let mut file = open(&path).unwrap();
            let mut start = [0; 4];
            file.read_exact(&mut start).unwrap();
            change();
            let mut rest = Vec::new();
            file.read_to_end(&mut rest).map_err(|error| rejection_of(&error).reason)
        };
        assert_eq!(read(&|| ()), Ok(6));
        let append = || {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(b"more").unwrap();
        };
        assert_eq!(read(&append), Err("changed_while_read".into()));
        let shorten =
            || fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(5).unwrap();
        assert_eq!(read(&shorten), Err("changed_while_read".into()));
        let overwrite = || {
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        };
        assert_eq!(read(&overwrite), Err("changed_while_read".into()));
    }
}
