//! What one line's text alone tells: its length, its ends, its capitals, digits and separators, and what its words are
//! about.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::super::text::behind_clock;
use super::lexicon::{self, Topic};
use crate::letters::Letter;

/// Stands for what is not there.
pub(super) const NONE: f32 = -1.0;
/// Words of which a sentence has at least so many.
const PROSE_WORDS: f32 = 10.0;
/// Words that make a paragraph whatever it ends with.
const LONG_WORDS: f32 = 30.0;

/// Share of the words of a prose line that speak of web pages, the reader and the outlet, from which on it may be a witness. So
/// may 3,321 of the 3,348 lines of the development pages that the model is sure of, and in a dump of 32,036 articles all 214;
/// of what it is not sure of, 65 and 45 in a hundred. That spares most pages the rest of the classifier.
const PROSE_WITNESS_SHARE: f32 = 0.1;

/// What one line's text alone tells.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Form {
    pub(super) bytes: usize,
    pub(super) chars: f32,
    pub(super) words: f32,
    pub(super) end: f32,
    pub(super) start: f32,
    pub(super) capitals: f32,
    pub(super) capital_words: f32,
    pub(super) digits: f32,
    pub(super) punctuation: f32,
    pub(super) symbols: f32,
    pub(super) separators: f32,
    pub(super) has_link: bool,
    pub(super) has_handle: bool,
    pub(super) brackets: f32,
    pub(super) has_time: bool,
    pub(super) has_date: bool,
    pub(super) has_year: bool,
    pub(super) label_words: f32,
    pub(super) inner_stops: f32,
    pub(super) commas: f32,
    pub(super) quotes: f32,
    pub(super) uncased: f32,
    pub(super) question: bool,
    pub(super) starts_with_time: bool,
    /// Whether a time of day opens the line, as it does an entry of a live blog; a date with a time behind it is none.
    pub(super) opens_with_clock: bool,
    pub(in super::super) is_prose: bool,
    /// Hashes of the words, or of pairs of characters where words are not separated; the long ones marked.
    pub(super) tokens: Vec<(u32, bool)>,
    pub(super) text: u32,
    /// Words that address the reader, speak for the outlet, and belong to a web page.
    pub(super) reader: f32,
    pub(super) outlet: f32,
    pub(super) site: f32,
}

impl Form {
    /// Reads a line, character by character.
    pub(in super::super) fn of(text: &str) -> Self {
        // About a word in six bytes.
        let tokens = Vec::with_capacity(text.len() / 6 + 1);
        let mut form = Self { bytes: text.len(), tokens, ..Self::default() };
        // Sums of small numbers, in registers; a page has some thousand characters.
        let (mut chars, mut digits, mut letters, mut upper, mut cased) = (0, 0, 0, 0, 0);
        let (mut spaced, mut scripts, mut capital_words) = (0, 0, 0);
        let mut before = ' ';
        let mut joins_words = false;
        let mut digit_run = 0_u8;
        let mut runs: [u8; 3] = [0; 3];
        let mut word = Word::default();
        let mut hasher = FxHasher::default();
        for c in text.chars() {
            chars += 1;
            let letter = Letter::of(c);
            if letter.is_alphanumeric() || is_mark(c) {
                hasher.write_u32(letter.lower() as u32);
                if letter.is_numeric() {
                    digits += 1;
                    digit_run = digit_run.saturating_add(1);
                } else {
                    let is_upper = u32::from(letter.is_uppercase());
                    letters += 1;
                    upper += is_upper;
                    cased += u32::from(letter.is_cased());
                    capital_words += if word.chars == 0 { is_upper } else { 0 };
                }
                if is_unspaced(c) {
                    scripts += 1;
                    if is_unspaced(before) {
                        form.tokens.push((pair(before, c), true));
                    }
                } else {
                    joins_words |= lexicon::joins_words(c);
                    spaced += u32::from(word.chars == 0);
                    word.push(letter.lower());
                }
            } else {
                word.finish(&mut form.tokens);
                form.punctuate(c, before);
            }
            if digit_run > 0 && !c.is_ascii_digit() {
                form.numbers(&mut runs, digit_run, text, c);
                digit_run = 0;
            }
            before = c;
        }
        word.finish(&mut form.tokens);
        if digit_run > 0 {
            form.numbers(&mut runs, digit_run, text, ' ');
        }
        let [chars, digits, letters, upper, cased, spaced, scripts, capital_words] =
            [chars, digits, letters, upper, cased, spaced, scripts, capital_words]
                .map(|count: u32| count as f32);
        form.chars = chars;
        form.words = spaced + scripts / 2.0;
        form.text = hasher.finish() as u32;
        form.capitals = share(upper, cased);
        form.capital_words = share(capital_words, spaced);
        form.uncased = share(letters - cased, letters);
        form.digits = share(digits, digits + letters);
        form.punctuation = share(form.punctuation, form.chars);
        form.has_link = text.contains("://") || text.contains("www.");
        form.label_words = label_words(text);
        form.count_topics(text, scripts > 0.0 || joins_words);
        form.start = text.chars().next().map_or(NONE, start_class);
        form.end = end_class(text);
        form.starts_with_time = form.has_time && text.starts_with(|c: char| c.is_ascii_digit());
        form.opens_with_clock = opens_with_clock(text);
        let ends = form.end <= 2.0;
        form.is_prose = form.words >= LONG_WORDS || (form.words >= PROSE_WORDS && ends);
        form
    }

