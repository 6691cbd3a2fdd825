//! Goes through a folder for [`scan`](super::scan()), and follows links as far as that is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::detail::rejection;
use super::format::format_of;
use super::scan::{InputFile, Scan, Stamp, name_of_path, raw};
use crate::document::Rejection;

/// What becomes of symbolic links below the root. The root itself may be one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Follow {
    /// They are passed over.
    #[default]
    No,
    /// They are followed where they lead to a file or folder below the root; each folder through one link at most.
    Inside,
}

/// One scan of a folder.
pub(super) struct Walk<'a> {
    scan: Scan,
    root: PathBuf,
    follow: Follow,
    exclude: &'a [(u64, u64)],
    unreadable: Vec<(PathBuf, String, Rejection)>,
    /// Links that are still to be followed, by raw relative path.
    links: BTreeMap<Vec<u8>, Link>,
    /// Folders that were entered through a link, or below one. Links in two folders to each other, and in each of thirty
    /// folders two to the next, would have no end otherwise.
    entered: BTreeSet<PathBuf>,
}

struct Link {
    /// Relative to the root, through other links perhaps.
    path: PathBuf,
    /// Where it really lies.
    real: PathBuf,
    /// The real folders of the links that led here.
    through: Vec<PathBuf>,
}

impl<'a> Walk<'a> {
    pub(super) fn of(root: PathBuf, follow: Follow, exclude: &'a [(u64, u64)]) -> Self {
        Self {
            scan: Scan::of_root(&root),
            root,
            follow,
            exclude,
            unreadable: Vec::new(),
            links: BTreeMap::new(),
            entered: BTreeSet::new(),
        }
    }

    pub(super) fn scan(mut self) -> Scan {
        let root = self.root.clone();
        self.enter(&root, Path::new(""), &[]);
        while let Some((_, link)) = self.links.pop_first() {
            if let Err(reason) = self.follow(&link) {
                self.scan.skip(reason, &link.path);
            }
        }
        let Self { mut scan, mut unreadable, .. } = self;
        scan.files.sort_unstable_by(|a, b| raw(&a.path).cmp(raw(&b.path)));
        unreadable.sort_by(|(a, ..), (b, ..)| raw(a).cmp(raw(b)));
        for (path, name, why) in unreadable {
            scan.unreadable_paths.push(path);
            scan.unreadable.push((name, why));
        }
        scan
    }

    /// Lists what is in `folder`, which is free of links, under the name `prefix`.
    fn enter(&mut self, folder: &Path, prefix: &Path, through: &[PathBuf]) {
        let mut walk = WalkDir::new(folder).min_depth(1).follow_links(false).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                // Types come with the names, so that only the opening of a folder can fail here.
                Err(error) => {
                    self.unreadable.push(unreadable_row(folder, prefix, &error, "/"));
                    continue;
                }
            };
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let path = prefix.join(below);
            let kind = entry.file_type();
            if kind.is_dir() {
                let is_again = !through.is_empty() && !self.entered.insert(entry.path().to_owned());
                if is_again || is_excluded(entry.path(), self.exclude) {
                    self.scan.skip(if is_again { "symlink_again" } else { "output_folder" }, &path);
                    walk.skip_current_dir();
                }
            } else if kind.is_symlink() && self.follow == Follow::Inside {
                let (real, through) = (entry.path().to_owned(), through.to_vec());
                self.links.insert(raw(&path).to_vec(), Link { path, real, through });
            } else if kind.is_symlink() {
                self.scan.skip("symlink", &path);
            } else if kind.is_file() {
                let real = (!through.is_empty()).then(|| entry.path().to_owned());
                match entry.metadata() {
                    Ok(metadata) => self.list(path, &metadata, real),
                    Err(error) => self.unreadable.push(unreadable_row(folder, prefix, &error, "")),
                }
            } else {
                self.scan.skip("special_file", &path);
            }
        }
    }

    /// Follows a link, or says why not. Where it leads is found out without opening anything.
    fn follow(&mut self, link: &Link) -> Result<(), &'static str> {
        let target =
            fs::canonicalize(&link.real).map_err(
                |error| match rustix::io::Errno::from_io_error(&error) {
                    Some(rustix::io::Errno::LOOP) => "symlink_loop",
                    _ => "symlink_dangling",
                },
            )?;
        let metadata = fs::symlink_metadata(&target).map_err(|_| "symlink_dangling")?;
        if !target.starts_with(&self.root) {
            return Err("symlink_outside");
        }
        let mut folders = target.ancestors().take_while(|folder| folder.starts_with(&self.root));
        if folders.any(|folder| is_excluded(folder, self.exclude)) {
            return Err("output_folder");
        }
        if metadata.is_file() {
            self.list(link.path.clone(), &metadata, Some(target));
            return Ok(());
        }
        if !metadata.is_dir() {
            return Err("special_file");
        }
        let mut through = link.through.clone();
        through.extend(link.real.parent().map(Path::to_owned));
        if through.iter().any(|folder| folder.starts_with(&target)) {
            return Err("symlink_loop");
        }
        if !self.entered.insert(target.clone()) {
            return Err("symlink_again");
        }
        self.enter(&target, &link.path, &through);
        Ok(())
    }

    fn list(&mut self, path: PathBuf, metadata: &Metadata, real: Option<PathBuf>) {
        let (bytes, stamp) = (metadata.len(), Stamp::of(metadata));
        let format = |path: &Path| format_of(path.file_name()?.as_bytes());
        // The name of a link goes before that of its file.
        match format(&path).or_else(|| format(real.as_deref()?)) {
            Some((format, compression)) => {
                self.scan.files.push(InputFile { path, bytes, stamp, format, compression, real });
            }
            None => self.scan.skip("unknown_format", &path),
        }
    }
}

