//! Which of a document's recurring lines go: those that stand where furniture stands.

use super::LearnedBoilerplate;
use super::known::EntryPlace;
use super::lines::LABEL_CHARS;
use crate::document::Line;
use crate::stage::Place;

/// Why a line may be boilerplate, and where it then stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Claim {
    /// This corpus shows it.
    Learned(Place),
    /// A file says so.
    Known(EntryPlace),
}

/// Lines of the article's own, in a row, that furniture may have in its midst: a date, an author, a headline.
const MAX_OWN_LINES: usize = 1;

impl LearnedBoilerplate {
    /// Which lines go, and by which rule, ascending.
    ///
    /// A known line goes only at its place. What went between it and the end of the page does not count, so that
    /// cleaning again finds nothing.
    pub(super) fn furniture(
        &self,
        lines: &[Line<'_>],
        claims: &[Option<Claim>],
    ) -> Vec<(usize, &'static str)> {
        let recurs: Vec<_> = claims.iter().map(Option::is_some).collect();
        let reached = reached_from_the_edges(&recurs);
        let mut rules: Vec<Option<&'static str>> = vec![None; lines.len()];
        loop {
            let alive: Vec<_> = (0..lines.len()).filter(|line| rules[*line].is_none()).collect();
            for (position, line) in alive.iter().enumerate() {
                let Some(claim) = claims[*line] else { continue };
                let is_label = lines[*line].text.chars().nth(LABEL_CHARS).is_none();
                let Reached { from_head, from_tail } = reached[*line];
                let at_head = from_head || !is_label && position < self.options.edge_lines;
                let at_tail =
                    from_tail || !is_label && position + self.options.edge_lines >= alive.len();
                let is_furniture = match claim {
                    Claim::Learned(_) => from_head || from_tail || !is_label,
                    Claim::Known(EntryPlace::Head) => at_head,
                    Claim::Known(EntryPlace::Tail) => at_tail,
                    Claim::Known(_) => at_head || at_tail,
                };
                rules[*line] = is_furniture.then(|| match claim {
                    Claim::Learned(place) => rule(place),
                    Claim::Known(place) => place.rule(),
                });
            }
            if alive.iter().all(|line| rules[*line].is_none()) {
                break;
            }
        }
        let gone = rules.into_iter().enumerate();
        gone.filter_map(|(line, rule)| Some((line, rule?))).collect()
    }
}

/// Which recurring lines are part of the furniture at an end of the page: from that end on, no two lines in a row come
/// before them that are the article's own. A table's row labels recur as well, but with figures between them.
pub(super) fn reached_from_the_edges(recurs: &[bool]) -> Vec<Reached> {
    let mut reached = vec![Reached::default(); recurs.len()];
    let mut reach = |positions: &mut dyn Iterator<Item = usize>, mark: fn(&mut Reached)| {
        let mut own_lines = 0;
        for position in positions {
            own_lines = if recurs[position] { 0 } else { own_lines + 1 };
            if own_lines > MAX_OWN_LINES {
                return;
            }
            mark(&mut reached[position]);
        }
    };
    reach(&mut (0..recurs.len()), |reached| reached.from_head = true);
    reach(&mut (0..recurs.len()).rev(), |reached| reached.from_tail = true);
    reached
}

/// From which ends of the page furniture reaches to a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) from_head: bool,
    pub(super) from_tail: bool,
}

fn rule(place: Place) -> &'static str {
    match place {
        Place::Head => "recurs-at-head",
        Place::Tail => "recurs-at-tail",
        Place::Anywhere => "recurs-at-edge",
    }
}
