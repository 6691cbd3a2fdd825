//! A rule pack: its TOML form, the compiled form, and errors that say where a pack is wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::guard::Guards;
use super::literal::{Literal, Literals, Prefilter};
use crate::error::{Error, locate};
use crate::nearest::with_suggestion;

/// A larger pattern is slow to build and to run; most such come of long counted repetitions.
const MAX_REGEX_BYTES: usize = 2 << 20;

/// A pack as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PackSource {
    pack: String,
    #[serde(default, rename = "language", deserialize_with = "one_or_more")]
    languages: Vec<String>,
    /// Lists that several rules share: `"@name"` in a rule's `without` stands for the words of the list `name`.
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleSource>,
}

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RuleSource {
    name: Spanned<String>,
    kind: Kind,
    reason: String,
    #[serde(default)]
    sure: bool,
    #[serde(default)]
    prefix: Vec<String>,
    #[serde(default)]
    exact: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    starts: Vec<String>,
    #[serde(default)]
    cues: Vec<String>,
    #[serde(default)]
    regex: Option<Spanned<String>>,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    when: Guards,
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

/// A pack, ready to match.
pub(super) struct Pack {
    pub(super) name: String,
    /// The languages it is for; none for every language.
    pub(super) languages: Vec<String>,
    pub(super) rules: Vec<Rule>,
    literals: Literals,
    /// Literals of the rules for sentences, and what says that a line is worth being split.
    sentence_literals: Literals,
    prefilter: Prefilter,
    /// Rules whose regex must be tried on every line.
    uncued: Vec<usize>,
}

/// A rule, ready to match.
pub(super) struct Rule {
    /// `pack/name`, as the ledger shows it.
    pub(super) code: String,
    pub(super) kind: Kind,
    pub(super) reason: String,
    /// Whether it fires however much of the body goes.
    pub(super) is_sure: bool,
    pub(super) guards: Guards,
    pub(super) cut: Vec<String>,
    pub(super) keep: Vec<String>,
    exact: Vec<String>,
    prefix: Vec<String>,
    regex: Option<Pattern>,
    /// `file:line:column` of the pattern, or of the name where there is none.
    place: String,
    case_sensitive: bool,
}

/// A pattern, compiled when the first line asks for it: of the patterns of a pack, an article needs a few.
struct Pattern {
    source: String,
    compiled: OnceLock<Regex>,
}

impl Pack {
    /// Reads a pack with all its patterns; `file` names it in errors.
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let pack = Self::parse_lazily(file, text)?;
        for rule in &pack.rules {
            let Some(Err(error)) = rule.regex.as_ref().map(Pattern::compile) else { continue };
            let what = format!("`regex` of `{}` is not valid: {error}", rule.code);
            return Err(Error::Setup(format!("{}: {what}", rule.place)));
        }
        Ok(pack)
    }

    /// The same for a pack whose patterns are known to be valid: each is compiled when it is needed.
    pub(super) fn parse_lazily(file: &str, text: &str) -> Result<Self, Error> {
        let source: PackSource = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            setup(file, text, at, &with_suggestion(error.message()))
        })?;
        let mut rules: Vec<Rule> = Vec::with_capacity(source.rules.len());
        let mut literals: Vec<(String, usize, Literal)> = Vec::new();
        let mut sentence_literals: Vec<(String, usize, Literal)> = Vec::new();
        let mut uncued = Vec::new();
        for (index, mut rule) in source.rules.into_iter().enumerate() {
            let at = rule.name.span().start;
            let code = format!("{}/{}", source.pack, rule.name.get_ref());
            rule.when.without = expand(&rule.when.without, &source.words).map_err(|name| {
                setup(file, text, at, &format!("`without` of `{code}` names no list `{name}`"))
            })?;
            if rules.iter().any(|other| other.code == code) {
                return Err(setup(file, text, at, &format!("second rule named `{code}`")));
            }
            if !rule.has_matcher() {
                let what = format!("`{code}` has none of `prefix`, `exact`, `contains`, `regex`");
                return Err(setup(file, text, at, &what));
            }
            if rule.kind == Kind::Sentence {
                let before = sentence_literals.len();
                rule.collect_literals(index, &mut sentence_literals);
                if sentence_literals.len() == before {
                    let what = format!("`{code}` needs `starts` or `cues` beside its `regex`");
                    return Err(setup(file, text, at, &what));
                }
            } else if !rule.kind.is_title() {
                rule.collect_literals(index, &mut literals);
                if rule.regex.is_some() && rule.cues.is_empty() && rule.starts.is_empty() {
                    uncued.push(index);
                }
            }
            rules.push(rule.compile(code, file, text));
        }
        let literals = Literals::new(literals)?;
        let prefilter = Prefilter::new(&sentence_literals)?;
        let sentence_literals = Literals::new(sentence_literals)?;
        let (name, languages) = (source.pack, source.languages);
        Ok(Self { name, languages, rules, literals, sentence_literals, prefilter, uncued })
    }

    /// Calls `found` with every rule that matches a line, and where what follows the label begins; ascending.
    pub(super) fn match_line(&self, text: &str, folded: &str, found: impl FnMut(usize, usize)) {
        let mut hits: Vec<(usize, Option<usize>)> = Vec::new();
        self.literals.find(folded, |rule, rest| {
            if !hits.contains(&(rule, rest)) {
                hits.push((rule, rest));
            }
        });
        for rule in &self.uncued {
            hits.push((*rule, None));
        }
        self.settle(hits, text, folded, found);
    }

    /// The same for a sentence and the rules for sentences.
    pub(super) fn match_sentence(&self, text: &str, folded: &str, found: impl FnMut(usize, usize)) {
        let mut hits: Vec<(usize, Option<usize>)> = Vec::new();
        self.sentence_literals.find(folded, |rule, rest| {
            if !hits.contains(&(rule, rest)) {
                hits.push((rule, rest));
            }
        });
        self.settle(hits, text, folded, found);
    }

    /// Whether a rule for sentences may match within a folded line.
    pub(super) fn has_sentence(&self, folded: &str) -> bool {
        self.prefilter.hits(folded)
    }

    fn settle(
        &self,
        mut hits: Vec<(usize, Option<usize>)>,
        text: &str,
        folded: &str,
        mut found: impl FnMut(usize, usize),
    ) {
        // The longest label of a rule wins, and a label goes before a cue.
        hits.sort_unstable_by_key(|(rule, rest)| (*rule, std::cmp::Reverse(*rest)));
        let mut done = None;
        for (rule, rest) in hits {
            if done == Some(rule) {
                continue;
            }
            let rest = rest.or_else(|| self.rules[rule].find_regex(text, folded));
            if let Some(rest) = rest {
                found(rule, rest);
            }
            done = Some(rule);
        }
    }
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

    /// `file:line:column` of the pattern, or of the rule's name.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Where the group `rest` begins; the whole line is the label where the pattern has no such group.
    fn find_regex(&self, text: &str, folded: &str) -> Option<usize> {
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

    fn compile(&self) -> Result<&Regex, regex::Error> {
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
    fn has_matcher(&self) -> bool {
        let lists = [&self.prefix, &self.exact, &self.contains];
        self.regex.is_some() || lists.iter().any(|list| !list.is_empty())
    }

    fn collect_literals(&self, index: usize, literals: &mut Vec<(String, usize, Literal)>) {
        let lists = [
            (&self.prefix, Literal::Prefix),
            (&self.exact, Literal::Exact),
            (&self.contains, Literal::Contains),
            (&self.cues, Literal::Cue),
            (&self.starts, Literal::Start),
        ];
        for (list, literal) in lists {
            literals.extend(list.iter().map(|text| (super::page::fold(text), index, literal)));
        }
    }

    fn compile(self, code: String, file: &str, text: &str) -> Rule {
        let at = self.regex.as_ref().map_or(self.name.span().start, |regex| regex.span().start);
        let fold_all = |list: &[String]| list.iter().map(|text| super::page::fold(text)).collect();
        Rule {
            code,
            kind: self.kind,
            reason: self.reason,
            is_sure: self.sure,
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

/// Reads `language = "nb"` and `language = ["nb", "nn"]`. An untagged enum would lose the line number of a mistake.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Codes;

    impl<'de> Visitor<'de> for Codes {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a language code or a list of them")
        }

        fn visit_str<E>(self, code: &str) -> Result<Self::Value, E> {
            Ok(vec![code.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut codes = Vec::new();
            while let Some(code) = list.next_element()? {
                codes.push(code);
            }
            Ok(codes)
        }
    }

    deserializer.deserialize_any(Codes)
}

/// Puts the words of a list in the place of `@name`; the error is a name that no list has.
fn expand(words: &[String], lists: &BTreeMap<String, Vec<String>>) -> Result<Vec<String>, String> {
    let mut all = Vec::with_capacity(words.len());
    for word in words {
        match word.strip_prefix('@') {
            Some(name) => all.extend_from_slice(lists.get(name).ok_or(name)?),
            None => all.push(word.clone()),
        }
    }
    Ok(all)
}

fn setup(file: &str, text: &str, at: usize, what: &str) -> Error {
    Error::Setup(format!("{}: {what}", locate(file, text, at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "pack = \"x\"\n[[rule]]\nname = \"a\"\nkind = \"line\"\nreason = \"r\"\n";

    fn error(text: &str) -> String {
        Pack::parse("x.toml", text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_wrong_pack_is_reported_with_file_line_column_and_the_nearest_key() {
        let table = [
            ("a misspelt key", format!("{GOOD}prefx = [\"b\"]\n"), "x.toml:6:1: ", "`prefix`?"),
            (
                "a misspelt guard",
                format!("{GOOD}exact = [\"b\"]\nwhen = {{ within-lst = 2 }}\n"),
                "x.toml:7:10: ",
                "`within-last`?",
            ),
            ("a bad regex", format!("{GOOD}regex = \"(\"\n"), "x.toml:6:9: ", "`regex` of `x/a`"),
            (
                "a language that is none",
                format!("language = 3\n{GOOD}"),
                "x.toml:1:12: ",
                "expected a language code or a list of them",
            ),
            ("no matcher", GOOD.to_owned(), "x.toml:3:8: ", "has none of"),
            (
                "a list that is none",
                format!("{GOOD}exact = [\"b\"]\nwhen = {{ without = [\"@roles\"] }}\n"),
                "x.toml:3:8: ",
                "names no list `roles`",
            ),
            (
                "a name used twice",
                format!("{GOOD}exact = [\"b\"]\n{}exact = [\"c\"]\n", &GOOD[11..]),
                "x.toml:8:8: ",
                "second rule named",
            ),
        ];
        for (name, text, place, words) in table {
            let message = error(&text);
            assert!(message.starts_with(place), "{name}: {message}");
            assert!(message.contains(words), "{name}: {message}");
        }
    }

    #[test]
    fn a_pack_is_for_one_language_for_several_or_for_all() {
        for (language, expected) in [
            ("", &[][..]),
            ("language = \"nb\"\n", &["nb"]),
            ("language = [\"nb\", \"nn\"]\n", &["nb", "nn"]),
        ] {
            let pack = Pack::parse("x.toml", &format!("{language}{GOOD}exact = [\"b\"]\n"));
            assert_eq!(pack.expect("it is valid").languages, expected, "{language}");
        }
    }

    #[test]
    fn a_name_in_without_stands_for_the_words_of_its_list() {
        let words = "[words]\nroles = [\"mayor\", \"coach\"]\n";
        let rule = "exact = [\"b\"]\nwhen = { without = [\"@roles\", \"fog\"] }\n";
        let (head, rest) = GOOD.split_at(11);
        let pack = Pack::parse("x.toml", &format!("{head}{words}{rest}{rule}"));
        let pack = pack.expect("it is valid");
        assert_eq!(pack.rules[0].guards.without, ["mayor", "coach", "fog"]);
    }

    #[test]
    fn literals_stand_where_their_list_says() {
        let text = format!("{GOOD}prefix = [\"see also\"]\nexact = [\"Comments\"]\n");
        let pack = Pack::parse("x.toml", &text).expect("it is valid");
        let table = [
            ("see also: bridge", Some(8)),
            ("see alsop", None),
            ("we see also", None),
            ("comments:", Some(8)),
            ("> comments", Some(10)),
            ("comments on the bridge", None),
        ];
        for (line, expected) in table {
            let mut found = None;
            pack.match_line(line, line, |_, rest| found = Some(rest));
            assert_eq!(found, expected, "{line}");
        }
    }
}
