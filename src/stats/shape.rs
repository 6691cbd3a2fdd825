//! Shape of a text beyond its sizes: graphemes, marks, numbers, addresses, emojis and lengths of paragraphs.
//!
//! The names are those of quanteda's `textstat_summary`, which counts its own tokens; here a mark is a character. A
//! paragraph is a run of lines with text, ended by a line without. Emojis are sequences of UTS #51, so a family or a flag is
//! one; they are symbols (general category S) as well, character by character.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use super::profile::counted;
use super::sizes::Histogram;
use super::text::Reading;
use super::{AFTER, Figure};

/// The shape of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Extended grapheme clusters of UAX #29.
    pub graphemes: u64,
    /// Characters of general category P.
    pub puncts: u64,
    /// Tokens without a letter; `None` where words cannot be told.
    pub numbers: Option<u64>,
    /// Characters of general category S.
    pub symbols: u64,
    /// Addresses that begin with `http://`, `https://` or `www.`.
    pub urls: u64,
    /// Words after `#` or `@` that begin a line or follow white space.
    pub tags: u64,
    /// Emoji sequences.
    pub emojis: u64,
    /// Paragraphs by their number of characters, line ends included.
    pub paragraph_chars: Vec<(u32, u32)>,
    /// Paragraphs by their number of tokens; empty where words cannot be told.
    pub paragraph_tokens: Vec<(u32, u32)>,
}

static PUNCT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{P}"));
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{S}"));
static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:https?://|www\.)[^\s]"));
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)(?:^|\s)[#@]\w"));
static EMOJI: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\p{RI}\p{RI}|(?:\p{Emoji}\x{FE0F}\x{20E3}?|\p{Emoji_Presentation}\p{EMod}?|\p{EBase}\p{EMod})",
        r"(?:\x{200D}\p{Emoji}(?:\p{EMod}|\x{FE0F})?)*"
    ))
});

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a test compiles it")
}

impl Shape {
    /// The shape of a text, with its words where they can be told.
    pub(super) fn of(text: &str, reading: Option<&Reading>) -> Self {
        let many = |pattern: &Regex| pattern.find_iter(text).count() as u64;
        let is_number = |word: &str| !word.chars().any(char::is_alphabetic);
        let numbers = |reading: &Reading| {
            let types = reading.types.iter().filter(|of| is_number(reading.spelling(of)));
            types.map(|of| u64::from(of.frequency)).sum()
        };
        Self {
            graphemes: graphemes(text),
            puncts: many(&PUNCT),
            numbers: reading.map(numbers),
            symbols: many(&SYMBOL),
            urls: many(&URL),
            tags: many(&TAG),
            // Emojis are beyond ASCII, save the base of a keycap, whose next character is not.
            emojis: if text.is_ascii() { 0 } else { many(&EMOJI) },
            paragraph_chars: counted(
                paragraphs(text).map(|paragraph| (paragraph.chars().count() as u32, 1)),
            ),
            paragraph_tokens: counted(
                reading.into_iter().flat_map(|of| of.paragraphs.iter().map(|tokens| (*tokens, 1))),
            ),
        }
    }
}

/// The paragraphs of a text: runs of lines with text, without the line end behind the last.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (mut end, mut skipped) = (0, 0);
            for line in rest.split_inclusive('\n') {
                if line.trim().is_empty() {
                    skipped = line.len();
                    break;
                }
                end += line.len();
            }
            if end == 0 && skipped == 0 {
                return None;
            }
            let paragraph = rest[..end].trim_end_matches('\n');
            rest = &rest[end + skipped..];
            if end > 0 {
                return Some(paragraph);
            }
        }
    })
}

fn graphemes(text: &str) -> u64 {
    if text.is_ascii() {
        // Only CR LF is one cluster of two characters.
        return (text.len() - text.matches("\r\n").count()) as u64;
    }
    text.graphemes(true).count() as u64
}

/// Shapes of a group of documents; two of them merge by addition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shapes {
    graphemes: Histogram,
    puncts: Histogram,
    numbers: Histogram,
    symbols: Histogram,
    urls: Histogram,
    tags: Histogram,
    emojis: Histogram,
    paragraph_chars: Histogram,
    paragraph_tokens: Histogram,
}

impl Shapes {
    /// Adds a document.
    pub fn add(&mut self, shape: &Shape) {
        self.graphemes.add(Some(shape.graphemes));
        self.puncts.add(Some(shape.puncts));
        self.numbers.add(shape.numbers);
        self.symbols.add(Some(shape.symbols));
        self.urls.add(Some(shape.urls));
        self.tags.add(Some(shape.tags));
        self.emojis.add(Some(shape.emojis));
        for (chars, paragraphs) in &shape.paragraph_chars {
            self.paragraph_chars.add_many(u64::from(*chars), u64::from(*paragraphs));
        }
        for (tokens, paragraphs) in &shape.paragraph_tokens {
            self.paragraph_tokens.add_many(u64::from(*tokens), u64::from(*paragraphs));
        }
    }

