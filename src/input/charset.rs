//! Finds out which encoding bytes are in.
//!
//! In this order: byte order mark; NUL patterns of UTF-16 and UTF-32 without one (which are valid UTF-8 and would pass
//! for it); valid UTF-8; UTF-8 with some broken bytes; ISO-2022-JP; and then the guess of `chardetng`, the detector of
//! Firefox. Two traps are avoided: a UTF-32LE mark begins like a UTF-16LE mark, and one broken byte in a UTF-8 text must
//! not turn all of it into windows-1252.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::document::Code;

/// Bytes that the search for NUL patterns looks at, and that are taken as the sample of a record file.
pub(super) const SAMPLE_BYTES: usize = 64 << 10;

/// An encoding: one of the WHATWG's, or UTF-32, which the WHATWG leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Known(&'static Encoding),
    Utf32Le,
    Utf32Be,
}

impl Charset {
    pub(super) const UTF_8: Self = Self::Known(UTF_8);

    /// The encoding that a person calls `label`, such as `latin1`, `windows-1251` or `utf-32le`.
    pub(super) fn of_label(label: &str) -> Option<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "utf-32le" | "utf-32" | "utf32" => Some(Self::Utf32Le),
            "utf-32be" => Some(Self::Utf32Be),
            other => Encoding::for_label_no_replacement(other.as_bytes()).map(Self::Known),
        }
    }

    /// The name in the output.
    pub(super) fn name(self) -> Code {
        Code::Borrowed(match self {
            Self::Known(encoding) => encoding.name(),
            Self::Utf32Le => "UTF-32LE",
            Self::Utf32Be => "UTF-32BE",
        })
    }

    /// Length of this encoding's byte order mark, if `bytes` begin with it.
    pub(super) fn mark_len(self, bytes: &[u8]) -> usize {
        match mark(bytes) {
            Some((charset, len)) if charset == self => len,
            _ => 0,
        }
    }
}

/// Which encoding a text is in, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Detected {
    pub(super) charset: Charset,
    /// There was nothing but ASCII to see, so that other bytes further on may be in any encoding that extends it.
    pub(super) is_ascii_so_far: bool,
}

/// Finds the encoding of a whole text.
pub(super) fn detect(bytes: &[u8]) -> Detected {
    detect_by(bytes, true)
}

/// Finds the encoding of a text from its beginning, which may end within a character.
pub(super) fn detect_sample(sample: &[u8]) -> Detected {
    detect_by(sample, false)
}

fn detect_by(bytes: &[u8], is_whole: bool) -> Detected {
    let certain = |charset| Detected { charset, is_ascii_so_far: false };
    if let Some((charset, _)) = mark(bytes) {
        return certain(charset);
    }
    if let Some(charset) = wide_without_mark(&bytes[..bytes.len().min(SAMPLE_BYTES)]) {
        return certain(charset);
    }
    if bytes.is_ascii() {
        return match is_iso_2022_jp(bytes) {
            true => certain(Charset::Known(ISO_2022_JP)),
            false => Detected { charset: Charset::UTF_8, is_ascii_so_far: true },
        };
    }
    if is_mostly_utf_8(bytes, is_whole) {
        return certain(Charset::UTF_8);
    }
    if has_only_symbols_of_windows_1252(bytes) {
        return certain(Charset::Known(WINDOWS_1252));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, is_whole);
    certain(Charset::Known(detector.guess(None, Utf8Detection::Deny)))
}

/// The byte order mark and its length.
fn mark(bytes: &[u8]) -> Option<(Charset, usize)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some((Charset::Utf32Le, 4)),
        [0, 0, 0xfe, 0xff, ..] => Some((Charset::Utf32Be, 4)),
        [0xef, 0xbb, 0xbf, ..] => Some((Charset::UTF_8, 3)),
        [0xff, 0xfe, ..] => Some((Charset::Known(UTF_16LE), 2)),
        [0xfe, 0xff, ..] => Some((Charset::Known(UTF_16BE), 2)),
        _ => None,
    }
}

/// Recognises UTF-16 and UTF-32 by where their zero bytes are. Spaces, digits and line breaks have one in every script.
fn wide_without_mark(sample: &[u8]) -> Option<Charset> {
    memchr::memchr(0, sample)?;
    if sample.len() >= 8 {
        let is_scalar = |value: u32| value != 0 && char::from_u32(value).is_some();
        let mut units = sample.chunks_exact(4).map(|unit| [unit[0], unit[1], unit[2], unit[3]]);
        if units.clone().all(|unit| is_scalar(u32::from_le_bytes(unit))) {
            return Some(Charset::Utf32Le);
        }
        if units.all(|unit| is_scalar(u32::from_be_bytes(unit))) {
            return Some(Charset::Utf32Be);
        }
    }
    // Spaces, digits, line breaks and Latin letters, and the punctuation of Chinese and Japanese. In the wrong byte order
    // hardly anything of this comes up: `一` (U+4E00) is an `N` there, but the commas around it are nothing.
    let is_frequent = |unit: u16| matches!(unit, 1..=0x7f | 0x3001 | 0x3002 | 0xff0c);
    let pairs = || sample.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
    let n_little = pairs().filter(|pair| is_frequent(u16::from_le_bytes(*pair))).count();
    let n_big = pairs().filter(|pair| is_frequent(u16::from_be_bytes(*pair))).count();
    let stands_out = |count: usize, others: usize| {
        count >= 2 && count.saturating_mul(400) >= sample.len() && others.saturating_mul(4) <= count
    };
    let encoding = if stands_out(n_little, n_big) {
        UTF_16LE
    } else if stands_out(n_big, n_little) {
        UTF_16BE
    } else {
        return None;
    };
    // As bytes, UTF-16 is full of control characters (every second one, in most scripts) or not UTF-8 at all. A text
    // with a few stray zero bytes is neither.
    let n_low = sample.iter().filter(|byte| **byte < 0x20).count();
    if n_low * 7 < sample.len() && is_mostly_utf_8(sample, false) {
        return None;
    }
    let whole_units = &sample[..sample.len() & !1];
    let (text, _) = encoding.decode_without_bom_handling(whole_units);
    let (mut n_bad, mut n_chars) = (0, 0);
    for c in text.chars() {
        n_chars += 1;
        n_bad += usize::from(c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()));
    }
    (n_bad * 50 <= n_chars).then_some(Charset::Known(encoding))
}

