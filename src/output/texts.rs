//! The cleaned texts as a tree of files that mirrors the input, and `texts.csv` with what each file is.
//!
//! A document of a file of its own keeps that file's path; one of many in a file stands in a folder by the file's name, under
//! its position there. Names are made such that any system can hold them, and no two are the same where case does not count.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::io::Write;

use rustc_hash::FxHasher;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::file::{OutputFile, PublishedFile, Tree};
use super::publish::Publication;
use super::read::Reader;
use super::table::Value::{Count, Text};
use super::table::{Column, Rows, Table, TableWriter};
use crate::document::Document;
use crate::error::Error;

/// The folder, with its slash.
pub(super) const FOLDER: &str = "texts/";

/// A kept document's public id, and its file.
pub(super) struct Texts;

impl Rows for Texts {
    type Row<'r> = (&'r str, &'r PublishedFile);
}

/// `texts.csv`.
pub(super) static TEXTS: Table<Texts> = Table {
    path: "texts.csv",
    row: "a file in texts/: a kept document, headline and body after cleaning with an empty line between them",
    columns: &[
        Column("id", Text(|(name, _)| name), "", "as in the table of documents"),
        Column("file", Text(|(_, file)| &file.name), "", "path in the output folder"),
        Column("bytes", Count(|(_, file)| Some(file.bytes)), "bytes", "size of the file"),
        Column("sha256", Text(|(_, file)| &file.sha256), "", "SHA-256 of the file, in hexadecimal"),
    ],
};

/// The tree, open for writing in corpus order.
pub(super) struct TextTree {
    tree: Tree,
    table: TableWriter<Texts>,
    /// Hashes of the names that are taken, in lower case: eight bytes a document.
    taken: HashSet<u64, BuildHasherDefault<FxHasher>>,
}

impl TextTree {
    pub(super) fn create(publication: &Publication) -> Result<Self, Error> {
        let table = TableWriter::create(publication, &TEXTS)?;
        Ok(Self { tree: publication.tree(), table, taken: HashSet::default() })
    }

    /// Writes the file of a kept document.
    pub(super) fn write(&mut self, document: &Document) -> Result<(), Error> {
        let name = self.free_name(document);
        let file = self.tree.write_small(&name, &[document.text().as_bytes(), b"\n"])?;
        self.table.row(&(&*document.name, &file))
    }

    pub(super) fn finish(self) -> Result<Vec<PublishedFile>, Error> {
        self.table.finish()
    }

    fn free_name(&mut self, document: &Document) -> String {
        let wanted = name_of(document);
        let stem = wanted.trim_end_matches(TXT);
        let numbered = (2..).map(|number| format!("{stem}~{number}{TXT}"));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let is_free = |name: &String| self.taken.insert(xxh3_64(name.to_lowercase().as_bytes()));
        names.find(is_free).expect("there is always a next number")
    }
}

const TXT: &str = ".txt";
/// Most systems allow 255 bytes.
const MAX_PART_BYTES: usize = 120;
/// Most systems allow 4096 bytes, some only 260 characters from the root on.
const MAX_NAME_BYTES: usize = 1000;

/// Path of a document's file in the output folder, if nobody else has it.
fn name_of(document: &Document) -> String {
    let origin = &document.origin;
    let file = if origin.file.is_empty() { &document.name } else { &*origin.file };
    let mut parts: Vec<String> =
        file.split('/').filter(|part| !part.is_empty()).map(safe).collect();
    if let Some(member) = origin.member {
        parts.push(member.to_string());
    }
    let last = parts.pop().unwrap_or_default();
    let mut name = FOLDER.to_owned();
    for mut folder in parts {
        // A folder never has a name that a file could have.
        if has_txt(&folder) {
            folder.push('_');
        }
        name.push_str(&folder);
        name.push('/');
    }
    let stem = if has_txt(&last) { &last[..last.len() - TXT.len()] } else { &last };
    name.push_str(if stem.is_empty() { "_" } else { stem });
    name.push_str(TXT);
    if name.len() > MAX_NAME_BYTES {
        let whole = format!("{file}#{:?}", origin.member);
        return format!("{FOLDER}_long/{:032x}{TXT}", xxh3_128(whole.as_bytes()));
    }
    name
}

fn has_txt(name: &str) -> bool {
    let at = name.len().saturating_sub(TXT.len());
    name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(TXT))
}

