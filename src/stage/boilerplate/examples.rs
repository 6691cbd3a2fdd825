//! The examples of rules: each is staged as a document, and the rule, alone, must make of it what it should.

use super::Boilerplate;
use super::packs::ruleset;
use super::passes::Passes;
use super::rule::{Kind, Rule};
use super::search::Ruleset;
use crate::document::{DocId, Document, Findings};
use crate::error::Error;
use crate::stage::Stage;

/// The source of the documents that rules give as examples.
const EXAMPLE_SOURCE: &str = "valley-echo";

impl Boilerplate {
    /// Runs every rule against its own examples: `cut` must go, `keep` must stay. The error lists all that fail.
    pub fn self_test(&self) -> Result<(), Error> {
        let mut failures = Vec::new();
        for pack in self.all_packs() {
            let rules = ruleset(std::iter::once(pack));
            for rule in &pack.compiled().rules {
                let cut = rule.cut.iter().map(|example| (example, true));
                let keep = rule.keep.iter().map(|example| (example, false));
                for (example, is_cut) in cut.chain(keep) {
                    if !self.example_holds(&rules, rule, example, is_cut) {
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
    fn example_holds(&self, rules: &Ruleset<'_>, rule: &Rule, example: &str, is_cut: bool) -> bool {
        let (document, expected) = staged(rule, example, is_cut);
        let is_active = |other: &str| other == rule.code;
        let max_chars = self.options.max_line_chars;
        let passes =
            Passes { rules, is_active: &is_active, max_share: 1.0, max_chars, classifier: None };
        let mut cuts = passes.run(&document, None);
        cuts.retain(|cut| cut.rule == rule.code);
        let mut cleaned = document.clone();
        cleaned.apply(self.name(), Findings { cuts, ..Findings::default() });
        cleaned.text() == expected.text()
    }
}

/// Prose to set an example among, about nothing that an example is about.
pub(super) const FRAME: [&str; 6] = [
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
pub(super) fn unmark(example: &str, keeps_content: bool) -> String {
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
