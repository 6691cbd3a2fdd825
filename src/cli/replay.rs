//! `copydesk replay OUT`: another try at what a run rejected.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use copydesk::pipeline::{Replayed, input_of, replay};

use super::{Settings, grouped, is_terminal, restrict_files, safe};
use crate::progress::Progress;

#[derive(Args)]
pub(crate) struct Replay {
    /// Folder that a run published
    out: PathBuf,
    /// Folder to publish the tables of the replayed documents to [default: none is kept]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// The dump, where it is not where the run found it
    #[arg(long, value_name = "DUMP")]
    input: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print a line of JSON for each rejected unit
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let dump = match self.input {
            Some(dump) => dump,
            None => input_of(&self.out)?,
        };
        let passing = tempfile::tempdir().context("could not make a folder for the tables")?;
        let folder = self.output.unwrap_or_else(|| passing.path().join("replay"));
        let config = self.settings.load(Some(&dump), Some(&folder))?;
        restrict_files(&config);
        let progress = Progress::new(!self.quiet && is_terminal());
        let replayed = replay(&config, &self.out, &progress);
        progress.clear();
        let (report, units) = replayed?;
        let mut out = BufWriter::new(io::stdout().lock());
        if self.json {
            units.iter().try_for_each(|unit| writeln!(out, "{}", as_json(unit)))?;
        } else if !self.quiet {
            units.iter().try_for_each(|unit| writeln!(out, "{}", as_text(unit)))?;
        }
        out.flush()?;
        if !self.quiet && is_terminal() {
            let funnel = &report.funnel;
            let [units, kept, duplicates, rejected] =
                [units.len() as u64, funnel.kept, funnel.all_duplicates(), funnel.all_rejected()]
                    .map(grouped);
            writeln!(
                io::stderr(),
                "{units} rejected units: {kept} documents kept now, {duplicates} duplicates, {rejected} rejected"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(unit: &Replayed) -> serde_json::Value {
    let Replayed { before, now } = unit;
    serde_json::json!({
        "id": before.id,
        "file": before.origin.file,
        "member": before.origin.member,
        "before": before.why,
        "now": now,
    })
}

fn as_text(unit: &Replayed) -> String {
    let now: Vec<_> = match unit.now.len() {
        0 if unit.before.origin.member.is_some() && unit.before.origin.length.is_none() => {
            vec!["whole: there was nothing more to read".to_owned()]
        }
        0 => vec!["not in the input any more".to_owned()],
        1 if unit.now.values().all(|count| *count == 1) => unit.now.keys().cloned().collect(),
        _ => unit.now.iter().map(|(fate, count)| format!("{count} {fate}")).collect(),
    };
    format!("{}  {} -> {}", safe(&unit.before.id), safe(&unit.before.why), safe(&now.join(", ")))
}
