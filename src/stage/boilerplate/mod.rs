//! Removes what a news page says about itself: promotion, invitations, credits, notices, ornaments of the headline.
//!
//! **What goes.** Lines that lead elsewhere ("READ MORE: …", "DON'T MISS" and the headlines under it), ask for
//! something (subscribe, follow, share, comment), or talk about the page (advertisement markers, picture credits,
//! bylines, stamps, copyright, "Source link"); and of the headline, section and outlet names behind a separator
//! (" | World | News") and labels before it ("WATCH:"). The rules are data: one TOML pack a language, and one for
//! furniture that is the same everywhere.
//!
//! **Why words are not enough.** "JUST IN:" opens a promotion, a quoted post and an entry of a live blog alike. So a rule
//! is a match and *guards*: where the line stands among those that remain, what its neighbours are, whether it reads as
//! a headline, whether the next line goes on with its topic. Every guard is described at its field in `guard.rs`.
//!
//! **Sentences.** Flattened pages hold promotion and invitations within a paragraph. Rules of the kind `sentence` see
//! the sentences of a paragraph, and asides in brackets, as lines between the other lines, with the same guards; see
//! `sentence.rs` for what counts as one. Lines and sentences take turns until neither loses anything.
//!
//! **To a fixpoint.** Removing a trailer makes the line before it the last, so rules run until none fires; examining
//! the result again finds nothing. Should the rules want more than `max-share` of a body, they have most likely
//! misunderstood it (a list, a page of links): then only the rules marked as sure are carried out, and never the last
//! line. The classifier may take no more either, unless it is sure of the article's end: see `turns.rs`.
//!
//! **The line classifier** judges what the rules leave by the form of a line and its neighbours, in turn with the rules. It
//! is silent but on whole pages, where several lines around the article speak of the page itself; on text that an extractor
//! has cleaned it would hurt pages that the rules leave alone. A second model finds where the article ends; what stands
//! behind goes, users' comments and teasers in whole sentences with it. Behind a line that says that the article is over (rules
//! with `closes = true`: a copyright notice, the heading of the comments) it need be less sure.
//!
//! **What it may wrongly take.** A subheading in capitals that looks like a promoted headline; a caption that begins
//! with "Photo:"; behind a dash in a headline, a speaker whom the body names otherwise; notes at the foot of an article, and a
//! closing line that reads like a reader's. Labels glued to a sentence on one line are left alone: they cannot be split
//! safely.

mod check;
pub mod classifier;
#[cfg(test)]
mod classifier_tests;
mod counts;
mod engine;
mod examples;
mod guard;
mod lint;
mod literal;
mod mention;
mod pack;
mod packs;
mod page;
mod passes;
mod reach;
mod rule;
mod search;
mod sentence;
mod sources;
mod state;
mod structure;
#[cfg(test)]
mod tests;
mod text;
mod title;
mod trace;
mod turns;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::check::{Bound, Check};
pub use self::sources::SourceOptions;
pub use self::trace::{LineTrace, RuleTrial};

use self::classifier::{Classifier, EndRow, Gap, Models, Row};
use self::packs::{AnyPack, BUILT_IN, ruleset};
use self::page::Page;
use self::passes::Passes;
use self::search::Ruleset;
use self::sources::{Sources, own_pack};
use super::Stage;
use crate::document::{Cut, Document, Findings};
use crate::error::Error;

/// Where nobody was asked for the language. All packs together would be slow, and would take one language's words for
/// another's; English furniture stands on pages of every language.
const UNLABELLED: &str = "en";

