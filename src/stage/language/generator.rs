//! Makes the table from lingua's model files, which nothing else reads. Built for tests only.
//!
//! The files come from the sources of the model crates that `Cargo.lock` pins, where cargo put them: linking the crates'
//! constants would put a second copy of 290 MB into a binary. `COPYDESK_BLESS=1 cargo test --lib language_table`
//! writes the table anew; without that variable the test compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use fst::{Automaton, IntoStreamer, Streamer};

use super::inventory::INVENTORY;
use super::score::Scan;
use super::script::{Script, script};
use super::table::{LETTER_BITS, STEP, Table};

/// Nats for each step of back-off to a shorter n-gram. lingua takes none, so a language with a thin model wins on junk:
/// sentences gain 0.7 points by this and the next (measured on 58 languages).
const BACK_OFF: f32 = 1.5;
/// Nats for a letter that the language does not have.
const UNKNOWN: f32 = 12.0;
/// A script's letters beyond the thousand commonest are strays.
const MAX_LETTERS: usize = (1 << LETTER_BITS) - 2;

/// Codes, and the English names in the names of the model crates.
const CRATES: &str = "
    af afrikaans ar arabic az azerbaijani be belarusian bg bulgarian bn bengali bs bosnian
    ca catalan cs czech cy welsh da danish de german el greek en english eo esperanto
    es spanish et estonian eu basque fa persian fi finnish fr french ga irish gu gujarati
    he hebrew hi hindi hr croatian hu hungarian hy armenian id indonesian is icelandic
    it italian ka georgian kk kazakh ko korean la latin lg ganda lt lithuanian lv latvian
    mi maori mk macedonian mn mongolian mr marathi ms malay nb bokmal nl dutch nn nynorsk
    pa punjabi pl polish pt portuguese ro romanian ru russian sk slovak sl slovene sn shona
    so somali sq albanian sr serbian st sotho sv swedish sw swahili ta tamil te telugu
    th thai tl tagalog tn tswana tr turkish ts tsonga uk ukrainian ur urdu vi vietnamese
    xh xhosa yo yoruba zu zulu
";

/// An n-gram of up to three letters, 21 bits each from the left, so that "a" sorts before "ab" before "abc".
type Spelling = u64;

struct Entry {
    spelling: Spelling,
    lane: u8,
    ln_p: f32,
}

/// The table as the program unpacks it.
pub(super) fn table(models: &BTreeMap<String, PathBuf>) -> Vec<u8> {
    let mut out = Vec::new();
    for (script, languages) in INVENTORY {
        let mut entries = Vec::new();
        // Korean syllables are a class of their own and need no models.
        if script != Script::Hangul {
            for (lane, code) in languages.iter().enumerate() {
                entries.extend(read_model(&models[*code], script, lane as u8));
            }
        }
        write_group(&mut out, script, languages.len(), &entries);
    }
    let without_costs = out.len();
    let n_languages: usize = INVENTORY.iter().map(|(_, languages)| languages.len()).sum();
    out.resize(without_costs + 4 * n_languages, 0);
    let costs = usual_costs(&Table::from_bytes(&out), models);
    out.truncate(without_costs);
    for cost in costs {
        out.extend(cost.to_le_bytes());
    }
    out
}

/// What a trigram costs in lingua's own test sentences, in ten thousandths of a nat, in the order of the inventory.
fn usual_costs(table: &Table, models: &BTreeMap<String, PathBuf>) -> Vec<u32> {
    let mut costs = Vec::new();
    for (script, languages) in INVENTORY {
        for (lane, code) in languages.iter().enumerate() {
            let path = models[*code].parent().and_then(Path::parent).expect("the crate's folder");
            let path = path.join("testdata").join("sentences.txt");
            let text = std::fs::read_to_string(path).expect("the test sentences can be read");
            let whole = 0..text.len();
            let scan = Scan::with_sample(table, &text, std::slice::from_ref(&whole), usize::MAX);
            let cost = scan.cost(table, (script, lane));
            costs.push((cost.unwrap_or_default() * 1e4).round() as u32);
        }
    }
    costs
}

