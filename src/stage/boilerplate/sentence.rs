//! Sentences within a paragraph, for rules that cut one of them: where one ends for sure, and what stands in brackets.
//!
//! UAX #29 proposes boundaries; one is believed only if cutting there leaves well-formed text: not behind an
//! abbreviation, not before a small letter, not within a quotation or brackets. A boundary too few joins two sentences,
//! and no rule matches both; a boundary too many would cut one in half.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::text::is_stopless;

/// A sentence, a bracketed aside, or what is left of a sentence around one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// What would be cut.
    pub(super) at: Range<usize>,
    /// What rules look at: an aside without its brackets.
    pub(super) text: Range<usize>,
    /// Whether a rule may cut it.
    pub(super) is_whole: bool,
}

/// A quotation that is open for longer was never closed.
const MAX_QUOTED_BYTES: usize = 3000;
/// The same for brackets.
const MAX_BRACKETED_BYTES: usize = 600;

/// Words that a full stop abbreviates.
const ABBREVIATIONS: [&str; 76] = [
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "st",
    "sen",
    "rep",
    "gov",
    "gen",
    "col",
    "sgt",
    "lt",
    "capt",
    "jr",
    "sr",
    "inc",
    "ltd",
    "co",
    "corp",
    "no",
    "nos",
    "vs",
    "etc",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "fig",
    "hon",
    "rev",
    "mt",
    "ft",
    "dept",
    "est",
    "approx",
    "bros",
    "pt",
    "drs",
    "ir",
    "hj",
    "kh",
    "tgl",
    "hlm",
    "jl",
    "rp",
    "tn",
    "ny",
    "tbk",
    "tp",
    "ts",
    "ths",
    "gs",
    "pgs",
    "bs",
    "डॉ",
    "प्रो",
    "श्री",
    "पं",
    "मो",
    "बी",
    "सी",
    "जी",
    "एस",
    "आर",
    "टी",
    "एम",
    "पी",
];

/// Splits a line; `is_aside` says whether the text of a bracket is worth being a unit of its own.
pub(super) fn split(line: &str, is_aside: &dyn Fn(&str) -> bool) -> Vec<Unit> {
    let mut units = Vec::new();
    for at in sentences(line) {
        split_asides(line, at, is_aside, &mut units);
    }
    units
}

/// The sentences of a line without the white space around them.
fn sentences(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut shelter = Shelter::default();
    let mut read = 0;
    for (start, segment) in line.split_sentence_bound_indices() {
        let end = start + segment.len();
        shelter.read(line, read..end);
        read = end;
        if end == line.len() || (!shelter.is_open(end) && is_boundary(line, end)) {
            let text = &line[from..end];
            let lead = text.len() - text.trim_start().len();
            let text = text.trim();
            if !text.is_empty() {
                found.push(from + lead..from + lead + text.len());
            }
            from = end;
        }
    }
    found
}

/// Whether a sentence surely ends before `at`.
fn is_boundary(line: &str, at: usize) -> bool {
    let (before, behind) = line.split_at(at);
    if behind.trim_start().starts_with(char::is_lowercase) {
        return false;
    }
    let core = before.trim_end_matches(|c: char| c.is_whitespace() || is_closer(c));
    let Some(stopped) = core.strip_suffix('.') else {
        return core.ends_with(['!', '?', '。', '！', '？', '।', '॥', '؟', '۔', '｡']);
    };
    let word = stopped.rsplit(|c: char| c.is_whitespace() || "([\"“‘".contains(c)).next();
    let word = word.unwrap_or_default();
    let Some(last) = word.chars().next_back() else { return false };
    let is_letter = word.chars().count() == 1 && last.is_alphabetic();
    // The name of a network, the only one of a single letter.
    let is_network = word == "X" && stopped.ends_with("on X");
    let is_abbreviation = word.contains('.')
        || is_letter && !is_network
        || ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    // "item 3." may be an ordinal number, and Thai abbreviates with full stops but ends no sentence with one.
    let is_ordinal = last.is_numeric() && word.chars().count() < 3;
    !(is_abbreviation || is_stopless(last) || is_ordinal)
}

/// Parts a sentence at the asides in it.
fn split_asides(
    line: &str,
    sentence: Range<usize>,
    is_aside: &dyn Fn(&str) -> bool,
    units: &mut Vec<Unit>,
) {
    let part = |at: Range<usize>, is_whole| Unit { text: at.clone(), at, is_whole };
    let mut from = sentence.start;
    let mut open: Option<(usize, char)> = None;
    for (offset, c) in line[sentence.clone()].char_indices() {
        let at = sentence.start + offset;
        match (closing(c), open) {
            (Some(_), _) => open = Some((at, c)),
            (None, Some((start, opener))) if closing(opener) == Some(c) => {
                open = None;
                let inner = start + opener.len_utf8()..at;
                let end = at + c.len_utf8();
                if !is_aside(&line[inner.clone()]) {
                    continue;
                }
                // A mark behind the aside moves up to the word before it.
                let is_marked =
                    line[end..].starts_with(|c: char| ".,;:!?。，、！？।۔،؛؟".contains(c));
                let gap = line[from..start].len() - line[from..start].trim_end().len();
                if gap < start - from {
                    units.push(part(from..start - gap, false));
                }
                let start = if is_marked { start - gap } else { start };
                units.push(Unit { at: start..end, text: inner, is_whole: true });
                from = end;
            }
            _ => {}
        }
    }
    if !line[from..sentence.end].trim().is_empty() {
        units.push(part(from..sentence.end, from == sentence.start));
    }
}

