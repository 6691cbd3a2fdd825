//! The command line: one file a subcommand, no logic of the pipeline.

mod article;
mod check;
mod colour;
mod completions;
mod copies;
mod eval;
mod explain;
mod generate;
mod help;
mod init;
mod keyness;
mod learn;
mod man;
mod metrics;
mod pairs;
mod plan;
mod replay;
mod run;
mod stats;
mod undo;
mod verify;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use copydesk::config::{ByteSize, Config, Umask};
use copydesk::{Error, Exit, Report};

use crate::log::{self, LogFormat};

/// Cleans scraped news dumps, and says what it removed and why.
#[derive(Parser)]
#[command(name = "copydesk", version, after_help = AFTER_HELP, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// What standard error speaks: lines for people, or events for machines, a JSON object a line
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// Characters of a line that are shown.
const SHOWN_CHARS: usize = 100;

const AFTER_HELP: &str = "`copydesk help exit-codes` lists the exit codes.";

#[derive(Subcommand)]
enum Command {
    /// Clean a dump and publish the result as a folder of CSV files
    Run(run::Run),
    /// Check configuration and rules, and say whether a run could start; change nothing
    Check(check::Check),
    /// Show the passes, files and bytes of a run, with estimates; change nothing
    Plan(plan::Plan),
    /// Show what the stages would do to one document, line by line, and why; in colour on a terminal
    Explain(explain::Explain),
    /// Score the configured cleaning against labelled pages, with gates for CI
    Eval(eval::Eval),
    /// Restore the decoded text of all kept documents, or of one, as JSON Lines
    Undo(undo::Undo),
    /// Prove that a published folder is what its run wrote: bytes, rows and sums
    Verify(verify::Verify),
    /// Run again what a run rejected, with the configuration as it is now, and say what became of it
    Replay(replay::Replay),
    /// Learn the boilerplate of a dump's sources, and write it as a file to review, for `known = [...]`
    Learn(learn::Learn),
    /// List the pairs that near-dedup compared, and how many documents other thresholds would touch
    Pairs(pairs::Pairs),
    /// Run the statistics alone, on the texts as they are
    Stats(stats::Stats),
    /// List the words that tell one run, source or period from another, as CSV
    Keyness(keyness::Keyness),
    /// Write a commented pipeline.toml, fitted to a dump
    Init(init::Init),
    /// Print a scheduled run for systemd, cron, Kubernetes or Airflow, ready to be installed
    Generate(generate::Generate),
    /// Print a manual page, or write those of all commands
    Man(man::Man),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Explain a command, or the exit codes
    Help(help::Help),
}

/// Where the configuration comes from, and what overrides it.
#[derive(Args)]
struct Settings {
    /// Configuration file [default: pipeline.toml in the working directory, if there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Stages to run, in order, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    stages: Option<Vec<String>>,
    /// Worker threads; 0 for one a core
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Permissions that output files do not get, in octal [default: 077]
    #[arg(long, value_name = "MASK")]
    umask: Option<Umask>,
    /// Memory for documents at work and tables, such as "512 MiB"
    #[arg(long, value_name = "SIZE")]
    max_memory: Option<ByteSize>,
}

impl Settings {
    /// The configuration file with the flags put over it, checked.
    fn load(&self, dump: Option<&Path>, output: Option<&Path>) -> Result<Config, Error> {
        let found = Path::new("pipeline.toml");
        let mut config = match &self.config {
            Some(path) => Config::load(path)?,
            None if found.is_file() => Config::load(found)?,
            None => Config::default(),
        };
        if let Some(dump) = dump {
            config.input.path = dump.to_owned();
        }
        if let Some(output) = output {
            config.output.path = output.to_owned();
        }
        if let Some(stages) = &self.stages {
            config.stages = stages.iter().filter(|name| !name.is_empty()).cloned().collect();
        }
        if let Some(threads) = self.threads {
            config.run.threads = threads;
        }
        if let Some(umask) = self.umask {
            config.output.umask = umask;
        }
        if let Some(max_memory) = self.max_memory {
            config.run.max_memory = max_memory;
        }
        config.validate()?;
        Ok(config)
    }
}

