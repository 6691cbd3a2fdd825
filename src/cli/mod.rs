//! The command line: one file a subcommand, no logic of the pipeline.

mod article;
mod check;
mod colour;
mod eval;
mod explain;
mod init;
mod keyness;
mod learn;
mod pairs;
mod plan;
mod run;
mod stats;
mod undo;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use copydesk::config::{ByteSize, Config};
use copydesk::{Error, Report};

/// Cleans scraped news dumps, and says what it removed and why.
#[derive(Parser)]
#[command(name = "copydesk", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Characters of a line that are shown.
const SHOWN_CHARS: usize = 100;

const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  internal error
    2  wrong usage
    3  done and published, but some input could not be read (see rejected.csv)
    4  a source had too much removed, and `--strict` is on; nothing was published
    5  `eval`: a figure missed its gate; `undo`: the output does not fit its ledger
   10  input not found
   11  the output is locked by another run
   13  the output could not be written; what was published before is untouched
   78  wrong configuration; nothing was read or written";

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
    /// Memory for batches and tables, such as "512 MiB"
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
            Command::Learn(command) => command.run(),
            Command::Pairs(command) => command.run(),
            Command::Stats(command) => command.run(),
            Command::Keyness(command) => command.run(),
            Command::Init(command) => command.run(),
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
    // There is nobody left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "error: {why:#}");
    let code =
        why.chain().find_map(|cause| cause.downcast_ref::<Error>()).map_or(1, Error::exit_code);
    ExitCode::from(code)
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
        writeln!(out, "skipped {} files: {reason} (such as `{example}`)", grouped(skipped.count))?;
    }
    if !report.is_complete() {
        writeln!(
            out,
            "warning: {} inputs could not be read; they are listed in rejected.csv",
            grouped(report.input_losses)
        )?;
    }
    for source in &report.over_cleaned {
        writeln!(out, "warning: {source}")?;
    }
    for warning in &report.duplicate_warnings {
        writeln!(out, "warning: {warning}")?;
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
    let shown = |c: char| match c {
        c if c.is_control() => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Whether progress can be drawn.
fn is_terminal() -> bool {
    io::stderr().is_terminal()
}
