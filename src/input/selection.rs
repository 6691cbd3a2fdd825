//! A part of the input: single records and files, as `rejected.csv` names them.

use std::collections::{BTreeMap, BTreeSet};

use super::archive::{SEPARATOR, is_member_of};
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
        let is_archive = || {
            let members = self.files.range(format!("{name}{SEPARATOR}")..);
            members.map(|(file, _)| file).next().is_some_and(|file| is_member_of(file, name))
        };
        self.files.contains_key(name)
            || self.folders.contains(name)
            || self.folders.iter().any(|folder| name.starts_with(folder.as_str()))
            || is_archive()
    }

    /// Whether the unit at this place is wanted.
    pub(super) fn has(&self, file: &str, member: Option<u64>) -> bool {
        let Some(wanted) = self.files.get(file) else {
            // An archive that could not be read to its end is wanted with all its members.
            let mut archives = file.match_indices(SEPARATOR).map(|(at, _)| &file[..at]);
            return archives.any(|archive| self.files.contains_key(archive))
                || self.folders.iter().any(|folder| file.starts_with(folder.as_str()));
        };
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
            ("d.zip!x/y.txt", None, Some(3)),
            ("e.tar", None, None),
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
            ("d.zip!x/y.txt", None, true),
            ("d.zip!x/z.txt", None, false),
            ("e.tar!x.jsonl", Some(7), true),
            ("e.tar.gz!x.jsonl", Some(7), false),
        ];
        for (file, member, expected) in table {
            assert_eq!(selection.has(file, member), expected, "{file} {member:?}");
        }
        assert!(selection.has_file("d.zip") && selection.has_file("e.tar"));
        assert!(!selection.has_file("d") && !selection.has_file("e.tar.gz"));
    }
}
