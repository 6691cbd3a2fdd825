//! `report.html`: one page about a run, for a person. No script, no request, nothing from a document that is not escaped.
//!
//! The page is one file; its policy allows one style sheet, by its hash, and nothing else, so that even a mistake in
//! escaping could not act. It is a function of the run's figures, without times and paths, so that the same input gives the same page.

mod charts;
mod rows;

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, Value, context};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::output::statistics::steps;
use crate::stats::lexicon::Lexicon;
use crate::stats::{Groups, Tally};
use charts::{Chart, Series};

/// What the report is drawn from.
pub struct Material<'a> {
    /// The stages of the run, in order.
    pub stages: &'a [String],
    /// Sums of all cells.
    pub tally: &'a Tally,
    /// Sums of all groups.
    pub groups: &'a Groups<'a>,
    /// Spectra and word lists.
    pub lexicon: &'a Lexicon,
    /// The most frequent lines of each rule, by `stage:rule`.
    pub removed_lines: &'a BTreeMap<String, Vec<RemovedLine>>,
    /// How many stories have how many documents.
    pub cluster_sizes: &'a BTreeMap<u64, u64>,
    /// The largest stories: documents, and id of the kept one.
    pub largest_clusters: &'a [(u64, String)],
    /// Source of the kept documents, source of the copies, documents.
    pub syndication: &'a [(String, String, u64)],
    /// What looks wrong, and what to do about it.
    pub warnings: &'a [Warning],
}

/// A text that a rule cut more than once.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovedLine {
    /// The text, shortened.
    pub text: String,
    /// How often it was cut.
    pub spans: u64,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// What is the matter.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

const PAGE: &str = include_str!("page.html");
const GROUPS: &str = include_str!("groups.html");
const STYLE: &str = include_str!("style.css");
/// Sources in the table; more make no better picture.
const SOURCES: usize = 25;
/// Rules in the table.
const RULES: usize = 15;
/// Languages in the charts.
const CURVES: usize = 4;

/// Renders the page.
pub fn render(material: &Material<'_>) -> Result<String, Error> {
    let failed = |why: minijinja::Error| Error::Internal(format!("the report: {why:#}"));
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.add_template("page.html", PAGE).map_err(failed)?;
    templates.add_template("groups.html", GROUPS).map_err(failed)?;
    let groups = templates.get_template("groups.html").map_err(failed)?;
    let table = |rows: Vec<Value>, what: &str| {
        groups.render(context! { rows, what }).map(Value::from_safe_string).map_err(failed)
    };
    let corpus = &material.groups.corpus;
    let funnel = &corpus.funnel;
    let spans: u64 = funnel.removed.values().map(|removed| removed.spans).sum();
    let found = funnel.found();
    let steps: Vec<_> =
        steps(corpus, material.stages).iter().map(|step| rows::step(step, found)).collect();
    let reasons: Vec<_> = funnel
        .rejected
        .iter()
        .map(|((stage, reason), count)| {
            context! { name => format!("{stage}: {reason}"), documents => rows::grouped(*count) }
        })
        .collect();
    let (languages, _) = rows::languages(material);
    let (sources, all_sources) = rows::sources(material, SOURCES);
    let shown = match all_sources > SOURCES {
        true => format!(
            "The {SOURCES} sources with most documents, of {}; all are in stats/sources.csv.",
            rows::grouped(all_sources as u64)
        ),
        false => "All sources.".to_owned(),
    };
    let warnings: Vec<_> = material
        .warnings
        .iter()
        .map(|warning| {
            let (what, advice) = (rows::code(&warning.what), rows::code(&warning.advice));
            context! { what, advice }
        })
        .collect();
    let (lengths, [chars_before, chars_after]) = rows::lengths(corpus);
    let curves = rows::curves(material.lexicon, CURVES);
    let page = templates.get_template("page.html").map_err(failed)?;
    page.render(context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => Value::from_safe_string(base64(&Sha256::digest(STYLE))),
        version => env!("CARGO_PKG_VERSION"),
        found => rows::grouped(found),
        kept => rows::grouped(funnel.kept),
        duplicates => rows::grouped(funnel.all_duplicates()),
        rejected => rows::grouped(funnel.all_rejected()),
        removed_spans => rows::grouped(spans),
        removed_share => rows::percent(corpus.removed_share()),
        warnings => warnings,
        languages => table(languages, "language")?,
        labels => rows::labels(&funnel.labels),
        sources => table(sources, "source")?,
        sources_shown => shown,
        chars_before,
        chars_after,
        lengths_chart => chart("characters of the body", "documents", false, &lengths)?,
        rules => rows::rules(funnel, material.removed_lines, RULES),
        cluster_sizes => rows::cluster_sizes(material.cluster_sizes),
        largest => rows::largest(material.largest_clusters),
        matrix => rows::matrix(material.syndication),
        curves => curves.iter().map(|curve| curve.language.clone()).collect::<Vec<_>>(),
        growth_chart => chart("tokens n", "types V(n)", true, &rows::growths(&curves))?,
        zipf_chart => chart("rank of the word", "frequency, tokens", true, &rows::zipfs(&curves))?,
        laws => rows::laws(&curves),
        ..context! { steps, reasons }
    })
    .map_err(failed)
}

fn chart(x: &str, y: &str, is_y_logarithmic: bool, series: &[Series]) -> Result<Value, Error> {
    let chart = Chart { x_label: x, y_label: y, is_y_logarithmic, series };
    chart.draw().map(Value::from_safe_string)
}

/// Base 64 as RFC 4648 has it, for the hash in the policy.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
