//! The token stream: what a text says, without how it is set.
//!
//! A token is a run of letters, digits and `_` in lower case, with the combining marks that belong to it; in scripts
//! that put no space between words (Han, kana, Thai, Lao, Khmer, Myanmar) it is one character. Punctuation, quotes and
//! spaces vanish; digits stay, because figures are often all that tells two reports apart. A token is only ever its
//! 64-bit hash, which is part of the census format: the same on every machine and in every version.

use std::ops::Range;
use std::sync::LazyLock;

use super::fold;

/// The tokens of a text, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// 64-bit hashes. The lowest bit tells a character of an unspaced script (1) from a word (0).
    pub(super) hashes: Vec<u64>,
    /// Hashes of the tokens that begin with a digit, in order.
    pub(super) numbers: Vec<u64>,
}

/// Reads the tokens of a text. `exact-dedup`, which adds one hash of them, observes 320 MB a second on one core of a Zen
/// 4, in English and in a dump of 18 languages alike (2026-11-24).
pub(super) fn tokens(text: &str) -> Tokens {
    let bytes = text.as_bytes();
    // English has about one token in six bytes; other scripts grow the buffer a little.
    let mut found = Tokens { hashes: Vec::with_capacity(bytes.len() / 6 + 1), numbers: Vec::new() };
    let mut word = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match BYTES[usize::from(bytes[at])] {
            Byte::Gap => at += 1,
            Byte::Word => {
                let (end, hash) = ascii_word(bytes, at);
                if ends_a_word(text, end) {
                    found.push_word(hash, bytes[at].is_ascii_digit());
                    at = end;
                } else {
                    at = found.push_unicode(text, at, &mut word);
                }
            }
            Byte::Unicode => at = found.push_unicode(text, at, &mut word),
        }
    }
    found
}

/// The same tokens with the bytes in which each stands; slower, for showing them.
pub(super) fn placed_tokens(text: &str) -> Vec<(u64, Range<usize>)> {
    let (mut found, mut word, mut placed) = (Tokens::default(), Vec::new(), Vec::new());
    let mut at = 0;
    while at < text.len() {
        let next = found.push_unicode(text, at, &mut word);
        placed.extend(found.hashes.drain(..).map(|token| (token, at..next)));
        at = next;
    }
    placed
}

/// Whether a token is one character of an unspaced script.
pub(super) fn is_character(token: u64) -> bool {
    token & 1 == 1
}

/// What a byte of UTF-8 is for the fast path.
#[derive(Clone, Copy)]
enum Byte {
    Gap,
    Word,
    Unicode,
}

static BYTES: [Byte; 256] = {
    let mut table = [Byte::Gap; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        if !ascii.is_ascii() {
            table[byte] = Byte::Unicode;
        } else if ascii.is_ascii_alphanumeric() || ascii == b'_' {
            table[byte] = Byte::Word;
        }
        byte += 1;
    }
    table
};

/// Where the ASCII word at `start` ends, and its hash. Most words fit into eight bytes, which are read at once.
fn ascii_word(bytes: &[u8], start: usize) -> (usize, u64) {
    if let Some(eight) = bytes[start..].first_chunk::<8>() {
        let eight = u64::from_le_bytes(*eight);
        let len = (non_word_bytes(eight).trailing_zeros() / 8) as usize;
        if len < 8 {
            let own = eight & ((1 << (8 * len)) - 1);
            let hash = fold(SEED ^ len as u64 ^ (own | LOWER), STEP_ASCII);
            return (start + len, fold(hash ^ STEP_ASCII, SEED));
        }
    }
    let end = end_of_ascii_word(bytes, start);
    (end, hash_ascii(&bytes[start..end]))
}

