//! What can go wrong with a run as a whole. A bad document is never an error: it is a row of the output.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::exit::Exit;

/// A run that could not be set up or finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration, a rule pack or an option is wrong; nothing was read or written.
    #[error("{0}")]
    Setup(String),
    /// The input root does not exist.
    #[error(
        "input not found: `{}`\nhint: name a folder or a file that exists; a relative path begins at the current folder",
        .0.display()
    )]
    InputMissing(PathBuf),
    /// Another run writes to the same output.
    #[error("`{}` is locked by another run: {holder}", .output.display())]
    Locked {
        /// The output folder.
        output: PathBuf,
        /// Who holds it, as far as the lock file tells.
        holder: String,
    },
    /// Writing failed; what was published before is untouched.
    #[error("could not write `{}`: {source}{}", .path.display(), room(.path, .source))]
    Output {
        /// What was written.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// More errors than `[run]` allows, or more removed than `[alarm]` does where it is strict.
    #[error("over budget; nothing was published:{}\nhint: {}the limits are in `[run]` and `[alarm]`", list(.limits), place(.aside))]
    OverBudget {
        /// What is over its limit, a sentence each.
        limits: Vec<String>,
        /// Where the tables are that were not published.
        aside: Option<PathBuf>,
    },
    /// There was nothing to do, and that was to be an error.
    #[error("nothing to do: `{}` holds no document", .0.display())]
    Empty(PathBuf),
    /// A signal asked the run to end; what was done so far is kept for the next.
    #[error("interrupted by {}; nothing was published, and the same command goes on from here", signal_name(*.signal))]
    Interrupted {
        /// Its number.
        signal: i32,
    },
    /// The process has more memory of its own than it may have; what was done so far is kept for the next run.
    #[error("{} MiB of memory in use, and `run.max-memory` allows {}; nothing was published\nhint: allow more, or run fewer threads; the same command goes on from here", .used >> 20, .limit >> 20)]
    MemoryCeiling {
        /// Bytes in use.
        used: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The files of a run take more room than they may; what was done so far is kept for the next run.
    #[error("{} MiB of disk in use by this run, and `run.max-disk` allows {}; nothing was published\nhint: allow more; the same command goes on from here", .used >> 20, .limit >> 20)]
    DiskCeiling {
        /// Bytes in use.
        used: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// An output does not fit its ledger, or a measured figure missed its gate.
    #[error("{0}")]
    Mismatch(String),
    /// A defect of this program.
    #[error("internal error: {0}")]
    Internal(String),
}

/// A source that lost more of its text than the alarm allows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverCleaned {
    /// The source.
    pub source: String,
    /// Share of the decoded bytes that was removed, between 0 and 1, duplicates and other refused documents aside.
    pub removed_share: f64,
    /// Documents on which the share rests.
    pub documents: u64,
    /// The rule that took most of them, as `stage:rule`.
    pub rule: String,
}

impl std::fmt::Display for OverCleaned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100.0 * self.removed_share;
        let Self { source, documents, rule, .. } = self;
        write!(
            f,
            "`{source}` lost {share:.1} % of the text of {documents} documents, most to {rule}"
        )
    }
}

fn list(limits: &[String]) -> String {
    limits.iter().map(|limit| format!("\n  {limit}")).collect()
}

/// What a person needs to know when there is no room: how much there is.
fn room(path: &Path, why: &io::Error) -> String {
    let is_full = matches!(why.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let folder = path.ancestors().find(|folder| folder.is_dir());
    let free = folder.filter(|_| is_full).and_then(|folder| rustix::fs::statvfs(folder).ok());
    free.map_or_else(String::new, |free| {
        let mib = (free.f_bavail * free.f_frsize) >> 20;
        format!("; {mib} MiB are free\nhint: make room; the same command goes on from here")
    })
}

fn signal_name(signal: i32) -> String {
    match signal {
        1 => "SIGHUP".into(),
        2 => "SIGINT".into(),
        15 => "SIGTERM".into(),
        other => format!("signal {other}"),
    }
}

fn place(aside: &Option<PathBuf>) -> String {
    let said = |path: &PathBuf| {
        format!("what would have been published is in `{}` until the next run; ", path.display())
    };
    aside.as_ref().map(said).unwrap_or_default()
}

/// `file:line:column` of a byte of a file's text, both from 1, the column in characters.
pub(crate) fn locate(file: &str, text: &str, at: usize) -> String {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{file}:{line}:{column}")
}

impl Error {
    /// Tells which path an I/O error of the writing side belongs to.
    pub fn output(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Output { path: path.to_owned(), source }
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Setup(_) => Exit::Setup,
            Self::InputMissing(_) => Exit::InputMissing,
            Self::Locked { .. } => Exit::Locked,
            Self::Output { .. } | Self::DiskCeiling { .. } => Exit::Output,
            Self::MemoryCeiling { .. } => Exit::Memory,
            Self::Interrupted { signal: 1 } => Exit::Hangup,
            Self::Interrupted { signal: 2 } => Exit::Interrupt,
            // No other is listened to.
            Self::Interrupted { .. } => Exit::Terminate,
            Self::OverBudget { .. } => Exit::OverBudget,
            Self::Empty(_) => Exit::Empty,
            Self::Mismatch(_) => Exit::Mismatch,
            Self::Internal(_) => Exit::Internal,
        }
    }
}