/// Options of the `boilerplate` stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// Built-in packs to use, for every document. Empty: `any`, and the pack of the document's language; a document
    /// without a language label is taken for English.
    pub packs: Vec<String>,
    /// Rule packs of your own, as TOML files; each says in `language` which documents it is for.
    pub rules: Vec<PathBuf>,
    /// Codes of rules to switch off, such as `en/byline`.
    pub disable: Vec<String>,
    /// Lines of more characters are not tested. Higher is slower, and removes more.
    pub max_line_chars: usize,
    /// Largest share of the body, between 0 and 1, that rules may take unless they are sure, and the classifier. Lower is
    /// stricter. Half as much again may go of a whole page where the classifier alone is sure of the article's end.
    pub max_share: f64,
    /// Whether the line classifier judges what the rules leave on whole pages, with furniture around the article, and finds
    /// where the article ends.
    pub classifier: bool,
    /// Score, between 0 and 1, from which on the classifier removes a line outside the article; within it .97 is the
    /// least. Higher is stricter, and removes less.
    pub classifier_threshold: f64,
    /// Probability, between 0 and 1, that the article has ended, from which on the classifier removes what stands behind.
    /// Higher is stricter, and removes less; behind a line that says that the article is over, a third is enough. With 1 no
    /// end is looked for.
    pub end_threshold: f64,
    /// `[stage.boilerplate.sources.NAME]`: rules and exceptions of one source.
    pub sources: BTreeMap<String, SourceOptions>,
}

/// The bound on `max-line-chars`. What a pattern costs may grow with the square of the line.
const MOST_LINE_CHARS: usize = 10_000;

impl Default for Options {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            rules: Vec::new(),
            disable: Vec::new(),
            max_line_chars: 600,
            max_share: 0.6,
            classifier: true,
            classifier_threshold: 0.9,
            end_threshold: 0.6,
            sources: BTreeMap::new(),
        }
    }
}

impl Options {
    /// Loads and checks the packs and the models.
    pub fn build(&self) -> Result<Boilerplate, Error> {
        self.build_with(Models::built_in)
    }

    /// As [`Self::build`], with other models of lines and ends.
    pub fn build_with_models(&self, models: Models) -> Result<Boilerplate, Error> {
        self.build_with(|| models)
    }

    fn build_with(&self, models: impl FnOnce() -> Models) -> Result<Boilerplate, Error> {
        for (name, value) in [
            ("classifier-threshold", self.classifier_threshold),
            ("end-threshold", self.end_threshold),
            ("max-share", self.max_share),
        ] {
            if !(0.0..=1.0).contains(&value) {
                let what = format!("`stage.boilerplate.{name}` must lie between 0 and 1: {value}");
                return Err(Error::Setup(what));
            }
        }
        if self.max_line_chars > MOST_LINE_CHARS {
            let what = format!(
                "`stage.boilerplate.max-line-chars` must be at most {MOST_LINE_CHARS}: {}",
                self.max_line_chars
            );
            return Err(Error::Setup(what));
        }
        for name in &self.packs {
            let names = || BUILT_IN.iter().map(|pack| pack.name);
            if !names().any(|known| known == name) {
                return Err(unknown("stage.boilerplate.packs", "rule pack", name, names()));
            }
        }
        let is_wanted = |name: &str| self.packs.is_empty() || self.packs.iter().any(|p| p == name);
        let wanted = BUILT_IN.iter().filter(|pack| is_wanted(pack.name));
        let mut packs: Vec<AnyPack> = wanted.map(AnyPack::BuiltIn).collect();
        for path in &self.rules {
            packs.push(own_pack("stage.boilerplate.rules", path)?);
        }
        let (threshold, end_threshold) = (self.classifier_threshold, self.end_threshold);
        let classifier =
            self.classifier.then(|| Classifier { models: models(), threshold, end_threshold });
        let sources = Sources::load(&self.sources)?;
        let boilerplate = Boilerplate { options: self.clone(), packs, sources, classifier };
        let disabled =
            self.disable.iter().map(|code| ("stage.boilerplate.disable".to_owned(), code.as_str()));
        for (key, code) in disabled.chain(boilerplate.sources.disabled()) {
            if !boilerplate.rules().any(|(known, _)| known == code) {
                return Err(unknown(&key, "rule", code, boilerplate.rules().map(|(code, _)| code)));
            }
        }
        Ok(boilerplate)
    }
}

/// The stage: compiled packs and the limits.
pub struct Boilerplate {
    options: Options,
    packs: Vec<AnyPack>,
    sources: Sources,
    classifier: Option<Classifier>,
}