/// The highest bit of each byte that is no ASCII letter, digit or `_`. Sums of seven-bit bytes do not run over into the
/// next byte: a byte plus 0x80 - x has its highest bit set from x on.
fn non_word_bytes(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let from = |bytes: u64, first: u8| bytes + u64::from(0x80 - first) * ONES;
    let low = eight & (0x7f * ONES);
    let small = low | LOWER;
    let letter = from(small, b'a') & !from(small, b'z' + 1);
    let digit = from(low, b'0') & !from(low, b'9' + 1);
    let underscore = !from(low ^ (u64::from(b'_') * ONES), 1);
    (!(letter | digit | underscore) | eight) & (0x80 * ONES)
}

fn end_of_ascii_word(bytes: &[u8], start: usize) -> usize {
    let rest = bytes[start..].iter();
    let len = rest.take_while(|byte| matches!(BYTES[usize::from(**byte)], Byte::Word)).count();
    start + len
}

/// Whether an ASCII word that stops at `end` is over there, rather than going on in other letters.
fn ends_a_word(text: &str, end: usize) -> bool {
    if text.as_bytes().get(end).is_none_or(u8::is_ascii) {
        return true;
    }
    let next = text[end..].chars().next().map(kind);
    !matches!(next, Some(Kind::Letter | Kind::Invisible))
}

impl Tokens {
    fn push_word(&mut self, hash: u64, is_number: bool) {
        let token = hash & !1;
        self.hashes.push(token);
        if is_number {
            self.numbers.push(token);
        }
    }

    /// Reads one token, or one character that is none, from `start`; gives where to go on.
    fn push_unicode(&mut self, text: &str, start: usize, word: &mut Vec<u8>) -> usize {
        word.clear();
        let mut is_number = false;
        for (offset, character) in text[start..].char_indices() {
            let end = start + offset + character.len_utf8();
            match kind(character) {
                Kind::Invisible => {}
                Kind::Letter => {
                    if word.is_empty() {
                        is_number = character.is_numeric();
                    }
                    push_lower(character, word);
                }
                _ if !word.is_empty() => {
                    self.push_word(hash_word(word), is_number);
                    return start + offset;
                }
                Kind::Character => {
                    self.hashes.push(fold(u64::from(character) ^ SEED, STEP_UNICODE) | 1);
                    return end;
                }
                Kind::Gap => return end,
            }
        }
        if !word.is_empty() {
            self.push_word(hash_word(word), is_number);
        }
        text.len()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Letter,
    Character,
    Invisible,
    Gap,
}

/// The kinds of the basic plane, 64 KB: the tables of the standard library are searched, not indexed, and that took a
/// third of the time of the whole stage.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let plane = 0..=u32::from(u16::MAX);
    plane.map(|code| char::from_u32(code).map_or(Kind::Gap, classify)).collect()
});

fn kind(character: char) -> Kind {
    match KINDS.get(u32::from(character) as usize) {
        Some(kind) => *kind,
        None => classify(character),
    }
}

fn classify(character: char) -> Kind {
    if is_invisible(character) {
        return Kind::Invisible;
    }
    let belongs_to_words =
        character.is_alphanumeric() || character == '_' || is_combining_mark(character);
    match belongs_to_words {
        false => Kind::Gap,
        true if is_unspaced(character) => Kind::Character,
        true => Kind::Letter,
    }
}

/// Soft hyphen, joiners and variation selectors: they change how a word looks, not which word it is.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}')
}

/// Scripts whose words are not separated by spaces, by block.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF        // Thai, Lao
        | 0x1000..=0x109F      // Myanmar
        | 0x1780..=0x17FF      // Khmer
        | 0x3005..=0x3007      // ideographic iteration mark and zero
        | 0x3040..=0x30FF      // kana
        | 0x31F0..=0x31FF      // small katakana
        | 0x3400..=0x4DBF      // Han, extension A
        | 0x4E00..=0x9FFF      // Han
        | 0xA9E0..=0xA9FF      // Myanmar, extended B
        | 0xAA60..=0xAA7F      // Myanmar, extended A
        | 0xF900..=0xFAFF      // Han, compatibility
        | 0xFF66..=0xFF9F      // halfwidth kana
        | 0x20000..=0x3FFFF) // Han, later extensions
}

