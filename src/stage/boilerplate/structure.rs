//! The rules that need no words, and so are in no pack: a first line that repeats the headline, a name or a section before
//! the first paragraph, and a run of other articles' headlines behind the last one.

use std::ops::Range;

use super::check::Check;
use super::mention::find_words;
use super::page::Page;
use super::text::{fold, is_headline, is_quote};
use crate::letters::{is_alphanumeric, push_lower};

/// The code of the rule for a first line that repeats the headline.
pub(super) const TITLE_REPEATED: &str = "any/title-repeated";
/// The code of the rule for headlines behind the last paragraph.
pub(super) const TRAILING_LINKS: &str = "any/trailing-links";
/// The code of the rule for a name or a section before the first paragraph.
pub(super) const STRAY_HEAD: &str = "any/stray-head";
/// All, with the sentence that says why they remove.
pub(super) const REASONS: [(&str, &str); 3] = [
    (TITLE_REPEATED, "The first line repeats the headline."),
    (
        TRAILING_LINKS,
        "Three headlines and more behind the last paragraph, about different things: links to other articles.",
    ),
    (
        STRAY_HEAD,
        "One to three capitalised words before the first paragraph that stand nowhere else: an author, a section, a button.",
    ),
];

/// Lines before the first paragraph that may hold a name or a section.
const HEAD_LINES: usize = 2;
/// Words of such a line.
const STRAY_WORDS: Range<usize> = 1..4;
/// Shorter words stand everywhere.
const MIN_STRAY_WORD: usize = 3;
/// Words by which an article names its own parts.
const PARTS: [&str; 30] = [
    "introduction",
    "outline",
    "summary",
    "abstract",
    "overview",
    "background",
    "prologue",
    "preface",
    "chapter",
    "part",
    "einleitung",
    "einführung",
    "zusammenfassung",
    "vorwort",
    "überblick",
    "kapitel",
    "teil",
    "sommaire",
    "introducción",
    "resumen",
    "introdução",
    "resumo",
    "introduzione",
    "inleiding",
    "samenvatting",
    "введение",
    "вступление",
    "вступ",
    "wstęp",
    "giriş",
];

/// A headline of fewer letters and digits may be repeated for another reason, such as the refrain of a poem.
const MIN_REPEATED_TITLE: usize = 16;
/// Fewest and most headlines of a run. Two may be captions; more than twelve are an article of its own, a table.
const LINKS: Range<usize> = 3..13;
/// Words of each: shorter lines are names and results.
const LINK_WORDS: Range<usize> = 4..21;
/// Fewest characters of each.
const MIN_LINK_CHARS: usize = 24;
/// Paragraphs before the run.
const MIN_PROSE: usize = 4;
/// Words of a label that tells the entries of a programme apart: `Monday: …`, `Tuesday: …`.
const MAX_LABEL_WORDS: usize = 2;

/// Whether the first of the remaining lines has the letters and digits of what remains of the headline.
pub(super) fn repeats_title(page: &Page<'_>, title: &str, alive: &[usize]) -> bool {
    let Some(first) = alive.first().filter(|_| alive.len() > 2) else { return false };
    let line = page.lines[*first].text;
    line.len() <= title.len() * 2 && is_same_headline(title, line)
}

/// The positions, among the remaining lines, of headlines behind the last paragraph; empty where there are none.
///
/// Links are unlike each other. What has a word in common, or a label each, or a year, is a list of the article's own:
/// fixtures, a programme, its references.
///
/// On labelled pages of 280 publishers 46 lines that go so are furniture, five are labelled as text, three of these
/// behind `Related article:`; in a dump of 32,036 articles 14 documents have such a run.
pub(super) fn trailing_links(page: &Page<'_>, alive: &[usize]) -> Range<usize> {
    let none = alive.len()..alive.len();
    let text = |position: usize| page.lines[alive[position]].text;
    let is_link = |position: &usize| is_link(page, alive[*position]);
    let links = (0..alive.len()).rev().take_while(is_link).count();
    let start = alive.len() - links;
    if !LINKS.contains(&links) || start == 0 {
        return none;
    }
    let is_prose = |position: usize| page.lines[alive[position]].facts().is_prose;
    let prose = (0..start).filter(|position| is_prose(*position)).count();
    if prose < MIN_PROSE || !is_prose(start - 1) || text(start - 1).trim_end().ends_with(':') {
        return none;
    }
    let run: Vec<&str> = (start..alive.len()).map(text).collect();
    match has_common_word(&run) || has_labels(&run) || has_years(&run) {
        true => none,
        false => start..alive.len(),
    }
}