/// What is open while a line is read: quotation marks, brackets.
#[derive(Default)]
struct Shelter {
    /// For double and single quotation marks, corner brackets, and brackets: where it was opened.
    open: [Option<usize>; 4],
}

impl Shelter {
    fn read(&mut self, line: &str, range: Range<usize>) {
        let mut before = line[..range.start].chars().next_back();
        let mut chars = line[range.clone()].char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let next = match chars.peek() {
                Some((_, next)) => Some(*next),
                None => line[range.end..].chars().next(),
            };
            let at = range.start + offset;
            let in_word = next.is_some_and(char::is_alphanumeric);
            let behind_word = before.is_some_and(char::is_alphanumeric);
            let opens = !behind_word && next.is_some_and(|c| !c.is_whitespace());
            match c {
                '"' | '\u{201c}' | '\u{ab}' | '\u{201d}' | '\u{bb}' => {
                    let is_opener =
                        matches!(c, '\u{201c}' | '\u{ab}') || c == '"' && opens && in_word;
                    self.open[0] = is_opener.then_some(at);
                }
                '\u{2018}' => self.open[1] = Some(at),
                '\'' if opens && in_word => self.open[1] = Some(at),
                '\'' | '\u{2019}' if !(behind_word && in_word) => self.open[1] = None,
                '「' | '『' => self.open[2] = Some(at),
                '」' | '』' => self.open[2] = None,
                c if closing(c).is_some() => self.open[3] = Some(at),
                ')' | ']' | '）' | '】' | '］' => self.open[3] = None,
                _ => {}
            }
            before = Some(c);
        }
    }

    fn is_open(&self, at: usize) -> bool {
        let since = |start: &Option<usize>| start.map_or(usize::MAX, |start| at - start);
        self.open[..3].iter().any(|start| since(start) <= MAX_QUOTED_BYTES)
            || since(&self.open[3]) <= MAX_BRACKETED_BYTES
    }
}

fn closing(c: char) -> Option<char> {
    Some(match c {
        '(' => ')',
        '[' => ']',
        '（' => '）',
        '【' => '】',
        '［' => '］',
        _ => return None,
    })
}

fn is_closer(c: char) -> bool {
    super::text::is_quote(c) || matches!(c, ')' | ']' | '）' | '】' | '］')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        split(line, &|inner| inner.starts_with("Baca juga"))
            .into_iter()
            .map(|unit| &line[unit.at])
            .collect()
    }

    #[test]
    fn a_boundary_is_believed_only_where_a_cut_is_safe() {
        let table: [(&str, &str, &[&str]); 12] = [
            ("two sentences", "It rained. It snowed.", &["It rained.", "It snowed."]),
            ("a title", "It was Dr. Roe. She left.", &["It was Dr. Roe.", "She left."]),
            ("initials", "It was J. Roe. She left.", &["It was J. Roe.", "She left."]),
            ("an abbreviation", "In the U.S. Farmers wait.", &["In the U.S. Farmers wait."]),
            ("a quotation", "“Go. Run now,” he said.", &["“Go. Run now,” he said."]),
            ("single marks", "‘Go. Run now,’ he said.", &["‘Go. Run now,’ he said."]),
            ("straight marks", "\"Go. Run now.\" He ran.", &["\"Go. Run now.\"", "He ran."]),
            ("brackets", "It (rained. It) fell.", &["It (rained. It) fell."]),
            ("Chinese", "下雨了。路关了！谁来？", &["下雨了。", "路关了！", "谁来？"]),
            ("Hindi", "बारिश हुई। सड़क बंद है।", &["बारिश हुई।", "सड़क बंद है।"]),
            ("Thai", "เวลา 9.00 น. ฝนตก พ.ศ. นี้", &["เวลา 9.00 น. ฝนตก พ.ศ. นี้"]),
            (
                "an aside",
                "Hujan (Baca juga: Banjir). Reda.",
                &["Hujan", " (Baca juga: Banjir)", ".", "Reda."],
            ),
        ];
        for (name, line, expected) in table {
            assert_eq!(texts(line), expected, "{name}");
        }
    }

    #[test]
    fn the_network_of_one_letter_ends_a_sentence() {
        assert_eq!(texts("Follow us on X. It rained."), ["Follow us on X.", "It rained."]);
    }
}
