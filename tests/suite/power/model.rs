//! A disk with a cache: files and folders as they are, and as they would be found if the power failed now.
//!
//! What `fsync` promises by POSIX: of a file its bytes, of a folder its names. A rename is one change even where two folders
//! take part, as journals have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What survives of all that was not flushed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Draw {
    /// Nothing.
    Nothing,
    /// Everything, as if only the process had died.
    Everything,
    /// Each change or not, by this seed; writes also in part.
    Some(u64),
}

/// A node by its number.
type Number = usize;

enum Node {
    File { durable: Vec<u8>, since: Vec<Write>, now: Vec<u8> },
    Folder { durable: BTreeMap<String, Number>, since: Vec<Change>, now: BTreeMap<String, Number> },
}

/// A change of a file's bytes.
enum Write {
    At(usize, Vec<u8>),
    Length(usize),
}

/// A change of a folder's names; those of one rename have one number.
struct Change {
    number: usize,
    name: String,
    node: Option<Number>,
}

/// Writes are torn at multiples of this.
const SECTOR_BYTES: usize = 512;

pub(super) struct Disk {
    folder: PathBuf,
    nodes: Vec<Node>,
    /// Descriptor → node and position.
    open: BTreeMap<i64, (Number, usize)>,
    changes: usize,
}

impl Disk {
    /// The disk below a folder, all of it flushed.
    pub(super) fn load(folder: &Path) -> Self {
        let mut disk = Self {
            folder: folder.to_owned(),
            nodes: Vec::new(),
            open: BTreeMap::new(),
            changes: 0,
        };
        disk.load_node(folder);
        disk
    }