impl Arguments {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Run(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Plan(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Eval(command) => command.run(),
            Command::Undo(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Replay(command) => command.run(),
            Command::Learn(command) => command.run(),
            Command::Pairs(command) => command.run(),
            Command::Stats(command) => command.run(),
            Command::Keyness(command) => command.run(),
            Command::Init(command) => command.run(),
            Command::Generate(command) => command.run(),
            Command::Man(command) => command.run(),
            Command::Completions(command) => command.run(),
            Command::Help(command) => command.run(),
        }
    }
}

/// Tells on standard error what went wrong, the cause last, and gives the exit code for it.
pub(crate) fn report_failure(why: &anyhow::Error) -> ExitCode {
    let is_broken_pipe = why.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    });
    if is_broken_pipe {
        // Whoever read our output has seen enough.
        return ExitCode::SUCCESS;
    }
    let exit = exit_of(why);
    log::fail(&format!("{why:#}"), exit);
    ExitCode::from(exit.code())
}

/// How the process ends after this.
fn exit_of(why: &anyhow::Error) -> Exit {
    let known = why.chain().find_map(|cause| cause.downcast_ref::<Error>()).map(Error::exit);
    // A command that could not write what it was asked for.
    let is_io = why.chain().any(|cause| cause.is::<io::Error>());
    known.unwrap_or(if is_io { Exit::Output } else { Exit::Internal })
}

/// What a person should look at although the run is done, a sentence each.
fn warnings(report: &Report) -> Vec<String> {
    let mut warnings = Vec::new();
    if !report.is_complete() {
        let losses = grouped(report.input_losses);
        warnings
            .push(format!("{losses} inputs could not be read; they are listed in rejected.csv"));
    }
    warnings.extend(report.over_cleaned.iter().map(ToString::to_string));
    warnings.extend(report.duplicate_warnings.iter().cloned());
    warnings.extend(report.publish_warnings.iter().cloned());
    warnings
}

/// The closing summary of a run, for people.
fn summarise(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let funnel = &report.funnel;
    writeln!(
        out,
        "{} found = {} kept + {} duplicates + {} rejected",
        grouped(funnel.found()),
        grouped(funnel.kept),
        grouped(funnel.all_duplicates()),
        grouped(funnel.all_rejected()),
    )?;
    let mut rules: Vec<_> = funnel.removed.iter().collect();
    rules.sort_by_key(|(name, removed)| (std::cmp::Reverse(removed.spans), *name));
    let most: Vec<_> = rules
        .iter()
        .take(3)
        .map(|((_, rule), removed)| format!("{rule} {}", grouped(removed.spans)))
        .collect();
    if !most.is_empty() {
        let spans = grouped(report.removed_spans());
        writeln!(out, "{spans} spans removed, most by {}", most.join(", "))?;
    }
    let reasons = funnel
        .rejected
        .iter()
        .map(|((stage, reason), count)| format!("{stage}: {reason} {}", grouped(*count)));
    let reasons: Vec<_> = reasons.collect();
    if !reasons.is_empty() {
        writeln!(out, "rejected by {}", reasons.join(", "))?;
    }
    for (reason, skipped) in &report.skipped {
        let example = skipped.examples.first().map(String::as_str).unwrap_or_default();
        let example = safe(example);
        writeln!(out, "skipped {} files: {reason} (such as `{example}`)", grouped(skipped.count))?;
    }
    let changes = &report.changes;
    if !changes.anew.is_empty() {
        writeln!(out, "nothing was taken over from earlier runs: {}", changes.anew)?;
    }
    if changes.reused_documents > 0 {
        writeln!(
            out,
            "{} documents were known, {} were cleaned; {} files added, {} changed, {} removed",
            grouped(changes.reused_documents),
            grouped(changes.fresh_documents),
            grouped(changes.added_files),
            grouped(changes.changed_files),
            grouped(changes.removed_files),
        )?;
    }
    let rate = funnel.raw_bytes as f64 / 1e6 / report.seconds.max(1e-9);
    writeln!(
        out,
        "wrote {} in {:.1} s ({rate:.1} MB/s, {} threads)",
        report.output.display(),
        report.seconds,
        report.threads
    )
}

/// A count with separators between thousands.
fn grouped(count: u64) -> String {
    indicatif::HumanCount(count).to_string()
}

/// Text of a document as it may be shown on a terminal, and not too long.
fn safe(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN_CHARS).map_or(text.len(), |(at, _)| at);
    let mut shown = safe_whole(&text[..end]);
    if end < text.len() {
        shown.push('…');
    }
    shown
}

/// Text of a document as it may be shown on a terminal: without control and direction characters.
fn safe_whole(text: &str) -> String {
    text.chars().map(|c| if log::is_harmless(c) { c } else { ' ' }).collect()
}

/// Keeps what is written from now on to those whom the configuration lets read it.
fn restrict_files(config: &Config) {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(config.output.umask.0));
}

/// Whether progress can be drawn.
fn is_terminal() -> bool {
    io::stderr().is_terminal()
}
