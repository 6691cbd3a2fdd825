//! The text of an article's tree: each block is a paragraph of its own, as the stages judge lines.

use dom_query::{Document, NodeData, NodeRef};

/// The element that the extraction puts around what it takes for the article.
const ARTICLE_ID: &str = "readability-page-1";

/// The text of the extracted article; empty if there is none.
pub(super) fn of_article(page: &Document) -> String {
    let article = page.root().descendants_it().find(|node| {
        node.query_or(false, |node| {
            node.as_element().is_some_and(|element| {
                element.attr_ref(dom_query::local_name!("id")) == Some(ARTICLE_ID)
            })
        })
    });
    article.map(of_tree).unwrap_or_default()
}

/// The text below a node: a blank line between blocks, a line end for `br`, rows and items, and else white space as one
/// space.
fn of_tree(root: NodeRef<'_>) -> String {
    let mut text = Text::default();
    let mut node = root;
    loop {
        let is_open = text.open(&node);
        if let Some(child) = node.first_child().filter(|_| is_open) {
            node = child;
            continue;
        }
        loop {
            text.close(&node);
            if node.id == root.id {
                return text.finish();
            }
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            let Some(parent) = node.parent() else { return text.finish() };
            node = parent;
        }
    }
}

/// What separates a word from the one before.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Default)]
struct Text {
    text: String,
    pending: Break,
}

impl Text {
    /// Takes in the beginning of a node; whether what is in it counts too.
    fn open(&mut self, node: &NodeRef<'_>) -> bool {
        node.query_or(false, |node| match &node.data {
            NodeData::Text { contents } => {
                self.words(contents);
                false
            }
            NodeData::Element(element) => {
                let name = &*element.name.local;
                self.separate(break_around(name));
                !is_silent(name)
            }
            _ => true,
        })
    }

    fn close(&mut self, node: &NodeRef<'_>) {
        let around = node.query_or(Break::None, |node| match &node.data {
            NodeData::Element(element) => break_around(&element.name.local),
            _ => Break::None,
        });
        self.separate(around);
    }

    fn separate(&mut self, by: Break) {
        self.pending = self.pending.max(by);
    }

    fn words(&mut self, text: &str) {
        // A no-break space is white space to a reader and a part of the text to a program: it stays where it is.
        let is_space = |c: char| c.is_ascii_whitespace();
        for (number, word) in text.split(is_space).enumerate() {
            if number > 0 {
                self.separate(Break::Space);
            }
            if word.is_empty() {
                continue;
            }
            if !self.text.is_empty() {
                self.text.push_str(match self.pending {
                    Break::None => "",
                    Break::Space => " ",
                    Break::Line => "\n",
                    Break::Paragraph => "\n\n",
                });
            }
            self.pending = Break::None;
            self.text.push_str(word);
        }
    }

    fn finish(self) -> String {
        self.text
    }
}

/// What stands before and behind an element.
fn break_around(name: &str) -> Break {
    match name {
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center"
        | "details" | "dialog" | "dir" | "div" | "dl" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup"
        | "hr" | "main" | "menu" | "nav" | "ol" | "p" | "pre" | "search" | "section"
        | "summary" | "table" | "ul" => Break::Paragraph,
        "br" | "dd" | "dt" | "legend" | "li" | "optgroup" | "option" | "tr" => Break::Line,
        "td" | "th" => Break::Space,
        _ => Break::None,
    }
}

/// Whether what is in it is no part of the text: nobody reads it, or it is said of a picture that is not there.
fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "figcaption" | "script" | "style" | "template" | "svg" | "math" | "head" | "title"
    )
}
