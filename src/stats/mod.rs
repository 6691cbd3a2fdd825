//! Statistics: what is counted in a document, and the mergeable sums over sources, languages and the corpus.
//!
//! All sums are integers and every ratio is taken once, at the end, so that no figure depends on the order of the
//! documents. A figure that is not defined is empty and says why; it is never 0.

pub mod again;
pub mod association;
mod characters;
mod dictionary;
pub mod dispersion;
pub mod diversity;
mod draft;
pub mod figures;
mod fold;
pub mod frequency;
mod funnel;
mod groups;
mod interval;
mod labels;
pub mod lexicon;
pub mod observed;
mod profile;
pub mod readability;
pub mod reduced;
#[cfg(test)]
mod reference;
mod remembered;
mod sentences;
pub mod sequences;
pub mod shape;
mod sizes;
pub mod spectrum;
pub mod syllables;
pub mod tally;
pub mod text;
mod top;
pub mod vocabulary;
mod walk;
mod words;

pub use funnel::{Funnel, Removed, Repairs, Text};
pub use groups::Groups;
pub use labels::Labels;
pub use profile::{Decoded, Diversity, Lexis, Profile};
pub use sizes::Sizes;
pub use tally::Tally;

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use crate::document::{Document, Measures};
use crate::letters::is_alphabetic;
use sequences::Window;
use text::{Case, Reading};
use walk::Count;

/// One row of a table in `stats/`: the long form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure<'a> {
    /// `corpus`, `source` or `language`.
    pub scope: &'static str,
    /// Which source or language; empty for the corpus.
    pub key: &'a str,
    /// Name of the figure.
    pub statistic: Cow<'static, str>,
    /// Its value; `None` where it is not defined.
    pub value: Option<Value>,
    /// How many documents it rests on; for lengths of sentences and tokens, how many of those.
    pub n: u64,
    /// What the value counts; empty for a number without a unit.
    pub unit: &'static str,
    /// [`AFTER`] cleaning, or the same documents [`BEFORE`] it.
    pub state: &'static str,
    /// How it was computed.
    pub method: &'static str,
    /// Why there is no value.
    pub reason: &'static str,
}

/// State of documents as they are published.
pub const AFTER: &str = "after";
/// State of the same documents as they were decoded.
pub const BEFORE: &str = "before";

/// A figure's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A count, or an exact quantile.
    Count(u64),
    /// A ratio, printed with six decimals.
    Ratio(f64),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Ratio(ratio) => write!(f, "{ratio:.6}"),
        }
    }
}

/// Families of figures that a run may compute besides sizes; each costs time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// Type-token ratios, MTLD, HD-D, and what follows from the frequency spectrum.
    pub diversity: bool,
    /// Readability.
    pub readability: bool,
    /// Word lists with dispersion, Zipf's law, vocabulary growth.
    pub words: bool,
    /// Average reduced frequency in the word lists.
    pub arf: bool,
    /// Graphemes, marks, numbers, addresses, emojis, lengths of paragraphs.
    pub shape: bool,
    /// Diversity and lengths of sentences and tokens of the same documents as they were decoded.
    pub before: bool,
    /// Growth of the vocabulary as it was observed.
    pub growth: bool,
    /// Tokens of the documents that were rejected or dropped.
    pub dropped: bool,
    /// Sequences of 1 to 3 characters.
    pub characters: bool,
    /// Sequences of 2 to 5 words.
    pub ngrams: bool,
    /// Words that attract each other.
    pub collocations: bool,
    /// Where the second word of a collocation may stand.
    pub collocation_window: Window,
    /// Whether the parts of a dispersion are documents; else they are sources.
    pub dispersion_over_documents: bool,
}

impl Families {
    /// Where the second word of a collocation may stand; `None` where there are no collocations.
    pub fn window(&self) -> Option<Window> {
        self.collocations.then_some(self.collocation_window)
    }

    /// Whether the words of the corpus are read [a second time](again).
    pub fn reads_again(&self) -> bool {
        self.arf || self.growth || self.dispersion_over_documents
    }

    /// How many times the memory of a profile of the default families a profile takes, at most: so many times fewer
    /// documents are in flight.
    pub fn weight(&self) -> u64 {
        let lengths = match self {
            Self { ngrams: true, .. } => 4,
            Self { collocations: true, .. } => 1,
            _ => 0,
        };
        let wide = self.window().filter(|window| *window != Window::ADJACENT);
        // A token has about six bytes of text, and each sequence that begins with it or pair that it ends takes 24.
        1 + 2 * (lengths + wide.map_or(0, |window| window.size() as u64))
            + 4 * u64::from(self.characters)
    }
}

