//! What a stage may say about a document, and the entries of the ledger that come of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Code, DocId, Duplicate, Language, Measures};

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

/// A span to remove, in byte offsets of [`Document::text`](super::Document::text), and the rule that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the current text; within the headline or within the body.
    pub at: Range<usize>,
    /// The rule's code, as the ledger shows it.
    pub rule: Code,
}

/// A span that another document has too, in byte offsets of [`Document::text`](super::Document::text). It stays.
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

/// The two parts of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The headline.
    Title,
    /// What stands below it.
    Body,
}

/// What was wrong with a text before it came into the dump, and was repaired when it was decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// First byte of what stands there now, in the decoded text.
    pub start: u64,
    /// One past the last byte, in the decoded text.
    pub end: u64,
    /// HTML entities that were decoded.
    pub entities: u32,
    /// Characters that had been encoded in UTF-8 twice; each further time counts once more.
    pub mojibake: u32,
    /// What stood there in the input.
    pub found: String,
    /// What stands there in the decoded text.
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
