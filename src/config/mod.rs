//! `pipeline.toml` → [`Config`]: read once, checked once, into types that the rest of the program need not check again.
//!
//! Every key has a default, and the `pipeline.toml` in the repository's root shows them all; a test holds it to that.
//! Unknown keys are all reported in one go, each with its place and the nearest key that exists.

mod budget;
mod byte_size;
mod machine;
mod source_text;
mod umask;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use budget::{Budget, Rejected};
pub use byte_size::ByteSize;
use source_text::{ANY_NAME, SourceText};
pub use umask::Umask;

use crate::error::Error;
use crate::input;
use crate::output::file::Compression;
use crate::output::{Form, Format};
use crate::stage;

/// The whole configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Names of the stages, in the order in which they run.
    pub stages: Vec<String>,
    /// What is read, and how.
    pub input: input::Options,
    /// A section for each stage.
    pub stage: stage::Options,
    /// Where the result goes.
    pub output: OutputOptions,
    /// When a run has removed too much.
    pub alarm: AlarmOptions,
    /// Resources.
    pub run: RunOptions,
}

/// `[output]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OutputOptions {
    /// The folder that is replaced as a whole when the run has succeeded. Empty: it must be named with `-o`.
    pub path: PathBuf,
    /// Permissions that files and folders of the output do not get. The command sets it; the library leaves the process's.
    pub umask: Umask,
    /// Whether a text cell that a spreadsheet would run as a formula gets an apostrophe before it.
    pub guard_formulas: bool,
    /// How many earlier outputs are kept, in `NAME.runs` beside it.
    pub keep_runs: usize,
    /// Formats in which the kept documents are written.
    pub formats: Vec<Format>,
    /// How their CSV and JSON Lines are compressed.
    pub compression: Compression,
    /// Bytes before compression from which on another file is begun; 0: all rows are in one.
    pub shard_size: ByteSize,
}

impl Default for OutputOptions {
    fn default() -> Self {
        let Form { guard_formulas, formats, compression, shard_bytes } = Form::default();
        Self {
            path: PathBuf::new(),
            umask: Umask(0o077),
            guard_formulas,
            keep_runs: 0,
            formats,
            compression,
            shard_size: ByteSize(shard_bytes),
        }
    }
}

impl OutputOptions {
    /// How the output is written.
    pub fn form(&self) -> Form {
        Form {
            guard_formulas: self.guard_formulas,
            formats: self.formats.clone(),
            compression: self.compression,
            shard_bytes: self.shard_size.0,
        }
    }

    fn validate(&self) -> Result<(), Error> {
        for (index, format) in self.formats.iter().enumerate() {
            if self.formats[..index].contains(format) {
                return Err(Error::Setup("`output.formats` names a format twice".into()));
            }
        }
        if self.formats.contains(&Format::Parquet) && !cfg!(feature = "parquet") {
            return Err(Error::Setup(
                "`output.formats` names \"parquet\", which this build does not write\nhint: build with `--features parquet`"
                    .into(),
            ));
        }
        if self.formats.iter().all(|format| *format == Format::Text) {
            return Err(Error::Setup(
                "`output.formats` names no table; the texts alone do not say what they are\nhint: add \"csv\" or \"jsonl\""
                    .into(),
            ));
        }
        Ok(())
    }
}

/// `[alarm]`: when a source has lost so much text that a rule must have gone wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AlarmOptions {
    /// Share of a source's decoded text, between 0 and 1, beyond which the run warns; lower is stricter.
    pub max_removed_share: f64,
    /// Sources and clusters of fewer documents are not judged; lower is stricter.
    pub min_documents: u64,
    /// Share of the corpus, between 0 and 1, beyond which one cluster makes the run warn; lower is stricter.
    pub max_cluster_share: f64,
    /// Share of a source's documents, between 0 and 1, beyond which the run warns if they go as duplicates of other
    /// sources; lower is stricter.
    pub max_duplicate_share: f64,
    /// Whether the run then fails and publishes nothing, instead of a warning.
    pub strict: bool,
}

