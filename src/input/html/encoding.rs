//! Which encoding a page is in.
//!
//! In this order: the option `encoding`; a byte order mark; bytes that can hardly be anything but a Unicode encoding; what the
//! server said; what the page says; the guess of the detector. Browsers believe the server before they look at the
//! bytes. Pages of a dump were stored by a program, though, and programs store UTF-8, with the old declaration in it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::super::Options;
use super::super::charset::{Charset, detect};

/// Bytes that are searched for a declaration. Browsers look at 1024; some pages begin with longer comments.
const DECLARATION_BYTES: usize = 4 << 10;

static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?i-u)<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)|^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([a-z0-9_:.-]+)"#;
    Regex::new(pattern).expect("the pattern is tested")
});

/// The encoding of a page; `declared` by whoever delivered it.
pub(super) fn of_page(bytes: &[u8], declared: Option<&str>, options: &Options) -> Charset {
    if let Some(forced) = options.forced_charset() {
        return forced;
    }
    let detected = detect(bytes);
    let is_ascii_compatible = |charset: &Charset| match charset {
        Charset::Known(encoding) => encoding.is_ascii_compatible(),
        _ => false,
    };
    // A mark, zero bytes or UTF-8 beyond ASCII.
    let is_unicode = detected.charset == Charset::UTF_8 || !is_ascii_compatible(&detected.charset);
    if is_unicode && !detected.is_ascii_so_far {
        return detected.charset;
    }
    let of_page = || {
        let beginning = &bytes[..bytes.len().min(DECLARATION_BYTES)];
        let found = DECLARATION.captures(beginning)?;
        let label = found.get(1).or(found.get(2))?.as_bytes();
        Charset::of_label(std::str::from_utf8(label).ok()?)
    };
    // In UTF-16 there would have been zero bytes, and UTF-8 would have been seen.
    let is_possible = |charset: &Charset| {
        is_ascii_compatible(charset) && (*charset != Charset::UTF_8 || detected.is_ascii_so_far)
    };
    let declared = declared.and_then(Charset::of_label).filter(is_possible);
    declared.or_else(|| of_page().filter(is_possible)).unwrap_or(detected.charset)
}
