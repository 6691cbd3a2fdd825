//! Sequences of 1 to 3 characters: what a script, a language and a spelling are made of.
//!
//! They stand within runs of characters other than white space, in lower case and NFC, marks of punctuation included, so that
//! texts whose words cannot be told have them too.

use unicode_normalization::UnicodeNormalization;

use super::sequences::Sequences;

/// Most characters of a sequence.
const LONGEST: usize = 3;

/// The sequences of a text, by length.
pub(super) fn character_ngrams(text: &str) -> Sequences {
    let folded: String = text.nfc().flat_map(char::to_lowercase).collect();
    Sequences::of_characters(folded, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sequences::OfLength;

    #[test]
    fn sequences_stand_between_spaces() {
        let found = |text: &str| -> Vec<String> {
            let of_length = |of: OfLength<'_>| {
                let strings = of.strings().enumerate();
                let mut rows: Vec<_> = strings
                    .map(|(place, (_, many))| format!("{}{many}", of.spelling(place)))
                    .collect();
                rows.sort_unstable();
                rows.join(" ")
            };
            character_ngrams(text).lengths().map(of_length).collect()
        };
        let table = [
            ("Anna an", ["a3 n3", "an2 na1 nn1", "ann1 nna1"]),
            ("E\u{301}t e\u{301}", ["t1 é2", "ét1", ""]),
            ("天天 雨。", ["。1 天2 雨1", "天天1 雨。1", ""]),
            (" \n", ["", "", ""]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
