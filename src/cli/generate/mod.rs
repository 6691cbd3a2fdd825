//! `copydesk generate systemd|cron|kubernetes|airflow`: a scheduled run, ready to be installed.
//!
//! Each unit treats exit codes as [`Exit`](copydesk::Exit) advises: what will fail the same way again is not tried again,
//! what may succeed is, and input that could not be read does not count as a failure.

mod airflow;
mod cron;
mod kubernetes;
mod schedule;
mod systemd;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use copydesk::{Error, Exit};

use schedule::Schedule;

#[derive(Clone, Copy, ValueEnum)]
enum Scheduler {
    /// A service and its timer
    Systemd,
    /// A crontab
    Cron,
    /// A CronJob
    Kubernetes,
    /// A DAG
    Airflow,
}

#[derive(Args)]
pub(crate) struct Generate {
    /// Which scheduler
    scheduler: Scheduler,
    /// Folder or file to read
    #[arg(value_parser = absolute)]
    dump: PathBuf,
    /// Folder to publish to
    #[arg(short, long, value_name = "OUT", value_parser = absolute)]
    output: PathBuf,
    /// Configuration file
    #[arg(long, value_name = "FILE", value_parser = absolute)]
    config: Option<PathBuf>,
    /// File for the figures of each run, for the textfile collector of Prometheus
    #[arg(long, value_name = "FILE", value_parser = absolute)]
    metrics: Option<PathBuf>,
    /// When, as five fields of cron: minute, hour, day of month, month, day of week
    #[arg(long, default_value = "30 2 * * *", value_name = "CRON")]
    schedule: Schedule,
    /// User to run as, for kubernetes a number [default: the scheduler's]
    #[arg(long, value_parser = user_name)]
    user: Option<String>,
    /// Name of the job
    #[arg(long, default_value = "copydesk", value_parser = plain_name)]
    name: String,
    /// Where copydesk is installed
    #[arg(long, default_value = "/usr/local/bin/copydesk", value_name = "FILE", value_parser = absolute)]
    binary: PathBuf,
    /// Container image, for kubernetes
    #[arg(long, default_value = concat!("copydesk:", env!("CARGO_PKG_VERSION")))]
    image: String,
    /// Folder to write the files to; none is replaced [default: standard output]
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// A file to install.
struct UnitFile {
    name: String,
    text: String,
}

impl Generate {
    pub(crate) fn run(self) -> Result<ExitCode> {
        for path in
            [Some(&self.dump), Some(&self.output), self.config.as_ref()].into_iter().flatten()
        {
            if path.to_string_lossy().contains(['\n', '\r', '\0', '\u{fffd}']) {
                let what = format!("a unit cannot name this path: `{}`", path.display());
                return Err(Error::Setup(what).into());
            }
        }
        let files = match self.scheduler {
            Scheduler::Systemd => systemd::units(&self)?,
            Scheduler::Cron => vec![cron::table(&self)],
            Scheduler::Kubernetes => vec![kubernetes::manifest(&self)?],
            Scheduler::Airflow => vec![airflow::dag(&self)],
        };
        let Some(folder) = &self.into else {
            let mut out = io::stdout().lock();
            for (index, file) in files.iter().enumerate() {
                if files.len() > 1 {
                    let blank = if index > 0 { "\n" } else { "" };
                    writeln!(out, "{blank}# ---- {} ----", file.name)?;
                }
                out.write_all(file.text.as_bytes())?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        for file in files {
            let path = folder.join(&file.name);
            fs::File::create_new(&path)
                .and_then(|mut out| out.write_all(file.text.as_bytes()))
                .with_context(|| format!("could not write `{}`", path.display()))?;
            writeln!(io::stdout(), "{}", path.display())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The arguments of the run, the program not among them.
    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut arguments = vec!["run".into(), text(&self.dump), "-o".into(), text(&self.output)];
        for (flag, path) in [("--config", &self.config), ("--metrics", &self.metrics)] {
            if let Some(path) = path {
                arguments.extend([flag.to_owned(), text(path)]);
            }
        }
        arguments.extend(more.iter().map(|&flag| flag.to_owned()));
        arguments
    }

    /// The folder in which the output is exchanged: the run writes beside it.
    fn output_folder(&self) -> &Path {
        self.output.parent().unwrap_or(Path::new("/"))
    }
}

/// The codes after which another try fails the same way.
fn final_codes(separator: &str) -> String {
    Exit::final_codes().iter().map(u8::to_string).collect::<Vec<_>>().join(separator)
}

/// Text in double quotes with backslash escapes, as YAML and Python read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    let path = std::path::absolute(path).map_err(|why| why.to_string())?;
    Ok(path.components().collect())
}

fn user_name(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    match !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        true => Ok(name.to_owned()),
        false => Err("a user has letters, digits, `_`, `.` and `-`".into()),
    }
}

fn plain_name(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.len() <= 52
        && name.chars().all(is_plain);
    match is_name {
        true => Ok(name.to_owned()),
        false => Err("a name has up to 52 of a-z, 0-9 and -, and begins with a letter".into()),
    }
}
