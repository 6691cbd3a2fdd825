//! What can be said about a line without knowing its language: its form, its place, and the lines around it.
//!
//! Nothing here depends on lines that are gone, so that a cleaned page is judged as it stands.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

/// Names of the features, in the order of a row. The model file repeats them, so that the two cannot drift apart.
pub const NAMES: [&str; 81] = [
    "chars",
    "words",
    "word-chars",
    "end",
    "start",
    "capitals",
    "capital-words",
    "digits",
    "punctuation",
    "symbols",
    "separators",
    "has-link",
    "has-handle",
    "brackets",
    "has-time",
    "has-date",
    "has-year",
    "label-words",
    "inner-stops",
    "commas",
    "quotes",
    "uncased",
    "is-prose",
    "title-overlap",
    "title-covered",
    "lines-before",
    "lines-behind",
    "place",
    "prose-before",
    "prose-behind",
    "to-prose-before",
    "to-prose-behind",
    "is-outside-prose",
    "prose-share",
    "prose-chars",
    "lines",
    "median-chars",
    "bare-share",
    "short-run-before",
    "short-run-behind",
    "repeats",
    "alike",
    "words-elsewhere",
    "words-in-prose",
    "long-words-in-prose",
    "short-words-in-prose",
    "long-words",
    "before-chars",
    "before-words",
    "before-end",
    "before-start",
    "before-prose",
    "before-capital-words",
    "before-in-prose",
    "before2-chars",
    "before2-end",
    "before2-prose",
    "before3-chars",
    "before3-prose",
    "behind-chars",
    "behind-words",
    "behind-end",
    "behind-start",
    "behind-prose",
    "behind-capital-words",
    "behind-in-prose",
    "behind2-chars",
    "behind2-end",
    "behind2-prose",
    "behind3-chars",
    "behind3-prose",
    "around-end-same",
    "around-chars-ratio",
    "near-bare",
    "near-in-prose",
    "timeline",
    "doc-in-prose",
    "question",
    "first-word-in-prose",
    "prose-share-before",
    "prose-share-behind",
];

/// The features of one line.
pub type Row = [f32; NAMES.len()];

/// Stands for a neighbour that is not there.
const NONE: f32 = -1.0;
/// Words of which a sentence has at least so many.
const PROSE_WORDS: f32 = 10.0;
/// Words that make a paragraph whatever it ends with.
const LONG_WORDS: f32 = 30.0;

/// A line near another, and how much of it stands elsewhere.
type Neighbour<'s> = (&'s Form, &'s [f32; 5]);

/// What one line's text alone tells.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Form {
    chars: f32,
    words: f32,
    end: f32,
    start: f32,
    capitals: f32,
    capital_words: f32,
    digits: f32,
    punctuation: f32,
    symbols: f32,
    separators: f32,
    has_link: bool,
    has_handle: bool,
    brackets: f32,
    has_time: bool,
    has_date: bool,
    has_year: bool,
    label_words: f32,
    inner_stops: f32,
    commas: f32,
    quotes: f32,
    uncased: f32,
    question: bool,
    starts_with_time: bool,
    pub(in super::super) is_prose: bool,
    /// Hashes of the words, or of pairs of characters where words are not separated; the long ones marked.
    tokens: Vec<(u32, bool)>,
    text: u32,
}

