//! Decompression as a stream: every gzip member, every zstd frame, with limits against decompression bombs.
//!
//! Zero bytes behind the last member are padding (tape blocks) and are passed over. Any other trailing bytes end the
//! stream with `trailing_garbage`, after all data before them. A file that is cut exactly between two members cannot be
//! told from a whole one.

use std::io::{self, BufRead, Read};

use super::Compression;
use super::detail::{rejection, rejection_of, stop};
use crate::document::Rejection;

/// The ratio is not looked at before this many bytes have come out: short runs of one letter compress without bound.
const WARM_UP_BYTES: u64 = 16 << 20;

/// Bytes taken from the file at once.
const BUFFER_BYTES: usize = 64 << 10;

/// zstd windows above 2^27 bytes (128 MiB) are refused: the window is memory.
const MAX_WINDOW_LOG: u32 = 27;

/// When a stream that grows out of proportion is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Decompressed bytes for each compressed byte.
    pub(super) max_ratio: u64,
    /// Decompressed bytes of one file.
    pub(super) max_bytes: u64,
}

/// The decompressed bytes of `R`. Once it has failed, it fails the same way for ever.
pub(super) struct Decompressed<R: Read> {
    state: State<R>,
    compression: Compression,
    limits: Limits,
    bytes_out: u64,
}

enum State<R: Read> {
    BetweenMembers(Window<R>),
    Gzip(Box<flate2::bufread::GzDecoder<Window<R>>>),
    Zstd(zstd::stream::read::Decoder<'static, Window<R>>),
    Finished,
    Failed(Rejection),
}

impl<R: Read> Decompressed<R> {
    /// Reads `compressed` as a stream of members or frames.
    pub(super) fn new(compressed: R, compression: Compression, limits: Limits) -> Self {
        let window = Window::new(compressed);
        Self { state: State::BetweenMembers(window), compression, limits, bytes_out: 0 }
    }

    /// Reads on, over the ends of members, until there are bytes or the stream ends.
    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, Rejection> {
        loop {
            let state = std::mem::replace(&mut self.state, State::Finished);
            let (count, taken, state) = match state {
                State::Finished => return Ok(0),
                State::Failed(why) => return Err(why),
                State::BetweenMembers(window) => {
                    self.state = self.next_member(window)?;
                    continue;
                }
                State::Gzip(mut member) => match member.read(buffer) {
                    Err(error) => return Err(self.corrupt(&error)),
                    Ok(0) => (0, 0, State::BetweenMembers(member.into_inner())),
                    Ok(count) => (count, member.get_ref().taken, State::Gzip(member)),
                },
                State::Zstd(mut frame) => match frame.read(buffer) {
                    Err(error) => return Err(self.corrupt(&error)),
                    Ok(0) => (0, 0, State::BetweenMembers(frame.finish())),
                    Ok(count) => (count, frame.get_ref().taken, State::Zstd(frame)),
                },
            };
            self.state = state;
            if count > 0 {
                self.bytes_out += count as u64;
                self.check_limits(taken)?;
                return Ok(count);
            }
        }
    }

    /// Begins the next member, or finds that there is none.
    fn next_member(&self, mut window: Window<R>) -> Result<State<R>, Rejection> {
        let is_first = window.taken == 0;
        let magic = window.peek().map_err(|error| rejection_of(&error))?;
        let is_member = match self.compression {
            Compression::Gzip => magic.starts_with(&[0x1f, 0x8b]),
            Compression::Zstd => {
                magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                    || (magic.ends_with(&[0x2a, 0x4d, 0x18]) && magic[0] >> 4 == 5)
            }
            Compression::None => false,
        };
        if is_member {
            return match self.compression {
                Compression::Zstd => {
                    let frame = zstd::stream::read::Decoder::with_buffer(window)
                        .and_then(|mut frame| {
                            frame.window_log_max(MAX_WINDOW_LOG).map(|()| frame.single_frame())
                        })
                        .map_err(|error| self.corrupt(&error))?;
                    Ok(State::Zstd(frame))
                }
                _ => Ok(State::Gzip(Box::new(flate2::bufread::GzDecoder::new(window)))),
            };
        }
        if magic.is_empty() && is_first {
            return Err(rejection("corrupt_compression", "the file is empty"));
        }
        if is_first {
            let name = self.compression.name();
            return Err(rejection("corrupt_compression", format!("this is not {name} data")));
        }
        let garbage_at = window.taken;
        if window.skip_zeros().map_err(|error| rejection_of(&error))? {
            return Ok(State::Finished);
        }
        let detail = format!(
            "unknown bytes after byte {garbage_at} of the file; the {} decompressed bytes before are kept",
            self.bytes_out
        );
        Err(rejection("trailing_garbage", detail))
    }

    fn check_limits(&self, bytes_in: u64) -> Result<(), Rejection> {
        let Limits { max_ratio, max_bytes } = self.limits;
        let is_out_of_proportion =
            self.bytes_out > WARM_UP_BYTES && self.bytes_out / max_ratio.max(1) > bytes_in;
        if !is_out_of_proportion && self.bytes_out <= max_bytes {
            return Ok(());
        }
        let detail = format!(
            "{} bytes from {bytes_in} compressed ones; the limits are {max_ratio} to 1 and {max_bytes} bytes",
            self.bytes_out
        );
        Err(rejection("decompression_bomb", detail))
    }