/// The position, among the first two remaining lines, of one to three capitalised words that stand nowhere else in the
/// headline or the article: the author, the section, a button. What an article is about, it names again.
///
/// On labelled pages 29 lines that go so are furniture, by four labels text, none of these by reading.
pub(super) fn stray_head(page: &Page<'_>, title: &str, alive: &[usize]) -> Option<usize> {
    let text = |position: usize| page.lines[alive[position]].text;
    let is_prose = |position: usize| page.lines[alive[position]].facts().is_prose;
    let is_candidate = |position: &usize| is_capitalised(text(*position));
    let candidate = (0..HEAD_LINES.min(alive.len())).find(is_candidate)?;
    let is_followed = (candidate + 1..alive.len()).take(HEAD_LINES).any(is_prose);
    if !is_followed
        || (0..alive.len()).filter(|at| is_prose(*at)).take(MIN_PROSE).count() < MIN_PROSE
    {
        return None;
    }
    let folded = fold(text(candidate));
    let is_long = |word: &&str| word.chars().count() >= MIN_STRAY_WORD;
    let words: Vec<&str> = folded.split_whitespace().filter(is_long).collect();
    let title = fold(title);
    let is_elsewhere =
        |text: &str| words.iter().any(|word| find_words(text, word).next().is_some());
    let others = (0..alive.len()).filter(|at| *at != candidate);
    let in_line = |at: usize| match page.folded(alive[at]) {
        Some(folded) => is_elsewhere(folded),
        None => is_elsewhere(&fold(text(at))),
    };
    let is_part = words.iter().any(|word| PARTS.contains(word));
    let is_stray =
        !words.is_empty() && !is_part && !is_elsewhere(&title) && !others.into_iter().any(in_line);
    is_stray.then_some(candidate)
}

/// Whether a line is one to three words of letters, each with a capital first.
fn is_capitalised(line: &str) -> bool {
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}'))
    };
    let line = line.trim();
    // In capitals stand sub-heads and verdicts as well.
    let is_mixed = line.contains(char::is_lowercase);
    is_mixed
        && STRAY_WORDS.contains(&line.split_whitespace().count())
        && line.split_whitespace().all(is_name)
}

/// The account of a removal by one of these rules.
pub(super) fn account(rule: &str) -> Option<Vec<Check>> {
    match rule {
        TITLE_REPEATED => Some(vec![Check::holds("equals-title", true)]),
        TRAILING_LINKS => Some(vec![Check::holds("behind-the-last-paragraph", true)]),
        STRAY_HEAD => Some(vec![Check::holds("stands-nowhere-else", true)]),
        _ => None,
    }
}

fn is_link(page: &Page<'_>, line: usize) -> bool {
    let text = page.lines[line].text;
    // The last line of most articles is a paragraph, or all of the article, and its full stop is found sooner than its words.
    if !is_headline(text) {
        return false;
    }
    let facts = page.lines[line].facts();
    let begins_like_an_item = |c: char| is_quote(c) || !c.is_alphanumeric();
    facts.is_headline
        && !facts.is_prose
        && !facts.has_link
        && !facts.is_post
        && !facts.is_stamp
        && LINK_WORDS.contains(&facts.words)
        && text.chars().nth(MIN_LINK_CHARS - 1).is_some()
        && !text.starts_with(begins_like_an_item)
        && !is_numbered(text)
}

/// Whether a line begins with the number of a list's item.
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['.', ')', ':'])
}

/// Whether a word in small letters stands in all lines.
fn has_common_word(lines: &[&str]) -> bool {
    let is_small = |word: &&str| word.chars().all(char::is_lowercase);
    let has = |line: &str, word: &str| line.split_whitespace().any(|other| other == word);
    lines[0]
        .split_whitespace()
        .filter(is_small)
        .any(|word| lines.iter().all(|line| has(line, word)))
}

/// Whether the lines have short labels, not all the same.
fn has_labels(lines: &[&str]) -> bool {
    let label = |line: &&str| {
        let (label, _) = line.split_once(':')?;
        (label.split_whitespace().count() <= MAX_LABEL_WORDS).then(|| label.to_lowercase())
    };
    let mut labels: Vec<String> = lines.iter().filter_map(label).collect();
    let count = labels.len();
    labels.sort_unstable();
    labels.dedup();
    count * 2 > lines.len() && labels.len() * 2 > count
}

/// Whether half of the lines name a year, as references do.
fn has_years(lines: &[&str]) -> bool {
    let is_year =
        |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let names_year = |line: &&&str| line.split(|c: char| !c.is_ascii_digit()).any(is_year);
    lines.iter().filter(names_year).count() * 2 >= lines.len()
}

