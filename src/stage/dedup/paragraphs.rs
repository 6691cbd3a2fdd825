//! `paragraph-dedup`: paragraphs that stand in documents of several sources are kept once, or labelled.
//!
//! **What goes.** A paragraph of at least `min-words` words whose words stand, in the same order, in documents of at least
//! `min-sources` publishers: agency copy inside other articles, statements of the police, biographies of authors. The first
//! document in corpus order keeps it, all others lose it, as cuts in the ledger under the rule `repeated-paragraph`.
//! A paragraph is what stands between blank lines; a body without any has one in each line. Nothing is ever cut inside it.
//!
//! With `action = "label"` nothing goes: every repeated paragraph outside its first document has a row in `paragraphs.csv`.
//!
//! **What stays.** Paragraphs that one publisher repeats (see `learned-boilerplate`), short ones, and all of a document that
//! would lose more than `max-removed-share` of its characters: that is a copy, and `near-dedup` judges it as a whole.
//!
//! **What it may wrongly take.** A quotation that an article comments on: the comment stays without it. For training a
//! language model that is wanted, for reading it is not, so the stage is not among the default `stages`. It must come after
//! every stage that drops documents or cuts, so that the copy that is kept is kept in the end; the configuration is checked
//! for that.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::keep::Action;
use super::publisher::publisher_hash;
use super::tokens::{is_character, tokens};
use crate::census::{Group, Groups, Key, Observation};
use crate::document::{Document, Findings, Repeated};
use crate::error::Error;
use crate::stage::{CorpusStage, Verdict, Verdicts};

/// `[stage.paragraph-dedup]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// Publishers whose documents must hold a paragraph before it is kept once; editions of a source by language, country
    /// and year are one. Higher is stricter.
    pub min_sources: usize,
    /// Words that a paragraph must have; two characters are a word in scripts without spaces. Higher is stricter.
    pub min_words: usize,
    /// A document that would lose more than this share of its characters, 0 to 1, keeps them all. Lower is stricter.
    pub max_removed_share: f64,
    /// Whether a repeated paragraph is cut, or stays with a row in `paragraphs.csv`.
    pub action: Action,
}

impl Default for Options {
    /// Twelve words are what `dedup.md` §8 found long enough not to be a sub-head or a stock phrase; thirty leave
    /// single quoted sentences alone.
    fn default() -> Self {
        Self { min_sources: 2, min_words: 30, max_removed_share: 0.6, action: Action::Drop }
    }
}

impl Options {
    /// Builds the stage; names the key of a value out of range.
    pub fn build(&self) -> Result<ParagraphDedup, Error> {
        let wrong = |key: &str, limit: &str, value: &dyn std::fmt::Display| {
            Err(Error::Setup(format!("`stage.paragraph-dedup.{key}` must be {limit}: {value}")))
        };
        if self.min_sources < 2 {
            return wrong("min-sources", "at least 2", &self.min_sources);
        }
        if self.min_words < 1 {
            return wrong("min-words", "at least 1", &self.min_words);
        }
        if !(0.0..=1.0).contains(&self.max_removed_share) {
            return wrong("max-removed-share", "between 0 and 1", &self.max_removed_share);
        }
        Ok(ParagraphDedup { options: self.clone() })
    }
}

/// Finds paragraphs that several publishers have. Adds 29 bytes a paragraph to the census.
#[derive(Clone, Debug, PartialEq)]
pub struct ParagraphDedup {
    options: Options,
}

/// The rule in the ledger.
const RULE: &str = "repeated-paragraph";

