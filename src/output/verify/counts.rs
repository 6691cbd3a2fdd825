//! The rows of the tables against what the run says that it counted.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::{sum, tally};
use super::{Check, Record, RecordedFunnel};
use crate::stats::Repairs;

impl Check {
    /// Holds the rows of the tables against the counts of the funnel.
    pub(super) fn funnel(&mut self, record: &Record) {
        let RecordedFunnel { found, kept, duplicates, rejected, repeated_paragraphs, repairs } =
            &record.funnel;
        let sum = kept + duplicates.values().sum::<u64>() + rejected.values().sum::<u64>();
        if *found != sum {
            self.wrong.push(format!("the funnel does not add up: {found} found, {sum} accounted"));
        }
        let removed = record.removed.iter().map(|(rule, removed)| (rule.clone(), removed.spans));
        if self.kept.is_empty() {
            self.wrong.push("there is no table of documents".into());
        }
        for (format, rows) in &self.kept {
            if rows != kept {
                self.wrong.push(format!(
                    "the documents have {rows} rows as {format:?}, the funnel has {kept}"
                ));
            }
        }
        let paragraphs = BTreeMap::from([("in all".to_owned(), *repeated_paragraphs)]);
        let repaired = BTreeMap::from([("in all".to_owned(), repairs.spans)]);
        let tables: [(&str, &[&str], BTreeMap<String, u64>); 5] = [
            ("duplicates.csv", &["kind"], duplicates.clone()),
            ("rejected.csv", &["stage", "reason"], rejected.clone()),
            ("removed.csv", &["stage", "rule"], removed.collect()),
            ("paragraphs.csv", &[], paragraphs),
            ("repairs.csv", &[], repaired),
        ];
        for (name, columns, expected) in tables {
            match tally(&self.root.join(name), columns) {
                // A file that is not there has been named already.
                Err(None) => {}
                Err(Some(why)) => self.wrong.push(format!("`{name}` is no table: {why}")),
                Ok(counted) => {
                    let keys: BTreeSet<_> = counted.keys().chain(expected.keys()).collect();
                    for key in keys {
                        let count = |map: &BTreeMap<String, u64>| map.get(key).copied();
                        let (rows, told) = (count(&counted), count(&expected));
                        let (rows, told) = (rows.unwrap_or_default(), told.unwrap_or_default());
                        if rows != told {
                            let key = key.escape_debug();
                            self.wrong.push(format!(
                                "`{name}` has {rows} rows {key}, the funnel has {told}"
                            ));
                        }
                    }
                }
            }
        }
    }

    /// Holds what the rows of `repairs.csv` say they repaired against the counts of the funnel.
    pub(super) fn repairs(&mut self, told: Repairs) {
        let Ok(entities) = sum(&self.root.join("repairs.csv"), "entities") else { return };
        let Ok(mojibake) = sum(&self.root.join("repairs.csv"), "mojibake") else { return };
        for (what, counted, told) in
            [("entities", entities, told.entities), ("mojibake", mojibake, told.mojibake)]
        {
            if counted != told {
                self.wrong
                    .push(format!("`repairs.csv` has {counted} {what}, the funnel has {told}"));
            }
        }
    }
}