impl Form {
    /// Reads a line, character by character.
    pub(in super::super) fn of(text: &str) -> Self {
        let mut form = Self::default();
        let (mut letters, mut upper, mut cased, mut alphanumeric) = (0.0, 0.0, 0.0, 0.0);
        let (mut spaced, mut scripts, mut capital_words) = (0.0_f32, 0.0_f32, 0.0_f32);
        let mut before = ' ';
        let mut digit_run = 0;
        let mut runs: [u8; 3] = [0; 3];
        let mut word = Word::default();
        let mut hasher = FxHasher::default();
        for c in text.chars() {
            form.chars += 1.0;
            if c.is_alphanumeric() || is_mark(c) {
                alphanumeric += 1.0;
                hasher.write_u32(lower(c) as u32);
                if c.is_ascii_digit() || c.is_numeric() {
                    form.digits += 1.0;
                    digit_run += 1;
                } else {
                    letters += 1.0;
                    let is_upper = c.is_uppercase();
                    if is_upper {
                        upper += 1.0;
                    }
                    if is_upper || c.is_lowercase() {
                        cased += 1.0;
                    }
                    if word.chars == 0 {
                        capital_words += f32::from(u8::from(is_upper));
                    }
                }
                if is_unspaced(c) {
                    scripts += 1.0;
                    if is_unspaced(before) {
                        form.tokens.push((pair(before, c), true));
                    }
                } else {
                    if word.chars == 0 {
                        spaced += 1.0;
                    }
                    word.push(c);
                }
            } else {
                word.finish(&mut form.tokens);
                form.punctuate(c, before);
            }
            if !c.is_ascii_digit() && digit_run > 0 {
                form.numbers(&mut runs, digit_run, text, c);
                digit_run = 0;
            }
            before = c;
        }
        word.finish(&mut form.tokens);
        if digit_run > 0 {
            form.numbers(&mut runs, digit_run, text, ' ');
        }
        form.words = spaced + scripts / 2.0;
        form.text = hasher.finish() as u32;
        form.capitals = share(upper, cased);
        form.capital_words = share(capital_words, spaced);
        form.uncased = share(letters - cased, letters);
        form.digits = share(form.digits, alphanumeric);
        form.punctuation = share(form.punctuation, form.chars);
        form.has_link = text.contains("://") || text.contains("www.");
        form.label_words = label_words(text);
        form.start = text.chars().next().map_or(NONE, start_class);
        form.end = end_class(text);
        form.starts_with_time = form.has_time && text.starts_with(|c: char| c.is_ascii_digit());
        let ends = form.end <= 2.0;
        form.is_prose = form.words >= LONG_WORDS || (form.words >= PROSE_WORDS && ends);
        form
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

    fn is_bare(&self) -> bool {
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
    fn push(&mut self, c: char) {
        self.chars += 1;
        // Endings vary with grammar: a long word is known by its first seven letters.
        if self.chars <= 7 {
            self.hash = (self.hash.rotate_left(5) ^ lower(c) as u32).wrapping_mul(0x9e37_79b9);
        }
    }

    fn finish(&mut self, tokens: &mut Vec<(u32, bool)>) {
        if self.chars > 0 {
            tokens.push((self.hash, self.chars >= 5));
            *self = Self::default();
        }
    }
}

/// The remaining lines of a page, and what they tell together.
pub(super) struct Sheet<'f> {
    forms: Vec<&'f Form>,
    /// By token: the lines that hold it, and the prose lines among them.
    tokens: FxHashMap<u32, (u16, u16)>,
    texts: FxHashMap<u32, u16>,
    shapes: FxHashMap<u32, u16>,
    /// Prose lines before each line.
    prose: Vec<u32>,
    known: Vec<[f32; 5]>,
    first_prose: usize,
    last_prose: usize,
    prose_chars: f32,
    median: f32,
    bare: f32,
    stamps: f32,
    in_prose: f32,
    title: Vec<u32>,
}

impl<'f> Sheet<'f> {
    pub(super) fn new(title: &str, forms: Vec<&'f Form>) -> Self {
        let mut tokens: FxHashMap<u32, (u16, u16)> = FxHashMap::default();
        let mut texts: FxHashMap<u32, u16> = FxHashMap::default();
        let mut shapes: FxHashMap<u32, u16> = FxHashMap::default();
        let mut prose = vec![0];
        let mut own = Vec::new();
        let (mut chars, mut in_prose) = (0.0, 0.0);
        for form in &forms {
            own.clear();
            own.extend(form.tokens.iter().map(|(hash, _)| *hash));
            own.sort_unstable();
            own.dedup();
            for hash in &own {
                let seen = tokens.entry(*hash).or_default();
                seen.0 = seen.0.saturating_add(1);
                seen.1 = seen.1.saturating_add(u16::from(form.is_prose));
            }
            *texts.entry(form.text).or_default() += 1;
            *shapes.entry(shape(form)).or_default() += 1;
            prose.push(prose[prose.len() - 1] + u32::from(form.is_prose));
            chars += form.chars;
            in_prose += if form.is_prose { form.chars } else { 0.0 };
        }
        let mut lengths: Vec<u32> = forms.iter().map(|form| form.chars as u32).collect();
        lengths.sort_unstable();
        let count = forms.len() as f32;
        let mut title: Vec<u32> =
            Form::of(title).tokens.into_iter().map(|(hash, _)| hash).collect();
        title.sort_unstable();
        title.dedup();
        let mut sheet = Self {
            first_prose: forms.iter().position(|form| form.is_prose).unwrap_or(forms.len()),
            last_prose: forms.iter().rposition(|form| form.is_prose).unwrap_or(0),
            prose_chars: share(in_prose, chars),
            median: lengths.get(lengths.len() / 2).map_or(0.0, |length| *length as f32),
            bare: share(forms.iter().filter(|form| form.is_bare()).count() as f32, count),
            stamps: forms.iter().filter(|form| form.starts_with_time).count() as f32,
            in_prose: 0.0,
            known: Vec::new(),
            forms,
            tokens,
            texts,
            shapes,
            prose,
            title,
        };
        sheet.known = (0..sheet.forms.len()).map(|at| sheet.familiar(at)).collect();
        sheet.in_prose = share(sheet.known.iter().map(|known| known[1]).sum(), count);
        sheet
    }

