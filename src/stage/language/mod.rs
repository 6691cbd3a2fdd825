//! `language`: says which language a document is in, and lets go of those that are not wanted.
//!
//! **How.** A cascade. lingua decides texts of some length by a sum of trigram probabilities, and takes milliseconds for
//! it; the same sums come from one `table` made of its models in microseconds. Look-alikes (Croatian and Bosnian,
//! Bokmål and Nynorsk, Hindi and Marathi) are then told apart by `markers`, words that only one of them has; what is
//! still in doubt goes to lingua itself (`referee`), with the few languages that are left to choose from. No model of
//! lingua is touched before.
//!
//! Headline and body are judged together. The confidence is calibrated: of the labels with 0.9, nine in ten are right
//! (`calibration`). `und` is the label of a text in a language that no model covers (`coverage`), of a text with
//! fewer than six letters, and of one whose confidence is below `min-confidence`.
//!
//! **Mixed documents.** Each paragraph is judged by itself (`mixed`): the share of the letters in other languages and
//! the chief of those languages stand beside the label, which is that of the greater part.
//!
//! **What goes.** Documents whose label is in `drop`, or not in a non-empty `keep`: `language_not_kept`. With
//! `mixed = "reject"`, mixed documents: `mixed_language`; with `mixed = "cut"`, their foreign paragraphs: `foreign-de`
//! and so on.
//!
//! **What it may get wrong.** A close relative of a covered language that is not covered itself (Galician, Nepali, Scots)
//! may be taken for it. Bosnian and Croatian, Malay and Indonesian are confused in texts of a sentence. Foreign parts
//! shorter than a paragraph, or in a look-alike, are not found. Romanised text fits no language, and is `und` from a
//! few sentences on; a few words of it get a label with a low confidence.

mod blocks;
mod calibration;
mod cascade;
mod coverage;
#[cfg(test)]
mod generator;
mod inventory;
mod markers;
mod mixed;
mod referee;
mod score;
mod script;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Stage;
use crate::document::{Document, Drop, Findings, Language};
use crate::error::Error;
use cascade::{Cascade, Judgement};
use mixed::Foreign;
use score::Scan;

/// The label of a text whose language is not known.
pub const UNDETERMINED: &str = "und";

/// `[stage.language]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// ISO 639-1 codes to choose from. Empty: all. Fewer are surer on short texts.
    pub candidates: Vec<String>,
    /// Languages to keep; `und` may be one of them. Empty: all.
    pub keep: Vec<String>,
    /// Languages to reject.
    pub drop: Vec<String>,
    /// Between 0 and 1. A label below it becomes `und`; higher is stricter.
    pub min_confidence: f64,
    /// The languages that a source is known to write in, by source. Others need a clear text there.
    pub prior: BTreeMap<String, Vec<String>>,
    /// What becomes of mixed documents.
    pub mixed: Mixed,
    /// Share of the letters in other languages, 0 to 1, from which on a document is mixed; lower is stricter.
    pub mixed_share: f64,
}

/// What becomes of mixed documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mixed {
    /// They keep their label; the output says what share is foreign.
    #[default]
    Keep,
    /// The paragraphs in other languages are cut.
    Cut,
    /// They are rejected.
    Reject,
    /// Their label is `und`.
    Undetermined,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            candidates: Vec::new(),
            keep: Vec::new(),
            drop: Vec::new(),
            // A label with less is more often wrong than right, and there are several languages to choose from.
            min_confidence: 0.3,
            prior: BTreeMap::new(),
            mixed: Mixed::Keep,
            // A quotation or two is not what makes a document mixed.
            mixed_share: 0.1,
        }
    }
}

/// The stage, its table laid out once and shared by all threads.
pub struct LanguageStage {
    cascade: Cascade,
    options: Options,
}

