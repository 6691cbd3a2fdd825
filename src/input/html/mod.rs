//! HTML: a page is a document, with its main text and what it says about itself.
//!
//! The main text is what Readability, the reader view of Firefox, takes for it, in the port of the crate `dom_smoothie`;
//! what that leaves of menus and promos is a matter of the stages, which put each cut into the ledger. A page is decoded,
//! parsed into a tree of bounded depth and size, asked about itself, and reduced to its text, in which each block is a
//! paragraph. Where a page marks one part of it as its article, the rest is not looked at.

mod about;
mod encoding;
mod marked;
mod text;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dom_smoothie::{Config, Readability};

use self::about::About;
use super::Options;
use super::decode::{clean, decode_as};
use super::detail::rejection;
use super::fields::{self, Fields, RecordFile};
use crate::document::{Decoding, DocId, Document, Origin, Rejection};

/// Bytes at the beginning among which a page says that it is one.
const BEGINNING_BYTES: usize = 1024;

/// Whether these bytes begin as a page does: with a doctype or the tag `html`, behind white space, comments and a
/// declaration of XML.
pub(super) fn is_page(bytes: &[u8]) -> bool {
    let mut rest = &bytes[..bytes.len().min(BEGINNING_BYTES)];
    rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
    loop {
        rest = rest.trim_ascii_start();
        let begins_with = |tag: &[u8]| {
            let len = tag.len();
            let end = rest.get(len).is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>');
            rest.len() >= len && rest[..len].eq_ignore_ascii_case(tag) && end
        };
        if begins_with(b"<!doctype") {
            let name = rest[b"<!doctype".len()..].trim_ascii_start();
            return name.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"html"));
        }
        if begins_with(b"<html") {
            return true;
        }
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b"?>",
            _ => return false,
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return false };
        rest = &rest[at + end.len()..];
    }
}

/// The fields of a page, and how it was decoded. `declared` is the encoding that whoever delivered the page has named,
/// such as the `charset` of an HTTP header, in any spelling; what is no name of an encoding is passed over.
///
/// # Errors
///
/// `binary` or `undecodable`, `document_too_large` above `max-page-bytes`, `page_too_complex`, `no_main_text`.
pub(super) fn fields_of(
    bytes: Vec<u8>,
    declared: Option<&str>,
    options: &Options,
) -> (Result<Fields, Rejection>, Decoding) {
    let charset = encoding::of_page(&bytes, declared, options);
    let (len, limit) = (bytes.len() as u64, options.max_page_bytes);
    if len > limit {
        let detail = format!("{len} bytes of HTML; max-page-bytes = {limit}");
        let decoding = Decoding { encoding: charset.name(), raw_bytes: len, ..Decoding::default() };
        return (Err(rejection("document_too_large", detail)), decoding);
    }
    let (html, decoding) = decode_as(charset, bytes);
    let fields = clean(html, options).and_then(|html| {
        // Neither parser nor extraction is known to panic; if one does on some page, that page alone is lost.
        let fields = catch_unwind(AssertUnwindSafe(|| extract(&html)));
        fields.unwrap_or_else(|_| Err(tree::too_complex("the parser panicked; please report it")))
    });
    (fields, decoding)
}

/// What a page holds.
fn extract(html: &str) -> Result<Fields, Rejection> {
    let tree = tree::parse(html)?;
    let about = About::of(&tree);
    marked::keep_article(&tree);
    // What the page says about itself is read above, by rules of our own.
    let config = Config { disable_json_ld: true, ..Config::default() };
    let readability = Readability::with_document(tree, None, Some(config));
    let article = readability.ok().and_then(|mut page| {
        let article = page.parse().ok()?;
        Some((article, text::of_article(&page.doc)))
    });
    let Some((article, text)) = article.filter(|(_, text)| !text.is_empty()) else {
        let detail = match &about.title {
            Some(title) => format!("nothing on the page is a text; its title: {title}"),
            None => "nothing on the page is a text".to_owned(),
        };
        return Err(rejection("no_main_text", detail));
    };
    Ok(Fields {
        text,
        title: about.title.or(Some(article.title)),
        source: about.site,
        url: about.url,
        date: about.published,
        id: None,
        author: about.author.or(article.byline.filter(|byline| !byline.contains("://"))),
        language: about.language,
    })
}

/// The document of a file that is a page.
pub(super) fn into_document(
    origin: Origin,
    folder: Arc<str>,
    bytes: Vec<u8>,
    id: DocId,
    options: &Options,
) -> Document {
    let file = RecordFile::of_whole(origin.file.clone(), folder);
    let (found, decoding) = fields_of(bytes, None, options);
    fields::of_found(&file, origin, found, decoding, id, options)
}

#[cfg(test)]
mod tests;
