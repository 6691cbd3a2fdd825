//! What the driver hands to the workers: the configuration, with the contents of the files that it names.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::rows::{from_bytes, to_bytes};
use crate::config::Config;
use crate::error::Error;
use crate::input::{self, PieceLimits, Scan};
use crate::output::Format;
use crate::stage::AnyStage;

/// A run as it is sent to workers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The configuration as JSON.
    config: String,
    /// Name and contents of each file that the configuration names, in the order of [`paths`].
    files: Vec<(String, Vec<u8>)>,
}

/// A file and a folder may lie under one name on each worker: rule packs and lists of known boilerplate go along.
fn paths(config: &mut Config) -> impl Iterator<Item = &mut PathBuf> {
    let boilerplate = &mut config.stage.boilerplate;
    let of_sources = boilerplate.sources.values_mut().flat_map(|source| &mut source.rules);
    let known = &mut config.stage.learned_boilerplate.known;
    boilerplate.rules.iter_mut().chain(of_sources).chain(known)
}

impl Job {
    /// Checks the configuration, and looks at the input as `copydesk run` does.
    ///
    /// # Errors
    ///
    /// A wrong setup; also what a local run does and this one does not.
    pub fn plan(config: &Config) -> Result<(Self, Scan), Error> {
        config.validate()?;
        Self::check(config)?;
        let mut config = config.clone();
        let json = serde_json::to_string(&config).map_err(|why| {
            Error::Setup(format!("the configuration cannot be sent to workers: {why}"))
        })?;
        let mut files = Vec::new();
        for path in paths(&mut config) {
            let bytes = std::fs::read(&*path).map_err(|why| {
                Error::Setup(format!("could not read `{}`: {why}", path.display()))
            })?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, bytes));
        }
        let scan = input::scan(&config.input.path, config.input.follow, &[])?;
        Ok((Self { config: json, files }, scan))
    }

    /// Refuses what a local run does and this one does not.
    pub fn check(config: &Config) -> Result<(), Error> {
        if config.output.formats.contains(&Format::Text) {
            return Err(Error::Setup(
                "`output.formats` names \"text\", and there are no files of text on Spark".into(),
            ));
        }
        for (is_set, key) in [
            (config.run.keeps_state(), "run.state"),
            (config.output.keep_runs > 0, "output.keep-runs"),
        ] {
            if is_set {
                return Err(Error::Setup(format!("`{key}` has no meaning on Spark")));
            }
        }
        Ok(())
    }

    /// The pieces that the input is read in: so many at least, if there are so many files.
    pub fn pieces(scan: &Scan, at_least: usize) -> Result<Vec<Vec<u8>>, Error> {
        let share = |all: u64| all.div_ceil(at_least.max(1) as u64).max(1);
        let entries = (scan.files.len() + scan.unreadable.len()) as u64;
        scan.pieces(PieceLimits {
            entries: share(entries).min(MAX_PIECE_ENTRIES) as usize,
            bytes: share(scan.bytes()).min(MAX_PIECE_BYTES),
        })
    }

    /// As bytes, for the workers.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        to_bytes("a job", self)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes("a job", bytes)
    }

    /// The configuration and its stages, built from the files that came along.
    pub(super) fn config(self) -> Result<(Config, Vec<AnyStage>), Error> {
        let mut config: Config = serde_json::from_str(&self.config).map_err(|why| {
            Error::Internal(format!("the configuration did not come through: {why}"))
        })?;
        let folder = tempfile::tempdir().map_err(Error::output(&std::env::temp_dir()))?;
        let mut built = config.clone();
        for (number, (path, (name, bytes))) in paths(&mut built).zip(&self.files).enumerate() {
            *path = write(&folder.path().join(number.to_string()), name, bytes)?;
        }
        let stages = built.build_stages()?;
        // The pieces say where the input lies.
        config.input.path = PathBuf::new();
        Ok((config, stages))
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, bytes))
        .map_err(Error::output(&path))?;
    Ok(path)
}

/// What a task does again if its executor is lost: some seconds of work.
const MAX_PIECE_ENTRIES: u64 = 4096;
const MAX_PIECE_BYTES: u64 = 64 << 20;
