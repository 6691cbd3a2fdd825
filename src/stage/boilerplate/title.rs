//! Ornaments of headlines: section and outlet names behind a separator, labels before the first word.

use std::ops::Range;

use super::check::{Check, all_pass, when};
use super::guard::{Guards, has_word};
use super::mention::{Article, SMALL_WORDS, find_words};
use super::rule::{Kind, Rule};
use super::text::{fold, is_quote};
use crate::stage::headline::{MIN_WORDS_LEFT, Separator, first_bar, last_bracket, last_separator};

/// A small word of so many letters is none that title case leaves small.
const MIN_SMALL_LETTERS: usize = 5;
/// But for these.
const LONG_SMALL_WORDS: [&str; 12] = [
    "about", "above", "across", "after", "against", "among", "before", "between", "their",
    "through", "under", "without",
];

/// A headline as all title rules see it: what they have in common is found once.
pub(super) struct Headline<'t> {
    text: &'t str,
    folded: String,
    /// What stands behind the last separator.
    last: Option<Segment<'t>>,
    /// What stands behind the first separator that prose does not use.
    from_first_bar: Option<Segment<'t>>,
    /// What stands in the bracket that ends the headline.
    bracket: Option<Segment<'t>>,
}

/// What stands behind a separator, to the end of the headline.
struct Segment<'t> {
    /// The headline before the separator.
    left: &'t str,
    text: &'t str,
    folded: String,
    separator: Separator,
}

impl<'t> Headline<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let segment = |(at, separator): (Range<usize>, Separator), inner: &'t str| {
            let (left, text) = (text[..at.start].trim_end(), inner.trim());
            Segment { left, text, folded: fold(text), separator }
        };
        let behind = |(at, separator): (Range<usize>, Separator)| {
            let inner = &text[at.end..];
            segment((at, separator), inner)
        };
        let last = last_separator(text).filter(|(at, _)| !is_within_guillemets(text, at));
        Self {
            text,
            folded: fold(text),
            last: last.map(behind),
            from_first_bar: first_bar(text).map(|at| behind((at, Separator::Bar))),
            bracket: last_bracket(text).map(|(at, inner)| segment((at, Separator::Bracket), inner)),
        }
    }
}

/// What a title rule matched: the bytes of the title that would go, and whether its guards let them.
pub(super) fn judge(
    rule: &Rule,
    title: &Headline<'_>,
    article: Article<'_>,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    match rule.kind {
        Kind::TitlePrefix => judge_prefix(rule, title, checks),
        Kind::TitleSuffix => judge_suffix(rule, title, article, checks),
        Kind::Line | Kind::Block | Kind::Sentence | Kind::Tail | Kind::Head => None,
    }
}

fn judge_prefix(
    rule: &Rule,
    title: &Headline<'_>,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    let Headline { text: title, folded, .. } = title;
    let label = rule.match_start(title, folded)?;
    let chars = folded.get(..label)?.chars().count();
    let end = title.char_indices().nth(chars)?.0;
    let rest = title[end..].trim_start();
    let end = title.len() - rest.len();
    let found = [
        Some(Check::at_least("words-left", count_words(rest), MIN_WORDS_LEFT)),
        when(rule.guards.caps, "caps", || !title[..end].chars().any(char::is_lowercase)),
    ];
    Some((0..end, all_pass(found.into_iter().flatten(), checks)))
}