impl Default for AlarmOptions {
    fn default() -> Self {
        Self {
            max_removed_share: 0.5,
            min_documents: 20,
            max_cluster_share: 0.05,
            max_duplicate_share: 0.9,
            strict: false,
        }
    }
}

/// `[run]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RunOptions {
    /// Worker threads. 0: one a core.
    pub threads: usize,
    /// Memory that the process may have of its own. Tables take an eighth of it, up to half a GiB, before they go to scratch
    /// files. 0: three quarters of what the cgroup allows or the machine has.
    pub max_memory: ByteSize,
    /// Room on disk that the files of the run may take until they are published. 0: as much as there is.
    pub max_disk: ByteSize,
    /// How long to wait for another run that has the output or the state, in seconds.
    pub lock_wait_seconds: u64,
    /// Folder in which runs remember what they did, so that the next one does only what is new. Empty: none is kept after a
    /// run that was published.
    pub state: PathBuf,
    /// After how many seconds of the first pass what was done so far is made lasting: what a kill can cost at most.
    pub checkpoint_seconds: u64,
    /// How long a run that is asked to end may take to do so, in seconds.
    pub grace_seconds: u64,
    /// Share of all that was found, between 0 and 1, that may be errors; more, and nothing is published. Lower is stricter.
    pub max_error_rate: f64,
    /// With fewer documents found, shares are not judged; lower is stricter.
    pub min_documents: u64,
    /// Number of errors beyond which nothing is published; lower is stricter. Without it, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_errors: Option<u64>,
    /// Shares for single reasons of `rejected.csv`, between 0 and 1, judged by themselves; lower is stricter.
    pub max_error_rates: BTreeMap<String, f64>,
    /// Whether a run counts as done where some input could not be read.
    pub allow_unreadable: bool,
    /// Whether a run over an empty input fails, and the old output stays.
    pub fail_on_empty: bool,
}

impl RunOptions {
    /// The limits on errors.
    pub fn budget(&self) -> Budget<'_> {
        Budget {
            max_error_rate: self.max_error_rate,
            min_documents: self.min_documents,
            max_errors: self.max_errors,
            max_error_rates: &self.max_error_rates,
        }
    }

    fn validate(&self) -> Result<(), Error> {
        let share = |key: String, share: f64| match (0.0..=1.0).contains(&share) {
            true => Ok(()),
            false => Err(Error::Setup(format!("`run.{key}` must lie between 0 and 1: {share}"))),
        };
        share("max-error-rate".into(), self.max_error_rate)?;
        let known = || input::reasons().chain(stage::REASONS);
        for (reason, limit) in &self.max_error_rates {
            let key = format!("max-error-rates.{reason}");
            if !known().any(|known| known == reason) {
                let near = crate::nearest::nearest(reason, known());
                let hint =
                    near.map_or(String::new(), |near| format!("\nhint: did you mean `{near}`?"));
                return Err(Error::Setup(format!("`run.{key}`: no such reason{hint}")));
            }
            share(key, *limit)?;
        }
        Ok(())
    }
}

/// The stages of a run without a configuration file.
pub const DEFAULT_STAGES: [&str; 6] =
    ["language", "boilerplate", "learned-boilerplate", "exact-dedup", "near-dedup", "stats"];

/// The program with its language table takes about 70 MiB before it has read a document.
const MIN_MEMORY_BYTES: u64 = 256 << 20;

impl Default for Config {
    fn default() -> Self {
        Self {
            stages: DEFAULT_STAGES.map(str::to_owned).to_vec(),
            input: input::Options::default(),
            stage: stage::Options::default(),
            output: OutputOptions::default(),
            alarm: AlarmOptions::default(),
            run: RunOptions::default(),
        }
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            max_memory: ByteSize(0),
            max_disk: ByteSize(0),
            lock_wait_seconds: 0,
            state: PathBuf::new(),
            checkpoint_seconds: 5,
            grace_seconds: 20,
            max_error_rate: 0.5,
            min_documents: 100,
            max_errors: None,
            max_error_rates: BTreeMap::new(),
            allow_unreadable: false,
            fail_on_empty: false,
        }
    }
}

