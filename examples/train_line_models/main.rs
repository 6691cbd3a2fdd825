//! Trains the line classifier of the `boilerplate` stage: `train_line_models FOLDER GOLD.jsonl... [documents.csv]` writes the
//! model of lines and that of ends; same input, same bytes. The articles of `documents.csv`, of a run over a dump, stand before
//! the furniture of labelled pages, too.
//!
//! The model of lines has the logistic loss; that of ends, over all places of a page, the cross-entropy of their
//! distribution. It learns from scores of models of lines that have not seen the page.
//! Models without the pages of a fifth of the publishers, and without those of a data set, tell what both do on pages of
//! publishers they have not seen, and on pages that others have chosen and labelled.

mod articles;
mod gold;
mod score;
mod segments;
mod trees;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};
use copydesk::stage::boilerplate::classifier::{ENDS, EndRow, LINES, Model, Models};
use copydesk::stage::boilerplate::{Boilerplate, Options};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use self::gold::{Gold, Left};
use self::score::report;
use self::segments::SEGMENTS;
use self::trees::{Growth, train};

const FOLDS: u64 = 5;
const LINE_GROWTH: Growth = Growth {
    trees: 250,
    leaves: 20,
    rate: 0.06,
    ridge: 4.0,
    min_hessian: 4.0,
    features_of_ten: 4,
    samples_of_ten: 7,
};
const END_GROWTH: Growth = Growth {
    trees: 200,
    leaves: 8,
    rate: 0.05,
    ridge: 10.0,
    min_hessian: 1.0,
    features_of_ten: 3,
    samples_of_ten: 8,
};
/// Scores of lines and probabilities of ends that are reported; 1 switches the latter off.
const THRESHOLDS: [(f64, f64); 8] = [
    (0.8, 1.0),
    (0.9, 1.0),
    (0.99, 1.0),
    (0.9, 0.5),
    (0.9, 0.6),
    (0.9, 0.7),
    (0.9, 0.8),
    (0.9, 0.9),
];
/// Which pages a table is about.
type Which = fn(&Gold) -> bool;

/// The tables: the pages of a kind of text, all or some. Of picked pieces F1 says nothing, for most lines have no label.
const TABLES: [(&str, &str, Which); 6] = [
    ("newspaper", "newspaper", |_| true),
    ("newspaper, labelled by people", "newspaper", Gold::is_human),
    ("p_all", "p_all", |_| true),
    ("p_all, labelled by people", "p_all", Gold::is_human),
    ("p_all, neither English nor German", "p_all", Gold::is_rare),
    ("picked pieces", SEGMENTS, |_| true),
];
const USAGE: &str = "usage: train_line_models FOLDER GOLD.jsonl... [documents.csv]";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, files) = arguments.split_first().context(USAGE)?;
    let (tables, files): (Vec<&String>, Vec<&String>) =
        files.iter().partition(|path| path.ends_with(".csv"));
    anyhow::ensure!(!files.is_empty(), USAGE);
    let pages: Vec<Vec<Gold>> = files.iter().map(|path| gold::read(path)).collect::<Result<_>>()?;
    let pages: Vec<Gold> = pages.into_iter().flatten().collect();
    let rules = Options { classifier: false, ..Options::default() }.build()?;
    let mut left: Vec<Left> =
        pages.iter().enumerate().flat_map(|(index, page)| page.left(&rules, index)).collect();
    for path in tables {
        left.append(&mut articles::left(&articles::read(path)?, &pages, &rules));
    }
    let lines: usize = left.iter().map(|left| left.rows.len()).sum();
    println!("{} pages, {lines} lines", pages.len());
    let publishers: Vec<u64> = pages.iter().map(|page| page.publisher() % FOLDS).collect();
    let data_sets: Vec<u64> = pages.iter().map(|page| xxh3_64(page.dataset.as_bytes())).collect();
    let of_publishers = Folds::train(&left, &publishers);
    let plain = Models { lines: train_lines(left.iter()), ends: of_publishers.train_ends(None) };
    let folder = Path::new(folder);
    std::fs::write(folder.join("line_model.txt"), plain.lines.to_text())?;
    std::fs::write(folder.join("end_model.txt"), plain.ends.to_text())?;
    let by_data_set = Folds::train(&left, &data_sets).models();
    let ways = [
        ("by publisher", of_publishers.models(), publishers.clone()),
        ("by data set", by_data_set, data_sets.clone()),
        ("plain", BTreeMap::from([(0, plain)]), vec![0; pages.len()]),
    ];
    for (name, variant, is_wanted) in TABLES {
        let is_wanted = |(_, page): &(usize, &Gold)| page.variant == variant && is_wanted(page);
        let wanted: Vec<(usize, &Gold)> = pages.iter().enumerate().filter(is_wanted).collect();
        println!("\n{name}: {} pages", wanted.len());
        report("rules", &wanted, |_| &rules);
        for (classifier_threshold, end_threshold) in THRESHOLDS {
            for (way, models, groups) in &ways {
                let options = Options { classifier_threshold, end_threshold, ..Options::default() };
                let build = |(group, models): (&u64, &Models)| {
                    Ok((*group, options.build_with_models(models.clone())?))
                };
                let stages: BTreeMap<u64, Boilerplate> =
                    models.iter().map(build).collect::<Result<_>>()?;
                let name = format!("{classifier_threshold}, end {end_threshold}, {way}");
                report(&name, &wanted, |page| &stages[&groups[page]]);
            }
        }
    }
    Ok(())
}

