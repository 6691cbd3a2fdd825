//! `copydesk learn`: what recurs in a dump, as a file to review.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::stage::learned::to_toml;
use copydesk::{Error, pipeline};

use super::{Settings, grouped, is_terminal};
use crate::progress::Progress;

#[derive(Args)]
pub(crate) struct Learn {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    settings: Settings,
    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

impl Learn {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(self.dump.as_deref(), None)?;
        if config.input.path.as_os_str().is_empty() {
            let what = "`input.path` is empty\nhint: name the dump, as in `copydesk learn DUMP`";
            return Err(Error::Setup(what.into()).into());
        }
        // The file may have been read and edited by a person.
        if let Some(path) = self.output.as_deref().filter(|path| path.exists() && !self.force) {
            return Err(Error::Setup(format!(
                "`{}` exists\nhint: `--force` replaces it, `-o FILE` writes another",
                path.display()
            ))
            .into());
        }
        let progress = Progress::new(!self.quiet && is_terminal());
        let learned = pipeline::learn(&config, &scratch(self.output.as_deref()), &progress);
        progress.clear();
        let learned = learned?;
        let text = to_toml(&learned.entries);
        match &self.output {
            None => io::stdout().lock().write_all(text.as_bytes())?,
            Some(path) => write_whole(path, &text)?,
        }
        if !self.quiet {
            let ornaments = learned.entries.iter().filter(|entry| entry.place.is_title()).count();
            writeln!(
                io::stderr(),
                "learned {} lines and {} ornaments of headlines from {} documents of {} sources",
                grouped((learned.entries.len() - ornaments) as u64),
                grouped(ornaments as u64),
                grouped(learned.documents),
                grouped(learned.sources as u64)
            )?;
            if learned.input_losses > 0 {
                let losses = grouped(learned.input_losses);
                writeln!(io::stderr(), "warning: {losses} inputs could not be read")?;
            }
        }
        Ok(ExitCode::from(if learned.input_losses == 0 { 0 } else { 3 }))
    }
}

/// The folder of the file, where there is room for it, or the system's.
fn scratch(output: Option<&Path>) -> PathBuf {
    match output.and_then(Path::parent) {
        None => std::env::temp_dir(),
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_owned(),
    }
}

/// Writes beside the target and renames, so that there is never half a file.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    File::create(&partial)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&partial, path))
        .map_err(Error::output(path))?;
    Ok(())
}
