//! What went between the lines that remain, and which lines say that the article is over before them.

/// What went between two lines that remain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Lines.
    pub lines: usize,
    /// Those of them that say that the article is over, and the line behind if it does.
    pub closing: usize,
}

/// Which lines of a page say that the article is over before them: a copyright notice, the heading of the comments.
pub(in super::super) struct Closing {
    /// Of the lines that rules took, and of those that remain.
    pub(in super::super) all: Vec<bool>,
    /// Of those that remain, had the page no others.
    pub(in super::super) alone: Vec<bool>,
}

impl Closing {
    /// What of the page went before each line in `alive`, and behind the last.
    pub(in super::super) fn gaps(&self, alive: &[usize]) -> Vec<Gap> {
        let mut next = 0;
        let gap = |line: &usize| {
            let (gone, with_line) = (next..*line, next..(line + 1).min(self.all.len()));
            next = line + 1;
            let closing = self.all[with_line].iter().filter(|closes| **closes).count();
            Gap { lines: gone.len(), closing }
        };
        let ends = [self.all.len()];
        alive.iter().chain(&ends).map(gap).collect()
    }

    /// The same as if nothing had gone: so will the page look when it is cleaned again.
    pub(super) fn gaps_alone(&self, alive: &[usize]) -> Vec<Gap> {
        let gap = |closes: bool| Gap { lines: 0, closing: usize::from(closes) };
        alive.iter().map(|line| gap(self.alone[*line])).chain([Gap::default()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_what_went_and_what_says_that_the_article_is_over() {
        let closing = Closing {
            all: vec![true, false, false, true, true, false, true],
            alone: vec![false, false, false, false, true, false, false],
        };
        let alive = [1, 4, 5];
        let gap = |(lines, closing)| Gap { lines, closing };
        assert_eq!(closing.gaps(&alive), [(1, 1), (2, 2), (0, 0), (1, 1)].map(gap));
        assert_eq!(closing.gaps_alone(&alive), [(0, 0), (0, 1), (0, 0), (0, 0)].map(gap));
    }
}
