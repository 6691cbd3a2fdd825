//! The labelled pages, and what the rules leave of them.

use std::ops::Range;

use anyhow::{Context, Result};
use copydesk::document::{DocId, Document, Language};
use copydesk::stage::Stage;
use copydesk::stage::boilerplate::Boilerplate;
use copydesk::stage::boilerplate::classifier::{Gap, Row};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::segments::{SEGMENTS, Segments};

/// What is known of a line.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Label {
    /// The article's.
    Keep,
    /// Residue.
    Drop,
    /// Both in one line.
    Mixed,
    /// The headline.
    Title,
    /// Nobody has labelled it.
    #[serde(skip)]
    Unknown,
}

/// One labelled page.
#[derive(Deserialize)]
pub(crate) struct Gold {
    pub(crate) page: String,
    pub(crate) dataset: String,
    pub(crate) lang: String,
    pub(crate) url: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) page_title: Option<String>,
    pub(crate) variant: String,
    pub(crate) raw_text: String,
    pub(crate) labels: Vec<Label>,
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
    /// Numbers of lines up to the article's last one that the labels allow.
    pub(crate) ends: Option<Range<usize>>,
}

/// Reads the pages of a file; those with picked pieces are told by these.
pub(crate) fn read(path: &str) -> Result<Vec<Gold>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read `{path}`"))?;
    let page = |(at, line): (usize, &str)| {
        let page = match line.contains("\"must_keep\":") {
            true => serde_json::from_str::<Segments>(line).map(Gold::from),
            false => serde_json::from_str(line),
        };
        page.with_context(|| format!("line {} of `{path}` is no labelled page", at + 1))
    };
    text.lines().enumerate().map(page).collect()
}

impl Gold {
    /// Whether people have labelled the page's lines; those of others were made by programs, and checked.
    pub(crate) fn is_human(&self) -> bool {
        matches!(self.dataset.as_str(), "aeb" | "fundus_tests" | SEGMENTS)
    }

    /// Whether the page is in a language of which the labelled pages are few.
    pub(crate) fn is_rare(&self) -> bool {
        !matches!(self.lang.as_str(), "en" | "de")
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
    /// later rounds, and where recurrence has been at work. Of pages with picked pieces too little residue is known for that.
    pub(crate) fn left(&self, rules: &Boilerplate, page: usize) -> Vec<Left> {
        let whole = self.left_whole(rules, page, 1.0);
        if self.dataset == SEGMENTS {
            return vec![whole];
        }
        let stays = |(at, (_, label)): &(usize, (&str, Label))| {
            *label != Label::Drop
                || xxh3_64(format!("{}{at}", self.page).as_bytes()).is_multiple_of(3)
        };
        let late: Vec<(&str, Label)> =
            self.lines().enumerate().filter(stays).map(|(_, line)| line).collect();
        vec![whole, self.left_of(&late, rules, page, 0.5)]
    }

    /// What the rules leave of the page as it is, which counts `times` what its kind of text does.
    pub(crate) fn left_whole(&self, rules: &Boilerplate, page: usize, times: f64) -> Left {
        self.left_of(&self.lines().collect::<Vec<_>>(), rules, page, times)
    }

    fn left_of(
        &self,
        lines: &[(&str, Label)],
        rules: &Boilerplate,
        page: usize,
        times: f64,
    ) -> Left {
        let body = lines.iter().map(|(text, _)| *text).collect::<Vec<_>>().join("\n");
        let mut document = document(self, &body);
        let findings = rules.examine(&document);
        let gaps = rules.gaps(&document, &findings.cuts);
        document.apply("boilerplate", findings);
        Left::new(page, self.weight() * times, document, gaps, lines)
    }

    fn lines(&self) -> impl Iterator<Item = (&str, Label)> {
        self.raw_text.lines().zip(self.labels.iter().copied())
    }

    /// What the page's lines count in training.
    fn weight(&self) -> f64 {
        // To weigh all texts alike gives whole pages two points of recall in folds by publisher, and takes half as many again
        // lines of a dump, lists and captions among them.
        let variant = match self.variant.as_str() {
            "newspaper" => 3.0,
            "p_all" | SEGMENTS => 1.0,
            _ => 0.3,
        };
        variant * if self.is_human() { 1.0 } else { 0.7 }
    }
}

impl Left {
    /// Finds the lines of a cleaned document among the labelled ones.
    fn new(
        page: usize,
        weight: f64,
        document: Document,
        gaps: Vec<Gap>,
        labelled: &[(&str, Label)],
    ) -> Self {
        let (mut rows, mut is_drop) = (Vec::new(), Vec::new());
        // By labelled line: how many of those that are left stand before it.
        let mut before = vec![0; labelled.len()];
        let mut next = 0;
        for (text, row) in Boilerplate::line_rows(&document) {
            let is_line = |(line, _): &(&str, Label)| line.trim() == text;
            // A line that lost a sentence is none of them any more.
            let Some(at) = labelled[next..].iter().position(is_line) else { break };
            before[next..=next + at].fill(rows.len());
            rows.push(row);
            is_drop.push(match labelled[next + at].1 {
                Label::Keep => Some(false),
                Label::Drop => Some(true),
                Label::Mixed | Label::Title | Label::Unknown => None,
            });
            next += at + 1;
        }
        before[next..].fill(rows.len());
        // From the last line that stays to the first one behind that goes or would have gone: where all lines are labelled,
        // one place.
        let last = is_drop.iter().rposition(|is_drop| *is_drop == Some(false));
        let is_partial = labelled.iter().any(|(_, label)| *label == Label::Unknown);
        let ends = |last: usize| {
            let mut behind = labelled.iter().zip(&before).filter(|(_, before)| **before > last);
            let gone = behind.find(|((_, label), _)| *label == Label::Drop);
            let most = gone.map_or(rows.len(), |(_, before)| *before);
            last + 1..1 + if is_partial { most } else { last + 1 }
        };
        // Where lines are missing, so may the end be.
        let ends = last.map(ends).filter(|_| rows.len() + 1 == gaps.len());
        Self { page, weight, document, rows, is_drop, gaps, ends }
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
