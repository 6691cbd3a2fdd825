//! `copydesk help [TOPIC]`: the help of a command, or the table of exit codes.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use copydesk::Exit;

#[derive(Args)]
pub(crate) struct Help {
    /// A command, or `exit-codes`
    topic: Option<String>,
}

impl Help {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let mut all = super::Arguments::command();
        all.build();
        let text = match self.topic.as_deref() {
            None => all.render_help(),
            Some("exit-codes") => Exit::plain_table().into(),
            Some(topic) => match all.find_subcommand_mut(topic) {
                Some(command) => command.render_long_help(),
                None => {
                    let what = format!("there is no help on `{topic}`");
                    all.error(ErrorKind::InvalidSubcommand, what).exit()
                }
            },
        };
        write!(io::stdout(), "{text}")?;
        Ok(ExitCode::SUCCESS)
    }
}
