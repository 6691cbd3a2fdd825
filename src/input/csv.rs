//! CSV: a record behind the header is a document.
//!
//! RFC 4180, with line breaks in quoted fields. The separator is the one of `,` `;` tab and `|` for which the header has
//! a column that may hold the text. The record at position N, counted from zero behind the header, is `path#N`. A quote
//! that never ends takes all that follows into one field; such a record is refused, and as there is no way to tell where
//! the next one would begin, the file ends there.

use std::sync::Arc;

use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128};

use super::Options;
use super::detail::{rejection, rejection_at, rejection_of};
use super::fields::{
    self, AUTHOR_FIELDS, DECLARED_LANGUAGE, Fields, LANGUAGE_FIELDS, RecordCharset, RecordFile,
    URL_FIELDS, is_same_name, no_text_field, place_seed,
};
use super::guard::{BUFFER_BYTES, Guard};
use super::record::{OpenSource, Record};
use crate::document::{DocId, Document, Rejection};

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// One record of a CSV file.
pub(super) struct CsvRecord {
    pub(super) table: Arc<Table>,
    pub(super) position: u64,
    /// Its first byte in the text of the file, and its bytes, line end and quotes among them.
    at: u64,
    length: u64,
    pub(super) fields: ByteRecord,
}

impl Record for CsvRecord {
    fn place(&self) -> (&str, Option<u64>) {
        (&self.table.file.name, Some(self.position))
    }

    fn bytes(&self) -> u64 {
        self.fields.as_slice().len() as u64
    }

    /// Of the fields and their ends, the place in the file, and of the header, separator and encoding of the file.
    fn hash(&self) -> u64 {
        let line = self.fields.position().map_or(0, ::csv::Position::line);
        hash_of(&self.fields, self.table.seed ^ place_seed(line, self.at) ^ self.length)
    }

    fn into_document(self: Box<Self>, id: DocId, options: &Options) -> Document {
        into_document(*self, id, options)
    }
}

/// xxh3 of the fields of a record and of where each ends.
fn hash_of(record: &ByteRecord, seed: u64) -> u64 {
    let mut ends = seed;
    for field in record {
        ends = ends.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ field.len() as u64;
    }
    xxh3_64_with_seed(record.as_slice(), ends)
}

/// A file and its columns.
pub(super) struct Table {
    pub(super) file: RecordFile,
    /// What the file as a whole adds to the hash of a record.
    seed: u64,
    n_columns: usize,
    columns: Columns,
}

/// Which columns may hold what, in the order of the options.
#[derive(Debug, Default)]
struct Columns {
    text: Vec<usize>,
    title: Vec<usize>,
    source: Vec<usize>,
    url: Vec<usize>,
    date: Vec<usize>,
    id: Vec<usize>,
    author: Vec<usize>,
    language: Vec<usize>,
}

/// The records of a file, one after the other.
pub(super) struct CsvRecords {
    table: Arc<Table>,
    reader: Option<Reader<Guard>>,
    max_record_bytes: u64,
    position: u64,
}

impl CsvRecords {
    /// Finds out the separator, and reads the header.
    ///
    /// # Errors
    ///
    /// If the header cannot be read, or has no column that may hold the text.
    pub(super) fn open(source: OpenSource, options: &Options) -> Result<Self, Rejection> {
        let separator = separator_of(source.sample(), options).unwrap_or(b',');
        let (file, stream) = source.into_file();
        let mut reader =
            builder(separator).buffer_capacity(BUFFER_BYTES).from_reader(Guard::new(stream));
        let mut header = ByteRecord::new();
        reader.get_mut().begin_record(0, options.max_document_bytes);
        let has_header = reader
            .read_byte_record(&mut header)
            .map_err(|error| rejection_at(&reading_stopped(&error), 1))?;
        let columns = Columns::of(&header, options);
        if has_header && columns.text.is_empty() {
            let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
            return Err(no_text_field(names.iter().map(|name| &**name)));
        }
        let seed = hash_of(&header, file.seed() ^ u64::from(separator));
        Ok(Self {
            table: Arc::new(Table { file, seed, n_columns: header.len(), columns }),
            reader: has_header.then_some(reader),
            max_record_bytes: options.max_document_bytes,
            position: 0,
        })
    }
}

impl Iterator for CsvRecords {
    type Item = Box<dyn Record>;

