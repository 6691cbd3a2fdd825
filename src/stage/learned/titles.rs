//! Ornaments of headlines that a source repeats: outlet and section names behind a separator, labels in capitals before.
//!
//! An ornament is told from a headline's own last words by two figures: the share of the source's headlines that carry
//! it, and whether the articles under it name it. A speaker (`… - Minister`) is named by the body and stands in few
//! headlines; an outlet's name stands in most of them, a section's in some, and the articles do not speak of it.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::normalised;
use crate::document::Document;
use crate::stage::headline::{MIN_WORDS_LEFT, Separator, last_separator};

/// What stands behind a label in capitals.
const LABEL_ENDS: [&str; 2] = [": ", " | "];
/// Longer segments, in words, are statements and not names.
const MAX_WORDS: usize = 6;
/// Segments of a chain that are looked at, from the outside.
const MAX_SEGMENTS: usize = 4;
/// Documents from which on an ornament is believed even behind a closing quotation mark, where speakers stand.
pub(super) const MIN_DOCUMENTS_AFTER_QUOTE: u32 = 20;
/// Share of an ornament's documents whose body must not name it, where it stands in fewer headlines than [`MOST`].
const MIN_ABSENT_SHARE: f64 = 0.8;
/// From this share of the source's headlines on, an ornament may be named by the articles, as outlets are.
const MOST: f64 = 0.5;

/// What stands between an ornament and the headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// A separator that prose does not use.
    Bar,
    /// A dash, which prose uses as well.
    Dash,
    /// The end of a label before the headline.
    Label,
}

/// A segment of a headline that may be an ornament.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The segment with its separator, in bytes of the headline.
    pub(super) at: Range<usize>,
    pub(super) joint: Joint,
    /// Whether a closing quotation mark stands before the separator.
    pub(super) is_after_quote: bool,
    text: Range<usize>,
}

/// The segments before and behind a headline, each list from the outside in. Two words of headline stay.
pub(super) fn segments(title: &str) -> (Option<Segment>, Vec<Segment>) {
    let prefix = label(title);
    let from = prefix.as_ref().map_or(0, |label| label.at.end);
    let mut suffixes = Vec::new();
    let mut end = title.len();
    while suffixes.len() < MAX_SEGMENTS {
        let Some(segment) = last_segment(&title[..end], from) else { break };
        end = segment.at.start;
        suffixes.push(segment);
    }
    (prefix, suffixes)
}

/// The key of a segment among those of its source: the kind of joint counts, so that a dash needs evidence of its own.
pub(super) fn key(source: u64, title: &str, segment: &Segment) -> u64 {
    let kind = match segment.joint {
        Joint::Bar => '|',
        Joint::Dash => '-',
        Joint::Label => ':',
    };
    let mut text = format!("title{kind}");
    text.push_str(&normalised(&title[segment.text.clone()]));
    xxh3_64_with_seed(text.as_bytes(), source)
}

/// Whether the body names the segment. A label is looked for in its capitals: `WATCH` is none of the body's words.
pub(super) fn is_named(document: &Document, segment: &Segment) -> bool {
    let text = &document.title()[segment.text.clone()];
    match segment.joint {
        Joint::Label => document.body().contains(text),
        Joint::Bar | Joint::Dash => document.body().to_lowercase().contains(&text.to_lowercase()),
    }
}

/// Whether the figures of a segment are those of an ornament: `share` of the source's headlines carry it, and
/// `absent_share` of the articles under those do not name it.
pub(super) fn is_ornament(joint: Joint, share: f64, absent_share: f64, min_share: f64) -> bool {
    let needed = match joint {
        Joint::Bar | Joint::Label => min_share,
        Joint::Dash => 2.0 * min_share,
    };
    share >= needed && (share >= MOST || absent_share >= MIN_ABSENT_SHARE)
}

fn label(title: &str) -> Option<Segment> {
    let (start, end) =
        LABEL_ENDS.iter().filter_map(|end| title.find(end).map(|at| (at, at + end.len()))).min()?;
    let text = &title[..start];
    let is_capitals = text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
    let is_label = is_capitals
        && words(text) <= MAX_WORDS
        && words(&title[end..]) >= MIN_WORDS_LEFT
        && title[end..].chars().any(char::is_lowercase);
    is_label.then_some(Segment {
        at: 0..end,
        joint: Joint::Label,
        is_after_quote: false,
        text: 0..start,
    })
}

/// The last segment of `title`, if what is left of it from `from` on is a headline.
fn last_segment(title: &str, from: usize) -> Option<Segment> {
    let (at, separator) = last_separator(title)?;
    let joint = match separator {
        Separator::Bar => Joint::Bar,
        Separator::Dash | Separator::Tight | Separator::Bracket => Joint::Dash,
    };
    let left = title.get(from..at.start)?.trim_end();
    let text = &title[at.end..];
    let is_segment = words(left) >= MIN_WORDS_LEFT
        && (1..=MAX_WORDS).contains(&words(text))
        && text.chars().any(char::is_alphabetic);
    is_segment.then_some(Segment {
        at: from + left.len()..title.len(),
        joint,
        is_after_quote: left.ends_with(is_quote),
        text: at.end..title.len(),
    })
}

/// Words between white space that hold a letter or digit; where a script has no spaces, four characters are a word.
fn words(text: &str) -> usize {
    let count = |word: &str| {
        let wide = word.chars().filter(|c| matches!(*c as u32, 0x0E00..=0x0EFF | 0x3040..=0x9FFF));
        (wide.count().div_ceil(4)).max(1)
    };
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).map(count).sum()
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300d}' | '\u{300f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_found_from_the_outside_and_leave_a_headline() {
        let table: [(&str, &[&str]); 9] = [
            ("Bridge opens late | World | Valley Echo", &[" | Valley Echo", " | World"]),
            ("Bridge opens late - Valley Echo", &[" - Valley Echo"]),
            ("WATCH: Bridge opens late \u{bb} Echo", &["WATCH: ", " \u{bb} Echo"]),
            ("LIVE BLOG | The bridge opens", &["LIVE BLOG | "]),
            ("Bridge | Valley Echo", &[]),
            ("Analysis: who pays for the bridge", &[]),
            ("A well-known half-timbered house", &[]),
            ("The bridge opens - and nobody knows who will pay for it", &[]),
            ("ECHO: Late", &[]),
        ];
        for (title, expected) in table {
            let (prefix, suffixes) = segments(title);
            let found: Vec<_> =
                prefix.iter().chain(&suffixes).map(|segment| &title[segment.at.clone()]).collect();
            assert_eq!(found, expected, "{title}");
        }
    }

    #[test]
    fn share_and_silence_of_the_body_tell_an_ornament() {
        let table = [
            ("an outlet that its articles name", Joint::Dash, 0.9, 0.1, true),
            ("a section", Joint::Bar, 0.06, 1.0, true),
            ("a speaker", Joint::Dash, 0.12, 0.1, false),
            ("a rare segment behind a dash", Joint::Dash, 0.06, 1.0, false),
            ("a topic in capitals", Joint::Label, 0.1, 0.2, false),
            ("a label", Joint::Label, 0.1, 0.95, true),
        ];
        for (name, joint, share, absent, expected) in table {
            assert_eq!(is_ornament(joint, share, absent, 0.05), expected, "{name}");
        }
    }
}
