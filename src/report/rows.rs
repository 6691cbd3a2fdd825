//! The rows of the report's tables and the points of its charts, as text and numbers that the template only places.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::{Value, context};

use super::charts::Series;
use super::{Material, RemovedLine};
use crate::output::statistics::{Readable, Step, main_languages};
use crate::stats::frequency::{GROWTH_POINTS, growth, heaps, zipf};
use crate::stats::lexicon::Lexicon;
use crate::stats::spectrum::Spectrum;
use crate::stats::tally::Cell;
use crate::stats::{Funnel, Labels};

/// A row of the tables of languages and sources.
fn group(name: &str, cell: &Cell, readable: Readable, most: u64) -> Value {
    let figure = |value: Option<f64>, digits: usize| {
        value.map(|value| format!("{value:.digits$}")).unwrap_or_default()
    };
    let median = |value: Option<u64>| value.map(grouped).unwrap_or_default();
    let tokens = cell.sizes.tokens();
    context! {
        name => name.to_owned(),
        found => grouped(cell.funnel.found()),
        kept => grouped(cell.funnel.kept),
        found_share => share(cell.funnel.found(), most),
        kept_share => share(cell.funnel.kept, most),
        removed => percent(cell.removed_share()),
        chars_before => median(cell.before.chars().percentile(50)),
        chars => median(cell.sizes.chars().percentile(50)),
        tokens => if tokens.n() == 0 { String::new() } else { grouped(tokens.sum()) },
        mattr => figure(cell.diversity.mattr_100.mean_ttr(100), 3),
        mtld => figure(cell.diversity.mtld.value(), 1),
        lix => figure(readable.lix, 1),
        flesch => figure(readable.flesch, 1),
    }
}

/// Languages by documents found, and how many there are.
pub(super) fn languages(material: &Material<'_>) -> (Vec<Value>, usize) {
    let mut groups: Vec<_> = material.groups.languages.iter().collect();
    groups.sort_by_key(|(_, cell)| Reverse(cell.funnel.found()));
    let most = groups.first().map_or(0, |(_, cell)| cell.funnel.found());
    let row = |(language, cell): &(&&str, &Cow<'_, Cell>)| {
        group(language, cell, Readable::of(&cell.prose, language), most)
    };
    (groups.iter().map(row).collect(), groups.len())
}

/// How sure the labels are, in a sentence; empty without labels.
pub(super) fn labels(labels: &Labels) -> String {
    let labelled = labels.labelled();
    if labelled == 0 {
        return String::new();
    }
    let of_all = |documents: u64| percent(Some(documents as f64 / labelled as f64));
    format!(
        "{} of the documents found have the label und, {} are mixed (a tenth of their letters or more in other languages), and {} have a label with a confidence below 0.7.",
        of_all(labels.undetermined()),
        of_all(labels.mixed()),
        of_all(labels.below(7)),
    )
}

/// The first `limit` sources by documents found, and how many there are.
pub(super) fn sources(material: &Material<'_>, limit: usize) -> (Vec<Value>, usize) {
    let mut groups: Vec<_> = material.groups.sources.iter().collect();
    groups.sort_by_key(|(_, cell)| Reverse(cell.funnel.found()));
    let most = groups.first().map_or(0, |(_, cell)| cell.funnel.found());
    let main = main_languages(material.tally);
    let row = |(source, cell): &(&&Arc<str>, &Cow<'_, Cell>)| {
        let (language, of_language) = main[&****source];
        group(source, cell, Readable::of(&of_language.prose, language), most)
    };
    (groups.iter().take(limit).map(row).collect(), groups.len())
}

/// A stage of the funnel.
pub(super) fn step(step: &Step<'_>, found: u64) -> Value {
    let out = step.documents_in - step.rejected - step.duplicates;
    context! {
        stage => step.stage,
        documents_in => grouped(step.documents_in),
        rejected => grouped(step.rejected),
        duplicates => grouped(step.duplicates),
        documents_out => grouped(out),
        share => share(out, found),
        removed_kilobytes => grouped(step.removed_bytes / 1000),
        dropped_kilobytes => grouped(step.dropped.bytes / 1000),
        kilobytes_out => grouped(step.bytes_out() / 1000),
    }
}