/// Counts a document's body.
///
/// Tokens and sentences are those of [`text`]. Where a tenth of the letters belongs to a script without spaces (Han, kana,
/// Thai, Lao, Khmer, Myanmar), words need a dictionary and tokens are not counted; without sentence marks (all of these but
/// Han and kana) sentences are not, either. The feature `icu`, on by default, brings the dictionaries, and tokens with them.
pub fn measure(document: &Document) -> Measures {
    measure_text(document.body())
}

/// Counts a text.
pub fn measure_text(body: &str) -> Measures {
    let script = Script::of(body);
    let mut count = Count::default();
    let is_counted = count_words(body, &script, &mut count);
    sizes(body, &script, is_counted.then_some((count.tokens, count.sentences)))
}

/// Counts a text of which another is left, the sizes of which are known. Lines count alone: no token and no sentence crosses
/// the end of one. So where whole lines are gone, as they nearly always are, these are all that is counted.
fn measure_before(decoded: &str, left: &str, sizes_left: &Measures) -> Measures {
    let (script, script_left) = (Script::of(decoded), Script::of(left));
    let is_same_script = script.is_spaced() == script_left.is_spaced()
        && script.has_sentence_marks() == script_left.has_sentence_marks();
    let gone = gone_lines(decoded, left).filter(|_| is_same_script);
    let (Some(gone), Some(tokens)) = (gone, sizes_left.tokens) else {
        return measure_text(decoded);
    };
    let mut count = Count { tokens, sentences: sizes_left.sentences.unwrap_or_default() };
    gone.into_iter().for_each(|line| {
        count_words(line, &script, &mut count);
    });
    sizes(decoded, &script, Some((count.tokens, count.sentences)))
}

/// Counts the tokens and sentences of a text of some script; whether that can be done.
fn count_words(text: &str, script: &Script, count: &mut Count) -> bool {
    if script.is_spaced() {
        walk::go_through(text, count);
        return true;
    }
    let words = dictionary::words(text);
    words.map(|words| walk::go_through_words(text, words, count)).is_some()
}

/// The lines that a text has besides those of another, in their order; `None` where lines of that are not among them.
fn gone_lines<'t>(text: &'t str, left: &str) -> Option<Vec<&'t str>> {
    let mut left = left.split('\n').peekable();
    let lines = text.split('\n').filter(|line| left.next_if_eq(line).is_none());
    let gone = lines.collect();
    left.next().is_none().then_some(gone)
}

/// A text's sizes, and its words where they can be told.
fn read(body: &str, language: Option<&str>) -> (Measures, Option<Reading>) {
    let script = Script::of(body);
    let mut reading = match script.is_spaced() {
        true => Some(Reading::of(body, Case::of(language))),
        false => dictionary::words(body).map(|words| Reading::of_words(body, words)),
    };
    let count = |reading: &Reading| (reading.tokens.len() as u64, reading.sentences.len() as u64);
    let measures = sizes(body, &script, reading.as_ref().map(count));
    if let Some(reading) = reading.as_mut().filter(|_| !script.has_sentence_marks()) {
        reading.sentences.clear();
    }
    (measures, reading)
}

/// The sizes of a text of which tokens and sentences are counted, or cannot be.
fn sizes(body: &str, script: &Script, counted: Option<(u64, u64)>) -> Measures {
    let of_sentences = || match counted {
        Some((_, sentences)) => sentences,
        None => body.unicode_sentences().count() as u64,
    };
    let sentences = script.has_sentence_marks().then(of_sentences);
    let tokens = counted.map(|(tokens, _)| tokens);
    let (lines, paragraphs) = lines_and_paragraphs(body);
    Measures { bytes: body.len() as u64, chars: script.chars, tokens, sentences, lines, paragraphs }
}

/// Lines with text, and the runs of them.
fn lines_and_paragraphs(body: &str) -> (u64, u64) {
    let (mut lines, mut paragraphs, mut was_blank) = (0, 0, true);
    for line in body.split('\n') {
        let is_blank = line.trim().is_empty();
        lines += u64::from(!is_blank);
        paragraphs += u64::from(was_blank && !is_blank);
        was_blank = is_blank;
    }
    (lines, paragraphs)
}

/// Characters of a text by what its script needs.
#[derive(Default)]
struct Script {
    chars: u64,
    /// As many as it takes to judge the shares below.
    letters: u64,
    unspaced: u64,
    unmarked: u64,
}

