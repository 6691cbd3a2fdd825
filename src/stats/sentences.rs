//! Sentence bounds by UAX #29, without a table look-up for every character.
//!
//! A sentence ends only after a terminator. In a line whose only terminators are `.`, `!` and `?`, each of them is judged
//! where it stands, from the bytes around it; where these are not ASCII, `unicode-segmentation` judges the few words
//! around it, and where there may be other terminators, the whole line.

use memchr::memchr3;
use unicode_segmentation::UnicodeSegmentation;

/// Where the sentences of a line begin; a buffer to use again.
#[derive(Default)]
pub(super) struct Bounds {
    /// Byte offsets within the line, ascending; neither its begin nor its end are among them.
    pub(super) at: Vec<usize>,
}

impl Bounds {
    /// Finds the bounds of a line. `is_plain` says that it holds no other terminator than `.`, `!` and `?`.
    pub(super) fn find(&mut self, line: &str, is_plain: bool) {
        self.at.clear();
        if !is_plain {
            let bounds = line.split_sentence_bound_indices().map(|(at, _)| at);
            self.at.extend(bounds.skip(1));
            return;
        }
        let bytes = line.as_bytes();
        let mut from = 0;
        while let Some(found) = memchr3(b'.', b'!', b'?', &bytes[from..]) {
            let terminator = from + found;
            from = match judge(bytes, terminator) {
                Some(Judgement::Bound(at)) => {
                    self.at.push(at);
                    terminator + 1
                }
                Some(Judgement::None) => terminator + 1,
                None => self.ask(line, terminator),
            };
        }
    }

    /// Has the library judge the words around a terminator; gives where they end.
    fn ask(&mut self, line: &str, terminator: usize) -> usize {
        let bytes = line.as_bytes();
        let start =
            bytes[..terminator].iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
        let letter = bytes[terminator + 1..].iter().position(u8::is_ascii_alphabetic);
        let end = letter.map_or(bytes.len(), |at| terminator + 1 + at + 1);
        for (at, _) in line[start..end].split_sentence_bound_indices() {
            if start + at > terminator {
                self.at.push(start + at);
            }
        }
        end
    }
}

enum Judgement {
    Bound(usize),
    None,
}

/// Judges a terminator by the ASCII around it; `None` where something else stands there.
fn judge(bytes: &[u8], terminator: usize) -> Option<Judgement> {
    let is_full_stop = bytes[terminator] == b'.';
    let before = terminator.checked_sub(1).map_or(b' ', |at| bytes[at]);
    let Some(after) = bytes.get(terminator + 1) else { return Some(Judgement::None) };
    if !before.is_ascii() {
        return None;
    }
    // SB6 and SB7: `3.5`, `U.S`.
    if is_full_stop
        && (after.is_ascii_digit() || (before.is_ascii_alphabetic() && after.is_ascii_uppercase()))
    {
        return Some(Judgement::None);
    }
    // SB9 and SB10: closing marks and spaces belong to the sentence.
    let mut at = terminator + 1;
    while at < bytes.len() && is_close(bytes[at]) {
        at += 1;
    }
    while at < bytes.len() && is_space(bytes[at]) {
        at += 1;
    }
    let Some(next) = bytes.get(at) else { return Some(Judgement::None) };
    if !next.is_ascii() {
        return None;
    }
    // SB8a; a line end is a bound of its own.
    if matches!(next, b',' | b'-' | b':' | b';' | b'.' | b'!' | b'?' | b'\n') {
        return Some(Judgement::None);
    }
    // SB8: a small letter before anything else that could begin a sentence.
    if is_full_stop {
        for byte in &bytes[at..] {
            match byte {
                b'a'..=b'z' => return Some(Judgement::None),
                b'A'..=b'Z' | b'.' | b'!' | b'?' | b'\n' => break,
                byte if !byte.is_ascii() => return None,
                _ => {}
            }
        }
    }
    Some(Judgement::Bound(at))
}

fn is_close(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

/// Whether a line holds no terminator and no line separator besides those of ASCII. Only common blocks are known here; a
/// wrong `false` costs time and nothing else.
pub(super) fn is_plain_of_terminators(line: &str) -> bool {
    if line.contains('\r') {
        return false;
    }
    let is_known = |character: char| {
        matches!(character as u32,
            0..=0x7F | 0xA0..=0x52F | 0x5D0..=0x5EA | 0x620..=0x6D3 | 0x1E00..=0x1FFF | 0x2010..=0x2023
            | 0x2025..=0x2027 | 0x202F..=0x203B | 0x20A0..=0x20CF | 0x2100..=0x214F)
    };
    line.is_ascii() || line.chars().all(is_known)
}
