//! Trains the line classifier of the `boilerplate` stage: `train_line_model GOLD.jsonl MODEL`, same input, same bytes.
//!
//! Gradient-boosted trees with the logistic loss, grown leaf by leaf over binned features. Nothing is drawn at random.
//! Models without the pages of a fifth of the publishers, and without those of a data set, tell what it does on pages of
//! publishers it has not seen, and on pages that others have chosen and labelled.

use std::collections::BTreeMap;
use std::thread;

use anyhow::{Context, Result};
use copydesk::document::{DocId, Document, Language};
use copydesk::stage::Stage;
use copydesk::stage::boilerplate::classifier::{Model, NAMES, Node, Row};
use copydesk::stage::boilerplate::{Boilerplate, Options};
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

const FOLDS: u64 = 5;
const TREES: usize = 250;
const LEAVES: usize = 20;
const RATE: f64 = 0.06;
const RIDGE: f64 = 4.0;
/// Least sum of the second derivatives in a leaf: with fewer, it is one page's quirk.
const MIN_HESSIAN: f64 = 4.0;
const BINS: usize = 48;
/// Of ten features and of ten samples, how many a tree sees: trees that differ generalise better.
const FEATURES_OF_TEN: u64 = 4;
const SAMPLES_OF_TEN: u64 = 7;
const THRESHOLDS: [f64; 3] = [0.8, 0.9, 0.99];

/// One labelled page.
#[derive(Deserialize)]
struct Gold {
    page: String,
    dataset: String,
    lang: String,
    url: Option<String>,
    title: Option<String>,
    page_title: Option<String>,
    variant: String,
    raw_text: String,
    labels: Vec<String>,
}

/// A labelled line.
struct Sample {
    row: Row,
    is_drop: bool,
    weight: f64,
    /// Index of its page.
    page: usize,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let gold = arguments.next().context("usage: train_line_model GOLD.jsonl MODEL")?;
    let target = arguments.next().context("usage: train_line_model GOLD.jsonl MODEL")?;
    let text =
        std::fs::read_to_string(&gold).with_context(|| format!("could not read `{gold}`"))?;
    let pages: Vec<Gold> =
        text.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("bad gold")?;
    let rules = Options { classifier: false, ..Options::default() }.build()?;
    let samples: Vec<Sample> =
        pages.iter().enumerate().flat_map(|(index, page)| samples(&rules, index, page)).collect();
    println!("{} pages, {} lines", pages.len(), samples.len());
    let plain = train(&samples.iter().collect::<Vec<_>>());
    std::fs::write(&target, plain.to_text())?;
    let publishers: Vec<u64> = pages.iter().map(|page| publisher(page) % FOLDS).collect();
    let data_sets: Vec<u64> = pages.iter().map(|page| xxh3_64(page.dataset.as_bytes())).collect();
    let ways = [
        ("by publisher", train_without_each(&samples, &publishers), publishers),
        ("by data set", train_without_each(&samples, &data_sets), data_sets),
        ("plain", BTreeMap::from([(0, plain)]), vec![0; pages.len()]),
    ];
    let all: Vec<(usize, &Gold)> = pages.iter().enumerate().collect();
    for variant in ["newspaper", "p_all"] {
        let wanted = |is_wanted: fn(&Gold) -> bool| -> Vec<(usize, &Gold)> {
            let is_wanted = |page: &Gold| page.variant == variant && is_wanted(page);
            all.iter().copied().filter(|(_, page)| is_wanted(page)).collect()
        };
        for (name, wanted) in [("", wanted(|_| true)), (", labelled by people", wanted(is_human))] {
            println!("\n{variant}{name}");
            report("rules", &wanted, |_| &rules);
            for classifier_threshold in THRESHOLDS {
                for (way, models, groups) in &ways {
                    let options = Options { classifier_threshold, ..Options::default() };
                    let build = |(group, model): (&u64, &Model)| {
                        Ok((*group, options.build_with_model(model.clone())?))
                    };
                    let stages: BTreeMap<u64, Boilerplate> =
                        models.iter().map(build).collect::<Result<_>>()?;
                    let name = format!("{classifier_threshold} {way}");
                    report(&name, &wanted, |page| &stages[&groups[page]]);
                }
            }
        }
    }
    Ok(())
}