impl Boilerplate {
    /// Tells for the headline and each line which rules matched, how each guard judged, and what goes in the end.
    ///
    /// This is the run of [`Stage::examine`] with its notes kept, not a second implementation.
    pub fn explain(&self, document: &Document) -> Vec<LineTrace> {
        let mut told = Vec::new();
        let cuts = self.with_passes(document, |passes| passes.run(document, Some(&mut told)));
        trace::account(document, told, &cuts)
    }

    /// The lines of a document with their features, as the classifier sees them: what training starts from.
    pub fn line_rows(document: &Document) -> Vec<(String, Row)> {
        let page = Page::new(document, 0);
        let rows = classifier::rows(page.title, &classifier::forms(&page));
        page.lines.iter().map(|line| line.text.to_owned()).zip(rows).collect()
    }

    /// The features of the places between a document's lines, as the classifier sees them in its search for the end:
    /// `log_odds` are the lines' scores, `gaps` what went before each of them and behind the last.
    pub fn end_rows(document: &Document, log_odds: &[f64], gaps: &[Gap]) -> Vec<EndRow> {
        let page = Page::new(document, 0);
        classifier::end_rows(page.title, &classifier::forms(&page), log_odds, gaps)
    }

    /// What goes with these cuts before each line that a document keeps, and behind the last.
    pub fn gaps(&self, document: &Document, cuts: &[Cut]) -> Vec<Gap> {
        self.with_passes(document, |passes| passes.gaps(document, cuts))
    }

    /// The code of every rule with the sentence that says why it removes, pack by pack.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        let rules = self.all_packs().flat_map(|pack| &pack.compiled().rules);
        structure::REASONS
            .into_iter()
            .chain(rules.map(|rule| (rule.code.as_str(), rule.reason.as_str())))
    }

    /// Looks at the patterns of the user's own packs: none may match the empty string or hold a character that no folded line
    /// has, and the cost of each must grow linearly with the line. The error lists all that fail, with their places. Takes some
    /// milliseconds a pattern.
    pub fn lint(&self) -> Result<(), Error> {
        let built_in = self.packs.len() - self.options.rules.len();
        let own = self.packs[built_in..].iter().chain(self.sources.packs());
        let rules = own.flat_map(|pack| &pack.compiled().rules);
        let wrong: Vec<_> = rules.flat_map(lint::lint).collect();
        if wrong.is_empty() { Ok(()) } else { Err(Error::Setup(wrong.join("\n"))) }
    }

    fn rules_for(&self, document: &Document) -> Ruleset<'_> {
        let language = document.language.as_ref().map_or(UNLABELLED, |language| &language.code);
        let is_named = |name: &str| self.options.packs.iter().any(|wanted| wanted == name);
        let applies = |pack: &&AnyPack| pack.serves(language) || is_named(pack.name());
        let packs = self.packs.iter().chain(self.sources.packs_of(&document.source));
        ruleset(packs.filter(applies))
    }

    /// Goes through a document with the rules that apply to it.
    fn with_passes<T>(&self, document: &Document, run: impl FnOnce(Passes<'_>) -> T) -> T {
        let is_active = |rule: &str| self.is_enabled(&document.source, rule);
        let Options { max_share, max_line_chars: max_chars, .. } = self.options;
        let (rules, classifier) = (&self.rules_for(document), self.classifier.as_ref());
        run(Passes { rules, is_active: &is_active, max_share, max_chars, classifier })
    }

    fn is_enabled(&self, source: &str, rule: &str) -> bool {
        !self.options.disable.iter().any(|code| code == rule)
            && !self.sources.is_disabled(source, rule)
    }

    fn all_packs(&self) -> impl Iterator<Item = &AnyPack> {
        self.packs.iter().chain(self.sources.packs())
    }
}

impl Stage for Boilerplate {
    fn name(&self) -> &'static str {
        "boilerplate"
    }

    fn examine(&self, document: &Document) -> Findings {
        let cuts = self.with_passes(document, |passes| passes.run(document, None));
        Findings { cuts, ..Findings::default() }
    }
}

fn unknown<'a>(key: &str, what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let hint = nearest.map(|known| format!("\nhint: did you mean `{known}`?")).unwrap_or_default();
    Error::Setup(format!("`{key}` names no {what} `{name}`{hint}"))
}
