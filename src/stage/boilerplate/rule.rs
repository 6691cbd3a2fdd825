//! A rule: its TOML form, and the compiled form with its matchers.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use super::guard::Guards;
use super::literal::Literal;
use super::text::fold;
use crate::error::locate;

/// A larger pattern is slow to build and to run; most such come of long counted repetitions.
const MAX_REGEX_BYTES: usize = 2 << 20;

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RuleSource {
    pub(super) name: Spanned<String>,
    pub(super) kind: Kind,
    reason: String,
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    closes: bool,
    #[serde(default)]
    prefix: Vec<String>,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    pub(super) starts: Vec<String>,
    #[serde(default)]
    pub(super) cues: Vec<String>,
    #[serde(default)]
    pub(super) regex: Option<Spanned<String>>,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    pub(super) when: Guards,
    #[serde(default)]
    cut: Vec<String>,
    #[serde(default)]
    keep: Vec<String>,
}

/// What a rule removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// The matched line.
    Line,
    /// The matched header and the headlines under it.
    Block,
    /// The matched sentence, or aside in brackets, of a line with more than one.
    Sentence,
    /// From the matched line to the end.
    Tail,
    /// From the start to the matched line.
    Head,
    /// The last segment of the headline.
    TitleSuffix,
    /// The first words of the headline.
    TitlePrefix,
}

/// A rule, ready to match.
pub(super) struct Rule {
    /// `pack/name`, as the ledger shows it.
    pub(super) code: String,
    pub(super) kind: Kind,
    pub(super) reason: String,
    /// Whether it fires however much of the body goes.
    pub(super) is_sure: bool,
    /// Whether the article is over where it matches, as at a copyright notice: the search for its end goes by that.
    pub(super) closes: bool,
    pub(super) guards: Guards,
    pub(super) cut: Vec<String>,
    pub(super) keep: Vec<String>,
    exact: Vec<String>,
    prefix: Vec<String>,
    pub(super) regex: Option<Pattern>,
    /// `file:line:column` of the pattern, or of the name where there is none.
    pub(super) place: String,
    case_sensitive: bool,
}

/// A pattern, compiled when the first line asks for it: of the patterns of a pack, an article needs a few.
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Rule {
    /// Whether the rule matches a whole text by itself: the segment of a title.
    pub(super) fn matches_whole(&self, text: &str, folded: &str) -> bool {
        self.exact.iter().any(|exact| exact == folded)
            || self.regex().is_some_and(|regex| {
                regex.is_match(if self.case_sensitive { text } else { folded })
            })
    }

    /// The length of the folded label that a title begins with.
    pub(super) fn match_start(&self, text: &str, folded: &str) -> Option<usize> {
        let prefix = self.prefix.iter().filter(|prefix| folded.starts_with(*prefix));
        prefix.map(String::len).max().or_else(|| {
            let regex = self.regex()?;
            let found = regex.find(if self.case_sensitive { text } else { folded })?;
            (found.start() == 0).then_some(found.end())
        })
    }

    /// The pattern, if the rule has one.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex.as_ref().map(Pattern::regex)
    }

    /// Whether the pattern is compared with the line as it stands, and not folded.
    pub(super) fn is_case_sensitive(&self) -> bool {
        self.case_sensitive
    }

    /// `file:line:column` of the pattern, or of the rule's name.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Where the group `rest` begins; the whole line is the label where the pattern has no such group.
    pub(super) fn find_regex(&self, text: &str, folded: &str) -> Option<usize> {
        let regex = self.regex()?;
        if self.case_sensitive {
            return regex.is_match(text).then_some(folded.len());
        }
        if regex.captures_len() == 1 {
            return regex.is_match(folded).then_some(folded.len());
        }
        let found = regex.captures(folded)?;
        Some(found.name("rest").map_or(folded.len(), |rest| rest.start()))
    }
}

impl Pattern {
    fn new(source: String) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    pub(super) fn compile(&self) -> Result<&Regex, regex::Error> {
        if let Some(regex) = self.compiled.get() {
            return Ok(regex);
        }
        let built = RegexBuilder::new(&self.source).size_limit(MAX_REGEX_BYTES).build()?;
        Ok(self.compiled.get_or_init(|| built))
    }

    fn regex(&self) -> &Regex {
        self.compile().expect("patterns of a user's pack are compiled when it is read, and a test compiles all others")
    }
}

impl Kind {
    /// Whether the rule is about the headline.
    pub(super) fn is_title(self) -> bool {
        matches!(self, Self::TitleSuffix | Self::TitlePrefix)
    }
}

impl RuleSource {
    pub(super) fn has_matcher(&self) -> bool {
        let lists = [&self.prefix, &self.exact, &self.contains];
        self.regex.is_some() || lists.iter().any(|list| !list.is_empty())
    }

    pub(super) fn collect_literals(
        &self,
        index: usize,
        literals: &mut Vec<(String, usize, Literal)>,
    ) {
        let lists = [
            (&self.prefix, Literal::Prefix),
            (&self.exact, Literal::Exact),
            (&self.contains, Literal::Contains),
            (&self.cues, Literal::Cue),
            (&self.starts, Literal::Start),
        ];
        for (list, literal) in lists {
            literals.extend(list.iter().map(|text| (fold(text), index, literal)));
        }
    }

    pub(super) fn compile(self, code: String, file: &str, text: &str) -> Rule {
        let at = self.regex.as_ref().map_or(self.name.span().start, |regex| regex.span().start);
        let fold_all = |list: &[String]| list.iter().map(|text| fold(text)).collect();
        Rule {
            code,
            kind: self.kind,
            reason: self.reason,
            is_sure: self.sure,
            closes: self.closes,
            guards: self.when,
            exact: fold_all(&self.exact),
            prefix: fold_all(&self.prefix),
            regex: self.regex.map(|pattern| Pattern::new(pattern.into_inner())),
            place: locate(file, text, at),
            case_sensitive: self.case_sensitive,
            cut: self.cut,
            keep: self.keep,
        }
    }
}
