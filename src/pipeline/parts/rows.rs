//! Rows on their way between machines, as bytes and as columns.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::names::Names;
use super::Parts;
use crate::document::DocId;
use crate::error::Error;
use crate::output::Form;
use crate::output::lines::{Line, Lines};
use crate::output::stories::{CLUSTERS, ClusterRow, PAIRS, PairRow, SYNDICATION, SyndicationRow};
use crate::stage::{ComparedPair, Verdict};

/// Something that crosses between machines, as bytes.
pub(super) fn to_bytes(what: &str, value: &impl Serialize) -> Result<Vec<u8>, Error> {
    postcard::to_stdvec(value)
        .map_err(|why| Error::Internal(format!("could not send {what}: {why}")))
}

/// The same on the other side.
pub(super) fn from_bytes<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes)
        .map_err(|why| Error::Internal(format!("could not read {what}: {why}")))
}

/// A pair that was compared, as bytes.
pub fn pair_to_bytes(pair: &ComparedPair) -> Result<Vec<u8>, Error> {
    to_bytes("a pair", pair)
}

/// A pair from bytes.
pub fn pair_from_bytes(bytes: &[u8]) -> Result<ComparedPair, Error> {
    from_bytes("a pair", bytes)
}

/// What a corpus stage says of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Message {
    /// A verdict on it, or on a key that it observes.
    Verdict { stage: u8, key: u64, verdict: Verdict },
    /// The stage panicked on it.
    Lost { stage: u8 },
    /// The public id of another, which its rows need.
    Name { id: u32, name: String },
}

impl Message {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        to_bytes("a verdict", self)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        from_bytes("a verdict", bytes)
    }
}

/// The document whose public id the rows need of those that this verdict is on.
pub fn needs(verdict: &[u8]) -> Result<Option<DocId>, Error> {
    Ok(match Message::from_bytes(verdict)? {
        Message::Verdict { verdict: Verdict::Repeated { holder, .. }, .. } => Some(holder),
        _ => None,
    })
}

/// The public id of a document, to go with the verdicts on another that needs it.
pub fn name(id: DocId, name: &str) -> Result<Vec<u8>, Error> {
    Message::Name { id: id.0, name: name.to_owned() }.to_bytes()
}

/// What a document adds to the tables of stories. A cluster is what its documents add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryRow {
    /// Number of its cluster.
    pub cluster: u64,
    /// Its outlet.
    pub source: String,
    /// Its public id, if it represents the cluster.
    pub kept_name: Option<String>,
    /// Whether it was dropped.
    pub is_dropped: bool,
    /// Day of publication, if it is known.
    pub date: Option<String>,
}

/// Rows of the tables of stories, as lines.
pub struct AboutStories {
    form: Form,
    lines: Lines,
}

impl AboutStories {
    /// Nothing yet.
    pub fn new(parts: &Parts) -> Self {
        Self { form: parts.config().output.form(), lines: Lines::default() }
    }

    /// A row of `clusters.csv`.
    pub fn cluster(&self, row: &ClusterRow<'_>) -> Result<(), Error> {
        self.lines.csv(&CLUSTERS, &self.form)?.row(row)
    }

    /// A row of `syndication.csv`.
    pub fn syndication(&self, row: &SyndicationRow<'_>) -> Result<(), Error> {
        self.lines.csv(&SYNDICATION, &self.form)?.row(row)
    }

    /// A row of `pairs.csv`.
    pub fn pair(&self, pair: &ComparedPair, names: [&str; 2]) -> Result<(), Error> {
        self.lines.csv(&PAIRS, &self.form)?.row(&PairRow {
            name: names[0],
            other_name: names[1],
            similarity: pair.similarity.into(),
            containment: pair.containment.into(),
            numbers: pair.numbers.map(f64::from),
            verdict: pair.verdict.as_str(),
        })
    }

    /// The rows since the last call.
    pub fn take(&self) -> Vec<Line> {
        self.lines.take()
    }
}

/// By what an engine knows records with the same id of their own.
pub fn own_hash(own: &str) -> u64 {
    Names::hash(own)
}
