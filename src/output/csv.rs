//! CSV as RFC 4180 has it, with a guard against spreadsheet formulas.
//!
//! Records end in CR LF; fields that hold a comma, a quote, a CR or an LF are quoted. A text cell that a spreadsheet
//! would take for a formula gets a leading apostrophe ([`guard`]), which [`unguard`] takes off again. Numeric columns are
//! never touched. `guard-formulas = false` switches that off; `run.json` says which it was.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Form;
use super::file::PackedFile;
use super::sharded::RowWriter;
use super::table::{Cell, Field};

/// Rows as CSV, into anything that can be written to.
pub struct CsvRows<W: Write> {
    writer: csv::Writer<W>,
    guards_formulas: bool,
    digits: String,
}

impl<W: Write> CsvRows<W> {
    /// Writes the header.
    pub fn new(out: W, fields: &[Field], guards_formulas: bool) -> io::Result<Self> {
        let mut rows = Self::without_header(out, guards_formulas);
        rows.writer.write_record(fields.iter().map(|field| field.name))?;
        Ok(rows)
    }

    /// Writes nothing yet, for rows whose header stands elsewhere.
    pub(super) fn without_header(out: W, guards_formulas: bool) -> Self {
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        Self { writer, guards_formulas, digits: String::new() }
    }

    /// Writes one row, and tells about how many bytes it has.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<usize> {
        let mut bytes = cells.len() + 1;
        for cell in cells {
            let guarded;
            let field = match cell {
                Cell::Text(text) if self.guards_formulas => {
                    guarded = guard(text);
                    &*guarded
                }
                Cell::Text(text) => text,
                number => number.digits(&mut self.digits).unwrap_or_default(),
            };
            self.writer.write_field(field)?;
            bytes += field.len();
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(bytes)
    }

    /// What was written to, all rows in it.
    pub fn into_inner(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

impl RowWriter for CsvRows<PackedFile> {
    const EXTENSION: &'static str = ".csv";

    fn begin(out: PackedFile, fields: &[Field], form: &Form) -> io::Result<Self> {
        Self::new(out, fields, form.guard_formulas)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<usize> {
        Self::row(self, cells)
    }

    fn end(self) -> io::Result<PackedFile> {
        self.into_inner()
    }
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
    use crate::output::table::Kind;

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
            let field = |name| Field { name, kind: Kind::Text, unit: "", description: "" };
            let fields = [field("a"), field("b")];
            let mut table = CsvRows::new(Vec::new(), &fields, is_guarded).unwrap();
            for pair in cells.chunks_exact(2) {
                table.row(&[Cell::Text(&pair[0]), Cell::Text(&pair[1])]).unwrap();
            }
            let bytes = table.into_inner().unwrap();
            let mut reader = ::csv::Reader::from_reader(&bytes[..]);
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
