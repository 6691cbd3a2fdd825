//! The literals of rules: what says, in one pass over a line, which of them are worth a closer look.

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

impl Literal {
    /// Whether it may stand anywhere in a line.
    pub(super) fn floats(self) -> bool {
        matches!(self, Self::Contains | Self::Cue)
    }
}

/// The literals of a pack that open a line: the search ends at the first letter that fits none.
pub(super) struct Opening(Automaton<(usize, Literal)>);

impl Opening {
    /// Builds the automaton from the literals that open a line, each with the index of its rule.
    pub(super) fn new(literals: &[(String, usize, Literal)]) -> Result<Self, Error> {
        let opening = literals.iter().filter(|(.., literal)| !literal.floats());
        let opening = opening.map(|(text, rule, literal)| (text.as_str(), (*rule, *literal)));
        Automaton::new(opening, StartKind::Anchored).map(Self)
    }

    /// Calls `hit` with a rule and where what follows its label begins; `None` where its regex has to decide.
    pub(super) fn find(&self, folded: &str, mut hit: impl FnMut(usize, Option<usize>)) {
        let marks = folded.len() - folded.trim_start_matches(is_mark).len();
        let opened = &folded[marks..];
        let input = Input::new(opened).anchored(Anchored::Yes);
        self.0.find(input, |(rule, literal), end| {
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
    }
}

/// Literals, found in one pass, each with what it belongs to.
pub(super) struct Automaton<T> {
    search: Option<AhoCorasick>,
    owners: Vec<T>,
}

/// Bytes of literals up to which all that may stand anywhere in a line is worth a full table: a byte has a state at most, and a
/// state a KiB, so 20 MB. Every line of the corpus passes through; of what opens a line a few letters are looked at, and the
/// table would be the largest thing in memory.
const MAX_TABLE_BYTES: usize = 20_000;

impl<T: Copy> Automaton<T> {
    /// Builds it from folded literals; it finds them in folded lines.
    pub(super) fn new<'l>(
        literals: impl Iterator<Item = (&'l str, T)>,
        start: StartKind,
    ) -> Result<Self, Error> {
        let (texts, owners): (Vec<&str>, Vec<T>) = literals.unzip();
        if texts.is_empty() {
            return Ok(Self { search: None, owners });
        }
        let is_small = texts.iter().map(|text| text.len()).sum::<usize>() <= MAX_TABLE_BYTES;
        let kind = match start == StartKind::Unanchored && is_small {
            true => AhoCorasickKind::DFA,
            false => AhoCorasickKind::ContiguousNFA,
        };
        let search = AhoCorasick::builder()
            .kind(Some(kind))
            .start_kind(start)
            .build(texts)
            .map_err(|error| Error::Setup(format!("the rules are too large: {error}")))?;
        Ok(Self { search: Some(search), owners })
    }

    /// Calls `found` with what each literal belongs to, and its end.
    pub(super) fn find(&self, input: Input<'_>, mut found: impl FnMut(T, usize)) {
        let Some(search) = &self.search else { return };
        let mut state = OverlappingState::start();
        loop {
            search.find_overlapping(input.clone(), &mut state);
            let Some(hit) = state.get_match() else { return };
            found(self.owners[hit.pattern().as_usize()], hit.end());
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
