//! The output contract, version 1: what `OUT/` holds, and how it comes to be there as a whole or not at all.
//!
//! | file | one row is | columns |
//! |---|---|---|
//! | `documents.csv` | a kept document | [`documents::DOCUMENTS`] |
//! | `duplicates.csv` | a duplicate, dropped or labelled (`action`) | [`documents::DUPLICATES`] |
//! | `clusters.csv` | a story of several documents | [`stories::CLUSTERS`] |
//! | `syndication.csv` | a source and one that carries its texts | [`stories::SYNDICATION`] |
//! | `pairs.csv` | two documents that `near-dedup` compared | [`stories::PAIRS`] |
//! | `removed.csv` | a removed span | [`documents::REMOVED`] |
//! | `rejected.csv` | a rejected document or unreadable input | [`documents::REJECTED`] |
//! | `stats/*.csv` | a figure | see [`statistics`] |
//! | `datapackage.json` | the tables | every column with type, unit and method, as Data Package v2 |
//! | `SHA256SUMS` | a file | as `sha256sum -c` reads it |
//! | `run.json` | the run | configuration, counts, hashes of the files; timings apart |

pub mod csv;
pub mod documents;
mod failed;
pub mod publish;
pub mod rejected;
pub mod schema;
pub mod statistics;
pub mod stories;
pub mod table;
pub mod undo;
pub mod verify;

pub use documents::{CopyRow, Standing, Tables};

/// Version of the contract; columns may be appended within it, never renamed.
pub const CONTRACT: u32 = 1;
