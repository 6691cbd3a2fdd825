//! What the records of the first pass depend on, besides the input: the program, the options of the reader, and the options
//! of the stages that it goes through, with the files that they name.

use std::path::Path;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::plan::Planned;
use crate::config::Config;
use crate::error::Error;
use crate::input::Selection;
use crate::state::Dependencies;

/// Every key with its value; files by their contents.
pub(super) fn of(
    config: &Config,
    planned: &Planned,
    selection: Option<&Selection>,
) -> Result<Dependencies, Error> {
    let mut found = Dependencies::new();
    let version = format!("{} ({})", env!("CARGO_PKG_VERSION"), env!("COPYDESK_SOURCE"));
    found.insert("copydesk".into(), version);
    let whole = serde_json::to_value(config)
        .map_err(|why| Error::Internal(format!("the configuration is not JSON: {why}")))?;
    let first = &planned.plan.passes[0];
    let mut stages: Vec<_> = first.stages.iter().map(|stage| stage.name()).collect();
    stages.extend(first.ends.map(|stage| planned.corpus_stages[stage].name()));
    found.insert("stages".into(), stages.join(", "));
    if let Some(selection) = selection {
        found.insert(
            "selection".into(),
            format!("{:032x}", xxh3_128(format!("{selection:?}").as_bytes())),
        );
    }
    if let Some(input) = whole.get("input") {
        flatten("input", input, &mut found);
        // Where the dump lies says nothing about what is in it.
        found.remove("input.path");
    }
    if first.counts_dropped {
        found.insert("stage.stats.families".into(), "dropped".into());
    }
    for name in &stages {
        if let Some(section) = whole.get("stage").and_then(|stages| stages.get(*name)) {
            flatten(&format!("stage.{name}"), section, &mut found);
        }
    }
    let boilerplate = &config.stage.boilerplate;
    let of_sources = boilerplate.sources.values().flat_map(|source| &source.rules);
    let known = &config.stage.learned_boilerplate.known;
    for path in boilerplate.rules.iter().chain(of_sources).chain(known) {
        found.insert(format!("file {}", path.display()), contents(path)?);
    }
    Ok(found)
}

/// `a.b.c` for every leaf of a section.
fn flatten(name: &str, value: &Value, found: &mut Dependencies) {
    match value {
        Value::Object(section) => {
            for (key, value) in section {
                flatten(&format!("{name}.{key}"), value, found);
            }
        }
        leaf => {
            found.insert(name.to_owned(), leaf.to_string());
        }
    }
}

fn contents(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path)
        .map_err(|why| Error::Setup(format!("could not read `{}`: {why}", path.display())))?;
    Ok(format!("{:032x}", xxh3_128(&bytes)))
}
