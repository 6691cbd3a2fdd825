//! The end of a run: what is made of its sums once all rows are written, be it in one process or in parts.

use std::collections::BTreeMap;

use super::page;
use super::stories::Kept;
use super::sums::Sums;
use crate::config::Config;
use crate::error::{Error, OverCleaned};
use crate::input::Skipped;
use crate::output::file::PublishedFile;
use crate::output::publish::Publication;
use crate::output::{self, schema};
use crate::stats::{Funnel, Groups};
use crate::workers::Pool;

/// What is known of a run besides its sums.
pub(super) struct About<'a> {
    pub(super) config: &'a Config,
    pub(super) pool: &'a Pool,
    pub(super) publication: &'a Publication,
    pub(super) input_losses: u64,
    pub(super) skipped: &'a BTreeMap<&'static str, Skipped>,
    /// Public id of a document that represents a story.
    pub(super) name_of: &'a dyn Fn(&Kept) -> String,
}

/// What follows from the sums.
pub(super) struct Concluded {
    pub(super) funnel: Funnel,
    pub(super) over_cleaned: Vec<OverCleaned>,
    pub(super) duplicate_warnings: Vec<String>,
}

/// Writes the tables in `stats/`, `report.html`, the card and `datapackage.json`; `files` are those of the rows, and get the
/// new ones.
pub(super) fn conclude(
    mut sums: Sums,
    files: &mut Vec<PublishedFile>,
    about: &About<'_>,
) -> Result<Concluded, Error> {
    let alarm = &about.config.alarm;
    let groups = Groups::of(&sums.tally);
    let over_cleaned = groups.over_cleaned(alarm.max_removed_share, alarm.min_documents);
    let duplicate_warnings = sums.stories.warnings(
        alarm.max_cluster_share,
        alarm.max_duplicate_share,
        alarm.min_documents,
        about.name_of,
    );
    if let Some(statistics) = sums.statistics.take() {
        let copies = sums.stories.copies_in_time();
        let written =
            statistics.write(about.pool, about.publication, &sums.tally, &groups, copies)?;
        if about.config.stage.stats.report {
            let warnings = page::warnings(about, &groups, &over_cleaned, &duplicate_warnings);
            let (tally, stories) = (&sums.tally, &sums.stories);
            files.push(page::write(about, tally, stories, &groups, &written, &warnings)?);
        }
        files.extend(written.files);
    }
    files.extend(output::write_card(about.publication, files, &groups.kept_languages())?);
    files.push(schema::write_datapackage(about.publication, files)?);
    Ok(Concluded { funnel: groups.corpus.funnel, over_cleaned, duplicate_warnings })
}
