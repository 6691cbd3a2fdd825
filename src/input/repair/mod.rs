//! Repairs of what was wrong with a text before it came into the dump: entities that nobody decoded, and UTF-8 that
//! somebody decoded twice.
//!
//! Both are a matter of representation, as decoding is: what is repaired is the decoded text, on which the offsets of the
//! ledger rest. How much was repaired is counted, and each repair is noted with what stood there before.

mod edits;
mod entities;
mod mojibake;
mod names;

use std::ops::Range;

use super::Options;
use super::decode::{clean, for_each_clean};
use crate::document::{Decoding, Document, Part, Rejection, Repair};

/// A text, and what was repaired in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repaired {
    pub(super) text: String,
    repairs: Vec<Made>,
}

/// A repair at a place of a text that is not yet a document's.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Made {
    at: Range<usize>,
    found: String,
    entities: u32,
    mojibake: u32,
}

/// Repairs a text, and counts what was repaired.
pub(super) fn repaired(before: String, decoding: &mut Decoding) -> Repaired {
    let entities = entities::decoded(&before);
    let decoded = entities.as_ref().map_or(&*before, |(text, _)| text);
    let (text, edits) = match (mojibake::repaired(decoded), entities) {
        (None, None) => return Repaired { text: before, repairs: Vec::new() },
        (None, Some(decoded)) => decoded,
        (Some(repaired), None) => repaired,
        (Some((text, mojibake)), Some((_, entities))) => (text, entities.then(mojibake)),
    };
    let made = |edit: edits::Edit| {
        let found = before[edit.before].to_owned();
        Made { at: edit.after, found, entities: edit.entities, mojibake: edit.mojibake }
    };
    let repairs: Vec<Made> = edits.joined(&before).0.into_iter().map(made).collect();
    for repair in &repairs {
        decoding.entities = decoding.entities.saturating_add(repair.entities);
        decoding.mojibake = decoding.mojibake.saturating_add(repair.mojibake);
    }
    Repaired { text, repairs }
}

impl Repaired {
    /// Cleans the text of control characters.
    ///
    /// # Errors
    ///
    /// What [`clean`] says.
    pub(super) fn clean(mut self, options: &Options) -> Result<Self, Rejection> {
        if !self.repairs.is_empty() {
            self.follow(|text, visit| for_each_clean(text, visit));
        }
        Ok(Self { text: clean(self.text, options)?, repairs: self.repairs })
    }

    /// The text as one line, without control characters and surplus white space.
    pub(super) fn one_line(mut self) -> Self {
        if self.repairs.is_empty() {
            return Self { text: super::fields::one_line(&self.text), repairs: self.repairs };
        }
        self.text = self.follow(|text, visit| for_each_clean(text, visit));
        self.text = self.follow(for_each_of_one_line);
        self
    }

    /// Gives a document the repairs of one of its parts: `within` is where in the text that part lies.
    pub(super) fn note(&self, within: Range<usize>, part: Part, document: &mut Document) {
        let noted = self.repairs.iter().map(|made| {
            let clipped = |at: usize| at.clamp(within.start, within.end) - within.start;
            let at = clipped(made.at.start)..clipped(made.at.end);
            let Made { found, entities, mojibake, .. } = made.clone();
            (at, Repair { found, entities, mojibake, ..Repair::default() })
        });
        document.note_repairs(part, noted);
    }

    /// Those before and those from a place of the text on.
    pub(super) fn split_at(mut self, at: usize) -> (Self, Self) {
        let behind = self.repairs.iter().position(|made| made.at.start >= at);
        let later = self.repairs.split_off(behind.unwrap_or(self.repairs.len()));
        (
            Self { text: String::new(), repairs: self.repairs },
            Self { text: self.text, repairs: later },
        )
    }

