//! Parses a page into a tree whose depth and size are bounded.
//!
//! The rules of HTML let a small page become a large tree: each paragraph repeats the fonts that were left open before it.
//! And what works on a tree often takes a time that grows with the square of its depth. So the page is fed to the parser
//! piece by piece, and the tree is looked at in between.

use dom_query::{Document, NodeRef};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};

use super::super::detail::rejection;
use crate::document::Rejection;

/// Elements within one another. Browsers cut at 512; the deepest pages of news have a hundred.
const MAX_DEPTH: usize = 256;
/// Elements, texts and comments. Long live pages have tens of thousands.
const MAX_NODES: usize = 300_000;
/// Attributes of one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 1000;
/// Characters between two looks at the tree, as bytes.
const PIECE_BYTES: usize = 4 << 10;

/// The row of a page that is beyond a limit.
pub(super) fn too_complex(detail: impl AsRef<str>) -> Rejection {
    rejection("page_too_complex", detail)
}

/// The tree of a page.
///
/// # Errors
///
/// `page_too_complex`, which is found out before time or memory go into it.
pub(super) fn parse(html: &str) -> Result<Document, Rejection> {
    let attributes = most_attributes(html.as_bytes());
    if attributes > MAX_ATTRIBUTES {
        return Err(too_complex(format!("a tag has more than {MAX_ATTRIBUTES} attributes")));
    }
    // Scripts do not run here, so what is written for the case that they do not is part of the page.
    let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    let mut parser = parse_document(Document::default(), options);
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES.min(rest.len())));
        parser.process(piece.into());
        let tree = &parser.tokenizer.sink.sink.tree;
        check(tree.len(), depth_of_last(tree.root()))?;
        // The parser notes every fault of the page, of which there may be millions.
        parser.tokenizer.sink.sink.errors.borrow_mut().clear();
        rest = behind;
    }
    let document = parser.finish();
    check(document.tree.len(), depth(document.root()))?;
    Ok(document)
}

fn check(nodes: usize, depth: usize) -> Result<(), Rejection> {
    if nodes > MAX_NODES {
        return Err(too_complex(format!("more than {MAX_NODES} elements and texts")));
    }
    match depth > MAX_DEPTH {
        true => Err(too_complex(format!("elements are nested more than {MAX_DEPTH} deep"))),
        false => Ok(()),
    }
}

/// How deep the last node of a tree lies: there the parser is.
fn depth_of_last(root: NodeRef<'_>) -> usize {
    std::iter::successors(Some(root), NodeRef::last_child).count()
}

/// How deep the deepest node lies.
fn depth(root: NodeRef<'_>) -> usize {
    let (mut node, mut depth, mut deepest) = (root, 1, 1);
    loop {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            deepest = deepest.max(depth);
            continue;
        }
        loop {
            if depth == 1 {
                return deepest;
            }
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            let Some(parent) = node.parent() else { return deepest };
            (node, depth) = (parent, depth - 1);
        }
    }
}

/// The most attributes that a tag has, or up to three times as many.
fn most_attributes(html: &[u8]) -> usize {
    let (mut most, mut at) = (0, 0);
    while let Some(open) = memchr::memchr(b'<', &html[at..]) {
        at += open + 1;
        if !html.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let is_script = html[at..].get(..6).is_some_and(|tag| tag.eq_ignore_ascii_case(b"script"));
        let (attributes, len) = attributes(&html[at..]);
        most = most.max(attributes);
        at += len;
        if is_script {
            let end = memchr::memmem::find(&html[at..], b"</");
            at = end.map_or(html.len(), |end| at + end);
        }
    }
    most
}

/// The attributes of the tag that begins here, and its length in bytes.
fn attributes(tag: &[u8]) -> (usize, usize) {
    let (mut count, mut quote, mut is_between, mut is_behind_equals) = (0, None, false, false);
    for (at, byte) in tag.iter().copied().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => (quote, is_between) = (None, true),
            (Some(_), _) => {}
            (None, b'>') => return (count, at + 1),
            // Elsewhere a quote is a part of a name.
            (None, b'"' | b'\'') if is_behind_equals => {
                (quote, is_behind_equals) = (Some(byte), false)
            }
            (None, b'/' | b' ' | b'\t' | b'\r' | b'\n' | 0xc) => is_between |= !is_behind_equals,
            (None, _) => {
                count += usize::from(is_between);
                (is_between, is_behind_equals) = (false, byte == b'=');
            }
        }
    }
    (count, tag.len())
}
