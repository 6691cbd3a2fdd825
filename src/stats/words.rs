//! Word bounds by UAX #29, without a table look-up for every character.
//!
//! A chunk between two spaces that holds nothing but letters, digits and marks of the common kinds is read here, by the
//! same rules; any other goes to `unicode-segmentation`.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_segmentation::UnicodeSegmentation;

/// What a character is to the rules WB5 to WB13b.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// ALetter.
    Letter,
    /// Numeric.
    Digit,
    /// ExtendNumLet, of ASCII: `_`.
    Joiner,
    /// MidLetter: within words.
    MidLetter,
    /// MidNum: within numbers.
    MidNumber,
    /// MidNumLet and Single_Quote: within both.
    Mid,
    /// Any other, which stands alone.
    Other,
    /// One that this table leaves to the library.
    Unknown,
}

/// A word: where it is, and how many characters it has.
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) chars: u32,
}

/// Shows the words of a line that begin from `at` and before `end`, with at least one alphanumeric character; gives where
/// the last chunk of them ends.
pub(super) fn words(line: &str, mut at: usize, end: usize, mut show: impl FnMut(Found)) -> usize {
    let bytes = line.as_bytes();
    while at < end {
        // A space is a word boundary, whatever stands around it.
        let start = at;
        let mut is_ascii = true;
        while at < bytes.len() && !is_space(bytes[at]) {
            is_ascii &= bytes[at].is_ascii();
            at += 1;
        }
        let chunk = start..at;
        at += 1;
        let stop = match is_ascii || is_known(&line[chunk.clone()]) {
            true => known_words(line, chunk, end, &mut show),
            false => other_words(line, chunk, end, &mut show),
        };
        if let Some(stop) = stop {
            return stop;
        }
    }
    at
}

/// The words of a chunk of known characters; gives the place of the first that begins at `end` or later.
fn known_words(
    line: &str,
    chunk: Range<usize>,
    end: usize,
    show: &mut impl FnMut(Found),
) -> Option<usize> {
    let chunk_end = chunk.end;
    let mut at = chunk.start;
    while at < chunk_end {
        let (class, len) = class_at(line, at);
        if !is_core(class) {
            at += len;
            continue;
        }
        if at >= end {
            return Some(at);
        }
        let start = at;
        let mut chars = 1;
        let mut is_word = class != Class::Joiner;
        let mut before = class;
        at += len;
        while at < chunk_end {
            let (class, len) = class_at(line, at);
            if is_core(class) {
                is_word |= class != Class::Joiner;
                before = class;
                chars += 1;
                at += len;
                continue;
            }
            // WB6, WB7, WB11, WB12: punctuation within a word or a number.
            let joins = match before {
                Class::Letter => matches!(class, Class::MidLetter | Class::Mid),
                Class::Digit => matches!(class, Class::MidNumber | Class::Mid),
                _ => false,
            };
            if !joins || at + len >= chunk_end {
                break;
            }
            let (after, after_len) = class_at(line, at + len);
            if after != before {
                break;
            }
            chars += 2;
            at += len + after_len;
        }
        if is_word {
            show(Found { range: start..at, chars });
        }
    }
    None
}

/// The same for a chunk of any characters.
fn other_words(
    line: &str,
    chunk: Range<usize>,
    end: usize,
    show: &mut impl FnMut(Found),
) -> Option<usize> {
    let base = chunk.start;
    for (offset, word) in line[chunk].unicode_word_indices() {
        let start = base + offset;
        if start >= end {
            return Some(start);
        }
        // A mark that stands on a space.
        let bare = word.trim_start();
        let range = start + word.len() - bare.len()..start + word.len();
        show(Found { range, chars: bare.chars().count() as u32 });
    }
    None
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t')
}

fn is_core(class: Class) -> bool {
    matches!(class, Class::Letter | Class::Digit | Class::Joiner)
}

fn is_known(chunk: &str) -> bool {
    chunk.chars().all(|character| class(character) != Class::Unknown)
}

/// Class and length in bytes of the character at a place.
fn class_at(line: &str, at: usize) -> (Class, usize) {
    let byte = line.as_bytes()[at];
    if byte.is_ascii() {
        return (ASCII[usize::from(byte)], 1);
    }
    let character = line[at..].chars().next().unwrap_or_default();
    (class(character), character.len_utf8())
}

fn class(character: char) -> Class {
    match CLASSES.get(character as usize) {
        Some(class) => *class,
        // Hangul.
        None if matches!(character as u32, 0xAC00..=0xD7A3) => Class::Letter,
        None => Class::Unknown,
    }
}

/// The classes up to the ideographs, 12 KB.
static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| (0..0x3000).map(class_of).collect());

fn class_of(code: u32) -> Class {
    match code {
        code @ ..0x80 => ASCII[code as usize],
        // Latin, Greek, Cyrillic, Arabic; no ideograph, no letter that takes part in a rule of its own.
        0xC0..=0xD6
        | 0xD8..=0xF6
        | 0xF8..=0x24F
        | 0x386
        | 0x388..=0x38A
        | 0x38C
        | 0x38E..=0x3A1
        | 0x3A3..=0x3CE
        | 0x400..=0x481
        | 0x48A..=0x52F
        | 0x620..=0x64A
        | 0x671..=0x6D3
        | 0x1E00..=0x1EFF => Class::Letter,
        0x660..=0x669 | 0x6F0..=0x6F9 => Class::Digit,
        0x2018 | 0x2019 => Class::Mid,
        0xB7 => Class::MidLetter,
        0xA0
        | 0xA1
        | 0xA3
        | 0xA7
        | 0xAB
        | 0xB0
        | 0xBB
        | 0xBF
        | 0x61B
        | 0x61F
        | 0x2010..=0x2015
        | 0x201A..=0x201F
        | 0x2022
        | 0x2026
        | 0x2039
        | 0x203A
        | 0x20AC => Class::Other,
        _ => Class::Unknown,
    }
}

static ASCII: [Class; 128] = {
    let mut classes = [Class::Other; 128];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Joiner,
            b':' => Class::MidLetter,
            b',' | b';' => Class::MidNumber,
            b'.' | b'\'' => Class::Mid,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};
