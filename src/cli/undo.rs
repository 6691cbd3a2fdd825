//! `copydesk undo OUT [ID]`: the decoded text of what a run published.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use copydesk::Error;
use copydesk::output::undo::Undo as Restoring;

#[derive(Args)]
pub(crate) struct Undo {
    /// Folder that a run published
    out: PathBuf,
    /// Only the document of this id
    id: Option<String>,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Undo {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let documents = Restoring::open(&self.out)?;
        let mut out: Box<dyn Write> = match &self.output {
            None => Box::new(BufWriter::new(io::stdout().lock())),
            Some(path) => Box::new(BufWriter::new(
                File::create(path)
                    .with_context(|| format!("could not write `{}`", path.display()))?,
            )),
        };
        let mut is_found = self.id.is_none();
        for document in documents {
            let document = document?;
            if self.id.as_ref().is_some_and(|id| *id != document.id) {
                continue;
            }
            let line = serde_json::json!({ "id": document.id, "text": document.text });
            writeln!(out, "{line}")?;
            if self.id.is_some() {
                is_found = true;
                break;
            }
        }
        out.flush()?;
        if let (false, Some(id)) = (is_found, self.id) {
            let out = self.out.display();
            return Err(Error::Mismatch(format!("no document `{id}` in `{out}`")).into());
        }
        Ok(ExitCode::SUCCESS)
    }
}
