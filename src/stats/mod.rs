//! Statistics: what is counted in a document, and the mergeable sums over sources, languages and the corpus.
//!
//! All sums are integers and every ratio is taken once, at the end, so that no figure depends on the order of the
//! documents. A figure that is not defined is empty and says why; it is never 0.

pub mod association;
pub mod dispersion;
pub mod diversity;
mod funnel;
#[cfg(test)]
mod reference;
mod sentences;
mod sizes;
pub mod spectrum;
mod tally;
pub mod text;

pub use funnel::Funnel;
pub use sizes::Sizes;
pub use tally::Tally;

use unicode_segmentation::UnicodeSegmentation;

use crate::document::{Document, Measures};

/// One row of a table in `stats/`: the long form.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `corpus`, `source`, `language` or `rule`.
    pub scope: &'static str,
    /// Which source, language or rule; empty for the corpus.
    pub key: String,
    /// Name of the figure.
    pub statistic: String,
    /// Its value; `None` where it is not defined.
    pub value: Option<Value>,
    /// How many documents it rests on.
    pub n: u64,
    /// How it was computed.
    pub method: &'static str,
    /// Why there is no value.
    pub reason: &'static str,
}

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

/// Counts a document's body.
///
/// Tokens are UAX #29 word segments with at least one alphanumeric character, sentences are UAX #29 sentences with at
/// least one token. Where a tenth of the letters belongs to a script without spaces (Han, kana, Thai, Lao, Khmer,
/// Myanmar), words need a dictionary and tokens are not counted; without sentence marks (all of these but Han and kana)
/// sentences are not, either.
pub fn measure(document: &Document) -> Measures {
    let body = document.body();
    let script = Script::of(body);
    let is_spaced = script.letters == 0 || script.unspaced * 10 < script.letters;
    let has_sentence_marks = script.letters == 0 || script.unmarked * 10 < script.letters;
    Measures {
        chars: script.chars,
        tokens: is_spaced.then(|| body.unicode_words().count() as u64),
        sentences: has_sentence_marks.then(|| body.unicode_sentences().count() as u64),
        lines: document.lines().count() as u64,
    }
}

/// Characters of a text by what its script needs.
#[derive(Default)]
struct Script {
    chars: u64,
    letters: u64,
    unspaced: u64,
    unmarked: u64,
}

impl Script {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { chars: text.len() as u64, ..Self::default() };
        }
        let mut script = Self::default();
        for c in text.chars() {
            script.chars += 1;
            if c.is_ascii() {
                script.letters += u64::from(c.is_ascii_alphabetic());
                continue;
            }
            let unmarked = matches!(c as u32,
                0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F);
            let unspaced = unmarked
                || matches!(c as u32,
                    0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
                    | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x3FFFF);
            script.letters += u64::from(unspaced || c.is_alphabetic());
            script.unspaced += u64::from(unspaced);
            script.unmarked += u64::from(unmarked);
        }
        script
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::DocId;

    #[test]
    fn bodies_are_counted_by_uax_29() {
        let table = [
            ("English", "The cat's out. It ran 3.5 miles!\n\nNo.", (37, Some(8), Some(3), 2)),
            ("nothing", "", (0, Some(0), Some(0), 0)),
            ("Chinese", "今天下雨。明天晴。", (9, None, Some(2), 1)),
            ("Thai", "วันนี้ฝนตก", (10, None, None, 1)),
            (
                "a foreign name in English",
                "The word 東京 means the eastern capital.",
                (38, Some(8), Some(1), 1),
            ),
        ];
        for (name, body, (chars, tokens, sentences, lines)) in table {
            let measures =
                measure(&Document::new(DocId(0), "a", "s", "A headline is not counted", body));
            assert_eq!(measures, Measures { chars, tokens, sentences, lines }, "{name}");
        }
    }
}
