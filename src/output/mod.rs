//! The output contract, version 1: what `OUT/` holds, and how it comes to be there as a whole or not at all.
//!
//! | file | one row is | columns |
//! |---|---|---|
//! | `documents.csv` | a kept document | [`documents::DOCUMENTS`] |
//! | `documents.jsonl` | the same, as JSON Lines, where that is asked for | the same |
//! | `data/train-*.parquet` | the same, as Parquet, with `README.md` as a dataset card | the same |
//! | `texts.csv`, `texts/` | the same, as files of text, where that is asked for | id, file, size, hash |
//! | `duplicates.csv` | a duplicate, dropped or labelled (`action`) | [`ledger::DUPLICATES`] |
//! | `clusters.csv` | a story of several documents | [`stories::CLUSTERS`] |
//! | `syndication.csv` | a source and one that carries its texts | [`stories::SYNDICATION`] |
//! | `pairs.csv` | two documents that `near-dedup` compared | [`stories::PAIRS`] |
//! | `removed.csv` | a removed span | [`ledger::REMOVED`] |
//! | `repairs.csv` | a span that was repaired when it was decoded | [`ledger::REPAIRS`] |
//! | `paragraphs.csv` | a repeated paragraph that stays | [`ledger::PARAGRAPHS`] |
//! | `rejected.csv` | a rejected document or unreadable input | [`ledger::REJECTED`] |
//! | `stats/*.csv` | a figure | see [`statistics`] |
//! | `datapackage.json` | the tables | every column with type, unit and method, as Data Package v2 |
//! | `SHA256SUMS` | a file | as `sha256sum -c` reads it |
//! | `run.json` | the run | configuration, counts, hashes of the files; timings apart |

mod card;
pub mod csv;
pub mod documents;
mod failed;
pub mod file;
mod jsonl;
pub mod ledger;
pub mod lines;
#[cfg(feature = "parquet")]
mod parquet;
pub mod publish;
pub mod read;
pub mod rejected;
pub mod schema;
mod sharded;
pub mod statistics;
pub mod stories;
pub mod table;
mod texts;
pub mod undo;
pub mod verify;

use serde::{Deserialize, Serialize};

pub use card::write_card;
pub use documents::{Standing, Tables};
use file::Compression;
pub use ledger::CopyRow;

/// A format in which kept documents are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `documents.csv`
    Csv,
    /// `documents.jsonl`
    Jsonl,
    /// `texts/`: a file a document.
    Text,
    /// `data/train-00000-of-0000N.parquet`, with the feature `parquet`.
    Parquet,
}

/// How an output is written. What concerns more than CSV is about the table of kept documents: the ledger and the statistics
/// are always plain CSV files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether a text cell in CSV that looks like a formula is guarded.
    pub guard_formulas: bool,
    /// In this order.
    pub formats: Vec<Format>,
    /// Of CSV and JSON Lines.
    pub compression: Compression,
    /// Bytes before compression from which on a file of rows is full; 0: never.
    pub shard_bytes: u64,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            guard_formulas: true,
            formats: vec![Format::Csv],
            compression: Compression::None,
            shard_bytes: 0,
        }
    }
}

/// Version of the contract; columns may be appended within it, never renamed.
pub const CONTRACT: u32 = 1;
