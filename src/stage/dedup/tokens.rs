//! The token stream: what a text says, without how it is set.
//!
//! A token is a run of letters, digits and `_`, with the combining marks that belong to it, as `letters.rs` writes them; in
//! scripts that put no space between words (Han, kana, Thai, Lao, Khmer, Myanmar) it is one character. Punctuation, quotes
//! and spaces vanish; digits stay, because figures are often all that tells two reports apart. A token is only ever its
//! 64-bit hash, the same on every machine.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::fold;
use super::letters::{Kind, Letter, each_written, is_composed};

/// The tokens of a text, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// 64-bit hashes. The lowest bit tells a character of an unspaced script (1) from a word (0).
    pub(super) hashes: Vec<u64>,
    /// Hashes of the tokens that begin with a digit, in order.
    pub(super) numbers: Vec<u64>,
    /// How many tokens are characters.
    pub(super) characters: usize,
    /// Bit `n` says that the `n`th token is a word of at least [`LONG`] letters; for the first 64.
    pub(super) long: u64,
}

/// Letters of a long word: shorter ones are mostly articles and prepositions.
pub(super) const LONG: usize = 4;

/// Reads the tokens of a text.
pub(super) fn tokens(text: &str) -> Tokens {
    let bytes = text.as_bytes();
    // English has about one token in six bytes; other scripts grow the buffer a little.
    let mut found = Tokens { hashes: Vec::with_capacity(bytes.len() / 6 + 1), ..Tokens::default() };
    let mut word = Word::default();
    each_run(bytes, |run, is_ascii| match is_ascii {
        true => {
            let is_number = bytes[run.start].is_ascii_digit();
            found.push_word(ascii_word(bytes, &run), is_number, run.len());
        }
        false => found.push_all(&text[run], &mut word),
    });
    found
}

/// The same tokens with the bytes in which each stands.
pub(super) fn placed_tokens(text: &str) -> Vec<(u64, Range<usize>)> {
    let (mut placed, mut word) = (Vec::new(), Word::default());
    each_token(text, &mut word, |token, at| {
        let (Token::Word { hash, .. } | Token::Character(hash)) = token;
        placed.push((hash, at));
    });
    placed
}

/// Whether a token is one character of an unspaced script.
pub(super) fn is_character(token: u64) -> bool {
    token & 1 == 1
}

impl Tokens {
    fn push_word(&mut self, hash: u64, is_number: bool, letters: usize) {
        let place = self.hashes.len();
        if place < 64 {
            self.long |= u64::from(letters >= LONG) << place;
        }
        self.hashes.push(hash);
        if is_number {
            self.numbers.push(hash);
        }
    }

    /// Adds the tokens of a text that is not ASCII.
    #[inline(never)]
    fn push_all(&mut self, text: &str, word: &mut Word) {
        each_token(text, word, |token, _| match token {
            Token::Word { hash, is_number, letters } => self.push_word(hash, is_number, letters),
            Token::Character(hash) => {
                self.hashes.push(hash);
                self.characters += 1;
            }
        });
    }
}

const BLOCK: usize = 64;

/// Hands over the longest runs of bytes that are ASCII letters, digits, `_` or not ASCII, and whether they are ASCII.
///
/// The bytes of a block are classified together, eight at a time, into a bit each: where a run begins or ends is then found
/// without looking at them one by one.
fn each_run(bytes: &[u8], mut take: impl FnMut(Range<usize>, bool)) {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    // At least one byte of it is a zero, which ends the last run.
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    // An open run: where it began, and whether bytes of earlier blocks were beyond ASCII.
    let (mut open, mut start, mut is_beyond) = (false, 0, false);
    for (nth, block) in blocks.iter().chain([&last]).enumerate() {
        let at = nth * BLOCK;
        let Classes { words, beyond } = classes(block);
        let mut edges = words ^ (words << 1 | u64::from(open));
        // Bits of the block that the open run may have.
        let mut own = u64::MAX;
        loop {
            if open {
                if edges == 0 {
                    is_beyond |= beyond & own != 0;
                    break;
                }
                let end = edges.trailing_zeros();
                edges &= edges - 1;
                is_beyond |= beyond & own & ((1 << end) - 1) != 0;
                take(start..at + end as usize, !is_beyond);
                (open, is_beyond) = (false, false);
            }
            if edges == 0 {
                break;
            }
            let first = edges.trailing_zeros();
            edges &= edges - 1;
            (open, start, own) = (true, at + first as usize, u64::MAX << first);
        }
    }
}

