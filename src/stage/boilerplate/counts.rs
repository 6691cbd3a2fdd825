//! What guards count over all lines that remain. Counted for each match anew, a page of nothing but matches would cost the
//! square of its lines.

use std::cell::{Cell, RefCell};
use std::ptr;

use rustc_hash::FxHashMap;

use super::page::{Facts, Page};
use super::rule::Rule;

/// The counts of one round, each made when it is first asked for.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) prose: Tally,
    pub(super) stamps: Tally,
    /// Matches by their rule.
    matches: RefCell<FxHashMap<*const Rule, usize>>,
}

/// How many lines are of a kind, counted from the first on and no further than anybody asked.
#[derive(Default)]
pub(super) struct Tally {
    looked_at: Cell<usize>,
    found: Cell<usize>,
}

impl Counts {
    /// How many of the remaining lines match a rule.
    pub(super) fn matches(&self, rule: &Rule, count: impl FnOnce() -> usize) -> usize {
        if let Some(known) = self.matches.borrow().get(&ptr::from_ref(rule)) {
            return *known;
        }
        let counted = count();
        self.matches.borrow_mut().insert(ptr::from_ref(rule), counted);
        counted
    }
}

impl Tally {
    /// How many of the remaining lines are of the kind; `enough` where there are more.
    pub(super) fn up_to(
        &self,
        enough: usize,
        page: &Page<'_>,
        alive: &[usize],
        is_wanted: fn(Facts) -> bool,
    ) -> usize {
        let (mut at, mut found) = (self.looked_at.get(), self.found.get());
        while found < enough && at < alive.len() {
            found += usize::from(is_wanted(page.lines[alive[at]].facts()));
            at += 1;
        }
        self.looked_at.set(at);
        self.found.set(found);
        found.min(enough)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::document::{DocId, Document};

    #[test]
    fn no_line_is_looked_at_twice_and_none_that_nobody_asked_for() {
        static LOOKS: AtomicUsize = AtomicUsize::new(0);
        let is_short = |facts: Facts| {
            LOOKS.fetch_add(1, Ordering::Relaxed);
            facts.words < 3
        };
        let document = Document::new(DocId(0), "a.txt", "s", "T", "a\nb\none two three\nc\nd");
        let page = Page::new(&document, 80);
        let alive = [0, 1, 2, 3];
        let tally = Tally::default();
        for (enough, found, looks) in [(1, 1, 1), (2, 2, 2), (9, 3, 4), (2, 2, 4), (9, 3, 4)] {
            assert_eq!(tally.up_to(enough, &page, &alive, is_short), found);
            assert_eq!(LOOKS.load(Ordering::Relaxed), looks, "{enough}");
        }
    }
}
