//! Ornaments of headlines: section and outlet names behind a separator, labels before the first word.

use std::ops::Range;

use super::guard::{Check, Guards, Separator, all_pass, has_word, when};
use super::page::{fold, is_quote};
use super::rule::{Kind, Rule};

/// Separators that prose does not use.
const BARS: [&str; 6] = [" | ", " :: ", " \u{bb} ", " \u{b7} ", " \u{2022} ", " // "];
/// Separators that headlines use as well.
const DASHES: [&str; 6] = [" - ", " \u{2013} ", " \u{2014} ", " -- ", " : ", " / "];
/// Fewest words that a headline keeps.
const MIN_WORDS_LEFT: usize = 2;
/// A shorter body that does not mention a name says nothing about it.
const MIN_BODY_BYTES: usize = 400;
/// Words that stay small in a title.
const SMALL_WORDS: [&str; 5] = ["of", "the", "and", "for", "&"];

/// What a title rule matched: the bytes of the title that would go, and whether its guards let them.
pub(super) fn judge<'a, L: Iterator<Item = &'a str>>(
    rule: &Rule,
    title: &str,
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
    title: &str,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    let folded = fold(title);
    let label = rule.match_start(title, &folded)?;
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
    title: &str,
    source: &str,
    body: &dyn Fn() -> L,
    checks: Option<&mut Vec<Check>>,
) -> Option<(Range<usize>, bool)> {
    let (cut, separator) = last_separator(title)?;
    let segment = title[cut.end..].trim();
    let left = title[..cut.start].trim_end();
    let folded = fold(segment);
    if !rule.matches_whole(segment, &folded) {
        return None;
    }
    let found = suffix_checks(&rule.guards, left, segment, &folded, separator);
    let absent = std::iter::once_with(|| {
        when(rule.guards.absent_from_body, "absent-from-body", || is_absent(&folded, body()))
    });
    let named = when(rule.guards.is_source, "is-source", || is_source(segment, source));
    let found = found.into_iter().chain([named]).chain(absent).flatten();
    Some((left.len()..title.len(), all_pass(found, checks)))
}

fn suffix_checks(
    guards: &Guards,
    left: &str,
    segment: &str,
    folded: &str,
    separator: Separator,
) -> Vec<Option<Check>> {
    let words = count_words(segment);
    vec![
        Some(Check::at_least("words-left", count_words(left), MIN_WORDS_LEFT)),
        guards.separator.map(|wanted| Check::holds("separator", wanted == separator)),
        guards.max_words.map(|most| Check::at_most("max-words", words, most)),
        guards.min_words.map(|least| Check::at_least("min-words", words, least)),
        guards.max_chars.map(|most| Check::at_most("max-chars", segment.chars().count(), most)),
        when(guards.title_case, "title-case", || {
            // In a headline all in capitals, those of the segment say nothing.
            left.contains(char::is_lowercase) && is_title_case(segment)
        }),
        when(guards.sentence_case_before, "sentence-case-before", || !is_mostly_capitalised(left)),
        when(guards.not_after_quote, "not-after-quote", || !left.ends_with(is_quote)),
        when(!guards.without.is_empty(), "without", || !has_word(folded, &guards.without)),
    ]
}

/// The last separator of a title.
fn last_separator(title: &str) -> Option<(Range<usize>, Separator)> {
    let bars = BARS.iter().map(|bar| (*bar, Separator::Bar));
    let dashes = DASHES.iter().map(|dash| (*dash, Separator::Dash));
    bars.chain(dashes)
        .filter_map(|(text, family)| title.rfind(text).map(|at| (at..at + text.len(), family)))
        .max_by_key(|(at, _)| at.end)
        .filter(|(at, _)| !is_within_guillemets(title, at))
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

/// Whether every word begins with a capital or a digit, but for small ones.
fn is_title_case(segment: &str) -> bool {
    let mut words = segment.split_whitespace();
    words.all(|word| {
        let first = word.chars().find(|c| c.is_alphanumeric());
        SMALL_WORDS.contains(&word) || first.is_none_or(|c| !c.is_lowercase())
    }) && segment.starts_with(char::is_alphabetic)
}

/// Whether most of the longer words begin with a capital.
fn is_mostly_capitalised(text: &str) -> bool {
    let words = || text.split_whitespace().filter(|word| word.chars().count() > 3);
    let capitalised = words().filter(|word| word.contains(char::is_uppercase)).count();
    capitalised * 10 > words().count() * 7
}

/// Whether a long enough body mentions neither the segment nor its last word. An agency's name in brackets, as in the
/// dateline `HARBOUR (Lantern) - `, is how outlets name themselves, and no mention.
fn is_absent<'a>(folded: &str, lines: impl Iterator<Item = &'a str>) -> bool {
    let is_word = |word: &&str| word.chars().count() > 2 && !SMALL_WORDS.contains(word);
    let last = folded.split(|c: char| !c.is_alphanumeric()).rfind(is_word);
    let Some(last) = last else { return false };
    let mut bytes = 0;
    for line in lines {
        bytes += line.len();
        if contains_word(&fold(line), last) {
            return false;
        }
    }
    bytes >= MIN_BODY_BYTES
}

fn contains_word(folded: &str, word: &str) -> bool {
    memchr::memmem::find_iter(folded.as_bytes(), word.as_bytes()).any(|at| {
        let is_bracketed =
            folded[..at].ends_with('(') && folded[at + word.len()..].starts_with(')');
        !is_bracketed && !folded[..at].ends_with(char::is_alphanumeric)
    })
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
            ("1 Rovers", false),
            ("Report says so", false),
        ] {
            assert_eq!(is_title_case(segment), expected, "{segment}");
        }
    }
}
