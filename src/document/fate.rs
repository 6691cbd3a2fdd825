//! What becomes of a document: kept, with notes, or rejected, or a duplicate with its evidence.

use serde::{Deserialize, Serialize};

use super::{Code, DocId};

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

    /// The stage that finds it.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Exact => "exact-dedup",
            Self::Reprint | Self::Shortened | Self::Update => "near-dedup",
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
