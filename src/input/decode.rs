//! Turns bytes into clean Unicode: the one place where a document's representation changes.
//!
//! Any bytes decode to something: invalid ones become U+FFFD and are counted. Then
//!
//! - line ends become `\n`, and so do form feeds and vertical tabs, which separate lines too;
//! - control characters of the C1 block become the windows-1252 characters they nearly always stand for (`It\u{92}s` is
//!   `It’s`), as browsers do for `&#146;`; the five that stand for none go;
//! - all other control characters but `\t` go, with NUL and DEL; U+0085, U+2028 and U+2029 stay.
//!
//! A text with too many control characters is `binary`, one with too many U+FFFD `undecodable`.

use encoding_rs::{DecoderResult, Encoding};

use super::Options;
use super::charset::{Charset, detect};
use super::detail::rejection;
use crate::document::{Decoding, Rejection};

/// What the C1 characters stand for where windows-1252 was read as ISO-8859-1; `\0` for none.
const C1_AS_WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '\u{85}', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// Decodes a whole text in the encoding that it seems to be in, or that the options force, without cleaning it.
pub(super) fn decode(bytes: Vec<u8>, options: &Options) -> (String, Decoding) {
    let charset = options.forced_charset().unwrap_or_else(|| detect(&bytes).charset);
    decode_as(charset, bytes)
}

/// Decodes a whole text in a known encoding. Its byte order mark goes; invalid bytes become U+FFFD.
pub(super) fn decode_as(charset: Charset, bytes: Vec<u8>) -> (String, Decoding) {
    let raw_bytes = bytes.len() as u64;
    let mark_len = charset.mark_len(&bytes);
    let (text, replacements) = match charset {
        _ if charset == Charset::UTF_8 && mark_len == 0 => match String::from_utf8(bytes) {
            Ok(text) => (text, 0),
            Err(error) => utf_8_with_replacements(error.as_bytes()),
        },
        _ if charset == Charset::UTF_8 => utf_8_with_replacements(&bytes[mark_len..]),
        Charset::Known(encoding) => known_with_replacements(encoding, &bytes[mark_len..]),
        Charset::Utf32Le | Charset::Utf32Be => {
            let mut text = String::with_capacity(bytes.len() / 2);
            let mut replacements = 0;
            for unit in bytes[mark_len..].chunks(4) {
                let c = utf_32_unit(charset, unit);
                replacements += u32::from(c.is_none());
                text.push(c.unwrap_or('\u{fffd}'));
            }
            (text, replacements)
        }
    };
    let encoding = charset.name();
    (text, Decoding { encoding, replacements, raw_bytes, ..Decoding::default() })
}

/// The character of one UTF-32 unit; `None` if it is no scalar value or cut off.
pub(super) fn utf_32_unit(charset: Charset, unit: &[u8]) -> Option<char> {
    let unit: [u8; 4] = unit.try_into().ok()?;
    match charset {
        Charset::Utf32Be => char::from_u32(u32::from_be_bytes(unit)),
        _ => char::from_u32(u32::from_le_bytes(unit)),
    }
}

/// Cleans a decoded text of line ends and control characters, and refuses what is no text.
///
/// # Errors
///
/// `binary` or `undecodable`, as the row for this document.
pub(super) fn clean(text: String, options: &Options) -> Result<String, Rejection> {
    let counts = Counts::of(&text);
    if counts.is_binary() {
        let Counts { chars, zeros, controls, .. } = counts;
        let detail = format!("{zeros} NUL and {controls} other control characters in {chars}");
        return Err(rejection("binary", detail));
    }
    let share = counts.replacements as f64 / counts.chars.max(1) as f64;
    if share > options.max_replacement_share {
        let detail = format!(
            "{} of {} characters could not be decoded: {share:.4} is above max-replacement-share = {}",
            counts.replacements, counts.chars, options.max_replacement_share
        );
        return Err(rejection("undecodable", detail));
    }
    Ok(without_controls(text))
}

