//! The text of a record file as a stream of UTF-8 bytes, whatever its encoding and compression.
//!
//! The encoding is found out from the first 64 KiB. UTF-8 is passed on as it is, broken bytes and all, so that records
//! can be decoded one by one; anything else is decoded on the way.

use std::io::{self, Read};
use std::path::Path;

use encoding_rs::UTF_8;

use super::charset::{Charset, Detected, SAMPLE_BYTES, detect_sample};
use super::compress::{DAMAGED_MEMBER, Decompressed};
use super::decode::utf_32_unit;
use super::detail::rejection_of;
use super::format::Magic;
use super::open::open;
use super::{Compression, Format, Options};
use crate::document::Rejection;

/// Encoded bytes that are decoded at once.
const CHUNK_BYTES: usize = 16 << 10;

/// The decompressed bytes of a file.
pub(super) type ByteStream = Box<dyn Read + Send>;

/// Opens a file and decompresses it on the way.
///
/// # Errors
///
/// What [`open`] says.
pub(super) fn open_bytes(
    path: &Path,
    compression: Compression,
    options: &Options,
) -> Result<Decompressed, Rejection> {
    let file = open(path)?;
    Ok(Decompressed::new(Box::new(file), compression, options.limits()))
}

/// Bytes that tell a format for sure.
const MAGIC_BYTES: u64 = 512;

/// What the first bytes of a stream say it is, or else its name, and the stream with them.
pub(super) fn peek(mut rest: Decompressed, named: Format) -> (Option<Magic>, ByteStream) {
    if named == Format::Warc {
        rest.resume_behind_damage();
    }
    let mut start = Vec::new();
    let read = rest.by_ref().take(MAGIC_BYTES).read_to_end(&mut start);
    let magic = Magic::of(&start);
    if magic == Some(Magic::Warc) {
        rest.resume_behind_damage();
    }
    // Any other error is left for the stream, which fails again when it is asked again.
    let damage = read.err().filter(|error| rejection_of(error).reason == DAMAGED_MEMBER);
    let start = io::Cursor::new(start).chain(FailsOnce(damage));
    (magic, Box::new(start.chain(rest)))
}

/// Nothing but an error, once.
struct FailsOnce(Option<io::Error>);

impl Read for FailsOnce {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A record file, open as UTF-8 without byte order mark.
pub(super) struct OpenText {
    pub(super) stream: ByteStream,
    pub(super) detected: Detected,
    /// The first bytes of the stream.
    pub(super) sample: Vec<u8>,
    /// Where the stream begins in the decompressed file; `None` where it is transcoded.
    pub(super) start: Option<u64>,
}

/// The text of a record file as UTF-8, without byte order mark, with its encoding and its first bytes.
/// Trouble of the stream comes up when it gets there.
pub(super) fn text_of(mut rest: ByteStream, options: &Options) -> OpenText {
    let mut sample = Vec::with_capacity(SAMPLE_BYTES);
    // An error is left for the stream, where the text before it counts: readers fail again when they are asked again.
    let _ = rest.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample);
    let detected = match options.forced_charset() {
        Some(charset) => Detected { charset, is_ascii_so_far: false },
        None => detect_sample(&sample),
    };
    let mark_len = detected.charset.mark_len(&sample);
    sample.drain(..mark_len);
    let whole = io::Cursor::new(sample.clone()).chain(rest);
    if detected.charset == Charset::UTF_8 {
        let start = Some(mark_len as u64);
        return OpenText { stream: Box::new(whole), detected, sample, start };
    }
    let mut first = Vec::new();
    let mut start_reader = Transcoded::new(&sample[..], detected.charset);
    start_reader.read_to_end(&mut first).expect("reading from memory cannot fail");
    let stream = Box::new(Transcoded::new(whole, detected.charset));
    OpenText { stream, detected, sample: first, start: None }
}

/// UTF-8 from a stream in another encoding.
struct Transcoded<R> {
    inner: R,
    charset: Charset,
    decoder: encoding_rs::Decoder,
    /// Bytes of a UTF-32 unit that is not complete yet.
    carried: Vec<u8>,
    text: Vec<u8>,
    start: usize,
    is_finished: bool,
}

impl<R: Read> Transcoded<R> {
    fn new(inner: R, charset: Charset) -> Self {
        let encoding = match charset {
            Charset::Known(encoding) => encoding,
            // Not asked: UTF-32 is decoded here.
            Charset::Utf32Le | Charset::Utf32Be => UTF_8,
        };
        Self {
            inner,
            charset,
            decoder: encoding.new_decoder_without_bom_handling(),
            carried: Vec::new(),
            text: Vec::new(),
            start: 0,
            is_finished: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        let count = self.inner.read(&mut chunk)?;
        self.is_finished = count == 0;
        self.start = 0;
        self.text.clear();
        match self.charset {
            Charset::Known(_) => self.decode_known(&chunk[..count]),
            Charset::Utf32Le | Charset::Utf32Be => self.decode_utf_32(&chunk[..count]),
        }
        Ok(())
    }

    fn decode_known(&mut self, chunk: &[u8]) {
        let room = self.decoder.max_utf8_buffer_length(chunk.len());
        let room = room.expect("a chunk's length times three fits into usize");
        self.text.resize(room, 0);
        let (_, _, written, _) =
            self.decoder.decode_to_utf8(chunk, &mut self.text, self.is_finished);
        self.text.truncate(written);
    }

    fn decode_utf_32(&mut self, chunk: &[u8]) {
        self.carried.extend_from_slice(chunk);
        let usable = if self.is_finished { self.carried.len() } else { self.carried.len() & !3 };
        for unit in self.carried[..usable].chunks(4) {
            let c = utf_32_unit(self.charset, unit).unwrap_or('\u{fffd}');
            self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        self.carried.drain(..usable);
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.start == self.text.len() {
            if self.is_finished {
                return Ok(0);
            }
            self.refill()?;
        }
        let count = (&self.text[self.start..]).read(buffer)?;
        self.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::compress::tests::gzip;
    use super::super::decode::tests::wide;
    use super::*;

    #[test]
    fn a_stream_is_decoded_however_it_is_cut_into_pieces() {
        // Longer than sample and chunk, with characters of every width.
        let text = "Zürich — 東京 😀 a\n".repeat(9000);
        let options = Options::default();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        let mut table = vec![("UTF-8", text.clone().into_bytes())];
        for charset in ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"] {
            table.push((charset, wide(&text, charset)));
            table.push((charset, wide(&format!("\u{feff}{text}"), charset)));
        }
        for (name, bytes) in table {
            for (compression, bytes) in
                [(Compression::None, bytes.clone()), (Compression::Gzip, gzip(&bytes))]
            {
                fs::write(&path, bytes).unwrap();
                let OpenText { mut stream, detected, sample: start, .. } =
                    text_of(Box::new(open_bytes(&path, compression, &options).unwrap()), &options);
                let mut read = String::new();
                stream.read_to_string(&mut read).unwrap();
                assert_eq!(detected.charset.name(), name);
                assert!(read == text, "{name}");
                assert!(text.as_bytes().starts_with(&start[..start.len() - 4]), "{name}");
            }
        }
    }
}
