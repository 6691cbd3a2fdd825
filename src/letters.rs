//! What the standard library says of characters, by index.
//!
//! Its tables are compressed, and searched at each question. A run asks some hundred million times, mostly about letters of
//! a few scripts, and that took six parts in a hundred of its processor time.

use std::sync::LazyLock;

/// A character, looked up: its small letter in the low bits, and what it is in the high ones.
#[derive(Clone, Copy)]
pub(crate) struct Letter(u32);

const ALPHABETIC: u32 = 1 << 21;
const NUMERIC: u32 = 1 << 22;
const UPPER: u32 = 1 << 23;
const LOWER: u32 = 1 << 24;
/// Its small letter is several characters.
const SEVERAL: u32 = 1 << 25;

impl Letter {
    /// What is known of a character.
    pub(crate) fn of(character: char) -> Self {
        let code = u32::from(character);
        match TABLE.get(code as usize).or_else(|| HIGH.get((code as usize).wrapping_sub(HIGH_FROM)))
        {
            Some(letter) => *letter,
            // Ideographs, syllables of Hangul: letters without case.
            None if matches!(code, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3) => {
                Self(code | ALPHABETIC)
            }
            None => Self::new(character),
        }
    }

    fn new(character: char) -> Self {
        let mut lower = character.to_lowercase();
        let (small, has_more) = (lower.next().unwrap_or(character), lower.next().is_some());
        let flags = [
            (character.is_alphabetic(), ALPHABETIC),
            (character.is_numeric(), NUMERIC),
            (character.is_uppercase(), UPPER),
            (character.is_lowercase(), LOWER),
            (has_more, SEVERAL),
        ];
        let flags = flags.iter().filter(|(is_so, _)| *is_so).map(|(_, flag)| flag);
        Self(flags.fold(u32::from(small), |letter, flag| letter | flag))
    }

    /// [`char::is_alphanumeric`].
    pub(crate) fn is_alphanumeric(self) -> bool {
        self.0 & (ALPHABETIC | NUMERIC) != 0
    }

    /// [`char::is_alphabetic`].
    pub(crate) fn is_alphabetic(self) -> bool {
        self.0 & ALPHABETIC != 0
    }

    /// [`char::is_numeric`].
    pub(crate) fn is_numeric(self) -> bool {
        self.0 & NUMERIC != 0
    }

    /// [`char::is_uppercase`].
    pub(crate) fn is_uppercase(self) -> bool {
        self.0 & UPPER != 0
    }

    /// Whether it has case: a capital or a small letter.
    pub(crate) fn is_cased(self) -> bool {
        self.0 & (UPPER | LOWER) != 0
    }

    /// The first character of its [small letter](char::to_lowercase).
    pub(crate) fn lower(self) -> char {
        char::from_u32(self.0 & (ALPHABETIC - 1)).unwrap_or_default()
    }

    /// Whether [`lower`](Self::lower) is all of it.
    pub(crate) fn has_one_lower(self) -> bool {
        self.0 & SEVERAL == 0
    }
}

/// All scripts below the ideographs, with kana, 50 KB.
static TABLE: LazyLock<Vec<Letter>> = LazyLock::new(|| (0..0x3100).map(letter).collect());
/// Forms of full and half width.
static HIGH: LazyLock<Vec<Letter>> =
    LazyLock::new(|| (HIGH_FROM as u32..0x1_0000).map(letter).collect());
const HIGH_FROM: usize = 0xFE00;

fn letter(code: u32) -> Letter {
    Letter::new(char::from_u32(code).unwrap_or_default())
}

/// [`char::is_alphabetic`].
pub(crate) fn is_alphabetic(character: char) -> bool {
    match character.is_ascii() {
        true => character.is_ascii_alphabetic(),
        false => Letter::of(character).is_alphabetic(),
    }
}

/// [`char::is_alphanumeric`].
pub(crate) fn is_alphanumeric(character: char) -> bool {
    match character.is_ascii() {
        true => character.is_ascii_alphanumeric(),
        false => Letter::of(character).is_alphanumeric(),
    }
}

/// Appends the small letter of a character: [`char::to_lowercase`].
pub(crate) fn push_lower(character: char, into: &mut String) {
    let letter = Letter::of(character);
    match letter.has_one_lower() {
        true => into.push(letter.lower()),
        false => into.extend(character.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_what_the_standard_says() {
        for character in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let letter = Letter::of(character);
            let is = [
                letter.is_alphanumeric(),
                is_alphanumeric(character),
                letter.is_alphabetic(),
                is_alphabetic(character),
                letter.is_numeric(),
                letter.is_uppercase(),
                letter.is_cased(),
            ];
            let expected = [
                character.is_alphanumeric(),
                character.is_alphanumeric(),
                character.is_alphabetic(),
                character.is_alphabetic(),
                character.is_numeric(),
                character.is_uppercase(),
                character.is_uppercase() || character.is_lowercase(),
            ];
            assert_eq!(is, expected, "{character:?}");
            assert_eq!(Some(letter.lower()), character.to_lowercase().next(), "{character:?}");
            let mut lower = String::new();
            push_lower(character, &mut lower);
            assert_eq!(lower, character.to_lowercase().collect::<String>(), "{character:?}");
        }
    }
}
