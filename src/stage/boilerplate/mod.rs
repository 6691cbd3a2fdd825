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
//! line.
//!
//! **The line classifier** judges what the rules leave by the form of a line and its neighbours, in turn with the rules. It
//! is silent but on whole pages, where several lines around the article speak of the page itself; on text that an extractor
//! has cleaned it would hurt pages that the rules leave alone.
//!
//! **What it may wrongly take.** A subheading in capitals that looks like a promoted headline; a caption that begins
//! with "Photo:"; behind a dash in a headline, a speaker whom the body names otherwise. Labels glued to a sentence on
//! one line are left alone: they cannot be split safely.

pub mod classifier;
mod engine;
mod guard;
mod lint;
mod literal;
mod mention;
mod packs;
mod page;
mod rule;
mod sentence;
mod sources;
mod structure;
#[cfg(test)]
mod tests;
mod title;
mod trace;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::guard::{Bound, Check};
pub use self::sources::SourceOptions;
pub use self::trace::{LineTrace, RuleTrial};

use self::classifier::{Classifier, Model, Row};
use self::engine::{Engine, Scope, Trial};
use self::packs::{AnyPack, BUILT_IN};
use self::page::Page;
use self::rule::{Kind, Pack, Rule};
use self::sources::{Sources, own_pack};
use super::Stage;
use crate::document::{Cut, DocId, Document, Findings, Removal};
use crate::error::Error;

/// Where nobody was asked for the language. All packs together would be slow, and would take one language's words for
/// another's; English furniture stands on pages of every language.
const UNLABELLED: &str = "en";

/// The source of the documents that rules give as examples.
const EXAMPLE_SOURCE: &str = "valley-echo";

/// The model of lines that comes with the program.
const MODEL: &str = include_str!("classifier/line_model.txt");

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
    /// Largest share of the body, between 0 and 1, that rules may take unless they are sure. Lower is stricter.
    pub max_share: f64,
    /// Whether the line classifier judges what the rules leave on whole pages, with furniture around the article.
    pub classifier: bool,
    /// Score, between 0 and 1, from which on the classifier removes a line outside the article; within it .97 is the
    /// least. Higher is stricter, and removes less.
    pub classifier_threshold: f64,
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
            sources: BTreeMap::new(),
        }
    }
}

impl Options {
    /// Loads and checks the packs and the model.
    pub fn build(&self) -> Result<Boilerplate, Error> {
        let model = Model::parse(MODEL).expect("the model that comes with the program is sound");
        self.build_with_model(model)
    }