    /// Counts the words about each topic, and those within the line if it may have some.
    fn count_topics(&mut self, text: &str, has_within: bool) {
        let words = self.tokens.iter().filter_map(|(stem, _)| Some((lexicon::topic(*stem)?, 1.0)));
        let within = has_within.then(|| lexicon::within(text)).into_iter().flatten();
        for (topic, words) in words.chain(within) {
            match topic {
                Topic::Reader => self.reader += words,
                Topic::Outlet => self.outlet += words,
                Topic::Site => self.site += words,
            }
        }
    }

    fn punctuate(&mut self, c: char, before: char) {
        match c {
            c if c.is_whitespace() => {
                if matches!(before, '.' | '!' | '?' | '\u{6d4}' | '\u{964}') {
                    self.inner_stops += 1.0;
                }
                return;
            }
            '|' | '\u{b7}' | '\u{bb}' | '\u{2022}' | '/' | '>' | '\u{203a}' => {
                self.separators += 1.0
            }
            '(' | '[' | '{' => self.brackets += 1.0,
            '@' | '#' => self.has_handle = true,
            ',' | ';' | '\u{3001}' | '\u{ff0c}' | '\u{60c}' => self.commas += 1.0,
            '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{300c}' => {
                self.quotes += 1.0
            }
            '\u{3002}' => self.inner_stops += 1.0,
            '\u{a9}' => {
                self.site += 1.0;
                self.symbols += 1.0;
            }
            '?' | '\u{ff1f}' | '\u{61f}' => self.question = true,
            '.' | '!' | ':' | '-' | '\'' | ')' | ']' | '\u{2013}' | '\u{2014}' | '\u{2019}' => {}
            _ => self.symbols += 1.0,
        }
        self.punctuation += 1.0;
    }

    /// Notes a run of digits that ends before `next`: a year, or part of a time or date.
    fn numbers(&mut self, runs: &mut [u8; 3], length: u8, text: &str, next: char) {
        *runs = [runs[1], runs[2], length];
        if length == 4 && (text.contains("20") || text.contains("19")) {
            self.has_year = true;
        }
        if length <= 2 && matches!(next, ':' | 'h') {
            self.has_time = true;
        }
        let is_date = runs.iter().all(|run| matches!(run, 1 | 2 | 4));
        if is_date && (runs[0] == 4 || runs[2] == 4) {
            self.has_date = true;
        }
    }

    /// Whether the line has a word of web pages, subscriptions or apps, and is short enough for a witness.
    pub(super) fn may_witness(&self) -> bool {
        self.site > 0.0 && self.bytes <= super::MAX_WITNESS_BYTES && self.may_be_furniture()
    }

    /// Whether the line is not plain prose: it ends like no sentence, or [speaks](PROSE_WITNESS_SHARE) of web pages, the
    /// outlet and the reader.
    pub(super) fn may_be_furniture(&self) -> bool {
        let words = self.site + self.reader + self.outlet;
        !self.is_prose || share(words, self.words) >= PROSE_WITNESS_SHARE
    }

    pub(super) fn is_bare(&self) -> bool {
        !self.is_prose && self.words < LONG_WORDS && self.end > 2.0
    }
}

