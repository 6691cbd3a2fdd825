//! Reads a dump: finds the files, tells their formats, and turns what is in them into documents.
//!
//! The reader has two halves. [`scan()`] and [`Units`] are cheap and sequential: they put everything that may be a
//! document into corpus order, and of plain-text files they touch nothing. [`into_document`] does the work for one unit
//! (reading a text file, decompressing, decoding, parsing) and is free to run in parallel.
//!
//! A file is text (`.txt`, `.text`), JSON Lines (`.jsonl`, `.ndjson`) or CSV (`.csv`), each as it is, in gzip (`.gz`),
//! Zstandard (`.zst`, `.zstd`), bzip2 (`.bz2`) or xz (`.xz`); its first bytes tell the
//! compression. Builds with the feature `parquet` read `.parquet` too. Whatever cannot be read is a row with stage `input` and one of these reasons:
//!
//! | reason | meaning | loss |
//! |---|---|---|
//! | `unreadable` | the system refused to open, list or read it | yes |
//! | `vanished` | it went away after the scan | yes |
//! | `changed_while_read` | it grew, shrank or was overwritten meanwhile (a text file: twice) | yes |
//! | `not_a_regular_file` | a link, FIFO, device or folder took its place after the scan | yes |
//! | `corrupt_compression` | cut off or damaged; records before the damage are kept | yes |
//! | `trailing_garbage` | unknown bytes behind the compressed data; the data are kept | yes |
//! | `decompression_bomb` | it grew out of proportion; the rest of the file is not read | yes |
//! | `unclosed_quote` | a quote in a CSV file never ends; the rest of the file is not read | yes |
//! | `corrupt_file` | a Parquet file is cut off or damaged; rows before the damage are kept | yes |
//! | `empty` | no text | no |
//! | `binary` | control characters as in a picture or an archive | no |
//! | `undecodable` | too many invalid bytes | no |
//! | `document_too_large` | a text file above `max-document-bytes` | no |
//! | `line_too_long` | a JSON line above `max-document-bytes` | no |
//! | `record_too_long` | a CSV record above `max-document-bytes` | no |
//! | `malformed_record` | no JSON object, or a CSV record with more or fewer fields than the header | no |
//! | `no_text_field` | none of the fields that may hold the text is there | no |
//!
//! A loss means that documents may be missing that nobody decided to leave out; [`is_input_loss`] tells.

mod charset;
mod compress;
mod csv;
mod dates;
mod decode;
mod detail;
mod fields;
mod format;
mod guard;
mod json;
mod jsonl;
mod months;
mod open;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod reasons;
mod record;
mod scan;
mod selection;
#[cfg(test)]
mod tests;
mod text;
mod transcode;
mod units;
mod walk;

pub use dates::DateOrder;
pub use detail::STAGE;
pub use format::{Compression, Format};
pub use options::Options;
pub use reasons::{is_input_loss, reasons};
pub use record::{Loaded, Unit, into_document};
pub use scan::{InputFile, Scan, Skipped, Stamp, scan};
pub use selection::Selection;
pub use units::{Entries, Entry, FileUnits, Units};
pub use walk::Follow;
