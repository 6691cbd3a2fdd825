//! The figures of `score_boilerplate.py`, without the binary.

use std::collections::BTreeMap;

use copydesk::stage::Stage;
use copydesk::stage::boilerplate::Boilerplate;
use xxhash_rust::xxh3::xxh3_64;

use crate::gold::{Gold, Label, document, squeeze};

/// Prints the figures of `score_boilerplate.py` for one way of cleaning.
pub(crate) fn report<'s>(
    name: &str,
    pages: &[(usize, &Gold)],
    stage: impl Fn(usize) -> &'s Boilerplate,
) {
    let (mut count, mut exact, mut hurt, mut f1) = (0.0_f64, 0.0, 0.0, 0.0);
    let (mut keeps, mut lost, mut drops, mut gone) = (0.0_f64, 0.0, 0.0_f64, 0.0);
    let has_text = |page: &Gold| page.labels.contains(&Label::Keep);
    for (index, page) in pages.iter().filter(|(_, page)| has_text(page)) {
        let mut document = document(page, &page.raw_text);
        let findings = stage(*index).examine(&document);
        document.apply("boilerplate", findings);
        let mut left: BTreeMap<String, usize> = BTreeMap::new();
        document.lines().for_each(|line| *left.entry(squeeze(line.text)).or_default() += 1);
        let (mut page_lost, mut page_left, mut wanted) = (0.0, 0.0, String::new());
        for (line, label) in page.raw_text.lines().zip(&page.labels) {
            if matches!(label, Label::Keep | Label::Mixed) {
                wanted.push_str(line);
                wanted.push('\n');
            }
            let text = squeeze(line);
            if text.is_empty() || !matches!(label, Label::Keep | Label::Drop) {
                continue;
            }
            let here = left.get_mut(&text).filter(|count| **count > 0);
            let is_here = here.map(|count| *count -= 1).is_some();
            if *label == Label::Keep {
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
        "{name:28} f1 {:.4} exact {:.3} recall {:.3} precision {:.3} lost {:.2}% hurt {:.1}%",
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