/// The letters of one word, hashed as they come.
#[derive(Default)]
struct Word {
    chars: u32,
    hash: u32,
}

impl Word {
    fn push(&mut self, lower: char) {
        self.chars += 1;
        if self.chars <= lexicon::STEM_CHARS {
            self.hash = lexicon::push(self.hash, lower);
        }
    }

    fn finish(&mut self, tokens: &mut Vec<(u32, bool)>) {
        if self.chars > 0 {
            tokens.push((self.hash, self.chars >= 5));
            *self = Self::default();
        }
    }
}

/// `14:05 Rain`, `9h30`; not `11.09.2031 23:31`, nor `14:05:17`.
fn opens_with_clock(text: &str) -> bool {
    behind_clock(text, [':', 'h']).is_some_and(|rest| !rest.starts_with(':'))
}

fn start_class(c: char) -> f32 {
    match c {
        c if c.is_lowercase() => 0.0,
        '"' | '\'' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{300c}' => 1.0,
        c if c.is_uppercase() => 2.0,
        c if c.is_numeric() => 4.0,
        c if c.is_alphabetic() => 3.0,
        '-' | '*' | '\u{2010}'..='\u{2015}' | '\u{2022}' | '\u{b7}' | '\u{25a0}'..='\u{25ff}' => {
            5.0
        }
        '(' | '[' | '{' => 6.0,
        _ => 7.0,
    }
}

/// The class of lines that end with a letter.
pub(super) const BRACKET: f32 = 5.0;
pub(super) const LETTER: f32 = 6.0;
pub(super) const COLON: f32 = 7.0;
pub(super) const DIGIT: f32 = 8.0;

/// What ends a line, from the likeliest end of a sentence to the unlikeliest.
fn end_class(text: &str) -> f32 {
    let is_closing = |c: char| {
        matches!(c, '"' | '\'' | '\u{2018}'..='\u{201f}' | '\u{bb}' | '\u{ab}' | '\u{300d}')
    };
    let core = text.trim_end_matches(is_closing);
    let Some(last) = core.chars().next_back() else { return 9.0 };
    match last {
        '.' | '\u{3002}' | '\u{964}' | '\u{6d4}' | '\u{ff0e}' => {
            if core.ends_with("...") {
                4.0
            } else {
                0.0
            }
        }
        '!' | '?' | '\u{ff01}' | '\u{ff1f}' | '\u{61f}' => 1.0,
        _ if core.len() < text.len() => 2.0,
        ',' | ';' | '\u{ff0c}' | '\u{60c}' => 3.0,
        '\u{2026}' => 4.0,
        ')' | ']' | '}' => BRACKET,
        ':' | '\u{ff1a}' => COLON,
        c if c.is_numeric() => DIGIT,
        c if c.is_alphabetic() || is_mark(c) => LETTER,
        _ => 9.0,
    }
}

/// Words before the first colon, where a label of up to five stands there.
fn label_words(text: &str) -> f32 {
    let Some((label, rest)) = text.split_once([':', '\u{ff1a}']) else { return 0.0 };
    let words = label.split_whitespace().count();
    let is_label = (1..=5).contains(&words) && (rest.is_empty() || rest.starts_with(' '));
    if is_label { words as f32 } else { 0.0 }
}

/// Scripts that do not separate words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Vowel signs, which no property of `char` calls letters in every case.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}' | '\u{966}'..='\u{dff}' | '\u{e30}'..='\u{e4e}'
        | '\u{102b}'..='\u{103e}' | '\u{64b}'..='\u{65f}')
}

fn pair(before: char, c: char) -> u32 {
    (before as u32).wrapping_mul(0x9e37_79b9) ^ (c as u32).wrapping_mul(0x85eb_ca6b)
}

pub(super) fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

pub(super) fn flag(is_so: bool) -> f32 {
    f32::from(u8::from(is_so))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_its_form_and_its_topic() {
        let form = Form::of("Sign up for our newsletter and we will write to you, \u{a9} 2031");
        assert_eq!((form.reader, form.outlet, form.site), (1.0, 2.0, 3.0));
        assert!(form.has_year && !form.is_prose && form.end == 8.0);
        let form = Form::of("The bridge was built a hundred years ago by two engineers from here.");
        assert!(form.is_prose && form.end == 0.0);
        assert_eq!((form.reader, form.outlet, form.site), (0.0, 0.0, 1.0));
    }
}
