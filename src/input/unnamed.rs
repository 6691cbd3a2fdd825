//! Fields of a dump whose names say nothing: what they may hold, told by the values of a sample.
//!
//! Files with the same fields are looked at together. A field that is known by its name is left alone, and where no field is
//! the text, nothing is proposed: such a file holds no articles.

use std::collections::BTreeMap;

use super::fields::is_same_name;
use super::proposal::{Field, MAX_RECORDS, Proposal, TEXT, is_null, propose};
use super::{InputFile, Options, Scan, Units};

/// Records of one file that are looked at; all files of the same fields together give at most four times as many.
const RECORDS_A_FILE: usize = MAX_RECORDS / 4;

/// The values of a record by the names of its fields.
type Values = BTreeMap<String, String>;

/// The records of files with the same fields.
type Groups = BTreeMap<Vec<String>, Vec<Values>>;

/// What fields of these files may hold that the options do not know by name, each once; the same files come to the same.
pub fn proposals<'a>(
    scan: &Scan,
    files: impl Iterator<Item = &'a InputFile>,
    options: &Options,
) -> Vec<Proposal> {
    let options = Options { keeps_every_field: true, ..options.clone() };
    let mut groups = Groups::new();
    for file in files.filter(|file| !file.format.is_whole()) {
        let one = scan.only(vec![file.clone()]);
        for unit in Units::new(&one, &options).take(RECORDS_A_FILE) {
            let record: Values = unit.values().into_iter().collect();
            if record.is_empty() {
                continue;
            }
            let records = groups.entry(record.keys().cloned().collect()).or_default();
            if records.len() < MAX_RECORDS {
                records.push(record);
            }
        }
    }
    let mut proposals: Vec<Proposal> = Vec::new();
    for records in merged(groups) {
        for proposal in of_records(&records, &options) {
            let is_known =
                |known: &Proposal| (known.key, &known.field) == (proposal.key, &proposal.field);
            if !proposals.iter().any(is_known) {
                proposals.push(proposal);
            }
        }
    }
    proposals
}

/// Records that lack a field belong to those that have it.
fn merged(groups: Groups) -> Vec<Vec<Values>> {
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(names, _)| std::cmp::Reverse(names.len()));
    let mut merged: Vec<(Vec<String>, Vec<Values>)> = Vec::new();
    for (names, mut records) in groups {
        let is_part = |all: &[String]| names.iter().all(|name| all.contains(name));
        match merged.iter_mut().find(|(all, _)| is_part(all)) {
            Some((_, of_all)) => of_all.append(&mut records),
            None => merged.push((names, records)),
        }
    }
    merged.into_iter().map(|(_, records)| records).collect()
}

