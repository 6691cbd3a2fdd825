//! Which lines go with one that matches: itself, the block under it, or all to an end of the page.

use std::iter;
use std::ops::Range;

use super::check::Check;
use super::guard::Spot;
use super::page::Facts;
use super::rule::{Kind, Rule};

/// Which of the remaining lines go with a match.
pub(super) fn reach(rule: &Rule, spot: &Spot<'_>) -> Range<usize> {
    let (position, count) = (spot.position, spot.alive.len());
    match rule.kind {
        Kind::Line | Kind::Sentence | Kind::TitleSuffix | Kind::TitlePrefix => {
            position..position + 1
        }
        Kind::Block => {
            let most = rule.guards.max_items.unwrap_or(5).min(count - position - 1);
            let is_item = |at: &usize| is_item(spot, *at);
            let items = (position + 1..position + 1 + most).take_while(is_item).count();
            position..position + 1 + items
        }
        Kind::Tail => position..count,
        Kind::Head => 0..position + 1,
    }
}

/// The conditions on the lines that go with a match, the cheap ones first: those that follow one that fails are not looked at.
pub(super) fn conditions<'s>(
    rule: &'s Rule,
    spot: &'s Spot<'_>,
    span: &'s Range<usize>,
) -> impl Iterator<Item = Check> + 's {
    let guards = &rule.guards;
    let is_end = matches!(rule.kind, Kind::Tail | Kind::Head);
    let others = || span.clone().filter(|at| *at != spot.position).map(|at| spot.facts(at));
    let min_items =
        guards.min_items.map(|least| Check::at_least("min-items", span.len() - 1, least));
    let max_lines =
        is_end.then(|| Check::at_most("max-lines", span.len(), guards.max_lines.unwrap_or(12)));
    let max_prose = move || {
        is_end.then(|| {
            let prose = others().filter(|facts| facts.is_prose).count();
            Check::at_most("max-prose", prose, guards.max_prose.unwrap_or(0))
        })
    };
    let max_sentences = move || {
        let most = guards.max_sentences.filter(|_| is_end)?;
        let is_sentence = |facts: &Facts| facts.words >= 5 && !facts.is_headline;
        Some(Check::at_most("max-sentences", others().filter(is_sentence).count(), most))
    };
    let later = iter::once_with(max_prose).chain(iter::once_with(max_sentences));
    min_items.into_iter().chain(max_lines).chain(later.flatten())
}

/// A headline in a list of links: a few words, no sentence.
fn is_item(spot: &Spot<'_>, position: usize) -> bool {
    let facts = spot.facts(position);
    facts.is_headline && (5..=20).contains(&facts.words) && !facts.is_post && !facts.is_stamp
}
