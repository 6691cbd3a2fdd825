//! `copydesk pairs OUT`: the pairs that near-dedup compared, and what other thresholds would do.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

#[derive(Args)]
pub(crate) struct Pairs {
    /// Folder that a run has published
    output: PathBuf,
    /// List only the pairs whose figures lie within 0.05 of a threshold of the certain tier
    #[arg(long)]
    near_threshold: bool,
}

/// What counts as near.
const MARGIN: f64 = 0.05;

struct Pair {
    id: String,
    other: String,
    similarity: f64,
    containment: f64,
    verdict: String,
}

impl Pairs {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let pairs = self.read()?;
        let (jaccard, containment) = self.thresholds()?;
        let mut out = io::stdout().lock();
        writeln!(out, "threshold  documents that stand by that share in another")?;
        for percent in (50..=95).step_by(5) {
            let least = f64::from(percent) / 100.0;
            let documents: BTreeSet<&str> = pairs
                .iter()
                .filter(|pair| pair.verdict != "template" && pair.verdict != "none")
                .filter(|pair| pair.containment.max(pair.similarity) >= least)
                .map(|pair| pair.id.as_str())
                .collect();
            writeln!(out, "     {least:.2}  {}", documents.len())?;
        }
        writeln!(out, "\nsimilarity  containment  verdict  id  other_id")?;
        let is_near = |pair: &&Pair| {
            !self.near_threshold
                || (pair.similarity - jaccard).abs() <= MARGIN
                || (pair.containment - containment).abs() <= MARGIN
        };
        for pair in pairs.iter().filter(is_near) {
            let Pair { id, other, similarity, containment, verdict } = pair;
            let (id, other) = (super::safe(id), super::safe(other));
            writeln!(out, "{similarity:.4}  {containment:.4}  {verdict}  {id}  {other}")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn read(&self) -> Result<Vec<Pair>> {
        let path = self.output.join("pairs.csv");
        let in_file = || format!("could not read `{}`", path.display());
        let mut table = csv::Reader::from_path(&path).with_context(in_file)?;
        let mut pairs = Vec::new();
        for row in table.records() {
            let row = row.with_context(in_file)?;
            let cell = |at: usize| row.get(at).unwrap_or_default();
            let figure = |at: usize| cell(at).parse::<f64>().with_context(in_file);
            pairs.push(Pair {
                id: cell(0).to_owned(),
                other: cell(1).to_owned(),
                similarity: figure(2)?,
                containment: figure(3)?,
                verdict: cell(5).to_owned(),
            });
        }
        Ok(pairs)
    }

    /// The thresholds of the certain tier in that run.
    fn thresholds(&self) -> Result<(f64, f64)> {
        let path = self.output.join("run.json");
        let in_file = || format!("could not read `{}`", path.display());
        let run = fs::read(&path).with_context(in_file)?;
        let run: serde_json::Value = serde_json::from_slice(&run).with_context(in_file)?;
        let options = &run["configuration"]["stage"]["near-dedup"];
        let option = |key: &str| options[key].as_f64().with_context(in_file);
        Ok((option("jaccard")?, option("containment")?))
    }
}