/// Marks that Unicode does not count as alphabetic, and without which words of their scripts would fall apart.
fn is_combining_mark(character: char) -> bool {
    matches!(u32::from(character),
        0x0300..=0x036F | 0x0483..=0x0487 | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2
        | 0x05C4..=0x05C5 | 0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670
        | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8 | 0x06EA..=0x06ED
        | 0x0711 | 0x0730..=0x074A | 0x07EB..=0x07F3 | 0x0816..=0x082D
        | 0x093C | 0x094D | 0x0951..=0x0954 | 0x09BC | 0x09CD | 0x0A3C | 0x0A4D | 0x0ABC | 0x0ACD
        | 0x0B3C | 0x0B4D | 0x0BCD | 0x0C3C | 0x0C4D | 0x0CBC | 0x0CCD | 0x0D3B..=0x0D3C | 0x0D4D
        | 0x0DCA | 0x0E3A | 0x0E47..=0x0E4E | 0x0EBA | 0x0EC8..=0x0ECE
        | 0x0F18..=0x0F19 | 0x0F35 | 0x0F37 | 0x0F39 | 0x0F71..=0x0F84 | 0x0F86..=0x0F87
        | 0x1037 | 0x1039..=0x103A | 0x1087..=0x108D | 0x108F | 0x135D..=0x135F
        | 0x17C9..=0x17D3 | 0x17DD | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x3099..=0x309A | 0xFE20..=0xFE2F)
}

fn push_lower(character: char, word: &mut Vec<u8>) {
    let mut utf8 = [0; 4];
    if has_no_capitals(character) {
        word.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
        return;
    }
    for lower in character.to_lowercase() {
        // The final sigma depends on its neighbours; without it, capitals and small letters agree.
        let lower = if lower == 'ς' { 'σ' } else { lower };
        word.extend_from_slice(lower.encode_utf8(&mut utf8).as_bytes());
    }
}

/// Whether a character is its own lower case, for the most frequent ones: looking that up is slow.
fn has_no_capitals(character: char) -> bool {
    matches!(u32::from(character),
        0x61..=0x7A | 0xDF..=0xFF | 0x430..=0x45F  // small letters: ASCII, Latin-1, Cyrillic
        | 0x590..=0x109F | 0x3000..=0x9FFF | 0xAC00..=0xD7A3) // scripts without case
}

const SEED: u64 = 0xa076_1d64_78bd_642f;
const STEP_ASCII: u64 = 0xe703_7ed1_a0b4_28db;
const STEP_UNICODE: u64 = 0x8ebc_6af0_9c88_c6e3;
/// Sets the bit that makes ASCII letters small. Digits have it; `_` becomes a byte that no word holds.
const LOWER: u64 = 0x2020_2020_2020_2020;

/// Hashes a word in lower case, so that it agrees with [`hash_ascii`] where the word turned out to be ASCII.
fn hash_word(word: &[u8]) -> u64 {
    match word.is_ascii() {
        true => hash_ascii(word),
        false => hash_bytes(word, 0, STEP_UNICODE),
    }
}

fn hash_ascii(word: &[u8]) -> u64 {
    hash_bytes(word, LOWER, STEP_ASCII)
}

fn hash_bytes(word: &[u8], mask: u64, step: u64) -> u64 {
    let mut hash = SEED ^ word.len() as u64;
    let mut rest = word;
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        hash = fold(hash ^ (u64::from_le_bytes(*chunk) | mask), step);
        rest = behind;
    }
    if !rest.is_empty() {
        hash = fold(hash ^ (load(rest) | mask), step);
    }
    fold(hash ^ step, SEED)
}

/// Loads one to seven bytes. Reads may overlap: a copy of unknown length would cost a call.
fn load(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(head), Some(tail)) => {
            let head = u64::from(u32::from_le_bytes(*head));
            let tail = u64::from(u32::from_le_bytes(*tail));
            head | (tail << ((len - 4) * 8))
        }
        _ => {
            let byte = |at: usize| u64::from(bytes[at]) << (8 * at);
            byte(0) | byte(len / 2) | byte(len - 1)
        }
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
