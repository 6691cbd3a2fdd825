//! Shingles: overlapping runs of tokens, the pieces that two texts are compared by.
//!
//! A run that begins with a word is `words` tokens long, one that begins with a character of an unspaced script is
//! `characters` tokens long. The length is decided place by place, not once for a document, so that a sentence gives the
//! same shingles whatever stands around it.

use super::fold;
use super::tokens::is_character;

/// How long a shingle is, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths {
    /// Where it begins with a word.
    pub(super) words: usize,
    /// Where it begins with a character of an unspaced script.
    pub(super) characters: usize,
}

/// The distinct shingles of a token stream as 64-bit hashes, ascending. A stream too short for any is one shingle; an
/// empty one has none.
pub(super) fn shingles(lengths: Lengths, tokens: &[u64]) -> Vec<u64> {
    let mut found = Vec::with_capacity(tokens.len());
    for (start, token) in tokens.iter().enumerate() {
        let len = if is_character(*token) { lengths.characters } else { lengths.words };
        if let Some(window) = tokens.get(start..start + len) {
            found.push(hash(window));
        }
    }
    if found.is_empty() && !tokens.is_empty() {
        found.push(hash(tokens));
    }
    found.sort_unstable();
    found.dedup();
    found
}

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const FINISH: u64 = 0x5899_65cc_7537_4cc3;

/// A polynomial over the token hashes, then a finisher: five multiplications that do not wait for the window before.
fn hash(window: &[u64]) -> u64 {
    let sum = window.iter().fold(0u64, |sum, token| sum.wrapping_mul(BASE).wrapping_add(*token));
    fold(sum ^ BASE, FINISH)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    const LENGTHS: Lengths = Lengths { words: 5, characters: 6 };

    fn of(text: &str) -> Vec<u64> {
        shingles(LENGTHS, &tokens(text).hashes)
    }

    #[test]
    fn a_text_of_n_words_has_n_minus_four_shingles() {
        let cases: &[(&str, &str, usize)] = &[
            ("empty", "", 0),
            ("one word", "storm", 1),
            ("four words", "storm hits the coast", 1),
            ("five words", "storm hits the north coast", 1),
            ("eight words", "storm hits the north coast and moves on", 4),
            ("repeats count once", "a b c d e a b c d e a b c d e", 5),
            ("six characters", "北京新闻报道", 1),
            ("eight characters", "北京新闻报道今天", 3),
            ("characters, then words", "北京新闻报道 a b c d", 5),
        ];
        for (name, text, expected) in cases {
            assert_eq!(of(text).len(), *expected, "{name}");
        }
    }

    #[test]
    fn a_sentence_has_the_same_shingles_wherever_it_stands() {
        let sentence =
            "the minister said on friday that 北京新闻报道今天说 was right about the tax";
        let inside =
            of(&format!("今天北京新闻报道说. {sentence}. And then something else entirely."));
        for shingle in of(sentence) {
            assert!(inside.contains(&shingle));
        }
    }
}
