//! `copydesk stats DUMP -o OUT`: the statistics alone, of the texts as they are.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::{Settings, grouped, is_terminal};
use crate::progress::Progress;

/// Languages first: readability and word lists go by language.
const STAGES: [&str; 2] = ["language", "stats"];

#[derive(Args)]
pub(crate) struct Stats {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    /// Folder to publish to; an earlier run's output there is replaced as a whole
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Families besides sizes: diversity, readability, words, shape, before, arf, growth, dropped, characters, ngrams,
    /// collocations
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    families: Option<Vec<String>>,
    #[command(flatten)]
    settings: Settings,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

impl Stats {
    pub(crate) fn run(mut self) -> Result<ExitCode> {
        self.settings.stages.get_or_insert_with(|| STAGES.map(str::to_owned).to_vec());
        let mut config = self.settings.load(self.dump.as_deref(), self.output.as_deref())?;
        if let Some(families) = self.families {
            config.stage.stats.families = families;
            config.validate()?;
        }
        let progress = Progress::new(!self.quiet && is_terminal());
        let report = copydesk::run(&config, &progress);
        progress.clear();
        let report = report?;
        if !self.quiet {
            let megabytes = report.funnel.raw_bytes as f64 / 1e6;
            writeln!(
                io::stderr(),
                "{} documents in {:.1} s ({:.1} MB/s); tables in {}, described by datapackage.json",
                grouped(report.funnel.found()),
                report.seconds,
                megabytes / report.seconds.max(1e-9),
                report.output.join("stats").display(),
            )?;
        }
        Ok(ExitCode::from(if report.is_complete() { 0 } else { 3 }))
    }
}
