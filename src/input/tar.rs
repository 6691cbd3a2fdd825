//! Tar archives as a stream: ustar, with the long names of GNU and POSIX.
//!
//! The headers are read with the crate `tar`; its iterator lends members, and an iterator of records cannot live on loans.
//! Behind a damaged header the next one is looked for, so that one costs its member and not the rest.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use tar::{EntryType, Header, PaxExtensions};

use super::archive::{Item, Member};
use super::detail::{rejection, rejection_of, stop};
use super::transcode::ByteStream;
use crate::document::Rejection;

const BLOCK_BYTES: usize = 512;

/// Longest name or list of attributes that is held in memory, in bytes.
const MAX_EXTENSION_BYTES: u64 = 1 << 20;

/// The members of a tar stream.
pub(super) struct Tar {
    /// Lent to the member that is being read.
    stream: Arc<Mutex<Blocks>>,
    is_finished: bool,
}

/// The stream, and how much of the member is left.
struct Blocks {
    stream: ByteStream,
    /// Bytes before the next one.
    offset: u64,
    left: u64,
    /// Zero bytes behind the member, up to a whole block.
    padding: u64,
    has_end_mark: bool,
}

impl Tar {
    pub(super) fn new(stream: ByteStream) -> Self {
        let blocks = Blocks { stream, offset: 0, left: 0, padding: 0, has_end_mark: false };
        Self { stream: Arc::new(Mutex::new(blocks)), is_finished: false }
    }
}

impl Iterator for Tar {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.is_finished {
            return None;
        }
        let found = self.stream.lock().unwrap_or_else(PoisonError::into_inner).next_member();
        match found {
            Ok(Some((path, Ok(())))) => {
                let stream = Box::new(Data(self.stream.clone()));
                Some(Item::Member(Member { path, stream }))
            }
            Ok(Some((path, Err(why)))) => Some(Item::Refused(path, why)),
            Ok(None) => {
                self.is_finished = true;
                None
            }
            Err(why) => {
                self.is_finished = true;
                Some(Item::Refused(Vec::new(), why))
            }
        }
    }
}

/// The bytes of the member that is being read.
struct Data(Arc<Mutex<Blocks>>);

impl Read for Data {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read_data(buffer)
    }
}

/// A path, and why its member is not read.
type Found = (Vec<u8>, Result<(), Rejection>);

