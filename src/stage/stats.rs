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
use crate::stats::sequences::Window;

/// `[stage.stats]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// Families of figures besides sizes; fewer are faster.
    pub families: Vec<String>,
    /// Rows of each list of words, sequences and collocations, for each language.
    pub top: usize,
    /// Tokens of the same sentence before and behind a word among which its collocates are counted; more cost time.
    pub collocation_window: [usize; 2],
    /// The parts of the corpus over which a word's dispersion is taken; documents cost a second reading of all words.
    pub dispersion_parts: DispersionParts,
    /// Whether to write a row of figures for each document.
    pub documents: bool,
    /// Whether to write `report.html`.
    pub report: bool,
}

/// What the dispersion of a word is taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DispersionParts {
    /// The sources of the language.
    #[default]
    Sources,
    /// Its documents.
    Documents,
}

/// Most places of a window on one side.
const MAX_WINDOW: usize = 20;

impl Default for Options {
    fn default() -> Self {
        let families = ["diversity", "readability", "words"];
        Self {
            families: families.map(str::to_owned).to_vec(),
            top: 1000,
            collocation_window: [0, 1],
            dispersion_parts: DispersionParts::Sources,
            documents: true,
            report: true,
        }
    }
}

/// Every family by its name.
const FAMILIES: [&str; 11] = [
    "diversity",
    "readability",
    "words",
    "shape",
    "before",
    "arf",
    "growth",
    "dropped",
    "characters",
    "ngrams",
    "collocations",
];

impl Options {
    /// The families, checked; an unknown name is [`Error::Setup`], the key first.
    pub fn families(&self) -> Result<Families, Error> {
        let [left, right] = self.collocation_window;
        let is_over_documents = self.dispersion_parts == DispersionParts::Documents;
        let mut families = Families {
            collocation_window: Window { left, right },
            dispersion_over_documents: is_over_documents,
            ..Families::default()
        };
        for name in &self.families {
            let family = match name.as_str() {
                "diversity" => &mut families.diversity,
                "readability" => &mut families.readability,
                "words" => &mut families.words,
                "shape" => &mut families.shape,
                "before" => &mut families.before,
                "arf" => &mut families.arf,
                "growth" => &mut families.growth,
                "dropped" => &mut families.dropped,
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
        for (is_asked, name) in [(families.arf, "arf"), (families.growth, "growth")] {
            if is_asked && !families.words {
                return Err(Error::Setup(format!(
                    "`stage.stats.families` has `{name}` without the word lists it belongs to\nhint: add `words`"
                )));
            }
        }
        if is_over_documents && !families.words {
            return Err(Error::Setup(
                "`stage.stats.dispersion-parts` is about word lists, and there are none\nhint: add `words` to `families`".into(),
            ));
        }
        if left + right == 0 || left.max(right) > MAX_WINDOW {
            return Err(Error::Setup(format!(
                "`stage.stats.collocation-window` must hold 1 to {MAX_WINDOW} tokens, before and behind: [{left}, {right}]"
            )));
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
        let over_documents = DispersionParts::Documents;
        for (families, dispersion_parts, collocation_window, part) in [
            ("arf", DispersionParts::Sources, [0, 1], "add `words`"),
            ("growth", DispersionParts::Sources, [0, 1], "add `words`"),
            ("diversity", over_documents, [0, 1], "add `words`"),
            ("collocations", DispersionParts::Sources, [0, 0], "collocation-window"),
            ("collocations", DispersionParts::Sources, [21, 0], "collocation-window"),
        ] {
            let families = vec![families.to_owned()];
            let options =
                Options { families, dispersion_parts, collocation_window, ..Options::default() };
            let why = options.families().unwrap_err().to_string();
            assert!(why.contains(part), "{why}");
        }
    }
}
