//! `copydesk check`: would a run start?

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::output::publish::Publication;
use copydesk::stage::language;

use super::Settings;

#[derive(Args)]
pub(crate) struct Check {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    /// Folder to publish to
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(self.dump.as_deref(), self.output.as_deref())?;
        let mut out = io::stdout().lock();
        writeln!(out, "configuration: ok, stages {}", config.stages.join(", "))?;
        let rules = config.stage.boilerplate.build()?;
        rules.lint()?;
        rules.self_test()?;
        writeln!(
            out,
            "boilerplate rules: ok, {} rules do what their examples say",
            rules.rules().count()
        )?;
        let learned = config.stage.learned_boilerplate.build()?;
        if !config.stage.learned_boilerplate.known.is_empty() {
            writeln!(out, "known boilerplate: ok, {} entries", learned.known_len())?;
        }
        writeln!(out, "languages: {} built in", language::built_in().len())?;
        if config.input.path.as_os_str().is_empty() {
            writeln!(out, "input: none named")?;
        } else {
            let scan = copydesk::pipeline::survey(&config.input.path, config.input.follow)?;
            writeln!(
                out,
                "input: ok, {} files in {}, {} unreadable",
                super::grouped(scan.files.len() as u64),
                config.input.path.display(),
                scan.unreadable.len()
            )?;
        }
        let output = &config.output.path;
        if output.as_os_str().is_empty() {
            writeln!(out, "output: none named")?;
        } else {
            Publication::check(output)?;
            writeln!(out, "output: ok, {}", output.display())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
