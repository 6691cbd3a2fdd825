//! `stats`: asks for the tables in `stats/`, and says which.
//!
//! Nothing is removed. What is counted is what is published: each kept document after its last stage, and the same document
//! as it was decoded, wherever the stage stands in `stages`. Without it the columns of `documents.csv` are counted all the
//! same, and no table is written.

use serde::{Deserialize, Serialize};

use super::Stage;
use crate::document::{Document, Findings};
use crate::error::Error;
use crate::nearest::nearest;
use crate::stats::Families;

/// `[stage.stats]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// Families of figures besides sizes; fewer are faster.
    pub families: Vec<String>,
    /// Rows of each list of words, sequences and collocations, for each language.
    pub top: usize,
    /// Whether to write a row of figures for each document.
    pub documents: bool,
    /// Whether to write `report.html`.
    pub report: bool,
}

impl Default for Options {
    fn default() -> Self {
        let families = ["diversity", "readability", "words"];
        Self {
            families: families.map(str::to_owned).to_vec(),
            top: 1000,
            documents: true,
            report: true,
        }
    }
}

/// Every family by its name.
const FAMILIES: [&str; 9] = [
    "diversity",
    "readability",
    "words",
    "shape",
    "before",
    "arf",
    "characters",
    "ngrams",
    "collocations",
];

impl Options {
    /// The families, checked; an unknown name is [`Error::Setup`], the key first.
    pub fn families(&self) -> Result<Families, Error> {
        let mut families = Families::default();
        for name in &self.families {
            let family = match name.as_str() {
                "diversity" => &mut families.diversity,
                "readability" => &mut families.readability,
                "words" => &mut families.words,
                "shape" => &mut families.shape,
                "before" => &mut families.before,
                "arf" => &mut families.arf,
                "characters" => &mut families.characters,
                "ngrams" => &mut families.ngrams,
                "collocations" => &mut families.collocations,
                _ => {
                    let hint = match nearest(name, FAMILIES.into_iter()) {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None => format!("there are {}", FAMILIES.join(", ")),
                    };
                    return Err(Error::Setup(format!(
                        "`stage.stats.families` names no family `{name}`\nhint: {hint}"
                    )));
                }
            };
            *family = true;
        }
        if families.arf && !families.words {
            return Err(Error::Setup(
                "`stage.stats.families` has `arf` without the word lists it belongs to\nhint: add `words`".into(),
            ));
        }
        Ok(families)
    }

    /// Builds the stage.
    pub fn build(&self) -> Result<Stats, Error> {
        self.families().map(|_| Stats)
    }
}

/// The stage.
pub struct Stats;

impl Stage for Stats {
    fn name(&self) -> &'static str {
        "stats"
    }

    fn examine(&self, _: &Document) -> Findings {
        Findings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_known_by_name() {
        let families = Options::default().families().unwrap();
        assert!(families.diversity && families.readability && families.words);
        assert!(!families.ngrams && !families.collocations);
        let options = Options { families: vec!["word".into()], ..Options::default() };
        let why = options.families().unwrap_err().to_string();
        assert!(why.contains("did you mean `words`?"), "{why}");
        let options = Options { families: vec!["arf".into()], ..Options::default() };
        let why = options.families().unwrap_err().to_string();
        assert!(why.contains("add `words`"), "{why}");
    }
}
