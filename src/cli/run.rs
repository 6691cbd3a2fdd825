//! `copydesk run`: the main job.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::{Settings, is_terminal, summarise};
use crate::ceilings;
use crate::progress::Progress;
use crate::signals::Interruption;

#[derive(Args)]
pub(crate) struct Run {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    /// Folder to publish to; an earlier run's output there is replaced as a whole
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Folder in which runs remember what they did, so that the next does only what is new
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Wait so long, in seconds, for another run that has the output or the state
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    lock_wait: u64,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Fail, and publish nothing, if a source had too much removed (see `[alarm]`)
    #[arg(long)]
    strict: bool,
    /// Print the summary as one line of JSON on standard output
    #[arg(long)]
    json: bool,
}

impl Run {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let mut config = self.settings.load(self.dump.as_deref(), self.output.as_deref())?;
        config.alarm.strict |= self.strict;
        if let Some(state) = self.state {
            config.run.state = state;
        }
        config.run.lock_wait_seconds = config.run.lock_wait_seconds.max(self.lock_wait);
        let interruption = Interruption::listen(Duration::from_secs(config.run.grace_seconds))?;
        ceilings::watch(&config, &interruption);
        let progress = Progress::new(!self.quiet && is_terminal()).with_interruption(interruption);
        let report = copydesk::run(&config, &progress);
        progress.clear();
        let report = report?;
        if self.json {
            writeln!(io::stdout(), "{}", report.summary())?;
        } else if !self.quiet {
            summarise(&report, &mut io::stderr())?;
        }
        Ok(ExitCode::from(if report.is_complete() { 0 } else { 3 }))
    }
}
