//! The document model: what a stage sees, what it may say, and the one function that changes a document.
//!
//! A [`Document`] is one decoded text: the headline, a blank line, the body. Stages never change it. They return
//! [`Findings`], and [`Document::apply`] alone carries them out: it removes the cut spans, writes them into the
//! document's ledger with their offsets in the *decoded* text, and takes care of the white space around them. What is
//! left is therefore always a subsequence of what was decoded, and [`restore()`] can undo every cut.

mod cuts;
mod restore;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use cuts::{is_space, plan_cuts};
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
    text: String,
    title_len: usize,
    kept: Vec<Kept>,
    removed: Vec<Removal>,
    repeats: Vec<Repeat>,
}

/// Where in the input a document lies, as far as that is known: what it takes to find it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Public name of the file; empty for a document that is from no file.
    pub file: Arc<str>,
    /// Position of the record in the file, from 0. `None` where the file as a whole is meant.
    pub member: Option<u64>,
    /// Its first byte in the decompressed file; `None` where the file had to be transcoded to find records in it.
    pub offset: Option<u64>,
    /// Its bytes. `None` with a member: reading stopped there, and all that follows is meant.
    pub length: Option<u64>,
    /// XXH3 (128 bits) of these bytes: of a file all of them, decompressed; of a JSON line what stands before the line
    /// end; of a CSV record its cells, one after the other without separators and quotes.
    pub hash: Option<u128>,
}

/// The day of publication, and how it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dating {
    /// Year-month-day as in ISO 8601; empty where it is not known.
    pub day: String,
    /// What says so, or says something that could not be read: `metadata`, `path` or `text`; empty where nothing does.
    pub from: Code,
    /// Why there is no day: `missing`, `unreadable` or `ambiguous`; empty with one.
    pub reason: Code,
}

/// What a record or page says about itself besides headline, outlet and date; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Address of the page; of an HTML page the canonical one.
    pub url: String,
    /// Who wrote it, several names with commas between them.
    pub author: String,
    /// The language that it claims to be in, as it was written; what it is in, is in [`Language`].
    pub language: String,
}

/// How a document's bytes became text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoding {
    /// WHATWG name of the encoding, such as `UTF-8` or `windows-1252`.
    pub encoding: Code,
    /// Number of U+FFFD that stand for bytes which are invalid in that encoding.
    pub replacements: u32,
    /// HTML entities that were left in the text and have been decoded.
    pub entities: u32,
    /// Characters that had been encoded in UTF-8 twice and have been repaired.
    pub mojibake: u32,
    /// Size of the document before decoding, in bytes.
    pub raw_bytes: u64,
    /// Hash by which the reader knows the document again; 0 if it has none.
    pub raw_hash: u64,
}

/// A language label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// ISO 639-1 code, or `und`.
    pub code: Code,
    /// The probability that the code is right, `und` included; rounded to four decimals so that it is the same in every
    /// run.
    pub confidence: f64,
    /// The next likely language; for `und` the nearest that there is.
    pub second: Option<Code>,
    /// Share of the letters that are in other languages, between 0 and 1, rounded to four decimals.
    pub foreign_share: f64,
    /// The language of most of those.
    pub foreign_language: Option<Code>,
}

/// Sizes of the text that is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Bytes of the body as UTF-8.
    pub bytes: u64,
    /// Unicode scalar values in the body.
    pub chars: u64,
    /// UAX #29 words in the body; `None` where words are not separated by spaces.
    pub tokens: Option<u64>,
    /// UAX #29 sentences in the body; `None` where the rules do not apply.
    pub sentences: Option<u64>,
    /// Lines with text in the body.
    pub lines: u64,
    /// Paragraphs: runs of lines with text, ended by a line without.
    pub paragraphs: u64,
}

/// What becomes of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fate {
    /// It goes on.
    Kept,
    /// It was refused, for a reason that the output gives.
    Rejected(Rejection),
    /// It says the same as another document.
    Duplicate(Duplicate),
}

/// Why a document, or an input, is not in the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The stage that refused it; `input` for the reader.
    pub stage: Code,
    /// A short code, such as `empty` or `language_not_kept`.
    pub reason: Code,
    /// What a person would ask next: the path's error, the value beside its limit.
    pub detail: String,
}

