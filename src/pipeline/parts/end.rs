//! The last pass: the rows of a document, and what it adds to the sums.

use serde::{Deserialize, Serialize};

use super::super::report::{funnel_record, removed_record};
use super::super::sums::write_rows;
use super::super::work::counted;
use super::rows::{from_bytes, to_bytes};
use super::{Parts, Standing, StoryRow};
use crate::config::Config;
use crate::document::{DocId, Fate, Rejection};
use crate::error::Error;
use crate::input;
use crate::output::lines::{Line, Lines};
use crate::output::{self, CopyRow, Tables};
use crate::stats::{Groups, Profile, Tally};

/// Writes the rows of documents, any of a run, in any order.
pub struct Ending {
    lines: Lines,
    tables: Tables,
    partial: Partial,
}

/// What documents add up to. Parts of a corpus are added up apart and merged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    /// What became of them, and how large they are.
    pub tally: Tally,
}

/// A document at the end of its way, as an engine knows it.
#[derive(Clone, Copy, Debug)]
pub struct Last<'a> {
    /// Its number.
    pub id: DocId,
    /// Its public id.
    pub name: &'a str,
    /// As it was laid down.
    pub document: &'a [u8],
    /// The verdicts on it.
    pub verdicts: &'a [&'a [u8]],
    /// Where it stands among the others, unless by itself.
    pub standing: Option<&'a [u8]>,
    /// Public id of the document that stands for it.
    pub kept_name: Option<&'a str>,
}

impl Ending {
    /// Nothing yet.
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let lines = Lines::default();
        let tables = Tables::as_lines(&parts.config.output.form(), &lines)?;
        Ok(Self { lines, tables, partial: Partial::default() })
    }

    /// Takes a laid document through all passes and writes its rows; also what it adds to its cluster, if it has one.
    pub fn write(
        &mut self,
        parts: &Parts,
        last: Last<'_>,
    ) -> Result<(Vec<Line>, Option<StoryRow>), Error> {
        let passes = parts.planned.plan.passes.len();
        let (mut document, names) =
            parts.taken_through(passes - 1, last.id, last.document, last.verdicts)?;
        let standing = last.standing.map(Standing::from_bytes).transpose()?;
        let standing = standing.unwrap_or_else(Standing::alone);
        last.name.clone_into(&mut document.name);
        let mut counted = counted(document, parts.families);
        let document = &mut counted.document;
        if let (Fate::Duplicate(fate), Some(copy)) = (&mut document.fate, standing.copy) {
            *fate = copy;
        }
        let copy = standing.copy.filter(|_| !matches!(document.fate, Fate::Rejected(_)));
        let copy = copy
            .map(|duplicate| {
                let kept_name = last.kept_name.ok_or_else(|| missing(last.id, duplicate.of))?;
                let cluster = standing.cluster.unwrap_or_default();
                Ok::<_, Error>(CopyRow { kept_name, cluster, duplicate })
            })
            .transpose()?;
        let place = output::Standing { cluster_size: standing.stands_for, note: standing.note };
        let name_of = |id| names.get(&id).map(String::as_str).ok_or_else(|| missing(last.id, id));
        write_rows(document, &mut self.tables, copy, place, name_of)?;
        self.partial.add(&counted.document, counted.profile.as_ref());
        let document = &counted.document;
        let story = standing.cluster.map(|cluster| StoryRow {
            cluster,
            source: document.source.to_string(),
            kept_name: standing.is_root.then(|| document.name.clone()),
            is_dropped: matches!(document.fate, Fate::Duplicate(_)),
            date: Some(document.dating.day.clone()).filter(|day| !day.is_empty()),
        });
        Ok((self.lines.take(), story))
    }

    /// What the documents so far add up to.
    pub fn partial(&self) -> &Partial {
        &self.partial
    }
}

fn missing(id: DocId, other: DocId) -> Error {
    Error::Internal(format!("document {} needs the name of {}, and has none", id.0, other.0))
}

impl Partial {
    fn add(&mut self, document: &crate::document::Document, profile: Option<&Profile>) {
        self.tally.add(document, profile);
    }

    /// Adds what other documents add up to.
    pub fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
    }

    /// What became of the documents and what was removed from them, as `run.json` of a local run has it.
    pub fn record(&self) -> serde_json::Value {
        let funnel = &Groups::of(&self.tally).corpus.funnel;
        let losses = funnel.rejected.iter().filter(|((stage, reason), _)| {
            let (stage, reason) = (stage.clone().into(), reason.clone().into());
            input::is_input_loss(&Rejection { stage, reason, detail: String::new() })
        });
        serde_json::json!({
            "contract": output::CONTRACT,
            "funnel": funnel_record(funnel),
            "removed": removed_record(funnel),
            "input": {
                "raw_bytes": funnel.raw_bytes,
                "losses": losses.map(|(_, count)| count).sum::<u64>(),
                "replacements": funnel.replacements,
            },
        })
    }

    /// Why a run with these sums must not be published, if that is so: its error budget, and alarms where they are strict.
    pub fn limits(&self, config: &Config) -> Vec<String> {
        let groups = Groups::of(&self.tally);
        let funnel = &groups.corpus.funnel;
        let mut limits = config.run.budget().exceeded(funnel.found(), &funnel.rejected);
        if config.alarm.strict {
            let alarm = &config.alarm;
            let sources = groups.over_cleaned(alarm.max_removed_share, alarm.min_documents);
            limits.extend(sources.iter().map(ToString::to_string));
        }
        if config.run.fail_on_empty && funnel.found() == 0 {
            limits.push("there is not a document in the input".to_owned());
        }
        limits
    }

    /// As bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        to_bytes("sums", self)
    }

    /// From bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes("sums", bytes)
    }
}
