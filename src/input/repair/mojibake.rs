//! Mojibake: UTF-8 that was once read in an encoding of one byte a character, as in `cafÃ©` and `itâ€™s`.
//!
//! The bytes come back if the characters are written in that encoding again, and must then be UTF-8. That alone does not
//! prove much: in `à\u{a0}«` and `»\u{a0}` there is valid UTF-8 too. So each character that would come out is sure or only
//! likely, by what stands around it:
//!
//! - sure is punctuation (`â€™`) and an emoji, as three and four bytes hardly ever meet by chance; a letter of the Latin alphabet whose
//!   first half is a capital behind a small letter (`fÃ¼r`), or whose second half is a sign that no word ends with
//!   (`Ã¼ber`); two or more letters of another script in a row (`ÐÐµÑ‚`);
//! - likely is what could be a capital with a quote or a no-break space behind it (`Ã”`, `Å\u{a0}`). It is repaired in a
//!   text with three characters that are sure, one of them in the same line.
//!
//! A line that consists of nothing else is taken as a whole. What has been encoded more than twice is repaired as often.

use std::sync::LazyLock;

use super::edits::{Edit, Edits};
use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};

/// How often a text is gone through: twice for a layer, once for its whole lines and once for the rest.
const MAX_ROUNDS: usize = 6;
/// Characters that are sure, from which on the likely ones of a text are repaired too.
const SURE_FOR_LIKELY: u32 = 3;
/// Foreign letters in a row that are a word also in a line that holds other things.
const FOREIGN_WORD: usize = 3;

/// An encoding of one byte a character in which UTF-8 was read.
struct Codepage {
    /// Characters above ASCII and their bytes, sorted.
    bytes: Vec<(char, u8)>,
    /// Lead bytes of the two-byte characters that a single one of may be taken for mojibake: where a capital as the first
    /// half stands out.
    leads: std::ops::RangeInclusive<u8>,
    /// Whether such a character needs a small letter before it.
    needs_small_letter: bool,
}

static CODEPAGES: LazyLock<[Codepage; 4]> = LazyLock::new(|| {
    [
        Codepage::of(WINDOWS_1252, 0xc2..=0xc5, false),
        Codepage::of(WINDOWS_1250, 0xc3..=0xc5, true),
        // Without 0xc2: В with a no-break space behind it is a preposition at the beginning of a sentence.
        Codepage::of(WINDOWS_1251, 0xc3..=0xc5, true),
        Codepage::of(MACINTOSH, 0xc3..=0xc3, true),
    ]
});

/// What a character that would come out is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    Sure,
    Likely,
    /// Something, in a line that is nothing else.
    Poor,
    /// A letter of another script, which counts if it is not the only one.
    Foreign,
}

/// What is repaired.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Lines in which all that is not ASCII is mojibake.
    WholeLines,
    /// Characters within lines.
    Parts,
}

/// A character that would come out.
struct Found {
    /// Where in the line it stands, in bytes, and what it takes the place of.
    at: usize,
    len: usize,
    c: char,
    trust: Trust,
    /// How many foreign letters stand right behind one another here.
    run: usize,
}

/// The repaired text, and where characters came out; `None` if there is nothing to repair.
pub(super) fn repaired(text: &str) -> Option<(String, Edits)> {
    let mut repaired: Option<(String, Edits)> = None;
    for _ in 0..MAX_ROUNDS {
        let text = repaired.as_ref().map_or(text, |(text, _)| text);
        let Some((layer, edits)) = without_layer(text) else { break };
        let before = repaired.map_or_else(Edits::default, |(_, edits)| edits);
        repaired = Some((layer, before.then(edits)));
    }
    repaired
}

/// Takes off a layer from whole lines or, if there are none, from the characters that have one.
fn without_layer(text: &str) -> Option<(String, Edits)> {
    let candidates = candidates(text);
    if candidates == 0 {
        return None;
    }
    let mut changed: Option<(String, Edits)> = None;
    // Punctuation looks the same in several of them, so lines are first asked which one fits them as a whole.
    for scope in [Scope::WholeLines, Scope::Parts] {
        for (number, codepage) in CODEPAGES.iter().enumerate() {
            // What one of them repaired may be mojibake of another.
            if changed.is_none() && candidates & (1 << number) == 0 {
                continue;
            }
            let text = changed.as_ref().map_or(text, |(text, _)| text);
            if let Some((repaired, edits)) = codepage.repaired(text, scope) {
                let before = changed.map_or_else(Edits::default, |(_, edits)| edits);
                changed = Some((repaired, before.then(edits)));
            }
        }
        // Lines may have another layer, which is better taken off as a whole too.
        if changed.is_some() {
            break;
        }
    }
    changed
}

