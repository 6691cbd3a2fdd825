//! How a table is laid out: its separator, whether it has a header, and which columns may hold what.
//!
//! The separator is the one for which the header has a column that may hold the text. Where there is none for any, the
//! first rows are asked: a row with an address, a day or an article in it is no header. The columns of such a table are
//! `#1`, `#2` and so on; the options may name them, and otherwise they are told by their values, if these are clear.

use ::csv::{ByteRecord, ReaderBuilder};

use super::super::Options;
use super::super::charset::SAMPLE_BYTES;
use super::super::detail::rejection;
use super::super::fields::{is_same_name, language_fields, no_text_field};
use super::super::proposal::{
    self, DATE, Field, LANGUAGE, MAX_RECORDS, Proposal, SOURCE, TEXT, TITLE, URL, is_null,
    is_of_values, propose,
};
use crate::document::Rejection;

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Those of tables whose header says nothing. A tab hardly ever stands in a text, and where it parts the rows it is the one.
const UNNAMED_SEPARATORS: [u8; 4] = [b'\t', b',', b';', b'|'];

/// Share of the first rows that must have the same number of cells, for a separator that no header speaks for.
const SAME_WIDTH_SHARE: f64 = 0.8;

/// Which columns may hold what, in the order of the options.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) text: Vec<usize>,
    pub(super) title: Vec<usize>,
    pub(super) source: Vec<usize>,
    pub(super) url: Vec<usize>,
    pub(super) date: Vec<usize>,
    pub(super) id: Vec<usize>,
    pub(super) author: Vec<usize>,
    pub(super) language: Vec<usize>,
}

/// A table as its first bytes show it.
pub(super) struct Layout {
    pub(super) separator: u8,
    /// Names of the columns, and what they may hold; `None` where the first row is a header yet to be read.
    pub(super) unnamed: Option<(Vec<String>, Columns)>,
}

impl Columns {
    pub(super) fn of<S: AsRef<str>>(names: &[S], options: &Options) -> Self {
        let find = |wanted: &[String]| {
            let mut found = Vec::new();
            for name in wanted {
                let exact = names.iter().position(|column| column.as_ref() == name);
                let similar = names.iter().position(|column| is_same_name(name, column.as_ref()));
                found.extend(exact.or(similar));
            }
            found
        };
        let has = |wanted: &str| names.iter().any(|name| name.as_ref() == wanted);
        Self {
            text: find(&options.text),
            title: find(&options.title),
            source: find(&options.source),
            url: find(&options.url),
            date: find(&options.date),
            id: find(&options.id),
            author: find(&options.author),
            language: find(language_fields(options, has)),
        }
    }

    /// Adds the columns that are told by their values, for what no name is known for.
    fn add(&mut self, proposals: &[Proposal], names: &[String]) {
        for Proposal { key, field, .. } in proposals {
            let columns = match *key {
                TEXT => &mut self.text,
                TITLE => &mut self.title,
                SOURCE => &mut self.source,
                URL => &mut self.url,
                DATE => &mut self.date,
                LANGUAGE => &mut self.language,
                // A number in a table need not be an id, and would become the name of the document.
                _ => continue,
            };
            if columns.is_empty() {
                columns.extend(names.iter().position(|name| name == field));
            }
        }
    }
}

impl Layout {
    /// Looks at the first bytes of a table.
    ///
    /// # Errors
    ///
    /// `no_text_field` if there is no header, and the values do not say which column is the text.
    pub(super) fn of(sample: &[u8], options: &Options) -> Result<Self, Rejection> {
        if let Some(separator) = separator_of(sample, options) {
            return Ok(Self { separator, unnamed: None });
        }
        let Some(rows) = Rows::of(sample) else {
            return Ok(Self { separator: b',', unnamed: None });
        };
        let separator = rows.separator;
        if !rows.begins_with_values() {
            return Ok(Self { separator, unnamed: None });
        }
        let names: Vec<String> = (1..=rows.n_columns).map(|number| format!("#{number}")).collect();
        let mut columns = Columns::of(&names, options);
        let proposals = rows.proposals(&names);
        let is_clear = proposals.iter().any(|found| found.key == TEXT && found.is_clear);
        if columns.text.is_empty() && !is_clear && !options.keeps_every_field {
            let shown: Vec<String> = rows.columns_that_may_hold_text(&names);
            let detail = format!(
                "there is no header, and the values of {} columns do not say which one is the text; name it in `text` of \
                 `[input]`, such as `#1` for the first{}",
                rows.n_columns,
                match shown.is_empty() {
                    true => String::new(),
                    false => format!("; long texts are in: {}", shown.join(", ")),
                }
            );
            return Err(rejection("no_text_field", detail));
        }
        columns.add(&proposals, &names);
        Ok(Self { separator, unnamed: Some((names, columns)) })
    }
}