    /// The next record, or a row for what is wrong there.
    fn next(&mut self) -> Option<Box<dyn Record>> {
        let reader = self.reader.as_mut()?;
        let (start, line) = (reader.position().byte(), reader.position().line());
        reader.get_mut().begin_record(start, self.max_record_bytes);
        let mut fields = ByteRecord::new();
        let is_record = reader.read_byte_record(&mut fields);
        let end = reader.position().byte();
        let file = &self.table.file;
        match is_record {
            Ok(false) => {
                self.reader = None;
                None
            }
            Ok(true) if reader.get_ref().ends_in_quotes(end, &fields) => {
                self.reader = None;
                let detail = "the quote is still open at the end of the file";
                let why = rejection_at(&rejection("unclosed_quote", detail), line);
                let mut refused = file.refused(file.origin(self.position, start, None), why);
                refused.raw_bytes = end - start;
                Some(Box::new(refused))
            }
            Ok(true) => {
                let position = self.position;
                self.position += 1;
                let bytes = fields.as_slice().len() as u64;
                if bytes > self.max_record_bytes {
                    let limit = self.max_record_bytes;
                    let detail = format!("{bytes} bytes; max-document-bytes = {limit}");
                    let why = rejection_at(&rejection("record_too_long", detail), line);
                    let origin = file.origin(position, start, Some(end - start));
                    return Some(Box::new(file.refused(origin, why)));
                }
                let table = self.table.clone();
                let length = end - start;
                Some(Box::new(CsvRecord { table, position, at: start, length, fields }))
            }
            Err(error) => {
                self.reader = None;
                let why = rejection_at(&reading_stopped(&error), line);
                let origin = file.origin(self.position, start, None);
                Some(Box::new(file.refused(origin, why)))
            }
        }
    }
}

/// Decodes one record.
fn into_document(record: CsvRecord, id: DocId, options: &Options) -> Document {
    let CsvRecord { table, position, at, length, fields } = record;
    let raw_bytes = fields.as_slice().len() as u64;
    let mut origin = table.file.origin(position, at, Some(length));
    origin.hash = Some(xxh3_128(fields.as_slice()));
    let charset = RecordCharset::of(table.file.detected, fields.as_slice());
    if fields.len() != table.n_columns {
        let line = fields.position().map_or(0, ::csv::Position::line);
        let detail = format!("{} fields; the header has {}", fields.len(), table.n_columns);
        let why = rejection_at(&rejection("malformed_record", detail), line);
        let mut document = table.file.refused(origin, why).into_rejected(id);
        document.decoding = charset.decoding(0, raw_bytes);
        return document;
    }
    let mut replacements = 0u32;
    let mut first = |columns: &[usize]| {
        let mut filled = columns.iter().filter_map(|column| fields.get(*column));
        let bytes = filled.find(|bytes| !bytes.trim_ascii().is_empty())?;
        let (text, invalid) = charset.decode(bytes.to_vec());
        replacements = replacements.saturating_add(invalid);
        Some(text)
    };
    let columns = &table.columns;
    let found = Fields {
        text: first(&columns.text).unwrap_or_default(),
        title: first(&columns.title),
        source: first(&columns.source),
        url: first(&columns.url),
        date: first(&columns.date),
        id: first(&columns.id),
        author: first(&columns.author),
        language: first(&columns.language),
    };
    let decoding = charset.decoding(replacements, raw_bytes);
    fields::into_document(&table.file, origin, found, decoding, id, options)
}

impl Columns {
    fn of(header: &ByteRecord, options: &Options) -> Self {
        let names: Vec<_> = header.iter().map(String::from_utf8_lossy).collect();
        let find = |wanted: &[String]| {
            let mut found = Vec::new();
            for name in wanted {
                let exact = names.iter().position(|column| *column == name.as_str());
                let similar = names.iter().position(|column| is_same_name(name, column));
                found.extend(exact.or(similar));
            }
            found
        };
        Self {
            text: find(&options.text),
            title: find(&options.title),
            source: find(&options.source),
            url: find(&URL_FIELDS.map(str::to_owned)),
            date: find(&options.date),
            id: find(&options.id),
            author: find(&AUTHOR_FIELDS.map(str::to_owned)),
            language: match names.iter().any(|name| name == DECLARED_LANGUAGE) {
                true => find(&[DECLARED_LANGUAGE.to_owned()]),
                false => find(&LANGUAGE_FIELDS.map(str::to_owned)),
            },
        }
    }
}

fn builder(separator: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).has_headers(false).flexible(true);
    builder
}