    pub(super) fn len(&self) -> usize {
        self.forms.len()
    }

    pub(super) fn is_prose(&self, at: usize) -> bool {
        self.forms[at].is_prose
    }

    /// Lines that begin with a time of day.
    pub(super) fn stamps(&self) -> usize {
        self.stamps as usize
    }

    /// Shares of the line's words that stand elsewhere, in the prose elsewhere, and of its long and its short words in
    /// the prose; whether the first word does.
    fn familiar(&self, at: usize) -> [f32; 5] {
        let form = self.forms[at];
        let own = u16::from(form.is_prose);
        let (mut elsewhere, mut prose, mut first) = (0.0, 0.0, NONE);
        let (mut long, mut long_prose) = (0.0_f32, 0.0_f32);
        for (hash, is_long) in &form.tokens {
            let (lines, in_prose) = self.tokens.get(hash).copied().unwrap_or_default();
            let is_in_prose = f32::from(u8::from(in_prose > own));
            elsewhere += f32::from(u8::from(lines > 1));
            prose += is_in_prose;
            if *is_long {
                long += 1.0;
                long_prose += is_in_prose;
            }
            if first == NONE {
                first = is_in_prose;
            }
        }
        let count = form.tokens.len() as f32;
        let of = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { NONE };
        [
            of(elsewhere, count),
            of(prose, count),
            of(long_prose, long),
            of(prose - long_prose, count - long),
            first,
        ]
    }