impl Options {
    /// Builds the stage; names the key and the languages that there are where a code is unknown.
    pub fn build(&self) -> Result<LanguageStage, Error> {
        for code in &self.candidates {
            known("candidates", code)?;
        }
        for (key, codes) in [("keep", &self.keep), ("drop", &self.drop)] {
            for code in codes.iter().filter(|code| *code != UNDETERMINED) {
                known(key, code)?;
            }
        }
        for code in self.prior.values().flatten() {
            known("prior", code)?;
        }
        for (key, value) in
            [("min-confidence", self.min_confidence), ("mixed-share", self.mixed_share)]
        {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::Setup(format!(
                    "`stage.language.{key}` must lie between 0 and 1: {value}"
                )));
            }
        }
        let chosen: Vec<&str> = match self.candidates.is_empty() {
            true => inventory::all(),
            false => self.candidates.iter().map(String::as_str).collect(),
        };
        Ok(LanguageStage { cascade: Cascade::new(&chosen), options: self.clone() })
    }
}

/// ISO 639-1 codes of the languages that can be told, ascending.
pub fn built_in() -> Vec<&'static str> {
    inventory::all()
}

fn known(key: &str, code: &str) -> Result<(), Error> {
    let known = inventory::all();
    if known.contains(&code) {
        return Ok(());
    }
    Err(Error::Setup(format!(
        "`stage.language.{key}`: no language `{code}` in this build\nhint: built in are {}",
        known.join(" ")
    )))
}

impl LanguageStage {
    /// Label and foreign part of a document.
    fn detect(&self, document: &Document) -> (Language, Foreign) {
        let text = document.text();
        let prior = self.options.prior.get(&*document.source).map_or(&[][..], Vec::as_slice);
        let scan = Scan::new(&self.cascade.table, text, &blocks::blocks(text));
        let mut judgement = self.cascade.judge(text, &scan, prior);
        let mut foreign = mixed::foreign(&self.cascade, &scan, &judgement);
        if foreign.share_of_language > 0.5
            && let Some(code) = foreign.language
        {
            // The sums of two languages may favour the smaller part; its paragraphs do not.
            judgement = Judgement {
                language: Some(code),
                lane: inventory::place(code),
                second: judgement.language,
                confidence: calibration::MIXTURE,
            };
            foreign = mixed::foreign(&self.cascade, &scan, &judgement);
        }
        let confidence = (judgement.confidence * 1e4).round() / 1e4;
        let is_mixed = foreign.share > 0.0 && foreign.share >= self.options.mixed_share;
        let is_refused = confidence < self.options.min_confidence
            || is_mixed && self.options.mixed == Mixed::Undetermined;
        let (code, second) = match judgement.language {
            Some(code) if is_refused => (UNDETERMINED, Some(code)),
            Some(code) => (code, judgement.second),
            None => (UNDETERMINED, judgement.second),
        };
        let language = Language {
            code: code.into(),
            confidence,
            second: second.map(Into::into),
            foreign_share: (foreign.share * 1e4).round() / 1e4,
            foreign_language: foreign.language.map(Into::into),
        };
        (language, foreign)
    }
}

impl Stage for LanguageStage {
    fn name(&self) -> &'static str {
        "language"
    }

    fn examine(&self, document: &Document) -> Findings {
        let (language, foreign) = self.detect(document);
        let options = &self.options;
        let is_listed = |list: &[String]| list.iter().any(|code| *code == language.code);
        let wanted =
            !is_listed(&options.drop) && (options.keep.is_empty() || is_listed(&options.keep));
        let is_mixed = foreign.share > 0.0 && foreign.share >= options.mixed_share;
        let mut findings = Findings::default();
        if !wanted {
            findings.drop = Some(Drop::Reject {
                reason: "language_not_kept".into(),
                detail: format!("{} with confidence {}", language.code, language.confidence),
            });
        } else if is_mixed && options.mixed == Mixed::Reject {
            let other = foreign.language.unwrap_or(UNDETERMINED);
            findings.drop = Some(Drop::Reject {
                reason: "mixed_language".into(),
                detail: format!(
                    "{} with {other}: a share of {}, at most {}",
                    language.code, language.foreign_share, options.mixed_share
                ),
            });
        }
        if is_mixed && options.mixed == Mixed::Cut {
            for (at, code) in &foreign.blocks {
                findings.cut(at.clone(), format!("foreign-{code}"));
            }
        }
        findings.language = Some(language);
        findings
    }
}
