//! What must hold for any bytes whatever: a function a promise, which panics where it is broken. The tests replay
//! `tests/seeds` and what proptest draws; `fuzz/` has libFuzzer drive the same functions. Of the library they use what is
//! public.

pub(crate) mod configuration;
pub(crate) mod decode;
pub(crate) mod ledger;
pub(crate) mod records;
pub(crate) mod rules;
pub(crate) mod state;

use std::fs;
use std::path::{Path, PathBuf};

/// A property, by the name of its target and of its folder of seeds.
pub(crate) type Property = (&'static str, fn(&[u8]));

/// All of them.
pub(crate) const ALL: [Property; 6] = [
    ("configuration", configuration::holds),
    ("decode", decode::holds),
    ("ledger", ledger::holds),
    ("records", records::holds),
    ("rules", rules::holds),
    ("state", state::holds),
];

/// A folder that is made once a thread, and has the files of the last input until the next comes.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room for scratch files"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and makes the folders above it.
    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("the folder can be made");
        }
        fs::write(&path, bytes).expect("the file can be written");
        path
    }
}

/// Whether all characters of `part` stand in `whole`, in the same order.
fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|c| whole.any(|other| other == c))
}

/// What the ledger of a document says was removed, as [`copydesk::document::restore`] takes it.
fn removed(document: &copydesk::document::Document) -> Vec<(u64, u64, &str)> {
    let removed = document.removed().iter();
    removed.map(|removal| (removal.start, removal.end, removal.text.as_str())).collect()
}