fn judge_suffix(
    rule: &Rule,
    title: &Headline<'_>,
    article: Article<'_>,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    let guards = &rule.guards;
    let found = match (guards.from_first_bar, guards.separator) {
        (true, _) => &title.from_first_bar,
        (false, Some(Separator::Bracket)) => &title.bracket,
        (false, _) => &title.last,
    };
    let Segment { left, text: segment, folded, separator } = found.as_ref()?;
    if !rule.matches_whole(segment, folded) {
        return None;
    }
    let found = suffix_checks(guards, left, segment, folded, *separator);
    // What the page says is looked for last: it costs the most.
    let tests: [(bool, &'static str, &dyn Fn() -> bool); 5] = [
        (guards.is_source, "is-source", &|| article.is_source(segment)),
        (guards.absent_from_body, "absent-from-body", &|| article.body_is_silent_on(segment)),
        (guards.absent_from_lead, "absent-from-lead", &|| article.lead_is_silent_on(segment)),
        (guards.headline_in_body, "headline-in-body", &|| article.has_line(left)),
        (guards.named_by_page, "named-by-page", &|| article.calls_itself(segment)),
    ];
    let said = tests.iter().filter_map(|(wanted, guard, test)| when(*wanted, guard, test));
    Some((left.len()..title.text.len(), all_pass(found.into_iter().flatten().chain(said), checks)))
}

fn suffix_checks(
    guards: &Guards,
    left: &str,
    segment: &str,
    folded: &str,
    separator: Separator,
) -> Vec<Option<Check>> {
    let words = count_words(segment);
    let words_left = guards.min_words_left.unwrap_or(MIN_WORDS_LEFT);
    vec![
        Some(Check::at_least("words-left", count_words(left), words_left)),
        guards.separator.map(|wanted| Check::holds("separator", wanted == separator)),
        guards.max_words.map(|most| Check::at_most("max-words", words, most)),
        guards.min_words.map(|least| Check::at_least("min-words", words, least)),
        guards.max_chars.map(|most| Check::at_most("max-chars", segment.chars().count(), most)),
        when(guards.title_case, "title-case", || {
            // In a headline all in capitals, those of the segment say nothing.
            let has_case_to_tell = |c: char| c.is_alphabetic() && !c.is_uppercase();
            left.contains(has_case_to_tell) && is_title_case(segment)
        }),
        when(guards.sentence_case_before, "sentence-case-before", || is_sentence_case(left)),
        when(guards.repeated_in_title, "repeated-in-title", || {
            find_words(&fold(left), folded).next().is_some()
        }),
        when(guards.not_after_quote, "not-after-quote", || !left.ends_with(is_quote)),
        when(!guards.without.is_empty(), "without", || !has_word(folded, &guards.without)),
    ]
}

/// Whether a separator is, or stands within, a quotation in guillemets, as French sets them: with spaces.
fn is_within_guillemets(title: &str, at: &Range<usize>) -> bool {
    let before = &title[..at.start];
    before.matches('\u{ab}').count() > before.matches('\u{bb}').count()
}

/// Whether every word begins with a capital or a digit, but for small ones. One of those may come first: `la Voce`.
fn is_title_case(segment: &str) -> bool {
    let is_small = |word: &str| SMALL_WORDS.contains(&word);
    let mut words = segment.split_whitespace();
    words.all(|word| {
        let first = word.chars().find(|c| c.is_alphanumeric());
        is_small(word) || first.is_none_or(|c| !c.is_lowercase())
    }) && begins_like_a_name(segment)
        && segment
            .split_whitespace()
            .any(|word| !is_small(word) && word.contains(char::is_alphabetic))
}

/// Whether a segment begins with a letter, or with a word of digits and letters: `9to5Lantern` is a name, `21 Rovers` a count.
fn begins_like_a_name(segment: &str) -> bool {
    let first = segment.split_whitespace().next().unwrap_or_default();
    segment.starts_with(char::is_alphabetic)
        || (first.starts_with(|c: char| c.is_ascii_digit())
            && first.contains(char::is_alphabetic)
            && !first.contains('-'))
}

/// Whether a headline is written as a sentence is: less than seven in ten of its longer words begin with a capital, or one
/// that title case would not leave small does not. German nouns have capitals in either case.
fn is_sentence_case(text: &str) -> bool {
    let words = || text.split_whitespace().filter(|word| word.chars().count() > 3);
    let capitalised = words().filter(|word| word.contains(char::is_uppercase)).count();
    let is_small = |word: &str| {
        word.chars().all(char::is_lowercase)
            && word.chars().count() >= MIN_SMALL_LETTERS
            && !LONG_SMALL_WORDS.contains(&word)
    };
    capitalised * 10 <= words().count() * 7 || words().any(is_small)
}

fn count_words(text: &str) -> usize {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    words.map(super::text::count_words).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_headlines_are_in_sentence_case() {
        for (headline, expected) in [
            ("Hafen: Br\u{fc}cke verzaubert Bewohner", true),
            ("Bridge opens to traffic", true),
            ("Council Drags Harbour Master to Court", false),
            ("What Harbour Masters Know About Their Bridge", false),
            ("What Everybody Says about Harbour Bridge", false),
        ] {
            assert_eq!(is_sentence_case(headline), expected, "{headline}");
        }
    }

    #[test]
    fn outlets_are_title_cased_and_clauses_are_not() {
        for (segment, expected) in [
            ("The Harbour Times", true),
            ("Voice of the Valley", true),
            ("and it will cost millions", false),
            ("21 Rovers", false),
            ("9to5Lantern", true),
            ("21-Tonner", false),
            ("la Voce", true),
            ("the", false),
            ("Hafenmeister in Not", false),
            ("Report says so", false),
        ] {
            assert_eq!(is_title_case(segment), expected, "{segment}");
        }
    }
}
