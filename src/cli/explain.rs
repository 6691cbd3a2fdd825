//! `copydesk explain FILE`: one document, line by line.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::config::Config;
use copydesk::document::{DocId, Document, Fate};
use copydesk::input::{self, Units};
use copydesk::stage::boilerplate::{Boilerplate, Bound, LineTrace};
use copydesk::stage::{self, AnyStage};
use copydesk::{Error, pipeline};

use super::{Settings, safe};

#[derive(Args)]
pub(crate) struct Explain {
    /// A text file, or a record of another file as FILE#N, N from 0
    file: PathBuf,
    #[command(flatten)]
    settings: Settings,
    /// Show also the lines that no rule spoke of
    #[arg(short, long)]
    all: bool,
}

impl Explain {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(None, None)?;
        let mut document = find(&self.file, &config)?;
        let mut out = io::stdout().lock();
        writeln!(out, "document: {}", safe(&document.name))?;
        writeln!(out, "source: {}", safe(&document.source))?;
        let decoding = &document.decoding;
        writeln!(
            out,
            "decoded: {} bytes as {}, {} replacement characters",
            decoding.raw_bytes, decoding.encoding, decoding.replacements
        )?;
        writeln!(out, "title: {}", safe(document.title()))?;
        for name in &config.stages {
            if !document.is_kept() {
                break;
            }
            writeln!(out, "\n[{name}]")?;
            match stage::build(name, &config.stage)? {
                AnyStage::Corpus(_) => {
                    writeln!(
                        out,
                        "  judges by the whole corpus: see duplicates.csv and removed.csv of a run"
                    )?;
                }
                AnyStage::Document(_) if name == "boilerplate" => {
                    let rules = config.stage.boilerplate.build()?;
                    self.explain_rules(&rules, &document, &mut out)?;
                    apply(&rules, &mut document);
                }
                AnyStage::Document(stage) => apply(stage.as_ref(), &mut document),
            }
            summarise_stage(name, &document, &mut out)?;
        }
        write_result(&document, &mut out)?;
        Ok(ExitCode::SUCCESS)
    }

    fn explain_rules(
        &self,
        rules: &Boilerplate,
        document: &Document,
        out: &mut impl Write,
    ) -> io::Result<()> {
        for (number, line) in rules.explain(document).iter().enumerate() {
            let has_news = !line.cuts.is_empty() || !line.trials.is_empty();
            if has_news || self.all {
                write_line(number, line, out)?;
            }
        }
        Ok(())
    }
}

/// The document that `FILE` or `FILE#N` names.
fn find(file: &Path, config: &Config) -> Result<Document, Error> {
    let (path, record) = match file.to_str().and_then(|name| name.rsplit_once('#')) {
        Some((path, number)) if !file.exists() => match number.parse::<usize>() {
            Ok(number) => (PathBuf::from(path), number),
            Err(_) => (file.to_owned(), 0),
        },
        _ => (file.to_owned(), 0),
    };
    let scan = pipeline::survey(&path)?;
    let unit = Units::new(&scan, &config.input).nth(record).ok_or_else(|| {
        Error::Setup(format!("`{}` holds no document number {record}", path.display()))
    })?;
    Ok(input::into_document(unit, DocId(0), &config.input))
}

fn apply(stage: &dyn stage::Stage, document: &mut Document) {
    let findings = stage.examine(document);
    document.apply(stage.name(), findings);
}

fn write_line(number: usize, line: &LineTrace, out: &mut impl Write) -> io::Result<()> {
    let place = if line.is_title { "title".to_owned() } else { format!("line {number}") };
    let mark = if line.cuts.is_empty() { "keep" } else { "cut " };
    writeln!(out, "  {mark} {place}: {}", safe(&line.text))?;
    for trial in &line.trials {
        let verdict = if trial.fired { "applies" } else { "does not apply" };
        writeln!(out, "         {} {verdict} (round {})", trial.rule, trial.round)?;
        for check in &trial.checks {
            let mark = if check.passed { "ok" } else { "no" };
            let (guard, value, limit) = (check.guard, check.value, check.limit);
            match check.bound {
                Bound::AtMost => {
                    writeln!(out, "           {mark}  {guard} = {value}, at most {limit}")?;
                }
                Bound::AtLeast => {
                    writeln!(out, "           {mark}  {guard} = {value}, at least {limit}")?;
                }
                Bound::Shown => writeln!(out, "               because {guard} = {value}")?,
            }
        }
    }
    Ok(())
}

fn summarise_stage(name: &str, document: &Document, out: &mut impl Write) -> io::Result<()> {
    if let (Some(language), "language") = (&document.language, name) {
        writeln!(out, "  {} with confidence {}", language.code, language.confidence)?;
        if let Some(second) = &language.second {
            writeln!(out, "  next likely: {second}")?;
        }
        if let Some(other) = &language.foreign_language {
            writeln!(
                out,
                "  a share of {} in other languages, most in {other}",
                language.foreign_share
            )?;
        }
    }
    if let (Some(measures), "stats") = (&document.measures, name) {
        let count = |count: Option<u64>| count.map_or("not defined".to_owned(), |n| n.to_string());
        writeln!(
            out,
            "  {} characters, {} tokens, {} sentences, {} lines",
            measures.chars,
            count(measures.tokens),
            count(measures.sentences),
            measures.lines
        )?;
    }
    Ok(())
}

fn write_result(document: &Document, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n[result]")?;
    if let Fate::Rejected(why) = &document.fate {
        writeln!(out, "  rejected by {}: {} ({})", why.stage, why.reason, safe(&why.detail))?;
    }
    for removal in document.removed() {
        writeln!(
            out,
            "  removed {}..{} by {} {}: {}",
            removal.start,
            removal.end,
            removal.stage,
            removal.rule,
            safe(removal.text.trim())
        )?;
    }
    writeln!(out, "  title: {}", safe(document.title()))
}
