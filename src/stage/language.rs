//! `language`: says which language a document is in, and lets go of those that are not wanted.
//!
//! **How.** lingua judges a sample: headline and body together, and of a long text three windows (begin, middle, end),
//! so that an English subscription notice in front of a German article does not decide. Below `min-confidence`, and
//! where there is no letter, the label is `und`.
//!
//! **What goes.** Documents whose label is in `drop`, or not in a non-empty `keep`: `language_not_kept`.
//!
//! **What it may get wrong.** A language that lingua does not know comes out as a neighbour of it, often with high
//! confidence; close relatives (Bosnian and Croatian, Malay and Indonesian) are confused on short text. Confidences are
//! lingua's own and near 1.0 on anything longer than a paragraph.

use std::ops::Range;
use std::str::FromStr;

use lingua::{IsoCode639_1, LanguageDetector, LanguageDetectorBuilder};
use serde::{Deserialize, Serialize};

use super::Stage;
use crate::document::{Document, Drop, Findings, Language};
use crate::error::Error;

/// The label of a text whose language is not known.
pub const UNDETERMINED: &str = "und";

/// `[stage.language]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// ISO 639-1 codes to choose from. Empty: all that are built in. Fewer are faster, and surer on short texts.
    pub candidates: Vec<String>,
    /// Languages to keep; `und` may be one of them. Empty: all.
    pub keep: Vec<String>,
    /// Languages to reject.
    pub drop: Vec<String>,
    /// Between 0 and 1. A label below it becomes `und`; higher is stricter.
    pub min_confidence: f64,
    /// Characters of a document that lingua is shown, in three windows. More is surer and slower.
    pub sample_chars: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            candidates: Vec::new(),
            keep: Vec::new(),
            drop: Vec::new(),
            // Headlines that lingua gives less than this are right in two of three cases, sentences in one of two
            // (measured on 75 languages).
            min_confidence: 0.2,
            // Three windows of 150 characters: accuracy 99.0 % on news in 58 languages, at a third of the full cost.
            sample_chars: 450,
        }
    }
}

/// The stage, its detector built once and shared by all threads.
pub struct LanguageStage {
    detector: LanguageDetector,
    keep: Vec<String>,
    drop: Vec<String>,
    min_confidence: f64,
    sample_chars: usize,
}

impl Options {
    /// Builds the stage; names the key and the languages that are built in where a code is unknown.
    pub fn build(&self) -> Result<LanguageStage, Error> {
        let mut candidates = Vec::new();
        for code in &self.candidates {
            candidates.push(linked_code("candidates", code)?);
        }
        for (key, codes) in [("keep", &self.keep), ("drop", &self.drop)] {
            for code in codes.iter().filter(|code| *code != UNDETERMINED) {
                linked_code(key, code)?;
            }
        }
        if !(0.0..=1.0).contains(&self.min_confidence) {
            return Err(setup("min-confidence", "must lie between 0 and 1", self.min_confidence));
        }
        if self.sample_chars < 60 {
            return Err(setup("sample-chars", "must be at least 60", self.sample_chars));
        }
        let detector = if candidates.is_empty() {
            LanguageDetectorBuilder::from_all_languages().build()
        } else {
            LanguageDetectorBuilder::from_iso_codes_639_1(&candidates).build()
        };
        Ok(LanguageStage {
            detector,
            keep: self.keep.clone(),
            drop: self.drop.clone(),
            min_confidence: self.min_confidence,
            sample_chars: self.sample_chars,
        })
    }
}

/// ISO 639-1 codes of the languages that this build can tell, ascending.
pub fn built_in() -> Vec<String> {
    let mut codes: Vec<_> = lingua::Language::all()
        .into_iter()
        .map(|language| language.iso_code_639_1().to_string().to_lowercase())
        .collect();
    codes.sort_unstable();
    codes
}

impl LanguageStage {
    fn detect(&self, document: &Document) -> Language {
        let sample = sample(document.text(), self.sample_chars);
        let undetermined = |confidence| Language { code: UNDETERMINED.into(), confidence };
        if !sample.chars().any(char::is_alphabetic) {
            return undetermined(0.0);
        }
        let mut ranked: Vec<(String, f64)> = self
            .detector
            .compute_language_confidence_values(sample)
            .into_iter()
            // lingua sums in the random order of a hash set: the last bits differ from run to run.
            .map(|(language, confidence)| {
                let code = language.iso_code_639_1().to_string().to_lowercase();
                (code, (confidence * 1e4).round() / 1e4)
            })
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        match ranked.into_iter().next() {
            Some((code, confidence)) if confidence > 0.0 && confidence >= self.min_confidence => {
                Language { code: code.into(), confidence }
            }
            Some((_, confidence)) => undetermined(confidence),
            None => undetermined(0.0),
        }
    }
}

impl Stage for LanguageStage {
    fn name(&self) -> &'static str {
        "language"
    }

    fn examine(&self, document: &Document) -> Findings {
        let language = self.detect(document);
        let is_listed = |list: &[String]| list.iter().any(|code| *code == language.code);
        let wanted = !is_listed(&self.drop) && (self.keep.is_empty() || is_listed(&self.keep));
        let drop = (!wanted).then(|| Drop::Reject {
            reason: "language_not_kept".into(),
            detail: format!("{} with confidence {}", language.code, language.confidence),
        });
        Findings { language: Some(language), drop, ..Findings::default() }
    }
}

