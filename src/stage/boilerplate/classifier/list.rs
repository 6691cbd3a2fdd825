//! Lists of the article's own at its foot: winners, fixtures, references, a glossary, questions and answers. By its lines each
//! looks like furniture; by their likeness they are told from it, for links and buttons are unlike each other.

use std::ops::Range;

use super::form::{BRACKET, COLON, DIGIT, Form, LETTER};

/// Fewest lines of a list; of names more, since so short are the buttons of a page as well.
const MIN_ITEMS: usize = 3;
const MIN_NAMES: usize = 4;
/// Words of a label that tells an item from others: `Q:`, `Monday:`.
const MAX_LABEL_WORDS: f32 = 2.0;
/// Words of a name.
const MAX_NAME_WORDS: f32 = 4.0;
/// Lines between prose and a list of names that it leads to: its heading.
const LEAD: usize = 1;
/// Least items for each that may speak of the web page: an answer names an app, but a list of channels is none of the article.
const ITEMS_PER_SITE: usize = 4;
const NAMES_PER_SITE: usize = 10;

/// Words from which on a line that ends in a colon announces what stands behind it, and most words of a line that it may
/// announce. On the labelled pages 138 lines behind such sentences are the article's, and 36 in five blocks are not: three of
/// their sentences speak of links, a search or films, as web pages do. Behind shorter ones ("You may also like:") nearly all are
/// residue.
const ANNOUNCING_WORDS: f32 = 8.0;
const ANNOUNCED_WORDS: f32 = 8.0;

/// A line, with its form.
type Line<'p> = (&'p str, &'p Form);

