//! `stats`: counts characters, words, sentences and lines of what is left, and asks for the tables in `stats/`.
//!
//! Where it stands in `stages` decides what is counted: after cleaning, usually. Nothing is removed. Without the stage
//! the columns of `documents.csv` are counted at the end of the run, and no table is written.

use super::Stage;
use crate::document::{Document, Findings};
use crate::stats::measure;

/// The stage.
pub struct Stats;

impl Stage for Stats {
    fn name(&self) -> &'static str {
        "stats"
    }

    fn examine(&self, document: &Document) -> Findings {
        // The pipeline may know the sizes from an earlier run.
        let measures = document.measures.is_none().then(|| measure(document));
        Findings { measures, ..Findings::default() }
    }
}
