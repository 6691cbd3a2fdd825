//! The lead: the words that a report begins with, headline included.
//!
//! News says first what is new, so two versions of a report begin with the same names and things, in whatever words. A
//! publisher's reports of two events may share half of their text, be it background or a transcript, and begin with others.

use std::collections::BTreeSet;

use super::tokens::{is_character, placed_tokens};

/// Tokens of a lead: a headline and two sentences.
const TOKENS: usize = 40;
/// Bytes in which they stand at most; words of forty bytes are none.
const MAX_BYTES: usize = 40 * TOKENS;
/// Characters that a word of it must have: shorter ones are mostly articles and prepositions.
const MIN_CHARS: usize = 4;
/// Words that are kept, so that a lead takes at most 48 bytes: a tenth of the leads of a dump have more.
pub(super) const MAX_WORDS: usize = 24;
/// Words that both must have, or a share of them would say nothing.
const MIN_WORDS: usize = 6;

/// Hashes of the distinct longer words, ascending. Sixteen bits make two of twenty words agree by chance once in 160 pairs.
///
/// Empty for scripts without spaces, whose words are not known.
pub(super) fn lead(text: &str) -> Vec<u16> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let long = |(token, at): &(u64, std::ops::Range<usize>)| {
        !is_character(*token) && text[at.clone()].chars().count() >= MIN_CHARS
    };
    let tokens = placed_tokens(text);
    // The middle bits: the lowest tells characters from words.
    let words = tokens.iter().take(TOKENS).filter(|token| long(token));
    let words: BTreeSet<u16> = words.map(|(token, _)| (token >> 24) as u16).collect();
    words.into_iter().take(MAX_WORDS).collect()
}

/// Share of the words of the shorter lead that stand in the other; `None` where one has too few.
pub(super) fn shared_lead(left: &[u16], right: &[u16]) -> Option<f32> {
    let fewer = left.len().min(right.len());
    let shared = left.iter().filter(|word| right.binary_search(word).is_ok()).count();
    (fewer >= MIN_WORDS).then(|| shared as f32 / fewer as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for (name, left, right, expected) in cases {
            assert_eq!(shared_lead(&lead(left), &lead(right)), expected, "{name}");
            assert_eq!(shared_lead(&lead(right), &lead(left)), expected, "{name}, turned");
        }
    }

    #[test]
    fn what_stands_behind_the_lead_does_not_count() {
        let text = |count: u32| (0..count).map(|n| format!("word{n} ")).collect::<String>();
        assert_eq!(lead(&text(40)), lead(&text(90)));
        assert_eq!(lead(&text(90)).len(), MAX_WORDS);
        assert!(lead(&text(39)).len() <= MAX_WORDS);
    }
}