/// A kind of list.
struct Kind {
    least: usize,
    /// Items for each that may speak of the web page; 0 where all may, as references do.
    per_site: usize,
    /// Whether it stands right behind prose.
    is_led: bool,
    is_item: fn(&Line<'_>) -> bool,
}

const KINDS: [Kind; 5] = [
    Kind { least: MIN_ITEMS, per_site: 0, is_led: false, is_item: is_numbered },
    Kind { least: MIN_ITEMS, per_site: ITEMS_PER_SITE, is_led: false, is_item: is_labelled },
    Kind { least: MIN_ITEMS, per_site: ITEMS_PER_SITE, is_led: false, is_item: is_dated },
    Kind { least: MIN_ITEMS, per_site: ITEMS_PER_SITE, is_led: false, is_item: is_pair },
    Kind { least: MIN_NAMES, per_site: NAMES_PER_SITE, is_led: true, is_item: is_name },
];

/// Whether each line is an item of a list of the article's own, or the line that heads one.
///
/// In five folds by publisher this halves what ends take wrongly from a newspaper crawler's text that people have labelled
/// (lines lost .29 % to .17 %; .12 % without ends), and takes recall on whole pages from .478 to .476; in a dump 101 of 623
/// lines behind an end stay, in nine lists.
pub(super) fn items(lines: &[Line<'_>]) -> Vec<bool> {
    let mut is_item = vec![false; lines.len()];
    for kind in &KINDS {
        let mut from = 0;
        while from < lines.len() {
            let run = lines[from..].iter().take_while(|line| (kind.is_item)(line)).count();
            if kind.is_list(lines, from, run) {
                let heads = |at: &usize| lines[*at].1.site == 0.0;
                let first = from.checked_sub(1).filter(heads).unwrap_or(from);
                is_item[first..from + run].fill(true);
            }
            from += run.max(1);
        }
    }
    counted(lines).into_iter().for_each(|range| is_item[range].fill(true));
    let forms: Vec<&Form> = lines.iter().map(|(_, form)| *form).collect();
    announced(&forms).into_iter().for_each(|range| is_item[range].fill(true));
    is_item
}

/// Short lines behind a sentence that announces them: "… with whatever grows in the valley, such as:". No model takes these, for
/// they are the sentence's other half.
pub(super) fn announced(forms: &[&Form]) -> Vec<Range<usize>> {
    let announces =
        |form: &&Form| form.end == COLON && form.words >= ANNOUNCING_WORDS && form.site == 0.0;
    let is_item = |form: &&&Form| {
        let is_bare = [BRACKET, LETTER, DIGIT].contains(&form.end);
        form.words <= ANNOUNCED_WORDS && is_bare && !form.has_handle && !form.has_link
    };
    let list = |at: usize| {
        let run = forms[at + 1..].iter().take_while(is_item).count();
        let site = forms[at + 1..][..run].iter().filter(|form| form.site > 0.0).count();
        (run >= MIN_ITEMS && site * ITEMS_PER_SITE <= run).then_some(at + 1..at + 1 + run)
    };
    (0..forms.len()).filter(|at| announces(&forms[*at])).filter_map(list).collect()
}

/// The lines from the first to the last number of lists that count from one, with whatever stands between the numbers: such
/// a list is not over before its last one.
fn counted(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut lists: Vec<Range<usize>> = Vec::new();
    let (mut first, mut count) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        match number(line.0) {
            Some(1) => (first, count) = (at, 1),
            Some(number) if count > 0 && number == count + 1 => {
                count = number;
                if count == MIN_ITEMS {
                    lists.push(first..at + 1);
                } else if let Some(list) = lists.last_mut().filter(|list| list.start == first) {
                    list.end = at + 1;
                }
            }
            _ => {}
        }
    }
    lists
}

impl Kind {
    fn is_list(&self, lines: &[Line<'_>], from: usize, run: usize) -> bool {
        let site = lines[from..from + run].iter().filter(|(_, form)| form.site > 0.0).count();
        let is_led = || lines[from.saturating_sub(LEAD + 1)..from].iter().any(|(_, f)| f.is_prose);
        run >= self.least && site * self.per_site <= run && (!self.is_led || is_led())
    }
}

/// `20. …`, `(3) …`, `[7] …`
fn is_numbered((text, _): &Line<'_>) -> bool {
    number(text).is_some()
}

/// The number of an item at the start of a line.
fn number(text: &str) -> Option<usize> {
    let text = text.trim_start_matches(['(', '[']);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - rest.len()];
    let mut rest = rest.chars();
    let is_item = (1..=3).contains(&digits.len())
        && matches!(rest.next(), Some('.' | ')' | ']'))
        && !rest.next().is_some_and(char::is_alphanumeric);
    digits.parse().ok().filter(|_| is_item)
}

/// `Q: …`, `Monday: …`
fn is_labelled((_, form): &Line<'_>) -> bool {
    form.label_words > 0.0 && form.label_words <= MAX_LABEL_WORDS && !form.has_handle
}

/// `Best Film - Fog over the Valley`, `shorn – adj. without wool`
fn is_pair((text, _): &Line<'_>) -> bool {
    [" - ", " \u{2013} ", " \u{2014} "].iter().any(|dash| text.contains(dash))
}

/// `Ada Holm, The Bridge, Fenholm 2029`
fn is_dated((_, form): &Line<'_>) -> bool {
    form.has_year && !form.has_handle
}

/// `Ada Holm`, `Roast lamb with thyme`
fn is_name((_, form): &Line<'_>) -> bool {
    let is_letters = form.end == LETTER && form.separators == 0.0;
    form.words <= MAX_NAME_WORDS && is_letters && !form.has_handle
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether all lines are items, or none; no answer where some are.
    fn are_items(lines: &[&str]) -> Option<bool> {
        let forms: Vec<Form> = lines.iter().map(|line| Form::of(line)).collect();
        let lines: Vec<Line<'_>> = lines.iter().copied().zip(&forms).collect();
        let found = items(&lines);
        found.iter().all(|is_item| *is_item == found[0]).then_some(found[0])
    }

    #[test]
    fn lines_alike_are_a_list_and_those_that_speak_of_the_page_are_none() {
        let prose = "The council has thanked those who pulled the ewe out of the brook on Saturday morning.";
        let table: [(&str, bool, &[&str]); 14] = [
            (
                "winners, and their heading",
                true,
                &[
                    "The winners",
                    "Best Film - Fog over Fenholm",
                    "Animation - Wool",
                    "Drama - Shorn",
                ],
            ),
            ("two of them", false, &["Animation - Wool", "Drama - Shorn"]),
            (
                "reasons, each with a paragraph",
                true,
                &["1. The fog", prose, "2. The brook", prose, "3. The ewe"],
            ),
            (
                "numbers that do not count",
                false,
                &["1. The fog", prose, "4. The brook", prose, "9. The ewe"],
            ),
            (
                "references",
                true,
                &[
                    "(1) https://valley.example/articles/7",
                    "(2) Holm, Ada: Fog and Wool",
                    "(3) see there",
                ],
            ),
            (
                "years",
                true,
                &[
                    "Roe, Jane, Storms and Harbours, Lakeside 2031",
                    "Holm, The Bridge, 2029",
                    "Report, 2030",
                ],
            ),
            (
                "a glossary",
                true,
                &[
                    "shorn \u{2013} adj. without wool",
                    "fleece \u{2013} n. its wool",
                    "ewe \u{2013} n. a sheep",
                ],
            ),
            (
                "questions, and an app in one answer",
                true,
                &[
                    "Q: Where were you born?",
                    "A: In Fenholm.",
                    "Q: Your first job?",
                    "A: I wrote a weather app.",
                ],
            ),
            (
                "a programme",
                true,
                &["Monday: Ada Holm", "Tuesday: Jane Roe", "Friday: the harbour master"],
            ),
            (
                "channels",
                false,
                &[
                    "Website: valley.example",
                    "Twitter: valley",
                    "Video: the valley",
                    "Blog: the fog",
                ],
            ),
            (
                "a menu",
                true,
                &[
                    prose,
                    "THE MENU",
                    "STARTERS",
                    "Fog soup",
                    "Lamb in mint sauce",
                    "PUDDING",
                    "Mud",
                    "Ewe's milk",
                    "TO DRINK",
                    "Brook water",
                    "Dew",
                ],
            ),
            (
                "names where no prose leads to them",
                false,
                &["Ada Holm", "Jane Roe", "John Doe", "Tom Fell"],
            ),
            ("buttons", false, &[prose, "Share", "Weather", "Comments", "Photos"]),
            (
                "links",
                false,
                &[
                    "Harbour master resigns after storm",
                    "Eleven facts about fog",
                    "Who pays for the ferry?",
                ],
            ),
        ];
        for (name, expected, lines) in table {
            assert_eq!(are_items(lines), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_a_sentence_announces_is_a_list_and_what_a_label_announces_is_none() {
        let table: [(&str, bool, &[&str]); 5] = [
            (
                "things",
                true,
                &[
                    "The ewe may be fed with whatever grows in the valley, such as:",
                    "Clover",
                    "Nettles",
                    "Hay (dry)",
                ],
            ),
            (
                "two of them",
                false,
                &[
                    "The ewe may be fed with whatever grows in the valley, such as:",
                    "Clover",
                    "Nettles",
                ],
            ),
            (
                "sentences",
                false,
                &[
                    "The ewe may be fed with whatever grows in the valley, such as:",
                    "Clover.",
                    "Nettles.",
                    "Hay.",
                ],
            ),
            ("a label", false, &["More about the valley:", "Clover", "Nettles", "Hay"]),
            (
                "the page",
                false,
                &[
                    "We have no articles that match your search, so try one of these links:",
                    "Fog",
                    "Brook",
                    "Mud",
                ],
            ),
        ];
        for (name, expected, lines) in table {
            let forms: Vec<Form> = lines.iter().map(|line| Form::of(line)).collect();
            let forms: Vec<&Form> = forms.iter().collect();
            let found: Vec<usize> = announced(&forms).into_iter().flatten().collect();
            assert_eq!(found == [1, 2, 3], expected, "{name}: {found:?}");
            assert!(expected || found.is_empty(), "{name}: {found:?}");
        }
    }
}
