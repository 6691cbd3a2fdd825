//! Zip archives: the members that the directory at the end lists, in its order.
//!
//! The directory is read with the crate `rawzip`, and held in memory: its names and 40 bytes a member. Members are checked
//! against size and checksum.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rawzip::{
    CompressionMethod, RangeReader, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator,
};

use super::archive::{Item, Items, Member};
use super::compress::{Decompressed, Limits, WARM_UP_BYTES};
use super::detail::{rejection, rejection_of, stop};
use super::open::{AnyPlace, open};
use super::transcode::ByteStream;
use super::{Compression, Options};
use crate::document::Rejection;

/// Largest directory that is held in memory, in bytes: two million members or so.
const MAX_DIRECTORY_BYTES: u64 = 256 << 20;

impl ReaderAt for AnyPlace {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.read_at(buffer, offset)
    }
}

/// Opens an archive and reads its directory.
///
/// # Errors
///
/// What [`open`] says; `corrupt_archive`, `archive_too_large`, or `decompression_bomb` where members overlap.
pub(super) fn open_zip(path: &Path, options: &Options) -> Result<Items, Rejection> {
    let file = Arc::new(open(path)?.at_any_place());
    let size = file.size_bytes();
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let damaged = |error: rawzip::Error| {
        let why = rejection("corrupt_archive", format!("the directory at its end: {error}"));
        file.check().err().unwrap_or(why)
    };
    let archive = ZipLocator::new()
        .locate_in_reader(file.clone(), &mut buffer, size)
        .map_err(|(_, error)| damaged(error))?;
    let directory_bytes = size.saturating_sub(archive.directory_offset());
    if directory_bytes > MAX_DIRECTORY_BYTES {
        let detail =
            format!("a directory of {directory_bytes} bytes; the limit is {MAX_DIRECTORY_BYTES}");
        return Err(rejection("archive_too_large", detail));
    }
    let mut members = Vec::new();
    let mut entries = archive.entries(&mut buffer);
    while let Some(entry) = entries.next_entry().map_err(damaged)? {
        if entry.is_dir() {
            continue;
        }
        members.push(Listed {
            path: entry.file_path().as_bytes().into(),
            place: entry.wayfinder(),
            start: entry.local_header_offset(),
            method: entry.compression_method(),
            crc: entry.crc32(),
            is_encrypted: entry.flags().is_encrypted(),
        });
    }
    if let Some(at) = overlap(&members) {
        let detail = format!("two members share the bytes at {at}");
        return Err(rejection("decompression_bomb", detail));
    }
    let total = Total { out: AtomicU64::new(0), archive_bytes: size, limits: options.limits() };
    Ok(Box::new(Zip {
        archive,
        members: members.into_iter(),
        total: Arc::new(total),
        is_finished: false,
    }))
}

/// A member as the directory lists it.
struct Listed {
    path: Box<[u8]>,
    place: ZipArchiveEntryWayfinder,
    /// Its first byte, header and all.
    start: u64,
    method: CompressionMethod,
    crc: u32,
    is_encrypted: bool,
}

/// Where two members share bytes, if any do: a small archive of them unpacks to a large one.
fn overlap(members: &[Listed]) -> Option<u64> {
    let mut places: Vec<(u64, u64)> = members
        .iter()
        .map(|member| {
            (member.start, member.start.saturating_add(member.place.compressed_size_hint()))
        })
        .collect();
    places.sort_unstable();
    let shared = places.windows(2).find(|pair| pair[1].0 < pair[0].1 || pair[1].0 == pair[0].0)?;
    Some(shared[1].0)
}

struct Zip {
    archive: ZipArchive<Arc<AnyPlace>>,
    members: std::vec::IntoIter<Listed>,
    total: Arc<Total>,
    is_finished: bool,
}

/// What all members have come to.
struct Total {
    out: AtomicU64,
    archive_bytes: u64,
    limits: Limits,
}

impl Iterator for Zip {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.is_finished {
            return None;
        }
        if let Err(why) = self.total.check() {
            self.is_finished = true;
            return Some(Item::Refused(Vec::new(), why));
        }
        let Some(member) = self.members.next() else {
            self.is_finished = true;
            return self.archive.get_ref().check().err().map(|why| Item::Refused(Vec::new(), why));
        };
        let path = member.path.to_vec();
        Some(match self.open(&member) {
            Ok(stream) => Item::Member(Member { path, stream }),
            Err(why) => Item::Refused(path, why),
        })
    }
}

