//! The form under which a word is counted: NFC, in full lower case.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::letters::push_lower;

/// How words become types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Full Unicode lower case.
    #[default]
    Lower,
    /// The same, but `I` is the capital of `ı` and `İ` that of `i`.
    Turkic,
}

impl Case {
    /// The rule of a language, by its code.
    pub fn of(language: Option<&str>) -> Self {
        match language {
            Some("tr" | "az") => Self::Turkic,
            _ => Self::Lower,
        }
    }
}

/// Appends the lower-case NFC form of a word.
pub(super) fn fold(word: &str, case: Case, into: &mut String) {
    if word.is_ascii() && case == Case::Lower {
        let from = into.len();
        into.push_str(word);
        into[from..].make_ascii_lowercase();
        return;
    }
    let normal: String;
    let is_normal =
        word.chars().all(is_composed) || is_nfc_quick(word.chars()) == IsNormalized::Yes;
    let word = match is_normal {
        true => word,
        false => {
            normal = word.nfc().collect();
            &normal
        }
    };
    for character in word.chars() {
        match (case, character) {
            (Case::Turkic, 'I') => into.push('ı'),
            (Case::Turkic, 'İ') => into.push('i'),
            _ => push_lower(character, into),
        }
    }
}

/// Whether a character is one of the common ones that NFC leaves as they are, next to any of their kind.
fn is_composed(character: char) -> bool {
    matches!(character as u32,
        0..=0x2FF | 0x400..=0x481 | 0x48A..=0x52F | 0x620..=0x64A | 0x2010..=0x203A | 0xAC00..=0xD7A3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_characters_are_composed() {
        let all = (0..0x11_0000).filter_map(char::from_u32);
        for character in all.filter(|character| is_composed(*character)) {
            // A composed character starts a sequence of its own, so that pairs of them are composed as well.
            let doubled = [character; 2];
            assert_eq!(is_nfc_quick(doubled.into_iter()), IsNormalized::Yes, "{character:?}");
        }
    }

    #[test]
    fn words_are_folded() {
        let table = [
            ("THE Cat", Case::Lower, "the cat"),
            ("e\u{301}te É", Case::Lower, "éte é"),
            ("ЁЛКА Џ", Case::Lower, "ёлка џ"),
            ("IŞIK İyi", Case::Turkic, "ışık iyi"),
            ("İ", Case::Lower, "i\u{307}"),
        ];
        for (word, case, expected) in table {
            let mut folded = String::new();
            fold(word, case, &mut folded);
            assert_eq!(folded, expected, "{word}");
        }
    }
}
