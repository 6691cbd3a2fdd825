//! Reads a text once: its words, their types, its sentences. Every lexical figure is drawn from this.
//!
//! A token is a UAX #29 word with at least one alphanumeric character; its type is the NFC form in full lower case
//! (Turkish and Azerbaijani with their own dotless ı); a mark that stands on a space, as U+0F71 may, is a token without
//! the space. A sentence is a UAX #29 sentence with an alphanumeric character; a line end always ends one. The tokens of
//! `stage::dedup` are another thing for another purpose: there a text's fingerprint must survive typesetting, so
//! apostrophes vanish and scripts without spaces go by the character.
//!
//! Words and sentences are those of `unicode-segmentation`, which a property test holds; what is plain ASCII between two
//! spaces is read by the same rules at several times its speed.

use std::ops::Range;

use rustc_hash::FxHashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;
use xxhash_rust::xxh3::xxh3_64;

use super::sentences::{Bounds, is_plain_of_terminators};

/// A text as numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Every token as the place of its type in `types`, in the order of the text.
    pub tokens: Vec<u32>,
    /// The types, in the order of their first token.
    pub types: Vec<Type>,
    /// Tokens of each sentence, in order; 0 where its only word began in the sentence before.
    pub sentences: Vec<u32>,
}

/// One distinct word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// 64-bit hash of its lower-case NFC form. Two of a million types share one once in 37 million corpora.
    pub hash: u64,
    /// Tokens of it in this text.
    pub frequency: u32,
    /// Where its first token begins, in bytes.
    pub at: u32,
    /// Length of that token in bytes.
    pub len: u16,
    /// Length of that token in characters.
    pub chars: u16,
}

impl Type {
    /// The type of a word that begins at byte `at`; `folded` is room to work in.
    pub(super) fn of(word: &str, at: u32, frequency: u32, case: Case, folded: &mut String) -> Self {
        folded.clear();
        fold(word, case, folded);
        let saturated = |count| u16::try_from(count).unwrap_or(u16::MAX);
        Self {
            hash: xxh3_64(folded.as_bytes()),
            frequency,
            at,
            len: saturated(word.len()),
            chars: saturated(word.chars().count()),
        }
    }
}

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

impl Reading {
    /// Reads a text whose words stand between spaces.
    pub fn of(text: &str, case: Case) -> Self {
        let mut reader = Reader::new(text, case);
        let mut bounds = Bounds::default();
        let mut from = 0;
        for line in text.split_inclusive('\n') {
            bounds.find(line, is_plain_of_terminators(line));
            reader.line(line, from, &bounds.at);
            from += line.len();
        }
        reader.reading
    }

    /// Reads a text whose words somebody else found: `words` are byte ranges, ascending.
    pub fn of_words(text: &str, words: impl Iterator<Item = Range<usize>>) -> Self {
        let mut reader = Reader::new(text, Case::Lower);
        let mut words = words.peekable();
        let mut end = 0;
        for sentence in text.split_sentence_bounds() {
            end += sentence.len();
            let mut tokens = 0;
            while let Some(range) = words.next_if(|word| word.start < end) {
                let word = text[range.clone()].trim_start();
                reader.push(word, range.end - word.len());
                tokens += 1;
            }
            if tokens > 0 || sentence.chars().any(char::is_alphanumeric) {
                reader.reading.sentences.push(tokens);
            }
        }
        reader.reading
    }

    /// The lower-case NFC form of a type of `text`.
    pub fn spelling(text: &str, of: &Type, case: Case) -> String {
        let mut spelling = String::with_capacity(usize::from(of.len));
        Self::spell(text, of, case, &mut spelling);
        spelling
    }

    /// Appends the lower-case NFC form of a type of `text`.
    pub fn spell(text: &str, of: &Type, case: Case, into: &mut String) {
        let at = of.at as usize;
        fold(&text[at..at + usize::from(of.len)], case, into);
    }
}

