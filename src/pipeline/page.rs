//! `report.html` of a run: gathers what the page is drawn from, and says what to do about each warning.

use std::collections::BTreeMap;

use super::conclude::About;
use super::statistics::Written;
use super::stories::Stories;
use crate::config::Config;
use crate::error::{Error, OverCleaned};
use crate::output::file::PublishedFile;
use crate::report::{Material, RemovedLine, Warning, render};
use crate::stats::tally::Cell;
use crate::stats::{Groups, Tally};

/// Lines of a rule that the page shows.
const LINES: usize = 3;
/// Characters of such a line.
const LINE_CHARS: usize = 90;
/// Stories that it shows.
const STORIES: usize = 10;

/// Draws and writes the page.
pub(super) fn write(
    about: &About<'_>,
    tally: &Tally,
    stories: &Stories,
    groups: &Groups<'_>,
    written: &Written,
    warnings: &[Warning],
) -> Result<PublishedFile, Error> {
    let removed_lines: BTreeMap<_, _> = written
        .removed_lines
        .iter()
        .map(|((stage, rule), words)| {
            let lines = words.iter().take(LINES).map(|word| RemovedLine {
                text: shortened(&word.spelling),
                spans: word.counts.frequency,
            });
            (format!("{stage}:{rule}"), lines.collect())
        })
        .collect();
    let named = |(size, kept)| (size, (about.name_of)(kept));
    let largest: Vec<_> = stories.largest(STORIES).into_iter().map(named).collect();
    let syndication: Vec<_> = stories
        .syndication()
        .into_iter()
        .map(|((kept, copy), (_, documents))| (kept.to_owned(), copy.to_owned(), documents))
        .collect();
    let page = render(&Material {
        stages: &about.config.stages,
        tally,
        groups,
        lexicon: &written.lexicon,
        removed_lines: &removed_lines,
        cluster_sizes: &stories.sizes(),
        largest_clusters: &largest,
        syndication: &syndication,
        warnings,
    })?;
    about.publication.write_text("report.html", &page)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// What looks wrong, and what to do about it.
pub(super) fn warnings(
    about: &About<'_>,
    groups: &Groups<'_>,
    over_cleaned: &[OverCleaned],
    of_duplicates: &[String],
) -> Vec<Warning> {
    let About { config, input_losses, skipped, .. } = *about;
    let mut warnings = Vec::new();
    let mut warn = |what: String, advice: &str| {
        warnings.push(Warning { what, advice: advice.to_owned() });
    };
    for source in over_cleaned {
        warn(
            source.to_string(),
            "Look at its rows in removed.csv, and at one document with `copydesk explain FILE`. A rule that takes article \
             text is switched off by `disable = [\"…\"]` under [stage.boilerplate], for one source under \
             [stage.boilerplate.sources.NAME].",
        );
    }
    for warning in of_duplicates {
        warn(
            warning.clone(),
            "Look at its rows in duplicates.csv. If they are no copies, raise `jaccard` or `containment` under \
             [stage.near-dedup], or keep them with `action = \"label\"`.",
        );
    }
    if input_losses > 0 {
        warn(
            format!("{input_losses} inputs could not be read"),
            "They are in rejected.csv with stage `input`; `copydesk check` tells the limits that they broke.",
        );
    }
    for (reason, files) in skipped {
        let example = files.examples.first().map(String::as_str).unwrap_or_default();
        warn(
            format!("{} files were skipped: {reason} (such as {example})", files.count),
            "They are no documents of this run. If they should be, see [input] in pipeline.toml.",
        );
    }
    let none = Cell::default();
    let und = groups.languages.get("und").map_or(&none, |und| &**und);
    of_texts(&groups.corpus, und, config, &mut warn);
    warnings
}

/// Warnings about the texts themselves.
fn of_texts(corpus: &Cell, und: &Cell, config: &Config, warn: &mut impl FnMut(String, &str)) {
    let kept = corpus.funnel.kept.max(1);
    if und.funnel.kept * 20 > kept {
        let percent = 100.0 * und.funnel.kept as f64 / kept as f64;
        warn(
            format!("{percent:.1}\u{a0}% of the kept documents have no language label (`und`)"),
            "Too short, or in a language that is not covered. `prior` under [stage.language] helps where a source's \
             languages are known; `drop = [\"und\"]` leaves them out.",
        );
    }
    if corpus.funnel.replacements > 0 {
        warn(
            format!("{} bytes were invalid in their encoding", corpus.funnel.replacements),
            "They stand as U+FFFD in the text. `encoding` under [input] sets the encoding of all files.",
        );
    }
    let untold = corpus.sizes.documents() - corpus.sizes.tokens().n();
    let counts = config.stage.stats.families().unwrap_or_default();
    if untold > 0 && (counts.diversity || counts.words || counts.readability) {
        warn(
            format!("{untold} documents are in scripts without spaces between words"),
            "They have no figures of words, only of characters: this copydesk was built without the feature `icu`.",
        );
    }
}
