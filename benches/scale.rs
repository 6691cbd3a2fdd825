//! How near-dedup grows: seeded articles with edits, 10⁴ to 10⁶ of them, through sketch, join, comparison and clusters.
//!
//! `cargo bench --bench scale -- COUNT [BUDGET_MIB]` prints processor time a document, adjusted Rand index, peak memory
//! and bytes a document, and asserts the index; `-- FOLDER` prints megabytes a second for the documents of a dump. Its clock is
//! the processor time, user and system, of the one thread, from documents in memory (read and decoded before) to verdicts:
//! tokens, sketches, the census and its sort, join, comparison, clusters. A megabyte is a million bytes of headline and body
//! as UTF-8. Without either it runs 10,000. Articles are made one at a time and never
//! held, so that the peak is the stage's own. One thread, because time is compared between sizes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use copydesk::census::Workspace;
use copydesk::config::Config;
use copydesk::document::{DocId, Document};
use copydesk::input::{Follow, Units, into_document};
use copydesk::pipeline::survey;
use copydesk::stage::{AnyStage, CorpusStage, Options, Verdict, build};

const SEED: u64 = 42;
/// Documents of a story: most have one, some very many. Their mean is about two.
const CLUSTER_SIZES: [(u64, u64); 6] = [(1, 700), (2, 150), (4, 100), (9, 40), (40, 9), (400, 1)];
const SYLLABLES: [&str; 40] = [
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su",
    "ta", "ve", "wi", "xo", "zu", "bra", "cle", "dri", "flo", "gru", "sta", "tre", "spi", "pho",
    "chu", "an", "er", "il", "on", "un", "ast", "eld", "ing", "orm", "ush",
];

/// SplitMix64: small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A word by its number; the small numbers are the frequent ones.
fn word(number: u64) -> String {
    let mut random = Random(number.wrapping_mul(0xd6e8_feb8_6659_fd93));
    let count = 1 + (number > 60) as u64 + random.below(2);
    (0..=count).map(|_| SYLLABLES[random.below(40) as usize]).collect()
}

fn words(random: &mut Random, count: u64) -> Vec<String> {
    let mut words = Vec::with_capacity(count as usize);
    for _ in 0..count {
        // Squared twice: a few words make up much of a text, as in a language.
        let share = random.below(1 << 20) as f64 / f64::from(1u32 << 20);
        words.push(word((30_000.0 * share.powi(4)) as u64));
    }
    words
}

/// A document of a story: itself, a reprint under a dateline, cut, wrapped in the source's furniture, abridged.
fn article(story: u64, copy: u64, source: u64) -> String {
    let mut random = Random(SEED ^ story.wrapping_mul(0xa076_1d64_78bd_642f));
    let len = 150 + random.below(700);
    let mut text = words(&mut random, len);
    let mut edits = Random(SEED ^ story << 20 ^ copy.wrapping_mul(0xe703_7ed1_a0b4_28db));
    let edit = if copy == 0 { 0 } else { edits.below(6) };
    match edit {
        1 => {
            let mut dateline = words(&mut edits, 4);
            dateline.append(&mut text);
            text = dateline;
        }
        2 => text.truncate(text.len() * (40 + edits.below(50) as usize) / 100),
        3 => {
            // Furniture of a source: the same on each of its pages.
            let mut of_source = Random(source.wrapping_mul(0x8ebc_6af0_9c88_c6e3));
            text.extend(words(&mut of_source, 15 + source % 25));
        }
        4 => {
            let every = 12 + edits.below(10);
            let mut at = 0;
            text.retain(|_| {
                at += 1;
                at / 20 % every != 3
            });
        }
        5 => {
            let added = words(&mut edits, 30 + len / 10);
            text.extend(added);
        }
        _ => {}
    }
    text.join(" ")
}

/// The story and the copy of each document, in an order that tears clusters apart.
fn plan(count: usize) -> Vec<(u32, u32)> {
    let mut random = Random(SEED);
    let mut all = Vec::with_capacity(count);
    let mut story = 0;
    while all.len() < count {
        let mut ticket = random.below(1000);
        let mut size = 1;
        for (documents, weight) in CLUSTER_SIZES {
            size = documents;
            if ticket < weight {
                break;
            }
            ticket -= weight;
        }
        for copy in 0..size.min((count - all.len()) as u64) {
            all.push((story, copy as u32));
        }
        story += 1;
    }
    for at in (1..count).rev() {
        all.swap(at, random.below(at as u64 + 1) as usize);
    }
    all
}

/// Sketch to clusters on the documents of a dump, repeated; the best of the rounds is the least disturbed.
fn measure_dump(folder: &Path) {
    let stage = near_dedup();
    let config = Config::default();
    let scan = survey(folder, Follow::default()).expect("the dump can be read");
    let numbered = (0u32..).zip(Units::new(&scan, &config.input));
    let documents: Vec<Document> =
        numbered.map(|(id, unit)| into_document(unit, DocId(id), &config.input)).collect();
    let bytes: usize = documents.iter().map(|document| document.text().len()).sum();
    let workspace = Workspace::new(&std::env::temp_dir(), 512 << 20);
    for round in 1..=5 {
        let began = cpu_seconds();
        let mut census = workspace.census();
        for document in &documents {
            for row in stage.observe(document) {
                census.push(document.id, row.key, &row.payload).expect("the census takes a row");
            }
        }
        let sketched = cpu_seconds();
        let groups = census.into_groups().expect("the census can be read");
        let verdicts = stage.resolve(groups).expect("the stage resolves");
        let ended = cpu_seconds();
        let rate = |seconds: f64| bytes as f64 / 1e6 / seconds;
        println!(
            "round {round}: {} documents, {:.1} MB: {:.0} MB/s (sketch {:.0} MB/s, resolve {:.3} s), {} verdicts",
            documents.len(),
            bytes as f64 / 1e6,
            rate(ended - began),
            rate(sketched - began),
            ended - sketched,
            verdicts.len(),
        );
    }
}