/// Removes control characters and evens out line ends.
pub(super) fn without_controls(text: String) -> String {
    // 0xc2 leads the bytes of C1, and those of some frequent characters too.
    let is_suspect = |byte: u8| matches!(byte, 0..=8 | 11..=31 | 0x7f | 0xc2);
    if !text.bytes().any(is_suspect) || !text.chars().any(is_changed) {
        return text;
    }
    for_each_clean(&text, &mut |_, _| ())
}

/// Removes control characters and evens out line ends. Tells of each character where it stands, and where what becomes of it
/// begins.
pub(super) fn for_each_clean(text: &str, visit: &mut dyn FnMut(usize, usize)) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        visit(at, clean.len());
        match c {
            '\r' => {
                characters.next_if(|(_, next)| *next == '\n');
                clean.push('\n');
            }
            '\u{b}' | '\u{c}' => clean.push('\n'),
            '\u{80}'..='\u{9f}' => {
                let meant = C1_AS_WINDOWS_1252[c as usize - 0x80];
                if meant != '\0' {
                    clean.push(meant);
                }
            }
            c if is_changed(c) => {}
            c => clean.push(c),
        }
    }
    clean
}

fn is_changed(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t' | '\u{85}')
}

#[derive(Default)]
struct Counts {
    chars: u64,
    replacements: u64,
    zeros: u64,
    /// C0 control characters that no text file has, but for NUL, and for ESC, which coloured logs are full of.
    controls: u64,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for byte in text.bytes() {
            counts.chars += u64::from(byte & 0xc0 != 0x80);
            counts.zeros += u64::from(byte == 0);
            counts.controls += u64::from(matches!(byte, 1..=8 | 14..=26 | 28..=31));
        }
        counts.replacements = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count() as u64;
        counts
    }

    /// More than one NUL in a thousand characters, or two other control characters in a hundred; fewer are damage.
    fn is_binary(&self) -> bool {
        (self.zeros >= 4 && self.zeros * 1000 > self.chars)
            || (self.controls >= 8 && self.controls * 50 > self.chars)
    }
}

fn utf_8_with_replacements(bytes: &[u8]) -> (String, u32) {
    let mut text = String::with_capacity(bytes.len() + 64);
    let mut replacements = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push('\u{fffd}');
            replacements += 1;
        }
    }
    (text, replacements)
}

