//! `state.sqlite`: which input files are remembered, and on what.
//!
//! SQLite, so that anyone can open it and ask. Rollback journal and `synchronous = EXTRA`: a row is on disk when its
//! transaction has ended, its folder entry too.

use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use xxhash_rust::xxh3::xxh3_64;

use super::{Condition, Dependencies, Extent, Identity, Known, Remembered};
use crate::error::Error;

pub(super) const FILE: &str = "state.sqlite";

/// Marks the database as ours: "cpdk".
const APPLICATION_ID: i64 = 0x6370_646b;
/// Layout of tables, segments and frames. Another one is not read.
const LAYOUT: i64 = 3;

const SCHEMA: &str = "
CREATE TABLE dependencies (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE inputs (
    path BLOB PRIMARY KEY,
    bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    content INTEGER NOT NULL,
    extents BLOB NOT NULL,
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE memos (
    path BLOB NOT NULL,
    pass INTEGER NOT NULL,
    extents BLOB NOT NULL,
    PRIMARY KEY (path, pass)
) WITHOUT ROWID;
";

/// The open database.
pub(super) struct Table {
    path: PathBuf,
    database: Connection,
}

impl Table {
    /// Opens or creates it; the error is why it cannot be believed.
    pub(super) fn open(folder: &Path) -> Result<(Self, Condition), String> {
        let path = folder.join(FILE);
        let is_new = fs::metadata(&path).map_or(true, |meta| meta.len() == 0);
        let open = || -> rusqlite::Result<(Connection, bool)> {
            let database = Connection::open(&path)?;
            database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            database.pragma_update(None, "journal_mode", "DELETE")?;
            database.pragma_update(None, "synchronous", "EXTRA")?;
            if is_new {
                database.execute_batch(&format!(
                    "BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT}; {SCHEMA} COMMIT;"
                ))?;
                return Ok((database, true));
            }
            let check: String =
                database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            let number =
                |name: &str| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let is_own =
                number("application_id")? == APPLICATION_ID && number("user_version")? == LAYOUT;
            // A table that is not there fails here, and not half way through the run.
            for table in ["inputs", "memos", "dependencies"] {
                let count = format!("SELECT count(*) FROM {table}");
                database.query_row(&count, [], |row| row.get::<_, i64>(0))?;
            }
            Ok((database, check == "ok" && is_own))
        };
        match open() {
            Ok((database, true)) => {
                let condition = if is_new { Condition::New } else { Condition::Usable };
                Ok((Self { path, database }, condition))
            }
            Ok((_, false)) => {
                Err(format!("`{}` is damaged, or of another version", path.display()))
            }
            Err(why) => Err(format!("`{}`: {why}", path.display())),
        }
    }

    /// Removes the database; what it pointed to is then nothing's.
    pub(super) fn remove(folder: &Path) -> Result<(), Error> {
        for name in [FILE.to_owned(), format!("{FILE}-journal")] {
            let path = folder.join(name);
            match fs::remove_file(&path) {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::output(&path)(why));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Everything that it holds and that can be believed.
    pub(super) fn known(&self) -> Result<Known, Error> {
        Ok(Known { dependencies: self.dependencies()?, rows: self.rows()?, memos: self.memos()? })
    }

    fn dependencies(&self) -> Result<Dependencies, Error> {
        self.ask(|database| {
            let mut query = database.prepare("SELECT name, value FROM dependencies")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
    }

    /// Forgets all inputs, and notes what the next ones depend on.
    pub(super) fn begin_anew(&mut self, dependencies: &Dependencies) -> Result<(), Error> {
        self.change(|change| {
            change.execute_batch(
                "DELETE FROM inputs; DELETE FROM memos; DELETE FROM dependencies;",
            )?;
            let mut insert = change.prepare("INSERT INTO dependencies VALUES (?1, ?2)")?;
            for (name, value) in dependencies {
                insert.execute(params![name, value])?;
            }
            Ok(())
        })
    }

    /// All rows that can be believed: SQLite finds pages that are missing, and the checksum what was changed in them.
    fn rows(&self) -> Result<Vec<(PathBuf, Remembered)>, Error> {
        self.ask(|database| {
            let mut query = database.prepare(
                "SELECT path, bytes, modified_ns, changed_ns, inode, documents, is_whole, content, extents, checksum FROM inputs",
            )?;
            let rows = query.query_map([], |row| {
                let number = |column: usize| row.get::<_, i64>(column);
                let path: Vec<u8> = row.get(0)?;
                let identity = Identity {
                    bytes: number(1)? as u64,
                    modified_ns: number(2)?,
                    changed_ns: number(3)?,
                    inode: number(4)? as u64,
                };
                let extents: Vec<u8> = row.get(8)?;
                let (documents, is_whole, content) = (number(5)?, number(6)?, number(7)?);
                let remembered = postcard::from_bytes(&extents).ok().map(|extents| Remembered {
                    identity,
                    documents: documents as u64,
                    is_whole: is_whole != 0,
                    content: content as u64,
                    extents,
                });
                let path = PathBuf::from(std::ffi::OsString::from_vec(path));
                let expected = number(9)?;
                let is_right = |row: &Remembered| checksum(&path, row) == expected;
                let remembered = remembered.filter(is_right);
                Ok((path, remembered))
            })?;
            let rows: rusqlite::Result<Vec<_>> = rows.collect();
            Ok(rows?.into_iter().filter_map(|(path, row)| Some((path, row?))).collect())
        })
    }

    /// Where memos lie. They are found again by a hash in each, so a wrong row here can only miss.
    fn memos(&self) -> Result<Vec<(PathBuf, u32, Vec<Extent>)>, Error> {
        self.ask(|database| {
            let mut query = database.prepare("SELECT path, pass, extents FROM memos")?;
            let rows = query.query_map([], |row| {
                let path = PathBuf::from(std::ffi::OsString::from_vec(row.get(0)?));
                let extents: Vec<u8> = row.get(2)?;
                Ok((path, row.get(1)?, postcard::from_bytes(&extents).ok()))
            })?;
            let rows: rusqlite::Result<Vec<_>> = rows.collect();
            Ok(rows?.into_iter().filter_map(|(path, pass, row)| Some((path, pass, row?))).collect())
        })
    }

    /// Adds or replaces rows, and removes others, all or none.
    pub(super) fn write(
        &mut self,
        rows: &[(PathBuf, Remembered)],
        memos: &[(PathBuf, u32, Vec<Extent>)],
        removed: &[PathBuf],
    ) -> Result<(), Error> {
        self.change(|change| {
            let mut insert = change
                .prepare("INSERT OR REPLACE INTO inputs VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)")?;
            for (path, row) in rows {
                let extents = postcard::to_stdvec(&row.extents)
                    .map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
                insert.execute(params![
                    path.as_os_str().as_bytes(),
                    row.identity.bytes as i64,
                    row.identity.modified_ns,
                    row.identity.changed_ns,
                    row.identity.inode as i64,
                    row.documents as i64,
                    row.is_whole,
                    row.content as i64,
                    extents,
                    checksum(path, row),
                ])?;
            }
            let mut insert = change.prepare("INSERT OR REPLACE INTO memos VALUES (?1,?2,?3)")?;
            for (path, pass, extents) in memos {
                let extents = postcard::to_stdvec(extents)
                    .map_err(|why| rusqlite::Error::ToSqlConversionFailure(why.into()))?;
                insert.execute(params![path.as_os_str().as_bytes(), pass, extents])?;
            }
            for table in ["inputs", "memos"] {
                let mut delete = change.prepare(&format!("DELETE FROM {table} WHERE path = ?1"))?;
                for path in removed {
                    delete.execute(params![path.as_os_str().as_bytes()])?;
                }
            }
            Ok(())
        })
    }

    fn ask<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        ask(&self.database).map_err(|why| self.failed(why))
    }

    fn change(
        &mut self,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Error> {
        let result = (|| {
            let transaction = self.database.transaction()?;
            change(&transaction)?;
            transaction.commit()
        })();
        result.map_err(|why| self.failed(why))
    }

    fn failed(&self, why: rusqlite::Error) -> Error {
        Error::Output { path: self.path.clone(), source: std::io::Error::other(why) }
    }
}

/// xxh3 of everything in a row.
fn checksum(path: &Path, row: &Remembered) -> i64 {
    let Remembered { identity, documents, is_whole, content, extents } = row;
    let mut bytes = path.as_os_str().as_bytes().to_vec();
    let mut add = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
    let Identity { bytes: size, modified_ns, changed_ns, inode } = *identity;
    for number in [
        size,
        modified_ns as u64,
        changed_ns as u64,
        inode,
        *documents,
        u64::from(*is_whole),
        *content,
    ] {
        add(number);
    }
    for extent in extents {
        add(u64::from(extent.segment));
        add(extent.start);
        add(extent.bytes);
    }
    xxh3_64(&bytes) as i64
}