    /// As [`Self::build`], with another model of lines.
    pub fn build_with_model(&self, model: Model) -> Result<Boilerplate, Error> {
        if !(0.0..=1.0).contains(&self.classifier_threshold) {
            let value = self.classifier_threshold;
            let what = format!(
                "`stage.boilerplate.classifier-threshold` must lie between 0 and 1: {value}"
            );
            return Err(Error::Setup(what));
        }
        if !(0.0..=1.0).contains(&self.max_share) {
            let what = format!(
                "`stage.boilerplate.max-share` must lie between 0 and 1: {}",
                self.max_share
            );
            return Err(Error::Setup(what));
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
        let threshold = self.classifier_threshold;
        let classifier = self.classifier.then_some(Classifier { model, threshold });
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
        let is_active = |rule: &str| self.is_enabled(&document.source, rule);
        let cuts = self.passes(document, &is_active).run(document, Some(&mut told));
        trace::account(document, told, &cuts)
    }

    /// The lines of a document with their features, as the classifier sees them: what training starts from.
    pub fn line_rows(document: &Document) -> Vec<(String, Row)> {
        let page = Page::new(document, 0);
        let alive: Vec<usize> = (0..page.lines.len()).collect();
        let rows = classifier::rows(page.title, &classifier::forms(&page), &alive);
        page.lines.iter().map(|line| line.text.to_owned()).zip(rows).collect()
    }

    /// The code of every rule with the sentence that says why it removes, pack by pack.
    pub fn rules(&self) -> impl Iterator<Item = (&str, &str)> {
        let rules = self.all_packs().flat_map(|pack| &pack.compiled().rules);
        structure::REASONS
            .into_iter()
            .chain(rules.map(|rule| (rule.code.as_str(), rule.reason.as_str())))
    }

    /// Looks at the patterns of the user's own packs: none may match the empty string, and the cost of each must grow
    /// linearly with the line. The error lists all that fail, with their places. Takes some milliseconds a pattern.
    pub fn lint(&self) -> Result<(), Error> {
        let built_in = self.packs.len() - self.options.rules.len();
        let own = self.packs[built_in..].iter().chain(self.sources.packs());
        let rules = own.flat_map(|pack| &pack.compiled().rules);
        let wrong: Vec<_> = rules.flat_map(lint::lint).collect();
        if wrong.is_empty() { Ok(()) } else { Err(Error::Setup(wrong.join("\n"))) }
    }

    /// Runs every rule against its own examples: `cut` must go, `keep` must stay. The error lists all that fail.
    pub fn self_test(&self) -> Result<(), Error> {
        let mut failures = Vec::new();
        for pack in self.all_packs().map(AnyPack::compiled) {
            for rule in &pack.rules {
                let cut = rule.cut.iter().map(|example| (example, true));
                let keep = rule.keep.iter().map(|example| (example, false));
                for (example, is_cut) in cut.chain(keep) {
                    if !self.example_holds(pack, rule, example, is_cut) {
                        let list = if is_cut { "cut" } else { "keep" };
                        failures.push(format!("{} ({list}): {example}", rule.code));
                    }
                }
            }
        }
        if failures.is_empty() {
            return Ok(());
        }
        let list = failures.join("\n");
        Err(Error::Setup(format!("{} examples of rules do not hold:\n{list}", failures.len())))
    }

    /// Whether the rule, alone, makes of the example what it should.
    fn example_holds(&self, pack: &Pack, rule: &Rule, example: &str, is_cut: bool) -> bool {
        let (document, expected) = staged(rule, example, is_cut);
        let is_active = |other: &str| other == rule.code;
        let max_chars = self.options.max_line_chars;
        let passes = Passes {
            packs: vec![pack],
            is_active: &is_active,
            max_share: 1.0,
            max_chars,
            classifier: None,
        };
        let mut cuts = passes.run(&document, None);
        cuts.retain(|cut| cut.rule == rule.code);
        let mut cleaned = document.clone();
        cleaned.apply(self.name(), Findings { cuts, ..Findings::default() });
        cleaned.text() == expected.text()
    }

    fn passes<'r>(
        &'r self,
        document: &Document,
        is_active: &'r dyn Fn(&str) -> bool,
    ) -> Passes<'r> {
        let language = document.language.as_ref().map_or(UNLABELLED, |language| &language.code);
        let is_named = |name: &str| self.options.packs.iter().any(|wanted| wanted == name);
        let applies = |pack: &&AnyPack| pack.serves(language) || is_named(pack.name());
        let packs = self.packs.iter().chain(self.sources.packs_of(&document.source));
        let packs = packs.filter(applies).map(AnyPack::compiled).collect();
        let Options { max_share, max_line_chars: max_chars, .. } = self.options;
        Passes { packs, is_active, max_share, max_chars, classifier: self.classifier.as_ref() }
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
        let is_active = |rule: &str| self.is_enabled(&document.source, rule);
        let cuts = self.passes(document, &is_active).run(document, None);
        Findings { cuts, ..Findings::default() }
    }
}

/// The engine's passes over one document: its lines and its sentences, in turns.
struct Passes<'r> {
    packs: Vec<&'r Pack>,
    is_active: &'r dyn Fn(&str) -> bool,
    max_share: f64,
    max_chars: usize,
    classifier: Option<&'r Classifier>,
}