fn is_excluded(folder: &Path, exclude: &[(u64, u64)]) -> bool {
    // A folder that cannot be asked cannot be read either, and then becomes a row.
    !exclude.is_empty()
        && fs::symlink_metadata(folder)
            .is_ok_and(|metadata| exclude.contains(&(metadata.dev(), metadata.ino())))
}

fn unreadable_row(
    folder: &Path,
    prefix: &Path,
    error: &walkdir::Error,
    behind: &str,
) -> (PathBuf, String, Rejection) {
    let path = error.path().unwrap_or(folder);
    let path = prefix.join(path.strip_prefix(folder).unwrap_or(path));
    let name = name_of_path(&path) + behind;
    let why = match error.io_error() {
        Some(error) if error.kind() == io::ErrorKind::NotFound => {
            rejection("vanished", "it went away during the scan")
        }
        Some(error) => rejection("unreadable", error.to_string()),
        None => rejection("unreadable", "a loop of links"),
    };
    (path, name, why)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::super::scan;
    use super::super::scan::tests::{names, tree};
    use super::*;

    #[test]
    fn links_are_followed_inside_the_root_only_and_come_to_an_end() {
        let outside = tree(&[b"secret.txt", b"folder/secret.txt"]);
        let root = tree(&[
            b"a/one.txt",
            b"b/two.txt",
            b"b/deep/three.txt",
            b"data.bin",
            b"out/documents.csv",
        ]);
        let at = |name: &str| root.path().join(name);
        for (target, name) in [
            ("a/one.txt", "file.txt"),
            ("data.bin", "named.jsonl"),
            ("a/one.txt", "page"),
            ("b", "folder"),
            ("b", "folder2"),
            ("../b", "a/mutual"),
            ("../a", "b/mutual"),
            (".", "here"),
            ("..", "b/deep/parent"),
            ("self.txt", "self.txt"),
            ("nothing.txt", "dangling.txt"),
            ("/etc/hostname", "absolute.txt"),
            ("../../../../etc/hostname", "relative.txt"),
            ("/dev/zero", "zero.txt"),
            ("out/documents.csv", "published.csv"),
        ] {
            symlink(target, at(name)).unwrap();
        }
        symlink(outside.path(), at("escape")).unwrap();
        symlink(outside.path().join("secret.txt"), at("escape.txt")).unwrap();
        symlink("escape", at("twice")).unwrap();
        let out = fs::metadata(at("out")).unwrap();
        let exclude = [(out.dev(), out.ino())];
        let followed = scan(root.path(), Follow::Inside, &exclude).unwrap();
        let expected = [
            "a/mutual/deep/three.txt",
            "a/mutual/two.txt",
            "a/one.txt",
            "b/deep/three.txt",
            "b/mutual/one.txt",
            "b/two.txt",
            "file.txt",
            "named.jsonl",
            "page",
        ];
        assert_eq!(names(&followed), expected);
        let skipped = |reason: &str| {
            (followed.skipped[reason].count, followed.skipped[reason].examples.join(" "))
        };
        assert_eq!(skipped("symlink_outside"), (6, "absolute.txt escape escape.txt".into()));
        assert_eq!(skipped("symlink_dangling"), (1, "dangling.txt".into()));
        assert_eq!(skipped("symlink_loop").1, "a/mutual/deep/parent a/mutual/mutual b/deep/parent");
        assert_eq!(skipped("symlink_again"), (2, "folder folder2".into()));
        assert_eq!(skipped("output_folder"), (2, "out published.csv".into()));
        assert!(followed.unreadable.is_empty());
        let passed = scan(root.path(), Follow::No, &exclude).unwrap();
        assert_eq!(names(&passed), ["a/one.txt", "b/deep/three.txt", "b/two.txt"]);
        assert_eq!(passed.skipped["symlink"].count, 18);
    }

    #[test]
    fn folders_that_link_twice_to_the_next_are_read_once_more_and_not_in_powers_of_two() {
        let root = tempfile::tempdir().unwrap();
        for n in 0..40 {
            let folder = root.path().join(format!("d{n}"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("a.txt"), "text").unwrap();
            for name in ["x", "y"] {
                symlink(format!("../d{}", n + 1), folder.join(name)).unwrap();
            }
        }
        let scan = scan(root.path(), Follow::Inside, &[]).unwrap();
        assert_eq!(scan.files.len(), 40 + 39);
    }
}
