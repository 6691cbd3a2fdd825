//! Another try at what a run rejected, with the configuration as it is now.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Observer, Report, run_selected};
use crate::config::Config;
use crate::document::Origin;
use crate::error::Error;
use crate::input::Selection;
use crate::output::rejected::{RejectedUnit, read_fates, read_rejected};
use crate::output::verify::RECORD;

/// A unit that was rejected, and what it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// As it was.
    pub before: RejectedUnit,
    /// How many documents are `kept`, `duplicate` or `stage:reason` now. More than one for the rest of a file; empty if it
    /// is not in the input any more.
    pub now: BTreeMap<String, u64>,
}

/// Runs the units that `published` rejected, and those alone, and publishes their tables to the output folder of `config`.
/// Corpus stages see nothing else, so that duplicates and boilerplate are told among these units only. Ids are places in
/// the input, never the records' own, and neither budget nor alarm applies.
///
/// # Errors
///
/// Those of [`run`](super::run); also if `published` is not the output of a run.
pub fn replay(
    config: &Config,
    published: &Path,
    observer: &dyn Observer,
) -> Result<(Report, Vec<Replayed>), Error> {
    let units = read_rejected(published)?;
    let mut selection = Selection::default();
    for unit in &units {
        selection.add(&unit.origin);
    }
    let mut config = config.clone();
    config.input.id.clear();
    config.alarm.strict = false;
    config.run.fail_on_empty = false;
    config.run.max_error_rate = 1.0;
    config.run.max_errors = None;
    config.run.max_error_rates.clear();
    // What earlier runs remember is about the whole dump.
    config.run.state = PathBuf::new();
    let report = run_selected(&config, Some(&selection), observer)?;
    let fates = read_fates(&report.output)?;
    Ok((report, join(units, fates)))
}

/// The input that a published run read.
///
/// # Errors
///
/// If its `run.json` cannot be read.
pub fn input_of(published: &Path) -> Result<PathBuf, Error> {
    let path = published.join(RECORD);
    let bytes = std::fs::read(&path).map_err(|_| Error::InputMissing(path.clone()))?;
    let record: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match record["configuration"]["input"]["path"].as_str() {
        Some(input) => Ok(input.into()),
        None => Err(Error::Mismatch(format!("`{}` does not name its input", path.display()))),
    }
}

/// Finds for each unit what it is now. A record that has a row of its own does not count for the rest of its file.
fn join(units: Vec<RejectedUnit>, fates: Vec<(String, String)>) -> Vec<Replayed> {
    let mut by_place: BTreeMap<(String, Option<u64>), Vec<String>> = BTreeMap::new();
    for (id, fate) in fates {
        by_place.entry(place_of(&id)).or_default().push(fate);
    }
    let exact = |origin: &Origin| (origin.file.to_string(), origin.member);
    let mut now: Vec<BTreeMap<String, u64>> = vec![BTreeMap::new(); units.len()];
    let is_rest = |origin: &Origin| origin.member.is_some() && origin.length.is_none();
    let count = |now: &mut BTreeMap<String, u64>, fates: Vec<String>| {
        for fate in fates {
            *now.entry(fate).or_default() += 1;
        }
    };
    for (unit, now) in units.iter().zip(&mut now).filter(|(unit, _)| !is_rest(&unit.origin)) {
        count(now, by_place.remove(&exact(&unit.origin)).unwrap_or_default());
    }
    // What is left belongs to the rest of a file, to a whole file of records, or to a folder.
    for (unit, now) in units.iter().zip(&mut now) {
        let (file, from) = (&*unit.origin.file, unit.origin.member.unwrap_or_default());
        if unit.origin.member.is_some() && !is_rest(&unit.origin) {
            continue;
        }
        let is_below = |(name, member): &(String, Option<u64>)| match file.ends_with('/') {
            true => name.starts_with(file),
            false if name == file => member.is_none_or(|member| member >= from),
            // The members of an archive.
            false => name.strip_prefix(file).is_some_and(|rest| rest.starts_with('!')),
        };
        let places: Vec<_> = by_place.keys().filter(|place| is_below(place)).cloned().collect();
        for place in places {
            count(now, by_place.remove(&place).unwrap_or_default());
        }
    }
    units.into_iter().zip(now).map(|(before, now)| Replayed { before, now }).collect()
}

/// File and position of an id that is a place.
fn place_of(id: &str) -> (String, Option<u64>) {
    let split = id.rsplit_once('#').and_then(|(file, n)| Some((file.to_owned(), n.parse().ok()?)));
    split.map_or_else(|| (id.to_owned(), None), |(file, position)| (file, Some(position)))
}