/// For each character below U+10000, as bits: in which code pages (the lower four) it stands for the first byte of a character
/// in UTF-8, and in which (the upper four) for a later one.
static ROLES: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let mut roles = vec![0u8; 0x10000];
    for (number, codepage) in CODEPAGES.iter().enumerate() {
        for (c, byte) in &codepage.bytes {
            let role = match byte {
                0xc2..=0xf4 => 1 << number,
                0x80..=0xbf => 0x10 << number,
                _ => 0,
            };
            roles[*c as usize] |= role;
        }
    }
    roles.into_boxed_slice()
});

/// The code pages, as bits, in which some character of the text stands for a first byte and the next one for a later. In
/// most texts there is none, and nothing more to be looked at.
fn candidates(text: &str) -> u8 {
    let roles = &**ROLES;
    let mut before = 0;
    let mut candidates = 0;
    for c in text.chars() {
        let role = roles.get(c as usize).copied().unwrap_or_default();
        candidates |= before & (role >> 4);
        before = role & 0x0f;
    }
    candidates
}

impl Codepage {
    fn of(
        encoding: &'static Encoding,
        leads: std::ops::RangeInclusive<u8>,
        needs_small_letter: bool,
    ) -> Self {
        let mut bytes: Vec<(char, u8)> = Vec::with_capacity(160);
        for byte in 0x80..=0xff {
            let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
            bytes.extend(text.chars().next().filter(|c| *c != '\u{fffd}').map(|c| (c, byte)));
        }
        // Where a program read ISO-8859-1, or a byte that the encoding leaves open, a C1 character stands for the byte.
        for byte in 0x80..=0x9f {
            let c = char::from(byte);
            if !bytes.iter().any(|(other, _)| *other == c) {
                bytes.push((c, byte));
            }
        }
        bytes.sort_unstable();
        Self { bytes, leads, needs_small_letter }
    }

    fn byte(&self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return None;
        }
        let at = self.bytes.binary_search_by_key(&c, |(c, _)| *c).ok()?;
        Some(self.bytes[at].1)
    }

    /// The text repaired line by line.
    fn repaired(&self, text: &str, scope: Scope) -> Option<(String, Edits)> {
        let lines: Vec<Line<'_>> = text.split('\n').map(|line| self.line(line)).collect();
        let n_sure: u32 = lines.iter().map(|line| line.n_sure).sum();
        if n_sure == 0 {
            return None;
        }
        let with_likely = n_sure >= SURE_FOR_LIKELY;
        let mut repaired = String::with_capacity(text.len());
        let mut edits = Vec::new();
        let mut at = 0;
        for (number, line) in lines.into_iter().enumerate() {
            if number > 0 {
                repaired.push('\n');
                at += 1;
            }
            let (len, n_edits, from) = (line.line.len(), edits.len(), at);
            match scope {
                Scope::WholeLines if !line.is_whole => repaired.push_str(line.line),
                Scope::WholeLines => line.write(|_| true, &mut repaired, &mut edits),
                Scope::Parts => line.write_parts(with_likely, &mut repaired, &mut edits),
            }
            for edit in &mut edits[n_edits..] {
                edit.before = from + edit.before.start..from + edit.before.end;
            }
            at += len;
        }
        (!edits.is_empty()).then_some((repaired, Edits(edits)))
    }

    fn line<'a>(&self, line: &'a str) -> Line<'a> {
        let mut found: Vec<Found> = Vec::new();
        let mut is_valid = true;
        let mut before = None;
        let mut at = 0;
        while let Some(c) = line[at..].chars().next() {
            if let Some(next) = self.character(&line[at..], at, before) {
                before = Some(next.c);
                at += next.len;
                found.push(next);
            } else {
                is_valid &= c.is_ascii();
                before = Some(c);
                at += c.len_utf8();
            }
        }
        count_runs(&mut found);
        let is_sure = |found: &&Found| {
            found.trust == Trust::Sure || (is_valid && found.run >= 2) || found.run >= FOREIGN_WORD
        };
        let n_sure = found.iter().filter(is_sure).count() as u32;
        Line { line, found, n_sure, is_whole: is_valid && n_sure > 0 }
    }

    /// The character that `text` begins with if it is written in this encoding and read as UTF-8.
    fn character(&self, text: &str, at: usize, before: Option<char>) -> Option<Found> {
        let mut characters = text.chars();
        let lead = self.byte(characters.next()?)?;
        let count = match lead {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        let mut bytes = [lead, 0, 0, 0];
        let mut last = '\0';
        for byte in &mut bytes[1..count] {
            last = characters.next()?;
            *byte = self.byte(last)?;
        }
        let c = std::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
        let len = text.len() - characters.as_str().len();
        let trust = self.trust(lead, c, last, before, characters.next());
        Some(Found { at, len, c, trust, run: 0 })
    }

    fn trust(
        &self,
        lead: u8,
        c: char,
        last: char,
        before: Option<char>,
        after: Option<char>,
    ) -> Trust {
        let is_small = |c: Option<char>| c.is_some_and(char::is_lowercase);
        let is_capital = |c: Option<char>| c.is_some_and(char::is_uppercase);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        match c {
            '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}' => {
                let is_romanian = c >= '\u{218}' && !self.needs_small_letter;
                if !self.leads.contains(&lead) && !is_romanian {
                    return Trust::Poor;
                }
                if self.needs_small_letter {
                    let is_behind_latin = is_small(before) && before < Some('\u{250}');
                    return if is_behind_latin { Trust::Sure } else { Trust::Likely };
                }
                if is_capital(before) {
                    // `IRMÃ”`, as against `KÃ–LN`.
                    let is_in_word =
                        !may_follow_word(last) || (is_letter(after) && last != '\u{a0}');
                    return if is_in_word { Trust::Sure } else { Trust::Likely };
                }
                if is_small(before) {
                    return Trust::Sure;
                }
                // No language has a word Ã, and none but mojibake a lone Â.
                let is_lone = last == '\u{a0}' && matches!(lead, 0xc2 | 0xc3);
                let begins_word = c.is_alphabetic() && is_letter(after) && last != '\u{a0}';
                match is_lone || begins_word || !may_follow_word(last) {
                    true => Trust::Sure,
                    false => Trust::Likely,
                }
            }
            '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{2022}' | '\u{2026}' | '\u{2030}' => {
                Trust::Sure
            }
            '\u{2039}' | '\u{203a}' | '\u{20ac}' | '\u{2122}' | '\u{fb00}'..='\u{fb06}' => {
                Trust::Sure
            }
            '\u{1f300}'..='\u{1faff}' => Trust::Sure,
            // Vietnamese: `á»™`. A quote or a space at the end may be one: `está»\u{a0}`.
            '\u{1ea0}'..='\u{1ef9}' if !may_follow_word(last) => Trust::Sure,
            '\u{370}'.. if c.is_alphabetic() || is_mark(c) => Trust::Foreign,
            '\u{1ea0}'..='\u{1ef9}' => Trust::Likely,
            _ => Trust::Poor,
        }
    }
}

