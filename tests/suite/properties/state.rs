//! Whatever happens to the files of a state: it opens, and what it still tells is what was remembered, at the place where it
//! was. What it was opened with once, it is opened with again.
//!
//! The input is a list of harms, six bytes each: which file, what, where, and two bytes for how much and with what.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk::state::{Condition, Dependencies, Frames, Identity, Remembered, State};

use super::Scratch;

/// The files of a state, by their names in it.
type Files = BTreeMap<String, Vec<u8>>;

/// What is remembered of files: identity, contents and the documents that can be read.
type Told = BTreeMap<PathBuf, (Remembered, Vec<Vec<u8>>)>;

struct Whole {
    files: Files,
    told: Told,
}

pub(crate) fn holds(data: &[u8]) {
    thread_local!(static WHOLE: (Whole, Scratch) = (whole(), Scratch::new()));
    WHOLE.with(|(whole, scratch)| {
        let mut files = whole.files.clone();
        for harm in data.chunks_exact(6).take(16) {
            do_harm(&mut files, [harm[0], harm[1], harm[2], harm[3], harm[4], harm[5]]);
        }
        let folder = scratch.path().join("state");
        let _ = fs::remove_dir_all(&folder);
        for (name, bytes) in &files {
            scratch.write(&format!("state/{name}"), bytes);
        }
        let (left, _) = told(&folder);
        for (path, (remembered, documents)) in &left {
            let (before, all) = &whole.told[path];
            assert_eq!(remembered, before, "{}", path.display());
            assert!(all.starts_with(documents), "{documents:?} of {}", path.display());
        }
        let (again, condition) = told(&folder);
        assert_eq!(condition, Condition::Usable);
        assert_eq!(again, left, "opened twice");
    });
}

fn dependencies() -> Dependencies {
    Dependencies::from([("stages".to_owned(), "language".to_owned())])
}

/// A state of two runs: three files of two documents each, and memos of a later pass about one of them.
fn whole() -> Whole {
    let scratch = Scratch::new();
    let folder = scratch.path().join("state");
    for names in [&["a", "b"][..], &["c"]] {
        let mut state = State::open(&folder, &dependencies(), Duration::ZERO).expect("it is ours");
        for name in names {
            let mut append = |what: &str| {
                let frame = format!("{what} of {name}").into_bytes();
                state.log.append(&frame).expect("there is room")
            };
            let extents = vec![append("one"), append("two")];
            let memos = vec![append("memo")];
            let identity = Identity { bytes: 10, modified_ns: 1, changed_ns: 2, inode: 3 };
            let remembered =
                Remembered { identity, documents: 2, is_whole: true, content: 7, extents };
            state.log.note(name.into(), remembered);
            state.log.note_memos(name.into(), 1, memos);
        }
        state.log.checkpoint().expect("there is room");
    }
    let (told, condition) = told(&folder);
    assert_eq!((told.len(), condition), (3, Condition::Usable));
    let names = ["segments/00000001.segment", "segments/00000002.segment", "state.sqlite"];
    let read = |name: &str| (name.to_owned(), fs::read(folder.join(name)).expect("it is there"));
    Whole { files: names.map(read).into(), told }
}

/// What a state tells that can be believed, and in what condition it was found.
fn told(folder: &Path) -> (Told, Condition) {
    let state = State::open(folder, &dependencies(), Duration::ZERO).expect("the folder is ours");
    let read = |extents: &[_]| {
        let mut frames = Frames::new(state.log.folder(), extents.iter().copied());
        let mut documents = Vec::new();
        while let Ok(Some((frame, _))) = frames.next_frame() {
            if !frame.is_intact() {
                break;
            }
            documents.push(frame.bytes);
        }
        documents
    };
    let mut told = Told::new();
    for path in state.recall.paths() {
        let remembered = state.recall.get(&path).expect("it is one of the paths").clone();
        let documents = read(&remembered.extents);
        if let Some(memos) = state.recall.memos(&path, 1) {
            read(memos);
        }
        told.insert(path, (remembered, documents));
    }
    (told, state.condition)
}

/// One harm to one file.
fn do_harm(files: &mut Files, [file, what, low, high, amount, with]: [u8; 6]) {
    let name = files.keys().nth(usize::from(file) % files.len()).cloned();
    let Some(bytes) = name.and_then(|name| files.get_mut(&name)) else { return };
    let at = usize::from(u16::from_le_bytes([low, high])) % (bytes.len() + 1);
    let end = (at + usize::from(amount)).min(bytes.len());
    match what % 8 {
        0 => bytes.truncate(at),
        1 => bytes[at..end].fill(with),
        2 => drop(bytes.drain(at..end)),
        3 => drop(bytes.splice(at..at, std::iter::repeat_n(with, usize::from(amount)))),
        4 => bytes[at..end].iter_mut().for_each(|byte| *byte = byte.wrapping_add(with)),
        5 => {
            let copied = bytes[at..end].to_vec();
            let to = usize::from(with) * bytes.len() / 256;
            let room = copied.len().min(bytes.len() - to);
            bytes[to..to + room].copy_from_slice(&copied[..room]);
        }
        6 => {
            let other = files.values().nth(usize::from(with) % files.len()).cloned();
            let name = files.keys().nth(usize::from(file) % files.len()).cloned();
            if let (Some(name), Some(other)) = (name, other) {
                files.insert(name, other);
            }
        }
        _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= with),
    }
}
