//! Rejections of the reader: how they are built, carried through `io::Error`, and shown without harm.

use std::fmt::Write as _;
use std::io;

use crate::document::{Code, Rejection};

/// The stage that the reader's rejections name.
pub const STAGE: &str = "input";

/// Longest detail, in characters.
const MAX_DETAIL_CHARS: usize = 200;

/// Builds a rejection of the reader; the detail is escaped and shortened.
pub(super) fn rejection(reason: &'static str, detail: impl AsRef<str>) -> Rejection {
    Rejection {
        stage: Code::Borrowed(STAGE),
        reason: Code::Borrowed(reason),
        detail: shown(detail.as_ref()),
    }
}

/// Says at which line of a file reading stopped.
pub(super) fn rejection_at(why: &Rejection, line: u64) -> Rejection {
    Rejection { detail: format!("line {line}: {}", why.detail), ..why.clone() }
}

/// A rejection on its way through a stack of readers, which can only fail with `io::Error`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}: {}", .0.reason, .0.detail)]
pub(super) struct Stop(pub(super) Rejection);

/// Wraps a rejection so that it survives decompressors and parsers.
pub(super) fn stop(why: Rejection) -> io::Error {
    io::Error::other(Stop(why))
}

/// Takes out the rejection that a reader below put in; any other error means that the file could not be read.
pub(super) fn rejection_of(error: &io::Error) -> Rejection {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Stop>()) {
        Some(Stop(why)) => why.clone(),
        None => rejection("unreadable", error.to_string()),
    }
}

/// Escapes what could steer a terminal (control characters, bidirectional overrides) and shortens to 200 characters.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * MAX_DETAIL_CHARS));
    for (count, c) in text.chars().enumerate() {
        if count == MAX_DETAIL_CHARS {
            shown.push('…');
            break;
        }
        if steers_a_terminal(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Renders a path's bytes as a public name, without loss: bytes that are not UTF-8, the backslash itself, and
/// characters that could steer a terminal become `\xHH`.
pub(super) fn name_of_bytes(bytes: &[u8]) -> String {
    let mut name = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' || steers_a_terminal(c) {
                let mut encoded = [0; 4];
                escape_bytes(&mut name, c.encode_utf8(&mut encoded).as_bytes());
            } else {
                name.push(c);
            }
        }
        escape_bytes(&mut name, chunk.invalid());
    }
    name
}

fn escape_bytes(name: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(name, "\\x{byte:02X}").expect("writing to a string cannot fail");
    }
}

fn steers_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_cannot_steer_a_terminal() {
        let table: &[(&str, &str, &str)] = &[
            ("plain", "a “quoted” word", "a “quoted” word"),
            ("window title", "\u{1b}]0;pwn\u{7}", "\\u{1b}]0;pwn\\u{7}"),
            ("line break", "a\nb", "a\\nb"),
            ("right to left", "a\u{202e}b", "a\\u{202e}b"),
            ("C1", "a\u{9b}b", "a\\u{9b}b"),
        ];
        for (name, text, expected) in table {
            assert_eq!(shown(text), *expected, "{name}");
        }
        let long = shown(&"é".repeat(1000));
        assert_eq!(long.chars().count(), 201);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn names_are_lossless() {
        let table: &[(&str, &[u8], &str)] = &[
            ("plain", b"en/a b.txt", "en/a b.txt"),
            ("utf-8", "zürich/日.txt".as_bytes(), "zürich/日.txt"),
            ("not utf-8", b"bad\xff.txt", "bad\\xFF.txt"),
            ("line break", b"a\nb.txt", "a\\x0Ab.txt"),
            ("a name that looks escaped", b"bad\\xFF.txt", "bad\\x5CxFF.txt"),
            ("right to left", "a\u{202e}.txt".as_bytes(), "a\\xE2\\x80\\xAE.txt"),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(name_of_bytes(bytes), *expected, "{name}");
        }
    }

    #[test]
    fn a_rejection_survives_io_errors() {
        let why = rejection("corrupt_compression", "at byte 7");
        assert_eq!(rejection_of(&stop(why.clone())), why);
        let denied = io::Error::from_raw_os_error(13);
        assert_eq!(rejection_of(&denied).reason, "unreadable");
        assert!(rejection_of(&denied).detail.contains("os error 13"));
    }
}
