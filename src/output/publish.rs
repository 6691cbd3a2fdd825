//! The output folder in the making, and the switch that makes it visible.
//!
//! A run writes into `.NAME.copydesk/tree` beside `NAME`, flushes every file and folder to disk, and exchanges the two
//! folders in one system call (`renameat2` with `RENAME_EXCHANGE`). A reader sees the old output or the new one. Where
//! the file system cannot exchange, the old folder is moved aside first; only there is an instant without output.
//!
//! The lock is the kernel's, on `.NAME.copydesk/lock`: it goes with the process, however that ends, and what a dead run
//! left behind is cleared away by the next.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags};
use serde::Serialize;

use super::file::{OutputFile, PublishedFile, Tree};
use super::{Form, Format};
use crate::error::Error;
use crate::lock::{self, Lock};

/// An output folder in the making.
#[derive(Debug)]
pub struct Publication {
    target: PathBuf,
    work: PathBuf,
    /// What is written; CSV until something else is asked for.
    pub form: Form,
    earlier: PathBuf,
    keep_runs: usize,
    is_published: bool,
    _lock: Lock,
}

/// Where the old output is put, within the work folder, if it cannot be exchanged with the new one.
const OLD: &str = "old";

/// Folder of what a run remembers, within the work folder.
const STATE: &str = "state";

impl Publication {
    /// Takes the lock on `target` and makes room beside it. Nothing under `target` changes before [`publish`](Self::publish).
    ///
    /// Refuses a target that is not a folder, that holds something other than an earlier run's output, or that is a
    /// mount point.
    ///
    /// If another run has the lock, waits for it up to `wait`. `keep_runs` earlier outputs are kept beside the target.
    pub fn begin(target: &Path, keep_runs: usize, wait: Duration) -> Result<Self, Error> {
        let target = resolve(target)?;
        let parent = target.parent().unwrap_or(Path::new("/"));
        check_replaceable(&target, parent)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let work = parent.join(format!(".{name}.copydesk"));
        let lock = lock::take(&target, &work, wait)?;
        clear(&work, None)?;
        let earlier = parent.join(format!("{name}.runs"));
        let publication = Self {
            target,
            work,
            earlier,
            keep_runs,
            is_published: false,
            form: Form::default(),
            _lock: lock,
        };
        for folder in [publication.tree().path().to_owned(), publication.scratch()] {
            fs::create_dir(&folder).map_err(Error::output(&folder))?;
        }
        Ok(publication)
    }

    /// Whether [`begin`](Self::begin) would take this target, as far as that can be told without changing anything.
    pub fn check(target: &Path) -> Result<(), Error> {
        let Ok(real) = fs::canonicalize(target) else { return Ok(()) };
        check_replaceable(&real, real.parent().unwrap_or(Path::new("/")))
    }

    /// The folder that will be published.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// For files of the run that are not published.
    pub fn scratch(&self) -> PathBuf {
        self.work.join("scratch")
    }

    /// For what a run remembers if it is to be finished by another: kept if this one ends without publishing.
    pub fn state_folder(&self) -> PathBuf {
        self.work.join(STATE)
    }

    /// Device and inode of the folders that must never be read as input.
    pub fn own_folders(&self) -> Vec<(u64, u64)> {
        [&self.target, &self.work, &self.earlier]
            .into_iter()
            .filter_map(|folder| identity(folder))
            .collect()
    }

    /// Creates a file of the output; `name` is relative, and made safe by the program where it comes from data.
    pub fn create(&self, name: &str) -> Result<OutputFile, Error> {
        self.tree().create(name)
    }

    /// Writes a file of text.
    pub fn write_text(&self, name: &str, text: &str) -> Result<PublishedFile, Error> {
        let mut file = self.create(name)?;
        file.write_all(text.as_bytes()).map_err(Error::output(&self.target.join(name)))?;
        file.finish(None)
    }

