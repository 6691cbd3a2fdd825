//! Files of the output while they are written: hashed, compressed on request, flushed to disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// The folder in which an output is made, until it is published.
#[derive(Clone, Debug)]
pub struct Tree(PathBuf);

/// A file of the output, as `run.json` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedFile {
    /// Path relative to the output folder.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Rows without the header, for a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Size of its cells before they were encoded and compressed, where that is asked for.
    #[serde(skip)]
    pub plain_bytes: Option<u64>,
    /// The table that it is, or a part of, by its path in [`TABLES`](super::schema::TABLES).
    #[serde(skip)]
    pub table: Option<&'static str>,
}

/// A file that is hashed while it is written.
pub struct OutputFile {
    path: PathBuf,
    name: String,
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, at level 6.
    Gz,
    /// zstd, at level 3.
    Zst,
}

impl Compression {
    /// What it adds to a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gz => ".gz",
            Self::Zst => ".zst",
        }
    }
}

const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 3;
const BUFFER_BYTES: usize = 256 << 10;
const SMALL_BUFFER_BYTES: usize = 4 << 10;

/// A file that is compressed while it is written.
pub enum PackedFile {
    /// As it is.
    Plain(OutputFile),
    /// gzip.
    Gz(GzEncoder<OutputFile>),
    /// zstd.
    Zst(zstd::Encoder<'static, OutputFile>),
}

impl Tree {
    /// The tree at this path.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Creates a file of the output; `name` is relative, and made safe by the program where it comes from data.
    pub fn create(&self, name: &str) -> Result<OutputFile, Error> {
        self.create_buffered(name, BUFFER_BYTES)
    }

    fn create_buffered(&self, name: &str, buffer_bytes: usize) -> Result<OutputFile, Error> {
        let path = self.0.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::output(folder))?;
        }
        let file = File::create_new(&path).map_err(Error::output(&path))?;
        Ok(OutputFile {
            out: BufWriter::with_capacity(buffer_bytes, file),
            path,
            name: name.to_owned(),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Creates a file that is compressed; the name says how.
    pub fn create_packed(&self, name: &str, compression: Compression) -> Result<PackedFile, Error> {
        let file = self.create(name)?;
        Ok(match compression {
            Compression::None => PackedFile::Plain(file),
            // No name and no time in the header: the same text has the same bytes.
            Compression::Gz => {
                PackedFile::Gz(GzEncoder::new(file, flate2::Compression::new(GZIP_LEVEL)))
            }
            Compression::Zst => {
                let encoder = zstd::Encoder::new(file, ZSTD_LEVEL).and_then(|mut encoder| {
                    encoder.include_checksum(true)?;
                    Ok(encoder)
                });
                PackedFile::Zst(encoder.map_err(Error::output(name.as_ref()))?)
            }
        })
    }

    /// Writes a small file as a whole. It is flushed to disk with the tree, and not by itself.
    pub(super) fn write_small(&self, name: &str, text: &[&[u8]]) -> Result<PublishedFile, Error> {
        // What is larger than the buffer goes past it.
        let mut file = self.create_buffered(name, SMALL_BUFFER_BYTES)?;
        let path = file.path.clone();
        for part in text {
            file.write_all(part).map_err(Error::output(&path))?;
        }
        Ok(file.close(None)?.0)
    }

    /// Gives a finished file another name in the same folder.
    pub(super) fn rename(&self, file: &mut PublishedFile, name: String) -> Result<(), Error> {
        let (from, to) = (self.0.join(&file.name), self.0.join(&name));
        fs::rename(from, &to).map_err(Error::output(&to))?;
        file.name = name;
        Ok(())
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl OutputFile {
    /// Flushes the file to disk. Every error counts: a full disk shows here.
    pub fn finish(self, rows: Option<u64>) -> Result<PublishedFile, Error> {
        let path = self.path.clone();
        let (published, file) = self.close(rows)?;
        file.sync_all().map_err(Error::output(&path))?;
        Ok(published)
    }

    fn close(self, rows: Option<u64>) -> Result<(PublishedFile, File), Error> {
        let Self { path, name, out, hash, bytes } = self;
        let file = out.into_inner().map_err(|why| Error::output(&path)(why.into_error()))?;
        let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((PublishedFile { name, bytes, sha256, rows, plain_bytes: None, table: None }, file))
    }
}

impl Write for PackedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gz(file) => file.write(bytes),
            Self::Zst(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gz(file) => file.flush(),
            Self::Zst(file) => file.flush(),
        }
    }
}

impl PackedFile {
    /// Ends the compressed stream; the file is not on disk yet.
    pub(super) fn unpack(self) -> io::Result<OutputFile> {
        match self {
            Self::Plain(file) => Ok(file),
            Self::Gz(file) => file.finish(),
            Self::Zst(file) => file.finish(),
        }
    }
}
