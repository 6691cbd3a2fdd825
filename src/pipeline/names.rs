//! The public ids of a run, by document.

use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::document::DocId;

/// All public ids: their bytes and 8 bytes a document, and 9 more for each record that has an id of its own.
#[derive(Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    own: FxHashSet<u64>,
    repeated: u64,
}

impl Names {
    /// Gives the next document, in corpus order, its public id: its own where it has one that no document before it
    /// bears, else path and position.
    pub fn assign(&mut self, name: &str, own: Option<String>) {
        let own = own.filter(|own| {
            let is_new = self.own.insert(Self::hash(own));
            self.repeated += u64::from(!is_new);
            is_new
        });
        self.text.push_str(own.as_deref().unwrap_or(name));
        self.ends.push(self.text.len());
    }

    /// By what records with the same id of their own are known.
    pub(super) fn hash(own: &str) -> u64 {
        xxh3_64(own.as_bytes())
    }

    /// The public id of a document.
    pub fn get(&self, id: DocId) -> &str {
        let index = id.0 as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }

    /// Records whose own id another record bore before them.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_id_falls_back_to_the_path() {
        let mut names = Names::default();
        for (index, own) in [Some("x"), None, Some("x"), Some("y")].into_iter().enumerate() {
            names.assign(&format!("d.jsonl#{index}"), own.map(str::to_owned));
        }
        let all: Vec<_> = (0..4).map(|index| names.get(DocId(index))).collect();
        assert_eq!(all, ["x", "d.jsonl#1", "d.jsonl#2", "y"]);
        assert_eq!(names.repeated(), 1);
    }
}