    /// What `rewrite` makes of the text, with the places of the repairs in it. `rewrite` tells for characters in their order
    /// where each stands, and where what becomes of it begins.
    fn follow(
        &mut self,
        rewrite: impl FnOnce(&str, &mut dyn FnMut(usize, usize)) -> String,
    ) -> String {
        let bounds = self.repairs.iter().flat_map(|made| [made.at.start, made.at.end]);
        let mut bounds = bounds.collect::<Vec<_>>().into_iter().peekable();
        let mut moved = Vec::with_capacity(2 * self.repairs.len());
        let text = rewrite(&self.text, &mut |before, after| {
            while bounds.next_if(|bound| *bound <= before).is_some() {
                moved.push(after);
            }
        });
        moved.resize(2 * self.repairs.len(), text.len());
        for (made, at) in self.repairs.iter_mut().zip(moved.chunks_exact(2)) {
            made.at = at[0]..at[1];
        }
        text
    }
}

/// The words of a text with one space between them. Tells of each character where it stands, and where it comes to stand.
fn for_each_of_one_line(text: &str, visit: &mut dyn FnMut(usize, usize)) -> String {
    let mut line = String::with_capacity(text.len());
    let mut is_behind_word = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            visit(at, line.len());
            is_behind_word = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut is_behind_word) {
            line.push(' ');
        }
        visit(at, line.len());
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fields::one_line;
    use super::*;

    #[test]
    fn each_repair_says_what_stood_there_and_what_stands_now() {
        type Row = (&'static str, &'static str, u32, u32);
        let table: &[(&str, &[Row])] = &[
            ("plain", &[]),
            ("Salt &amp; Sons", &[("&amp;", "&", 1, 0)]),
            ("the cafÃ© of Salt&#8217;s", &[("Ã©", "é", 0, 1), ("&#8217;", "’", 1, 0)]),
            // One below the other.
            ("the caf&Atilde;&copy;", &[("&Atilde;&copy;", "é", 2, 1)]),
            // What stands side by side is one repair; over a line break it is not.
            (
                "Ð¼Ð¾Ñ\u{81}Ñ‚ Ð¸\nÐ¼Ð¾Ñ\u{81}Ñ‚",
                &[("Ð¼Ð¾Ñ\u{81}Ñ‚ Ð¸", "мост и", 0, 5), ("Ð¼Ð¾Ñ\u{81}Ñ‚", "мост", 0, 4)],
            ),
            ("a&nbsp;\r\nb &#146;c", &[("&nbsp;", "\u{a0}", 1, 0), ("&#146;", "’", 1, 0)]),
        ];
        for (before, expected) in table {
            let mut decoding = Decoding::default();
            let made = repaired((*before).to_owned(), &mut decoding).clean(&Options::default());
            let made = made.unwrap();
            let rows: Vec<_> = made
                .repairs
                .iter()
                .map(|row| (&*row.found, &made.text[row.at.clone()], row.entities, row.mojibake))
                .collect();
            assert_eq!(rows, *expected, "{before}");
            let sums = expected.iter().fold((0, 0), |sums, row| (sums.0 + row.2, sums.1 + row.3));
            assert_eq!((decoding.entities, decoding.mojibake), sums, "{before}");
        }
    }

    proptest! {
        #[test]
        fn the_way_back_is_noted_whole(
            text in "(&amp;|&nbsp;|&#13;|&#146;|Ã©|â€™|Ð¼Ð¾|&Atilde;|&copy;|[a-c .\\r\\n\u{1}]|é){0,24}",
            is_title in any::<bool>(),
        ) {
            let options = Options::default();
            let made = repaired(text.clone(), &mut Decoding::default());
            let plain = match is_title {
                true => one_line(&made.text),
                false => super::super::decode::without_controls(made.text.clone()),
            };
            let clean = if is_title { made.one_line() } else { made.clean(&options).unwrap() };
            prop_assert_eq!(&clean.text, &plain);
            // What stood there put in the place of what stands now is the text before, but for controls and white space.
            let (mut back, mut at) = (String::new(), 0);
            for row in &clean.repairs {
                prop_assert!(at <= row.at.start && row.at.start <= row.at.end);
                back.push_str(&clean.text[at..row.at.start]);
                back.push_str(&row.found);
                at = row.at.end;
            }
            back.push_str(&clean.text[at..]);
            let letters = |text: &str| -> String {
                text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
            };
            prop_assert_eq!(letters(&back), letters(&text));
        }
    }
}