fn of_records(records: &[Values], options: &Options) -> Vec<Proposal> {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in records.iter().flatten() {
        if !is_null(value.as_bytes()) {
            values.entry(name).or_default().push(value);
        }
    }
    let keys = options.names();
    let key_of = |field: &str| {
        let is_named = |names: &[String]| names.iter().any(|name| is_same_name(name, field));
        keys.iter().find(|(_, names)| is_named(names)).map(|(key, _)| *key)
    };
    let known: Vec<&str> = values.keys().filter_map(|field| key_of(field)).collect();
    let fields: Vec<Field<'_>> = values
        .into_iter()
        .filter(|(name, _)| key_of(name).is_none())
        .map(|(name, values)| Field { name, values })
        .collect();
    let found = propose(&fields, &known);
    let has_text = known.contains(&TEXT) || found.iter().any(|found| found.key == TEXT);
    if has_text { found } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Follow, Format, into_document, scan};
    use super::*;
    use crate::document::{DocId, Fate};

    fn article(number: usize) -> String {
        format!(
            "Der Schleusenwärter von Wendelbrück öffnete am Freitag das {number}. Tor. Gebeten hatte ihn niemand, sagte er, \
             doch die Enten hätten ausgesehen, als wollten sie weiter."
        )
    }

    fn record(number: usize) -> Vec<(&'static str, String)> {
        vec![
            ("nr", format!("{}", 4000 + number)),
            ("kopf", format!("Tor {number} öffnet sich ohne Grund")),
            ("inhalt", article(number)),
            ("tag", format!("{}.03.2024", 13 + number)),
            ("adresse", format!("https://schleuse.example/{number}")),
            ("sprache", "de".to_owned()),
        ]
    }

    const EXPECTED: [(&str, &str); 6] = [
        ("text", "inhalt"),
        ("url", "adresse"),
        ("date", "tag"),
        ("language", "sprache"),
        ("title", "kopf"),
        ("id", "nr"),
    ];

    fn json(number: usize) -> String {
        let fields: serde_json::Map<_, _> = record(number)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), serde_json::Value::String(value)))
            .collect();
        serde_json::Value::Object(fields).to_string()
    }

    fn table(separator: &str, has_header: bool) -> String {
        let header: Vec<_> = record(0).iter().map(|(name, _)| *name).collect();
        let mut lines = if has_header { vec![header.join(separator)] } else { Vec::new() };
        for number in 0..9 {
            let cells: Vec<_> =
                record(number).iter().map(|(_, value)| format!("\"{value}\"")).collect();
            lines.push(cells.join(separator));
        }
        lines.join("\n") + "\n"
    }

    #[test]
    fn what_was_proposed_reads_the_dump() {
        let lines: String = (0..9).map(|number| json(number) + "\n").collect();
        let array = format!("[{}]", (0..9).map(json).collect::<Vec<_>>().join(",\n"));
        let dumps = [
            ("a.jsonl", lines),
            ("a.json", array),
            ("a.csv", table(",", true)),
            ("b.csv", table(";", true)),
            ("a.tsv", table("\t", true)),
        ];
        for (name, bytes) in dumps {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), bytes).unwrap();
            let scan = scan(folder.path(), Follow::No, &[]).unwrap();
            let mut options = Options::default();
            let found = proposals(&scan, scan.files.iter(), &options);
            let pairs: Vec<_> = found.iter().map(|found| (found.key, &*found.field)).collect();
            assert_eq!(pairs, EXPECTED, "{name}");
            for Proposal { key, field, .. } in found {
                options.names_mut(key).unwrap().push(field);
            }
            let documents: Vec<_> = Units::new(&scan, &options)
                .map(|unit| into_document(unit, DocId(0), &options))
                .collect();
            assert_eq!(documents.len(), 9, "{name}");
            for (number, document) in documents.iter().enumerate() {
                assert_eq!(document.fate, Fate::Kept, "{name}");
                let expected =
                    format!("Tor {number} öffnet sich ohne Grund\n\n{}", article(number));
                assert_eq!(document.text(), expected, "{name}");
                assert_eq!(document.dating.day, format!("2024-03-{}", 13 + number), "{name}");
                assert_eq!(document.record_id, Some((4000 + number).to_string()), "{name}");
                assert_eq!(&*document.source, "schleuse.example", "{name}");
                assert_eq!(document.metadata.language, "de", "{name}");
            }
        }
    }

    #[test]
    fn known_names_and_files_without_articles_get_no_proposal() {
        let table = [
            ("a.jsonl", "{\"text\":\"a\",\"title\":\"b\",\"n\":1}\n".repeat(9)),
            ("a.csv", "x,y\n1,https://a.example/\n".to_owned()),
            ("a.jsonl", "broken\n".to_owned()),
        ];
        for (name, bytes) in table {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), &bytes).unwrap();
            let scan = scan(folder.path(), Follow::No, &[]).unwrap();
            assert_ne!(scan.files[0].format, Format::Text);
            assert_eq!(proposals(&scan, scan.files.iter(), &Options::default()), [], "{bytes}");
        }
    }
}
