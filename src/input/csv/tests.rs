//! Records of tables, well formed and not.

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
        ("quotes and line breaks", "text,n\n\"a, \"\"b\"\"\r\nc\",1\n", &["a.csv#0 a, \"b\"\nc"]),
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
            &["a.csv no_text_field: name the field in `text` of `[input]`; there are: `a`, `b`"],
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
    let found: Vec<_> =
        documents.iter().map(|d| (d.record_id.as_deref(), d.date.as_deref(), &*d.source)).collect();
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
    let bytes =
        [b"text,n\n\xc3\xa9t\xc3\xa9,1\n".to_vec(), b"caf\xe9 and a good deal more,2\n".to_vec()]
            .concat();
    let documents = read_as("a.csv", &bytes, &Options::default());
    assert_eq!(documents[1].text(), "caf\u{fffd} and a good deal more");
    assert_eq!((documents[0].decoding.replacements, documents[1].decoding.replacements), (0, 1));
}

const ARTICLE: &str = "The bell ringer of Upper Tarn slept until ten; nobody missed the bell. At noon, he rang it twelve \
    times, and once more for the hour that he had missed.";

/// As trafilatura's CSV is: tabs, no header, `null` for nothing.
#[test]
fn a_table_without_a_header_is_read_by_its_values() {
    let row = |number: usize, text: &str| {
        format!(
            "https://bell.example/{number}\tnull\t{number:016x}\tbell.example\tBell of Upper Tarn rings {number} times\thttps://bell.example/{number}.jpg\t2024-03-0{number}\t\"{text}\"\tnull\tnull\tnull\n"
        )
    };
    let two = row(1, ARTICLE) + &row(2, &ARTICLE.replace("ten", "two\n\neleven"));
    for (name, bytes) in [("a.csv", &*two), ("a.tsv", &*two), ("a.csv", &row(1, ARTICLE))] {
        let documents = read_as(name, bytes.as_bytes(), &Options::default());
        assert_eq!(documents.len(), bytes.matches(".jpg").count());
        for (number, document) in (1..).zip(&documents) {
            assert_eq!(document.fate, Fate::Kept);
            assert_eq!(document.title(), format!("Bell of Upper Tarn rings {number} times"));
            assert!(
                document.body().starts_with("The bell ringer")
                    && document.body().ends_with("missed.")
            );
            assert_eq!(document.metadata.url, format!("https://bell.example/{number}"));
            assert_eq!(document.dating.day, format!("2024-03-0{number}"));
            assert_eq!(&*document.source, "bell.example");
        }
    }
    let ragged =
        row(1, ARTICLE) + &row(2, ARTICLE) + &row(3, ARTICLE) + &row(4, ARTICLE) + "a\tb\n";
    let documents = read_as("a.csv", ragged.as_bytes(), &Options::default());
    let last = &outcomes(&documents)[4];
    assert_eq!(last, "a.csv#4 malformed_record: line 5: 2 fields; the first row has 11");
}

#[test]
fn a_table_whose_values_leave_a_doubt_is_refused_with_the_option_that_helps() {
    let bytes = format!("1\t{ARTICLE}\t{ARTICLE}\n2\t{ARTICLE}\t{ARTICLE}\n");
    let documents = read_as("a.csv", bytes.as_bytes(), &Options::default());
    assert_eq!(
        outcomes(&documents),
        [
            "a.csv no_text_field: there is no header, and the values of 3 columns do not say which one is the text; name it in \
          `text` of `[input]`, such as `#1` for the first; long texts are in: `#2`, `#3`"
        ]
    );
    let mut options = Options::default();
    options.text.push("#3".to_owned());
    options.id.push("#1".to_owned());
    let documents = read_as("a.csv", bytes.as_bytes(), &options);
    let found: Vec<_> = documents.iter().map(|d| (d.text(), d.record_id.as_deref())).collect();
    assert_eq!(found, [(ARTICLE, Some("1")), (ARTICLE, Some("2"))]);
    // Names in a header are not taken for a row of values, whatever stands below.
    let bytes = format!("kop\tinhoud\nBell rings\t{ARTICLE}\n");
    assert!(
        outcomes(&read_as("a.csv", bytes.as_bytes(), &Options::default()))[0].contains("`inhoud`")
    );
}
