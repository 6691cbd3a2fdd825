//! Files of known boilerplate: what `copydesk learn` found in one dump, for use in another.
//!
//! ```toml
//! [[known]]
//! source = "valley-echo"
//! text = "our desk answers letters on weekdays"
//! place = "tail"
//! documents = 812
//! share = 0.431
//! first = "2031-01-02"
//! last = "2031-06-30"
//! examples = ["Our desk answers letters on weekdays"]
//! ```
//!
//! `source`, `text` and `place` decide what is cut; the rest is the evidence, for the reader and for `explain`. `text` is
//! compared in its normal form, so it may be written as it stands in an article.

use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::day::Day;
use super::lines::{normalised, source_hash};
use crate::error::{Error, locate};

/// One line or ornament that is known to be boilerplate of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The source, as the documents have it.
    pub source: String,
    /// The normal form: white space squeezed, letters in lower case, a single number as `0`.
    pub text: String,
    /// Where it is cut.
    pub place: EntryPlace,
    /// Documents that carried it; copies of one story count once.
    pub documents: u32,
    /// Their share of the source's documents, between 0 and 1; for ornaments, of its headlines.
    pub share: f64,
    /// The first and the last day on which it stood, where the documents are dated.
    pub days: Option<(Day, Day)>,
    /// Lines, or ornaments, as they stood.
    pub examples: Vec<String>,
}

/// Where a known line or ornament stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryPlace {
    /// Among the first lines of the body.
    Head,
    /// Among the last lines of the body.
    Tail,
    /// At either end of the body.
    Edge,
    /// Before the headline.
    TitleStart,
    /// Behind the headline.
    TitleEnd,
}

impl EntryPlace {
    /// Whether it is about the headline.
    pub fn is_title(self) -> bool {
        matches!(self, Self::TitleStart | Self::TitleEnd)
    }

    /// The word in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Tail => "tail",
            Self::Edge => "edge",
            Self::TitleStart => "title-start",
            Self::TitleEnd => "title-end",
        }
    }

    /// The rule in the ledger.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::Head => "known-at-head",
            Self::Tail => "known-at-tail",
            Self::Edge => "known-at-edge",
            Self::TitleStart | Self::TitleEnd => "known-in-title",
        }
    }
}

/// A file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSource {
    #[serde(default)]
    known: Vec<EntrySource>,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntrySource {
    source: Spanned<String>,
    text: Spanned<String>,
    place: EntryPlace,
    #[serde(default)]
    documents: u32,
    share: Option<Spanned<f64>>,
    first: Option<Spanned<String>>,
    last: Option<Spanned<String>>,
    #[serde(default)]
    examples: Vec<String>,
}

/// What is known, by hash. Some hundred bytes an entry, and its examples.
#[derive(Default)]
pub(super) struct Known {
    lines: FxHashMap<u64, Entry>,
    titles: FxHashMap<u64, Entry>,
}

impl Known {
    /// Reads the files. Where several know the same line, the last one's word counts.
    pub(super) fn load(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut known = Self::default();
        for path in paths {
            for entry in read(path)? {
                let source = source_hash(&entry.source);
                match entry.place.is_title() {
                    false => known.lines.insert(line_key(source, &entry.text), entry),
                    true => known.titles.insert(title_key(source, &entry.text), entry),
                };
            }
        }
        Ok(known)
    }

    /// Number of entries.
    pub(super) fn len(&self) -> usize {
        self.lines.len() + self.titles.len()
    }

    /// The entry of a line, by [`line_key`].
    pub(super) fn line(&self, key: u64) -> Option<&Entry> {
        self.lines.get(&key)
    }

    /// The entry of an ornament with its separator, as it stands in a headline.
    pub(super) fn title(&self, source: u64, ornament: &str) -> Option<&Entry> {
        // Most runs know nothing, and need not normalise.
        if self.titles.is_empty() {
            return None;
        }
        self.titles.get(&title_key(source, normalised(ornament).trim()))
    }
}

/// The hash of a line in its normal form under its source.
pub(super) fn line_key(source: u64, normal: &str) -> u64 {
    xxh3_64_with_seed(normal.as_bytes(), source)
}

/// The hash of an ornament in its normal form, with its separator, under its source.
pub(super) fn title_key(source: u64, normal: &str) -> u64 {
    xxh3_64_with_seed(normal.as_bytes(), source)
}

