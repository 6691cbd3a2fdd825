//! Shingles: overlapping runs of tokens, the pieces that two texts are compared by.
//!
//! A run that begins with a word is `words` tokens long, one that begins with a character of an unspaced script is
//! `characters` tokens long. The length is decided place by place, not once for a document, so that a sentence gives the
//! same shingles whatever stands around it.

use std::ops::Range;

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

/// How many shingles a token stream has, repeats included; a stream too short for any is one, an empty one has none.
/// `characters` is how many of the tokens are characters of an unspaced script.
pub(super) fn windows(lengths: Lengths, tokens: &[u64], characters: usize) -> u32 {
    let all = match characters {
        0 => (tokens.len() + 1).saturating_sub(lengths.words),
        _ => {
            let starts = 0..tokens.len();
            starts.filter(|start| window(lengths, tokens, *start).is_some()).count()
        }
    };
    // A document of 2^32 tokens would not fit the reader's limits.
    all.max(usize::from(!tokens.is_empty())) as u32
}

/// A shingle hash and the token that its first occurrence begins with.
pub(super) type Placed = (u64, usize);

/// The `count` smallest distinct shingle hashes of a token stream, ascending; fewer where there are no more.
/// `characters` is how many of the tokens are characters of an unspaced script.
///
/// Hashes are spread evenly, so where the smallest will end is known beforehand: only half as many again as wanted are
/// ever sorted, and where that is too few, three times as many, and so on.
pub(super) fn smallest(
    lengths: Lengths,
    tokens: &[u64],
    characters: usize,
    count: usize,
) -> Vec<Placed> {
    let likely = count as f64 + 3.5 * (count as f64).sqrt() + 4.0;
    let bound = match tokens.len() as f64 / likely {
        times if times > 1.0 => (u64::MAX as f64 / times) as u64,
        _ => u64::MAX,
    };
    let mut bound = bound;
    loop {
        let found = below(bound, lengths, tokens, characters, count);
        if found.len() >= count || bound == u64::MAX {
            return found;
        }
        // Repeats or chance left too few: of three characters of a long text, most are repeated.
        bound = bound.saturating_mul(3);
    }
}

/// Hands each window of a token stream over, as a range of tokens, with its hash.
pub(super) fn each_window(
    lengths: Lengths,
    tokens: &[u64],
    mut take: impl FnMut(Range<usize>, u64),
) {
    for start in 0..tokens.len() {
        if let Some(window) = window(lengths, tokens, start) {
            take(start..start + window.len(), hash(window));
        }
    }
}

fn below(
    bound: u64,
    lengths: Lengths,
    tokens: &[u64],
    characters: usize,
    count: usize,
) -> Vec<Placed> {
    let mut found = Vec::new();
    match (characters, lengths.words, lengths.characters) {
        // The default lengths, with loops of a known length.
        (0, 5, _) => below_in_words::<5>(bound, tokens, &mut found),
        (0, 2, _) => below_in_words::<2>(bound, tokens, &mut found),
        (_, 5, 6) => below_in_both::<5>(bound, tokens, &mut found),
        (_, 2, 3) => below_in_both::<2>(bound, tokens, &mut found),
        _ => each_window(lengths, tokens, |window, hash| {
            if hash <= bound {
                found.push((hash, window.start));
            }
        }),
    }
    let is_short = found.is_empty() && windows_are_none(lengths, tokens);
    if is_short && !tokens.is_empty() {
        found.push((hash(tokens), 0));
    }
    found.sort_unstable();
    found.dedup_by_key(|(hash, _)| *hash);
    found.truncate(count);
    found
}

fn below_in_words<const LEN: usize>(bound: u64, tokens: &[u64], found: &mut Vec<Placed>) {
    for (start, window) in tokens.windows(LEN).enumerate() {
        let Some(window) = window.first_chunk::<LEN>() else { continue };
        let hash = hash(window);
        if hash <= bound {
            found.push((hash, start));
        }
    }
}

/// Of windows of `LEN` tokens that begin with a word, and of one more that begin with a character.
fn below_in_both<const LEN: usize>(bound: u64, tokens: &[u64], found: &mut Vec<Placed>) {
    for (start, longer) in tokens.windows(LEN + 1).enumerate() {
        let (Some(window), Some(last)) = (longer.first_chunk::<LEN>(), longer.last()) else {
            continue;
        };
        let sum = sum(window);
        let longer = sum.wrapping_mul(BASE).wrapping_add(*last);
        let hash = finish(if is_character(window[0]) { longer } else { sum });
        if hash <= bound {
            found.push((hash, start));
        }
    }
    // The last place has no room for the longer one.
    let Some(window) = tokens.last_chunk::<LEN>().filter(|window| !is_character(window[0])) else {
        return;
    };
    let hash = hash(window);
    if hash <= bound {
        found.push((hash, tokens.len() - LEN));
    }
}

fn windows_are_none(lengths: Lengths, tokens: &[u64]) -> bool {
    (0..tokens.len()).all(|start| window(lengths, tokens, start).is_none())
}

fn window(lengths: Lengths, tokens: &[u64], start: usize) -> Option<&[u64]> {
    let len = if is_character(tokens[start]) { lengths.characters } else { lengths.words };
    tokens.get(start..start + len)
}

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
const FINISH: u64 = 0x5899_65cc_7537_4cc3;

/// A polynomial over the token hashes, then a finisher: five multiplications that do not wait for the window before.
fn hash(window: &[u64]) -> u64 {
    finish(sum(window))
}

fn sum(window: &[u64]) -> u64 {
    window.iter().fold(0u64, |sum, token| sum.wrapping_mul(BASE).wrapping_add(*token))
}

fn finish(sum: u64) -> u64 {
    fold(sum ^ BASE, FINISH)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::tokens::tokens;
    use super::*;

    const LENGTHS: Lengths = Lengths { words: 5, characters: 6 };

    fn characters(tokens: &[u64]) -> usize {
        tokens.iter().filter(|token| is_character(**token)).count()
    }

    fn of(text: &str) -> Vec<u64> {
        let hashes = tokens(text).hashes;
        let found = smallest(LENGTHS, &hashes, characters(&hashes), 1 << 20);
        found.into_iter().map(|(hash, _)| hash).collect()
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
            let repeats = if text.starts_with("a b c d e a") { 6 } else { 0 };
            let hashes = tokens(text).hashes;
            let windows = windows(LENGTHS, &hashes, characters(&hashes)) as usize;
            assert_eq!(windows, *expected + repeats, "{name}, repeats included");
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

    proptest! {
        #[test]
        fn the_smallest_are_those_of_all_windows(
            // Few different tokens, so that most windows are repeats.
            stream in proptest::collection::vec(0u64..9, 0..400),
            count in 1usize..60,
            lengths in prop::sample::select(vec![(5, 6), (2, 3), (4, 4)]),
            are_all_words in any::<bool>(),
        ) {
            let lengths = Lengths { words: lengths.0, characters: lengths.1 };
            let only_words = if are_all_words { !1 } else { u64::MAX };
            let stream: Vec<u64> = stream.into_iter().map(|token| token & only_words).collect();
            let mut all = BTreeMap::new();
            each_window(lengths, &stream, |at, hash| {
                all.entry(hash).or_insert(at.start);
            });
            if all.is_empty() && !stream.is_empty() {
                all.insert(hash(&stream), 0);
            }
            let expected: Vec<Placed> = all.into_iter().take(count).collect();
            prop_assert_eq!(smallest(lengths, &stream, characters(&stream), count), expected);
        }
    }
}