/// Documents by length after and before cleaning, in bins of a fifth of a magnitude, and the medians before and after.
pub(super) fn lengths(corpus: &Cell) -> ([Series; 2], [String; 2]) {
    const BINS: f64 = 10.0;
    let histograms = [corpus.sizes.chars(), corpus.before.chars()];
    let bin = |chars: u64| ((chars.max(1) as f64).log10() * BINS).floor() as i32;
    let last = histograms.iter().flat_map(|h| h.iter()).map(|(chars, _)| bin(chars)).max();
    let series = histograms.map(|histogram| {
        let mut bins: BTreeMap<i32, u64> = BTreeMap::new();
        for (chars, documents) in histogram.iter() {
            *bins.entry(bin(chars)).or_default() += documents;
        }
        let middle = |bin: i32| 10f64.powf((f64::from(bin) + 0.5) / BINS);
        let points = (0..=last.unwrap_or_default())
            .map(|bin| (middle(bin), bins.get(&bin).copied().unwrap_or_default() as f64))
            .collect();
        Series { points }
    });
    let [after, before] = histograms
        .map(|histogram| histogram.percentile(50).map(grouped).unwrap_or_else(|| "0".into()));
    (series, [before, after])
}

/// The rules that cut most bytes, with their most frequent lines.
pub(super) fn rules(
    funnel: &Funnel,
    lines: &BTreeMap<String, Vec<RemovedLine>>,
    limit: usize,
) -> Vec<Value> {
    let mut rules: Vec<_> = funnel.removed.iter().collect();
    rules.sort_by_key(|(name, removed)| (Reverse(removed.bytes), *name));
    let most = rules.first().map_or(0, |(_, removed)| removed.bytes);
    rules
        .into_iter()
        .take(limit)
        .map(|((stage, rule), removed)| {
            let name = format!("{stage}:{rule}");
            // A long name may be broken where its parts meet.
            let parts: Vec<_> = name.split_inclusive([':', '/']).map(str::to_owned).collect();
            let lines: Vec<_> = lines
                .get(&name)
                .into_iter()
                .flatten()
                .map(|line| context! { text => line.text.clone(), spans => grouped(line.spans) })
                .collect();
            context! {
                parts => parts,
                documents => grouped(removed.documents),
                spans => grouped(removed.spans),
                kilobytes => grouped(removed.bytes / 1000),
                share => share(removed.bytes, most),
                lines => lines,
            }
        })
        .collect()
}

/// Stories by size, the long tail in classes.
pub(super) fn cluster_sizes(sizes: &BTreeMap<u64, u64>) -> Vec<Value> {
    const CLASSES: [(u64, u64); 8] =
        [(2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (51, u64::MAX)];
    let count = |(from, to): (u64, u64)| -> u64 { sizes.range(from..=to).map(|(_, n)| n).sum() };
    let most = CLASSES.into_iter().map(count).max().unwrap_or_default();
    CLASSES
        .into_iter()
        .filter(|class| count(*class) > 0)
        .map(|(from, to)| {
            let size = match to {
                to if from == to => from.to_string(),
                u64::MAX => format!("{from} or more"),
                to => format!("{from}–{to}"),
            };
            let stories = count((from, to));
            context! { size => size, stories => grouped(stories), share => share(stories, most) }
        })
        .collect()
}

/// The largest stories.
pub(super) fn largest(clusters: &[(u64, String)]) -> Vec<Value> {
    clusters
        .iter()
        .map(|(size, id)| context! { size => grouped(*size), id => id.clone() })
        .collect()
}

/// Who carries whose texts: the sources that are most involved, as a square.
pub(super) fn matrix(pairs: &[(String, String, u64)]) -> Value {
    const SIDE: usize = 10;
    let mut involved: BTreeMap<&str, u64> = BTreeMap::new();
    for (kept, copy, documents) in pairs {
        *involved.entry(kept).or_default() += documents;
        *involved.entry(copy).or_default() += documents;
    }
    let mut names: Vec<_> = involved.into_iter().collect();
    names.sort_by_key(|(name, documents)| (Reverse(*documents), *name));
    let names: Vec<_> = names.into_iter().take(SIDE).map(|(name, _)| name).collect();
    let count = |kept: &str, copy: &str| -> u64 {
        let pair = pairs.iter().filter(|pair| pair.0 == kept && pair.1 == copy);
        pair.map(|pair| pair.2).sum()
    };
    let most = pairs.iter().map(|pair| pair.2).max().unwrap_or(1);
    let row = |kept: &&str| {
        let cells = names.iter().map(|copy| {
            let documents = count(kept, copy);
            let shown = if documents == 0 { String::new() } else { grouped(documents) };
            context! { documents => shown, heat => (4 * documents).div_ceil(most) }
        });
        context! { name => *kept, cells => cells.collect::<Vec<_>>() }
    };
    let columns: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    context! { columns, rows => names.iter().map(row).collect::<Vec<_>>() }
}

/// A language's vocabulary.
pub(super) struct Curve<'a> {
    /// Its code.
    pub(super) language: String,
    spectrum: &'a Spectrum,
}

