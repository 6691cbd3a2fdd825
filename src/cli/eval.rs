//! `copydesk eval GOLD`: how good is the configured cleaning, and is it good enough?

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::Error;
use copydesk::pipeline::{Evaluation, evaluate, read_gold};

use super::{Settings, grouped};

#[derive(Args)]
pub(crate) struct Eval {
    /// Labelled pages as JSON Lines: `raw_text`, `labels` (one a line: keep, drop, mixed, title),
    /// and if known `page_title`, `title`, `source`
    gold: PathBuf,
    #[command(flatten)]
    settings: Settings,
    /// Score only the pages whose field has this value, such as lang=en
    #[arg(long, value_name = "FIELD=VALUE", value_parser = pair)]
    only: Vec<(String, String)>,
    /// Fail with exit code 5 if a figure is lower, such as f1=0.99
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = gate)]
    min: Vec<(String, f64)>,
    /// Fail with exit code 5 if a figure is higher, such as hurt_pages=0.02
    #[arg(long, value_name = "FIGURE=VALUE", value_parser = gate)]
    max: Vec<(String, f64)>,
    /// Show so many lines that went wrong
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Print the figures as one line of JSON
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(None, None)?;
        let pages = read_gold(&self.gold, &self.only)?;
        let evaluation = evaluate(&config, &pages)?;
        let missed = self.missed(&evaluation)?;
        let mut out = io::stdout().lock();
        if self.json {
            let mut figures = serde_json::Map::new();
            figures.insert("pages".into(), evaluation.pages.into());
            for (name, value) in &evaluation.figures {
                figures.insert((*name).into(), (*value).into());
            }
            writeln!(out, "{}", serde_json::Value::from(figures))?;
        } else {
            writeln!(out, "pages            {}", grouped(evaluation.pages as u64))?;
            for (name, value) in &evaluation.figures {
                writeln!(out, "{name:16} {value:.4}")?;
            }
            for wrong in evaluation.wrong.iter().take(self.show) {
                let kind = if wrong.is_lost { "lost" } else { "left" };
                writeln!(out, "{kind} {}: {}", super::safe(&wrong.page), super::safe(&wrong.line))?;
            }
        }
        if missed.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        Err(Error::Mismatch(missed.join("\n")).into())
    }

    /// The gates that were missed, a sentence each.
    fn missed(&self, evaluation: &Evaluation) -> Result<Vec<String>, Error> {
        let mut missed = Vec::new();
        let gates = self.min.iter().map(|gate| (gate, true));
        for ((name, limit), is_least) in gates.chain(self.max.iter().map(|gate| (gate, false))) {
            let names = || evaluation.figures.iter().map(|(name, _)| *name);
            let Some((_, value)) = evaluation.figures.iter().find(|(known, _)| known == name)
            else {
                let known = names().collect::<Vec<_>>().join(", ");
                return Err(Error::Setup(format!("no figure `{name}`\nhint: there are {known}")));
            };
            let side = match is_least {
                true if value < limit => "below",
                false if value > limit => "above",
                _ => continue,
            };
            missed.push(format!("`{name}` is {side} its gate {limit}: {value:.4}"));
        }
        Ok(missed)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn gate(text: &str) -> Result<(String, f64), String> {
    let (name, value) = pair(text)?;
    let value = value.parse().map_err(|_| format!("not a number: {value}"))?;
    Ok((name, value))
}
