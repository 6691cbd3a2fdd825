//! A rule pack: its TOML form, the rules ready to match, and errors that say where a pack is wrong.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::engine::Scope;
use super::literal::{Literal, Opening};
use super::rule::{Kind, Pattern, Rule, RuleSource};
use crate::error::{Error, locate};
use crate::nearest::with_suggestion;

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

/// A pack, ready to match.
pub(super) struct Pack {
    pub(super) name: String,
    /// The languages it is for; none for every language.
    pub(super) languages: Vec<String>,
    pub(super) rules: Vec<Rule>,
    lines: Literals,
    sentences: Literals,
    /// Rules whose regex must be tried on every line.
    uncued: Vec<usize>,
}

/// The literals of a pack's rules for lines, or of those for sentences.
struct Literals {
    /// Each with the index of its rule.
    all: Vec<(String, usize, Literal)>,
    opening: Opening,
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
        let (lines, sentences) = (Literals::new(literals)?, Literals::new(sentence_literals)?);
        let (name, languages) = (source.pack, source.languages);
        Ok(Self { name, languages, rules, lines, sentences, uncued })
    }

    /// The literals of its rules for lines, or of those for sentences, each with the index of its rule.
    pub(super) fn literals(&self, scope: Scope) -> &[(String, usize, Literal)] {
        &self.of(scope).all
    }

    /// Calls `hit` with the rules to look at for how a line begins, and those that must look at every line; with each, where
    /// what follows its label begins, `None` where its regex has to decide.
    pub(super) fn open(
        &self,
        scope: Scope,
        folded: &str,
        mut hit: impl FnMut(usize, Option<usize>),
    ) {
        self.of(scope).opening.find(folded, &mut hit);
        if scope == Scope::Lines {
            self.uncued.iter().for_each(|rule| hit(*rule, None));
        }
    }

    fn of(&self, scope: Scope) -> &Literals {
        match scope {
            Scope::Lines => &self.lines,
            Scope::Sentences => &self.sentences,
        }
    }

    /// Whether no article goes on behind a line that the rule with this code took.
    pub(super) fn closes(&self, code: &str) -> bool {
        self.rules.iter().any(|rule| rule.closes && rule.code == code)
    }
}

impl Literals {
    fn new(all: Vec<(String, usize, Literal)>) -> Result<Self, Error> {
        Ok(Self { opening: Opening::new(&all)?, all })
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
}
