//! Decompression as a stream: every member of gzip, bzip2 and xz, every zstd frame, with limits against bombs.
//!
//! What is compressed, and how, is told by the first bytes; a name that says otherwise is wrong. Zero bytes behind the
//! last member are padding (tape blocks) and are passed over. Any other trailing bytes end the stream with
//! `trailing_garbage`, after all data before them. A file that is cut exactly between two members cannot be told from a
//! whole one.
//!
//! In a WARC each record is a gzip member of its own, so that a damaged one need not be the end: there a member is handed
//! out whole or, if it is damaged, not at all, with the error `damaged_member`, behind which reading goes on with the next.

mod window;

use std::io::{self, Read};

use super::Compression;
use super::detail::{rejection, rejection_of, stop};
use super::transcode::ByteStream;
use crate::document::Rejection;
use window::Window;

/// The ratio is not looked at before this many bytes have come out: short runs of one letter compress without bound.
pub(super) const WARM_UP_BYTES: u64 = 16 << 20;

/// Windows of zstd and xz above 2^27 bytes (128 MiB) are refused: the window is memory. `xz -9` takes half of that.
const MAX_WINDOW_LOG: u32 = 27;

/// What records of a WARC begin with, and so the members that hold them.
const RECORD_BEGINNING: &[u8] = b"WARC/";

/// Decompressed bytes of a member that are held back until it is known to be whole.
const MAX_HELD_BYTES: usize = 32 << 20;

/// Decompressed bytes that are asked for at once where a member is held back.
const CHUNK_BYTES: usize = 64 << 10;

/// The reason of a damaged member behind which reading goes on.
pub(super) const DAMAGED_MEMBER: &str = "damaged_member";

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
    /// Whether reading goes on behind a damaged gzip member.
    resumes: bool,
    /// Where in the file the member begins that is being read, if it is one behind which reading may go on.
    member_start: u64,
}

enum State {
    BetweenMembers(Window),
    Member(Box<dyn Member>),
    /// Bytes that were held back, and what comes behind them.
    Held(io::Cursor<Vec<u8>>, Box<State>),
    /// To be told of, before reading goes on with the member that lies next.
    Damaged(Rejection, Window),
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
        let state = State::BetweenMembers(window);
        Self { state, compression: named, limits, bytes_out: 0, resumes: false, member_start: 0 }
    }

    /// Goes on behind a damaged gzip member from now on: a read fails once with [`DAMAGED_MEMBER`], and the next one is of
    /// the next member that holds a record of a WARC.
    pub(super) fn resume_behind_damage(&mut self) {
        self.resumes = true;
    }

    /// Reads on, over the ends of members, until there are bytes or the stream ends.
    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, Rejection> {
        loop {
            let state = std::mem::replace(&mut self.state, State::Finished);
            let (count, taken, state) = match state {
                State::Finished => return Ok(0),
                State::Failed(why) => return Err(why),
                State::BetweenMembers(window) => {
                    self.state = match self.next_member(window)? {
                        State::Member(member) if self.resumes => self.held(member)?,
                        state => state,
                    };
                    continue;
                }
                State::Held(mut bytes, behind) => {
                    let count = bytes.read(buffer).unwrap_or_default();
                    self.state = if count == 0 { *behind } else { State::Held(bytes, behind) };
                    if count == 0 {
                        continue;
                    }
                    return Ok(count);
                }
                State::Damaged(why, window) => {
                    self.state = State::BetweenMembers(window);
                    return Err(why);
                }
                State::Plain(mut window) => {
                    let count = window.read(buffer).map_err(|error| rejection_of(&error))?;
                    self.state = State::Plain(window);
                    return Ok(count);
                }
                State::Member(mut member) => match member.read(buffer) {
                    Err(error) => {
                        let window = member.into_window();
                        self.state = self.behind(&error, window)?;
                        continue;
                    }
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
            if self.resumes {
                window.mark();
                self.member_start = window.taken;
            }
            return self.member(window).map(State::Member).map_err(|error| self.corrupt(&error));
        }
        let garbage_at = window.taken;
        if window.skip_zeros().map_err(|error| rejection_of(&error))? {
            return Ok(State::Finished);
        }
        if self.resumes
            && self.compression == Compression::Gzip
            && window.find_member(RECORD_BEGINNING).map_err(|error| rejection_of(&error))?
        {
            let why = damaged_member(garbage_at, window.taken, "no gzip member begins here");
            return Ok(State::Damaged(why, window));
        }
        let detail = format!(
            "unknown bytes after byte {garbage_at} of the file; the {} decompressed bytes before are kept",
            self.bytes_out
        );
        Err(rejection("trailing_garbage", detail))
    }

    /// Reads a member to its end, or to where there is too much of it to be held.
    fn held(&mut self, mut member: Box<dyn Member>) -> Result<State, Rejection> {
        let mut held = Vec::new();
        let (error, mut window) = loop {
            let len = held.len();
            held.resize(len + CHUNK_BYTES, 0);
            let read = member.read(&mut held[len..]);
            held.truncate(len + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(0) => {
                    let behind = State::BetweenMembers(member.into_window());
                    return Ok(State::Held(io::Cursor::new(held), Box::new(behind)));
                }
                Ok(count) => {
                    self.bytes_out += count as u64;
                    self.check_limits(member.window().taken)?;
                    if held.len() > MAX_HELD_BYTES {
                        let behind = State::Member(member);
                        return Ok(State::Held(io::Cursor::new(held), Box::new(behind)));
                    }
                }
                Err(error) => break (error, member.into_window()),
            }
        };
        window.rewind_behind_mark();
        let behind = self.behind(&error, window)?;
        // Of several records the first ones may be whole. A single one is not, and what looks like its end may be noise.
        if memchr::memmem::find(&held, b"\r\n\r\nWARC/1.").is_none() {
            held.clear();
        }
        Ok(State::Held(io::Cursor::new(held), Box::new(behind)))
    }

    /// What comes behind a member that could not be read to its end.
    fn behind(&self, error: &io::Error, mut window: Window) -> Result<State, Rejection> {
        let why = self.corrupt(error);
        let may_go_on = self.resumes
            && self.compression == Compression::Gzip
            && why.reason == "corrupt_compression";
        let goes_on = may_go_on
            && window.find_member(RECORD_BEGINNING).map_err(|error| rejection_of(&error))?;
        Ok(match goes_on {
            true => {
                State::Damaged(damaged_member(self.member_start, window.taken, &why.detail), window)
            }
            false => State::Failed(why),
        })
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
            if why.reason != DAMAGED_MEMBER {
                self.state = State::Failed(why.clone());
            }
            stop(why)
        })
    }
}

fn damaged_member(from: u64, to: u64, what: &str) -> Rejection {
    let detail =
        format!("{what}; {} bytes from byte {from} of the file on were passed over", to - from);
    rejection(DAMAGED_MEMBER, detail)
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

#[cfg(test)]
pub(super) mod tests;
