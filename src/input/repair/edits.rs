//! What was changed where, kept exact through several rounds of changes.

use std::ops::Range;

/// A piece of a text that took the place of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    /// In the text before, in bytes.
    pub(super) before: Range<usize>,
    /// In the text after, in bytes.
    pub(super) after: Range<usize>,
    /// Entities that were decoded, and characters that were written in UTF-8 twice.
    pub(super) entities: u32,
    pub(super) mojibake: u32,
}

/// Edits in the order of the text, none within another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edits(pub(super) Vec<Edit>);

/// Repairs that are not further apart than this are one: in a text that is nothing else, words are.
const MAX_GAP_BYTES: usize = 1;

impl Edits {
    /// These edits and then those, which were made to what came out of these, as edits of the text before both.
    pub(super) fn then(self, later: Self) -> Self {
        if self.0.is_empty() {
            return later;
        }
        let mut earlier = self.0.into_iter().peekable();
        let mut later = later.0.into_iter().peekable();
        // How far a place in the text between lies from the same place before and after.
        let (mut to_before, mut to_after) = (0isize, 0isize);
        let mut both = Vec::new();
        loop {
            let next = match (earlier.peek(), later.peek()) {
                (Some(a), Some(b)) => a.after.start.min(b.before.start),
                (Some(a), None) => a.after.start,
                (None, Some(b)) => b.before.start,
                (None, None) => return Self(both),
            };
            let mut between = next..next;
            let mut edit = Edit {
                before: moved(next, to_before)..0,
                after: moved(next, to_after)..0,
                entities: 0,
                mojibake: 0,
            };
            let is_in = |start: usize, between: &Range<usize>| {
                start < between.end || (start == next && between.is_empty())
            };
            loop {
                if let Some(a) = earlier.next_if(|a| is_in(a.after.start, &between)) {
                    to_before += a.before.len() as isize - a.after.len() as isize;
                    between.end = between.end.max(a.after.end);
                    edit.entities += a.entities;
                    edit.mojibake += a.mojibake;
                } else if let Some(b) = later.next_if(|b| is_in(b.before.start, &between)) {
                    to_after += b.after.len() as isize - b.before.len() as isize;
                    between.end = between.end.max(b.before.end);
                    edit.entities += b.entities;
                    edit.mojibake += b.mojibake;
                } else {
                    break;
                }
            }
            edit.before.end = moved(between.end, to_before);
            edit.after.end = moved(between.end, to_after);
            both.push(edit);
        }
    }

    /// The same with neighbours in one, where nothing but a character that is no line break stands between them.
    pub(super) fn joined(self, before: &str) -> Self {
        let mut joined: Vec<Edit> = Vec::with_capacity(self.0.len());
        for edit in self.0 {
            match joined.last_mut() {
                Some(last)
                    if edit.before.start - last.before.end <= MAX_GAP_BYTES
                        && !before[last.before.end..edit.before.start].contains('\n') =>
                {
                    last.before.end = edit.before.end;
                    last.after.end = edit.after.end;
                    last.entities += edit.entities;
                    last.mojibake += edit.mojibake;
                }
                _ => joined.push(edit),
            }
        }
        Self(joined)
    }
}

fn moved(at: usize, by: isize) -> usize {
    at.checked_add_signed(by).expect("edits lie within their texts")
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The text that comes out where the edits put pieces of `after` into `before`.
    pub(in super::super) fn carried_out(before: &str, after: &str, edits: &Edits) -> String {
        let (mut text, mut at) = (String::new(), 0);
        for edit in &edits.0 {
            text.push_str(&before[at..edit.before.start]);
            assert_eq!(text.len(), edit.after.start, "{edits:?}");
            text.push_str(&after[edit.after.clone()]);
            at = edit.before.end;
        }
        text.push_str(&before[at..]);
        text
    }

    /// Replaces letters at random: `(pass over, take away, put in)`.
    fn edited(before: &str, steps: &[(usize, usize, usize)], letter: char) -> (String, Edits) {
        let (mut after, mut edits, mut at) = (String::new(), Vec::new(), 0);
        for (pass, take, put) in steps {
            let start = (at + pass).min(before.len());
            let end = (start + take).min(before.len());
            after.push_str(&before[at..start]);
            let from = after.len();
            after.extend(std::iter::repeat_n(letter, *put));
            let after = from..after.len();
            edits.push(Edit { before: start..end, after, entities: 1, mojibake: 0 });
            at = end;
        }
        after.push_str(&before[at..]);
        (after, Edits(edits))
    }

    proptest! {
        #[test]
        fn two_rounds_are_one_and_no_repair_is_lost(
            before in "[a-m ]{0,24}",
            first in proptest::collection::vec((0usize..5, 0usize..4, 0usize..4), 0..6),
            second in proptest::collection::vec((0usize..5, 0usize..4, 0usize..4), 0..6),
        ) {
            let (between, a) = edited(&before, &first, 'X');
            let (after, b) = edited(&between, &second, 'Y');
            let both = a.then(b);
            prop_assert_eq!(&carried_out(&before, &after, &both), &after);
            let count: u32 = both.0.iter().map(|edit| edit.entities).sum();
            prop_assert_eq!(count as usize, first.len() + second.len());
            let joined = both.joined(&before);
            prop_assert_eq!(&carried_out(&before, &after, &joined), &after);
            let count: u32 = joined.0.iter().map(|edit| edit.entities).sum();
            prop_assert_eq!(count as usize, first.len() + second.len());
        }
    }
}
