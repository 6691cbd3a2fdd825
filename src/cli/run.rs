//! `copydesk run`: the main job.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use copydesk::{Config, Error, Exit, Report};

use super::{Settings, exit_of, is_terminal, metrics, restrict_files, summarise, warnings};
use crate::ceilings;
use crate::log;
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
    /// End with exit code 0 even if some input could not be read
    #[arg(long)]
    allow_unreadable: bool,
    /// Fail, and publish nothing, if there is no document in the input
    #[arg(long)]
    fail_on_empty: bool,
    /// Exit code for an input without documents, such as 99 for Airflow to skip; implies --fail-on-empty
    #[arg(long, value_name = "CODE")]
    empty_exit_code: Option<u8>,
    /// Print the summary also where standard error is no terminal
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
    /// Print the summary as one line of JSON on standard output, the last one
    #[arg(long)]
    json: bool,
    /// File to write figures of the run to, for the textfile collector of Prometheus; also when the run fails
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
}

impl Run {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let began = Instant::now();
        if let Some(path) = &self.metrics {
            metrics::check(path)?;
        }
        let mut report = None;
        let ended = self.clean_and_tell(&mut report);
        let code = match &ended {
            Ok(code) => *code,
            Err(why) => exit_of(why).code(),
        };
        if let Some(path) = &self.metrics {
            let seconds = began.elapsed().as_secs_f64();
            if let Err(why) = metrics::write(path, code, seconds, report.as_ref()) {
                // The tables are out, or are not, whatever becomes of the figures about them.
                log::warn(&format!("could not write metrics to `{}`: {why}", path.display()));
            }
        }
        ended.map(ExitCode::from)
    }

    /// Runs, says how it went, and gives the exit code.
    fn clean_and_tell(&self, done: &mut Option<Report>) -> Result<u8> {
        let mut config = self.settings.load(self.dump.as_deref(), self.output.as_deref())?;
        config.alarm.strict |= self.strict;
        config.run.allow_unreadable |= self.allow_unreadable;
        config.run.fail_on_empty |= self.fail_on_empty || self.empty_exit_code.is_some();
        if let Some(state) = &self.state {
            config.run.state.clone_from(state);
        }
        config.run.lock_wait_seconds = config.run.lock_wait_seconds.max(self.lock_wait);
        restrict_files(&config);
        let report = match (self.clean(&config), self.empty_exit_code) {
            (Err(why @ Error::Empty(_)), Some(code)) => {
                log::warn(&why.to_string());
                return Ok(code);
            }
            (report, _) => done.insert(report?),
        };
        let is_done = report.is_complete() || config.run.allow_unreadable;
        let exit = if is_done { Exit::Done } else { Exit::Incomplete };
        self.tell(report, exit)?;
        Ok(exit.code())
    }

    fn clean(&self, config: &Config) -> Result<Report, Error> {
        let interruption = Interruption::listen(Duration::from_secs(config.run.grace_seconds))
            .map_err(|why| Error::Internal(format!("could not listen for signals: {why}")))?;
        ceilings::watch(config, &interruption);
        if log::is_json() {
            let events = log::Events { is_quiet: self.quiet, interruption };
            return copydesk::run(config, &events);
        }
        let progress = Progress::new(!self.quiet && is_terminal()).with_interruption(interruption);
        let report = copydesk::run(config, &progress);
        progress.clear();
        report
    }

    /// Without a terminal nothing is said of a run that is done and has no warnings: cron mails whatever is printed.
    fn tell(&self, report: &Report, exit: Exit) -> Result<()> {
        if log::is_json() {
            if !self.quiet {
                warnings(report).iter().for_each(|warning| log::warn(warning));
                log::event("info", "done", report.summary());
            }
        } else if !self.quiet {
            let is_problem = exit != Exit::Done;
            if !self.json && (is_problem || self.verbose || is_terminal()) {
                summarise(report, &mut io::stderr())?;
            }
            warnings(report).iter().for_each(|warning| log::warn(warning));
        }
        if self.json {
            writeln!(io::stdout(), "{}", log::safe_json(&report.summary()))?;
        }
        Ok(())
    }
}