/// For each group of pages, the model of all others.
fn train_without_each(samples: &[Sample], groups: &[u64]) -> BTreeMap<u64, Model> {
    let train_without = |group: u64| {
        train(&samples.iter().filter(|sample| groups[sample.page] != group).collect::<Vec<_>>())
    };
    thread::scope(|scope| {
        let workers: BTreeMap<u64, _> = groups
            .iter()
            .map(|group| (*group, ()))
            .collect::<BTreeMap<_, _>>()
            .into_keys()
            .map(|group| (group, scope.spawn(move || train_without(group))))
            .collect();
        let join = |(group, worker): (u64, thread::ScopedJoinHandle<'_, Model>)| {
            (group, worker.join().expect("training does not panic"))
        };
        workers.into_iter().map(join).collect()
    })
}

/// Prints the figures of `score_boilerplate.py` for one way of cleaning.
fn report<'s>(name: &str, pages: &[(usize, &Gold)], stage: impl Fn(usize) -> &'s Boilerplate) {
    let (mut count, mut exact, mut hurt, mut f1) = (0.0_f64, 0.0, 0.0, 0.0);
    let (mut keeps, mut lost, mut drops, mut gone) = (0.0_f64, 0.0, 0.0_f64, 0.0);
    let has_text = |page: &Gold| page.labels.iter().any(|label| label == "keep");
    for (index, page) in pages.iter().filter(|(_, page)| has_text(page)) {
        let mut document = document(page, &page.raw_text);
        let findings = stage(*index).examine(&document);
        document.apply("boilerplate", findings);
        let mut left: BTreeMap<String, usize> = BTreeMap::new();
        document.lines().for_each(|line| *left.entry(squeeze(line.text)).or_default() += 1);
        let (mut page_lost, mut page_left, mut wanted) = (0.0, 0.0, String::new());
        for (line, label) in page.raw_text.lines().zip(&page.labels) {
            if matches!(label.as_str(), "keep" | "mixed") {
                wanted.push_str(line);
                wanted.push('\n');
            }
            let text = squeeze(line);
            if text.is_empty() || !matches!(label.as_str(), "keep" | "drop") {
                continue;
            }
            let here = left.get_mut(&text).filter(|count| **count > 0);
            let is_here = here.map(|count| *count -= 1).is_some();
            if label == "keep" {
                keeps += 1.0;
                page_lost += f64::from(u8::from(!is_here));
            } else {
                drops += 1.0;
                page_left += f64::from(u8::from(is_here));
                gone += f64::from(u8::from(!is_here));
            }
        }
        count += 1.0;
        lost += page_lost;
        hurt += f64::from(u8::from(page_lost > 0.0));
        exact += f64::from(u8::from(page_lost + page_left == 0.0));
        f1 += shingle_f1(&wanted, document.body());
    }
    println!(
        "{name:17} f1 {:.4} exact {:.3} recall {:.3} precision {:.3} lost {:.2}% hurt {:.1}%",
        f1 / count,
        exact / count,
        gone / drops,
        gone / f64::max(gone + lost, 1.0),
        100.0 * lost / keeps,
        100.0 * hurt / count
    );
}

