//! A frame: some bytes with their length and their checksum.
//!
//! `length u32 · xxh3 of the bytes u64 · bytes`, integers little-endian. The hash is seeded with the place of the frame: one
//! that is whole and stands where another one was written is as wrong as a damaged one.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Bytes before those of a frame.
pub const HEADER_BYTES: usize = 12;

/// One frame, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub bytes: Vec<u8>,
    hash: u64,
    place: u64,
}

impl Frame {
    /// Whether the bytes are those that were written at this place.
    pub fn is_intact(&self) -> bool {
        xxh3_64_with_seed(&self.bytes, self.place) == self.hash
    }

    /// Bytes that it takes, the header among them.
    pub fn len(&self) -> u64 {
        (HEADER_BYTES + self.bytes.len()) as u64
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Writes a frame and tells how many bytes it takes. `place` is where it will be looked for: any number that no other frame
/// has which might be found there.
pub fn write(out: &mut impl Write, place: u64, bytes: &[u8]) -> io::Result<u64> {
    let len = u32::try_from(bytes.len())
        .map_err(|_| io::Error::other("a document over 4 GiB cannot be laid down"))?;
    let mut header = [0u8; HEADER_BYTES];
    header[..4].copy_from_slice(&len.to_le_bytes());
    header[4..].copy_from_slice(&xxh3_64_with_seed(bytes, place).to_le_bytes());
    out.write_all(&header)?;
    out.write_all(bytes)?;
    Ok((HEADER_BYTES + bytes.len()) as u64)
}

/// The next frame of a stream; `None` at its end. Whether it is intact, the caller asks.
pub fn read(input: &mut impl Read, place: u64) -> io::Result<Option<Frame>> {
    let mut start = [0u8; HEADER_BYTES];
    match input.read_exact(&mut start) {
        Ok(()) => {}
        Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(why) => return Err(why),
    }
    let (len, hash) = header(&start);
    let mut bytes = vec![0u8; len];
    input.read_exact(&mut bytes)?;
    Ok(Some(Frame { bytes, hash, place }))
}

/// Length and hash that a header tells.
pub(super) fn header(bytes: &[u8]) -> (usize, u64) {
    let mut len = [0u8; 4];
    let mut hash = [0u8; 8];
    len.copy_from_slice(&bytes[..4]);
    hash.copy_from_slice(&bytes[4..HEADER_BYTES]);
    (u32::from_le_bytes(len) as usize, u64::from_le_bytes(hash))
}

/// A frame from its parts.
pub(super) fn frame(bytes: Vec<u8>, hash: u64, place: u64) -> Frame {
    Frame { bytes, hash, place }
}
