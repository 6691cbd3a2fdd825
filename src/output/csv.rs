//! CSV as RFC 4180 has it, with a guard against spreadsheet formulas.
//!
//! Records end in CR LF; fields that hold a comma, a quote, a CR or an LF are quoted. A text cell that a spreadsheet
//! would take for a formula gets a leading apostrophe ([`guard`]), which [`unguard`] takes off again. Numeric columns are
//! never touched. `guard-formulas = false` switches that off; `run.json` says which it was.

use std::borrow::Cow;

use super::publish::{OutputFile, Publication, PublishedFile};
use crate::error::Error;

/// One cell of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Text from a document or from the program; guarded.
    Text(&'a str),
    /// A number that is already written out.
    Number(&'a str),
    /// A count.
    Count(u64),
    /// A ratio between 0 and 1, printed with four decimals.
    Ratio(f64),
    /// Any other number, printed with six decimals.
    Decimal(f64),
    /// No value.
    Empty,
}

impl Cell<'_> {
    /// A number that may be undefined.
    pub fn decimal(number: Option<f64>) -> Self {
        number.filter(|number| number.is_finite()).map_or(Self::Empty, Self::Decimal)
    }

    /// A count that may be undefined.
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Self::Empty, Self::Count)
    }
}

/// A table that is being written.
pub struct Table {
    name: String,
    writer: csv::Writer<OutputFile>,
    rows: u64,
    guards_formulas: bool,
}

impl Table {
    /// Creates the file and writes its header.
    pub fn create(publication: &Publication, name: &str, header: &[&str]) -> Result<Self, Error> {
        let file = publication.create(name)?;
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        writer.write_record(header).map_err(|why| failed(name, why))?;
        let guards_formulas = publication.guard_formulas;
        Ok(Self { name: name.to_owned(), writer, rows: 0, guards_formulas })
    }

    /// Writes one row.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> Result<(), Error> {
        for cell in cells {
            let field = match cell {
                Cell::Text(text) if self.guards_formulas => guard(text),
                Cell::Text(text) => Cow::Borrowed(text),
                Cell::Number(number) => Cow::Borrowed(number),
                Cell::Count(count) => Cow::Owned(count.to_string()),
                Cell::Ratio(ratio) => Cow::Owned(format!("{ratio:.4}")),
                Cell::Decimal(number) => Cow::Owned(format!("{number:.6}")),
                Cell::Empty => Cow::Borrowed(""),
            };
            self.writer.write_field(field.as_bytes()).map_err(|why| failed(&self.name, why))?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(|why| failed(&self.name, why))?;
        self.rows += 1;
        Ok(())
    }

    /// Flushes the table to disk; a table that is dropped without this is not published.
    pub fn finish(self) -> Result<PublishedFile, Error> {
        let Self { name, writer, rows, .. } = self;
        let file = writer
            .into_inner()
            .map_err(|why| Error::Output { path: name.into(), source: why.into_error() })?;
        file.finish(Some(rows))
    }
}

fn failed(name: &str, why: csv::Error) -> Error {
    Error::Output { path: name.into(), source: why.into() }
}

/// Puts an apostrophe before text that a spreadsheet would run as a formula (OWASP, CWE-1236).
///
/// Text that begins with apostrophes and then such a character gets one more, so that [`unguard`] is its inverse.
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Takes the apostrophe of [`guard`] off again.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_and_other_text_is_not() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+44 20", "'+44 20"),
            ("- a list item", "'- a list item"),
            ("@name", "'@name"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("'quoted'", "'quoted'"),
            ("– a dash", "– a dash"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guard(text), expected);
        }
    }

    /// What spreadsheets run, in the shapes that OWASP lists; the texts are ours.
    const PAYLOADS: [&str; 40] = [
        "=1+1",
        "=cmd|'/c calc'!A1",
        "=HYPERLINK(\"http://x.example\",\"x\")",
        "=IMPORTXML(\"http://x.example\",\"//a\")",
        "=WEBSERVICE(\"http://x.example\")",
        "=DDE(\"cmd\";\"/c\";\"x\")",
        "+1",
        "+cmd|'/c calc'!A1",
        "+=1",
        "-1+1",
        "-cmd|'/c calc'!A1",
        "-2+3+cmd|'/c calc'!A0",
        "@SUM(1)",
        "@x",
        "@=1",
        "\t=1+1",
        "\tx",
        "\r=1+1",
        "\rx",
        "\r\n=1",
        "\0=1",
        "\0",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(1)",
        "=",
        "+",
        "-",
        "@",
        "=\"a\"",
        "=1,2",
        "=1\n=2",
        "'=1",
        "''=1",
        "'''+1",
        "'@",
        "'\t",
        "=\u{202e}1",
        "-–—",
    ];

    #[test]
    fn no_payload_is_a_formula_and_each_comes_back() {
        for payload in PAYLOADS {
            let cell = guard(payload);
            assert!(cell.starts_with('\''), "{payload:?}");
            assert_eq!(unguard(&cell), payload, "{payload:?}");
        }
    }

    proptest! {
        #[test]
        fn any_cells_come_back_through_a_table(
            cells in proptest::collection::vec("[\"',;=+@\r\n\t \u{0}a-c-]{0,6}\\PC{0,2}", 2..12),
            is_guarded: bool,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut publication = Publication::begin(&folder.path().join("out"), 0, std::time::Duration::ZERO).unwrap();
            publication.guard_formulas = is_guarded;
            let mut table = Table::create(&publication, "t.csv", &["a", "b"]).unwrap();
            for pair in cells.chunks_exact(2) {
                table.row(pair.iter().map(|cell| Cell::Text(cell))).unwrap();
            }
            let rows = table.finish().unwrap().rows;
            prop_assert_eq!(rows, Some(cells.len() as u64 / 2));
            let mut reader = ::csv::Reader::from_path(publication.tree().join("t.csv")).unwrap();
            let read: Vec<String> = reader
                .records()
                .flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
                .map(|cell| if is_guarded { unguard(&cell).to_owned() } else { cell })
                .collect();
            prop_assert_eq!(&read[..], &cells[..cells.len() / 2 * 2]);
        }

        #[test]
        fn unguard_undoes_guard(text in "['=+@a-]{0,5}.{0,3}") {
            let guarded = guard(&text);
            prop_assert_eq!(unguard(&guarded), text.as_str());
            prop_assert!(!is_formula(&guard(&text)));
        }
    }
}