/// Agreement of two texts in runs of four words.
fn shingle_f1(wanted: &str, found: &str) -> f64 {
    let shingles = |text: &str| {
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let size = words.len().clamp(1, 4);
        let mut all: BTreeMap<u64, f64> = BTreeMap::new();
        words
            .windows(size)
            .for_each(|w| *all.entry(xxh3_64(w.join(" ").as_bytes())).or_default() += 1.0);
        all
    };
    let (wanted, found) = (shingles(wanted), shingles(found));
    let both: f64 = wanted.iter().filter_map(|(k, n)| found.get(k).map(|m| n.min(*m))).sum();
    let all = wanted.values().sum::<f64>() + found.values().sum::<f64>();
    if all > 0.0 { 2.0 * both / all } else { 1.0 }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether people have labelled the page's lines; those of others were made by programs, and checked.
fn is_human(page: &Gold) -> bool {
    matches!(page.dataset.as_str(), "aeb" | "fundus_tests")
}

/// The page as a dump has it.
fn document(page: &Gold, body: &str) -> Document {
    let title = page.page_title.as_deref().or(page.title.as_deref()).unwrap_or_default();
    let mut document =
        Document::new(DocId(0), "page", page.dataset.as_str(), &squeeze(title), body);
    document.language =
        Some(Language { code: page.lang.clone().into(), confidence: 1.0, ..Language::default() });
    document
}

/// A number for the publisher of a page, whatever the data set.
fn publisher(page: &Gold) -> u64 {
    let url = page.url.as_deref().unwrap_or_default();
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
    let host = host.or(page.page.split('/').nth(1)).unwrap_or_default().to_lowercase();
    let labels = host
        .split(['.', '-', '_'])
        .map(|label| label.trim_end_matches(|c: char| c.is_ascii_digit()));
    // The name is the longest part: neither "www" nor the country.
    let name = labels.max_by_key(|label| label.len()).unwrap_or_default();
    xxh3_64(name.as_bytes())
}

/// The lines that rules leave, and those of a page where two in three of the residue's lines are gone already: so does a
/// page look in later rounds, and where recurrence has been at work.
fn samples(rules: &Boilerplate, index: usize, page: &Gold) -> Vec<Sample> {
    // To weigh all texts alike gives whole pages two points of recall in folds by publisher, and takes half as many again
    // lines of a dump, lists and captions among them.
    let variant = match page.variant.as_str() {
        "newspaper" => 3.0,
        "p_all" => 1.0,
        _ => 0.3,
    };
    let weight = variant * if is_human(page) { 1.0 } else { 0.7 };
    let labelled: Vec<(&str, &str)> =
        page.raw_text.lines().zip(page.labels.iter().map(String::as_str)).collect();
    let stays = |at: &usize| {
        labelled[*at].1 != "drop"
            || xxh3_64(format!("{}{at}", page.page).as_bytes()).is_multiple_of(3)
    };
    let late: Vec<usize> = (0..labelled.len()).filter(stays).collect();
    let all: Vec<usize> = (0..labelled.len()).collect();
    let mut samples = Vec::new();
    for (lines, weight) in [(all, weight), (late, weight / 2.0)] {
        let body = lines.iter().map(|at| labelled[*at].0).collect::<Vec<_>>().join("\n");
        let mut document = document(page, &body);
        let findings = rules.examine(&document);
        document.apply("boilerplate", findings);
        let mut lines = lines.iter().map(|at| labelled[*at]);
        for (text, row) in Boilerplate::line_rows(&document) {
            let Some((_, label)) = lines.find(|(line, _)| line.trim() == text) else { break };
            if matches!(label, "keep" | "drop") {
                samples.push(Sample { row, is_drop: label == "drop", weight, page: index });
            }
        }
    }
    samples
}

/// First and second derivatives of the loss, summed for each bin of each feature.
type Histogram = Vec<[f64; 2]>;

/// A leaf that may still be split.
struct Leaf {
    node: usize,
    samples: Vec<u32>,
    histogram: Histogram,
    split: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    bin: usize,
}

fn train(samples: &[&Sample]) -> Model {
    let cuts: Vec<Vec<f32>> =
        (0..NAMES.len()).map(|feature| cut_points(samples, feature)).collect();
    let bin = |sample: &&Sample| -> Vec<u8> {
        (0..NAMES.len())
            .map(|feature| cuts[feature].partition_point(|cut| *cut < sample.row[feature]) as u8)
            .collect()
    };
    let bins: Vec<u8> = samples.iter().flat_map(bin).collect();
    let total: f64 = samples.iter().map(|sample| sample.weight).sum();
    let drops: f64 = samples.iter().filter(|s| s.is_drop).map(|sample| sample.weight).sum();
    let bias = (drops / (total - drops)).ln() as f32;
    let mut sums = vec![f64::from(bias); samples.len()];
    let mut trees = Vec::new();
    for tree in 0..TREES {
        let slope = |(sample, sum): (&&Sample, &f64)| {
            let p = 1.0 / (1.0 + (-sum).exp());
            let y = f64::from(u8::from(sample.is_drop));
            [sample.weight * (y - p), sample.weight * p * (1.0 - p)]
        };
        let slopes: Vec<[f64; 2]> = samples.iter().zip(&sums).map(slope).collect();
        let sample: Vec<u32> = (0..slopes.len() as u32)
            .filter(|at| is_drawn(tree, *at as usize, SAMPLES_OF_TEN))
            .collect();
        let nodes = grow(tree, &bins, &slopes, &cuts, sample);
        for (at, sum) in sums.iter_mut().enumerate() {
            *sum += value_of(&nodes, samples[at]);
        }
        trees.push(nodes);
    }
    Model::new(bias, trees)
}

/// Whether a feature or sample is among those that a tree sees. The same in every run.
fn is_drawn(tree: usize, at: usize, of_ten: u64) -> bool {
    xxh3_64(format!("{tree} {of_ten} {at}").as_bytes()) % 10 < of_ten
}

/// What a tree adds for a sample.
fn value_of(nodes: &[Node], sample: &Sample) -> f64 {
    let mut node = nodes[0];
    while let Some(feature) = node.feature {
        let goes_right = sample.row[usize::from(feature)] > node.value;
        node = nodes[usize::from(node.left) + usize::from(goes_right)];
    }
    f64::from(node.value)
}

/// Grows one tree from the samples `all`, the most gainful leaf first.
fn grow(
    tree: usize,
    bins: &[u8],
    slopes: &[[f64; 2]],
    cuts: &[Vec<f32>],
    all: Vec<u32>,
) -> Vec<Node> {
    let is_seen: Vec<bool> =
        (0..NAMES.len()).map(|feature| is_drawn(tree, feature, FEATURES_OF_TEN)).collect();
    let blank = Node { feature: None, value: 0.0, left: 0 };
    let mut nodes = vec![blank];
    let histogram = count(bins, slopes, &all);
    let split = best_split(&histogram, &is_seen);
    let mut leaves = vec![Leaf { node: 0, samples: all, histogram, split }];
    while leaves.len() < LEAVES {
        let gain = |leaf: &Leaf| leaf.split.map_or(0.0, |split| split.gain);
        let best = (0..leaves.len()).max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b])));
        let Some((at, Some(split))) = best.map(|at| (at, leaves[at].split)) else { break };
        let Leaf { node, samples, mut histogram, .. } = leaves.swap_remove(at);
        let is_left =
            |at: &u32| usize::from(bins[*at as usize * NAMES.len() + split.feature]) <= split.bin;
        let (left, right): (Vec<u32>, Vec<u32>) = samples.into_iter().partition(is_left);
        let small = count(bins, slopes, if left.len() < right.len() { &left } else { &right });
        for (whole, part) in histogram.iter_mut().zip(&small) {
            *whole = [whole[0] - part[0], whole[1] - part[1]];
        }
        let (of_left, of_right) =
            if left.len() < right.len() { (small, histogram) } else { (histogram, small) };
        let value = cuts[split.feature][split.bin];
        let first = nodes.len();
        nodes[node] = Node { feature: Some(split.feature as u16), value, left: first as u16 };
        nodes.extend([blank, blank]);
        for (node, samples, histogram) in [(first, left, of_left), (first + 1, right, of_right)] {
            let split = best_split(&histogram, &is_seen);
            leaves.push(Leaf { node, samples, histogram, split });
        }
    }
    for leaf in leaves {
        let [slope, curve] = leaf.samples.iter().fold([0.0, 0.0], |sum: [f64; 2], at| {
            [sum[0] + slopes[*at as usize][0], sum[1] + slopes[*at as usize][1]]
        });
        // Four decimals are enough, and keep the file small.
        let value = (RATE * slope / (curve + RIDGE) * 1e4).round() / 1e4;
        nodes[leaf.node].value = value as f32;
    }
    nodes
}