fn known_with_replacements(encoding: &'static Encoding, bytes: &[u8]) -> (String, u32) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 64);
    let mut replacements = 0;
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return (text, replacements),
            DecoderResult::OutputFull => text.reserve(2 * rest.len() + 64),
            DecoderResult::Malformed(..) => {
                text.push('\u{fffd}');
                replacements += 1;
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `text` in UTF-16 or UTF-32; `encoding_rs` encodes neither.
    pub(in super::super) fn wide(text: &str, charset: &str) -> Vec<u8> {
        match charset {
            "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "UTF-32LE" => text.chars().flat_map(|c| (c as u32).to_le_bytes()).collect(),
            "UTF-32BE" => text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect(),
            other => panic!("{other}"),
        }
    }

    const ENGLISH: &str =
        "The “new” bridge – opened in May – cost €40 million, the city’s mayor said.";
    const FRENCH: &str =
        "Le maire a annoncé mercredi que l’école fermera après l’été, à cause des dégâts.";
    const POLISH: &str =
        "Władze miasta ogłosiły w środę, że most będzie zamknięty do końca października.";
    const RUSSIAN: &str = "Мэр города сообщил в среду, что новый мост откроют для движения осенью.";
    const HINDI: &str = "शहर के मेयर ने बुधवार को कहा कि नया पुल अगले महीने खुलेगा।";
    const CHINESE: &str = "市长周三表示，这座新桥将于十月通车，全长两公里，总投资三亿元。\n记者从有关部门了解到，周边道路也将同步改造。";
    const TAIWANESE: &str = "市長週三表示，這座新橋將於十月通車，全長兩公里，總投資三億元。\n記者從有關部門瞭解到，周邊道路也將同步改造。";
    const JAPANESE: &str = "市長は水曜日、新しい橋が十月に開通すると発表した。周辺の道路もあわせて整備される予定だという。";
    const KOREAN: &str = "시장은 수요일에 새로운 다리가 시월에 개통될 것이라고 밝혔다. 주변 도로도 함께 정비될 예정이다.";

    #[test]
    fn news_in_every_usual_encoding_is_read_as_it_was_written() {
        let table: &[(&str, &str)] = &[
            ("windows-1252", ENGLISH),
            ("windows-1252", FRENCH),
            ("windows-1251", RUSSIAN),
            ("KOI8-U", RUSSIAN),
            ("ISO-8859-2", POLISH),
            ("GBK", CHINESE),
            ("Big5", TAIWANESE),
            ("Shift_JIS", JAPANESE),
            ("EUC-JP", JAPANESE),
            ("ISO-2022-JP", JAPANESE),
            ("EUC-KR", KOREAN),
        ];
        for (label, text) in table {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, had_errors) = encoding.encode(text);
            assert!(!had_errors, "{label} has no bytes for this text");
            let (decoded, decoding) = decode(bytes.to_vec(), &Options::default());
            assert_eq!(decoded, *text, "{label} as {}", decoding.encoding);
            assert_eq!((&*decoding.encoding, decoding.replacements), (*label, 0));
            assert_eq!(decoding.raw_bytes, bytes.len() as u64);
        }
    }

    #[test]
    fn unicode_is_recognised_with_and_without_a_mark() {
        let texts = [ENGLISH, FRENCH, POLISH, RUSSIAN, HINDI, CHINESE, TAIWANESE, JAPANESE, KOREAN];
        for text in texts.map(|text| format!("{text}\n2024 {text}\n\n{text}\n")) {
            let (decoded, decoding) = decode(text.clone().into_bytes(), &Options::default());
            assert_eq!((decoded, &*decoding.encoding), (text.clone(), "UTF-8"));
            let marked = format!("\u{feff}{text}");
            let (decoded, decoding) = decode(marked.clone().into_bytes(), &Options::default());
            assert_eq!((decoded, &*decoding.encoding), (text.clone(), "UTF-8"));
            for charset in ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"] {
                for written in [&text, &marked] {
                    let (decoded, decoding) = decode(wide(written, charset), &Options::default());
                    assert_eq!((decoded, &*decoding.encoding), (text.clone(), charset));
                    assert_eq!(decoding.replacements, 0);
                }
            }
        }
    }

    #[test]
    fn invalid_bytes_are_counted_and_never_fatal() {
        let table: &[(&str, &[u8], &str, &str, u32)] = &[
            ("a broken byte", "é é é \u{1}".as_bytes(), "é é é \u{1}", "UTF-8", 0),
            ("invalid", b"\xc3\xa9 \xc3\xa9 \xff!", "é é \u{fffd}!", "UTF-8", 1),
            (
                "overlong",
                b"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xc0\xaf",
                "éééé \u{fffd}\u{fffd}",
                "UTF-8",
                2,
            ),
            (
                "cut off",
                "Zürich ü".as_bytes().split_last().unwrap().1,
                "Zürich \u{fffd}",
                "UTF-8",
                1,
            ),
            ("already lost", "a\u{fffd}b".as_bytes(), "a\u{fffd}b", "UTF-8", 0),
            ("lone surrogate", b"\xff\xfea\0\x00\xd8b\0", "a\u{fffd}b", "UTF-16LE", 1),
            ("odd length", b"\xff\xfea\0b", "a\u{fffd}", "UTF-16LE", 1),
            ("UTF-32 beyond Unicode", b"\xff\xfe\0\0a\0\0\0\0\0\0\x7f", "a\u{fffd}", "UTF-32LE", 1),
            ("UTF-32 cut off", b"\xff\xfe\0\0a\0\0\0b", "a\u{fffd}", "UTF-32LE", 1),
        ];
        for (name, bytes, text, encoding, replacements) in table {
            let (decoded, decoding) = decode(bytes.to_vec(), &Options::default());
            assert_eq!(decoded, *text, "{name}");
            assert_eq!(
                (&*decoding.encoding, decoding.replacements),
                (*encoding, *replacements),
                "{name}"
            );
        }
    }

    #[test]
    fn a_forced_encoding_is_not_questioned() {
        let options = Options { encoding: "koi8-r".to_owned(), ..Options::default() };
        assert_eq!(decode(vec![0xf0, 0xd2, 0xc9], &options).0, "При");
        let options = Options { encoding: "utf-8".to_owned(), ..Options::default() };
        assert_eq!(decode(b"\xef\xbb\xbfcaf\xe9".to_vec(), &options).0, "caf\u{fffd}");
    }

    #[test]
    fn control_characters_go_and_line_ends_are_even() {
        let table: &[(&str, &str, &str)] = &[
            ("line ends", "a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("tabs stay", "a\tb", "a\tb"),
            ("form feed and vertical tab", "a\u{c}b\u{b}c", "a\nb\nc"),
            ("NUL, BEL, ESC, DEL", "a\0b\u{7}c\u{1b}d\u{7f}e", "abcde"),
            ("C1 as windows-1252", "It\u{92}s \u{93}new\u{94}", "It’s “new”"),
            ("C1 that stands for nothing", "a\u{81}b", "ab"),
            ("separators of Unicode", "a\u{85}b\u{2028}c\u{2029}d", "a\u{85}b\u{2028}c\u{2029}d"),
            ("0xc2 without C1", "a\u{a0}«b»", "a\u{a0}«b»"),
        ];
        for (name, text, expected) in table {
            let cleaned = clean((*text).to_owned(), &Options::default());
            assert_eq!(cleaned.as_deref(), Ok(*expected), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\0\0\0\x03\0\x08\x02\0\0\0\xd5".repeat(4);
        let noise: Vec<u8> =
            (0u32..5000).map(|n| (n.wrapping_mul(2654435761) >> 13) as u8).collect();
        let table: &[(&str, Vec<u8>, Option<&str>)] = &[
            ("a picture", png, Some("binary")),
            ("compressed bytes", noise, Some("binary")),
            ("zeros", vec![0; 4096], Some("binary")),
            ("three stray zeros", b"a\0b\0c\0 and a lot of text".to_vec(), None),
            ("lost characters", "\u{fffd}abcd".repeat(9).into_bytes(), Some("undecodable")),
            ("few lost characters", format!("\u{fffd}{}", "é".repeat(40)).into_bytes(), None),
        ];
        for (name, bytes, expected) in table {
            let (text, _) = decode(bytes.clone(), &Options::default());
            let reason = clean(text, &Options::default()).err().map(|why| why.reason);
            assert_eq!(reason.as_deref(), *expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_to_something(
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
            prefix in prop_oneof![
                Just(&b""[..]), Just(&b"\xff\xfe"[..]), Just(&b"\xfe\xff"[..]),
                Just(&b"\xef\xbb\xbf"[..]), Just(&b"\xff\xfe\0\0"[..]), Just(&b"\0\0\xfe\xff"[..]),
            ],
        ) {
            let options = Options { max_replacement_share: 1.0, ..Options::default() };
            let bytes = [prefix, &bytes].concat();
            let (text, decoding) = decode(bytes, &options);
            let n_replacements = text.chars().filter(|c| *c == '\u{fffd}').count();
            prop_assert!(decoding.replacements as usize <= n_replacements);
            if let Ok(text) = clean(text, &options) {
                prop_assert!(!text.chars().any(is_changed));
            }
        }

        #[test]
        fn any_utf_8_is_kept_as_it_is(text in "\\PC{0,200}") {
            let (decoded, decoding) = decode(text.clone().into_bytes(), &Options::default());
            prop_assert_eq!(decoded, text.trim_start_matches('\u{feff}'));
            prop_assert_eq!(decoding.replacements, 0);
        }
    }
}