/// Where the model file of each language lies: in the sources of the crates that the lock file pins.
pub(super) fn model_files(manifest: &Path) -> BTreeMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run =
        |arguments: &[&str]| Command::new(&cargo).args(arguments).output().expect("cargo runs");
    // Only the packages of this platform are sure to be here without a network.
    let version = String::from_utf8(run(&["-vV"]).stdout).expect("cargo speaks UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let manifest = manifest.to_str().expect("the path of the sources is UTF-8");
    let arguments = ["metadata", "--format-version=1", "--locked", "--manifest-path", manifest];
    let of_host = [&arguments[..], &["--filter-platform", host]].concat();
    let offline = run(&[&of_host[..], &["--offline"]].concat());
    // A machine that has built this package alone lacks what other members of the workspace need.
    let output = if offline.status.success() { offline } else { run(&of_host) };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = output.stdout;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output).expect("cargo's metadata are JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let words: Vec<&str> = CRATES.split_whitespace().collect();
    let names: Vec<&[&str]> = words.chunks_exact(2).collect();
    let mut files = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let english = name.strip_prefix("lingua-").and_then(|n| n.strip_suffix("-language-model"));
        let code = english.and_then(|english| names.iter().find(|name| name[1] == english));
        if let (Some(code), Some(path)) = (code, package["manifest_path"].as_str()) {
            let file = Path::new(path).with_file_name("models").join("ngrams.fst");
            files.insert(code[0].to_owned(), file);
        }
    }
    files
}

/// n-grams of one to three characters.
struct ShortNgrams;

impl Automaton for ShortNgrams {
    type State = u8;

    fn start(&self) -> u8 {
        0
    }

    fn is_match(&self, chars: &u8) -> bool {
        (1..=3).contains(chars)
    }

    fn can_match(&self, chars: &u8) -> bool {
        *chars <= 3
    }

    fn accept(&self, chars: &u8, byte: u8) -> u8 {
        if byte & 0xC0 == 0x80 { *chars } else { chars + 1 }
    }
}

/// All short n-grams of a model that are written in its script.
fn read_model(path: &Path, model_script: Script, lane: u8) -> Vec<Entry> {
    let bytes = std::fs::read(path).expect("the model file can be read");
    let map = fst::Map::new(bytes).expect("the model is an FST");
    let mut stream = map.search(ShortNgrams).into_stream();
    let mut entries = Vec::new();
    while let Some((key, value)) = stream.next() {
        let ngram = std::str::from_utf8(key).expect("n-grams are UTF-8");
        if ngram.chars().any(|letter| script(letter) != model_script) {
            continue;
        }
        let mut spelling = 0;
        for position in 0..3 {
            spelling = spelling << 21 | ngram.chars().nth(position).map_or(0, u64::from);
        }
        // lingua stores the bits of ln p, a double.
        entries.push(Entry { spelling, lane, ln_p: f64::from_bits(value) as f32 });
    }
    entries
}

/// Least languages that know a trigram for it to have a row; others fall back to their bigram. Two thirds of the Latin
/// trigrams go by this, and no accuracy on articles.
fn min_languages(script: Script) -> usize {
    match script {
        Script::Latin => 3,
        Script::Cyrillic => 2,
        Script::Arabic | Script::Devanagari => 1,
        // Scripts of one language: only the letters are needed, to tell when they are not those of the language.
        _ => usize::MAX,
    }
}

fn write_group(out: &mut Vec<u8>, script: Script, languages: usize, entries: &[Entry]) {
    let letters = commonest_letters(entries);
    let ids: BTreeMap<u64, u32> =
        letters.iter().enumerate().map(|(at, letter)| (*letter, at as u32 + 1)).collect();
    let mut keyed: Vec<(u32, u8, f32)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let ids = letters_of(entry.spelling).map(|letter| match letter {
            0 => Some(0),
            letter => ids.get(&letter).copied(),
        });
        if let [Some(first), Some(second), Some(third)] = ids {
            let key = first << (2 * LETTER_BITS) | second << LETTER_BITS | third;
            keyed.push((key, entry.lane, entry.ln_p));
        }
    }
    keyed.sort_unstable_by_key(|(key, lane, _)| (*key, *lane));
    let rows = rows(&keyed, languages, min_languages(script));
    let word = |out: &mut Vec<u8>, word: u32| out.extend(word.to_le_bytes());
    word(out, letters.len() as u32);
    for letter in &letters {
        word(out, *letter as u32);
    }
    word(out, rows.len() as u32);
    for (key, _) in &rows {
        word(out, *key);
    }
    for lane in 0..languages {
        out.extend(rows.iter().map(|(_, cells)| cells[lane]));
    }
}