/// A reading in the making.
struct Reader<'a> {
    text: &'a str,
    case: Case,
    places: FxHashMap<u64, u32>,
    folded: String,
    reading: Reading,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, case: Case) -> Self {
        // English has about one token in six bytes, and half as many types at the length of an article.
        let mut places = FxHashMap::default();
        places.reserve(text.len() / 16);
        let reading = Reading { tokens: Vec::with_capacity(text.len() / 6), ..Reading::default() };
        Self { text, case, places, folded: String::new(), reading }
    }

    /// Reads a line that begins at byte `from` of the text, with sentences that begin at the `bounds` within it.
    fn line(&mut self, line: &str, from: usize, bounds: &[usize]) {
        let mut at = 0;
        let mut tokens_before = self.reading.tokens.len();
        let mut begun = 0;
        for end in bounds.iter().copied().chain([line.len()]) {
            // A word that crosses the bound belongs to the sentence in which it begins.
            at = self.words(line, from, at.max(begun), end);
            let tokens = self.reading.tokens.len() - tokens_before;
            if tokens > 0 || line[begun..end].chars().any(char::is_alphanumeric) {
                self.reading.sentences.push(tokens as u32);
            }
            tokens_before = self.reading.tokens.len();
            begun = end;
        }
    }

    /// Reads the words that begin from `at` and before `end`; gives where the last chunk of them ends.
    fn words(&mut self, line: &str, from: usize, mut at: usize, end: usize) -> usize {
        let bytes = line.as_bytes();
        while at < end {
            // A space is a word boundary, whatever stands around it.
            let start = at;
            let mut is_ascii = true;
            while at < bytes.len() && !is_space(bytes[at]) {
                is_ascii &= bytes[at].is_ascii();
                at += 1;
            }
            let chunk = start..at.min(bytes.len());
            at += 1;
            if is_ascii {
                // Sentence bounds within ASCII words do not happen without a space, but for `?a`, which has no word across.
                let stop = self.ascii_words(line, from, chunk, end);
                if let Some(stop) = stop {
                    return stop;
                }
            } else {
                let base = chunk.start;
                for (offset, word) in line[chunk].unicode_word_indices() {
                    if base + offset >= end {
                        return base + offset;
                    }
                    let bare = word.trim_start();
                    self.push(bare, from + base + offset + word.len() - bare.len());
                }
            }
        }
        at
    }

    /// The words of a chunk of ASCII (WB5 to WB13b); gives the place of the first that begins at `end` or later.
    fn ascii_words(
        &mut self,
        line: &str,
        from: usize,
        chunk: Range<usize>,
        end: usize,
    ) -> Option<usize> {
        let bytes = &line.as_bytes()[..chunk.end];
        let mut at = chunk.start;
        while at < bytes.len() {
            if !is_core(bytes[at]) {
                at += 1;
                continue;
            }
            if at >= end {
                return Some(at);
            }
            let start = at;
            at += 1;
            while at < bytes.len()
                && (is_core(bytes[at])
                    || (at + 1 < bytes.len() && joins(bytes[at], bytes[at - 1], bytes[at + 1])))
            {
                at += 1;
            }
            let word = &bytes[start..at];
            if word.iter().any(u8::is_ascii_alphanumeric) {
                self.push_ascii(&line[start..at], from + start);
            }
        }
        None
    }

    fn push_ascii(&mut self, word: &str, at: usize) {
        let bytes = word.as_bytes();
        if bytes.len() > STACK || self.case == Case::Turkic {
            return self.push(word, at);
        }
        let mut lower = [0; STACK];
        let lower = &mut lower[..bytes.len()];
        lower.copy_from_slice(bytes);
        lower.make_ascii_lowercase();
        self.count(xxh3_64(lower), at, bytes.len(), bytes.len());
    }

    fn push(&mut self, word: &str, at: usize) {
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        fold(word, self.case, &mut folded);
        self.count(xxh3_64(folded.as_bytes()), at, word.len(), word.chars().count());
        self.folded = folded;
    }

    fn count(&mut self, hash: u64, at: usize, len: usize, chars: usize) {
        debug_assert!(at + len <= self.text.len());
        let reading = &mut self.reading;
        let next = reading.types.len() as u32;
        let place = *self.places.entry(hash).or_insert(next);
        if place == next {
            let saturated = |count| u16::try_from(count).unwrap_or(u16::MAX);
            // A word of over 64 KiB is spelt by its beginning.
            let mut shown = usize::from(saturated(len));
            while !self.text.is_char_boundary(at + shown) {
                shown -= 1;
            }
            reading.types.push(Type {
                hash,
                frequency: 0,
                at: at as u32,
                len: shown as u16,
                chars: saturated(chars),
            });
        }
        reading.types[place as usize].frequency += 1;
        reading.tokens.push(place);
    }
}

/// Words up to this length are folded without the heap.
const STACK: usize = 64;

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t')
}

fn is_core(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// WB6, WB7, WB11, WB12: punctuation within a word or a number.
fn joins(byte: u8, before: u8, after: u8) -> bool {
    match byte {
        b'.' | b'\'' if before.is_ascii_digit() && after.is_ascii_digit() => true,
        b',' | b';' => before.is_ascii_digit() && after.is_ascii_digit(),
        b'.' | b'\'' | b':' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Appends the lower-case NFC form of a word.
fn fold(word: &str, case: Case, into: &mut String) {
    if word.is_ascii() && case == Case::Lower {
        let from = into.len();
        into.push_str(word);
        into[from..].make_ascii_lowercase();
        return;
    }
    let normal: String;
    let word = match is_nfc_quick(word.chars()) {
        IsNormalized::Yes => word,
        _ => {
            normal = word.nfc().collect();
            &normal
        }
    };
    for character in word.chars() {
        match (case, character) {
            (Case::Turkic, 'I') => into.push('ı'),
            (Case::Turkic, 'İ') => into.push('i'),
            _ => into.extend(character.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str, case: Case) -> Vec<String> {
        let reading = Reading::of(text, case);
        let spelling = |place: &u32| Reading::spelling(text, &reading.types[*place as usize], case);
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
            ("", Case::Lower, ""),
        ];
        for (text, case, expected) in table {
            assert_eq!(words(text, case).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_types_are_counted_and_keep_their_first_place() {
        let reading = Reading::of("A cat. The cat? A mat", Case::Lower);
        let frequencies: Vec<_> = reading.types.iter().map(|of| (of.at, of.frequency)).collect();
        assert_eq!(frequencies, [(0, 2), (2, 2), (7, 1), (18, 1)]);
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
            let again = Reading::of_words(
                &text,
                text.unicode_word_indices().map(|(at, word)| at..at + word.len()),
            );
            prop_assert_eq!(again, reading);
        }
    }
}