/// The refusal of a table whose header has no column that may hold the text.
pub(super) fn no_text_column(header: &ByteRecord) -> Rejection {
    let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
    no_text_field(names.iter().map(|name| &**name))
}

pub(super) fn builder(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).has_headers(false).flexible(true);
    builder
}

/// The separator for which the header has a text column.
pub(in super::super) fn separator_of(sample: &[u8], options: &Options) -> Option<u8> {
    let has_text_column = |separator: &u8| {
        let mut header = ByteRecord::new();
        let read = builder(*separator).from_reader(sample).read_byte_record(&mut header);
        let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        read.is_ok() && !Columns::of(&names, options).text.is_empty()
    };
    SEPARATORS.into_iter().find(has_text_column)
}

/// The first rows of a table, as the likeliest separator has them.
struct Rows {
    separator: u8,
    n_columns: usize,
    rows: Vec<Vec<String>>,
}

impl Rows {
    /// `None` where no separator gives rows of the same number of cells, and more than one.
    fn of(sample: &[u8]) -> Option<Self> {
        let rows =
            UNNAMED_SEPARATORS.into_iter().filter_map(|separator| Self::by(separator, sample));
        // Of equals the last is taken by `max_by_key`; the first one is meant.
        rows.rev().max_by_key(Self::score)
    }

    fn by(separator: u8, sample: &[u8]) -> Option<Self> {
        let records = builder(separator).from_reader(sample).into_byte_records();
        let mut rows: Vec<Vec<String>> = records
            .take(MAX_RECORDS)
            .map_while(Result::ok)
            .map(|row| row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
            .collect();
        // The sample ends anywhere.
        if sample.len() + 4 >= SAMPLE_BYTES && rows.len() > 1 && rows.len() < MAX_RECORDS {
            rows.pop();
        }
        let n_columns = rows.first()?.len();
        let same = rows.iter().filter(|row| row.len() == n_columns).count();
        let is_table = n_columns > 1 && same as f64 >= SAME_WIDTH_SHARE * rows.len() as f64;
        rows.retain(|row| row.len() == n_columns);
        is_table.then_some(Self { separator, n_columns, rows })
    }

    /// Whether there is a text in it, whether tabs stand between the cells, and how many columns are known by their values.
    fn score(&self) -> (bool, bool, usize) {
        let names = vec![String::new(); self.n_columns];
        let proposals = self.proposals(&names);
        let has_text = proposals.iter().any(|found| found.key == TEXT);
        (has_text, self.separator == b'\t', proposals.len())
    }

    fn begins_with_values(&self) -> bool {
        self.rows.first().is_some_and(|row| is_of_values(row.iter().map(String::as_str)))
    }

    fn fields<'a>(&'a self, names: &'a [String]) -> Vec<Field<'a>> {
        let rows = match self.begins_with_values() {
            true => &self.rows[..],
            false => &self.rows[1..],
        };
        let column = |at: usize| {
            let cells = rows.iter().map(|row| row[at].as_str());
            cells.filter(|cell| !is_null(cell.as_bytes())).collect()
        };
        let named = names.iter().enumerate();
        named.map(|(at, name)| Field { name, values: column(at) }).collect()
    }

    fn proposals(&self, names: &[String]) -> Vec<Proposal> {
        propose(&self.fields(names), &[])
    }

    fn columns_that_may_hold_text(&self, names: &[String]) -> Vec<String> {
        let fields = self.fields(names);
        let is_text = |field: &&Field<'_>| proposal::is_text(field);
        fields.iter().filter(is_text).map(|field| format!("`{}`", field.name)).collect()
    }
}
