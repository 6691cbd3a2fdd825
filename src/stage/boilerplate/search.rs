//! The rules of a document's packs, and which of them match a line.

use std::cmp::Reverse;
use std::sync::Arc;

use aho_corasick::{Input, StartKind};

use super::engine::Scope;
use super::literal::{Automaton, Literal};
use super::pack::Pack;
use super::rule::Rule;
use super::text::fold;
use crate::error::Error;

/// What may stand anywhere in a line, for several packs together, so that one pass over the line is enough.
pub(super) struct Search {
    automaton: Automaton<Owner>,
    n_packs: usize,
}

/// Which rule a literal belongs to.
#[derive(Clone, Copy)]
struct Owner {
    pack: usize,
    rule: usize,
    literal: Literal,
    scope: Scope,
}

/// The packs that apply to a document.
pub(super) struct Ruleset<'r> {
    pub(super) packs: Vec<&'r Pack>,
    /// Each for some of the packs, in their order.
    searches: Vec<Arc<Search>>,
}

/// A rule to look at.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Hit {
    pack: usize,
    rule: usize,
    /// Where what follows its label begins; `None` where its regex has to decide.
    rest: Option<usize>,
}

impl Search {
    /// Builds the search for some packs.
    pub(super) fn new(packs: &[&Pack]) -> Result<Self, Error> {
        let scopes = [Scope::Lines, Scope::Sentences];
        let literals = packs.iter().enumerate().flat_map(|(pack, content)| {
            scopes.into_iter().flat_map(move |scope| {
                let literals = content.literals(scope).iter();
                literals.map(move |(text, rule, literal)| {
                    (text.as_str(), Owner { pack, rule: *rule, literal: *literal, scope })
                })
            })
        });
        // Any literal of a rule for sentences says that a line is worth being split, also one that opens the sentence.
        let literals = literals.filter(|(_, owner)| owner.is_looked_for());
        let automaton = Automaton::new(literals, StartKind::Unanchored)?;
        Ok(Self { automaton, n_packs: packs.len() })
    }
}

impl Owner {
    fn is_looked_for(self) -> bool {
        self.literal.floats() || self.scope == Scope::Sentences
    }
}

impl<'r> Ruleset<'r> {
    /// Packs, and the searches for all of them, in their order.
    pub(super) fn new(packs: Vec<&'r Pack>, searches: Vec<Arc<Search>>) -> Self {
        debug_assert_eq!(packs.len(), searches.iter().map(|search| search.n_packs).sum::<usize>());
        Self { packs, searches }
    }

    /// Calls `found` with every rule that matches a line, and where what follows the label begins; ascending by pack and rule.
    /// Tells whether a rule for sentences may match within the line.
    pub(super) fn match_line(
        &self,
        scope: Scope,
        text: &str,
        folded: &str,
        mut found: impl FnMut(&'r Rule, usize),
    ) -> bool {
        let mut hits: Vec<Hit> = Vec::new();
        let mut hit = |pack, rule, rest| {
            let hit = Hit { pack, rule, rest };
            // One literal may stand in a line many times.
            if hits.last() != Some(&hit) {
                hits.push(hit);
            }
        };
        let mut may_hold_sentence = false;
        let mut first = 0;
        for search in &self.searches {
            search.automaton.find(Input::new(folded), |owner, _| {
                may_hold_sentence |= owner.scope == Scope::Sentences;
                if owner.scope == scope && owner.literal.floats() {
                    let rest = (owner.literal == Literal::Contains).then_some(0);
                    hit(first + owner.pack, owner.rule, rest);
                }
            });
            first += search.n_packs;
        }
        for (index, pack) in self.packs.iter().enumerate() {
            pack.open(scope, folded, |rule, rest| hit(index, rule, rest));
        }
        // The longest label of a rule wins, and a label goes before a cue.
        hits.sort_unstable_by_key(|hit| (hit.pack, hit.rule, Reverse(hit.rest)));
        hits.dedup_by_key(|hit| (hit.pack, hit.rule));
        for hit in hits {
            let rule = &self.packs[hit.pack].rules[hit.rule];
            if let Some(rest) = hit.rest.or_else(|| rule.find_regex(text, folded)) {
                found(rule, rest);
            }
        }
        may_hold_sentence
    }

    /// Whether a rule for sentences may match within a line, of any length.
    pub(super) fn may_hold_sentence(&self, line: &str) -> bool {
        let folded = fold(line);
        let mut may_hold = false;
        for search in &self.searches {
            let input = Input::new(&folded);
            search.automaton.find(input, |owner, _| may_hold |= owner.scope == Scope::Sentences);
        }
        may_hold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = "pack = \"x\"\n[[rule]]\nname = \"a\"\nkind = \"line\"\nreason = \"r\"\n";

    fn matched(packs: &[&Pack], searches: Vec<Arc<Search>>, line: &str) -> Vec<(String, usize)> {
        let rules = Ruleset::new(packs.to_vec(), searches);
        let mut matched = Vec::new();
        rules.match_line(Scope::Lines, line, line, |rule, rest| {
            matched.push((rule.code.clone(), rest));
        });
        matched
    }

    #[test]
    fn literals_stand_where_their_list_says() {
        let text = format!("{PACK}prefix = [\"see also\"]\nexact = [\"Comments\"]\n");
        let pack = Pack::parse("x.toml", &text).expect("it is valid");
        let table = [
            ("see also: bridge", Some(8)),
            ("see alsop", None),
            ("we see also", None),
            ("comments:", Some(8)),
            ("> comments", Some(10)),
            ("comments on the bridge", None),
        ];
        let search = Arc::new(Search::new(&[&pack]).expect("it is small"));
        for (line, expected) in table {
            let matched = matched(&[&pack], vec![search.clone()], line);
            assert_eq!(matched.first().map(|(_, rest)| *rest), expected, "{line}");
        }
    }

    #[test]
    fn packs_match_together_as_each_alone() {
        let one = format!("{PACK}contains = [\"newsletter\"]\n");
        let two = "pack = \"y\"\n[[rule]]\nname = \"b\"\nkind = \"line\"\nreason = \"r\"\ncues = [\"letter\"]\nregex = \"^a .*letter\"\n\
            [[rule]]\nname = \"c\"\nkind = \"sentence\"\nreason = \"r\"\nstarts = [\"our\"]\nregex = \"^our\"\n";
        let [one, two] = [&one, two].map(|text| Pack::parse("x.toml", text).expect("it is valid"));
        let packs = [&one, &two];
        let together = Arc::new(Search::new(&packs).expect("it is small"));
        let each = packs.map(|pack| Arc::new(Search::new(&[pack]).expect("it is small")));
        for (line, expected, is_split) in [
            ("a newsletter, a letter and one more letter", &["x/a", "y/b"][..], false),
            ("the newsletter is ours", &["x/a"], true),
            ("a letter", &["y/b"], false),
            ("rain", &[], false),
        ] {
            let codes = |searches: Vec<Arc<Search>>| -> Vec<String> {
                matched(&packs, searches, line).into_iter().map(|(code, _)| code).collect()
            };
            assert_eq!(codes(vec![together.clone()]), expected, "{line}");
            assert_eq!(codes(each.to_vec()), expected, "{line}");
            let rules = Ruleset::new(packs.to_vec(), each.to_vec());
            assert_eq!(rules.may_hold_sentence(line), is_split, "{line}");
            assert_eq!(rules.match_line(Scope::Lines, line, line, |_, _| ()), is_split, "{line}");
        }
    }
}
