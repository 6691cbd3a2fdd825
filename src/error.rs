//! What can go wrong with a run as a whole. A bad document is never an error: it is a row of the output.

use std::io;
use std::path::{Path, PathBuf};

/// A run that could not be set up or finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration, a rule pack or an option is wrong; nothing was read or written.
    #[error("{0}")]
    Setup(String),
    /// The input root does not exist.
    #[error("input not found: `{}`", .0.display())]
    InputMissing(PathBuf),
    /// Another run writes to the same output.
    #[error("output `{}` is locked by another run: {holder}", .output.display())]
    Locked {
        /// The output folder.
        output: PathBuf,
        /// Who holds it, as far as the lock file tells.
        holder: String,
    },
    /// Writing failed; what was published before is untouched.
    #[error("could not write `{}`: {source}", .path.display())]
    Output {
        /// What was written.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A defect of this program.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// Tells which path an I/O error of the writing side belongs to.
    pub fn output(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Output { path: path.to_owned(), source }
    }

    /// The process's exit code, as the README lists it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Setup(_) => 78,
            Self::InputMissing(_) => 10,
            Self::Locked { .. } => 11,
            Self::Output { .. } => 13,
            Self::Internal(_) => 1,
        }
    }
}
