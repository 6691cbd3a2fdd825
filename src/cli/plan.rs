//! `copydesk plan`: a dry run.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::pipeline::{self, Planned};
use indicatif::HumanBytes;

use super::{Settings, grouped};

#[derive(Args)]
pub(crate) struct Plan {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

impl Plan {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(self.dump.as_deref(), None)?;
        let mut out = io::stdout().lock();
        let planned = Planned::from_stages(config.build_stages()?);
        for line in planned.describe() {
            writeln!(out, "{line}")?;
        }
        if config.input.path.as_os_str().is_empty() {
            writeln!(
                out,
                "input: none named; `copydesk plan DUMP` adds files, bytes and estimates"
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let scan = pipeline::survey(&config.input.path, config.input.follow)?;
        writeln!(out, "input: {}", config.input.path.display())?;
        for (format, files, bytes) in scan.by_format() {
            writeln!(out, "  {format}: {} files, {}", grouped(files), HumanBytes(bytes))?;
        }
        for (reason, skipped) in &scan.skipped {
            writeln!(out, "  skipped, {reason}: {}", grouped(skipped.count))?;
        }
        if !scan.unreadable.is_empty() {
            writeln!(out, "  unreadable: {}", grouped(scan.unreadable.len() as u64))?;
        }
        let estimate = pipeline::estimate(&config, &scan)?;
        writeln!(
            out,
            "estimate, from {} sampled documents: {:.1} s of processor time for the document stages, {} of scratch space",
            grouped(estimate.sampled),
            estimate.cpu_seconds,
            HumanBytes(estimate.scratch_bytes)
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