fn near_dedup() -> Box<dyn CorpusStage> {
    match build("near-dedup", &Options::default()) {
        Ok(AnyStage::Corpus(stage)) => stage,
        _ => panic!("near-dedup is a corpus stage"),
    }
}

fn main() {
    let folder = std::env::args().nth(1).map(PathBuf::from).filter(|folder| folder.is_dir());
    if let Some(folder) = folder {
        return measure_dump(&folder);
    }
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let count = arguments.next().map_or(10_000, |count| count.parse().expect("COUNT is a number"));
    let budget_mib: usize = arguments.next().map_or(1024, |mib| mib.parse().expect("MiB"));
    let stage = near_dedup();
    let plan = plan(count);
    // The pipeline gives tables a half of the memory of the run.
    let workspace = Workspace::new(&std::env::temp_dir(), budget_mib << 19);
    let mut census = workspace.census();
    let (mut bytes, mut rows, mut payload) = (0u64, 0u64, 0u64);
    let (mut making, mut sketching) = (0.0, 0.0);
    for (index, (story, copy)) in plan.iter().enumerate() {
        let before = cpu_seconds();
        let source = Random(index as u64).below(2000);
        let text = article(u64::from(*story), u64::from(*copy), source);
        let id = DocId(index as u32);
        let document = Document::new(id, String::new(), format!("source-{source}"), "", &text);
        let made = cpu_seconds();
        bytes += text.len() as u64;
        for row in stage.observe(&document) {
            rows += 1;
            payload += row.payload.len() as u64;
            census.push(id, row.key, &row.payload).expect("the census takes a row");
        }
        making += made - before;
        sketching += cpu_seconds() - made;
    }
    let spilled = census.spilled().expect("scratch files have a size");
    let (began, wall) = (cpu_seconds(), Instant::now());
    let groups = census.into_groups().expect("the census can be read");
    let verdicts = stage.resolve(groups).expect("the stage resolves");
    let resolving = cpu_seconds() - began;
    let peak_mib = peak_kib() / 1024;
    let mut of: Vec<usize> = (0..count).collect();
    for (id, verdict) in verdicts.sorted() {
        if let Verdict::Duplicate(duplicate) = verdict {
            of[id as usize] = duplicate.of.0 as usize;
        }
    }
    let root = |mut at: usize| {
        while of[at] != at {
            at = of[at];
        }
        at
    };
    let labels: Vec<usize> = (0..count).map(root).collect();
    let (index, precision, recall) = scores(&labels, &plan);
    let micros = |seconds: f64| 1e6 * seconds / count as f64;
    println!(
        "{count} documents of {} bytes, budget {budget_mib} MiB: {:.1} µs a document (sketch {:.1}, \
         resolve {:.1}; making the text {:.1}), {:.0} MB/s; ARI {index:.4}, pair precision \
         {precision:.4}, recall {recall:.4}; peak {peak_mib} MiB; {} bytes of sketch and {} rows a document, {:.0} bytes of both on disk; \
         resolved in {:.1} s",
        bytes / count as u64,
        micros(sketching + resolving),
        micros(sketching),
        micros(resolving),
        micros(making),
        bytes as f64 / 1e6 / (sketching + resolving),
        payload / count as u64,
        rows / count as u64,
        (spilled.bytes * rows) as f64 / (spilled.rows.max(1) * count as u64) as f64,
        wall.elapsed().as_secs_f64(),
    );
    assert!(index >= 0.98, "the clusters are wrong");
}

/// Adjusted Rand index, pair precision and pair recall.
fn scores(labels: &[usize], plan: &[(u32, u32)]) -> (f64, f64, f64) {
    let mut both: HashMap<(usize, u32), u64> = HashMap::new();
    let (mut ours, mut gold): (HashMap<usize, u64>, HashMap<u32, u64>) = Default::default();
    for (label, (story, _)) in labels.iter().zip(plan) {
        *both.entry((*label, *story)).or_default() += 1;
        *ours.entry(*label).or_default() += 1;
        *gold.entry(*story).or_default() += 1;
    }
    let pairs = |count: &u64| (count * (count - 1) / 2) as f64;
    let both: f64 = both.values().map(pairs).sum();
    let (ours, gold): (f64, f64) = (ours.values().map(pairs).sum(), gold.values().map(pairs).sum());
    let expected = ours * gold / pairs(&(labels.len() as u64));
    ((both - expected) / ((ours + gold) / 2.0 - expected), both / ours, both / gold)
}

/// Seconds of this process on a processor, user and system, from `/proc/self/schedstat`.
fn cpu_seconds() -> f64 {
    let text =
        fs::read_to_string("/proc/self/schedstat").expect("Linux tells the time of a process");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.expect("the first field is nanoseconds") / 1e9
}

fn peak_kib() -> u64 {
    let status =
        fs::read_to_string("/proc/self/status").expect("Linux tells the memory of a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).expect("VmHWM is there")
}