impl Blocks {
    /// Goes to the next member that is a file. An error ends the archive.
    fn next_member(&mut self) -> Result<Option<Found>, Rejection> {
        self.skip_member()?;
        let (mut long_name, mut pax_size, mut is_sparse) = (None, None, false);
        loop {
            let Some(header) = self.header()? else { return Ok(None) };
            let header = match header {
                Ok(header) => header,
                Err(why) => return Ok(Some((Vec::new(), Err(why)))),
            };
            let size = pax_size.take().map_or_else(|| header.entry_size(), Ok);
            let Ok(size) = size else {
                return Err(self.damaged("a member has no size"));
            };
            self.left = size;
            self.padding = size.wrapping_neg() % BLOCK_BYTES as u64;
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut name = self.extension()?;
                    while name.last() == Some(&0) {
                        name.pop();
                    }
                    long_name = Some(name);
                }
                EntryType::XHeader => {
                    let extension = self.extension()?;
                    for pair in PaxExtensions::new(&extension).flatten() {
                        match pair.key_bytes() {
                            b"path" => long_name = Some(pair.value_bytes().to_vec()),
                            b"size" => pax_size = pair.value().ok().and_then(|n| n.parse().ok()),
                            key => is_sparse |= key.starts_with(b"GNU.sparse."),
                        }
                    }
                    self.skip_member()?;
                    continue;
                }
                EntryType::GNULongLink | EntryType::XGlobalHeader => {}
                EntryType::Directory => long_name = None,
                kind => {
                    let path = long_name.unwrap_or_else(|| header.path_bytes().into_owned());
                    // Before POSIX a folder was a file with a slash behind its name.
                    let is_folder = path.ends_with(b"/");
                    if is_folder || path.is_empty() {
                        long_name = None;
                        self.skip_member()?;
                        continue;
                    }
                    return Ok(Some((path, judge(kind, is_sparse))));
                }
            }
            self.skip_member()?;
        }
    }

    /// The next header, `None` at the end. If the one that should be here is damaged, the row for it.
    fn header(&mut self) -> Result<Option<Result<Header, Rejection>>, Rejection> {
        let mut damaged_at = None;
        loop {
            let at = self.offset;
            let mut header = Header::new_old();
            let block = header.as_mut_bytes();
            let count = self.fill(block)?;
            if count == 0 && damaged_at.is_none() {
                return match self.has_end_mark {
                    true => Ok(None),
                    false => Err(rejection("cut_off", "the archive ends without its end mark")),
                };
            }
            let is_end = count < BLOCK_BYTES;
            if !is_end && block.iter().all(|byte| *byte == 0) && damaged_at.is_none() {
                self.has_end_mark = true;
                continue;
            }
            let is_header = !is_end && is_header(&header);
            match damaged_at {
                None if is_header => return Ok(Some(Ok(header))),
                // A block that was looked at for nothing belongs to the member behind the damage.
                Some(from) if is_header || is_end => {
                    let detail = format!(
                        "no member begins at byte {from} of the archive; {} bytes were passed over",
                        at - from
                    );
                    let reason = match self.has_end_mark {
                        true => "trailing_garbage",
                        false => "corrupt_archive",
                    };
                    if is_end {
                        self.has_end_mark = true;
                    } else {
                        self.put_back(&header);
                    }
                    return Ok(Some(Err(rejection(reason, detail))));
                }
                None if is_end => {
                    return Err(rejection("cut_off", "the archive ends within a header"));
                }
                None => damaged_at = Some(at),
                Some(_) => {}
            }
        }
    }

    fn put_back(&mut self, header: &Header) {
        let rest = std::mem::replace(&mut self.stream, Box::new(io::empty()));
        let block = io::Cursor::new(header.as_bytes().to_vec());
        self.stream = Box::new(block.chain(rest));
        self.offset -= BLOCK_BYTES as u64;
    }

    /// Reads a block, or what there is of it.
    fn fill(&mut self, block: &mut [u8]) -> Result<usize, Rejection> {
        let mut count = 0;
        while count < block.len() {
            let read = self.stream.read(&mut block[count..]);
            match read.map_err(|error| rejection_of(&error))? {
                0 => break,
                more => count += more,
            }
        }
        self.offset += count as u64;
        Ok(count)
    }

    fn extension(&mut self) -> Result<Vec<u8>, Rejection> {
        if self.left > MAX_EXTENSION_BYTES {
            return Err(self.damaged("a name is too long"));
        }
        let mut bytes = vec![0; usize::try_from(self.left).unwrap_or_default()];
        let count = self.fill(&mut bytes)?;
        self.left -= count as u64;
        match self.left {
            0 => Ok(bytes),
            _ => Err(rejection("cut_off", "the archive ends within a name")),
        }
    }

    /// Passes over what is left of the member.
    fn skip_member(&mut self) -> Result<(), Rejection> {
        let mut left = self.left + self.padding;
        (self.left, self.padding) = (0, 0);
        let mut buffer = [0; 16 << 10];
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            match self.fill(&mut buffer[..count])? {
                0 => return Err(rejection("cut_off", "the archive ends within a member")),
                count => left -= count as u64,
            }
        }
        Ok(())
    }

    fn read_data(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if count == 0 {
            return Ok(0);
        }
        let count = self.stream.read(&mut buffer[..count])?;
        if count == 0 {
            return Err(stop(rejection("cut_off", "the archive ends within this member")));
        }
        self.left -= count as u64;
        self.offset += count as u64;
        Ok(count)
    }

    fn damaged(&self, what: &str) -> Rejection {
        let detail =
            format!("{what}, before byte {}; the rest of the archive is not read", self.offset);
        rejection("corrupt_archive", detail)
    }
}

/// Whether this may be read.
fn judge(kind: EntryType, is_sparse: bool) -> Result<(), Rejection> {
    match kind {
        EntryType::GNUSparse => Err(rejection("unsupported", "a file with holes")),
        _ if is_sparse => Err(rejection("unsupported", "a file with holes")),
        EntryType::Regular | EntryType::Continuous => Ok(()),
        EntryType::Link | EntryType::Symlink => {
            Err(rejection("not_a_regular_file", "a link to another member"))
        }
        EntryType::Char | EntryType::Block | EntryType::Fifo => {
            Err(rejection("not_a_regular_file", "a device or a FIFO"))
        }
        _ => Err(rejection("unsupported", "a kind of member that is not known")),
    }
}

/// Whether the sum of the bytes is what the header says; its own field counts as spaces.
fn is_header(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let expected = sum(&bytes[..148]) + 8 * u32::from(b' ') + sum(&bytes[156..]);
    header.cksum().is_ok_and(|found| found == expected)
}