    fn corrupt(&self, error: &io::Error) -> Rejection {
        let why = rejection_of(error);
        if why.reason != "unreadable" || error.raw_os_error().is_some() {
            return why;
        }
        let detail = format!("after {} decompressed bytes: {error}", self.bytes_out);
        rejection("corrupt_compression", detail)
    }
}

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.advance(buffer).map_err(|why| {
            self.state = State::Failed(why.clone());
            stop(why)
        })
    }
}

/// A buffered reader that can look four bytes ahead and knows how many bytes were taken.
struct Window<R> {
    inner: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    taken: u64,
}

impl<R: Read> Window<R> {
    fn new(inner: R) -> Self {
        Self { inner, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, taken: 0 }
    }

    /// The next four bytes; fewer at the end of the file only.
    fn peek(&mut self) -> io::Result<&[u8]> {
        if self.end - self.start < 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < 4 {
                match self.inner.read(&mut self.buffer[self.end..])? {
                    0 => break,
                    count => self.end += count,
                }
            }
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + 4)])
    }

    /// Whether there is nothing but zero bytes up to the end of the file.
    fn skip_zeros(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            if bytes.is_empty() {
                return Ok(true);
            }
            if bytes.iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
            let count = bytes.len();
            self.consume(count);
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = self.inner.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.taken += count as u64;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;

    pub(in super::super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    pub(in super::super) fn zstandard(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    const LIMITS: Limits = Limits { max_ratio: 200, max_bytes: 1 << 40 };

    fn read_all(bytes: &[u8], compression: Compression) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        let mut stream = Decompressed::new(bytes, compression, LIMITS);
        let failed = stream.read_to_end(&mut text).err();
        if failed.is_some() {
            assert!(stream.read(&mut [0; 8]).is_err(), "a failure stays");
        }
        (text, failed.map(|error| rejection_of(&error).reason.into_owned()))
    }

    type Compress = fn(&[u8]) -> Vec<u8>;
    const KINDS: [(Compression, Compress); 2] =
        [(Compression::Gzip, gzip), (Compression::Zstd, zstandard)];

    #[test]
    fn every_member_is_read_and_what_follows_is_told_apart() {
        for (compression, compress) in KINDS {
            let two = [compress(b"one "), compress(b"two")].concat();
            let table: &[(&str, Vec<u8>, &str, Option<&str>)] = &[
                ("one member", compress(b"one"), "one", None),
                ("two members", two.clone(), "one two", None),
                (
                    "an empty member between",
                    [compress(b"a"), compress(b""), compress(b"b")].concat(),
                    "ab",
                    None,
                ),
                ("nothing in it", compress(b""), "", None),
                ("zero padding", [two.clone(), vec![0; 512]].concat(), "one two", None),
                (
                    "garbage behind",
                    [two.clone(), b"garbage".to_vec()].concat(),
                    "one two",
                    Some("trailing_garbage"),
                ),
                (
                    "a stray byte",
                    [two.clone(), vec![7]].concat(),
                    "one two",
                    Some("trailing_garbage"),
                ),
                (
                    "zeros, then a member",
                    [two.clone(), vec![0; 9], compress(b"x")].concat(),
                    "one two",
                    Some("trailing_garbage"),
                ),
                ("empty file", Vec::new(), "", Some("corrupt_compression")),
                ("plain text", b"plain".to_vec(), "", Some("corrupt_compression")),
                ("zeros alone", vec![0; 512], "", Some("corrupt_compression")),
            ];
            for (name, bytes, text, failure) in table {
                let (read, failed) = read_all(bytes, compression);
                assert_eq!(String::from_utf8_lossy(&read), *text, "{name} {compression:?}");
                assert_eq!(failed.as_deref(), *failure, "{name} {compression:?}");
            }
        }
        let skippable =
            [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstandard(b"x")].concat();
        assert_eq!(read_all(&skippable, Compression::Zstd), (b"x".to_vec(), None));
    }

    #[test]
    fn a_stream_cut_anywhere_fails_after_its_intact_beginning() {
        let text: Vec<u8> =
            (0u32..4000).flat_map(|n| format!("{} ", n * n % 7919).into_bytes()).collect();
        for (compression, compress) in KINDS {
            let whole = compress(&text);
            for cut in (0..whole.len()).step_by(7) {
                let (read, failed) = read_all(&whole[..cut], compression);
                assert_eq!(
                    failed.as_deref(),
                    Some("corrupt_compression"),
                    "{compression:?} at {cut}"
                );
                assert!(text.starts_with(&read), "{compression:?} at {cut}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_never_panics_and_never_passes_as_the_same_text() {
        let text =
            b"The harbour bridge opened to traffic on Monday after two years of work.".repeat(20);
        for (compression, compress) in KINDS {
            let whole = compress(&text);
            for at in 0..whole.len() {
                let mut broken = whole.clone();
                broken[at] ^= 0x10;
                let (read, failed) = read_all(&broken, compression);
                // The gzip header's time stamp is not protected; zstd frames carry no checksum unless asked.
                assert!(
                    failed.is_some() || read == text || compression == Compression::Zstd,
                    "{at}"
                );
            }
        }
    }

    #[test]
    fn bombs_are_given_up() {
        let zeros = vec![0; 40 << 20];
        for (compression, compress) in KINDS {
            let bomb = compress(&zeros);
            let (read, failed) = read_all(&bomb, compression);
            assert_eq!(failed.as_deref(), Some("decompression_bomb"), "{compression:?}");
            assert!(read.len() < 20 << 20, "{compression:?}");
            let limits = Limits { max_bytes: 1000, ..LIMITS };
            let mut stream = Decompressed::new(&bomb[..], compression, limits);
            let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(rejection_of(&error).reason, "decompression_bomb");
        }
    }
}
