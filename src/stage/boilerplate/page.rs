//! A document as the rules see it: its lines, their folded text, and what can be said about each of them.

use std::cell::OnceCell;
use std::ops::Range;

use super::sentence;
use super::text::{
    count_words, ends_like_a_sentence, fits, fold_into, has_link, is_headline, is_post, is_stamp,
    is_stopless,
};
use crate::document::Document;

/// Lines with at least this many words may be prose; shorter ones are headlines, labels and list items.
const PROSE_WORDS: usize = 10;
/// Lines with this many words are prose whatever they end with.
const LONG_WORDS: usize = 30;
/// The same for scripts that end no sentence with a mark.
const STOPLESS_WORDS: usize = 20;

/// The headline and the lines of a document.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) source: &'a str,
    pub(super) lines: Vec<PageLine<'a>>,
    folded: String,
}

/// One line with text.
pub(super) struct PageLine<'a> {
    pub(super) text: &'a str,
    pub(super) at: Range<usize>,
    folded: Option<Range<usize>>,
    facts: OnceCell<Facts>,
}

/// What the guards ask about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) words: usize,
    pub(super) is_prose: bool,
    pub(super) is_headline: bool,
    pub(super) has_link: bool,
    pub(super) is_post: bool,
    pub(super) is_stamp: bool,
}

impl<'a> Page<'a> {
    /// Reads the lines of `document`; those of more than `max_chars` characters get no folded text.
    pub(super) fn new(document: &'a Document, max_chars: usize) -> Self {
        let mut folded = String::with_capacity(document.body().len());
        let lines = document
            .lines()
            .map(|line| {
                let range = fits(line.text, max_chars).then(|| fold_into(&mut folded, line.text));
                PageLine { text: line.text, at: line.at, folded: range, facts: OnceCell::new() }
            })
            .collect();
        Self { title: document.title(), source: &document.source, lines, folded }
    }

    /// Reads the lines of `document` with every sentence of a paragraph as a line of its own. Only whole sentences and
    /// asides of `is_wanted` lines get folded text, so that no rule can match anything else.
    pub(super) fn of_sentences(
        document: &'a Document,
        max_chars: usize,
        is_wanted: &dyn Fn(&str) -> bool,
        is_aside: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut folded = String::new();
        let mut lines = Vec::new();
        for line in document.lines() {
            let units = match is_wanted(line.text) {
                true => sentence::split(line.text, is_aside),
                false => Vec::new(),
            };
            if units.len() < 2 {
                let (text, at) = (line.text, line.at);
                lines.push(PageLine { text, at, folded: None, facts: OnceCell::new() });
                continue;
            }
            for unit in units {
                let text = &line.text[unit.text];
                let at = line.at.start + unit.at.start..line.at.start + unit.at.end;
                let is_tested = unit.is_whole && fits(text, max_chars);
                let folded = is_tested.then(|| fold_into(&mut folded, text));
                lines.push(PageLine { text, at, folded, facts: OnceCell::new() });
            }
        }
        Self { title: document.title(), source: &document.source, lines, folded }
    }

    /// The folded text of a line, `None` where the line is too long to be tested.
    pub(super) fn folded(&self, line: usize) -> Option<&str> {
        self.lines[line].folded.clone().map(|range| &self.folded[range])
    }
}

impl PageLine<'_> {
    /// What can be said about the line; computed once.
    pub(super) fn facts(&self) -> Facts {
        *self.facts.get_or_init(|| Facts::of(self.text))
    }
}

impl Facts {
    /// Looks at one line.
    pub(super) fn of(text: &str) -> Self {
        let words = count_words(text);
        let ends_sentence = ends_like_a_sentence(text);
        let is_stopless = text.chars().rev().find(|c| c.is_alphabetic()).is_some_and(is_stopless);
        let long = if is_stopless { STOPLESS_WORDS } else { LONG_WORDS };
        Self {
            words,
            is_prose: words >= long || (words >= PROSE_WORDS && ends_sentence),
            is_headline: words <= LONG_WORDS && is_headline(text),
            has_link: has_link(text),
            is_post: is_post(text),
            is_stamp: is_stamp(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_estimated_where_no_space_parts_them() {
        let table = [
            ("English", "It rained in the valley", 5, false),
            ("a Chinese label", "相关阅读", 2, false),
            ("Chinese prose", "昨天夜里山谷下了一场大雨，通往村庄的道路被洪水冲断。", 12, true),
            (
                "Japanese prose",
                "きのうの夜、谷では大雨が降り、村へ向かう道が通れなくなりました。",
                11,
                true,
            ),
            (
                "Thai prose",
                "เมื่อคืนที่ผ่านมาเกิดฝนตกหนักในหุบเขาทางตอนเหนือทำให้ถนนที่มุ่งหน้าไปยังหมู่บ้านถูกน้ำท่วมและรถไม่สามารถสัญจรไปมาได้",
                22,
                true,
            ),
            ("a Thai label", "ข่าวที่เกี่ยวข้อง", 3, false),
            ("Hindi prose", "कल रात घाटी में बहुत तेज बारिश हुई और गाँव की सड़क बंद हो गई।", 15, true),
            (
                "Arabic prose",
                "هل هطلت أمطار غزيرة ليلة أمس على الوادي وأغلقت الطريق إلى القرية؟",
                12,
                true,
            ),
        ];
        for (name, text, words, is_prose) in table {
            let facts = Facts::of(text);
            assert!(facts.words.abs_diff(words) <= 2, "{name}: {}", facts.words);
            assert_eq!(facts.is_prose, is_prose, "{name}");
        }
    }
}