impl Script {
    /// Whether words stand between spaces.
    fn is_spaced(&self) -> bool {
        self.letters == 0 || self.unspaced * 10 < self.letters
    }

    /// Whether marks stand between sentences.
    fn has_sentence_marks(&self) -> bool {
        self.letters == 0 || self.unmarked * 10 < self.letters
    }

    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { chars: text.len() as u64, ..Self::default() };
        }
        let mut script = Self { chars: text.chars().count() as u64, ..Self::default() };
        if !text.bytes().any(may_begin_unspaced) {
            return script;
        }
        script.unmarked = text.chars().filter(|c| is_unmarked(*c)).count() as u64;
        script.unspaced = text.chars().filter(|c| is_unspaced(*c)).count() as u64;
        // Letters are at most all characters, so that their number is asked for in mixed texts only.
        script.letters = match script.unspaced {
            0 => script.chars,
            unspaced
                if unspaced * 10 >= script.chars
                    && (script.unmarked == 0 || script.unmarked * 10 >= script.chars) =>
            {
                unspaced
            }
            unspaced => {
                let is_letter = |c: &char| is_alphabetic(*c) || is_unspaced(*c);
                let enough = unspaced as usize * 10 + 1;
                text.chars().filter(is_letter).take(enough).count() as u64
            }
        };
        script
    }
}

/// Thai, Lao, Burmese, Khmer: neither spaces between words nor marks between sentences.
fn is_unmarked(character: char) -> bool {
    matches!(character as u32,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F)
}

/// These, Han and kana.
fn is_unspaced(character: char) -> bool {
    is_unmarked(character)
        || matches!(character as u32,
            0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
            | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF)
}

/// Whether a byte of UTF-8 may begin a character of a script without spaces: one of U+0E00 or later, save U+2000 to U+2FFF,
/// where the punctuation is.
fn may_begin_unspaced(byte: u8) -> bool {
    byte >= 0xE0 && byte != 0xE2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::DocId;

    #[test]
    fn bodies_are_counted_by_uax_29() {
        let by_dictionary = |tokens| cfg!(feature = "icu").then_some(tokens);
        let table = [
            ("English", "The cat's out. It ran 3.5 miles!\n\nNo.", (37, Some(8), Some(3), 2)),
            ("nothing", "", (0, Some(0), Some(0), 0)),
            ("Chinese", "今天下雨。明天晴。", (9, by_dictionary(4), Some(2), 1)),
            ("Thai", "วันนี้ฝนตก", (10, by_dictionary(4), None, 1)),
            (
                "a foreign name in English",
                "The word 東京 means the eastern capital.",
                (38, Some(8), Some(1), 1),
            ),
        ];
        for (name, body, (chars, tokens, sentences, lines)) in table {
            let measures =
                measure(&Document::new(DocId(0), "a", "s", "A headline is not counted", body));
            let bytes = body.len() as u64;
            let paragraphs = shape::paragraphs(body).count() as u64;
            let expected = Measures { bytes, chars, tokens, sentences, lines, paragraphs };
            assert_eq!(measures, expected, "{name}");
        }
    }

    fn lines() -> impl Strategy<Value = Vec<(String, bool)>> {
        let piece = prop_oneof![
            4 => "[a-zA-Z0-9 .!?'’é]{0,20}",
            1 => "[a-z. ]{0,8}[東京。ไทย]{0,6}",
            1 => Just("One. Two\u{2028}three.\r".to_owned()),
        ];
        proptest::collection::vec((piece, any::<bool>()), 0..9)
    }

    proptest! {
        #[test]
        fn what_a_text_was_before_is_what_it_is_and_what_went(lines in lines(), cut in any::<bool>()) {
            let join = |lines: Vec<&str>| lines.join("\n");
            let decoded = join(lines.iter().map(|(line, _)| line.as_str()).collect());
            let left = lines.iter().filter(|(_, goes)| !goes).map(|(line, _)| line.as_str());
            let mut left = join(left.collect());
            if cut {
                left.pop();
            }
            prop_assert_eq!(measure_before(&decoded, &left, &measure_text(&left)), measure_text(&decoded));
        }
    }

    #[test]
    fn lines_that_went_are_told_from_lines_that_changed() {
        let text = "a\n\nb\na\n\nc";
        assert_eq!(gone_lines(text, "a\n\nc"), Some(vec!["b", "a", ""]));
        assert_eq!(gone_lines(text, "a\n\nd"), None);
        assert_eq!(gone_lines(text, text), Some(Vec::new()));
    }
}
