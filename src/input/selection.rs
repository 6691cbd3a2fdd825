//! A part of the input: single records and files, as `rejected.csv` names them.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Origin;

/// Which units of an input are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    files: BTreeMap<String, Wanted>,
    /// Folders that are wanted whole, with a `/` behind.
    folders: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Wanted {
    members: BTreeSet<u64>,
    /// All from this one on.
    from: Option<u64>,
}

impl Selection {
    /// Adds the unit that lies at `origin`: a record, the rest of a file from a record on, a file, or a folder.
    pub fn add(&mut self, origin: &Origin) {
        if origin.file.ends_with('/') {
            self.folders.insert(origin.file.to_string());
            return;
        }
        let wanted = self.files.entry(origin.file.to_string()).or_default();
        match (origin.member, origin.length) {
            (Some(member), Some(_)) => drop(wanted.members.insert(member)),
            (member, _) => {
                let member = member.unwrap_or_default();
                wanted.from = Some(wanted.from.map_or(member, |from| from.min(member)));
            }
        }
    }

    /// Whether something of this file, or this folder that could not be read, is wanted.
    pub(super) fn has_file(&self, name: &str) -> bool {
        self.files.contains_key(name)
            || self.folders.contains(name)
            || self.folders.iter().any(|folder| name.starts_with(folder.as_str()))
    }

    /// Whether the unit at this place is wanted.
    pub(super) fn has(&self, file: &str, member: Option<u64>) -> bool {
        let Some(wanted) = self.files.get(file) else { return self.has_file(file) };
        match member {
            None => true,
            Some(member) => {
                wanted.members.contains(&member) || wanted.from.is_some_and(|from| from <= member)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_rests_files_and_folders_are_told_apart() {
        let mut selection = Selection::default();
        for (file, member, length) in [
            ("a.jsonl", Some(3), Some(10)),
            ("a.jsonl", Some(7), None),
            ("b.txt", None, Some(5)),
            ("c.csv", None, None),
            ("closed/", None, None),
        ] {
            selection.add(&Origin { file: file.into(), member, length, ..Origin::default() });
        }
        let table = [
            ("a.jsonl", Some(3), true),
            ("a.jsonl", Some(4), false),
            ("a.jsonl", Some(7), true),
            ("a.jsonl", Some(90), true),
            ("b.txt", None, true),
            ("bb.txt", None, false),
            ("c.csv", Some(0), true),
            ("closed/x/y.jsonl", Some(2), true),
            ("closed.txt", None, false),
        ];
        for (file, member, expected) in table {
            assert_eq!(selection.has(file, member), expected, "{file} {member:?}");
        }
    }
}