    /// The features of the line at `at`.
    pub(super) fn row(&self, at: usize) -> Row {
        let form = self.forms[at];
        let count = self.forms.len();
        let near = |offset: isize| -> Option<Neighbour<'_>> {
            let other = at.checked_add_signed(offset)?;
            Some((*self.forms.get(other)?, &self.known[other]))
        };
        let of = |offset: isize, value: fn(&Form) -> f32| {
            near(offset).map_or(NONE, |(form, _)| value(form))
        };
        let prose_of = |offset: isize| of(offset, |form| flag(form.is_prose));
        let in_prose_of = |offset: isize| near(offset).map_or(NONE, |(_, known)| known[1]);
        let shared =
            form.tokens.iter().filter(|(hash, _)| self.title.binary_search(hash).is_ok()).count()
                as f32;
        let prose_before = self.prose[at] as f32;
        let prose_behind = (self.prose[count] - self.prose[at + 1]) as f32;
        let mut before = self.forms[..at].iter().rev();
        let mut behind = self.forms[at + 1..].iter();
        let to_before = before.position(|form| form.is_prose).map_or(50.0, |lines| lines as f32);
        let to_behind = behind.position(|form| form.is_prose).map_or(50.0, |lines| lines as f32);
        let is_short = |form: &&&Form| form.chars < 80.0 && !form.is_prose;
        let run_before = self.forms[..at].iter().rev().take(40).take_while(is_short).count();
        let run_behind = self.forms[at + 1..].iter().take(40).take_while(is_short).count();
        let around: Vec<Neighbour<'_>> =
            [-3, -2, -1, 1, 2, 3].into_iter().filter_map(near).collect();
        let mean = |value: &dyn Fn(&Neighbour<'_>) -> f32| {
            share(around.iter().map(value).sum::<f32>(), around.len() as f32)
        };
        let known = &self.known[at];
        let has_prose = self.first_prose < count;
        let is_outside = has_prose && (at < self.first_prose || at > self.last_prose);
        let long = form.tokens.iter().filter(|(_, is_long)| *is_long).count() as f32;
        let tokens = form.tokens.len() as f32;
        [
            form.chars,
            form.words,
            share(form.chars, form.words),
            form.end,
            form.start,
            form.capitals,
            form.capital_words,
            form.digits,
            form.punctuation,
            form.symbols,
            form.separators,
            flag(form.has_link),
            flag(form.has_handle),
            form.brackets,
            flag(form.has_time),
            flag(form.has_date),
            flag(form.has_year),
            form.label_words,
            form.inner_stops,
            form.commas,
            form.quotes,
            form.uncased,
            flag(form.is_prose),
            share(shared, tokens),
            share(shared, self.title.len() as f32),
            at.min(40) as f32,
            (count - at - 1).min(40) as f32,
            share(at as f32, count as f32),
            prose_before.min(20.0),
            prose_behind.min(20.0),
            to_before.min(50.0),
            to_behind.min(50.0),
            flag(is_outside),
            share(self.prose[count] as f32, count as f32),
            self.prose_chars,
            count.min(200) as f32,
            self.median,
            self.bare,
            run_before as f32,
            run_behind as f32,
            f32::from(self.texts[&form.text]).min(5.0),
            share(f32::from(self.shapes[&shape(form)]), count as f32),
            known[0],
            known[1],
            known[2],
            known[3],
            share(long, tokens),
            of(-1, |form| form.chars),
            of(-1, |form| form.words),
            of(-1, |form| form.end),
            of(-1, |form| form.start),
            prose_of(-1),
            of(-1, |form| form.capital_words),
            in_prose_of(-1),
            of(-2, |form| form.chars),
            of(-2, |form| form.end),
            prose_of(-2),
            of(-3, |form| form.chars),
            prose_of(-3),
            of(1, |form| form.chars),
            of(1, |form| form.words),
            of(1, |form| form.end),
            of(1, |form| form.start),
            prose_of(1),
            of(1, |form| form.capital_words),
            in_prose_of(1),
            of(2, |form| form.chars),
            of(2, |form| form.end),
            prose_of(2),
            of(3, |form| form.chars),
            prose_of(3),
            mean(&|(other, _)| flag(other.end == form.end)),
            mean(&|(other, _)| other.chars.min(form.chars) / other.chars.max(form.chars).max(1.0)),
            mean(&|(other, _)| flag(other.is_bare())),
            mean(&|(_, known)| known[1].max(0.0)),
            self.stamps.min(10.0),
            self.in_prose,
            flag(form.question),
            known[4],
            share(prose_before, at as f32),
            share(prose_behind, (count - at - 1) as f32),
        ]
    }
}

/// Start, end and length, roughly: what the lines of one list have in common.
fn shape(form: &Form) -> u32 {
    let length = (form.chars.max(1.0).log2() as u32).min(12);
    (form.start as i32 as u32 & 0xf) << 8 | (form.end as i32 as u32 & 0xf) << 4 | length
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
        ')' | ']' | '}' => 5.0,
        ':' | '\u{ff1a}' => 7.0,
        c if c.is_numeric() => 8.0,
        c if c.is_alphabetic() || is_mark(c) => 6.0,
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
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Vowel signs, which no property of `char` calls letters in every case.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}' | '\u{966}'..='\u{dff}' | '\u{e30}'..='\u{e4e}'
        | '\u{102b}'..='\u{103e}' | '\u{64b}'..='\u{65f}')
}

fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

fn pair(before: char, c: char) -> u32 {
    (before as u32).wrapping_mul(0x9e37_79b9) ^ (c as u32).wrapping_mul(0x85eb_ca6b)
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn flag(is_so: bool) -> f32 {
    f32::from(u8::from(is_so))
}
