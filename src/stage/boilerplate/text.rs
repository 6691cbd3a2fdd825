//! What a text tells by itself: its folded form, its words, how it begins and how it ends.

use std::ops::Range;

use crate::letters::{Letter, is_alphanumeric};

/// Words between spaces; where a script puts none, its characters count as fractions of a word.
pub(super) fn count_words(text: &str) -> usize {
    if text.is_ascii() {
        return text.split_ascii_whitespace().count();
    }
    text.split_whitespace().map(|run| (run.chars().map(sixtieths).sum::<usize>() / 60).max(1)).sum()
}

/// How much of a word a character of a script without spaces is.
fn sixtieths(c: char) -> usize {
    match c as u32 {
        // Han.
        0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff => 30,
        // Kana.
        0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9f => 20,
        _ if is_stopless(c) => 12,
        _ => 0,
    }
}

/// Whether a character is of a script that puts no space between words.
pub(super) fn is_unspaced(c: char) -> bool {
    sixtieths(c) > 0
}

/// Whether a character is of a script with neither spaces between words nor marks at the end of sentences.
pub(super) fn is_stopless(c: char) -> bool {
    // Thai, Lao, Khmer; Myanmar has a mark for the end of a sentence, but it, too, is often left out.
    matches!(c as u32, 0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff)
}

/// Whether a text reads as a headline: it begins with a capital, a digit or a quotation, and no sentence ends it.
pub(super) fn is_headline(text: &str) -> bool {
    let text = text.trim_end_matches(['|', ' ']);
    let Some(first) = text.chars().find(|c| c.is_alphanumeric()) else { return false };
    let starts = !first.is_lowercase() || is_coined(text);
    let goes_on = text.ends_with([',', ';', ':']) && !asks_in_greek(text);
    let ends = !goes_on && !ends_with_full_stop(text);
    starts && ends && !is_quotation(text)
}

/// Whether a text ends in the question mark of Greek, which is another script's semicolon.
fn asks_in_greek(text: &str) -> bool {
    let last = text.strip_suffix([';', '\u{37e}']).and_then(|text| text.chars().next_back());
    last.is_some_and(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'))
}

/// Folds letter case, typographic quotes, dashes, ellipses and spaces, one character for one, without the ends' blanks.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let range = fold_into(&mut folded, text);
    folded[range].to_owned()
}

/// The words of four letters and more that carry a topic, cut to their stems' first letters.
pub(super) fn content_words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !is_alphanumeric(c)).filter(|word| word.chars().count() >= 4).map(
        |word| match word.char_indices().nth(6) {
            Some((end, _)) => &word[..end],
            None => word,
        },
    )
}

/// Whether double quotation marks open and close within the text, and do not open it.
pub(super) fn is_unquoted(text: &str) -> bool {
    let count = |mark: char| text.matches(mark).count();
    let low = count('\u{201e}');
    // Where quotations open below the line, both upper marks close them.
    let curly = match low {
        0 => count('\u{201c}') == count('\u{201d}'),
        _ => low == count('\u{201c}') + count('\u{201d}'),
    };
    count('"').is_multiple_of(2)
        && curly
        && count('\u{ab}') == count('\u{bb}')
        && count('「') == count('」')
        && count('『') == count('』')
        && !text.starts_with(['"', '\u{201c}', '\u{201e}', '\u{ab}', '「', '『'])
}

/// Whether a character is a quotation mark of any kind.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '「'..='』')
}

/// Whether a character folds to a space.
pub(super) fn is_blank(c: char) -> bool {
    fold_char(c) == ' '
}

pub(super) fn fits(text: &str, max_chars: usize) -> bool {
    text.len() <= max_chars
        || (text.len() <= max_chars.saturating_mul(4) && text.chars().count() <= max_chars)
}

pub(super) fn fold_into(folded: &mut String, text: &str) -> Range<usize> {
    let start = folded.len();
    if text.is_ascii() {
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return start..folded.len();
    }
    // Most text is in long runs of ASCII, which need no look at each character.
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, other) = rest.split_at(run);
        let from = folded.len();
        if ascii.bytes().any(|byte| byte == b'`' || byte < b' ') {
            folded.extend(ascii.chars().map(fold_char));
        } else {
            folded.push_str(ascii);
            folded[from..].make_ascii_lowercase();
        }
        let mut others = other.chars();
        while let Some(c) = others.clone().next().filter(|c| !c.is_ascii()) {
            folded.push(fold_char(c));
            others.next();
        }
        rest = others.as_str();
    }
    let line = &folded[start..];
    let lead = line.len() - line.trim_start().len();
    start + lead..start + lead.max(line.trim_end().len())
}

