//! Ornaments of headlines: section and outlet names behind a separator, labels before the first word.

use std::ops::Range;

use super::guard::{Check, Guards, Separator, all_pass, has_word, when};
use super::page::{fold, is_quote};
use super::rule::{Kind, Rule};
use crate::stage::headline::{BARS, DASHES, MIN_WORDS_LEFT};

/// A shorter body that does not mention a name says nothing about it.
const MIN_BODY_BYTES: usize = 400;
/// Lines of a body that name whom and what the headline is about.
const LEAD_LINES: usize = 3;
/// Words that stay small in a title. German ones are not among them: between nouns they make a statement, `Minister in Not`.
const SMALL_WORDS: [&str; 25] = [
    "of", "the", "and", "for", "&", "de", "da", "do", "das", "dos", "del", "della", "di", "des",
    "du", "la", "le", "les", "el", "il", "lo", "los", "las", "van", "het",
];
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
        let segment = |(at, separator): (Range<usize>, Separator)| {
            let (left, text) = (text[..at.start].trim_end(), text[at.end..].trim());
            Segment { left, text, folded: fold(text), separator }
        };
        Self {
            text,
            folded: fold(text),
            last: last_separator(text).map(segment),
            from_first_bar: first_bar(text).map(segment),
        }
    }
}