fn read(path: &Path) -> Result<Vec<Entry>, Error> {
    let text = fs::read_to_string(path).map_err(|why| {
        let path = path.display();
        Error::Setup(format!(
            "`stage.learned-boilerplate.known` names a file that could not be read: `{path}`: {why}"
        ))
    })?;
    parse(&path.display().to_string(), &text)
}

/// Reads a file; `file` is what errors call it. All values that are wrong are reported in one go.
pub fn parse(file: &str, text: &str) -> Result<Vec<Entry>, Error> {
    let at = |at: usize, what: &str| format!("{}: {what}", locate(file, text, at));
    let source: FileSource = toml::from_str(text).map_err(|why| {
        let start = why.span().map_or(0, |span| span.start);
        Error::Setup(at(start, &crate::nearest::with_suggestion(why.message())))
    })?;
    let mut wrong = Vec::new();
    let mut entries = Vec::with_capacity(source.known.len());
    let mut seen: FxHashMap<(String, String, bool), usize> = FxHashMap::default();
    for entry in source.known {
        let start = entry.text.span().start;
        let normal = normalised(entry.text.get_ref().trim());
        if !normal.chars().any(char::is_alphanumeric) {
            wrong.push(at(start, "`text` holds neither letter nor digit"));
        }
        if normal.contains('\n') || entry.text.get_ref().trim().contains('\n') {
            wrong.push(at(start, "`text` is more than one line"));
        }
        if entry.source.get_ref().is_empty() {
            wrong.push(at(entry.source.span().start, "`source` is empty"));
        }
        let key = (entry.source.get_ref().clone(), normal.clone(), entry.place.is_title());
        if let Some(first) = seen.get(&key) {
            let first = locate(file, text, *first);
            wrong.push(at(start, &format!("second entry for this text; the first is at {first}")));
        }
        seen.entry(key).or_insert(start);
        let share = entry.share.as_ref().map_or(0.0, |share| *share.get_ref());
        if let Some(span) = entry.share.filter(|_| !(0.0..=1.0).contains(&share)) {
            wrong
                .push(at(span.span().start, &format!("`share` must lie between 0 and 1: {share}")));
        }
        let mut day = |written: &Option<Spanned<String>>, key: &str| {
            let written = written.as_ref()?;
            let day = Day::parse(written.get_ref());
            if day.is_none() {
                let what = format!("`{key}` is no date such as \"2031-03-14\"");
                wrong.push(at(written.span().start, &what));
            }
            day
        };
        let (first, last) = (day(&entry.first, "first"), day(&entry.last, "last"));
        if let (Some(span), true) = (&entry.last, last.is_some() && last < first) {
            wrong.push(at(span.span().start, "`last` lies before `first`"));
        }
        entries.push(Entry {
            source: entry.source.into_inner(),
            text: normal,
            place: entry.place,
            documents: entry.documents,
            share,
            days: first.or(last).zip(last.or(first)),
            examples: entry.examples,
        });
    }
    match wrong.is_empty() {
        true => Ok(entries),
        false => Err(Error::Setup(wrong.join("\n"))),
    }
}

/// Writes entries as a file that [`parse`] reads, in the order in which they come.
pub fn to_toml(entries: &[Entry]) -> String {
    let mut out = String::from(HEADER);
    let quoted = |text: &str| toml::Value::from(text).to_string();
    for entry in entries {
        out.push_str("\n[[known]]\n");
        out.push_str(&format!("source = {}\n", quoted(&entry.source)));
        out.push_str(&format!("text = {}\n", quoted(&entry.text)));
        out.push_str(&format!("place = \"{}\"\n", entry.place.name()));
        out.push_str(&format!("documents = {}\n", entry.documents));
        out.push_str(&format!("share = {:.4}\n", entry.share));
        if let Some((first, last)) = entry.days {
            out.push_str(&format!("first = \"{first}\"\nlast = \"{last}\"\n"));
        }
        out.push_str("examples = [\n");
        for example in &entry.examples {
            out.push_str(&format!("    {},\n", quoted(example)));
        }
        out.push_str("]\n");
    }
    out
}

const HEADER: &str = "\
# Boilerplate that `copydesk learn` found: lines that recur at an end of a source's articles, and ornaments that its
# headlines share. Read it, and delete what is text. A run uses it with
#
#     [stage.learned-boilerplate]
#     known = [\"this-file.toml\"]
#
# and cuts `text` in articles of `source` where it stands at `place`: head, tail or edge (either) of the body,
# title-start or title-end. `text` is compared without regard to case and white space, and a line's only number is 0.
# The other keys are the evidence: documents that carried it (copies of one story count once), their share of the
# source's documents, the first and last day, examples.
";