    fn load_node(&mut self, path: &Path) -> Number {
        let number = self.nodes.len();
        if !path.is_dir() {
            let now = fs::read(path).unwrap();
            self.nodes.push(Node::File { durable: now.clone(), since: Vec::new(), now });
            return number;
        }
        self.nodes.push(Node::empty_folder());
        let names: BTreeMap<_, _> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), self.load_node(&entry.path())))
            .collect();
        self.nodes[number] = Node::Folder { durable: names.clone(), since: Vec::new(), now: names };
        number
    }

    /// Carries out a call of a trace; whether it changed anything here.
    pub(super) fn apply(&mut self, line: &str) -> bool {
        let Some(call) = Call::parse(line) else { return false };
        let path = |index: usize| call.paths.get(index).cloned().unwrap_or_default();
        match call.name {
            "openat" => self.open_file(&call, &path(0)),
            "close" => {
                self.open.remove(&call.descriptor);
                false
            }
            "lseek" => {
                if let Some((_, position)) = self.open.get_mut(&call.descriptor) {
                    *position = call.result as usize;
                }
                false
            }
            "write" | "pwrite64" => {
                let Some((node, position)) = self.open.get_mut(&call.descriptor) else {
                    return false;
                };
                let written = call.text[..call.result as usize].to_vec();
                let at = match call.name {
                    "write" => std::mem::replace(position, *position + written.len()),
                    _ => call.last_number as usize,
                };
                let node = *node;
                self.change_file(node, Write::At(at, written))
            }
            "ftruncate" => match self.open.get(&call.descriptor) {
                Some((node, _)) => {
                    self.change_file(*node, Write::Length(call.last_number as usize))
                }
                None => false,
            },
            "fsync" | "fdatasync" => match self.open.get(&call.descriptor) {
                Some((node, _)) => self.flush(*node),
                None => false,
            },
            "syncfs" => (0..self.nodes.len()).fold(false, |_, node| self.flush(node)),
            "mkdir" => self.create(&path(0), Node::empty_folder()).is_some(),
            "unlink" | "unlinkat" | "rmdir" => self.rename(&[(&path(0), None)]),
            "rename" | "renameat2" => {
                let (from, to) = (self.find(&path(0)), self.find(&path(1)));
                let back = to.filter(|_| call.is_exchange);
                from.is_some() && self.rename(&[(&path(1), from), (&path(0), back)])
            }
            other => panic!("the model does not know `{other}`"),
        }
    }

    fn open_file(&mut self, call: &Call<'_>, path: &Path) -> bool {
        if call.line.contains("O_TMPFILE") {
            return false;
        }
        let found = self.find(path);
        let is_new = found.is_none();
        let found = match found {
            None if call.line.contains("O_CREAT") => self.create(path, Node::empty_file()),
            found => found,
        };
        let Some(node) = found else { return false };
        self.open.insert(call.result, (node, 0));
        if !is_new && call.line.contains("O_TRUNC") {
            return self.change_file(node, Write::Length(0));
        }
        is_new
    }

    fn create(&mut self, path: &Path, node: Node) -> Option<Number> {
        let number = self.nodes.len();
        self.nodes.push(node);
        self.rename(&[(path, Some(number))]).then_some(number)
    }

    /// Gives names to nodes, or takes them away, in one change.
    fn rename(&mut self, names: &[(&Path, Option<Number>)]) -> bool {
        self.changes += 1;
        let mut is_here = false;
        for (path, node) in names {
            let (Some(folder), Some(name)) =
                (path.parent().and_then(|path| self.find(path)), path.file_name())
            else {
                continue;
            };
            let Node::Folder { since, now, .. } = &mut self.nodes[folder] else {
                panic!("{} is in no folder", path.display())
            };
            let name = name.to_str().unwrap().to_owned();
            since.push(Change { number: self.changes, name: name.clone(), node: *node });
            set(now, name, *node);
            is_here = true;
        }
        is_here
    }

    fn change_file(&mut self, node: Number, write: Write) -> bool {
        let Node::File { since, now, .. } = &mut self.nodes[node] else { return false };
        write.to(now, usize::MAX);
        since.push(write);
        true
    }

    /// `fsync`.
    fn flush(&mut self, node: Number) -> bool {
        let mut settled = BTreeSet::new();
        match &mut self.nodes[node] {
            Node::File { durable, since, now } => {
                durable.clone_from(now);
                since.clear();
            }
            Node::Folder { since, .. } => settled.extend(since.iter().map(|change| change.number)),
        }
        for other in &mut self.nodes {
            let Node::Folder { durable, since, .. } = other else { continue };
            since.retain(|change| {
                let is_settled = settled.contains(&change.number);
                if is_settled {
                    set(durable, change.name.clone(), change.node);
                }
                !is_settled
            });
        }
        true
    }

    fn find(&self, path: &Path) -> Option<Number> {
        let path = path.strip_prefix(&self.folder).ok()?;
        path.components().try_fold(0, |number, component| match (&self.nodes[number], component) {
            (Node::Folder { now, .. }, Component::Normal(name)) => now.get(name.to_str()?).copied(),
            _ => None,
        })
    }

    /// Writes what is found after the power failed.
    pub(super) fn lay_down(&self, folder: &Path, draw: Draw) {
        let state = if let Draw::Some(seed) = draw { seed } else { 0 };
        let mut dice = Dice { draw, state };
        let lost: BTreeSet<_> = (0..=self.changes).filter(|_| !dice.survives()).collect();
        self.lay_down_node(0, folder, &lost, &mut dice);
    }

    fn lay_down_node(&self, number: Number, at: &Path, lost: &BTreeSet<usize>, dice: &mut Dice) {
        match &self.nodes[number] {
            Node::File { durable, since, .. } => {
                let mut bytes = durable.clone();
                for write in since {
                    if dice.survives() {
                        write.to(&mut bytes, dice.sectors() * SECTOR_BYTES);
                    }
                }
                fs::write(at, bytes).unwrap();
            }
            Node::Folder { durable, since, .. } => {
                let mut names = durable.clone();
                for change in since.iter().filter(|change| !lost.contains(&change.number)) {
                    set(&mut names, change.name.clone(), change.node);
                }
                fs::create_dir_all(at).unwrap();
                for (name, node) in names {
                    self.lay_down_node(node, &at.join(name), lost, dice);
                }
            }
        }
    }
}

impl Node {
    fn empty_file() -> Self {
        Self::File { durable: Vec::new(), since: Vec::new(), now: Vec::new() }
    }

