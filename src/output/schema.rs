//! All tables that there can be, and `datapackage.json` from their columns (Data Package v2).

use serde_json::{Value, json};

use super::CONTRACT;
use super::documents::DOCUMENTS;
use super::file::PublishedFile;
use super::ledger::{DUPLICATES, PARAGRAPHS, REJECTED, REMOVED, REPAIRS};
use super::publish::Publication;
use super::read;
use super::statistics as stats;
use super::stories::{CLUSTERS, PAIRS, SYNDICATION};
use super::table::{AnyTable, Field, Kind};
use super::texts::TEXTS;
use crate::error::Error;

/// Every table there can be.
pub static TABLES: [&dyn AnyTable; 27] = [
    &DOCUMENTS,
    &TEXTS,
    &DUPLICATES,
    &CLUSTERS,
    &SYNDICATION,
    &PAIRS,
    &REMOVED,
    &REPAIRS,
    &PARAGRAPHS,
    &REJECTED,
    &stats::FUNNEL,
    &stats::SIZES,
    &stats::DIVERSITY,
    &stats::FREQUENCY,
    &stats::READABILITY,
    &stats::DOCUMENTS,
    &stats::SOURCES,
    &stats::LANGUAGES,
    &stats::WORDS,
    &stats::CHARACTERS,
    &stats::NGRAMS,
    &stats::COLLOCATIONS,
    &stats::GROWTH,
    &stats::STEPS,
    &stats::REMOVED_LINES,
    &stats::DAYS,
    &stats::KEYNESS,
];

/// Writes `datapackage.json`: every table among `files`, with its columns, units, methods, size and hash.
pub fn write_datapackage(
    publication: &Publication,
    files: &[PublishedFile],
) -> Result<PublishedFile, Error> {
    let described = files.iter().filter_map(|file| {
        let table = TABLES.iter().find(|table| Some(table.path()) == file.table)?;
        Some(resource(*table, file))
    });
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "copydesk-output",
        "title": "Output of a copydesk run",
        "description": "Text cells of CSV that a spreadsheet would take for a formula begin with an apostrophe. Empty cells have no value.",
        "contributors": [{"title": concat!("copydesk ", env!("CARGO_PKG_VERSION")), "roles": ["creator"]}],
        "contract": CONTRACT,
        "token_rule": concat!("UAX #29 words with an alphanumeric character, NFC, full lower case (tr and az with dotless i), ",
            "numbers kept, hyphens split, apostrophes within words kept"),
        "sentence_rule": "UAX #29 sentences with an alphanumeric character; a line end ends one; abbreviations may",
        "unicode": unicode(),
        "resources": described.collect::<Vec<_>>(),
    });
    publication.write_json("datapackage.json", &package)
}

fn unicode() -> String {
    let (major, minor, update) = unicode_segmentation::UNICODE_VERSION;
    format!("{major}.{minor}.{update}")
}

fn resource(table: &dyn AnyTable, file: &PublishedFile) -> Value {
    let (name, compression) = match file.name.rsplit_once('.') {
        Some((name, packed @ ("gz" | "zst"))) => (name, Some(packed)),
        _ => (&*file.name, None),
    };
    let fields = table.fields().into_iter().map(|Field { name, kind, unit, description }| {
        let kind = match kind {
            Kind::Text => "string",
            Kind::Count => "integer",
            Kind::Number => "number",
        };
        let mut field = json!({"name": name, "type": kind, "description": description});
        if !unit.is_empty() {
            field["unit"] = json!(unit);
        }
        field
    });
    let mut resource = json!({
        "name": name.trim_end_matches(".csv").replace(['/', '.'], "-"),
        "path": file.name,
        "type": "table",
        "encoding": "utf-8",
        "description": format!("One row is {}.", table.row()),
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
        "rows": file.rows,
        "schema": {"fields": fields.collect::<Vec<_>>(), "missingValues": [""]},
    });
    match read::Format::of(file.name.as_ref()) {
        Some(read::Format::Csv) | None => {
            resource["format"] = json!("csv");
            resource["mediatype"] = json!("text/csv");
            resource["dialect"] = json!({"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true});
        }
        Some(read::Format::JsonLines) => {
            resource["format"] = json!("jsonl");
            resource["mediatype"] = json!("application/jsonl");
        }
        Some(read::Format::Parquet) => {
            resource["format"] = json!("parquet");
            // frictionless cannot count the bytes of Parquet, and calls a table invalid that has them; SHA256SUMS has the hash.
            if let Some(resource) = resource.as_object_mut() {
                resource.remove("bytes");
                resource.remove("hash");
            }
            resource["mediatype"] = json!("application/vnd.apache.parquet");
        }
    }
    if let Some(compression) = compression {
        resource["compression"] = json!(compression);
    }
    resource
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns may be appended, never renamed or moved: other programs read them by name and place.
    #[test]
    fn the_columns_of_the_contract_stand_in_their_order() {
        let contract = [
            (
                "documents.csv",
                "id source title language language_confidence chars tokens sentences cluster_size text \
              language_second foreign_share foreign_language duplicate_note date \
              published published_from published_reason source_from \
              url author language_declared \
              encoding replacements entities_decoded mojibake_repaired",
            ),
            (
                "duplicates.csv",
                "id kept_id cluster kind similarity class containment evidence action",
            ),
            ("clusters.csv", "cluster kept_id size dropped labelled sources first_date last_date"),
            ("syndication.csv", "kept_source copy_source stories documents"),
            ("pairs.csv", "id other_id similarity containment numbers verdict"),
            ("removed.csv", "id stage rule start end text"),
            ("repairs.csv", "id start end entities mojibake found text"),
            ("paragraphs.csv", "id source start end kept_id documents text"),
            ("rejected.csv", "id stage reason detail file member offset length xxh128"),
            ("stats/sizes.csv", "scope key statistic value n method reason unit state"),
        ];
        for (path, expected) in contract {
            let table = TABLES.iter().find(|table| table.path() == path).unwrap();
            let names: Vec<_> = table.fields().iter().map(|field| field.name).collect();
            assert_eq!(names.join(" "), expected, "{path}");
        }
    }

    #[test]
    fn no_path_and_no_column_stands_twice_and_each_has_a_meaning() {
        let mut paths: Vec<_> = TABLES.iter().map(|table| table.path()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), TABLES.len());
        for table in TABLES {
            let fields = table.fields();
            let mut names: Vec<_> = fields.iter().map(|field| field.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), fields.len(), "{}", table.path());
            assert!(fields.iter().all(|field| !field.description.is_empty()), "{}", table.path());
        }
    }
}
