//! What is left of a page while rules and models take lines, and what they took.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::page::Page;
use crate::document::Cut;

/// What a rule takes in more places, with prose between them, does not say that the article is over: the licences of its
/// pictures, the comments' button below each part. Two, for a notice stands behind the article and again at the page's foot.
const MAX_CLOSING_PLACES: usize = 2;

/// What is left of a page.
#[derive(Clone)]
pub(super) struct State<'r> {
    /// The part of the headline that remains.
    pub(super) title: Range<usize>,
    /// The lines that remain, ascending.
    pub(super) alive: Vec<usize>,
    /// What went so far: the place, and the rule.
    pub(super) gone: Vec<(Gone, &'r str)>,
}

/// Something that a rule removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// Bytes of the headline.
    Title(Range<usize>),
    /// A line, by its index in the page.
    Line(usize),
}

impl<'r> State<'r> {
    pub(super) fn cut_title(&mut self, cut: Range<usize>, rule: &'r str) {
        if cut.start == self.title.start {
            self.title.start = cut.end;
        } else {
            self.title.end = cut.start;
        }
        self.gone.push((Gone::Title(cut), rule));
    }

    pub(super) fn cut_lines(&mut self, lines: Vec<(usize, &'r str)>) {
        let mut seen = FxHashSet::default();
        for (line, rule) in lines {
            if seen.insert(line) {
                self.gone.push((Gone::Line(line), rule));
            }
        }
        self.alive.retain(|line| !seen.contains(line));
    }

    /// Takes back what went from the body.
    pub(super) fn restore_lines(&mut self, start: &Self) {
        self.alive.clone_from(&start.alive);
        self.gone.retain(|(gone, _)| matches!(gone, Gone::Title(_)));
    }

    /// The cuts in the offsets of the document's text.
    pub(super) fn cuts(&self, page: &Page<'_>) -> Vec<Cut> {
        let cut = |(gone, rule): &(Gone, &'r str)| Cut {
            at: match gone {
                Gone::Title(at) => at.clone(),
                Gone::Line(line) => page.lines[*line].at.clone(),
            },
            rule: (*rule).to_owned().into(),
        };
        self.gone.iter().map(cut).collect()
    }

    /// Of lines that say that the article is over, each with its rule, those whose rule has them in few places.
    pub(super) fn unless_repeated(
        &self,
        page: &Page<'_>,
        closing: &mut [(&str, usize)],
    ) -> Vec<bool> {
        let mut lines = vec![false; page.lines.len()];
        closing.sort_unstable();
        for of_rule in closing.chunk_by(|one, other| one.0 == other.0) {
            let is_parted = |two: &&[(&str, usize)]| self.has_prose(page, two[0].1..two[1].1);
            if of_rule.windows(2).filter(is_parted).count() < MAX_CLOSING_PLACES {
                of_rule.iter().for_each(|(_, line)| lines[*line] = true);
            }
        }
        lines
    }

    /// Whether prose remains among these lines.
    fn has_prose(&self, page: &Page<'_>, lines: Range<usize>) -> bool {
        let from = self.alive.partition_point(|line| *line < lines.start);
        let there = self.alive[from..].iter().take_while(|line| **line < lines.end);
        there.into_iter().any(|line| page.lines[*line].facts().is_prose)
    }
}