impl RunOptions {
    /// Whether what was done is remembered beyond a run that was published.
    pub fn keeps_state(&self) -> bool {
        !self.state.as_os_str().is_empty()
    }

    /// Memory that the process may have of its own, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        match self.max_memory.0 {
            0 => machine::memory_bytes() / 4 * 3,
            bytes => bytes,
        }
    }

    /// Memory that a table may take before it goes to disk, in bytes.
    pub fn table_bytes(&self) -> usize {
        usize::try_from((self.memory_bytes() / 8).min(512 << 20)).unwrap_or(usize::MAX)
    }

    /// Documents in flight at once, in bytes.
    pub fn in_flight_bytes(&self) -> u64 {
        (self.memory_bytes() / 16).min(64 << 20)
    }
}

impl Config {
    /// Reads a configuration file. Relative paths in it are relative to its folder.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|why| {
            Error::Setup(format!("could not read config at `{}`: {why}", path.display()))
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse_in(folder, &path.display().to_string(), &text)
    }

    /// Parses a configuration and checks all its values; `name` is what messages call the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        Self::parse_in(Path::new(""), name, text)
    }

    fn parse_in(folder: &Path, name: &str, text: &str) -> Result<Self, Error> {
        let source = SourceText { name, text };
        source.check_keys(&Self::shape())?;
        let mut config: Self = toml::from_str(text)
            .map_err(|why| Error::Setup(source.describe(why.span(), why.message(), None)))?;
        for path in [&mut config.input.path, &mut config.output.path, &mut config.run.state] {
            if !path.as_os_str().is_empty() {
                *path = folder.join(&path);
            }
        }
        let boilerplate = &mut config.stage.boilerplate;
        let of_sources = boilerplate.sources.values_mut().flat_map(|source| &mut source.rules);
        let known = &mut config.stage.learned_boilerplate.known;
        for path in boilerplate.rules.iter_mut().chain(of_sources).chain(known) {
            *path = folder.join(&path);
        }
        // Rule packs are read to check them, so their paths must be whole by now.
        config.validate().map_err(|why| source.place(why))?;
        Ok(config)
    }

    /// Every key that there may be.
    fn shape() -> Self {
        let mut shape = Self::default();
        let sources = &mut shape.stage.boilerplate.sources;
        sources.insert(ANY_NAME.into(), stage::boilerplate::SourceOptions::default());
        shape.run.max_errors = Some(0);
        shape.run.max_error_rates.insert(ANY_NAME.into(), 0.0);
        shape.stage.language.prior.insert(ANY_NAME.into(), Vec::new());
        shape
    }

    /// Checks every value, by building the stages with it. Messages begin with the key.
    pub fn validate(&self) -> Result<(), Error> {
        for (index, name) in self.stages.iter().enumerate() {
            if self.stages[..index].contains(name) {
                return Err(Error::Setup(format!("`stages` names `{name}` twice")));
            }
        }
        let least = ByteSize(MIN_MEMORY_BYTES);
        if (1..least.0).contains(&self.run.max_memory.0) {
            return Err(Error::Setup(format!(
                "`run.max-memory` must be at least {least}: {}",
                self.run.max_memory
            )));
        }
        self.run.validate()?;
        self.output.validate()?;
        let quota = self.alarm.max_removed_share;
        if !(0.0..=1.0).contains(&quota) {
            return Err(Error::Setup(format!(
                "`alarm.max-removed-share` must lie between 0 and 1: {quota}"
            )));
        }
        self.input
            .validate()
            .map_err(|(key, message)| Error::Setup(format!("`input.{key}` {message}")))?;
        stage::check_order(&self.stages)?;
        self.build_stages().map(|_| ())
    }

    /// Builds the stages, in order.
    pub fn build_stages(&self) -> Result<Vec<stage::AnyStage>, Error> {
        self.stages.iter().map(|name| stage::build(name, &self.stage)).collect()
    }
}

/// `pipeline.toml` as the repository holds it: every option at its default, with a comment on each.
pub const TEMPLATE: &str = include_str!("../../pipeline.toml");

#[cfg(test)]
mod tests;
