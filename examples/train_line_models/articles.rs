//! Articles of a dump with the furniture of labelled pages behind them: of whole pages few are labelled, and articles differ
//! more than what stands behind them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use copydesk::stage::boilerplate::Boilerplate;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::gold::{Gold, Label, Left};

/// Articles for each labelled page, and what they count beside it.
const PER_PAGE: usize = 3;
const WEIGHT: f64 = 0.3;
/// Lines of an article: shorter ones are notes, longer ones lists.
const LINES: std::ops::RangeInclusive<usize> = 6..=80;

/// A row of `documents.csv`.
#[derive(Deserialize)]
pub(crate) struct Article {
    id: String,
    title: String,
    language: String,
    text: String,
}

/// Reads the articles of a run, by language.
pub(crate) fn read(path: &str) -> Result<BTreeMap<String, Vec<Article>>> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("could not read `{path}`"))?;
    let mut articles: BTreeMap<String, Vec<Article>> = BTreeMap::new();
    for row in reader.deserialize() {
        let article: Article = row.with_context(|| format!("no row of documents in `{path}`"))?;
        if LINES.contains(&article.lines().count()) {
            articles.entry(article.language.clone()).or_default().push(article);
        }
    }
    Ok(articles)
}

impl Article {
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim().is_empty())
    }

    /// The article before what stands behind a labelled one, as far as anything does.
    fn before_tail_of(&self, page: &Gold) -> Option<Gold> {
        let is_text = |label: &Label| matches!(label, Label::Keep | Label::Mixed);
        let tail = page.labels.iter().rposition(is_text)? + 1;
        if tail == page.labels.len() {
            return None;
        }
        let lines: Vec<&str> = self.lines().chain(page.raw_text.lines().skip(tail)).collect();
        let own = self.lines().map(|_| Label::Keep);
        Some(Gold {
            page: format!("{} {}", page.page, self.id),
            dataset: page.dataset.clone(),
            lang: page.lang.clone(),
            url: page.url.clone(),
            title: Some(self.title.clone()),
            page_title: None,
            variant: page.variant.clone(),
            labels: own.chain(page.labels[tail..].iter().copied()).collect(),
            raw_text: lines.join("\n"),
        })
    }
}

/// What the rules leave of articles before the tails of whole pages. Each counts as its page, whose tail it has, so that a
/// model without the page has not seen the tail either.
pub(crate) fn left(
    articles: &BTreeMap<String, Vec<Article>>,
    pages: &[Gold],
    rules: &Boilerplate,
) -> Vec<Left> {
    let whole = pages.iter().enumerate().filter(|(_, page)| page.variant == "p_all");
    let of_page = |(index, page): (usize, &Gold)| {
        let mut drawn: Vec<&Article> = articles.get(&page.lang).into_iter().flatten().collect();
        drawn.sort_by_cached_key(|article| {
            xxh3_64(format!("{} {}", page.page, article.id).as_bytes())
        });
        let joined = drawn.into_iter().take(PER_PAGE);
        let joined = joined.filter_map(|article| article.before_tail_of(page));
        joined.map(|joined| joined.left_whole(rules, index, WEIGHT)).collect::<Vec<_>>()
    };
    whole.flat_map(of_page).collect()
}
