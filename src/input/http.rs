//! An HTTP response as a crawler stored it: status, type, and the body behind chunks and compression.
//!
//! Many crawlers store the body unpacked and leave the headers as they were, so that a header that the bytes do not bear
//! out is passed over.

use std::io::Read;

use super::Compression;
use super::Options;
use super::compress::Decompressed;
use super::detail::{rejection, rejection_of, shown};
use super::transcode::ByteStream;
use crate::document::Rejection;

/// Headers beyond this are not read, in bytes.
const MAX_HEADER_BYTES: usize = 256 << 10;

/// A body, and what it is said to be.
#[derive(Debug, PartialEq)]
pub(super) struct Response {
    /// Lower case, without parameters.
    pub(super) content_type: String,
    pub(super) charset: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// Takes a response apart.
    ///
    /// # Errors
    ///
    /// `http_status` unless it is 200, `malformed_record`, `unsupported` for an encoding that is not read, and what
    /// decompression says.
    pub(super) fn of(block: Vec<u8>, options: &Options) -> Result<Self, Rejection> {
        let Some((head, body_at)) = head_of(&block) else {
            return Err(rejection("malformed_record", "the HTTP header has no end"));
        };
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let status_line = String::from_utf8_lossy(lines.next().unwrap_or_default());
        let status = status_line.split_ascii_whitespace().nth(1).unwrap_or_default();
        if status != "200" {
            let detail = if status.is_empty() { "none" } else { status };
            return Err(rejection("http_status", detail));
        }
        let (mut kind, mut encodings, mut is_chunked) = (String::new(), String::new(), false);
        for line in lines {
            let Some(colon) = memchr::memchr(b':', line) else { continue };
            let value = String::from_utf8_lossy(line[colon + 1..].trim_ascii()).into_owned();
            match line[..colon].trim_ascii().to_ascii_lowercase().as_slice() {
                b"content-type" => kind = value,
                b"content-encoding" => encodings = value.to_ascii_lowercase(),
                b"transfer-encoding" => is_chunked = value.to_ascii_lowercase().contains("chunked"),
                _ => {}
            }
        }
        let mut body = match is_chunked.then(|| joined(&block[body_at..])).flatten() {
            Some(body) => body,
            None => block[body_at..].to_vec(),
        };
        for encoding in encodings.split(',').map(str::trim).rev() {
            body = decoded(body, encoding, options)?;
        }
        Ok(Self::of_resource(&kind, body))
    }

    /// Of what has a type, and no status.
    pub(super) fn of_resource(content_type: &str, body: Vec<u8>) -> Self {
        let mut parts = content_type.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let charset = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let is_charset = name.trim().eq_ignore_ascii_case("charset");
            is_charset.then(|| value.trim().trim_matches(['"', '\'']).to_owned())
        });
        Self { content_type: kind, charset, body }
    }
}

/// Whether something of this type is a page; what has no type, or one that says nothing, is looked at.
pub(super) fn is_html(kind: &str, body: &[u8]) -> bool {
    match kind {
        "text/html" | "application/xhtml+xml" => true,
        "" | "unk" | "application/octet-stream" | "application/http" => {
            let start = &body[..body.len().min(1024)];
            let start = String::from_utf8_lossy(start).to_ascii_lowercase();
            start.contains("<html") || start.contains("<!doctype html")
        }
        _ => false,
    }
}

/// The header, and where the body begins.
fn head_of(block: &[u8]) -> Option<(&[u8], usize)> {
    let start = &block[..block.len().min(MAX_HEADER_BYTES)];
    let mut line_start = 0;
    for end in memchr::memchr_iter(b'\n', start) {
        if start[line_start..end].trim_ascii().is_empty() {
            return Some((&start[..line_start], end + 1));
        }
        line_start = end + 1;
    }
    None
}

/// The chunks of a body as one; `None` if it is not in chunks, or not whole.
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let end = memchr::memchr(b'\n', rest)?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(body);
        }
        let (chunk, behind) = rest.split_at_checked(size)?;
        body.extend_from_slice(chunk);
        rest = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n"))?;
    }
}

/// Takes one encoding off.
fn decoded(body: Vec<u8>, encoding: &str, options: &Options) -> Result<Vec<u8>, Rejection> {
    let compression = match encoding {
        "" | "identity" | "none" => return Ok(body),
        "gzip" | "x-gzip" => Compression::Gzip,
        "zstd" => Compression::Zstd,
        "deflate" => {
            // By the standard with a header of zlib, which some servers leave out.
            let zlib = bounded(flate2::read::ZlibDecoder::new(&body[..]), options);
            return match (zlib, is_text(&body)) {
                (Ok(unpacked), _) => Ok(unpacked),
                (Err(_), true) => Ok(body),
                (Err(_), false) => bounded(flate2::read::DeflateDecoder::new(&body[..]), options),
            };
        }
        // Stored unpacked after all.
        _ if is_text(&body) => return Ok(body),
        other => {
            let detail = format!("Content-Encoding `{}`", shown(other));
            return Err(rejection("unsupported", detail));
        }
    };
    if Compression::of_bytes(&body) != compression {
        return Ok(body);
    }
    let compressed: ByteStream = Box::new(std::io::Cursor::new(body));
    bounded(Box::new(Decompressed::new(compressed, compression, options.limits())), options)
}

/// Whether it begins like something to read.
fn is_text(body: &[u8]) -> bool {
    let start = &body[..body.len().min(64)];
    !start.iter().any(|byte| *byte < b' ' && !byte.is_ascii_whitespace())
}

fn bounded(stream: impl Read, options: &Options) -> Result<Vec<u8>, Rejection> {
    let limit = options.max_document_bytes.max(options.max_page_bytes);
    let mut body = Vec::new();
    let read = stream.take(limit.saturating_add(1)).read_to_end(&mut body);
    if let Err(error) = read {
        let why = rejection_of(&error);
        return Err(match &*why.reason {
            "unreadable" => rejection("corrupt_compression", format!("of the page: {error}")),
            _ => why,
        });
    }
    match body.len() as u64 > limit {
        true => Err(rejection("document_too_large", format!("more than {limit} bytes"))),
        false => Ok(body),
    }
}