/// Whether two headlines have the same letters and digits.
fn is_same_headline(title: &str, line: &str) -> bool {
    let letters = |text: &str| {
        let mut letters = String::with_capacity(text.len());
        text.chars().filter(|c| is_alphanumeric(*c)).for_each(|c| push_lower(c, &mut letters));
        letters
    };
    let title = letters(title);
    title.chars().count() >= MIN_REPEATED_TITLE && title == letters(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Document};

    const PROSE: &str = "The bridge was built a hundred years ago by two engineers from the north.";

    #[test]
    fn links_behind_the_last_paragraph_are_told_from_lists() {
        let table: [(&str, &[&str], usize); 11] = [
            (
                "links",
                &[
                    "Harbour master resigns after storm",
                    "Eleven facts that you did not know about fog",
                    "Who pays for the new ferry?",
                ],
                3,
            ),
            (
                "links with one label",
                &[
                    "MORE: Harbour master resigns after storm",
                    "MORE: Eleven facts about fog",
                    "MORE: Who pays for the new ferry?",
                ],
                3,
            ),
            ("two", &["Harbour master resigns after storm", "Who pays for the new ferry?"], 0),
            (
                "fixtures",
                &[
                    "Harbour Rovers v Upper Valley Town",
                    "Lakeside Albion v Bridge End United",
                    "Northern Wanderers v Fenholm City",
                ],
                0,
            ),
            (
                "a programme",
                &[
                    "Monday: Harbour master on storms",
                    "Tuesday: Two engineers on bridges",
                    "Friday: The ferry and its owners",
                ],
                0,
            ),
            (
                "references",
                &[
                    "Roe, Jane, Storms and Harbours, Lakeside 2031",
                    "Holm, Ada, The Bridge, Fenholm 2029",
                    "Storm Report of the Council, 2030",
                ],
                0,
            ),
            ("names", &["Ada Holm, engineer", "Jane Roe, ferry", "John Doe, council"], 0),
            (
                "items",
                &[
                    "1. Harbour master resigns after storm",
                    "2. Eleven facts about fog and rain",
                    "3. Who pays for the new ferry?",
                ],
                0,
            ),
            (
                "quotations",
                &[
                    "\u{201c}Harbour masters resign after storms",
                    "\u{201c}Eleven facts about fog and rain",
                    "\u{201c}Who pays for the new ferry?",
                ],
                0,
            ),
            (
                "sentences",
                &[
                    "The harbour master resigned.",
                    "There was fog in the valley.",
                    "Who pays for it now?",
                ],
                0,
            ),
            (
                "the items that a colon announces",
                &[
                    "These are the plans of the council for the next hundred years of the bridge:",
                    "Harbour master to be replaced",
                    "Eleven ferries instead of two boats",
                    "Free rides for all old people",
                ],
                0,
            ),
        ];
        for (name, tail, expected) in table {
            let body = format!("{}{}", format!("{PROSE}\n").repeat(5), tail.join("\n"));
            let document = Document::new(DocId(0), "x", "s", "T", &body);
            let page = Page::new(&document, 600);
            let alive: Vec<usize> = (0..page.lines.len()).collect();
            assert_eq!(trailing_links(&page, &alive).len(), expected, "{name}");
        }
    }

    #[test]
    fn words_before_the_first_paragraph_that_stand_nowhere_else_are_no_text() {
        let prose = [PROSE; 5].join("\n");
        for (name, title, line, expected) in [
            ("an author", "Bridge opens", "Jane Doe", Some(0)),
            ("a section", "Bridge opens", "Valleys", Some(0)),
            ("whom the headline names", "Jane Doe opens bridge", "Jane Doe", None),
            ("what the article names", "Bridge opens", "Two Engineers", None),
            ("a sub-head in sentence case", "Bridge opens", "Late summer", None),
            ("four words", "Bridge opens", "Ada Jane Doe Holm", None),
            ("a label", "Bridge opens", "Weather:", None),
            ("a verdict", "Bridge opens", "PROBABLY FALSE", None),
            ("a part of the article", "Bridge opens", "Introduction", None),
        ] {
            let body = format!("{line}\n{prose}");
            let document = Document::new(DocId(0), "x", "x", title, &body);
            let page = Page::new(&document, 600);
            let alive: Vec<usize> = (0..page.lines.len()).collect();
            assert_eq!(stray_head(&page, title, &alive), expected, "{name}");
        }
        let few = format!("Jane Doe\n{PROSE}\n{PROSE}");
        let document = Document::new(DocId(0), "x", "x", "T", &few);
        let page = Page::new(&document, 600);
        assert_eq!(stray_head(&page, "T", &[0, 1, 2]), None);
    }
}