/// Which document says the same, how, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The document that stays in its place.
    pub of: DocId,
    /// What it is to that one.
    pub kind: DuplicateKind,
    /// Jaccard similarity to `of`, between 0 and 1.
    pub similarity: f32,
    /// Share of this document that stands in `of`, between 0 and 1.
    pub containment: f32,
    /// What both figures rest on.
    pub evidence: Evidence,
    /// Whether it goes, or is only labelled.
    pub action: Action,
}

/// What a duplicate is to the document that is kept. Ascending in how much may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DuplicateKind {
    /// The same tokens in the same order.
    Exact,
    /// Mostly the same words.
    Reprint,
    /// It stands in the kept one, nearly as a whole.
    Shortened,
    /// It shares a good part of its words; other parts are its own.
    Update,
}

impl DuplicateKind {
    /// The word in the column `kind` of `duplicates.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Reprint | Self::Shortened | Self::Update => "near",
        }
    }

    /// The word in the column `class` of `duplicates.csv`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Reprint => "reprint",
            Self::Shortened => "shortened",
            Self::Update => "update",
        }
    }
}

/// What happens to a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Action {
    /// It is not among the kept documents.
    Dropped,
    /// It is kept, and `duplicates.csv` says what it is like.
    Labelled,
}

impl Action {
    /// The word in the column `action` of `duplicates.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Labelled => "labelled",
        }
    }
}

/// The counts behind a verdict of similarity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Shingles of the samples that both documents have; 0 where whole token streams were compared.
    pub shared: u16,
    /// Shingles of the samples that were compared.
    pub compared: u16,
    /// Share of the numbers that agree, where both documents have three.
    pub numbers: Option<f32>,
}

/// Something about a kept document that is no reason to remove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// It holds several stories that also stand alone: a round-up, a newsletter, a live page.
    Composite,
    /// It has the words of another document around other figures: a notice made from a template.
    Template,
}

impl Note {
    /// The word in the column `duplicate_note` of `documents.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Composite => "composite",
            Self::Template => "template",
        }
    }
}

/// What a stage has to say about a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Spans to remove.
    pub cuts: Vec<Cut>,
    /// Language label.
    pub language: Option<Language>,
    /// Sizes.
    pub measures: Option<Measures>,
    /// Spans that stand in another document too, and stay.
    pub repeated: Vec<Repeated>,
    /// The document is to go. Its cuts are carried out all the same, so that the ledger has them.
    pub drop: Option<Drop>,
}

/// Why a document is to go.
#[derive(Clone, Debug, PartialEq)]
pub enum Drop {
    /// It does not meet a condition.
    Reject {
        /// A short code.
        reason: Code,
        /// The value beside its limit.
        detail: String,
    },
    /// Another document says the same.
    Duplicate(Duplicate),
}

/// A span to remove, in byte offsets of [`Document::text`], and the rule that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the current text; within the headline or within the body.
    pub at: Range<usize>,
    /// The rule's code, as the ledger shows it.
    pub rule: Code,
}

/// A span that another document has too, in byte offsets of [`Document::text`]. It stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// Bytes of the current text.
    pub at: Range<usize>,
    /// The first document that has it.
    pub of: DocId,
    /// Documents that have it.
    pub documents: u32,
}

impl Findings {
    /// Asks for one more span to be removed.
    pub fn cut(&mut self, at: Range<usize>, rule: impl Into<Code>) {
        self.cuts.push(Cut { at, rule: rule.into() });
    }
}

/// One entry of the ledger: a span that was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The stage that asked for it.
    pub stage: Code,
    /// Its rule.
    pub rule: Code,
    /// First byte, in the decoded text.
    pub start: u64,
    /// One past the last byte, in the decoded text.
    pub end: u64,
    /// What stood there.
    pub text: String,
}