fn count(bins: &[u8], slopes: &[[f64; 2]], samples: &[u32]) -> Histogram {
    let mut histogram = vec![[0.0; 2]; NAMES.len() * BINS];
    for at in samples {
        let [slope, curve] = slopes[*at as usize];
        let row = &bins[*at as usize * NAMES.len()..][..NAMES.len()];
        for (bin, bins) in row.iter().zip(histogram.chunks_exact_mut(BINS)) {
            let sum = &mut bins[usize::from(*bin)];
            *sum = [sum[0] + slope, sum[1] + curve];
        }
    }
    histogram
}

fn best_split(histogram: &Histogram, is_seen: &[bool]) -> Option<Split> {
    let worth = |sum: [f64; 2]| sum[0] * sum[0] / (sum[1] + RIDGE);
    let mut best: Option<Split> = None;
    let features = histogram.chunks_exact(BINS).enumerate();
    for (feature, bins) in features.filter(|(feature, _)| is_seen[*feature]) {
        let total = bins.iter().fold([0.0, 0.0], |sum, bin| [sum[0] + bin[0], sum[1] + bin[1]]);
        let mut left = [0.0, 0.0];
        for (bin, sum) in bins.iter().enumerate() {
            left = [left[0] + sum[0], left[1] + sum[1]];
            let right = [total[0] - left[0], total[1] - left[1]];
            let gain = worth(left) + worth(right) - worth(total);
            let is_large = left[1] >= MIN_HESSIAN && right[1] >= MIN_HESSIAN;
            if is_large && gain > best.map_or(1e-6, |split| split.gain) {
                best = Some(Split { gain, feature, bin });
            }
        }
    }
    best
}

/// Values that part a feature's samples into about equal bins; each is halfway between two that occur.
fn cut_points(samples: &[&Sample], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = samples.iter().map(|sample| sample.row[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = Vec::new();
    for part in 1..BINS {
        let value = values[values.len() * part / BINS];
        let Some(next) = values.get(values.partition_point(|other| *other <= value)) else { break };
        let cut = ((value + next) / 2.0 * 1e4).round() / 1e4;
        if cuts.last() != Some(&cut) {
            cuts.push(cut);
        }
    }
    cuts
}