/// A bit for each byte of a block.
struct Classes {
    /// Letters, digits, `_`, and bytes beyond ASCII.
    words: u64,
    /// Bytes beyond ASCII.
    beyond: u64,
}

fn classes(block: &[u8; BLOCK]) -> Classes {
    let (eights, _) = block.as_chunks::<8>();
    let mut classes = Classes { words: 0, beyond: 0 };
    for (nth, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        classes.words |= gathered(!non_word_bytes(eight)) << (8 * nth);
        classes.beyond |= gathered(eight) << (8 * nth);
    }
    classes.words |= classes.beyond;
    classes
}

/// The highest bits of eight bytes as one byte: the multiplication brings each to its place above the others.
fn gathered(eight: u64) -> u64 {
    (eight >> 7 & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is no ASCII letter, digit or `_`. Sums of seven-bit bytes do not run over into the
/// next byte: a byte plus 0x80 - x has its highest bit set from x on.
fn non_word_bytes(eight: u64) -> u64 {
    let from = |bytes: u64, first: u8| bytes + u64::from(0x80 - first) * ONES;
    let low = eight & (0x7f * ONES);
    let small = low | LOWER;
    let letter = from(small, b'a') & !from(small, b'z' + 1);
    let digit = from(low, b'0') & !from(low, b'9' + 1);
    let underscore = !from(low ^ (u64::from(b'_') * ONES), 1);
    (!(letter | digit | underscore) | eight) & (0x80 * ONES)
}

/// Hashes an ASCII word. Most fit into eight bytes, which are read at once.
fn ascii_word(bytes: &[u8], at: &Range<usize>) -> u64 {
    let len = at.len();
    let word = &bytes[at.clone()];
    let (eights, rest) = word.as_chunks::<8>();
    let last = match (bytes[at.start..].first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(eight), _) if len <= 8 => {
            let own = u64::from_le_bytes(*eight) & (u64::MAX >> (64 - 8 * len));
            let hash = fold(SEED ^ len as u64 ^ (own | LOWER), STEP_ASCII);
            return fold(hash ^ STEP_ASCII, SEED) & !1;
        }
        // A copy of unknown length would cost a call.
        (_, Some(eight)) => u64::from_le_bytes(*eight).unbounded_shr(64 - 8 * rest.len() as u32),
        _ => rest.iter().rev().fold(0, |last, byte| last << 8 | u64::from(*byte)),
    };
    hash(len, eights.iter().map(|eight| u64::from_le_bytes(*eight)), last, true)
}

/// One token.
enum Token {
    Word {
        hash: u64,
        is_number: bool,
        /// How many, marks among them.
        letters: usize,
    },
    Character(u64),
}

/// Hands over the tokens of a text with the bytes in which they stand, character by character.
fn each_token(text: &str, word: &mut Word, mut take: impl FnMut(Token, Range<usize>)) {
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let letter = Letter::of(character);
        match letter.kind() {
            Kind::Letter | Kind::Mark => {
                if word.letters == 0 {
                    start = at;
                }
                word.push(character, letter);
            }
            Kind::Invisible => {}
            kind => {
                if word.letters > 0 {
                    take(word.finish(&text[start..at]), start..at);
                }
                if kind == Kind::Character {
                    let hash = fold(u64::from(character) ^ SEED, STEP_UNICODE) | 1;
                    take(Token::Character(hash), at..at + character.len_utf8());
                }
            }
        }
    }
    if word.letters > 0 {
        take(word.finish(&text[start..]), start..text.len());
    }
}