/// A span that another document has too, and that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// First byte, in the decoded text.
    pub start: u64,
    /// One past the last byte, in the decoded text.
    pub end: u64,
    /// What stands there, without what was removed from it.
    pub text: String,
    /// The first document that has it.
    pub of: DocId,
    /// Documents that have it.
    pub documents: u32,
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
            title_len: title.len(),
            text,
            kept,
            removed: Vec::new(),
            repeats: Vec::new(),
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
        let from = match self.decoded_pieces(title).last() {
            Some((_, end, _)) => *end,
            None => 0,
        };
        let removed = self.removed.iter().filter(|removal| removal.start >= from);
        let mut pieces: Vec<_> = removed.map(|r| (r.start, r.end, r.text.as_str())).collect();
        if pieces.is_empty() || body.is_empty() {
            return None;
        }
        let left = self.decoded_pieces(body);
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

    /// Whether the document is still in the run.
    pub fn is_kept(&self) -> bool {
        self.fate == Fate::Kept
    }

    /// Forgets the text of a document that is no longer kept; its ledger stays.
    pub fn forget_text(&mut self) {
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

    fn note_repeats(&mut self, repeated: Vec<Repeated>) {
        for Repeated { at, of, documents } in repeated {
            let pieces = self.decoded_pieces(at.clone());
            if let (Some((start, ..)), Some((_, end, _))) = (pieces.first(), pieces.last()) {
                let text = self.text[at].to_owned();
                self.repeats.push(Repeat { start: *start, end: *end, text, of, documents });
            }
        }
    }

    fn remove(&mut self, stage: &'static str, mut cuts: Vec<Cut>) {
        let title = 0..self.title_len;
        let body = self.body_start()..self.text.len();
        // A stable sort: of two cuts at one place, the one that the stage named first gives the rule.
        cuts.sort_by_key(|cut| cut.at.start);
        let mut planned = plan_cuts(&self.text, title.clone(), &cuts);
        if planned.iter().map(|cut| cut.at.len()).sum::<usize>() == title.len() {
            planned.clear();
        }
        planned.extend(plan_cuts(&self.text, body.clone(), &cuts));
        if planned.is_empty() {
            return;
        }
        let mut rows = Vec::with_capacity(planned.len());
        for cut in &planned {
            let is_all_space = is_space(&self.text[cut.at.clone()]);
            for (start, end, at) in self.decoded_pieces(cut.at.clone()) {
                let text = self.text[at].to_owned();
                // White space that a cut grew over lies beyond an earlier one: it goes with that.
                if is_space(&text) && !is_all_space && self.extend_removal(start, end, &text) {
                    continue;
                }
                rows.push(Removal {
                    stage: stage.into(),
                    rule: cut.rule.clone(),
                    start,
                    end,
                    text,
                });
            }
        }
        self.removed.append(&mut rows);
        self.removed.sort_by_key(|removal| removal.start);
        self.rebuild(&planned, body);
    }

    /// Adds a span of the decoded text to the removal that it touches; `false` where it touches none.
    fn extend_removal(&mut self, start: u64, end: u64, text: &str) -> bool {
        if let Ok(before) = self.removed.binary_search_by_key(&start, |removal| removal.end) {
            self.removed[before].end = end;
            self.removed[before].text.push_str(text);
            return true;
        }
        if let Ok(behind) = self.removed.binary_search_by_key(&end, |removal| removal.start) {
            self.removed[behind].start = start;
            self.removed[behind].text.insert_str(0, text);
            return true;
        }
        false
    }

    /// Splits a span of the current text into runs that are contiguous in the decoded text.
    fn decoded_pieces(&self, at: Range<usize>) -> Vec<(u64, u64, Range<usize>)> {
        let mut pieces = Vec::new();
        let mut current = 0usize;
        for run in &self.kept {
            let run_end = current + run.len as usize;
            let from = at.start.max(current);
            let to = at.end.min(run_end);
            if from < to {
                let start = run.decoded_start + (from - current) as u64;
                pieces.push((start, start + (to - from) as u64, from..to));
            }
            current = run_end;
        }
        pieces
    }

    fn rebuild(&mut self, planned: &[Cut], body: Range<usize>) {
        let body_left: usize = body.len()
            - planned
                .iter()
                .filter(|cut| cut.at.start >= body.start)
                .map(|cut| cut.at.len())
                .sum::<usize>();
        let title_cut: usize =
            planned.iter().filter(|cut| cut.at.end <= self.title_len).map(|cut| cut.at.len()).sum();
        let mut keep = Vec::with_capacity(planned.len() + 1);
        let mut position = 0;
        for cut in planned {
            keep.push(position..cut.at.start);
            position = cut.at.end;
        }
        keep.push(position..self.text.len());
        if body_left == 0 {
            // Without a body the separator goes too; it is structure, not text, and has no row.
            for range in &mut keep {
                range.end = range.end.min(self.title_len);
            }
        }
        let mut text = String::with_capacity(self.text.len());
        let mut kept: Vec<Kept> = Vec::with_capacity(self.kept.len() + planned.len());
        for range in keep {
            if range.start >= range.end {
                continue;
            }
            for (start, end, at) in self.decoded_pieces(range) {
                text.push_str(&self.text[at]);
                match kept.last_mut() {
                    Some(last) if last.decoded_start + last.len == start => last.len += end - start,
                    _ => kept.push(Kept { decoded_start: start, len: end - start }),
                }
            }
        }
        self.title_len -= title_cut;
        self.text = text;
        self.kept = kept;
    }
}

