//! A file of our own, whole and damaged.

use std::fs;

use ::parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;

use super::super::{Units, into_document, scan};
use super::*;
use crate::document::Fate;

const SCHEMA: &str = "message m {
    required binary Headline (STRING);
    optional binary body (STRING);
    required int32 date (DATE);
    optional int64 id;
    optional binary link (STRING);
    optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
}";

/// Three row groups of 100 rows; in every tenth row the body is null.
fn write(path: &Path) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for group in 0..3i64 {
        let rows = group * 100..group * 100 + 100;
        let texts = |text: &dyn Fn(i64) -> String, is_there: &dyn Fn(&i64) -> bool| {
            let rows = rows.clone().filter(is_there);
            rows.map(|row| ByteArray::from(text(row).into_bytes())).collect::<Vec<_>>()
        };
        let mut out = writer.next_row_group().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let headlines = texts(&|row| format!("Headline {row}"), &|_| true);
        column.typed::<ByteArrayType>().write_batch(&headlines, None, None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let bodies = texts(&|row| format!("The ferry made trip {row}."), &|row| row % 10 != 0);
        let levels: Vec<i16> = rows.clone().map(|row| i16::from(row % 10 != 0)).collect();
        column.typed::<ByteArrayType>().write_batch(&bodies, Some(&levels), None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let days: Vec<i32> = rows.clone().map(|row| 19_000 + row as i32).collect();
        column.typed::<Int32Type>().write_batch(&days, None, None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let ids: Vec<i64> = rows.clone().map(|row| 7_000 + row).collect();
        column.typed::<Int64Type>().write_batch(&ids, Some(&[1; 100]), None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let links = texts(&|row| format!("https://www.ferry.example/{row}"), &|_| true);
        column.typed::<ByteArrayType>().write_batch(&links, Some(&[1; 100]), None).unwrap();
        column.close().unwrap();
        let mut column = out.next_column().unwrap().unwrap();
        let (none, levels) = ([0; 100], [0; 100]);
        column.typed::<ByteArrayType>().write_batch(&[], Some(&none), Some(&levels)).unwrap();
        column.close().unwrap();
        out.close().unwrap();
    }
    fs::write(path, writer.into_inner().unwrap()).unwrap();
}

fn documents(folder: &Path, options: &Options) -> Vec<Document> {
    let found = scan(folder, options.follow, &[]).unwrap();
    let units = (0..).zip(Units::new(&found, options));
    units.map(|(id, unit)| into_document(unit, DocId(id), options)).collect()
}

#[test]
fn rows_of_all_groups_are_documents_with_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.parquet"));
    let documents = documents(folder.path(), &Options::default());
    assert_eq!(documents.len(), 300);
    for (row, document) in documents.iter().enumerate() {
        assert_eq!(document.name, format!("a.parquet#{row}"));
        assert!(document.is_kept());
        assert_eq!(document.title(), format!("Headline {row}"));
        let body = format!("The ferry made trip {row}.");
        assert_eq!(document.body(), if row % 10 == 0 { "" } else { &body });
        assert_eq!(document.record_id, Some((7_000 + row).to_string()));
        assert_eq!((&*document.source, &*document.source_from), ("ferry.example", "url"));
        assert_eq!(document.origin.member, Some(row as u64));
    }
    assert_eq!(documents[0].date.as_deref(), Some("2022-01-08"));
    assert_eq!(documents[299].dating.day, "2022-11-03");
}

#[test]
fn a_damaged_file_has_its_rows_before_the_damage_and_one_for_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write(&path);
    let good = fs::read(&path).unwrap();
    let cuts = [0, 3, 8, good.len() / 2, good.len() - 4, good.len() - 1];
    let cut = cuts.iter().map(|end| good[..*end].to_vec());
    let flipped = (0..good.len()).step_by(61).map(|at| {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        bad
    });
    let (mut damaged, mut before) = (0, 0);
    for bad in cut.chain(flipped) {
        fs::write(&path, &bad).unwrap();
        let documents = documents(folder.path(), &Options::default());
        let mut rest = documents.iter().enumerate();
        let last = rest.find(|(row, document)| document.name != format!("a.parquet#{row}"));
        match last {
            // The damage is in a text, or in what nobody reads.
            None => assert_eq!(documents.len(), 300),
            Some((row, document)) => {
                assert_eq!((&*document.name, row + 1), ("a.parquet", documents.len()));
                let Fate::Rejected(why) = &document.fate else { panic!("kept") };
                assert!(["corrupt_file", "no_text_field"].contains(&&*why.reason), "{why:?}");
                damaged += 1;
                before = before.max(row);
            }
        }
    }
    assert!(damaged > 20 && before >= 200, "{damaged} {before}");
}

#[test]
fn a_file_without_text_says_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a.parquet"));
    let options = Options { text: vec!["tags".into()], ..Options::default() };
    let documents = documents(folder.path(), &options);
    let Fate::Rejected(why) = &documents[0].fate else { panic!("kept") };
    assert_eq!((documents.len(), &*why.reason), (1, "no_text_field"));
    assert!(why.detail.contains("`Headline`, `body`, `date`"), "{}", why.detail);
}

#[test]
fn days_and_points_in_time_are_text() {
    for (meaning, value, expected) in [
        (Meaning::Number, -7, "-7"),
        (Meaning::Day, 0, "1970-01-01"),
        (Meaning::Day, -1, "1969-12-31"),
        (Meaning::Day, 19_782, "2024-02-29"),
        (Meaning::Day, i64::MAX, "9223372036854775807"),
        (Meaning::Time(1_000), 1_709_210_096_999, "2024-02-29T12:34:56"),
        (Meaning::Time(1_000_000_000), -1, "1969-12-31T23:59:59"),
    ] {
        assert_eq!(meaning.text(value).data(), expected.as_bytes(), "{value}");
    }
}

/// One value in a dictionary, that thousands of rows point to.
#[test]
fn values_out_of_proportion_to_the_file_are_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "message m { required binary text (STRING); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut out = writer.next_row_group().unwrap();
    let mut column = out.next_column().unwrap().unwrap();
    let text = ByteArray::from("The ferry left. ".repeat(4000).into_bytes());
    let rows = vec![text; 1000];
    column.typed::<ByteArrayType>().write_batch(&rows, None, None).unwrap();
    column.close().unwrap();
    out.close().unwrap();
    fs::write(folder.path().join("a.parquet"), writer.into_inner().unwrap()).unwrap();
    let documents = |max_decompression_ratio| {
        let options = Options { max_decompression_ratio, ..Options::default() };
        let scan = scan(folder.path(), super::super::Follow::No, &[]).unwrap();
        let units = Units::new(&scan, &options);
        units.map(|unit| into_document(unit, DocId(0), &options)).collect::<Vec<_>>()
    };
    let all = documents(200);
    let Fate::Rejected(why) = &all.last().unwrap().fate else { panic!("{}", all.len()) };
    assert_eq!(why.reason, "decompression_bomb", "{}", why.detail);
    // What came out before, up to 16 MiB, is there.
    assert!((250..300).contains(&all.len()), "{}", all.len());
    assert_eq!(documents(5000).len(), 1000);
}
