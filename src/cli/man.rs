//! `copydesk man [COMMAND]`: manual pages, from the definition that the help is from.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::{Args, Command, CommandFactory};
use clap_mangen::roff::{Roff, bold, roman};
use copydesk::Exit;

#[derive(Args)]
pub(crate) struct Man {
    /// Command of which to print the page [default: copydesk itself]
    #[arg(conflicts_with = "into")]
    command: Option<String>,
    /// Folder to write the pages of all commands to [default: one page to standard output]
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let mut all = super::Arguments::command();
        all.build();
        if let Some(folder) = &self.into {
            for command in std::iter::once(&all).chain(all.get_subcommands()) {
                let path = folder.join(format!("{}.1", name(command)));
                page(command)
                    .and_then(|page| fs::write(&path, page))
                    .with_context(|| format!("could not write `{}`", path.display()))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let page = match self.command.as_deref() {
            None => page(&all)?,
            Some(topic) => match all.find_subcommand(topic) {
                Some(command) => page(command)?,
                None => {
                    let what = format!("there is no page on `{topic}`");
                    all.error(ErrorKind::InvalidSubcommand, what).exit()
                }
            },
        };
        io::stdout().write_all(&page)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Name of a page, such as `copydesk-run`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// A page in roff. It has no date, so that the same program has the same page.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).manual("copydesk").render(&mut page)?;
    let mut end = Roff::new();
    if command.has_subcommands() {
        end.control("SH", ["EXIT STATUS"]);
        for exit in Exit::ALL {
            end.control("TP", []);
            end.text([bold(exit.code().to_string())]);
            end.text([roman(exit.meaning())]);
        }
    } else {
        end.control("SH", ["SEE ALSO"]);
        end.text([bold("copydesk"), roman("(1), which has the exit codes")]);
    }
    end.to_writer(&mut page)?;
    Ok(page)
}
