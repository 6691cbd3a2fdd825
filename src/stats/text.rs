//! Reads a text once: its words, their types, its sentences. Every lexical figure is drawn from this.
//!
//! A token is a UAX #29 word with at least one alphanumeric character; its type is the NFC form in full lower case
//! (Turkish and Azerbaijani with their own dotless ı); a mark that stands on a space, as U+0F71 may, is a token without
//! the space. A sentence is a UAX #29 sentence with an alphanumeric character; a line end always ends one. The tokens of
//! `stage::dedup` are another thing for another purpose: there a text's fingerprint must survive typesetting, so
//! apostrophes vanish and scripts without spaces go by the character.
//!
//! Words and sentences are those of `unicode-segmentation`, which a property test holds; common characters are read by the
//! same rules at several times its speed.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

pub use super::fold::Case;
use super::fold::fold;
use super::walk::{Listener, go_through, go_through_words};

/// A text as numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Every token as the place of its type in `types`, in the order of the text.
    pub tokens: Vec<u32>,
    /// The types, in the order of their first token.
    pub types: Vec<Type>,
    /// Tokens of each sentence, in order; 0 where its only word began in the sentence before.
    pub sentences: Vec<u32>,
    /// Tokens of each paragraph, in order: a run of lines with text.
    pub paragraphs: Vec<u32>,
    /// The spellings of the types, one after the other.
    letters: String,
}

/// One distinct word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// 64-bit hash of its lower-case NFC form. Two of a million types share one once in 37 million corpora.
    pub hash: u64,
    /// Tokens of it in this text.
    pub frequency: u32,
    /// Length of its first token in characters, as it stands in the text.
    pub chars: u32,
    /// Where its spelling stands among the letters.
    at: u32,
    len: u32,
}

impl Reading {
    /// Reads a text whose words stand between spaces.
    pub fn of(text: &str, case: Case) -> Self {
        let mut reader = Reader::new(text, case);
        go_through(text, &mut reader);
        reader.reading
    }

    /// Reads a text whose words somebody else found: `words` are byte ranges, ascending.
    pub fn of_words(text: &str, words: impl Iterator<Item = Range<usize>>) -> Self {
        let mut reader = Reader::new(text, Case::Lower);
        go_through_words(text, words, &mut reader);
        reader.reading
    }

    /// The spellings of the types, one after the other, and of each type: bytes of its spelling, characters of its first
    /// token, frequency.
    pub(super) fn types_alone(&self) -> (&str, Vec<(u32, u32, u32)>) {
        (&self.letters, self.types.iter().map(|of| (of.len, of.chars, of.frequency)).collect())
    }

    /// A reading of which only the types are known; `None` if they do not fit the spellings.
    pub(super) fn of_types(letters: String, types: Vec<(u32, u32, u32)>) -> Option<Self> {
        let mut at = 0u32;
        let mut known = Vec::with_capacity(types.len());
        for (len, chars, frequency) in types {
            let end = at.checked_add(len)?;
            let hash = xxh3_64(letters.get(at as usize..end as usize)?.as_bytes());
            known.push(Type { hash, frequency, chars, at, len });
            at = end;
        }
        Some(Self { types: known, letters, ..Self::default() })
    }

    /// The lower-case NFC form of a type of this text.
    pub fn spelling(&self, of: &Type) -> &str {
        &self.letters[of.at as usize..][..of.len as usize]
    }
}

/// A reading in the making.
struct Reader {
    case: Case,
    /// Whether the line before had text, and tokens before it.
    is_within: bool,
    tokens_before_line: usize,
    /// An open hash table of places in `types`, one more than they are; 0 is free. Its length is a power of two.
    slots: Vec<u32>,
    reading: Reading,
}

impl Reader {
    fn new(text: &str, case: Case) -> Self {
        // English has about one token in six bytes, and half as many types at the length of an article.
        let slots = vec![0; (text.len() / 6).next_power_of_two().max(16)];
        let reading = Reading {
            tokens: Vec::with_capacity(text.len() / 6),
            types: Vec::with_capacity(text.len() / 12),
            letters: String::with_capacity(text.len() / 3),
            ..Reading::default()
        };
        Self { case, is_within: false, tokens_before_line: 0, slots, reading }
    }

    /// Doubles the table.
    fn grow(&mut self) {
        let types = &self.reading.types;
        let mut slots = vec![0; self.slots.len() * 2];
        for (place, of) in (1..).zip(types) {
            let slot = free_or_held(&slots, types, of.hash);
            slots[slot] = place;
        }
        self.slots = slots;
    }
}

