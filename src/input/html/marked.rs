//! The part of a page that the page itself marks as its article.
//!
//! Readability weighs blocks by their text, so a footer of long notices may outweigh a short article, or be taken in with it.
//! HTML has an element for what stands by itself, and most news pages use it for the article alone: where that is plain, what
//! stands around it is no part of it.

use dom_query::{Document, NodeRef};

/// Bytes of paragraphs that an article has: what trafilatura, too, asks of a main text, so that a promotion is none.
const MIN_ARTICLE_BYTES: usize = 250;
/// Elements whose paragraphs are not those of an article.
const FURNITURE: [&str; 5] = ["nav", "aside", "footer", "header", "form"];

/// Removes what stands around the one `article` of a page, if it holds most of the paragraphs. Lists of teasers have many
/// articles, and some pages put their promotions into one: both stay as they are.
pub(super) fn keep_article(page: &Document) {
    let Some(article) = only_article(page) else { return };
    let (mut inside, mut outside) = (0, 0);
    for paragraph in page.root().descendants_it().filter(|node| node.has_name("p")) {
        let mut around = paragraph.ancestors_it(None);
        let is_inside = around.any(|node| node.id == article.id);
        if is_inside {
            inside += paragraph.text().trim().len();
        } else if !paragraph.ancestors_it(None).any(|node| is_one_of(&node, &FURNITURE)) {
            outside += paragraph.text().trim().len();
        }
    }
    if inside < MIN_ARTICLE_BYTES || inside <= outside {
        return;
    }
    let mut kept = article;
    while let Some(parent) = kept.parent().filter(|_| !kept.has_name("body")) {
        for child in parent.children().iter().filter(|child| child.id != kept.id) {
            child.remove_from_parent();
        }
        kept = parent;
    }
}

/// The one `article` that stands in no other.
fn only_article(page: &Document) -> Option<NodeRef<'_>> {
    let root = page.root();
    let is_outermost =
        |node: &NodeRef<'_>| !node.ancestors_it(None).any(|node| node.has_name("article"));
    let mut articles =
        root.descendants_it().filter(|node| node.has_name("article")).filter(is_outermost);
    let first = articles.next()?;
    let is_only = articles.next().is_none();
    is_only.then_some(first)
}

fn is_one_of(node: &NodeRef<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| node.has_name(name))
}
