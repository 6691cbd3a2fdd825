//! What a run has to say when it is over: `run.json`, and the figures for the closing summary.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use serde_json::json;

use super::memory::Changes;
use crate::config::Config;
use crate::error::{Error, OverCleaned};
use crate::input::Skipped;
use crate::output::file::PublishedFile;
use crate::output::publish::Publication;
use crate::output::{CONTRACT, verify};
use crate::stats::Funnel;

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Counts of the whole corpus.
    pub funnel: Funnel,
    /// Files that were not read, by reason.
    pub skipped: BTreeMap<&'static str, Skipped>,
    /// Rejected rows that stand for input which could not be read.
    pub input_losses: u64,
    /// Sources that lost more of their text than `[alarm]` allows.
    pub over_cleaned: Vec<OverCleaned>,
    /// Clusters and sources that look wrong, by `[alarm]`.
    pub duplicate_warnings: Vec<String>,
    /// What went wrong after the output had been published; not in `run.json`, which was written before.
    pub publish_warnings: Vec<String>,
    /// Records whose own id another record bore before them.
    pub repeated_ids: u64,
    /// What changed since the run before, where a state was kept.
    pub changes: Changes,
    /// The files of the output, `run.json` not among them.
    pub files: Vec<PublishedFile>,
    /// How long each pass took.
    pub passes: Vec<PassTiming>,
    /// Worker threads.
    pub threads: usize,
    /// Wall time of the run.
    pub seconds: f64,
    /// The output folder.
    pub output: PathBuf,
}

/// Wall time of one pass.
#[derive(Clone, Debug, Serialize)]
pub struct PassTiming {
    /// The stages of the pass.
    pub stages: String,
    /// Seconds until the last document was through.
    pub documents_seconds: f64,
    /// Seconds until the next pass could begin.
    pub seconds: f64,
}

impl PassTiming {
    pub(super) fn new(stages: String, documents_seconds: f64, began: Instant) -> Self {
        Self { stages, documents_seconds, seconds: began.elapsed().as_secs_f64() }
    }
}

impl Report {
    /// Whether every input could be read.
    pub fn is_complete(&self) -> bool {
        self.input_losses == 0
    }

    /// The one-line summary for machines; fields may be added.
    pub fn summary(&self) -> serde_json::Value {
        json!({
            "output": self.output,
            "found": self.funnel.found(),
            "kept": self.funnel.kept,
            "duplicates": self.funnel.all_duplicates(),
            "rejected": self.funnel.all_rejected(),
            "input_losses": self.input_losses,
            "over_cleaned": self.over_cleaned,
            "duplicate_warnings": self.duplicate_warnings,
            "publish_warnings": self.publish_warnings,
            "removed_spans": self.removed_spans(),
            "raw_bytes": self.funnel.raw_bytes,
            "changes": self.changes,
            "seconds": self.seconds,
        })
    }

    /// Rows of `removed.csv`.
    pub fn removed_spans(&self) -> u64 {
        self.funnel.removed.values().map(|removed| removed.spans).sum()
    }

    /// What differs between two runs over the same input.
    pub(super) fn timings(&self) -> serde_json::Value {
        json!({
            "threads": self.threads,
            "seconds": self.seconds,
            "passes": self.passes,
            "changes": self.changes,
        })
    }

    /// Writes `run.json` and `SHA256SUMS`. All that differs between two runs over the same input stands under `timings`.
    pub(super) fn write(
        &self,
        config: &Config,
        publication: &Publication,
        mut timings: serde_json::Value,
    ) -> Result<(), Error> {
        let funnel = &self.funnel;
        // Where it was written to, and with what resources, says nothing about what was written.
        let mut configuration = serde_json::to_value(config)
            .map_err(|why| Error::Internal(format!("the configuration is not JSON: {why}")))?;
        let environment: Vec<_> = ["output", "run"]
            .map(|section| (section, configuration.as_object_mut().and_then(|c| c.remove(section))))
            .into();
        let environment: BTreeMap<_, _> = environment.into_iter().collect();
        timings["configuration"] = json!(environment);
        let record = RunRecord {
            copydesk: env!("CARGO_PKG_VERSION"),
            contract: CONTRACT,
            funnel: funnel_record(funnel),
            input: json!({
                "raw_bytes": funnel.raw_bytes,
                "losses": self.input_losses,
                "replacements": funnel.replacements,
                "repeated_ids": self.repeated_ids,
                "skipped": self.skipped,
            }),
            removed: removed_record(funnel),
            over_cleaned: &self.over_cleaned,
            duplicate_warnings: &self.duplicate_warnings,
            csv: json!({ "guard_formulas": publication.form.guard_formulas }),
            files: &self.files,
            configuration,
            timings,
        };
        let run = publication.write_json(verify::RECORD, &record)?;
        verify::write_sums(publication, self.files.iter().chain([&run]))
    }
}

/// What became of the documents, as `run.json` has it.
pub(super) fn funnel_record(funnel: &Funnel) -> serde_json::Value {
    let rejected = funnel.rejected.iter();
    let rejected: BTreeMap<_, _> =
        rejected.map(|((stage, reason), count)| (format!("{stage}:{reason}"), *count)).collect();
    json!({
        "found": funnel.found(),
        "kept": funnel.kept,
        "duplicates": funnel.duplicates,
        "rejected": rejected,
        "repairs": funnel.repairs,
        "repeated_paragraphs": funnel.repeated_paragraphs,
    })
}

/// What each rule removed, as `run.json` has it.
pub(super) fn removed_record(funnel: &Funnel) -> BTreeMap<String, serde_json::Value> {
    let removed = funnel.removed.iter().map(|((stage, rule), removed)| {
        let counts = json!({
            "documents": removed.documents,
            "spans": removed.spans,
            "bytes": removed.bytes,
        });
        (format!("{stage}:{rule}"), counts)
    });
    removed.collect()
}

/// `run.json`; the first key marks the folder as ours.
#[derive(Serialize)]
struct RunRecord<'a> {
    copydesk: &'static str,
    contract: u32,
    funnel: serde_json::Value,
    input: serde_json::Value,
    removed: BTreeMap<String, serde_json::Value>,
    over_cleaned: &'a [OverCleaned],
    duplicate_warnings: &'a [String],
    csv: serde_json::Value,
    files: &'a [PublishedFile],
    configuration: serde_json::Value,
    timings: serde_json::Value,
}
