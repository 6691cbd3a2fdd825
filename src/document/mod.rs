//! The document model: what a stage sees, what it may say, and the one function that changes a document.
//!
//! A [`Document`] is one decoded text: the headline, a blank line, the body. Stages never change it. They return
//! [`Findings`], and [`Document::apply`] alone carries them out: it removes the cut spans, writes them into the
//! document's ledger with their offsets in the *decoded* text, and takes care of the white space around them. What is
//! left is therefore always a subsequence of what was decoded, and [`restore()`] can undo every cut.

mod cuts;
pub mod days;
mod description;
mod fate;
mod findings;
mod remove;
mod restore;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use description::{Dating, Decoding, Language, Measures, Metadata, Origin};
pub use fate::{Action, Duplicate, DuplicateKind, Evidence, Fate, Note, Rejection};
pub use findings::{Cut, Drop, Findings, Part, Removal, Repair, Repeat, Repeated};
use remove::Runs;
pub use restore::restore;

/// Position of a document in corpus order: dense, ascending, given by the reader.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct DocId(pub u32);

/// A short machine-readable code: a rule, a stage, a reason.
pub type Code = Cow<'static, str>;

/// Separates headline and body in the decoded text; it is never cut.
pub const TITLE_BREAK: &str = "\n\n";

/// One document on its way through the pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Position in corpus order. It is not stored with the document: it changes when the corpus grows.
    #[serde(skip)]
    pub id: DocId,
    /// Public id: `relative/path.txt`, `relative/path.jsonl#17`, or the record's own where that is unique.
    pub name: String,
    /// The record's own id, until the pipeline has seen that no other document bears it.
    pub record_id: Option<String>,
    /// The outlet: a column of the record, else the parent folder.
    pub source: Arc<str>,
    /// Publication date as the record gave it.
    pub date: Option<String>,
    /// The day of publication, and how it is known.
    pub dating: Dating,
    /// Where the outlet is from: `field`, `url` or `folder`.
    pub source_from: Code,
    /// What else the record or page says about itself.
    pub metadata: Metadata,
    /// How the bytes became text.
    pub decoding: Decoding,
    /// Where in the input it lies.
    pub origin: Origin,
    /// What was found out about the language, if a stage was asked.
    pub language: Option<Language>,
    /// Sizes, counted by the `stats` stage, or at the end of the run.
    pub measures: Option<Measures>,
    /// Kept, rejected or a duplicate.
    pub fate: Fate,
    /// Bytes of the text that it had when it was [forgotten](Self::forget_text).
    pub forgotten_bytes: u64,
    text: String,
    title_len: usize,
    kept: Vec<Kept>,
    removed: Vec<Removal>,
    repeats: Vec<Repeat>,
    repairs: Vec<Repair>,
}

/// A run of bytes that is still there: where it began in the decoded text, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    decoded_start: u64,
    len: u64,
}

/// A line of the body that holds text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The line without the white space around it.
    pub text: &'a str,
    /// Where that is, in byte offsets of [`Document::text`].
    pub at: Range<usize>,
}

impl Document {
    /// Builds a document from a decoded headline and body. White space around either is the file's frame, not text,
    /// and is left behind here; line ends become `\n`.
    pub fn new(
        id: DocId,
        name: impl Into<String>,
        source: impl Into<Arc<str>>,
        title: &str,
        body: &str,
    ) -> Self {
        let title = with_unix_line_ends(title.trim());
        let body = with_unix_line_ends(body.trim());
        let mut text = String::with_capacity(title.len() + TITLE_BREAK.len() + body.len());
        text.push_str(&title);
        if !title.is_empty() && !body.is_empty() {
            text.push_str(TITLE_BREAK);
        }
        text.push_str(&body);
        let kept = vec![Kept { decoded_start: 0, len: text.len() as u64 }];
        Self {
            id,
            name: name.into(),
            record_id: None,
            source: source.into(),
            date: None,
            dating: Dating::default(),
            source_from: "folder".into(),
            metadata: Metadata::default(),
            decoding: Decoding::default(),
            origin: Origin::default(),
            language: None,
            measures: None,
            fate: Fate::Kept,
            forgotten_bytes: 0,
            title_len: title.len(),
            text,
            kept,
            removed: Vec::new(),
            repeats: Vec::new(),
            repairs: Vec::new(),
        }
    }

    /// Builds the placeholder of an input that could not become a document, so that it has its row.
    pub fn rejected(
        id: DocId,
        name: impl Into<String>,
        source: impl Into<Arc<str>>,
        why: Rejection,
    ) -> Self {
        let mut document = Self::new(id, name, source, "", "");
        document.fate = Fate::Rejected(why);
        document
    }

