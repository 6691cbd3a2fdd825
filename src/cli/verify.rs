//! `copydesk verify OUT`: is a published folder what its run wrote?

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::output::verify::{Verified, verify};

use super::grouped;

#[derive(Args)]
pub(crate) struct Verify {
    /// Folder that a run published
    out: PathBuf,
    /// Print nothing where all is well
    #[arg(short, long)]
    quiet: bool,
}

impl Verify {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let Verified { files, bytes, rows, found } = verify(&self.out)?;
        if !self.quiet {
            let [files, bytes, rows, found] = [files, bytes, rows, found].map(grouped);
            writeln!(
                io::stdout(),
                "ok: {files} files, {bytes} bytes, {rows} rows; all {found} found documents are accounted for"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