impl Passes<'_> {
    /// Finds what goes. Most documents hold no sentence worth a look, and one pass over the lines is all.
    fn run(&self, document: &Document, mut told: Option<&mut Vec<trace::Told>>) -> Vec<Cut> {
        let page = Page::new(document, self.max_chars);
        let cuts = self.pass(Scope::Lines, &page, &[], told.as_deref_mut());
        let mut lines = page.lines.iter().enumerate();
        if !lines.any(|(line, content)| self.has_sentence(page.folded(line), content.text)) {
            return cuts;
        }
        let (source, title) = (document.source.clone(), document.title());
        let mut left = Document::new(DocId(0), "", source, title, document.body());
        if left.text() != document.text() {
            return cuts;
        }
        let line_cuts = cuts.clone();
        left.apply("boilerplate", Findings { cuts, ..Findings::default() });
        let mut has_cut_sentences = false;
        loop {
            let wanted = |line: &str| self.has_sentence(None, line);
            let page =
                Page::of_sentences(&left, self.max_chars, &wanted, &|text| self.is_aside(text));
            let cuts = self.pass(Scope::Sentences, &page, left.removed(), told.as_deref_mut());
            if cuts.is_empty() {
                break;
            }
            has_cut_sentences = true;
            left.apply("boilerplate", Findings { cuts, ..Findings::default() });
            let page = Page::new(&left, self.max_chars);
            let cuts = self.pass(Scope::Lines, &page, left.removed(), told.as_deref_mut());
            left.apply("boilerplate", Findings { cuts, ..Findings::default() });
        }
        if !has_cut_sentences {
            return line_cuts;
        }
        let cut = |removal: &Removal| Cut {
            at: removal.start as usize..removal.end as usize,
            rule: removal.rule.clone(),
        };
        left.removed().iter().map(cut).collect()
    }

    fn pass(
        &self,
        scope: Scope,
        page: &Page<'_>,
        removed: &[Removal],
        told: Option<&mut Vec<trace::Told>>,
    ) -> Vec<Cut> {
        let Self { is_active, max_share, .. } = *self;
        // The classifier knows lines; sentences are for the rules.
        let classifier = self.classifier.filter(|_| scope == Scope::Lines);
        let engine = Engine { packs: self.packs.clone(), is_active, max_share, classifier, scope };
        let mut trials: Vec<Trial<'_>> = Vec::new();
        let cuts = engine.run(page, told.is_some().then_some(&mut trials)).cuts(page);
        if let Some(told) = told {
            trace::note(page, removed, trials, told);
        }
        cuts
    }

    fn has_sentence(&self, folded: Option<&str>, line: &str) -> bool {
        let folded = match folded {
            Some(folded) => Cow::Borrowed(folded),
            None if line.is_ascii() => Cow::Borrowed(line),
            None => Cow::Owned(page::fold(line)),
        };
        self.packs.iter().any(|pack| pack.has_sentence(&folded))
    }

    /// Whether a rule for sentences matches what stands in brackets.
    fn is_aside(&self, text: &str) -> bool {
        if !page::fits(text, self.max_chars) {
            return false;
        }
        let folded = page::fold(text);
        let mut is_matched = false;
        for pack in &self.packs {
            pack.match_sentence(text, &folded, |_, _| is_matched = true);
        }
        is_matched
    }
}

/// Prose to set an example among, about nothing that an example is about.
const FRAME: [&str; 6] = [
    "Quiet mornings in the northern valleys begin with fog that lifts only slowly before noon.",
    "Farmers here have learned to wait, and they mend their fences until the sun comes through.",
    "Nobody remembers a summer as wet as this one, although the old records hold three of them.",
    "Seven families still keep sheep on the upper pastures, as their grandparents did before them.",
    "Their wool is sold at a small market that takes place twice a year under the lime trees.",
    "Visitors are rare in autumn, when the narrow road is often closed after the first snow falls.",
];

/// Builds an example's document, and what it should become: what stands in `[[…]]` goes, or else the whole line. Lines
/// behind a title are the end of its body.
fn staged(rule: &Rule, example: &str, is_cut: bool) -> (Document, Document) {
    let new =
        |title: &str, body: &str| Document::new(DocId(0), "example", EXAMPLE_SOURCE, title, body);
    let has_marks = example.contains("[[") && is_cut;
    let shown = if has_marks { unmark(example, true) } else { example.to_owned() };
    let left = match (has_marks, is_cut) {
        (true, _) => unmark(example, false),
        (false, true) => String::new(),
        (false, false) => example.to_owned(),
    };
    if rule.kind.is_title() {
        let page = |example: &str| {
            let (title, lines) = example.split_once('\n').unwrap_or((example, ""));
            new(title, &format!("{}\n{lines}", FRAME.join("\n")))
        };
        return (page(&shown), page(&left));
    }
    if example.contains('\n') {
        return (new("", &shown), new("", left.trim()));
    }
    let at = match (rule.guards.within_first, rule.guards.within_last, rule.kind) {
        (_, Some(_), _) | (_, _, Kind::Tail) => FRAME.len(),
        (Some(_), None, _) | (_, _, Kind::Head) => 0,
        (None, None, _) => FRAME.len() / 2,
    };
    let frame = |line: &str| {
        let mut lines = FRAME.to_vec();
        if !line.is_empty() {
            lines.insert(at, line);
        }
        new("", &lines.join("\n"))
    };
    (frame(&shown), frame(&left))
}

/// Removes the marks `[[` and `]]`, with or without what stands between them.
fn unmark(example: &str, keeps_content: bool) -> String {
    let mut text = String::new();
    let mut rest = example;
    while let Some((before, behind)) = rest.split_once("[[") {
        // The content may itself begin or end with a bracket.
        let end = behind.find("]]").map_or(behind.len(), |end| {
            end + behind[end + 2..].chars().take_while(|c| *c == ']').count()
        });
        text.push_str(before);
        if keeps_content {
            text.push_str(&behind[..end]);
        }
        rest = behind.get(end + 2..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

fn unknown<'a>(key: &str, what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let hint = nearest.map(|known| format!("\nhint: did you mean `{known}`?")).unwrap_or_default();
    Error::Setup(format!("`{key}` names no {what} `{name}`{hint}"))
}
