//! What parts the segments of a headline. Rules and recurrence read headlines alike.

use std::ops::Range;

use serde::Deserialize;

/// Separators that prose does not use.
const BARS: [&str; 6] = [" | ", " :: ", " \u{bb} ", " \u{b7} ", " \u{2022} ", " // "];
/// Separators that headlines use as well.
const DASHES: [&str; 6] = [" - ", " \u{2013} ", " \u{2014} ", " -- ", " : ", " / "];
/// Bars that East Asian titles set without spaces.
const EAST_ASIAN_BARS: [char; 5] = ['|', '\u{ff5c}', '\u{4e28}', '_', '\u{ff3f}'];
/// Other separators that they set without spaces; their headlines use them as well.
const EAST_ASIAN_DASHES: [char; 4] = ['-', '\u{2014}', '\u{ff0d}', '\u{ff1a}'];
/// Brackets around the last words of a title.
const BRACKETS: [(char, char); 4] =
    [('[', ']'), ('(', ')'), ('\u{3010}', '\u{3011}'), ('\u{ff08}', '\u{ff09}')];

/// Fewest words that a headline keeps.
pub(super) const MIN_WORDS_LEFT: usize = 2;

/// A family of separators between a headline and its ornaments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Separator {
    /// One that prose does not use: a pipe, a double colon, an arrow, a middle dot.
    Bar,
    /// A spaced dash or colon, which headlines use as well.
    Dash,
    /// A dash or colon between East Asian characters, without spaces.
    Tight,
    /// A bracket around the segment, which ends the headline.
    Bracket,
}

/// The last separator of a title, of any family but brackets. All but East Asian ones end in a space.
pub(super) fn last_separator(title: &str) -> Option<(Range<usize>, Separator)> {
    let all = BARS.map(|bar| (bar, Separator::Bar)).into_iter();
    let all = all.chain(DASHES.map(|dash| (dash, Separator::Dash)));
    let found = |(at, c): (usize, char)| match c {
        ' ' => {
            let head = &title[..=at];
            let (text, family) = all.clone().find(|(text, _)| head.ends_with(text))?;
            Some((head.len() - text.len()..head.len(), family))
        }
        _ => unspaced(title, at, c),
    };
    title.char_indices().rev().find_map(found)
}

/// The first separator of a title that prose does not use.
pub(super) fn first_bar(title: &str) -> Option<Range<usize>> {
    let spaced = BARS
        .iter()
        .filter_map(|bar| title.find(bar).map(|at| at..at + bar.len()))
        .min_by_key(|at| at.start);
    let end = spaced.as_ref().map_or(title.len(), |at| at.start);
    let bar = |(at, c)| unspaced(title, at, c).filter(|(_, family)| *family == Separator::Bar);
    title[..end].char_indices().find_map(bar).map(|(at, _)| at).or(spaced)
}

/// The bracket that ends a title, with the words in it.
pub(super) fn last_bracket(title: &str) -> Option<(Range<usize>, &str)> {
    let close = title.chars().next_back()?;
    let (open, _) = BRACKETS.into_iter().find(|(_, end)| *end == close)?;
    let start = title.rfind(open)?;
    let inner = &title[start + open.len_utf8()..title.len() - close.len_utf8()];
    let begins = title[..start].ends_with(|c: char| c == ' ' || is_east_asian(c));
    (begins && !inner.contains(close)).then_some((start..title.len(), inner))
}

/// A separator without spaces, at a character that may be one: an East Asian character stands on either side of it.
fn unspaced(title: &str, at: usize, c: char) -> Option<(Range<usize>, Separator)> {
    let family = match (EAST_ASIAN_BARS.contains(&c), EAST_ASIAN_DASHES.contains(&c)) {
        (true, _) => Separator::Bar,
        (_, true) => Separator::Tight,
        _ => return None,
    };
    let end = at + c.len_utf8();
    let before = title[..at].trim_end_matches(c).chars().next_back()?;
    let behind = title[end..].chars().next()?;
    let is_own = c == '\u{ff5c}' || (is_east_asian(before) && !behind.is_ascii_digit());
    let start = title[..at].trim_end_matches(c).len();
    let is_spaced = before == ' ' || behind == ' ';
    (is_own && (!is_spaced || c == '\u{ff5c}')).then_some((start..end, family))
}

/// Whether a character is Han, Kana or Hangul, or the punctuation of their scripts.
fn is_east_asian(c: char) -> bool {
    matches!(c as u32, 0x3000..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af | 0xff00..=0xffef)
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
            ("snake_case | a_b", Some((10, Separator::Bar))),
            ("港の橋が開通｜灯台新聞", Some((18, Separator::Bar))),
            ("港口新桥通车_灯塔网", Some((18, Separator::Bar))),
            ("港口新桥通车--灯塔网", Some((18, Separator::Tight))),
            ("港の橋が開通：灯台新聞", Some((18, Separator::Tight))),
            ("港の橋-2位", None),
        ];
        for (title, expected) in table {
            let found = last_separator(title).map(|(at, family)| (at.start, family));
            assert_eq!(found, expected, "{title}");
        }
    }

    #[test]
    fn the_first_bar_may_be_spaced_or_not() {
        for (title, expected) in [
            ("Bridge opens | World | News", Some(12)),
            ("港の橋が開通｜灯台新聞 | 灯台", Some(18)),
            ("Bridge opens - News", None),
        ] {
            assert_eq!(first_bar(title).map(|at| at.start), expected, "{title}");
        }
    }

    #[test]
    fn a_bracket_ends_a_title() {
        for (title, expected) in [
            ("Bridge opens [lantern.org]", Some("lantern.org")),
            ("Bridge opens (HBR, LTN)", Some("HBR, LTN")),
            ("港の橋が開通（灯台新聞）", Some("灯台新聞")),
            ("Bridge(s)", None),
            ("Bridge (old) opens", None),
        ] {
            assert_eq!(last_bracket(title).map(|(_, inner)| inner), expected, "{title}");
        }
    }
}