fn with_unix_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut_all(title: &str, body: &str, needles: &[&str]) -> Document {
        let mut document = Document::new(DocId(0), "a.txt", "s", title, body);
        let mut findings = Findings::default();
        for needle in needles {
            let at = document.text().find(needle).expect("the needle is in the text");
            findings.cut(at..at + needle.len(), "test");
        }
        document.apply("stage", findings);
        document
    }

    fn undo(document: &Document) -> Option<String> {
        let removed: Vec<_> =
            document.removed().iter().map(|r| (r.start, r.end, r.text.as_str())).collect();
        restore(document.title(), document.body(), &removed)
    }

    #[test]
    fn white_space_goes_with_the_cut() {
        let table: &[(&str, &str, &[&str], &str)] = &[
            ("a paragraph in the middle", "one\n\ntwo\n\nthree", &["two"], "one\n\nthree"),
            ("the last paragraph", "one\n\ntwo\n\nthree", &["three"], "one\n\ntwo"),
            ("the first paragraph", "one\n\ntwo", &["one"], "two"),
            ("the last two", "one\n\ntwo\n\nthree", &["two", "three"], "one"),
            ("a sentence", "One. Two. Three.", &["Two."], "One. Three."),
            ("the last sentence", "One. Two.\nThree.", &["Two."], "One.\nThree."),
            ("the first sentence", "Zero.\nOne. Two.", &["One."], "Zero.\nTwo."),
            ("both sentences", "a\n\nOne. Two.\n\nb", &["One.", "Two."], "a\n\nb"),
            ("indentation stays", "a\n\nb\n\n  c", &["b"], "a\n\n  c"),
            ("a blank line with spaces", "a\n \nb\n \nc", &["b"], "a\n \nc"),
            ("overlapping cuts", "a\nbcd\ne", &["bc", "cd"], "a\ne"),
            ("across lines", "a\nb\nc\nd", &["b\nc"], "a\nd"),
            ("nothing but space between", "a\n\n\nb", &["a"], "b"),
        ];
        for (name, body, needles, expected) in table {
            let document = cut_all("T", body, needles);
            assert_eq!(document.body(), *expected, "{name}");
            assert_eq!(undo(&document).as_deref(), Some(format!("T\n\n{body}").as_str()), "{name}");
        }
    }

    #[test]
    fn a_headline_loses_its_suffix_but_is_never_emptied() {
        let document = cut_all("Bridge opens | World | News", "Body.", &[" | World | News"]);
        assert_eq!((document.title(), document.body()), ("Bridge opens", "Body."));
        let document = cut_all("Source link", "Body.", &["Source link"]);
        assert_eq!(document.title(), "Source link");
        assert!(document.removed().is_empty());
    }

    #[test]
    fn a_document_without_a_line_left_is_rejected() {
        let document = cut_all("T", "only line", &["only line"]);
        assert_eq!(document.text(), "T");
        match &document.fate {
            Fate::Rejected(why) => assert_eq!(why.reason, "nothing_left"),
            fate => panic!("{fate:?}"),
        }
    }

    #[test]
    fn offsets_stay_those_of_the_decoded_text_over_several_stages() {
        let mut document = cut_all("T", "one\n\ntwo\n\nthree\n\nfour", &["two"]);
        let at = document.text().find("three").expect("it is there");
        let mut findings = Findings::default();
        // From within "one" to within "three": the earlier cut lies between.
        findings.cut(at - 3..at + 2, "second");
        document.apply("later", findings);
        let starts: Vec<_> =
            document.removed().iter().map(|r| (r.start, r.text.as_str())).collect();
        assert_eq!(starts, [(5, "e\n\n"), (8, "two\n\n"), (13, "th")]);
        assert_eq!(undo(&document).as_deref(), Some("T\n\none\n\ntwo\n\nthree\n\nfour"));
    }

    #[test]
    fn white_space_beyond_an_earlier_cut_has_no_row_of_its_own() {
        let body = "one\n\ntwo\n\nthree\n\nfour";
        let table: &[(&str, &[&str], &[&str])] = &[
            ("before it", &["three", "four"], &["\n\nthree\n\n", "four"]),
            ("before both", &["two", "three", "four"], &["\n\ntwo\n\n", "three\n\n", "four"]),
            ("behind it", &["two", "one"], &["one\n\n", "two\n\n"]),
            (
                "within a later one",
                &["three", "two\n\nfour"],
                &["\n\ntwo\n\n", "three\n\n", "four"],
            ),
        ];
        for (name, cuts, expected) in table {
            let mut document = Document::new(DocId(0), "a.txt", "s", "T", body);
            for cut in *cuts {
                let at = document.text().find(cut).expect("the cut is in the text");
                let mut findings = Findings::default();
                findings.cut(at..at + cut.len(), "test");
                document.apply("stage", findings);
            }
            let rows: Vec<_> = document.removed().iter().map(|row| row.text.as_str()).collect();
            assert_eq!(rows, *expected, "{name}");
            assert_eq!(undo(&document).as_deref(), Some(format!("T\n\n{body}").as_str()), "{name}");
        }
    }

    #[test]
    fn spans_that_do_not_fit_are_not_restored() {
        assert_eq!(restore("T", "body", &[(90, 94, "late")]), None);
        assert_eq!(restore("T", "body", &[(3, 5, "long")]), None);
        assert_eq!(restore("T", "body", &[(0, 1, "a"), (0, 1, "b")]), None);
    }

    /// A text with every kind of white space, and cuts that may overlap, touch, nest and end anywhere.
    fn arbitrary_text() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof![
                4 => "[a-zé世]{1,4}",
                2 => Just(" ".to_owned()),
                2 => Just("\n".to_owned()),
                1 => Just("\n\n".to_owned()),
                1 => Just("\u{a0}".to_owned()),
                1 => Just("\r\n".to_owned()),
            ],
            0..24,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_cuts_leave_a_subsequence_that_can_be_undone(
            title in arbitrary_text(),
            body in arbitrary_text(),
            rounds in proptest::collection::vec(
                proptest::collection::vec((0usize..120, 0usize..40), 0..5), 1..4),
        ) {
            let mut document = Document::new(DocId(0), "a", "s", &title, &body);
            let decoded = document.text().to_owned();
            let decoded_body = document.body().to_owned();
            for cuts in rounds {
                let mut findings = Findings::default();
                for (start, len) in cuts {
                    findings.cut(start..start + len, "any");
                }
                document.apply("stage", findings);
                prop_assert_eq!(document.title().trim(), document.title());
                prop_assert_eq!(document.body().trim(), document.body());
                let left: usize = document.kept.iter().map(|run| run.len as usize).sum();
                prop_assert_eq!(left, document.text().len());
                let mut from_runs = String::new();
                for run in &document.kept {
                    let start = run.decoded_start as usize;
                    from_runs.push_str(&decoded[start..start + run.len as usize]);
                }
                prop_assert_eq!(from_runs.as_str(), document.text());
                let undone = undo(&document);
                prop_assert_eq!(undone.as_deref(), Some(decoded.as_str()));
                if !document.body().is_empty() {
                    let body = document.decoded_body();
                    prop_assert_eq!(body.as_deref().unwrap_or(document.body()), decoded_body.as_str());
                }
            }
        }
    }
}