/// What a title rule matched: the bytes of the title that would go, and whether its guards let them.
pub(super) fn judge<'a, L: Iterator<Item = &'a str>>(
    rule: &Rule,
    title: &Headline<'_>,
    source: &str,
    body: &dyn Fn() -> L,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    match rule.kind {
        Kind::TitlePrefix => judge_prefix(rule, title, checks),
        Kind::TitleSuffix => judge_suffix(rule, title, source, body, checks),
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

fn judge_suffix<'a, L: Iterator<Item = &'a str>>(
    rule: &Rule,
    title: &Headline<'_>,
    source: &str,
    body: &dyn Fn() -> L,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    let found = if rule.guards.from_first_bar { &title.from_first_bar } else { &title.last };
    let Segment { left, text: segment, folded, separator } = found.as_ref()?;
    if !rule.matches_whole(segment, folded) {
        return None;
    }
    let found = suffix_checks(&rule.guards, left, segment, folded, *separator);
    let absent = std::iter::once_with(|| {
        when(rule.guards.absent_from_body, "absent-from-body", || is_absent(segment, body(), None))
    });
    let not_in_lead = std::iter::once_with(|| {
        when(rule.guards.absent_from_lead, "absent-from-lead", || {
            is_absent(segment, body(), Some(LEAD_LINES))
        })
    });
    let named = when(rule.guards.is_source, "is-source", || is_source(segment, source));
    let found = found.into_iter().chain([named]).chain(absent).chain(not_in_lead).flatten();
    Some((left.len()..title.text.len(), all_pass(found, checks)))
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

/// The last separator of a title. All separators end in a space.
fn last_separator(title: &str) -> Option<(Range<usize>, Separator)> {
    let all = BARS.map(|bar| (bar, Separator::Bar)).into_iter();
    let all = all.chain(DASHES.map(|dash| (dash, Separator::Dash)));
    let ends = title.match_indices(' ').rev().map(|(space, _)| &title[..space + 1]);
    let found = |head: &str| {
        let (text, family) = all.clone().find(|(text, _)| head.ends_with(text))?;
        Some((head.len() - text.len()..head.len(), family))
    };
    ends.filter_map(found).next().filter(|(at, _)| !is_within_guillemets(title, at))
}

/// The first separator of a title that prose does not use.
fn first_bar(title: &str) -> Option<(Range<usize>, Separator)> {
    let found = |bar: &'static str| title.find(bar).map(|at| (at..at + bar.len(), Separator::Bar));
    BARS.into_iter().filter_map(found).min_by_key(|(at, _)| at.start)
}

/// Whether a separator is, or stands within, a quotation in guillemets, as French sets them: with spaces.
fn is_within_guillemets(title: &str, at: &Range<usize>) -> bool {
    let before = &title[..at.start];
    before.matches('\u{ab}').count() > before.matches('\u{bb}').count()
}

/// Whether a segment spells the name of the source: letters and digits alone count, and of a path or a host only the
/// part that names the outlet, so that `The Daily Lantern` is `news/daily-lantern` and `www.dailylantern.com`.
fn is_source(segment: &str, source: &str) -> bool {
    let source = source.rsplit('/').next().unwrap_or(source);
    let host = source.trim_start_matches("www.").split('.').next().unwrap_or(source);
    let name = letters_of(segment);
    // Two letters are too few to be sure that they are a name.
    name.len() > 2 && (name == letters_of(source) || name == letters_of(host))
}

fn letters_of(name: &str) -> String {
    let name = fold(name);
    let name = name.strip_prefix("the ").or_else(|| name.strip_prefix("the-")).unwrap_or(&name);
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether every word begins with a capital or a digit, but for small ones. One of those may come first: `la Voce`.
fn is_title_case(segment: &str) -> bool {
    let is_small = |word: &str| SMALL_WORDS.contains(&word);
    let mut words = segment.split_whitespace();
    words.all(|word| {
        let first = word.chars().find(|c| c.is_alphanumeric());
        is_small(word) || first.is_none_or(|c| !c.is_lowercase())
    }) && segment.starts_with(char::is_alphabetic)
        && segment
            .split_whitespace()
            .any(|word| !is_small(word) && word.contains(char::is_alphabetic))
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

/// Whether a long enough body, or its first lines, mention neither the segment nor its last word; of a name that begins
/// with an abbreviation (`ABC Harbour`) only the whole counts, for the last word is a place. A name in brackets, as in
/// the dateline `HARBOUR (Lantern) - `, is how outlets name themselves, and no mention.
///
/// With `first_lines`, only a mention in small letters counts in the lines behind those: it is a word then, not a name.
fn is_absent<'a>(
    segment: &str,
    lines: impl Iterator<Item = &'a str>,
    first_lines: Option<usize>,
) -> bool {
    let folded = fold(segment);
    let is_word = |word: &&str| word.chars().count() > 2 && !SMALL_WORDS.contains(word);
    let words = || folded.split(|c: char| !c.is_alphanumeric()).filter(is_word);
    let Some(last) = words().next_back() else { return false };
    let begins_short = begins_with_abbreviation(segment) && words().count() > 1;
    let name = if begins_short { folded.as_str() } else { last };
    let mut bytes = 0;
    for (line, text) in lines.enumerate() {
        bytes += text.len();
        let is_mentioned = match first_lines {
            Some(first) if line >= first => contains_word(text, name),
            _ => contains_word(&fold(text), name),
        };
        if is_mentioned {
            return false;
        }
    }
    bytes >= MIN_BODY_BYTES
}

fn contains_word(folded: &str, word: &str) -> bool {
    find_words(folded, word)
        .any(|at| !(folded[..at].ends_with('(') && folded[at + word.len()..].starts_with(')')))
}

fn begins_with_abbreviation(segment: &str) -> bool {
    let first = segment.split_whitespace().next().unwrap_or_default();
    (2..=5).contains(&first.len()) && first.chars().all(|c| c.is_ascii_uppercase())
}

/// Where words begin a word of a text.
fn find_words<'a>(folded: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(folded.as_bytes(), words.as_bytes())
        .filter(|at| !folded[..*at].ends_with(char::is_alphanumeric))
}

fn count_words(text: &str) -> usize {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    words.map(super::page::count_words).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_separator_decides() {
        let table = [
            ("Bridge opens | World | News", Some((20, Separator::Bar))),
            ("Bridge opens - Daily Lantern", Some((12, Separator::Dash))),
            ("Bridge opens", None),
            ("Twenty-one bridges", None),
            ("Le pont \u{ab} Neuf \u{bb} rouvre", None),
            ("Le pont \u{ab} Neuf \u{bb} rouvre | Monde", Some((25, Separator::Bar))),
        ];
        for (title, expected) in table {
            let found = last_separator(title).map(|(at, family)| (at.start, family));
            assert_eq!(found, expected, "{title}");
        }
    }

    #[test]
    fn a_name_in_brackets_is_a_dateline() {
        for (line, expected) in [
            ("harbour (lantern) - the bridge opened", false),
            ("the lantern was lit", true),
            ("lanterns were lit", true),
            ("the harbourlantern", false),
            ("(the lantern)", true),
        ] {
            assert_eq!(contains_word(line, "lantern"), expected, "{line}");
        }
    }

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
    fn a_name_behind_the_lead_is_none_of_the_news() {
        let lead = ["Miller opened the bridge.", "It rained.", "Nobody came."];
        let long = "The council met in the morning and heard all sides of the matter. ".repeat(8);
        for (name, segment, last, expected) in [
            (
                "an outlet that was told so",
                "Lantern",
                "He told the Lantern that it was late.",
                true,
            ),
            ("a word", "Grandparents", "He asked his grandparents.", false),
            ("a word in the lead", "Bridge", "It was late.", false),
            ("a name in the lead", "Miller", "It was late.", false),
        ] {
            let lines = lead.into_iter().chain([long.as_str(), last]);
            assert_eq!(is_absent(segment, lines, Some(LEAD_LINES)), expected, "{name}");
        }
        for (segment, expected) in [("ABC Harbour", true), ("Ada Harbour", false)] {
            let lines = ["The harbour was closed.", &long];
            assert_eq!(is_absent(segment, lines.into_iter(), None), expected, "{segment}");
        }
    }

    #[test]
    fn a_source_is_known_by_its_name() {
        for (segment, source, expected) in [
            ("The Daily Lantern", "news/daily-lantern", true),
            ("Daily Lantern", "www.dailylantern.com", true),
            ("Lantern.com", "lantern.com", true),
            ("Northern Ledger", "the-northern-ledger", true),
            ("Lantern", "daily-lantern", false),
            ("TV", "tv", false),
            ("News", "", false),
        ] {
            assert_eq!(is_source(segment, source), expected, "{segment} of {source}");
        }
    }

    #[test]
    fn outlets_are_title_cased_and_clauses_are_not() {
        for (segment, expected) in [
            ("The Harbour Times", true),
            ("Voice of the Valley", true),
            ("and it will cost millions", false),
            ("21 Rovers", false),
            ("la Voce", true),
            ("the", false),
            ("Hafenmeister in Not", false),
            ("Report says so", false),
        ] {
            assert_eq!(is_title_case(segment), expected, "{segment}");
        }
    }
}