/// The separator for which the header has a text column.
pub(super) fn separator_of(sample: &[u8], options: &Options) -> Option<u8> {
    let has_text_column = |separator: &u8| {
        let mut header = ByteRecord::new();
        let read = builder(*separator).from_reader(sample).read_byte_record(&mut header);
        read.is_ok() && !Columns::of(&header, options).text.is_empty()
    };
    SEPARATORS.into_iter().find(has_text_column)
}

fn reading_stopped(error: &::csv::Error) -> Rejection {
    match error.kind() {
        ErrorKind::Io(error) => rejection_of(error),
        // Ragged records are allowed here and bytes are not decoded, so that there is nothing else to go wrong.
        _ => rejection("malformed_record", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::compress::tests::gzip;
    use super::super::decode::tests::wide;
    use super::super::{Follow, Units, into_document as document_of, scan};
    use super::*;
    use crate::document::Fate;

    fn read_as(file_name: &str, bytes: &[u8], options: &Options) -> Vec<Document> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(file_name), bytes).unwrap();
        let scan = scan(folder.path(), Follow::No, &[]).unwrap();
        let units = Units::new(&scan, options);
        units.map(|unit| document_of(unit, DocId(0), options)).collect()
    }

    /// Name and text, or name, reason and detail.
    fn outcomes(documents: &[Document]) -> Vec<String> {
        let outcome = |document: &Document| match &document.fate {
            Fate::Rejected(why) => format!("{} {}: {}", document.name, why.reason, why.detail),
            _ => format!("{} {}", document.name, document.text()),
        };
        documents.iter().map(outcome).collect()
    }

    #[test]
    fn a_record_is_a_document() {
        let table: &[(&str, &str, &[&str])] = &[
            ("one column", "text\na\nb\n", &["a.csv#0 a", "a.csv#1 b"]),
            ("title and text", "Title,Full Text\nT,t\n", &["a.csv#0 T\n\nt"]),
            (
                "quotes and line breaks",
                "text,n\n\"a, \"\"b\"\"\r\nc\",1\n",
                &["a.csv#0 a, \"b\"\nc"],
            ),
            ("mark, windows line ends", "\u{feff}text,n\r\na,1\r\n", &["a.csv#0 a"]),
            ("no line end at the end", "text\na", &["a.csv#0 a"]),
            ("semicolons", "title;text\nT;a, b\n", &["a.csv#0 T\n\na, b"]),
            ("tabs", "title\ttext\nT\ta;b\n", &["a.csv#0 T\n\na;b"]),
            (
                "the second name where the first is empty",
                "text,body\n,b\na,\n",
                &["a.csv#0 b", "a.csv#1 a"],
            ),
            ("no text", "text,n\n,1\n", &["a.csv#0 empty: the record holds no text"]),
            (
                "ragged",
                "text,n\na,1\nb\nc,1,2\nd,1\n",
                &[
                    "a.csv#0 a",
                    "a.csv#1 malformed_record: line 3: 1 fields; the header has 2",
                    "a.csv#2 malformed_record: line 4: 3 fields; the header has 2",
                    "a.csv#3 d",
                ],
            ),
            (
                "no text column",
                "a,b\n1,2\n",
                &[
                    "a.csv no_text_field: name the field in `text` of `[input]`; there are: `a`, `b`",
                ],
            ),
            ("header alone", "text\n", &[]),
            ("nothing", "", &[]),
            (
                "open quote",
                "n,text\n1,a\n2,\"b\n3,c\n4,d\n",
                &[
                    "a.csv#0 a",
                    "a.csv unclosed_quote: line 3: the quote is still open at the end of the file",
                ],
            ),
            (
                "a stray quote further up",
                "n,text\n1,5\" nail\n2,\"b\nc\"\n",
                &["a.csv#0 5\" nail", "a.csv#1 b\nc"],
            ),
            ("quoted to the very end", "n,text\n2,\"b\nc\"", &["a.csv#0 b\nc"]),
        ];
        for (name, bytes, expected) in table {
            let documents = read_as("a.csv", bytes.as_bytes(), &Options::default());
            assert_eq!(outcomes(&documents), *expected, "{name}");
        }
    }

    #[test]
    fn a_record_has_id_date_and_outlet() {
        let bytes = b"ID,Published At,Site Name,url,text\n 7 ,2024-01-31,,https://www.a.com/x,t\n8,,The Herald,,t\n";
        let documents = read_as("a.csv", bytes, &Options::default());
        let found: Vec<_> = documents
            .iter()
            .map(|d| (d.record_id.as_deref(), d.date.as_deref(), &*d.source))
            .collect();
        let expected = [(Some("7"), Some("2024-01-31"), "a.com"), (Some("8"), None, "The Herald")];
        assert_eq!(found, expected);
    }

    /// The columns of the two editions of Kaggle's "All the News", and of an export of Media Cloud with texts.
    #[test]
    fn what_producers_write_is_recognised() {
        for (table, outlet) in [
            (
                ",id,title,publication,author,date,year,month,url,content\n0,17,T,Bay Post,A,2024-03-01,2024.0,3.0,,a\n",
                "Bay Post",
            ),
            (
                "date,year,month,day,author,title,article,url,section,publication\n2024-03-01,2024,3.0,1,A,T,a,https://bay.example/1,x,Bay\n",
                "Bay",
            ),
            (
                "stories_id,publish_date,title,url,language,media_id,media_name,author,text\n7,2024-03-01,T,https://bay.example/1,en,1,Bay Post,A,a\n",
                "Bay Post",
            ),
        ] {
            let document = &read_as("a.csv", table.as_bytes(), &Options::default())[0];
            assert_eq!(document.text(), "T\n\na", "{table}");
            assert_eq!((document.date.as_deref(), &*document.source), (Some("2024-03-01"), outlet));
            assert_eq!(document.metadata.author, "A");
        }
    }

    #[test]
    fn a_record_too_long_is_refused_in_bounded_memory() {
        let options = Options { max_document_bytes: 50, ..Options::default() };
        let bytes = format!("text,n\na,1\n{},2\nb,3\n", "x".repeat(90));
        let expected = [
            "a.csv#0 a",
            "a.csv#1 record_too_long: line 3: 91 bytes; max-document-bytes = 50",
            "a.csv#2 b",
        ];
        assert_eq!(outcomes(&read_as("a.csv", bytes.as_bytes(), &options)), expected);
        let open = format!("text,n\na,1\n\"b,2\n{}", "c,3\n".repeat(500_000));
        let found = outcomes(&read_as("a.csv", open.as_bytes(), &options));
        assert_eq!(found[0], "a.csv#0 a");
        assert!(
            found[1].starts_with("a.csv unclosed_quote: line 3: the record at byte 11 is"),
            "{}",
            found[1]
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn records_across_buffers_are_whole() {
        let text = "A sentence, with \"\"quotes\"\" and\nlines.".repeat(300);
        let mut bytes = "n,text\n".to_owned();
        for n in 0..50 {
            bytes.push_str(&format!("{n},\"{text}\"\n"));
        }
        let documents = read_as("a.csv", bytes.as_bytes(), &Options::default());
        assert_eq!(documents.len(), 50);
        assert!(documents.iter().all(|d| d.body() == text.replace("\"\"", "\"")));
    }

    #[test]
    fn compressed_and_encoded_tables_are_read() {
        let text = "Мэр города сообщил в среду, что новый мост откроют осенью.";
        let bytes = format!("id;text\n1;{text}\n2;{text}\n");
        let cyrillic = encoding_rs::WINDOWS_1251.encode(&bytes).0.into_owned();
        for (encoding, bytes) in [
            ("UTF-8", bytes.clone().into_bytes()),
            ("UTF-16LE", wide(&bytes, "UTF-16LE")),
            ("UTF-32BE", wide(&bytes, "UTF-32BE")),
            ("windows-1251", cyrillic),
        ] {
            let documents = read_as("a.csv.gz", &gzip(&bytes), &Options::default());
            assert_eq!(documents.len(), 2, "{encoding}");
            assert_eq!((documents[1].text(), &*documents[1].decoding.encoding), (text, encoding));
        }
        let whole = gzip(format!("id;text\n{}", format!("1;{text}\n").repeat(50)).as_bytes());
        let cut = read_as("a.csv.gz", &whole[..whole.len() - 9], &Options::default());
        let last = cut.last().unwrap();
        assert_eq!(last.name, "a.csv.gz");
        assert!(outcomes(&cut).last().unwrap().contains("corrupt_compression"));
    }

    #[test]
    fn invalid_bytes_are_a_matter_of_their_record() {
        let bytes = [
            b"text,n\n\xc3\xa9t\xc3\xa9,1\n".to_vec(),
            b"caf\xe9 and a good deal more,2\n".to_vec(),
        ]
        .concat();
        let documents = read_as("a.csv", &bytes, &Options::default());
        assert_eq!(documents[1].text(), "caf\u{fffd} and a good deal more");
        assert_eq!(
            (documents[0].decoding.replacements, documents[1].decoding.replacements),
            (0, 1)
        );
    }
}
