//! Decompression as a stream: every member of gzip, bzip2 and xz, every zstd frame, with limits against bombs.
//!
//! What is compressed, and how, is told by the first bytes; a name that says otherwise is wrong. Zero bytes behind the
//! last member are padding (tape blocks) and are passed over. Any other trailing bytes end the stream with
//! `trailing_garbage`, after all data before them. A file that is cut exactly between two members cannot be told from a
//! whole one.

use std::io::{self, BufRead, Read};

use super::Compression;
use super::detail::{rejection, rejection_of, stop};
use super::transcode::ByteStream;
use crate::document::Rejection;

/// The ratio is not looked at before this many bytes have come out: short runs of one letter compress without bound.
pub(super) const WARM_UP_BYTES: u64 = 16 << 20;

/// Bytes taken from the file at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Windows of zstd and xz above 2^27 bytes (128 MiB) are refused: the window is memory. `xz -9` takes half of that.
const MAX_WINDOW_LOG: u32 = 27;

/// How many of the first bytes are looked at.
const MAGIC_BYTES: usize = 512;

/// When a stream that grows out of proportion is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Decompressed bytes for each compressed byte.
    pub(super) max_ratio: u64,
    /// Decompressed bytes of one file.
    pub(super) max_bytes: u64,
}

/// The decompressed bytes of a stream, which may not be compressed at all. Once it has failed, it fails the same way for
/// ever.
pub(super) struct Decompressed {
    state: State,
    /// What the name says, until the first bytes say otherwise.
    compression: Compression,
    limits: Limits,
    bytes_out: u64,
}

enum State {
    BetweenMembers(Window),
    Member(Box<dyn Member>),
    Plain(Window),
    Finished,
    Failed(Rejection),
}

/// A decoder that ends where its member does.
trait Member: Read + Send {
    fn window(&self) -> &Window;
    fn into_window(self: Box<Self>) -> Window;
}

macro_rules! impl_member {
    ($decoder:ty, $window:ident, $into_window:ident) => {
        impl Member for $decoder {
            fn window(&self) -> &Window {
                self.$window()
            }

            fn into_window(self: Box<Self>) -> Window {
                (*self).$into_window()
            }
        }
    };
}

impl_member!(flate2::bufread::GzDecoder<Window>, get_ref, into_inner);
impl_member!(zstd::stream::read::Decoder<'static, Window>, get_ref, finish);
impl_member!(bzip2::bufread::BzDecoder<Window>, get_ref, into_inner);
impl_member!(lzma_rust2::XzReader<Window>, inner, into_inner);

impl Decompressed {
    /// Reads `compressed` as a stream of members or frames; `named` is how its name says that it is compressed.
    pub(super) fn new(compressed: ByteStream, named: Compression, limits: Limits) -> Self {
        let window = Window::new(compressed);
        Self { state: State::BetweenMembers(window), compression: named, limits, bytes_out: 0 }
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
                State::Plain(mut window) => {
                    let count = window.read(buffer).map_err(|error| rejection_of(&error))?;
                    self.state = State::Plain(window);
                    return Ok(count);
                }
                State::Member(mut member) => match member.read(buffer) {
                    Err(error) => return Err(self.corrupt(&error)),
                    Ok(0) => (0, 0, State::BetweenMembers(member.into_window())),
                    Ok(count) => (count, member.window().taken, State::Member(member)),
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
    fn next_member(&mut self, mut window: Window) -> Result<State, Rejection> {
        let is_first = window.taken == 0;
        let magic = window.peek().map_err(|error| rejection_of(&error))?;
        let found = Compression::of_bytes(magic);
        if is_first {
            let is_plain = self.compression == Compression::None || is_text(magic);
            if found == Compression::None && is_plain {
                return Ok(State::Plain(window));
            }
            if found != Compression::None {
                self.compression = found;
            } else {
                let name = self.compression.name();
                let detail = match magic.is_empty() {
                    true => "the file is empty".to_owned(),
                    false => format!("this is not {name} data"),
                };
                return Err(rejection("corrupt_compression", detail));
            }
        }
        if found != Compression::None && found == self.compression {
            return self.member(window).map(State::Member).map_err(|error| self.corrupt(&error));
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

    fn member(&self, window: Window) -> io::Result<Box<dyn Member>> {
        Ok(match self.compression {
            Compression::Zstd => {
                let mut frame = zstd::stream::read::Decoder::with_buffer(window)?;
                frame.window_log_max(MAX_WINDOW_LOG)?;
                Box::new(frame.single_frame())
            }
            Compression::Bzip2 => Box::new(bzip2::bufread::BzDecoder::new(window)),
            Compression::Xz => {
                let max_kib = 1 << (MAX_WINDOW_LOG - 10);
                Box::new(lzma_rust2::XzReader::new_mem_limit(window, false, max_kib))
            }
            Compression::Gzip | Compression::None => {
                Box::new(flate2::bufread::GzDecoder::new(window))
            }
        })
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

impl Read for Decompressed {
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

/// Whether a file that a name calls compressed is plain text all the same: browsers unpack what they download, and keep
/// the name.
fn is_text(start: &[u8]) -> bool {
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_some() => return false,
        Err(error) => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
    };
    !valid.is_empty() && !valid.chars().any(|c| c.is_control() && !c.is_whitespace())
}

/// A buffered reader that can look ahead and knows how many bytes were taken.
struct Window {
    inner: ByteStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    taken: u64,
}

impl Window {
    fn new(inner: ByteStream) -> Self {
        Self { inner, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, taken: 0 }
    }

    /// The next bytes; fewer at the end of the file only.
    fn peek(&mut self) -> io::Result<&[u8]> {
        if self.end - self.start < MAGIC_BYTES {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            while self.end < MAGIC_BYTES {
                match self.inner.read(&mut self.buffer[self.end..])? {
                    0 => break,
                    count => self.end += count,
                }
            }
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + MAGIC_BYTES)])
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

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && buffer.len() >= self.buffer.len() {
            let count = self.inner.read(buffer)?;
            self.taken += count as u64;
            return Ok(count);
        }
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Window {
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
pub(super) mod tests;