/// The character by which the folded text has this one.
pub(super) fn fold_char(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2bc}' | '\u{b4}' | '`' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2026}' => '.',
        // Full-width forms, and the punctuation of other scripts.
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(c as u32 - 0xfee0).map_or(c, |ascii| ascii.to_ascii_lowercase())
        }
        '「'..='』' => '"',
        '【' => '[',
        '】' => ']',
        '。' | '।' | '۔' | '॥' => '.',
        '、' | '،' => ',',
        '؛' => ';',
        '؟' => '?',
        // Arabic letters that are often written without their marks.
        'آ' | 'أ' | 'إ' => 'ا',
        'ى' => 'ي',
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => ' ',
        c if c.is_ascii() && !c.is_ascii_whitespace() => c.to_ascii_lowercase(),
        // Turkish pairs I with \u{131} and \u{130} with i; a label in capitals has to meet the one in small letters.
        '\u{130}' | '\u{131}' => 'i',
        // Small letters, and scripts without case.
        '\u{df}'..='\u{ff}' | '\u{430}'..='\u{45f}' | '\u{5d0}'..='\u{10ff}' => c,
        '\u{3041}'..='\u{d7ff}' => c,
        c if c.is_whitespace() => ' ',
        c => {
            let letter = Letter::of(c);
            if letter.has_one_lower() { letter.lower() } else { c }
        }
    }
}

pub(super) fn ends_like_a_sentence(text: &str) -> bool {
    let core = text.trim_end_matches(|c: char| is_quote(c) || matches!(c, ')' | ']' | ' '));
    core.ends_with([
        '.', '!', '?', '\u{2026}', ':', '\u{3002}', '\u{964}', '\u{965}', '！', '？', '：', '؟',
        '۔',
    ]) || asks_in_greek(core)
}

/// A full stop ends a sentence; an ellipsis or an abbreviation in capitals ("U.S.") need not.
fn ends_with_full_stop(text: &str) -> bool {
    let core = text.trim_end_matches(|c: char| is_quote(c) || matches!(c, ')' | ' '));
    let Some(before) = core.strip_suffix('.') else {
        return core.ends_with(['\u{3002}', '\u{964}', '\u{965}', '۔']);
    };
    let is_abbreviation = before.rsplit(' ').next().is_some_and(|word| word.contains('.'));
    !before.ends_with('.') && !is_abbreviation
}

fn is_quotation(text: &str) -> bool {
    text.starts_with(['"', '\u{201c}', '\u{201e}', '\u{ab}', '「', '『'])
        && text.ends_with(['"', '\u{201c}', '\u{201d}', '\u{bb}', '」', '』'])
}

/// A first word such as "iPhone" or "eBay": a capital within it.
fn is_coined(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word.chars().any(char::is_uppercase))
}

pub(super) fn has_link(text: &str) -> bool {
    text.contains("://")
        || text.contains("www.")
        || text.split_whitespace().any(|word| {
            let word = word.trim_start_matches(['(', '"']);
            word.len() > 2 && word.starts_with(['@', '#'])
        })
}

/// The line under a quoted post: "— Name (@handle) 3 May 2022".
pub(super) fn is_post(text: &str) -> bool {
    text.contains("(@") || text.contains("pic.twitter.com")
}

/// A line that begins with a time of day, as an entry of a live blog does.
pub(super) fn is_stamp(text: &str) -> bool {
    behind_clock(text, [':', '.']).is_some()
}

/// What stands behind the time of day that opens a line; `marks` are those between hours and minutes.
pub(super) fn behind_clock(text: &str, marks: [char; 2]) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let hours = digits(text);
    let rest = text[hours..].strip_prefix(marks)?;
    let minutes = digits(rest);
    ((1..=2).contains(&hours) && minutes == 2).then_some(&rest[minutes..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_and_sentences_are_told_apart() {
        let table = [
            ("a headline", "Harbour bridge to close for repairs", true),
            ("a question", "Who will pay for the bridge?", true),
            ("a bracketed tag", "Bridge costs double [ANALYSIS]|", true),
            ("an abbreviation", "Bridge builders look to the U.S.", true),
            ("a sentence", "The bridge will close on Monday.", false),
            ("the middle of a sentence", "and then it closed", false),
            ("a quotation", "\u{201c}We will close it\u{201d}", false),
            ("a label", "Sources:", false),
            ("a question in Greek", "Ποιος θα πληρώσει για τη γέφυρα;", true),
            ("half a sentence", "The bridge was closed;", false),
        ];
        for (name, text, expected) in table {
            assert_eq!(is_headline(text), expected, "{name}");
        }
    }

    #[test]
    fn folding_equates_typographic_variants() {
        assert_eq!(fold("DON\u{2019}T\u{a0}MISS\u{2026}"), "don't miss.");
        assert_eq!(fold("\u{200b}"), "");
        assert_eq!(fold("\u{200b}\u{2014} X"), "- x");
        assert_eq!(fold("\u{201c}A `B`\u{201d}\tC \u{c9}\u{41f}D"), "\"a 'b'\" c \u{e9}\u{43f}d");
    }

    #[test]
    fn folding_equates_turkish_capitals_and_small_letters() {
        assert_eq!(fold("\u{130}LG\u{130}L\u{130} AYRICA"), fold("ilgili ayr\u{131}ca"));
    }

    #[test]
    fn quotation_marks_are_those_of_many_languages() {
        for (text, expected) in [
            ("Lesen: \u{201e}Br\u{fc}cke\u{201c} zu", true),
            ("Czytaj: \u{201e}Most\u{201d} zamkni\u{119}ty", true),
            ("Lire : \u{ab} Le pont \u{bb}", true),
            ("\u{201e}Lesen Sie auch\u{201c} steht da", false),
            ("Er rief: \u{201e}Lesen", false),
            ("lesen\u{201c}, rief er", false),
        ] {
            assert_eq!(is_unquoted(text), expected, "{text}");
        }
        assert!(!is_headline("\u{201e}Die Br\u{fc}cke bleibt zu\u{201c}"));
    }

    #[test]
    fn the_punctuation_of_other_scripts_folds() {
        assert_eq!(fold("来源：「ＡＢＣ」！"), "来源:\"abc\"!");
        assert_eq!(fold("اقرأ أيضًا؟"), "اقرا ايضًا?");
        assert_eq!(fold("यह भी पढ़ें।"), "यह भी पढ़ें.");
    }

    #[test]
    fn times_at_the_head_are_stamps() {
        for (text, expected) in
            [("14:05 Rain", true), ("9.30pm Doors", true), ("1990 was", false), ("10 men", false)]
        {
            assert_eq!(is_stamp(text), expected, "{text}");
        }
    }
}
