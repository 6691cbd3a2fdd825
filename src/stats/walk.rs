//! The way through a text: its tokens, and where its sentences and lines end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::sentences::{Bounds, is_plain_of_terminators};
use super::words::{Found, words};
use crate::letters::is_alphanumeric;

/// What is told of a text on the way through it.
pub(super) trait Listener {
    /// A token, and its characters.
    fn word(&mut self, word: &str, chars: u32);

    /// The end of a sentence of so many tokens.
    fn end_sentence(&mut self, tokens: u32);

    /// The end of a line.
    fn end_line(&mut self, is_blank: bool);
}

/// Goes through a text whose words stand between spaces.
pub(super) fn go_through(text: &str, listener: &mut impl Listener) {
    let mut bounds = Bounds::default();
    for line in text.split_inclusive('\n') {
        bounds.find(line, is_plain_of_terminators(line));
        go_through_line(line, &bounds.at, listener);
        listener.end_line(line.chars().all(char::is_whitespace));
    }
}

/// Goes through a line with sentences that begin at the `bounds` within it.
fn go_through_line(line: &str, bounds: &[usize], listener: &mut impl Listener) {
    let mut at = 0;
    let mut begun = 0;
    for end in bounds.iter().copied().chain([line.len()]) {
        let mut tokens = 0;
        // A word that crosses the bound belongs to the sentence in which it begins.
        at = words(line, at.max(begun), end, |Found { range, chars }| {
            listener.word(&line[range], chars);
            tokens += 1;
        });
        if tokens > 0 || line[begun..end].chars().any(is_alphanumeric) {
            listener.end_sentence(tokens);
        }
        begun = end;
    }
}

/// Goes through a text whose words somebody else found: `words` are byte ranges, ascending.
pub(super) fn go_through_words(
    text: &str,
    words: impl Iterator<Item = Range<usize>>,
    listener: &mut impl Listener,
) {
    let mut words = words.peekable();
    let mut end = 0;
    let mut is_blank = true;
    for sentence in text.split_sentence_bounds() {
        end += sentence.len();
        is_blank &= sentence.chars().all(char::is_whitespace);
        let mut tokens = 0;
        while let Some(range) = words.next_if(|word| word.start < end) {
            let word = text[range].trim_start();
            listener.word(word, word.chars().count() as u32);
            tokens += 1;
        }
        if tokens > 0 || sentence.chars().any(is_alphanumeric) {
            listener.end_sentence(tokens);
        }
        if sentence.ends_with('\n') || end == text.len() {
            listener.end_line(std::mem::replace(&mut is_blank, true));
        }
    }
}

/// How many tokens and sentences a text has, where nobody asks which.
#[derive(Default)]
pub(super) struct Count {
    pub(super) tokens: u64,
    pub(super) sentences: u64,
}

impl Listener for Count {
    fn word(&mut self, _: &str, _: u32) {
        self.tokens += 1;
    }

    fn end_sentence(&mut self, _: u32) {
        self.sentences += 1;
    }

    fn end_line(&mut self, _: bool) {}
}
