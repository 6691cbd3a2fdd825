//! Cuts a text into blocks: paragraphs, short ones joined and long ones cut, so that each can be judged by itself.

use std::ops::Range;

use memchr::memchr;

/// A paragraph of fewer bytes goes with the next: too little to judge.
const LEAST_BYTES: usize = 80;
/// A longer paragraph is cut behind a sentence: more would hide a foreign sentence or two.
const MOST_BYTES: usize = 450;
/// Where no sentence ends, at a space; where there is none, anywhere.
const LIMIT_BYTES: usize = 900;

/// The blocks of a text, in order; together they are the text.
pub(super) fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::with_capacity(text.len() / MOST_BYTES + 1);
    let mut start = 0;
    while let Some(length) = length_of_first(&text[start..]) {
        blocks.push(start..start + length);
        start += length;
    }
    if start < text.len() {
        blocks.push(start..text.len());
    }
    blocks
}

/// Bytes before the first cut; `None` where there is none.
fn length_of_first(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // Up to here only the end of a paragraph matters, and that is most of the text.
    let early = bytes.get(LEAST_BYTES..MOST_BYTES.min(bytes.len()))?;
    if let Some(at) = memchr(b'\n', early) {
        return Some(LEAST_BYTES + at);
    }
    (MOST_BYTES..bytes.len()).find(|at| match bytes[*at] {
        b'\n' => true,
        b' ' => *at >= LIMIT_BYTES || matches!(bytes[at - 1], b'.' | b'!' | b'?'),
        // Scripts without spaces are cut between characters.
        _ => *at >= 2 * LIMIT_BYTES && text.is_char_boundary(*at),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paragraphs_are_blocks_and_long_ones_are_cut_behind_sentences() {
        let paragraph = "The mill stands by the brook, and the wheel has not turned since spring. ";
        let text = format!("Short.\n{paragraph}{paragraph}\n\n{}\n", paragraph.repeat(12));
        let blocks = blocks(&text);
        assert!(text[blocks[0].clone()].starts_with("Short.\nThe mill"));
        assert!(blocks.len() >= 3, "{blocks:?}");
        let rest = blocks[1..].iter().map(|block| text[block.clone()].trim());
        assert!(rest.filter(|block| !block.is_empty()).all(|block| block.starts_with("The")));
    }

    proptest! {
        #[test]
        fn blocks_are_the_text(text in "(\\PC{0,300}\n?){0,8}") {
            let joined: String = blocks(&text).into_iter().map(|block| &text[block]).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
