//! Reads a dump: finds the files, tells their formats, and turns what is in them into documents.
//!
//! The reader has two halves. [`scan()`] and [`Units`] are cheap and sequential: they put everything that may be a
//! document into corpus order, and of plain-text files they touch nothing. [`into_document`] does the work for one unit
//! (reading a text file, decompressing, decoding, parsing) and is free to run in parallel.
//!
//! A file is text (`.txt`, `.text`), an HTML page (`.html`, `.htm`, or a text that begins like one), JSON Lines (`.jsonl`,
//! `.ndjson`), JSON (`.json`) or a table (`.csv`, `.tsv`) or what a crawler keeps (`.warc`, `.wet`), each as it is, in gzip
//! (`.gz`), Zstandard (`.zst`, `.zstd`), bzip2 (`.bz2`) or xz (`.xz`); or it is an archive (`.zip`, `.tar`, `.tgz` and the
//! like) of such files. Builds with the feature `parquet` read `.parquet` too. Its first bytes tell the compression, and of records the format: a name that says otherwise is
//! wrong. Whatever cannot be read is a row with stage `input` and one of these reasons:
//!
//! | reason | meaning | loss |
//! |---|---|---|
//! | `unreadable` | the system refused to open, list or read it | yes |
//! | `vanished` | it went away after the scan | yes |
//! | `changed_while_read` | it grew, shrank or was overwritten meanwhile (a text file: twice) | yes |
//! | `not_a_regular_file` | a link, FIFO, device or folder took its place after the scan | yes |
//! | `corrupt_compression` | cut off or damaged; records before the damage are kept | yes |
//! | `damaged_member` | a gzip member of a WARC is damaged; the next one is read | yes |
//! | `trailing_garbage` | unknown bytes behind the compressed data; the data are kept | yes |
//! | `decompression_bomb` | it grew out of proportion; the rest of the file is not read | yes |
//! | `cut_off` | the file ends within a record, or before the end of what holds the records | yes |
//! | `malformed_json` | what stands around the records is no JSON; the rest of the file is not read | yes |
//! | `corrupt_archive` | the directory of an archive, or the header of a member, is damaged | yes |
//! | `archive_too_large` | the directory of a zip archive is too large to be held in memory | yes |
//! | `encrypted` | a member of an archive is encrypted | yes |
//! | `nested_archive` | an archive in an archive | yes |
//! | `duplicate_member` | an archive has another member of this name, which was read | yes |
//! | `unsafe_path` | the path of a member leads out of the archive | yes |
//! | `unsupported` | it is stored in a way that is not read | yes |
//! | `unclosed_quote` | a quote in a CSV file never ends; the rest of the file is not read | yes |
//! | `corrupt_file` | a Parquet file is cut off or damaged; rows before the damage are kept | yes |
//! | `empty` | no text | no |
//! | `binary` | control characters as in a picture or an archive | no |
//! | `undecodable` | too many invalid bytes | no |
//! | `document_too_large` | a text file above `max-document-bytes`, or a page above `max-page-bytes` | no |
//! | `line_too_long` | a JSON line above `max-document-bytes` | no |
//! | `record_too_long` | a record of a table or a JSON file above `max-document-bytes` | no |
//! | `malformed_record` | no JSON object, or a record of a table with more or fewer fields than the header | no |
//! | `no_text_field` | none of the fields that may hold the text is there | no |
//! | `unknown_format` | members of an archive are in no known format | no |
//! | `http_status` | a crawler was sent something else than a page: the status is not 200 | no |
//! | `not_a_page` | what a crawler was sent is neither HTML nor text | no |
//! | `truncated_page` | a crawler kept only the beginning of a page | no |
//! | `no_main_text` | an HTML page with nothing that is a text | no |
//! | `page_too_complex` | an HTML page that nests too deep, or has too many elements or attributes | no |
//!
//! A loss means that documents may be missing that nobody decided to leave out; [`is_input_loss`] tells.

mod archive;
mod charset;
mod compress;
mod csv;
mod dates;
mod decode;
mod detail;
mod fields;
mod format;
mod guard;
#[cfg(feature = "html")]
mod html;
mod http;
mod json;
mod jsonl;
mod open;
mod options;
#[cfg(feature = "parquet")]
mod parquet;
mod pieces;
mod proposal;
mod reasons;
mod record;
mod repair;
mod scan;
mod selection;
mod tar;
#[cfg(test)]
mod tests;
mod text;
mod transcode;
mod units;
mod unnamed;
mod values;
mod walk;
mod warc;
mod zip;

pub use dates::DateOrder;
pub use detail::STAGE;
pub use format::{Compression, Format};
pub use options::Options;
pub use pieces::{PieceLimits, PieceUnits};
pub use proposal::Proposal;
pub use reasons::{is_input_loss, reasons};
pub use record::{Loaded, Unit, into_document};
pub use scan::{InputFile, Scan, Skipped, Stamp, scan};
pub use selection::Selection;
pub use units::{Entries, Entry, FileUnits, Units};
pub use unnamed::proposals;
pub use walk::Follow;