    /// The text that is left: headline, [`TITLE_BREAK`], body. Just one of them where the other is empty.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The headline that is left.
    pub fn title(&self) -> &str {
        &self.text[..self.title_len]
    }

    /// The body that is left.
    pub fn body(&self) -> &str {
        &self.text[self.body_start()..]
    }

    /// Where the body begins in [`text`](Self::text).
    pub fn body_start(&self) -> usize {
        match self.title_len {
            0 => 0,
            title_len => (title_len + TITLE_BREAK.len()).min(self.text.len()),
        }
    }

    /// The body as it was decoded, with all that was removed from it; `None` where nothing was, or no text is left.
    pub fn decoded_body(&self) -> Option<String> {
        let body = self.body_start()..self.text.len();
        let title = self.title_len..body.start;
        // The separator is never cut, so where it stood tells where the decoded body began.
        let from = match self.decoded_pieces(&mut Runs::default(), title).last() {
            Some((_, end, _)) => *end,
            None => 0,
        };
        let removed = self.removed.iter().filter(|removal| removal.start >= from);
        let mut pieces: Vec<_> = removed.map(|r| (r.start, r.end, r.text.as_str())).collect();
        if pieces.is_empty() || body.is_empty() {
            return None;
        }
        let left = self.decoded_pieces(&mut Runs::default(), body);
        pieces.extend(left.iter().map(|(start, end, at)| (*start, *end, &self.text[at.clone()])));
        pieces.sort_unstable_by_key(|(start, ..)| *start);
        Some(pieces.into_iter().map(|(.., text)| text).collect())
    }

    /// The lines of the body that hold text, in order, without the white space around them.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> {
        let body = self.body();
        let from = self.body_start();
        body.split('\n').filter_map(move |raw| {
            let text = raw.trim();
            if text.is_empty() {
                return None;
            }
            let start = from + (text.as_ptr() as usize - body.as_ptr() as usize);
            Some(Line { text, at: start..start + text.len() })
        })
    }

    /// Everything that was removed so far, in the order of the decoded text.
    pub fn removed(&self) -> &[Removal] {
        &self.removed
    }

    /// The spans that other documents have too, as far as a stage has named them.
    pub fn repeats(&self) -> &[Repeat] {
        &self.repeats
    }

    /// What was repaired when the text was decoded, in its order.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Notes what the reader repaired in a part: where in it what stands there now lies, and the rest of the entry. Nothing
    /// may have been removed yet.
    pub fn note_repairs(
        &mut self,
        part: Part,
        repairs: impl Iterator<Item = (Range<usize>, Repair)>,
    ) {
        let from = if part == Part::Title { 0 } else { self.body_start() };
        for (at, repair) in repairs {
            let at = from + at.start..from + at.end;
            let text = self.text.get(at.clone()).unwrap_or_default().to_owned();
            self.repairs.push(Repair {
                start: at.start as u64,
                end: at.end as u64,
                text,
                ..repair
            });
        }
    }

    /// Whether the document is still in the run.
    pub fn is_kept(&self) -> bool {
        self.fate == Fate::Kept
    }

    /// Forgets the text of a document that is no longer kept; its ledger stays.
    pub fn forget_text(&mut self) {
        self.forgotten_bytes += self.text.len() as u64;
        self.text = String::new();
        self.title_len = 0;
        self.kept = Vec::new();
    }

    /// Carries out what `stage` found: the only function that changes a document.
    ///
    /// A cut may lie anywhere within the headline or within the body; what reaches beyond is clipped. White space goes
    /// with the cut so that no blank paragraph, double space or ragged end is left. A headline is never emptied: such a
    /// cut is not carried out. A document whose body had text and has none left is rejected as `nothing_left`.
    pub fn apply(&mut self, stage: &'static str, findings: Findings) {
        if let Some(language) = findings.language {
            self.language = Some(language);
        }
        if let Some(measures) = findings.measures {
            self.measures = Some(measures);
        }
        self.note_repeats(findings.repeated);
        let had_body = !self.body().is_empty();
        if !findings.cuts.is_empty() {
            self.remove(stage, findings.cuts);
        }
        self.fate = match findings.drop {
            Some(Drop::Reject { reason, detail }) => {
                Fate::Rejected(Rejection { stage: stage.into(), reason, detail })
            }
            Some(Drop::Duplicate(duplicate)) => Fate::Duplicate(duplicate),
            None if had_body && self.body().is_empty() => Fate::Rejected(Rejection {
                stage: stage.into(),
                reason: "nothing_left".into(),
                detail: "every line of the body was removed; see removed.csv".into(),
            }),
            None => return,
        };
    }
}

fn with_unix_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests;
