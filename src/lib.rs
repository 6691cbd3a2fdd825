//! copydesk cleans scraped news dumps by subtraction, and says what it removed and why.
//!
//! ```text
//!  walkdir scan ─► read ─► decode ─► Document ─► stage ► stage ► stage ─► tables (CSV · ledger · stats)
//!    (ordered)            (pool)        │          Document in, Findings out        (ordered, atomic publish)
//!                                       └─ corpus stages: observe ─► census (sorted runs past the budget) ─► verdicts
//! ```
//!
//! # The one principle
//!
//! Decoding may change a document's representation: bytes become Unicode, line ends `\n`. After that the pipeline only
//! *removes*. A stage is a pure function from a [`Document`](document::Document) to
//! [`Findings`](document::Findings): cut this span, drop this document, label it. One function,
//! [`Document::apply`](document::Document::apply), changes a document, and writes each cut into its ledger. So every
//! removal has a stage, a rule and a place, and [`restore`](document::restore) can undo it.
//!
//! # Two kinds of stage
//!
//! A [`Stage`](stage::Stage) judges a document by itself. A [`CorpusStage`](stage::CorpusStage) judges it by how it
//! sits in the corpus: all documents are observed into a [`Census`](census::Census), a table sorted by key, in memory
//! while it fits the budget and on disk beyond; the verdicts drawn from it are then applied to each document. A corpus
//! stage therefore ends one pass over the documents and begins the next. `stages = [...]` in `pipeline.toml` decides the
//! passes; `copydesk plan` prints them.
//!
//! | stage | kind | what it does |
//! |---|---|---|
//! | [`language`](stage::language) | document | labels the language, rejects those not wanted |
//! | [`boilerplate`](stage::boilerplate) | document | cuts news furniture by rule, on whole pages by the form of lines as well |
//! | [`learned-boilerplate`](stage::learned) | corpus | cuts lines that recur in a source, or are known from another dump |
//! | [`exact-dedup`](stage::dedup::exact) | corpus | drops documents with the same words |
//! | [`near-dedup`](stage::dedup::near) | corpus | drops reprints and shortened copies, labels likely duplicates |
//! | [`paragraph-dedup`](stage::dedup::paragraphs) | corpus | keeps paragraphs of several sources once, or labels them; not by default |
//! | [`stats`](stage::stats) | document | asks for the tables in `stats/` and for `report.html` |
//!
//! # Guarantees
//!
//! - The cleaned text is a subsequence of the decoded text, and the ledger restores it byte for byte.
//! - The same input and configuration give the same bytes, for any number of threads and any memory budget: identities
//!   come from the reader, ties go to the smallest id, threads live in two modules (`pipeline::in_order`, `workers`).
//! - Found = kept + dropped duplicates + rejected; a labelled duplicate is kept. A document or input that is not kept has
//!   its row, with a reason.
//! - What a run has done is remembered (`state`): by the run that finishes it if it is killed, and from run to run. The output
//!   never tells.
//! - The output folder is published as a whole, by one atomic exchange, or not at all.
//! - An engine that moves rows between machines may carry a run out in parts ([`pipeline::parts`]); the rows are the same.
//! - The library prints nothing: it returns a [`Report`] and calls an [`Observer`].
//!
//! # Layers
//!
//! `document` ← `census` ← `stats` ← `stage`; `document` ← `input`, `output` ← `report`; all of those and `state` ←
//! `pipeline`. A test holds it.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod census;
pub mod config;
pub mod document;
pub mod error;
pub mod exit;
pub mod input;
mod letters;
mod lock;
mod nearest;
pub mod output;
pub mod pipeline;
pub mod report;
pub mod stage;
pub mod state;
pub mod stats;
mod workers;

pub use config::Config;
pub use error::Error;
pub use exit::Exit;
pub use pipeline::{Interrupt, Observer, Report, Unobserved, run};