    /// Writes a file of indented JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<PublishedFile, Error> {
        let mut file = self.create(name)?;
        let path = self.target.join(name);
        serde_json::to_writer_pretty(&mut file, value)
            .map_err(|why| Error::Output { path: path.clone(), source: why.into() })?;
        file.write_all(b"\n").map_err(Error::output(&path))?;
        file.finish(None)
    }

    /// Makes the new output visible under its name, as a whole. What goes wrong after that changes nothing about it, and is
    /// given back as warnings.
    pub fn publish(mut self) -> Result<Vec<String>, Error> {
        let tree = self.tree();
        let tree = tree.path();
        if self.form.formats.contains(&Format::Text) {
            // Many small files: one call for all of them.
            sync_file_system(tree).map_err(Error::output(tree))?;
        }
        sync_folders(tree).map_err(Error::output(tree))?;
        self.switch(tree).map_err(Error::output(&self.target))?;
        self.is_published = true;
        let parent = self.target.parent().unwrap_or(Path::new("/"));
        let shown = |folder: &Path, why| format!("`{}`: {why}", folder.display());
        let lasting = sync_folder(parent).map_err(|why| {
            format!("published, but a power cut may still undo it: {}", shown(parent, why))
        });
        let kept = self.keep_earlier().map_err(|why| {
            format!("published, but earlier outputs were not kept: {}", shown(&self.earlier, why))
        });
        // Dropping `self` clears away the old output, if it is still there.
        Ok([lasting, kept].into_iter().filter_map(Result::err).collect())
    }

    /// Moves the old output to the earlier ones, under the next number, and removes those that are too many.
    fn keep_earlier(&self) -> io::Result<()> {
        let old =
            [self.work.join("tree"), self.work.join(OLD)].into_iter().find(|old| old.exists());
        let mut numbers: Vec<u64> = match fs::read_dir(&self.earlier) {
            Ok(entries) => entries
                .flatten()
                .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
                .collect(),
            Err(_) => Vec::new(),
        };
        numbers.sort_unstable();
        let path = |number: &u64| self.earlier.join(format!("{number:06}"));
        // Whatever else somebody keeps there is not ours to remove.
        numbers.retain(|number| is_own_output(&path(number)));
        if let Some(old) = old.filter(|_| self.keep_runs > 0) {
            fs::create_dir_all(&self.earlier)?;
            let next = numbers.last().map_or(1, |last| last + 1);
            fs::rename(old, path(&next))?;
            numbers.push(next);
            sync_folder(&self.earlier)?;
        }
        for number in &numbers[..numbers.len().saturating_sub(self.keep_runs)] {
            fs::remove_dir_all(path(number))?;
        }
        Ok(())
    }

    fn switch(&self, tree: &Path) -> io::Result<()> {
        if !self.target.exists() {
            return fs::rename(tree, &self.target);
        }
        match rustix::fs::renameat_with(CWD, tree, CWD, &self.target, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(()),
            Err(
                rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP,
            ) => {
                let aside = self.work.join(OLD);
                fs::rename(&self.target, &aside)?;
                fs::rename(tree, &self.target).or_else(|why| {
                    fs::rename(&aside, &self.target)?;
                    Err(why)
                })
            }
            Err(why) => Err(why.into()),
        }
    }

    pub(super) fn work(&self) -> &Path {
        &self.work
    }

    pub(super) fn tree(&self) -> Tree {
        Tree::new(self.work.join("tree"))
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run; there is nobody to tell here.
        let failed = self.work.join(super::failed::FOLDER);
        if (self.is_published || !self.state_folder().exists()) && !failed.exists() {
            let _ = fs::remove_dir_all(&self.work);
        } else {
            let _ = clear(&self.work, Some(&failed));
        }
    }
}

/// Device and inode of a folder.
pub fn identity(folder: &Path) -> Option<(u64, u64)> {
    fs::metadata(folder).ok().map(|meta| (meta.dev(), meta.ino()))
}

/// The real path of a folder that may not exist yet; its parents are created.
fn resolve(target: &Path) -> Result<PathBuf, Error> {
    if let Ok(real) = fs::canonicalize(target) {
        return Ok(real);
    }
    let absolute = std::path::absolute(target).map_err(Error::output(target))?;
    let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(Error::Setup(format!(
            "not a folder that can be written: `{}`",
            target.display()
        )));
    };
    fs::create_dir_all(parent).map_err(Error::output(parent))?;
    Ok(fs::canonicalize(parent).map_err(Error::output(parent))?.join(name))
}

fn check_replaceable(target: &Path, parent: &Path) -> Result<(), Error> {
    let Ok(meta) = fs::symlink_metadata(target) else { return Ok(()) };
    let refuse = |why: &str, hint: &str| {
        Err(Error::Setup(format!("output `{}` {why}\nhint: {hint}", target.display())))
    };
    if !meta.is_dir() {
        return refuse("is not a folder", "name a folder that is new, or an earlier run's output");
    }
    let device = fs::metadata(parent).map_err(Error::output(parent))?.dev();
    if meta.dev() != device {
        return refuse(
            "is a mount point, which cannot be replaced as a whole",
            "name a folder inside it",
        );
    }
    let is_empty = fs::read_dir(target).map_err(Error::output(target))?.next().is_none();
    if !is_empty && !is_own_output(target) {
        return refuse(
            "holds files that copydesk did not write, and would be replaced as a whole",
            "name a new folder, or remove this one first",
        );
    }
    Ok(())
}

/// Whether an earlier run wrote this folder: its `run.json` begins as ours do.
fn is_own_output(target: &Path) -> bool {
    let mut head = Vec::new();
    File::open(target.join("run.json"))
        .and_then(|file| file.take(64).read_to_end(&mut head))
        .is_ok_and(|_| String::from_utf8_lossy(&head).contains("\"copydesk\""))
}

/// Removes what a run that died left behind; the lock file stays, and what it remembered.
fn clear(work: &Path, but: Option<&Path>) -> Result<(), Error> {
    for entry in fs::read_dir(work).map_err(Error::output(work))? {
        let path = entry.map_err(Error::output(work))?.path();
        if path.ends_with(lock::NAME) || path.ends_with(STATE) || Some(&*path) == but {
            continue;
        }
        let removed =
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(Error::output(&path))?;
    }
    Ok(())
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync_folder(folder)
}

fn sync_file_system(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
