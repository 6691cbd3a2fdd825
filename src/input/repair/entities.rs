//! HTML entities that were left in a text: `&amp;`, `&#8217;`, `&nbsp;`.
//!
//! Decoded is what has its semicolon and is known by name or number. Two layers are decoded where a character other than
//! those of the markup lies below (`&amp;#8217;`), which nobody writes on purpose; `&amp;lt;` becomes `&lt;`. A text
//! that is about markup is left alone: it says so, or names an entity in quotes.

use std::sync::LazyLock;

use regex::Regex;

use super::edits::{Edit, Edits};
use super::names::ENTITIES;

/// Longest name or number between `&` and `;`, in bytes.
const MAX_NAME_BYTES: usize = 10;

static ABOUT_MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    let markup = r"(?:&amp;)?&(?:amp|lt|gt|quot|nbsp|#\d{1,4});";
    let pattern = [
        r"\b(?:X?HTML5?|XML|SGML)\b".to_owned(),
        format!("[`'\"“‘«(]{markup}[`'\"”’»)]"),
        // A tag in a sentence: shown, not meant.
        "&lt;/?(?i:code|pre|script|style|head|body|html|meta|title|table|form|input)\\b".to_owned(),
    ];
    Regex::new(&pattern.join("|")).expect("the pattern is tested")
});

/// The text without entities, and where they stood; `None` if there is nothing to decode.
pub(super) fn decoded(text: &str) -> Option<(String, Edits)> {
    let mut rest = text;
    let mut decoded = String::new();
    let mut edits = Vec::new();
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        let Some((c, len)) = entity(from) else {
            decoded.push_str(before);
            decoded.push('&');
            rest = &from[1..];
            continue;
        };
        // Looked for only where there is an entity at all, and once.
        if edits.is_empty() && ABOUT_MARKUP.is_match(text) {
            return None;
        }
        decoded.push_str(before);
        let (c, len) = below(c, &from[len..]).map_or((c, len), |(c, more)| (c, len + more));
        let (stood, stands) = (text.len() - from.len(), decoded.len());
        decoded.push(c);
        let (before, after) = (stood..stood + len, stands..decoded.len());
        edits.push(Edit { before, after, entities: 1, mojibake: 0 });
        rest = &from[len..];
    }
    decoded.push_str(rest);
    (!edits.is_empty()).then_some((decoded, Edits(edits)))
}

/// The entity that a text begins with, and its length in bytes.
fn entity(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let end = memchr::memchr(b';', &bytes[..bytes.len().min(MAX_NAME_BYTES + 2)])?;
    let name = text.get(1..end)?;
    let c = match name.strip_prefix('#') {
        None => named(name)?,
        Some(number) => numbered(number)?,
    };
    Some((c, end + 1))
}

/// What lies below a decoded `&`, where that is no sign of the markup: the character, and the length of what says so.
fn below(c: char, behind: &str) -> Option<(char, usize)> {
    if c != '&' {
        return None;
    }
    let (c, len) = entity(&format!("&{}", behind.get(..behind.floor_char_boundary(16))?))?;
    (!matches!(c, '&' | '<' | '>')).then_some((c, len - 1))
}

fn named(name: &str) -> Option<char> {
    let at = ENTITIES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(ENTITIES[at].1)
}

/// A character by its number, as decimal or, behind an `x`, hexadecimal digits. Control characters are none, but for those
/// of windows-1252, which [`clean`](super::super::decode::clean) reads as browsers do.
fn numbered(number: &str) -> Option<char> {
    let number = match number.strip_prefix(['x', 'X']) {
        None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok()?,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u32::from_str_radix(digits, 16).ok()?
        }
        _ => return None,
    };
    let c = char::from_u32(number)?;
    let is_text = matches!(c, '\t' | '\n' | '\r' | '\u{80}'..='\u{9f}') || !c.is_control();
    is_text.then_some(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::edits::tests::carried_out;
    use super::*;

    #[test]
    fn known_entities_are_decoded_and_nothing_else() {
        let table: &[(&str, &str, usize)] = &[
            ("Ramp &amp; Sons", "Ramp & Sons", 1),
            ("the city&#8217;s bridge&nbsp;&ndash; new", "the city’s bridge\u{a0}– new", 3),
            ("&#x2019;&#X201C;&Eacute;&eacute;&hearts;", "’“Éé♥", 5),
            ("It&#146;s, and it&amp;#8217;s", "It\u{92}s, and it’s", 2),
            ("a &amp;nbsp; gap", "a \u{a0} gap", 1),
            ("3 &lt; 4 &amp;&amp; 5 &gt; 4", "3 < 4 && 5 > 4", 4),
            ("one layer of &amp;lt;", "one layer of &lt;", 1),
            ("&quot;Yes,&quot; she said", "\"Yes,\" she said", 2),
        ];
        for (text, expected, count) in table {
            let (decoded, edits) = decoded(text).unwrap();
            assert_eq!((&*decoded, edits.0.len()), (*expected, *count), "{text}");
        }
        let table = [
            "R & D, AT&T; and so on",
            "?a=1&copy=2&lt",
            "&unknown; &#; &#x; &#xzz; &#0; &#7; &#xd800; &#1114112; &#99999999;",
            "&",
            "&#8217",
            "an & and a ; later",
            "&é;",
            "In HTML an ampersand is written &amp;.",
            "Write '&lt;' for it, he says; and &quot; too",
            "The tag &lt;table&gt; begins a table.",
        ];
        for text in table {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(ENTITIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    proptest! {
        #[test]
        fn a_text_that_was_escaped_is_read_as_it_was(text in "[a-zé’“ <>\"&.\\n]{0,60}") {
            let escaped: String = text.chars().map(|c| match c {
                '&' => "&amp;".to_owned(),
                '<' => "&lt;".to_owned(),
                '>' => "&gt;".to_owned(),
                '"' => "&quot;".to_owned(),
                c if c.is_ascii() => c.to_string(),
                c => format!("&#{};", c as u32),
            }).collect();
            if let Some((decoded, _)) = decoded(&escaped) {
                prop_assert_eq!(decoded, text);
            }
        }

        #[test]
        fn any_text_is_decoded_or_left(text in "(&|#|x|;|amp|lt|[0-9]|é|\\PC){0,40}") {
            if let Some((decoded, edits)) = decoded(&text) {
                prop_assert!(!edits.0.is_empty() && decoded.len() < text.len());
                prop_assert_eq!(carried_out(&text, &decoded, &edits), decoded);
            }
        }
    }
}
