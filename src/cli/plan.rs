//! `copydesk plan`: a dry run.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use copydesk::pipeline::parts::{Flow, Shuffle};
use copydesk::pipeline::{self, Planned};
use indicatif::HumanBytes;

use super::{Settings, grouped};

#[derive(Args)]
pub(crate) struct Plan {
    /// Folder or file to read [default: `input.path` of the configuration]
    dump: Option<PathBuf>,
    /// What carries the run out
    #[arg(long, value_enum, default_value = "local")]
    engine: Engine,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// This machine
    Local,
    /// Spark, with the job `copydesk-spark`
    Spark,
}

impl Plan {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(self.dump.as_deref(), None)?;
        let mut out = io::stdout().lock();
        let planned = Planned::from_stages(config.build_stages()?);
        for line in planned.describe() {
            writeln!(out, "{line}")?;
        }
        let is_spark = self.engine == Engine::Spark;
        if is_spark {
            pipeline::parts::Job::check(&config)?;
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
            "estimate, from {} sampled documents: {:.1} s of processor time to read, clean and count, {} of scratch space",
            grouped(estimate.sampled),
            estimate.cpu_seconds,
            HumanBytes(estimate.scratch_bytes)
        )?;
        if is_spark {
            describe(&pipeline::parts::flow(&config, &scan)?, &mut out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What goes where on Spark. Bytes are those before the engine compresses them.
fn describe(flow: &Flow, out: &mut impl Write) -> io::Result<()> {
    let all = |bytes: f64| HumanBytes((bytes * flow.documents as f64) as u64);
    let (documents, laid) = (grouped(flow.documents), flow.laid_bytes);
    writeln!(out, "on Spark: about {documents} documents, by bytes")?;
    writeln!(out, "  scratch folder: {laid:.0} B a document, {}", all(laid))?;
    for Shuffle { stage, is_parallel, has_steps, rows, bytes, keys } in &flow.shuffles {
        let place = match (is_parallel, has_steps) {
            (_, true) => "in parallel, in steps, of which this is the first",
            (true, _) => "in parallel",
            _ => "in one task",
        };
        writeln!(
            out,
            "  shuffle for {stage}: {rows:.2} rows and {bytes:.0} B a document, {}, resolved {place}",
            all(*bytes)
        )?;
        if *keys > 0.0 {
            writeln!(out, "    its verdicts come back by {keys:.1} keys a document")?;
        }
    }
    Ok(())
}