fn letters_of(spelling: Spelling) -> [u64; 3] {
    const LETTER: u64 = (1 << 21) - 1;
    [spelling >> 42 & LETTER, spelling >> 21 & LETTER, spelling & LETTER]
}

/// The letters that occur in most pairs of n-gram and language; ties go to the higher code point.
fn commonest_letters(entries: &[Entry]) -> Vec<u64> {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    for entry in entries {
        for letter in letters_of(entry.spelling).into_iter().filter(|letter| *letter != 0) {
            *counts.entry(letter).or_default() += 1;
        }
    }
    let mut counts: Vec<(u32, u64)> = counts.into_iter().map(|(letter, n)| (n, letter)).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts.truncate(MAX_LETTERS);
    counts.into_iter().map(|(_, letter)| letter).collect()
}

/// ln p by lane, and the length of the n-gram that it is of.
type Known = Vec<(f32, u32)>;

/// Rows by key, the back-off carried out: what a language does not know, it takes from the shorter n-gram.
fn rows(keyed: &[(u32, u8, f32)], languages: usize, min_languages: usize) -> Vec<(u32, Vec<u8>)> {
    const LAST: u32 = (1 << LETTER_BITS) - 1;
    let unknown: Known = vec![(-UNKNOWN, 0); languages];
    let mut one: (u32, Known) = (0, unknown.clone());
    let mut two: (u32, Known) = (0, unknown.clone());
    let mut rows = Vec::new();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let key = group[0].0;
        let length = match key {
            key if key & LAST != 0 => 3,
            key if key >> LETTER_BITS & LAST != 0 => 2,
            _ => 1,
        };
        let first = key >> (2 * LETTER_BITS) << (2 * LETTER_BITS);
        let first_two = key >> LETTER_BITS << LETTER_BITS;
        if one.0 != first {
            one = (first, unknown.clone());
        }
        if length == 3 && two.0 != first_two {
            two = (first_two, one.1.clone());
        }
        let mut known = match length {
            1 => unknown.clone(),
            2 => one.1.clone(),
            _ => two.1.clone(),
        };
        for (_, lane, ln_p) in group {
            known[usize::from(*lane)] = (ln_p.min(0.0), length);
        }
        match length {
            1 => one = (first, known.clone()),
            2 => two = (first_two, known.clone()),
            _ => {}
        }
        let is_wanted = match length {
            1 => true,
            2 => min_languages < usize::MAX,
            _ => group.len() >= min_languages,
        };
        if is_wanted {
            rows.push((key, known.iter().map(|known| cell(*known, length)).collect()));
        }
    }
    rows
}

fn cell((ln_p, known_length): (f32, u32), length: u32) -> u8 {
    let penalty = match known_length {
        0 => 0.0,
        known => BACK_OFF * (length - known) as f32,
    };
    ((penalty - ln_p) / STEP + 0.5).clamp(0.0, 255.0) as u8
}

#[test]
fn the_language_table_is_what_the_generator_makes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("src/stage/language/table.bin.zst");
    let made = table(&model_files(&root.join("Cargo.toml")));
    if std::env::var_os("COPYDESK_BLESS").is_some() {
        let packed = zstd::encode_all(made.as_slice(), 19).unwrap();
        std::fs::write(&path, packed).unwrap();
    }
    // Unpacked bytes are compared: another release of zstd may pack otherwise.
    let committed = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
    assert!(committed == made, "{} bytes, made are {}", committed.len(), made.len());
}