/// A line, and what could come out of it.
struct Line<'a> {
    line: &'a str,
    found: Vec<Found>,
    n_sure: u32,
    /// Whether all that is not ASCII is mojibake, and some of it for sure.
    is_whole: bool,
}

impl Line<'_> {
    /// Repairs what is sure, or a word, and if the text allows it what is likely beside something sure.
    fn write_parts(self, with_likely: bool, repaired: &mut String, edits: &mut Vec<Edit>) {
        let with_likely = with_likely && self.n_sure > 0;
        let is_taken = |found: &Found| match found.trust {
            Trust::Sure => true,
            Trust::Likely => with_likely,
            Trust::Poor => false,
            Trust::Foreign => found.run >= FOREIGN_WORD,
        };
        self.write(is_taken, repaired, edits);
    }

    /// Writes the line with some characters repaired, and adds where: before in the line, after in all that is written.
    fn write(
        self,
        is_taken: impl Fn(&Found) -> bool,
        repaired: &mut String,
        edits: &mut Vec<Edit>,
    ) {
        let mut copied = 0;
        for found in self.found.iter().filter(|found| is_taken(found)) {
            repaired.push_str(&self.line[copied..found.at]);
            copied = found.at + found.len;
            let stands = repaired.len();
            // A byte order mark within a text says nothing.
            if found.c != '\u{feff}' {
                repaired.push(found.c);
            }
            let (before, after) = (found.at..copied, stands..repaired.len());
            edits.push(Edit { before, after, entities: 0, mojibake: 1 });
        }
        repaired.push_str(&self.line[copied..]);
    }
}

/// Counts for each foreign letter how many stand right behind one another.
fn count_runs(found: &mut [Found]) {
    let is_next = |a: &Found, b: &Found| {
        a.trust == Trust::Foreign && b.trust == Trust::Foreign && a.at + a.len == b.at
    };
    for run in found.chunk_by_mut(is_next).filter(|run| run[0].trust == Trust::Foreign) {
        let len = run.len();
        run.iter_mut().for_each(|found| found.run = len);
    }
}

/// Whether a character is one that stands behind words in clean text.
fn may_follow_word(c: char) -> bool {
    matches!(
        c,
        '\u{a0}'
            | '»'
            | '«'
            | '”'
            | '“'
            | '’'
            | '‘'
            | '„'
            | '‚'
            | '›'
            | '‹'
            | '…'
            | '–'
            | '—'
            | '™'
            | '®'
            | '©'
            | '°'
            | 'º'
            | 'ª'
    ) || matches!(c, '¹' | '²' | '³' | '·' | '†' | '‡' | '•' | '\u{ad}')
}

/// Vowel signs and tone marks of scripts in which they are characters of their own.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{590}'..='\u{5cf}' | '\u{610}'..='\u{65f}' | '\u{900}'..='\u{dff}')
        || matches!(c, '\u{e30}'..='\u{e4e}' | '\u{eb0}'..='\u{ece}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17d3}')
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests;
