//! Any bytes are a text or a row with a reason. What is counted is what happened, and what was repaired can be put back.
//!
//! The first byte chooses the encoding that is forced, none for the most part; all others are a text file.

use copydesk::document::{Document, Fate};
use copydesk::input::{self, Options};

use super::records::{check_fate, read};

const ENCODINGS: [&str; 8] =
    ["", "", "", "utf-8", "windows-1252", "shift_jis", "utf-16le", "utf-32be"];

pub(crate) fn holds(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let encoding = ENCODINGS[usize::from(choice % 8)];
    let options = Options {
        encoding: encoding.to_owned(),
        max_replacement_share: 1.0,
        max_decompressed_bytes: 1 << 20,
        ..Options::default()
    };
    let documents = read("a.txt", bytes, &options);
    let [document] = &documents[..] else { panic!("a text file is {} documents", documents.len()) };
    check_fate(document);
    if is_compressed(bytes) || is_page(bytes) {
        return;
    }
    let decoding = &document.decoding;
    assert_eq!(decoding.raw_bytes, bytes.len() as u64);
    if document.fate != Fate::Kept {
        return;
    }
    let before = before_repairs(document);
    let marks = |text: &str| text.matches('\u{fffd}').count();
    assert!(decoding.replacements as usize <= marks(&before), "{decoding:?} {before:?}");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let is_plain = !text.contains(['\0', '\u{1b}']);
    if encoding.is_empty() && is_plain {
        assert_eq!(decoding.encoding, "UTF-8");
    }
    if decoding.encoding != "UTF-8" {
        return;
    }
    assert_eq!(decoding.replacements, 0);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    assert_eq!(letters(&cleaned(&before)), letters(&cleaned(text)));
    if document.repairs().is_empty() {
        let cleaned = cleaned(text);
        let cleaned = cleaned.trim();
        let rest = cleaned.strip_prefix(document.title()).expect("the headline is where it was");
        let between = rest.strip_suffix(document.body()).expect("the body is where it was");
        assert!(between.trim().is_empty(), "{between:?} is lost");
    }
}

/// The text as it was before it was repaired; on the way it is seen whether the repairs are where they say.
fn before_repairs(document: &Document) -> String {
    let text = document.text();
    let (mut before, mut at) = (String::new(), 0);
    let (mut entities, mut mojibake) = (0, 0);
    for repair in document.repairs() {
        let (start, end) = (repair.start as usize, repair.end as usize);
        assert!(at <= start, "repairs overlap: {:?}", document.repairs());
        assert_eq!(text.get(start..end), Some(repair.text.as_str()));
        before.push_str(&text[at..start]);
        before.push_str(&repair.found);
        at = end;
        entities += repair.entities;
        mojibake += repair.mojibake;
    }
    before.push_str(&text[at..]);
    let counted = (document.decoding.entities, document.decoding.mojibake);
    assert_eq!((entities, mojibake), counted, "{:?}", document.repairs());
    before
}

/// What neither line ends nor control characters concern.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// The text as the module doc of `input::decode` says that it becomes.
fn cleaned(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}'], "\n");
    let meant = |c: char| match c {
        '\n' | '\t' | '\u{85}' => Some(c),
        '\u{80}'..='\u{9f}' => {
            let byte = [c as u8];
            let (meant, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            meant.chars().next().filter(|c| !c.is_control())
        }
        c => (!c.is_control()).then_some(c),
    };
    text.chars().filter_map(meant).collect()
}

/// Whether the first bytes are those of compressed data.
fn is_compressed(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 4] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ"];
    magics.iter().any(|magic| bytes.starts_with(magic))
        || matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Whether it may be taken for an HTML page.
fn is_page(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

/// The reasons that a reader may give.
pub(super) fn is_reason(reason: &str) -> bool {
    input::reasons().any(|known| known == reason)
}