    /// Adds all documents of another group.
    pub fn merge(&mut self, other: &Self) {
        self.graphemes.merge(&other.graphemes);
        self.puncts.merge(&other.puncts);
        self.numbers.merge(&other.numbers);
        self.symbols.merge(&other.symbols);
        self.urls.merge(&other.urls);
        self.tags.merge(&other.tags);
        self.emojis.merge(&other.emojis);
        self.paragraph_chars.merge(&other.paragraph_chars);
        self.paragraph_tokens.merge(&other.paragraph_tokens);
    }

    /// The group's rows, in a fixed order.
    pub fn figures<'k>(&self, scope: &'static str, key: &'k str) -> Vec<Figure<'k>> {
        let rows = [
            (
                "graphemes",
                &self.graphemes,
                "graphemes",
                "UAX #29 extended grapheme clusters of the body",
            ),
            ("puncts", &self.puncts, "characters", "general category P"),
            ("numbers", &self.numbers, "tokens", "tokens without a letter"),
            (
                "symbols",
                &self.symbols,
                "characters",
                "general category S, emojis of one character among them",
            ),
            ("urls", &self.urls, "addresses", "beginning with http://, https:// or www."),
            (
                "tags",
                &self.tags,
                "tags",
                "words after # or @ at the begin of a line or after white space",
            ),
            ("emojis", &self.emojis, "emojis", "emoji sequences of UTS #51"),
            (
                "paragraph_chars",
                &self.paragraph_chars,
                "characters",
                "characters of a paragraph; a blank line ends one",
            ),
            (
                "paragraph_tokens",
                &self.paragraph_tokens,
                "tokens",
                "tokens of a paragraph; a blank line ends one, and one of marks alone has none",
            ),
        ];
        let figures = rows.into_iter().flat_map(|(name, histogram, unit, method)| {
            histogram.figures(&Figure {
                scope,
                key,
                statistic: name.into(),
                unit,
                state: AFTER,
                method,
                ..Figure::default()
            })
        });
        figures.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::text::Case;

    #[test]
    fn texts_have_these_shapes() {
        // Graphemes, puncts, numbers, symbols, urls, tags, emojis.
        let table = [
            ("nothing", "", [0, 0, 0, 0, 0, 0, 0]),
            ("plain", "Two cats, 3.5 dogs!", [19, 3, 1, 0, 0, 0, 0]),
            ("line ends", "a\r\nb", [3, 0, 0, 0, 0, 0, 0]),
            ("marks", "e\u{301}te\u{301} + 5 € = x", [13, 0, 1, 3, 0, 0, 0]),
            ("addresses", "see https://a.example or WWW.b.example.", [39, 7, 0, 0, 2, 0, 0]),
            ("tags", "#one by @two, a#b c@d", [21, 5, 0, 0, 0, 2, 0]),
            ("a family, a flag, a wave, a heart", "👨‍👩‍👧 🇳🇴 👋🏽 ❤️ 7", [9, 0, 1, 8, 0, 0, 4]),
            ("no emoji", "7 # © ™", [7, 1, 1, 2, 0, 0, 0]),
        ];
        for (name, text, expected) in table {
            let reading = Reading::of(text, Case::Lower);
            let shape = Shape::of(text, Some(&reading));
            let numbers = shape.numbers.expect("its words are known");
            let Shape { graphemes, puncts, symbols, urls, tags, emojis, .. } = shape;
            let found = [graphemes, puncts, numbers, symbols, urls, tags, emojis];
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(Shape::of("今天", None).numbers, None);
    }

    #[test]
    fn a_blank_line_ends_a_paragraph() {
        let table: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("\n \n", &[]),
            ("one", &["one"]),
            ("one\ntwo\n\nthree\n", &["one\ntwo", "three"]),
            ("\n\n one\n \t\n\ntwo", &[" one", "two"]),
        ];
        for (text, expected) in table {
            assert_eq!(paragraphs(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
        let shape = Shape::of("one\ntwo\n\nabc def\n\n1234567", None);
        assert_eq!((shape.paragraph_chars, shape.paragraph_tokens), (vec![(7, 3)], vec![]));
        let text = "One two.\nThree!\n\n* * *\n \nfour five six\n\nseven";
        let shape = Shape::of(text, Some(&Reading::of(text, Case::Lower)));
        assert_eq!(shape.paragraph_tokens, [(0, 1), (1, 1), (3, 2)]);
    }
}