impl Zip {
    fn open(&self, member: &Listed) -> Result<ByteStream, Rejection> {
        if member.is_encrypted || member.method == CompressionMethod::AES {
            return Err(rejection("encrypted", "the member is encrypted"));
        }
        let damaged =
            |error: rawzip::Error| rejection("corrupt_archive", format!("its header: {error}"));
        let entry = self.archive.get_entry(member.place).map_err(damaged)?;
        let (start, end) = entry.compressed_data_range();
        let file: Arc<AnyPlace> = self.archive.get_ref().clone();
        let range: ByteStream = Box::new(RangeReader::new(file, start..end));
        let decompressed = |compression| -> ByteStream {
            let range = RangeReader::new(self.archive.get_ref().clone(), start..end);
            Box::new(Decompressed::new(Box::new(range), compression, self.total.limits))
        };
        let inner: ByteStream = match member.method {
            CompressionMethod::STORE => range,
            CompressionMethod::DEFLATE => Box::new(flate2::read::DeflateDecoder::new(range)),
            CompressionMethod::BZIP2 => decompressed(Compression::Bzip2),
            CompressionMethod::ZSTD => decompressed(Compression::Zstd),
            CompressionMethod::XZ => decompressed(Compression::Xz),
            method => {
                let detail = format!("compressed by method {}", method.as_u16());
                return Err(rejection("unsupported", detail));
            }
        };
        Ok(Box::new(Checked {
            inner,
            sum: flate2::Crc::new(),
            out: 0,
            bytes_in: member.place.compressed_size_hint(),
            bytes_out: member.place.uncompressed_size_hint(),
            crc: member.crc,
            total: self.total.clone(),
            failed: None,
        }))
    }
}

impl Total {
    fn check(&self) -> Result<(), Rejection> {
        let out = self.out.load(Ordering::Relaxed);
        check_ratio(out, self.archive_bytes, self.limits, "the archive")
    }
}

/// Whether this many bytes may come out of those.
///
/// # Errors
///
/// `decompression_bomb` if they are out of proportion, or too many.
pub(super) fn check_ratio(
    out: u64,
    bytes_in: u64,
    limits: Limits,
    what: &str,
) -> Result<(), Rejection> {
    let Limits { max_ratio, max_bytes } = limits;
    let is_out_of_proportion = out > WARM_UP_BYTES && out / max_ratio.max(1) > bytes_in;
    if !is_out_of_proportion && out <= max_bytes {
        return Ok(());
    }
    let detail = format!(
        "{out} bytes from {bytes_in} bytes of {what}; the limits are {max_ratio} to 1 and {max_bytes} bytes"
    );
    Err(rejection("decompression_bomb", detail))
}

/// The bytes of a member; fails at the end if they are not those that were packed. Once failed, it fails for ever.
struct Checked {
    inner: ByteStream,
    sum: flate2::Crc,
    out: u64,
    /// As the directory has them.
    bytes_in: u64,
    bytes_out: u64,
    crc: u32,
    total: Arc<Total>,
    failed: Option<Rejection>,
}

impl Checked {
    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, Rejection> {
        let count = match self.inner.read(buffer) {
            Ok(count) => count,
            Err(error) => {
                let why = rejection_of(&error);
                let is_of_the_system = why.reason != "unreadable" || error.raw_os_error().is_some();
                return Err(match is_of_the_system {
                    true => why,
                    false => self.corrupt(&error.to_string()),
                });
            }
        };
        self.sum.update(&buffer[..count]);
        self.out += count as u64;
        if count > 0 {
            let total = self.total.out.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
            let limits = self.total.limits;
            check_ratio(self.out, self.bytes_in, limits, "the member")?;
            check_ratio(total, self.total.archive_bytes, limits, "the archive")?;
            return match self.out > self.bytes_out {
                true => Err(self.corrupt("it is longer than the directory says")),
                false => Ok(count),
            };
        }
        if self.out != self.bytes_out {
            return Err(self.corrupt(&format!("the directory says {}", self.bytes_out)));
        }
        match self.sum.sum() == self.crc {
            true => Ok(0),
            false => Err(self.corrupt("the checksum is wrong")),
        }
    }

    fn corrupt(&self, what: &str) -> Rejection {
        rejection("corrupt_compression", format!("after {} decompressed bytes: {what}", self.out))
    }
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let result = match &self.failed {
            Some(why) => Err(why.clone()),
            None => self.advance(buffer),
        };
        result.map_err(|why| {
            self.failed = Some(why.clone());
            stop(why)
        })
    }
}