/// The languages with most tokens; what has no label is no language.
pub(super) fn curves(lexicon: &Lexicon, limit: usize) -> Vec<Curve<'_>> {
    let mut curves: Vec<_> = lexicon
        .languages
        .iter()
        .filter(|(language, spectrum)| *language != "und" && spectrum.tokens() > 1)
        .map(|(language, spectrum)| Curve { language: language.clone(), spectrum })
        .collect();
    curves.sort_by_key(|curve| Reverse(curve.spectrum.tokens()));
    curves.truncate(limit);
    curves
}

/// Expected growth of each.
pub(super) fn growths(curves: &[Curve<'_>]) -> Vec<Series> {
    let series = |curve: &Curve<'_>| {
        let points = growth(curve.spectrum, GROWTH_POINTS);
        let points = points.iter().map(|point| (point.tokens as f64, point.types)).collect();
        Series { points }
    };
    curves.iter().map(series).collect()
}

/// Frequency by rank of each, a point for the last word of every frequency.
pub(super) fn zipfs(curves: &[Curve<'_>]) -> Vec<Series> {
    let series = |curve: &Curve<'_>| {
        let mut rank = 0;
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (frequency, types) in curve.spectrum.iter().rev() {
            rank += types;
            let is_apart = points.last().is_none_or(|(last, _)| rank as f64 > last * 1.06);
            if is_apart || frequency == 1 {
                points.push((rank as f64, frequency as f64));
            }
        }
        Series { points }
    };
    curves.iter().map(series).collect()
}

/// The laws that the curves follow.
pub(super) fn laws(curves: &[Curve<'_>]) -> Vec<Value> {
    let row = |curve: &Curve<'_>| {
        let spectrum = curve.spectrum;
        let figure = |value: Option<f64>| value.map(|value| format!("{value:.3}"));
        let fit = zipf(spectrum);
        context! {
            language => curve.language.clone(),
            tokens => grouped(spectrum.tokens()),
            types => grouped(spectrum.types()),
            hapax => percent(spectrum.hapax_ratio()),
            beta => figure(fit.map(|fit| fit.beta)).unwrap_or_default(),
            alpha => figure(fit.and_then(|fit| fit.alpha)).unwrap_or_default(),
            distance => figure(fit.map(|fit| fit.distance)).unwrap_or_default(),
            heaps => figure(heaps(&growth(spectrum, GROWTH_POINTS)).map(|law| law.beta)).unwrap_or_default(),
        }
    };
    curves.iter().map(row).collect()
}

/// A count with separators between thousands.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A text cut at its backticks; what stands between two of them is code.
pub(super) fn code(text: &str) -> Vec<Value> {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(place, piece)| context! { text => piece.to_owned(), is_code => place % 2 == 1 })
        .collect()
}

/// A share in per cent; empty where there is none.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map(|share| format!("{:.1}\u{a0}%", 100.0 * share)).unwrap_or_default()
}

/// Width of a bar, 0 to 100.
fn share(part: u64, of: u64) -> String {
    format!("{:.2}", 100.0 * part as f64 / of.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_shares_are_per_cent() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(percent(Some(0.0312)), "3.1\u{a0}%");
        assert_eq!(share(1, 0), "100.00");
    }
}