/// Models of lines without the pages of one group, and without those of two.
struct Folds<'l> {
    left: &'l [Left],
    /// The group of each page.
    groups: &'l [u64],
    lines: BTreeMap<(u64, u64), Model>,
}

impl<'l> Folds<'l> {
    fn train(left: &'l [Left], groups: &'l [u64]) -> Self {
        let different: BTreeSet<u64> = groups.iter().copied().collect();
        let pairs = different.iter().flat_map(|a| different.range(*a..).map(|b| (*a, *b)));
        let pairs: Vec<(u64, u64)> = pairs.collect();
        let train_without = |pair: &(u64, u64)| {
            let is_seen = |left: &&Left| ![pair.0, pair.1].contains(&groups[left.page]);
            (*pair, train_lines(left.iter().filter(is_seen)))
        };
        Self { left, groups, lines: pairs.par_iter().map(train_without).collect() }
    }

    /// For each group, models that have seen none of its pages.
    fn models(&self) -> BTreeMap<u64, Models> {
        let different: BTreeSet<u64> = self.groups.iter().copied().collect();
        let different: Vec<u64> = different.into_iter().collect();
        let models = |group: &u64| {
            let lines = self.lines[&(*group, *group)].clone();
            (*group, Models { lines, ends: self.train_ends(Some(*group)) })
        };
        different.par_iter().map(models).collect()
    }

    /// A model of ends without the pages of a group, from scores of models that have seen neither these nor the page's own
    /// group.
    fn train_ends(&self, without: Option<u64>) -> Model {
        let seen = self.left.iter().filter(|left| Some(self.groups[left.page]) != without);
        let pages: Vec<EndPage> = seen
            .filter_map(|left| {
                let ends = left.ends.clone()?;
                let group = self.groups[left.page];
                let other = without.unwrap_or(group);
                let model = &self.lines[&(group.min(other), group.max(other))];
                let odds = model.sums(&left.rows);
                let rows = Boilerplate::end_rows(&left.document, &odds, &left.gaps);
                Some(EndPage { rows, ends, weight: left.weight })
            })
            .collect();
        train_ends(&pages)
    }
}

/// The places of a page, and among which of them the end is.
struct EndPage {
    rows: Vec<EndRow>,
    ends: Range<usize>,
    weight: f64,
}

fn train_lines<'l>(pages: impl Iterator<Item = &'l Left>) -> Model {
    let lines = pages.flat_map(|page| {
        let labelled = page.rows.iter().zip(&page.is_drop);
        labelled.filter_map(|(row, is_drop)| Some((row, (*is_drop)?, page.weight)))
    });
    let lines: Vec<_> = lines.collect();
    let total: f64 = lines.iter().map(|(_, _, weight)| weight).sum();
    let drops: f64 = lines.iter().filter(|line| line.1).map(|(_, _, weight)| weight).sum();
    let bias = (drops / (total - drops)).ln() as f32;
    let rows: Vec<_> = lines.iter().map(|(row, _, _)| *row).collect();
    train(&LINES, &LINE_GROWTH, bias, &rows, |sums| {
        let slope = |((_, is_drop, weight), sum): (&(_, bool, f64), &f64)| {
            let p = 1.0 / (1.0 + (-sum).exp());
            let y = f64::from(u8::from(*is_drop));
            [weight * (y - p), weight * p * (1.0 - p)]
        };
        lines.iter().zip(sums).map(slope).collect()
    })
}

fn train_ends(pages: &[EndPage]) -> Model {
    let rows: Vec<&EndRow> = pages.iter().flat_map(|page| &page.rows).collect();
    train(&ENDS, &END_GROWTH, 0.0, &rows, |sums| {
        let mut slopes = Vec::with_capacity(sums.len());
        let mut rest = sums;
        for page in pages {
            let (own, behind) = rest.split_at(page.rows.len());
            rest = behind;
            let most = own.iter().copied().fold(f64::MIN, f64::max);
            let whole: f64 = own.iter().map(|sum| (sum - most).exp()).sum();
            let share = |sum: &f64| (sum - most).exp() / whole;
            let possible: f64 = own[page.ends.clone()].iter().map(share).sum();
            slopes.extend(own.iter().enumerate().map(|(at, sum)| {
                let p = share(sum);
                // One of several places: each is it as far as the model says so now.
                let y = if page.ends.contains(&at) { p / possible } else { 0.0 };
                [page.weight * (y - p), page.weight * p * (1.0 - p)]
            }));
        }
        slopes
    })
}