impl CorpusStage for ParagraphDedup {
    fn name(&self) -> &'static str {
        "paragraph-dedup"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let publisher = publisher_hash(&document.source).to_le_bytes();
        let row = |(_, hash): (Range<usize>, u128)| Observation {
            key: Key { table: 0, hash: key(hash) },
            payload: [&(hash as u64).to_le_bytes()[..], &publisher].concat(),
        };
        self.paragraphs(document).into_iter().map(row).collect()
    }

    fn resolve(&self, mut groups: Groups) -> Result<Verdicts, Error> {
        let mut verdicts = Verdicts::default();
        while let Some(group) = groups.next_group()? {
            if let Some(verdict) = self.repeated(&group) {
                verdicts.insert(group.key.hash, verdict);
            }
        }
        Ok(verdicts)
    }

    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings {
        let repeated: Vec<_> = self
            .paragraphs(document)
            .into_iter()
            .filter_map(|(at, hash)| match verdicts.get(key(hash)) {
                Some(Verdict::Repeated { holder: of, documents }) if of != document.id => {
                    Some(Repeated { at, of, documents })
                }
                _ => None,
            })
            .collect();
        match self.options.action {
            Action::Label => Findings { repeated, ..Findings::default() },
            Action::Drop => self.cuts(document, repeated),
        }
    }

    fn part_of(&self, key: Key, _: &[u8]) -> u64 {
        key.hash
    }
}

impl ParagraphDedup {
    /// Cuts what is repeated, unless that is too much of the document.
    fn cuts(&self, document: &Document, repeated: Vec<Repeated>) -> Findings {
        let mut findings = Findings::default();
        let mut removed = 0;
        for Repeated { at, .. } in repeated {
            removed += document.text()[at.clone()].chars().count();
            findings.cut(at, RULE);
        }
        let all = document.body().chars().count();
        match removed as f64 > self.options.max_removed_share * all as f64 {
            true => Findings::default(),
            false => findings,
        }
    }

    /// The verdict on one paragraph, if enough publishers have it.
    fn repeated(&self, group: &Group) -> Option<Verdict> {
        let first = group.rows.first()?;
        let mut publishers = BTreeSet::new();
        for row in &group.rows {
            let (half, publisher) = row.payload.split_at_checked(HALF_BYTES)?;
            if !first.payload.starts_with(half) {
                // Two paragraphs that share 64 bits of 128: which of them a document has cannot be told by the key.
                return None;
            }
            publishers.insert(publisher);
        }
        // Documents are ascending, and a document that is observed here is kept.
        let enough = publishers.len() >= self.options.min_sources;
        let documents = group.rows.chunk_by(|a, b| a.document == b.document).count() as u32;
        enough.then_some(Verdict::Repeated { holder: first.document, documents })
    }

    /// The paragraphs that are long enough, with the hash of their words.
    fn paragraphs(&self, document: &Document) -> Vec<(Range<usize>, u128)> {
        let mut found = Vec::new();
        for at in paragraphs(document) {
            let stream = tokens(&document.text()[at.clone()]).hashes;
            let characters = stream.iter().filter(|token| is_character(**token)).count();
            if stream.len() - characters + characters / 2 >= self.options.min_words {
                let bytes: Vec<u8> = stream.iter().flat_map(|token| token.to_le_bytes()).collect();
                found.push((at, xxh3_128(&bytes)));
            }
        }
        found
    }
}

const HALF_BYTES: usize = 8;

fn key(hash: u128) -> u64 {
    (hash >> 64) as u64
}

/// Where the paragraphs of the body stand: between blank lines, or line by line where there are none.
fn paragraphs(document: &Document) -> Vec<Range<usize>> {
    let text = document.text();
    let lines: Vec<Range<usize>> = document.lines().map(|line| line.at).collect();
    let is_apart = |end: usize, start: usize| text[end..start].matches('\n').count() > 1;
    let has_blank_lines = lines.windows(2).any(|pair| is_apart(pair[0].end, pair[1].start));
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(last) if has_blank_lines && !is_apart(last.end, line.start) => last.end = line.end,
            _ => paragraphs.push(line),
        }
    }
    paragraphs
}

#[cfg(test)]
#[path = "paragraphs_tests.rs"]
mod tests;
