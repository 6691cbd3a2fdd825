//! The lead: the words that a report begins with, headline included.
//!
//! News says first what is new, so two versions of a report begin with the same names and things, in whatever words. A
//! publisher's reports of two events may share half of their text, be it background or a transcript, and begin with others.

use super::tokens::Tokens;
use crate::document::Document;
use crate::document::days::named;

/// Tokens of a lead: a headline and two sentences.
const TOKENS: usize = 40;
/// Words that are kept, so that a lead takes at most 48 bytes: a tenth of the leads of a dump have more.
pub(super) const MAX_WORDS: usize = 24;
/// Words that both must have, or a share of them would say nothing.
const MIN_WORDS: usize = 6;

/// Hashes of the distinct longer words, ascending. Sixteen bits make two of twenty words agree by chance once in 160 pairs.
///
/// Empty for scripts without spaces, whose words are not known.
pub(super) fn lead(tokens: &Tokens) -> Vec<u16> {
    let first = tokens.hashes.iter().take(TOKENS).enumerate();
    let long = first.filter(|(nth, _)| tokens.long >> nth & 1 == 1);
    // The middle bits: the lowest tells characters from words.
    let mut words: Vec<u16> = long.map(|(_, token)| (token >> 24) as u16).collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(MAX_WORDS);
    words
}

/// Characters of a body in which a report of a day names it: the headline repeated, and two sentences.
const DAY_CHARACTERS: usize = 500;
/// Days that are kept of a lead.
pub(super) const MAX_DAYS: usize = 3;

/// The days that a document names at its beginning with their year, as their numbers since 1970, ascending.
///
/// News of the day does without its year; minutes, bulletins and court reports have it, and come in series: the same words on
/// another day.
pub(super) fn days(document: &Document) -> Vec<u16> {
    let body = document.body();
    let end = body.char_indices().nth(DAY_CHARACTERS).map_or(body.len(), |(end, _)| end);
    let mut days: Vec<u16> = [document.title(), &body[..end]]
        .into_iter()
        .flat_map(named)
        .map(|day| day.number() as u16)
        .collect();
    days.sort_unstable();
    days.dedup();
    days.truncate(MAX_DAYS);
    days
}

/// Whether both leads name days, and none of them is the same.
pub(super) fn are_of_other_days(left: &[u16], right: &[u16]) -> bool {
    !left.is_empty() && !right.is_empty() && !left.iter().any(|day| right.contains(day))
}

/// Share of the words of the shorter lead that stand in the other; `None` where one has too few.
pub(super) fn shared_lead(left: &[u16], right: &[u16]) -> Option<f32> {
    let fewer = left.len().min(right.len());
    let shared = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    (fewer >= MIN_WORDS).then(|| shared as f32 / fewer as f32)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn of(text: &str) -> Vec<u16> {
        lead(&tokens(text))
    }

    #[test]
    fn a_lead_is_known_by_its_longer_words() {
        let council =
            "Council of Elmsford closes the northern ferry\n\nThe council voted on Monday.";
        let cases = [
            ("itself", council, council, Some(1.0)),
            (
                "in other words",
                council,
                "ELMSFORD: “Northern” ferry closes on Monday as council votes",
                Some(6.0 / 7.0),
            ),
            (
                "another event",
                council,
                "Mayor Harlan Breck resigns after quarrel over harbour bridge of Tidewater",
                Some(0.0),
            ),
            ("too few words", council, "The ferry of Elmsford is closed", None),
            ("no words", council, "北京新闻报道今天说北京新闻报道", None),
            ("nothing", council, "", None),
        ];
        let shared = |left, right| shared_lead(&of(left), &of(right));
        for (name, left, right, expected) in cases {
            assert_eq!(shared(left, right), expected, "{name}");
            assert_eq!(shared(right, left), expected, "{name}, turned");
        }
    }

    #[test]
    fn what_stands_behind_the_lead_does_not_count() {
        let text = |count: u32| (0..count).map(|n| format!("word{n} ")).collect::<String>();
        assert_eq!(of(&text(40)), of(&text(90)));
        assert_eq!(of(&text(90)).len(), MAX_WORDS);
        assert!(of(&text(39)).len() <= MAX_WORDS);
    }
}
