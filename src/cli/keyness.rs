//! `copydesk keyness A B`: the words that tell one run, source or period from another.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use copydesk::output::csv::CsvRows;
use copydesk::output::statistics::{KEYNESS, KeyRow};
use copydesk::output::table::AnyTable;
use copydesk::pipeline::{KeyWord, Question, Side, keyness};

use super::grouped;

/// Memory for the counts before they go to scratch files.
const BUDGET_BYTES: usize = 512 << 20;

#[derive(Args)]
pub(crate) struct Keyness {
    /// Folder that a run published: the corpus of interest
    target: PathBuf,
    /// Folder that a run published, may be the same: what it is held against
    reference: PathBuf,
    /// Only documents of these sources of the target, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "SOURCES")]
    target_source: Vec<String>,
    /// Only documents of these sources of the reference
    #[arg(long, value_delimiter = ',', value_name = "SOURCES")]
    reference_source: Vec<String>,
    /// Only documents of the target from this date on, such as 2024-05-01
    #[arg(long, value_name = "DATE")]
    target_from: Option<String>,
    /// Only documents of the target before this date
    #[arg(long, value_name = "DATE")]
    target_to: Option<String>,
    /// Only documents of the reference from this date on
    #[arg(long, value_name = "DATE")]
    reference_from: Option<String>,
    /// Only documents of the reference before this date
    #[arg(long, value_name = "DATE")]
    reference_to: Option<String>,
    /// Only documents of this language
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Least occurrences of a word in both together; higher is stricter
    #[arg(long, default_value_t = 5, value_name = "N")]
    min_frequency: u64,
    /// Rows, the largest |G²| first
    #[arg(long, default_value_t = 200, value_name = "N")]
    top: usize,
    /// File to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Keyness {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let side = |folder, sources, from, to| Side { folder, sources, from, to };
        let question = Question {
            target: side(self.target, self.target_source, self.target_from, self.target_to),
            reference: side(
                self.reference,
                self.reference_source,
                self.reference_from,
                self.reference_to,
            ),
            language: self.language,
            min_frequency: self.min_frequency,
            top: self.top,
        };
        let answer = keyness(&question, &std::env::temp_dir(), BUDGET_BYTES)?;
        let out: Box<dyn Write> = match &self.output {
            None => Box::new(BufWriter::new(io::stdout().lock())),
            Some(path) => {
                let file = std::fs::File::create(path)
                    .with_context(|| format!("could not write `{}`", path.display()))?;
                Box::new(BufWriter::new(file))
            }
        };
        let mut table = CsvRows::new(out, &KEYNESS.fields(), true)?;
        for KeyWord { word, contrast, documents, dp } in &answer.words {
            let lrc = contrast.conservative_log_ratio(answer.tested);
            let row = KeyRow { word, contrast, documents: *documents, dp: *dp, lrc };
            table.row(&KEYNESS.cells(&row))?;
        }
        table.into_inner()?.flush()?;
        let [target, reference] = answer.documents.map(grouped);
        let [target_tokens, reference_tokens] = answer.tokens.map(grouped);
        writeln!(
            io::stderr(),
            "{target_tokens} tokens of {target} documents against {reference_tokens} of {reference}; {} words tested",
            grouped(answer.tested),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