/// A word while it is read: its UTF-8, eight bytes a number.
#[derive(Default)]
struct Word {
    eights: Vec<u64>,
    /// Bytes that do not make eight yet.
    last: u64,
    len: usize,
    letters: usize,
    is_number: bool,
    is_beyond_ascii: bool,
    /// The character before, for marks.
    before: char,
    /// Whether some of its letters have their accents behind them.
    is_decomposed: bool,
}

impl Word {
    fn push(&mut self, character: char, letter: Letter) {
        if self.letters == 0 {
            self.is_number = letter.is_numeric();
        }
        if letter.kind() == Kind::Mark {
            // The dot of a small i is that of a Turkish capital.
            if (self.before, character) == ('i', '\u{307}') {
                return;
            }
            self.is_decomposed |= is_composed(self.before, character);
        }
        self.before = character;
        match letter.written() {
            (_, 0) => self.spell(character),
            (utf8, len) => self.push_utf8(utf8, len),
        }
    }

    /// Adds a letter that is written as several, or outside the basic plane.
    #[cold]
    fn spell(&mut self, character: char) {
        each_written(character, |letter| {
            let mut utf8 = [0; 4];
            let len = letter.encode_utf8(&mut utf8).len();
            self.push_utf8(u32::from_le_bytes(utf8), len as u32);
        });
    }

    /// Adds a letter as it is written.
    fn push_utf8(&mut self, utf8: u32, len: u32) {
        let free = 8 - self.len % 8;
        self.letters += 1;
        self.last |= u64::from(utf8) << (8 * (self.len % 8));
        if len as usize >= free {
            self.eights.push(self.last);
            self.last = u64::from(utf8).checked_shr(8 * free as u32).unwrap_or(0);
        }
        self.len += len as usize;
        self.is_beyond_ascii |= utf8 > 0x7f;
    }

    /// Ends the word, which stands in `text`, and is ready for the next.
    fn finish(&mut self, text: &str) -> Token {
        if self.is_decomposed {
            self.clear();
            for character in text.nfc() {
                let letter = Letter::of(character);
                if matches!(letter.kind(), Kind::Letter | Kind::Mark) {
                    self.push(character, letter);
                }
            }
        }
        let (is_number, letters) = (self.is_number, self.letters);
        let eights = self.eights.iter().copied();
        let hash = hash(self.len, eights, self.last, !self.is_beyond_ascii);
        self.clear();
        Token::Word { hash, is_number, letters }
    }

    fn clear(&mut self) {
        let mut eights = std::mem::take(&mut self.eights);
        eights.clear();
        *self = Self { eights, ..Self::default() };
    }
}

const SEED: u64 = 0xa076_1d64_78bd_642f;
const STEP_ASCII: u64 = 0xe703_7ed1_a0b4_28db;
const STEP_UNICODE: u64 = 0x8ebc_6af0_9c88_c6e3;
/// Sets the bit that makes ASCII letters small. Digits have it; `_` becomes a byte that no word holds.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// Hashes a word from its bytes, eight at a time, the last of them filled up with zeros. ASCII in capitals is as in small
/// letters.
fn hash(len: usize, eights: impl Iterator<Item = u64>, last: u64, is_ascii: bool) -> u64 {
    let (mask, step) = if is_ascii { (LOWER, STEP_ASCII) } else { (0, STEP_UNICODE) };
    let mut hash = SEED ^ len as u64;
    for eight in eights {
        hash = fold(hash ^ (eight | mask), step);
    }
    if !len.is_multiple_of(8) {
        hash = fold(hash ^ (last | mask), step);
    }
    fold(hash ^ step, SEED) & !1
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