/// Begin, middle and end of a long text, a third of `chars` each, cut at spaces where there are any.
fn sample(text: &str, chars: usize) -> String {
    // A character takes up to four bytes; counting them is only needed where bytes do not settle it.
    if text.len() <= chars || text.chars().count() <= chars {
        return text.to_owned();
    }
    let bytes_per_char = text.len() as f64 / text.chars().count() as f64;
    let window = ((chars / 3) as f64 * bytes_per_char) as usize;
    let middle = (text.len() - window) / 2;
    let starts = [0, middle, text.len() - window];
    let mut sample = String::with_capacity(3 * window + 2);
    for start in starts {
        let at = at_spaces(text, start..start + window);
        if !sample.is_empty() {
            sample.push('\n');
        }
        sample.push_str(&text[at]);
    }
    sample
}

/// Moves both ends forward to the next space within a word's length, so that no half words are shown.
fn at_spaces(text: &str, at: Range<usize>) -> Range<usize> {
    const LONGEST_WORD_BYTES: usize = 40;
    let move_on = |from: usize| {
        let mut from = from.min(text.len());
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let rest = &text[from..];
        match rest.find(char::is_whitespace) {
            Some(space) if space <= LONGEST_WORD_BYTES => from + space,
            _ => from,
        }
    };
    let start = if at.start == 0 { 0 } else { move_on(at.start) };
    start..move_on(at.end).max(start)
}

fn linked_code(key: &str, code: &str) -> Result<IsoCode639_1, Error> {
    let known = built_in();
    if known.iter().any(|built_in| built_in == code)
        && let Ok(iso) = IsoCode639_1::from_str(code)
    {
        return Ok(iso);
    }
    Err(Error::Setup(format!(
        "`stage.language.{key}`: no language `{code}` in this build\nhint: built in are {}",
        known.join(" ")
    )))
}

fn setup(key: &str, rule: &str, value: impl std::fmt::Display) -> Error {
    Error::Setup(format!("`stage.language.{key}` {rule}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;

    const GERMAN: &str =
        "Der Gemeinderat hat am Abend beschlossen, die alte Brücke über den Bach zu erneuern.";
    const ENGLISH: &str =
        "The council decided last night that the old bridge over the brook will be rebuilt.";

    fn stage(options: &Options) -> LanguageStage {
        let candidates = vec!["de".to_owned(), "en".to_owned(), "fr".to_owned()];
        Options { candidates, ..options.clone() }.build().unwrap()
    }

    fn examine(options: &Options, title: &str, body: &str) -> Findings {
        stage(options).examine(&Document::new(DocId(0), "a", "s", title, body))
    }

    #[test]
    fn languages_are_told_apart() {
        let long = format!("{ENGLISH}\n\n{}", [GERMAN; 40].join("\n\n"));
        let table = [
            ("German", "", GERMAN, "de"),
            ("English", "", ENGLISH, "en"),
            ("the headline alone", ENGLISH, "", "en"),
            ("a foreign notice in front", "", long.as_str(), "de"),
            ("no letters", "12:30", "3 : 2 (1 : 1)", "und"),
            ("nothing", "", "", "und"),
        ];
        for (name, title, body, expected) in table {
            let found = examine(&Options::default(), title, body).language.unwrap();
            assert_eq!(found.code, expected, "{name}: {found:?}");
        }
    }

    #[test]
    fn unwanted_languages_are_rejected_with_their_label() {
        let keep = Options { keep: vec!["en".into()], ..Options::default() };
        assert!(examine(&keep, "", ENGLISH).drop.is_none());
        match examine(&keep, "", GERMAN).drop {
            Some(Drop::Reject { reason, detail }) => {
                assert_eq!(reason, "language_not_kept");
                assert!(detail.starts_with("de "), "{detail}");
            }
            other => panic!("{other:?}"),
        }
        let drop = Options { drop: vec!["de".into()], ..Options::default() };
        assert!(examine(&drop, "", GERMAN).drop.is_some());
    }

    #[test]
    fn low_confidence_is_undetermined() {
        let strict = Options { min_confidence: 1.0, ..Options::default() };
        assert_eq!(examine(&strict, "", "Hotel Radio").language.unwrap().code, "und");
    }

    #[test]
    fn wrong_options_name_the_key() {
        for (options, key) in [
            (Options { candidates: vec!["xx".into()], ..Options::default() }, "candidates"),
            (Options { keep: vec!["EN".into()], ..Options::default() }, "keep"),
            (Options { min_confidence: 1.5, ..Options::default() }, "min-confidence"),
            (Options { sample_chars: 3, ..Options::default() }, "sample-chars"),
        ] {
            let message = options.build().err().unwrap().to_string();
            assert!(message.contains(key), "{message}");
        }
    }

    #[test]
    fn samples_take_whole_words_from_begin_middle_and_end() {
        let text: String = (0..2000).map(|n| format!("w{n} ")).collect();
        let sample = sample(&text, 90);
        assert!(sample.starts_with("w0 ") && sample.contains("w1999"), "{sample}");
        assert!(sample.split_whitespace().all(|word| text.contains(&format!("{word} "))));
        assert!(sample.chars().count() < 250);
    }
}
