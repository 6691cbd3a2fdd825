//! The labelled pages, and what the rules leave of them.

use copydesk::document::{DocId, Document, Language};
use copydesk::stage::Stage;
use copydesk::stage::boilerplate::Boilerplate;
use copydesk::stage::boilerplate::classifier::{Gap, Row};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

/// One labelled page.
#[derive(Deserialize)]
pub(crate) struct Gold {
    page: String,
    pub(crate) dataset: String,
    lang: String,
    url: Option<String>,
    title: Option<String>,
    page_title: Option<String>,
    pub(crate) variant: String,
    pub(crate) raw_text: String,
    pub(crate) labels: Vec<String>,
}

/// What the rules leave of a page.
pub(crate) struct Left {
    /// Index of the page.
    pub(crate) page: usize,
    pub(crate) weight: f64,
    pub(crate) document: Document,
    pub(crate) rows: Vec<Row>,
    /// Whether each line is residue; none where the label says neither.
    pub(crate) is_drop: Vec<Option<bool>>,
    /// What went before each line, and behind the last.
    pub(crate) gaps: Vec<Gap>,
    /// Lines up to the article's last one.
    pub(crate) end: Option<usize>,
}

impl Gold {
    /// Whether people have labelled the page's lines; those of others were made by programs, and checked.
    pub(crate) fn is_human(&self) -> bool {
        matches!(self.dataset.as_str(), "aeb" | "fundus_tests")
    }

    /// A number for the publisher of a page, whatever the data set.
    pub(crate) fn publisher(&self) -> u64 {
        let url = self.url.as_deref().unwrap_or_default();
        let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
        let host = host.or(self.page.split('/').nth(1)).unwrap_or_default().to_lowercase();
        let labels = host
            .split(['.', '-', '_'])
            .map(|label| label.trim_end_matches(|c: char| c.is_ascii_digit()));
        // The name is the longest part: neither "www" nor the country.
        let name = labels.max_by_key(|label| label.len()).unwrap_or_default();
        xxh3_64(name.as_bytes())
    }

    /// What the rules leave of the page, and of the page without two in three lines of its residue: so does a page look in
    /// later rounds, and where recurrence has been at work.
    pub(crate) fn left(&self, rules: &Boilerplate, page: usize) -> [Left; 2] {
        // To weigh all texts alike gives whole pages two points of recall in folds by publisher, and takes half as many again
        // lines of a dump, lists and captions among them.
        let variant = match self.variant.as_str() {
            "newspaper" => 3.0,
            "p_all" => 1.0,
            _ => 0.3,
        };
        let weight = variant * if self.is_human() { 1.0 } else { 0.7 };
        let lines = self.raw_text.lines().zip(self.labels.iter().map(String::as_str));
        let all: Vec<(&str, &str)> = lines.collect();
        let stays = |(at, (_, label)): &(usize, &(&str, &str))| {
            *label != "drop" || xxh3_64(format!("{}{at}", self.page).as_bytes()).is_multiple_of(3)
        };
        let late: Vec<(&str, &str)> =
            all.iter().enumerate().filter(stays).map(|(_, line)| *line).collect();
        let left = |lines: &[(&str, &str)], weight| {
            let body = lines.iter().map(|(text, _)| *text).collect::<Vec<_>>().join("\n");
            let mut document = document(self, &body);
            let findings = rules.examine(&document);
            let gaps = rules.gaps(&document, &findings.cuts);
            document.apply("boilerplate", findings);
            Left::new(page, weight, document, gaps, lines)
        };
        [left(&all, weight), left(&late, weight / 2.0)]
    }
}

impl Left {
    /// Finds the lines of a cleaned document among the labelled ones.
    fn new(
        page: usize,
        weight: f64,
        document: Document,
        gaps: Vec<Gap>,
        labelled: &[(&str, &str)],
    ) -> Self {
        let (mut rows, mut is_drop) = (Vec::new(), Vec::new());
        let mut next = 0;
        for (text, row) in Boilerplate::line_rows(&document) {
            let is_line = |(line, _): &(&str, &str)| line.trim() == text;
            // A line that lost a sentence is none of them any more.
            let Some(at) = labelled[next..].iter().position(is_line) else { break };
            rows.push(row);
            is_drop.push(match labelled[next + at].1 {
                "keep" => Some(false),
                "drop" => Some(true),
                _ => None,
            });
            next += at + 1;
        }
        let last = is_drop.iter().rposition(|is_drop| *is_drop == Some(false));
        // Where lines are missing, so may the end be.
        let end = last.map(|last| last + 1).filter(|_| rows.len() + 1 == gaps.len());
        Self { page, weight, document, rows, is_drop, gaps, end }
    }
}

/// The page as a dump has it.
pub(crate) fn document(page: &Gold, body: &str) -> Document {
    let title = page.page_title.as_deref().or(page.title.as_deref()).unwrap_or_default();
    let mut document =
        Document::new(DocId(0), "page", page.dataset.as_str(), &squeeze(title), body);
    document.language =
        Some(Language { code: page.lang.clone().into(), confidence: 1.0, ..Language::default() });
    document
}

/// The text with single blanks.
pub(crate) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
