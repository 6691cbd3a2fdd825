//! The literals of a pack: two automata that say in one pass over a line which rules are worth a closer look.

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};

use crate::error::Error;

/// How a literal has to stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Prefix,
    Exact,
    Contains,
    /// A hint that the rule's regex is worth trying.
    Cue,
    /// The same, for a regex that looks at the start of the line only.
    Start,
}

/// A pack's literals, ready to be found.
pub(super) struct Literals {
    /// Those that open a line: the search ends at the first letter that fits none.
    opening: Automaton,
    /// Those that may stand anywhere.
    inside: Automaton,
    /// Whether a line in ASCII can hold any of them.
    has_ascii: bool,
}

impl Literals {
    /// Builds the automata from literals, each with the index of its rule.
    pub(super) fn new(literals: Vec<(String, usize, Literal)>) -> Result<Self, Error> {
        let has_ascii = literals.iter().any(|(text, ..)| text.is_ascii());
        let (inside, opening) = literals.into_iter().partition(|(_, _, literal)| literal.floats());
        let inside = Automaton::new(inside, StartKind::Unanchored)?;
        let opening = Automaton::new(opening, StartKind::Anchored)?;
        Ok(Self { opening, inside, has_ascii })
    }

    /// Calls `hit` with a rule and where what follows its label begins; `None` where its regex has to decide.
    pub(super) fn find(&self, folded: &str, mut hit: impl FnMut(usize, Option<usize>)) {
        if !self.has_ascii && folded.is_ascii() {
            return;
        }
        let marks = folded.len() - folded.trim_start_matches(is_mark).len();
        let opened = &folded[marks..];
        self.opening.find(Input::new(opened).anchored(Anchored::Yes), |rule, literal, end| {
            let is_label = match literal {
                Literal::Exact => opened[end..].chars().all(is_mark),
                Literal::Prefix => ends_word(opened, end),
                Literal::Start => return hit(rule, None),
                Literal::Contains | Literal::Cue => false,
            };
            if is_label {
                hit(rule, Some(marks + end));
            }
        });
        self.inside.find(Input::new(folded), |rule, literal, _| {
            hit(rule, (literal == Literal::Contains).then_some(0));
        });
    }
}

impl Literal {
    fn floats(self) -> bool {
        matches!(self, Self::Contains | Self::Cue)
    }
}

/// Whether any of some literals stands in a line at all.
pub(super) struct Prefilter {
    search: Option<AhoCorasick>,
    has_ascii: bool,
}

impl Prefilter {
    pub(super) fn new(literals: &[(String, usize, Literal)]) -> Result<Self, Error> {
        if literals.is_empty() {
            return Ok(Self { search: None, has_ascii: false });
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals.iter().map(|(text, ..)| text))
            .map_err(|error| Error::Setup(format!("the rules are too large: {error}")))?;
        let has_ascii = literals.iter().any(|(text, ..)| text.is_ascii());
        Ok(Self { search: Some(search), has_ascii })
    }

    /// Tests a folded line of any length; one in ASCII need not be folded.
    pub(super) fn hits(&self, line: &str) -> bool {
        let Some(search) = &self.search else { return false };
        (self.has_ascii || !line.is_ascii()) && search.is_match(line)
    }
}

/// Literals of many rules, found in one pass.
#[derive(Default)]
struct Automaton {
    search: Option<AhoCorasick>,
    owners: Vec<(usize, Literal)>,
}

impl Automaton {
    fn new(literals: Vec<(String, usize, Literal)>, start: StartKind) -> Result<Self, Error> {
        if literals.is_empty() {
            return Ok(Self::default());
        }
        // A full table is worth its memory where every line of the corpus passes through it; of what opens a line, a few
        // letters are looked at, and the table would be the largest thing in memory.
        let kind = match start {
            StartKind::Anchored => AhoCorasickKind::ContiguousNFA,
            _ => AhoCorasickKind::DFA,
        };
        let search = AhoCorasick::builder()
            .kind(Some(kind))
            .start_kind(start)
            .build(literals.iter().map(|(text, ..)| text))
            .map_err(|error| Error::Setup(format!("the rules are too large: {error}")))?;
        let owners = literals.into_iter().map(|(_, rule, literal)| (rule, literal)).collect();
        Ok(Self { search: Some(search), owners })
    }

    /// Calls `found` with the rule, the kind of literal and its end.
    fn find(&self, input: Input<'_>, mut found: impl FnMut(usize, Literal, usize)) {
        let Some(search) = &self.search else { return };
        let mut state = OverlappingState::start();
        loop {
            search.find_overlapping(input.clone(), &mut state);
            let Some(hit) = state.get_match() else { return };
            let (rule, literal) = self.owners[hit.pattern().as_usize()];
            found(rule, literal, hit.end());
        }
    }
}

/// Whether no word goes on behind a literal.
fn ends_word(folded: &str, end: usize) -> bool {
    !(folded[end..].starts_with(char::is_alphanumeric)
        && folded[..end].ends_with(char::is_alphanumeric))
}

/// A mark that may stand around a label: a bullet, a bracket, a colon.
fn is_mark(c: char) -> bool {
    c.is_whitespace()
        || ":.>|*-[]()!\u{a1}+\u{2022}\u{25ba}\u{2192}\u{203b}\u{27a1}\u{30fb}\u{1f449}\u{fe0f}"
            .contains(c)
        || matches!(c, '\u{25a0}'..='\u{26ff}')
}