    fn empty_folder() -> Self {
        Self::Folder { durable: BTreeMap::new(), since: Vec::new(), now: BTreeMap::new() }
    }
}

impl Write {
    /// Carries it out, up to `most` bytes of it.
    fn to(&self, bytes: &mut Vec<u8>, most: usize) {
        match self {
            Self::Length(length) => bytes.resize(*length, 0),
            Self::At(at, written) => {
                let written = &written[..written.len().min(most)];
                bytes.resize(bytes.len().max(at + written.len()), 0);
                bytes[*at..at + written.len()].copy_from_slice(written);
            }
        }
    }
}

fn set(names: &mut BTreeMap<String, Number>, name: String, node: Option<Number>) {
    match node {
        Some(node) => drop(names.insert(name, node)),
        None => drop(names.remove(&name)),
    }
}

/// Decides what survives.
struct Dice {
    draw: Draw,
    state: u64,
}

impl Dice {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn survives(&mut self) -> bool {
        match self.draw {
            Draw::Nothing => false,
            Draw::Everything => true,
            Draw::Some(_) => self.next().is_multiple_of(2),
        }
    }

    /// How many sectors of a surviving write do: all, or in one case of four a few.
    fn sectors(&mut self) -> usize {
        let is_torn = matches!(self.draw, Draw::Some(_)) && self.next().is_multiple_of(4);
        if is_torn { (self.next() % 16) as usize } else { usize::MAX / SECTOR_BYTES }
    }
}

/// A line of the trace.
struct Call<'a> {
    line: &'a str,
    name: &'a str,
    /// The first argument, where it is a number.
    descriptor: i64,
    /// The last.
    last_number: i64,
    /// What is written.
    text: Vec<u8>,
    /// The paths that are named, whole.
    paths: Vec<PathBuf>,
    is_exchange: bool,
    result: i64,
}

impl<'a> Call<'a> {
    /// `None` for a call that failed.
    fn parse(line: &'a str) -> Option<Self> {
        let (name, arguments) = line.split_once('(')?;
        let (arguments, result) = arguments.rsplit_once(") ")?;
        let result = number(result.trim_start_matches([' ', '=']))?;
        if result < 0 {
            return None;
        }
        let strings: Vec<_> = arguments.split('"').skip(1).step_by(2).map(unescaped).collect();
        // Relative paths stand behind the folder that they are relative to.
        let folders: Vec<_> = arguments
            .split('"')
            .step_by(2)
            .map(|between| {
                let inner = between.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
                inner.map(|(path, _)| path_of(unescaped(path))).unwrap_or_default()
            })
            .collect();
        let paths =
            strings.iter().zip(folders).map(|(name, folder)| folder.join(path_of(name.clone())));
        Some(Self {
            line,
            name,
            descriptor: number(arguments).unwrap_or(-1),
            last_number: arguments.rsplit(", ").next().and_then(number).unwrap_or(-1),
            paths: if name.contains("write") { Vec::new() } else { paths.collect() },
            text: strings.into_iter().next().unwrap_or_default(),
            is_exchange: arguments.contains("RENAME_EXCHANGE"),
            result,
        })
    }
}

fn number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    text[..end].parse().ok()
}

fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8(bytes).expect("paths of this test are UTF-8").into()
}

/// `\x2f\x74` as bytes; what is not escaped stands for itself.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match rest.strip_prefix("\\x") {
            Some(hex) => {
                bytes.push(u8::from_str_radix(&hex[..2], 16).expect("two digits"));
                rest = &hex[2..];
            }
            None => {
                bytes.extend(first.to_string().into_bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    bytes
}

/// The calls of a trace in the order of their ends, without the numbers of threads; what was cut in two is put together.
pub(super) fn calls(log: &str) -> Vec<String> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(call) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, call);
        } else if let Some((_, rest)) = call.split_once(" resumed>") {
            calls.push(format!("{}{rest}", begun.remove(thread).unwrap_or_default()));
        } else if call.contains('(') {
            calls.push(call.to_owned());
        }
    }
    calls
}