/// Whether all that is not ASCII are the quotes, dashes, currency signs and spaces of windows-1252. The detector looks at
/// letters and, where there are none, may read `£5m` as `Ł5m`; a text in Polish has other letters than that one.
fn has_only_symbols_of_windows_1252(bytes: &[u8]) -> bool {
    let is_symbol = |byte: &u8| {
        matches!(byte, 0x80 | 0x84 | 0x85 | 0x8b | 0x91..=0x97 | 0x99 | 0x9b)
            || matches!(byte, 0xa0 | 0xa3 | 0xa7 | 0xa9 | 0xab | 0xae | 0xb0 | 0xb7 | 0xbb)
    };
    let mut others = bytes.iter().filter(|byte| !byte.is_ascii());
    let n_others = others.clone().count();
    // Among ASCII, that is: Shift_JIS and Thai have many of these bytes in a row.
    n_others * 10 <= bytes.len() && others.all(is_symbol)
}

/// Whether ASCII bytes switch between character sets the way Japanese mail and old news feeds do.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let switches = memchr::memmem::find(bytes, b"\x1b$").is_some();
    if !switches {
        return false;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny) == ISO_2022_JP
}

/// Whether this is UTF-8, if with broken bytes: at least two valid multi-byte characters for each broken place. In text
/// of any other encoding such characters come up by chance only, and far fewer than the broken places.
fn is_mostly_utf_8(bytes: &[u8], is_whole: bool) -> bool {
    let mut n_characters = 0usize;
    let mut n_broken = 0usize;
    let mut cut_off_len = 0;
    let mut rest = bytes;
    loop {
        let (valid, error) = match std::str::from_utf8(rest) {
            Ok(_) => (rest, None),
            Err(error) => (&rest[..error.valid_up_to()], Some(error)),
        };
        n_characters += valid.iter().filter(|byte| **byte >= 0xc0).count();
        let Some(error) = error else { break };
        let Some(len) = error.error_len() else {
            cut_off_len = rest.len() - error.valid_up_to();
            break;
        };
        n_broken += 1;
        rest = &rest[error.valid_up_to() + len..];
    }
    match n_broken {
        // A lead byte alone at the very end may as well be an accent of another encoding; two bytes are enough of a sign.
        0 => n_characters > 0 || cut_off_len != 1 || !is_whole,
        _ => n_characters >= 2 * n_broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_apart() {
        let table: &[(&[u8], &str)] = &[
            (b"\xef\xbb\xbfa", "UTF-8"),
            (b"\xff\xfea\0", "UTF-16LE"),
            (b"\xfe\xff\0a", "UTF-16BE"),
            (b"\xff\xfe\0\0a\0\0\0", "UTF-32LE"),
            (b"\0\0\xfe\xff\0\0\0a", "UTF-32BE"),
        ];
        for (bytes, expected) in table {
            let detected = detect(bytes);
            assert_eq!(detected.charset.name(), *expected);
            assert!(detected.charset.mark_len(bytes) > 0);
            assert_eq!(Charset::UTF_8.mark_len(bytes) > 0, *expected == "UTF-8");
        }
    }

    #[test]
    fn a_few_broken_bytes_do_not_change_the_encoding() {
        let table: &[(&str, &[u8], &str)] = &[
            ("one broken byte", b"Caf\xc3\xa9 cr\xc3\xa8me \xff br\xc3\xbbl\xc3\xa9e", "UTF-8"),
            ("cut within a character", b"The caf\xc3\xa9 was closed on Monday \xe2\x80", "UTF-8"),
            ("cut within the only one", b"The cafe was closed on Monday\xe2\x80", "UTF-8"),
            ("an accent at the very end", b"Nous allons au caf\xe9", "windows-1252"),
            ("a quote of windows-1252", b"The mayor\x92s office said no", "windows-1252"),
            ("a pound sign", b"Juventus paid \xa315.8m for Mutu", "windows-1252"),
            (
                "a Polish letter like it",
                b"\xa3\xf3d\xbc jest du\xbfym miastem w \xb6rodku Polski",
                "ISO-8859-2",
            ),
            ("stray zero bytes", b"a\0 line and another\0 line, all of it plain text", "UTF-8"),
            ("ASCII", b"plain", "UTF-8"),
            ("nothing", b"", "UTF-8"),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(detect(bytes).charset.name(), *expected, "{name}");
        }
        assert!(detect(b"plain").is_ascii_so_far);
        assert!(!detect(b"caf\xc3\xa9").is_ascii_so_far);
        assert_eq!(detect_sample(b"plain, then half a character \xc3").charset, Charset::UTF_8);
    }

    #[test]
    fn labels_name_encodings() {
        for label in ["utf-8", "latin1", "cp1251", "Shift_JIS", "utf-32le", " UTF-16BE "] {
            assert!(Charset::of_label(label).is_some(), "{label}");
        }
        assert_eq!(Charset::of_label("utf-99"), None);
        assert_eq!(Charset::of_label("replacement"), None);
    }
}