impl Listener for Reader {
    fn word(&mut self, word: &str, chars: u32) {
        let letters = &mut self.reading.letters;
        let at = letters.len();
        fold(word, self.case, letters);
        let hash = xxh3_64(&letters.as_bytes()[at..]);
        let Reading { tokens, types, letters, .. } = &mut self.reading;
        let slot = free_or_held(&self.slots, types, hash);
        let place = match self.slots[slot] {
            0 => {
                let len = (letters.len() - at) as u32;
                types.push(Type { hash, frequency: 1, chars, at: at as u32, len });
                self.slots[slot] = types.len() as u32;
                types.len() - 1
            }
            held => {
                letters.truncate(at);
                let place = held as usize - 1;
                types[place].frequency += 1;
                place
            }
        };
        tokens.push(place as u32);
        if types.len() * 2 > self.slots.len() {
            self.grow();
        }
    }

    fn end_sentence(&mut self, tokens: u32) {
        self.reading.sentences.push(tokens);
    }

    /// Counts the tokens of a line to its paragraph; a blank line ends one.
    fn end_line(&mut self, is_blank: bool) {
        let Reading { tokens, paragraphs, .. } = &mut self.reading;
        let of_line = (tokens.len() - self.tokens_before_line) as u32;
        match paragraphs.last_mut() {
            _ if is_blank => {}
            Some(paragraph) if self.is_within => *paragraph += of_line,
            _ => paragraphs.push(of_line),
        }
        self.is_within = !is_blank;
        self.tokens_before_line = tokens.len();
    }
}

/// The slot that holds the type of a hash, or the free one where it belongs.
fn free_or_held(slots: &[u32], types: &[Type], hash: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    while slots[slot] != 0 && types[slots[slot] as usize - 1].hash != hash {
        slot = (slot + 1) & mask;
    }
    slot
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::super::walk::Count;
    use super::*;

    fn words(text: &str, case: Case) -> Vec<String> {
        let reading = Reading::of(text, case);
        let spelling = |place: &u32| reading.spelling(&reading.types[*place as usize]).to_owned();
        reading.tokens.iter().map(spelling).collect()
    }

    #[test]
    fn words_become_types() {
        let table = [
            ("The cat's out, THE CAT'S!", Case::Lower, "the cat's out the cat's"),
            ("3.5 m, 1,000 e.g. a_b _ -", Case::Lower, "3.5 m 1,000 e.g a_b"),
            ("well-known don’t “Ärger”", Case::Lower, "well known don’t ärger"),
            ("e\u{301}te É", Case::Lower, "éte é"),
            ("IŞIK İyi", Case::Turkic, "ışık iyi"),
            ("Пять лет, «Ёлка» и ещё", Case::Lower, "пять лет ёлка и ещё"),
            ("", Case::Lower, ""),
        ];
        for (text, case, expected) in table {
            assert_eq!(words(text, case).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_types_are_counted_in_the_order_of_their_first_token() {
        let reading = Reading::of("A cat. The cat? A mat", Case::Lower);
        let types: Vec<_> =
            reading.types.iter().map(|of| (reading.spelling(of), of.frequency, of.chars)).collect();
        assert_eq!(types, [("a", 2, 1), ("cat", 2, 3), ("the", 1, 3), ("mat", 1, 3)]);
        assert_eq!(reading.sentences, [2, 2, 2]);
    }

    /// Pieces that touch each rule: terminators, closers, capitals, numbers, marks, other scripts.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-zA-Z]{1,4}",
            2 => "[ \\.!\\?,;:'\"()\\-0-9_\\[\\]]{1,3}",
            3 => Just(" ".to_owned()),
            1 => Just("\n".to_owned()),
            1 => "[\u{f71}’“”»«…éÉßøñжЖ。！？؟।가あア世\u{300}\u{200d}\u{ad}\u{a0}\u{2028}\u{85}\u{2024}‼%€א״]",
            1 => any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn words_and_sentences_are_those_of_the_standard(text in pieces()) {
            let expected: Vec<_> = text
                .unicode_words()
                .map(|word| {
                    let mut folded = String::new();
                    fold(word.trim_start(), Case::Lower, &mut folded);
                    folded
                })
                .collect();
            prop_assert_eq!(words(&text, Case::Lower), expected);
            let reading = Reading::of(&text, Case::Lower);
            prop_assert_eq!(reading.sentences.len(), text.unicode_sentences().count());
            let tokens: u32 = reading.sentences.iter().sum();
            prop_assert_eq!(tokens as usize, reading.tokens.len());
            let paragraphs = crate::stats::shape::paragraphs(&text);
            let paragraphs: Vec<_> =
                paragraphs.map(|text| text.unicode_words().count() as u32).collect();
            prop_assert_eq!(&reading.paragraphs, &paragraphs);
            let again = Reading::of_words(
                &text,
                text.unicode_word_indices().map(|(at, word)| at..at + word.len()),
            );
            prop_assert_eq!(&again, &reading);
            let mut count = Count::default();
            go_through(&text, &mut count);
            let expected = (reading.tokens.len() as u64, reading.sentences.len() as u64);
            prop_assert_eq!((count.tokens, count.sentences), expected);
        }
    }
}
