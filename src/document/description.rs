//! What is known of a document besides its text: where it lies, what it says of itself, how it was decoded, its language
//! and sizes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Code;

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
    /// Characters that had been encoded in UTF-8 twice and have been repaired; each further time counts once more.
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