/// One part of a path as every system can hold it.
fn safe(part: &str) -> String {
    let mut safe: String = part
        .chars()
        .map(|c| match c {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' => '_',
            c if c.is_control() || is_direction(c) => '_',
            c => c,
        })
        .collect();
    if safe.len() > MAX_PART_BYTES {
        let end = (0..=MAX_PART_BYTES).rev().find(|at| safe.is_char_boundary(*at)).unwrap_or(0);
        safe.truncate(end);
        safe.push_str(&format!("~{:08x}", xxh3_64(part.as_bytes()) as u32));
    }
    if safe.ends_with(['.', ' ']) {
        safe.push('_');
    }
    let stem = safe.split('.').next().unwrap_or_default();
    if safe.starts_with(['-', ' ']) || is_device(stem) {
        safe.insert(0, '_');
    }
    safe
}

/// Names that Windows keeps for devices, with any extension.
fn is_device(stem: &str) -> bool {
    let stem = stem.trim_end().to_ascii_uppercase();
    let numbered = |name: &str| {
        stem.strip_prefix(name).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Appends the lines of `SHA256SUMS` for all files that a `texts.csv` in this folder lists, if there is one.
pub(super) fn write_sums(tree: &Tree, out: &mut OutputFile) -> Result<(), Error> {
    if !tree.path().join(TEXTS.path).exists() {
        return Ok(());
    }
    let mut table = Reader::open_at(tree.path(), TEXTS.path, false)?;
    while let Some(row) = table.next_row()? {
        let line = format!("{}  {}\n", table.cell(&row, "sha256")?, table.cell(&row, "file")?);
        out.write_all(line.as_bytes()).map_err(Error::output("SHA256SUMS".as_ref()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Origin};
    use proptest::prelude::*;

    fn document(file: &str, member: Option<u64>) -> Document {
        let mut document = Document::new(DocId(0), file, "", "", "text");
        document.origin = Origin { file: file.into(), member, ..Origin::default() };
        document
    }

    #[test]
    fn names_mirror_the_input_and_are_safe() {
        let table = [
            ("a file of its own", "echo/a.txt", None, "texts/echo/a.txt"),
            ("a page", "echo/a.html.gz", None, "texts/echo/a.html.gz.txt"),
            ("a record", "echo/a.jsonl", Some(17), "texts/echo/a.jsonl/17.txt"),
            ("a record of a .txt file", "echo/a.txt", Some(17), "texts/echo/a.txt_/17.txt"),
            ("upper case", "A.TXT", None, "texts/A.txt"),
            ("the way up", "../../etc/passwd", None, "texts/.._/.._/etc/passwd.txt"),
            ("a drive", "c:\\x?.txt", None, "texts/c__x_.txt"),
            ("a device", "con.txt", None, "texts/_con.txt"),
            ("another", "lpt1.a/nul", None, "texts/_lpt1.a/_nul.txt"),
            ("an option", "-rf", None, "texts/_-rf.txt"),
            ("a dot", "./a./b.txt", None, "texts/._/a._/b.txt"),
            ("only the extension", ".txt", None, "texts/_.txt"),
            ("turned round", "a\u{202e}txt.exe", None, "texts/a_txt.exe.txt"),
        ];
        for (what, file, member, expected) in table {
            assert_eq!(name_of(&document(file, member)), expected, "{what}");
        }
    }

    proptest! {
        #[test]
        fn any_name_stays_in_the_folder_and_can_be_held(
            file in "([.~a-cA-C\\\\/:\u{0}-\u{20}é-ü_-]|\\PC|txt|\\.txt|con|/){0,200}",
            member in proptest::option::of(any::<u64>()),
        ) {
            let name = name_of(&document(&file, member));
            prop_assert!(name.len() <= MAX_NAME_BYTES);
            let parts: Vec<_> = name.split('/').collect();
            prop_assert_eq!(parts[0], "texts");
            for part in &parts {
                prop_assert!(!part.is_empty() && part.len() < 255, "{:?}", name);
                prop_assert!(*part != "." && *part != ".." && !part.ends_with(['.', ' ']), "{:?}", name);
                prop_assert!(!part.contains(['\\', ':', '\n', '\0']), "{:?}", name);
            }
            let (last, folders) = parts.split_last().unwrap();
            prop_assert!(last.ends_with(TXT));
            prop_assert!(folders.iter().all(|folder| !has_txt(folder)), "{:?}", name);
        }
    }
}
