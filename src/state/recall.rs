//! What earlier runs left: rows by path, and the frames that they point to.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::frames::{self, Frame, HEADER_BYTES};
use super::{Extent, Known, Remembered, segment_path};
use crate::error::Error;

/// Bytes that are read ahead within an extent.
const READ_BYTES: u64 = 1 << 20;
/// Segments that are open at the same time.
const MAX_OPEN: usize = 64;

/// The remembered inputs. Memory grows with the number of files.
pub struct Recall {
    inputs: FxHashMap<PathBuf, Remembered>,
    memos: FxHashMap<(PathBuf, u32), Vec<Extent>>,
    live_bytes: u64,
    segment_bytes: u64,
}

impl Recall {
    /// Takes the rows that point into segments which are there, and removes the segments that no row points to. Also tells
    /// the highest number of a segment.
    pub(super) fn open(folder: &Path, known: Known) -> Result<(Self, u32), Error> {
        let Known { rows, memos, .. } = known;
        let mut live_bytes = 0;
        let mut sizes: FxHashMap<u32, (u64, bool)> = FxHashMap::default();
        let mut last = 0;
        for entry in fs::read_dir(folder).map_err(Error::output(folder))? {
            let entry = entry.map_err(Error::output(folder))?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".segment")?.parse().ok());
            if let Some(number) = number {
                let bytes = entry.metadata().map_err(Error::output(folder))?.len();
                sizes.insert(number, (bytes, false));
                last = last.max(number);
            }
        }
        // Whether all extents lie in segments that are there; those segments are then in use.
        let mut are_there = |extents: &[Extent]| {
            let is_there = |extent: &Extent| {
                sizes.get(&extent.segment).is_some_and(|(bytes, _)| {
                    extent.start.checked_add(extent.bytes).is_some_and(|end| end <= *bytes)
                })
            };
            let are_there = extents.iter().all(is_there);
            for extent in extents.iter().filter(|_| are_there) {
                live_bytes += extent.bytes;
                sizes.entry(extent.segment).and_modify(|(_, is_used)| *is_used = true);
            }
            are_there
        };
        let inputs = rows.into_iter().filter(|(_, row)| are_there(&row.extents)).collect();
        let memos = memos
            .into_iter()
            .filter(|(.., extents)| are_there(extents))
            .map(|(path, pass, extents)| ((path, pass), extents))
            .collect();
        let mut segment_bytes = 0;
        #[expect(
            clippy::iter_over_hash_type,
            reason = "the order of removals is nobody's business"
        )]
        for (number, (bytes, is_used)) in &sizes {
            if *is_used {
                segment_bytes += bytes;
            } else {
                let path = segment_path(folder, *number);
                fs::remove_file(&path).map_err(Error::output(&path))?;
            }
        }
        Ok((Self { inputs, memos, live_bytes, segment_bytes }, last))
    }

    /// What is remembered of a file.
    pub fn get(&self, path: &Path) -> Option<&Remembered> {
        self.inputs.get(path)
    }

    /// Where the memos of a later pass about a file's documents lie.
    pub fn memos(&self, path: &Path, pass: u32) -> Option<&[Extent]> {
        self.memos.get(&(path.to_owned(), pass)).map(Vec::as_slice)
    }

    /// All memos about a file's documents, by pass.
    pub(super) fn all_memos(&self, path: &Path) -> Vec<(u32, &[Extent])> {
        let all = self.memos.iter().filter(|((of, _), _)| of == path);
        let mut all: Vec<_> = all.map(|((_, pass), extents)| (*pass, &extents[..])).collect();
        all.sort_unstable();
        all
    }

    /// Bytes of the segments that something points to.
    pub fn live_bytes(&self) -> u64 {
        self.live_bytes
    }

    /// Bytes of the same segments that nothing points to.
    pub fn dead_bytes(&self) -> u64 {
        self.segment_bytes.saturating_sub(self.live_bytes)
    }

    /// Number of files of which something is remembered.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Paths of all files of which something is remembered, sorted.
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = self.inputs.keys().cloned().collect();
        paths.sort_unstable();
        paths
    }
}

/// Reads the frames of a list of extents, one after the other.
pub struct Frames {
    folder: PathBuf,
    extents: VecDeque<Extent>,
    bytes: u64,
    /// Bytes of the first extent that were read ahead, and how many of them are used up.
    ahead: Vec<u8>,
    used: usize,
    open: FxHashMap<u32, File>,
}

impl Frames {
    /// Reads from the segments in `folder`.
    pub fn new(folder: &Path, extents: impl IntoIterator<Item = Extent>) -> Self {
        let extents: VecDeque<_> = extents.into_iter().filter(|extent| extent.bytes > 0).collect();
        let bytes = extents.iter().map(|extent| extent.bytes).sum();
        Self {
            folder: folder.to_owned(),
            extents,
            bytes,
            ahead: Vec::new(),
            used: 0,
            open: FxHashMap::default(),
        }
    }

    /// Goes on with other extents; open files stay open.
    pub fn go_on_with(&mut self, extents: &[Extent]) {
        self.extents = extents.iter().copied().filter(|extent| extent.bytes > 0).collect();
        self.ahead.clear();
        self.used = 0;
    }

    /// Bytes of all extents.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next frame and where it lies; `None` at the end. Whether it is intact, the caller asks: that is work which can
    /// be shared out.
    ///
    /// # Errors
    /// If a segment cannot be read, or ends before the frame does.
    pub fn next_frame(&mut self) -> Result<Option<(Frame, Extent)>, Error> {
        let Some(extent) = self.extents.front().copied() else { return Ok(None) };
        let (len, hash) = frames::header(self.bytes_ahead(HEADER_BYTES)?);
        let whole = HEADER_BYTES + len;
        let bytes = self.bytes_ahead(whole)?[HEADER_BYTES..].to_vec();
        let at = Extent { bytes: whole as u64, ..extent };
        self.used += whole;
        let first = self.extents.front_mut().expect("it was there a moment ago");
        first.start += at.bytes;
        first.bytes -= at.bytes;
        if first.bytes == 0 {
            self.extents.pop_front();
            self.ahead.clear();
            self.used = 0;
        }
        Ok(Some((frames::frame(bytes, hash, extent.place()), at)))
    }

    /// The next `count` bytes of the first extent.
    fn bytes_ahead(&mut self, count: usize) -> Result<&[u8], Error> {
        let extent = self.extents[0];
        if count as u64 > extent.bytes {
            let path = segment_path(&self.folder, extent.segment);
            let why = format!("a frame at byte {} reaches beyond its extent", extent.start);
            return Err(Error::output(&path)(std::io::Error::other(why)));
        }
        if self.ahead.len() - self.used < count {
            self.ahead.drain(..self.used);
            self.used = 0;
            let have = self.ahead.len();
            let want = READ_BYTES.max(count as u64).min(extent.bytes) as usize;
            self.ahead.resize(want, 0);
            let path = segment_path(&self.folder, extent.segment);
            let open = &mut self.open;
            if !open.contains_key(&extent.segment) {
                if open.len() == MAX_OPEN {
                    open.clear();
                }
                open.insert(extent.segment, File::open(&path).map_err(Error::output(&path))?);
            }
            open[&extent.segment]
                .read_exact_at(&mut self.ahead[have..], extent.start + have as u64)
                .map_err(Error::output(&path))?;
        }
        Ok(&self.ahead[self.used..self.used + count])
    }
}
