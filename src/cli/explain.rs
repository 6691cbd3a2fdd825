//! `copydesk explain FILE`: one document, line by line.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use copydesk::config::Config;
use copydesk::document::{DocId, Document, Fate};
use copydesk::input::{self, Follow, Units};
use copydesk::stage::boilerplate::{Boilerplate, Bound, Check, RuleTrial, classifier};
use copydesk::stage::dedup::NearDedup;
use copydesk::stage::learned::{Entry, LearnedBoilerplate};
use copydesk::stage::{self, AnyStage, CorpusStage, Stage, Verdicts};
use copydesk::{Error, pipeline};

use super::article::{Article, Note};
use super::colour::{Painter, Style};
use super::copies::Copies;
use super::{Settings, grouped, is_terminal, safe};
use crate::progress::Progress;

#[derive(Args)]
pub(crate) struct Explain {
    /// A text file, or a record of another file as FILE#N, N from 0
    file: PathBuf,
    /// Compare it with this document: why they are duplicates or not, and which passages they share
    #[arg(conflicts_with = "dump")]
    other: Option<PathBuf>,
    /// Compare it with all documents of this dump, and show the nearest; FILE may be an id of documents.csv
    #[arg(long = "in", value_name = "DUMP")]
    dump: Option<PathBuf>,
    /// How many of the nearest documents to show
    #[arg(long, value_name = "N", default_value_t = 3, requires = "dump")]
    nearest: usize,
    #[command(flatten)]
    settings: Settings,
    /// Source of the document [default: the record's, or the file's folder as a run over `input.path` has it]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Show lines that stay at their full length
    #[arg(short, long)]
    all: bool,
}

impl Explain {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = self.settings.load(self.dump.as_deref(), None)?;
        if let Some(dump) = &self.dump {
            return self.explain_among(&config, dump);
        }
        if let Some(other) = &self.other {
            return self.explain_beside(&config, other);
        }
        let mut decoded = find(&self.file, &config)?;
        if let Some(source) = &self.source {
            decoded.source = source.as_str().into();
        }
        let mut document = decoded.clone();
        let painter = Painter::for_stdout();
        let mut out = io::stdout().lock();
        writeln!(out, "document: {}", safe(&document.name))?;
        writeln!(out, "source: {}", safe(&document.source))?;
        let decoding = &document.decoding;
        writeln!(
            out,
            "decoded: {} bytes as {}, {} replacement characters",
            decoding.raw_bytes, decoding.encoding, decoding.replacements
        )?;
        if decoding.entities + decoding.mojibake > 0 {
            writeln!(
                out,
                "repaired: {} HTML entities, {} characters of mojibake; offsets are those of the repaired text",
                decoding.entities, decoding.mojibake
            )?;
        }
        let mut notes = Vec::new();
        for name in &config.stages {
            if !document.is_kept() {
                break;
            }
            let removed = document.removed().len();
            let mut said = String::new();
            match stage::build(name, &config.stage)? {
                AnyStage::Document(_) if name == "boilerplate" => {
                    let rules = config.stage.boilerplate.build()?;
                    notes.extend(of_rules(&rules, &document));
                    apply(&rules, &mut document);
                }
                AnyStage::Document(stage) => {
                    apply(stage.as_ref(), &mut document);
                    said = labels(name, &document);
                }
                AnyStage::Corpus(_) if name == "learned-boilerplate" => {
                    let learned = config.stage.learned_boilerplate.build()?;
                    notes.extend(of_known(&learned, &mut document));
                    said = format!(
                        "{} known; what recurs in a dump is in removed.csv of a run",
                        grouped(learned.known_len() as u64)
                    );
                }
                AnyStage::Corpus(_) => {
                    said = "judges by the whole corpus: `--in DUMP` compares with it".to_owned();
                }
            }
            let cuts = match document.removed().len() - removed {
                0 => String::new(),
                1 => "1 cut".to_owned(),
                cuts => format!("{cuts} cuts"),
            };
            let parts = [cuts, said];
            let parts: Vec<_> =
                parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
            let name = painter.paint(Style::Heading, format!("[{name}]"));
            writeln!(out, "{name} {}", parts.join("; "))?;
        }
        if let Fate::Rejected(why) = &document.fate {
            writeln!(out, "rejected by {}: {} ({})", why.stage, why.reason, safe(&why.detail))?;
        }
        writeln!(out)?;
        let is_whole = self.all;
        Article { decoded: &decoded, left: &document, notes, painter, is_whole }.write(&mut out)?;
        writeln!(out)?;
        write_result(&decoded, &document, &mut out)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Explain {
    /// Two documents by themselves.
    fn explain_beside(&self, config: &Config, other: &Path) -> Result<ExitCode> {
        let near = config.stage.near_dedup.build()?;
        let through = |file: &Path| -> Result<Document> {
            let mut document = find(file, config)?;
            for name in config.stages.iter().filter(|name| *name != "stats") {
                if let AnyStage::Document(stage) = stage::build(name, &config.stage)? {
                    apply(stage.as_ref(), &mut document);
                }
            }
            Ok(document)
        };
        let (document, other) = (through(&self.file)?, through(other)?);
        let mut out = io::stdout().lock();
        writeln!(out, "document: {}\nsource: {}", safe(&document.name), safe(&document.source))?;
        writeln!(out, "by themselves, without a dump that tells what is common in it\n")?;
        let judged = near.judge(&document, &other);
        self.copies(&near).write(1, &document, &other, &judged, &mut out)?;
        Ok(ExitCode::SUCCESS)
    }

    /// A document among those of a dump.
    fn explain_among(&self, config: &Config, dump: &Path) -> Result<ExitCode> {
        let near = config.stage.near_dedup.build()?;
        let progress = Progress::new(is_terminal());
        let name = id_in(&self.file, dump);
        let scratch = std::env::temp_dir();
        let among = pipeline::neighbours(config, &scratch, &name, self.nearest, &progress);
        progress.clear();
        let among = among?;
        let document = &among.document;
        let mut out = io::stdout().lock();
        writeln!(out, "document: {}\nsource: {}", safe(&document.name), safe(&document.source))?;
        if let Some(same) = &among.same_words_as {
            writeln!(out, "dropped by exact-dedup: the same words as {}", safe(&same.name))?;
            return Ok(ExitCode::SUCCESS);
        }
        let compared = grouped(among.compared as u64);
        let shown = among.neighbours.len();
        writeln!(
            out,
            "documents that share enough with it to be compared: {compared}, {shown} shown\n"
        )?;
        for (number, (other, judged)) in among.neighbours.iter().enumerate() {
            self.copies(&near).write(number + 1, document, other, judged, &mut out)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn copies<'a>(&self, near: &'a NearDedup) -> Copies<'a> {
        Copies { near, painter: Painter::for_stdout(), is_whole: self.all }
    }
}

/// The id that a file of the dump has in a run; what is no such file is an id already.
fn id_in(file: &Path, dump: &Path) -> String {
    let given = file.display().to_string();
    let (path, record) = match given.rsplit_once('#') {
        Some((path, record)) if !file.exists() => (path, format!("#{record}")),
        _ => (given.as_str(), String::new()),
    };
    let whole = |path: &Path| path.canonicalize().ok();
    let within = whole(Path::new(path)).zip(whole(dump)).and_then(|(file, dump)| {
        let folder = if dump.is_file() { dump.parent()?.to_owned() } else { dump };
        Some(file.strip_prefix(folder).ok()?.display().to_string())
    });
    within.map_or(given.clone(), |within| within + &record)
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
    let scan = pipeline::survey(&path, Follow::No)?;
    let unit = Units::new(&scan, &config.input).nth(record).ok_or_else(|| {
        Error::Setup(format!("`{}` holds no document number {record}", path.display()))
    })?;
    let mut document = input::into_document(unit, DocId(0), &config.input);
    if &*document.source == "." {
        // A file by itself has no folder; in a run it has.
        document.source = folder(&path, &config.input.path).into();
    }
    Ok(document)
}

/// The folder of a file, from the dump on; by its name alone where the file is not in the dump.
fn folder(file: &Path, dump: &Path) -> String {
    let whole = |path: &Path| path.canonicalize().ok();
    let Some(parent) = whole(file).and_then(|file| Some(file.parent()?.to_owned())) else {
        return ".".to_owned();
    };
    let within = whole(dump).and_then(|dump| Some(parent.strip_prefix(dump).ok()?.to_owned()));
    let name = parent.file_name().map(PathBuf::from).unwrap_or_default();
    let folder = within.unwrap_or(name).display().to_string();
    if folder.is_empty() { ".".to_owned() } else { folder }
}

fn apply(stage: &dyn Stage, document: &mut Document) {
    let findings = stage.examine(document);
    document.apply(stage.name(), findings);
}

/// What the rules say of each line.
fn of_rules(rules: &Boilerplate, document: &Document) -> Vec<Note> {
    let reasons: BTreeMap<&str, &str> = rules.rules().collect();
    let mut notes = Vec::new();
    for line in rules.explain(document) {
        for (at, rule) in &line.cuts {
            let fired = line.trials.iter().rev().find(|trial| trial.fired && trial.rule == *rule);
            let reason = reasons.get(rule.as_str()).copied();
            notes.push(Note {
                stage: rules.name(),
                rule: rule.clone(),
                text: document.text().get(at.clone()).unwrap_or_default().to_owned(),
                is_cut: true,
                // The classifier is the only one that is no rule.
                reason: reason.unwrap_or_else(|| classifier::reason(rule)).to_owned(),
                evidence: fired
                    .map(|trial| trial.checks.iter().map(told).collect())
                    .unwrap_or_default(),
            });
        }
        // A rule is tried in each round; its last word counts.
        let mut missed: BTreeMap<&str, &RuleTrial> = BTreeMap::new();
        let trials =
            line.trials.iter().filter(|trial| line.cuts.iter().all(|cut| cut.1 != trial.rule));
        missed.extend(trials.map(|trial| (trial.rule.as_str(), trial)));
        notes.extend(missed.into_values().map(|trial| Note {
            stage: rules.name(),
            rule: trial.rule.clone(),
            text: line.text.clone(),
            evidence: match trial.fired {
                true if line.cuts.is_empty() => vec!["too much of the text would go".to_owned()],
                true => vec!["another rule took it".to_owned()],
                false => trial.checks.iter().filter(|check| !check.passed).map(told).collect(),
            },
            ..Note::default()
        }));
    }
    notes
}

/// A guard's value beside its limit.
fn told(check: &Check) -> String {
    let Check { guard, value, limit, .. } = check;
    match check.bound {
        Bound::AtMost => format!("{guard} = {value}, at most {limit}"),
        Bound::AtLeast => format!("{guard} = {value}, at least {limit}"),
        Bound::Shown => format!("because {guard} = {value}"),
    }
}

/// Cuts what is known of the source, and tells on what that rests.
fn of_known(learned: &LearnedBoilerplate, document: &mut Document) -> Vec<Note> {
    let findings = learned.examine(document, &Verdicts::default());
    let note = |cut: &copydesk::document::Cut| {
        let entry = learned.known_entry(document, &cut.at);
        Note {
            stage: learned.name(),
            rule: cut.rule.to_string(),
            text: document.text().get(cut.at.clone()).unwrap_or_default().to_owned(),
            is_cut: true,
            reason: "Known boilerplate of this source.".to_owned(),
            evidence: entry.map(evidence).unwrap_or_default(),
        }
    };
    let notes = findings.cuts.iter().map(note).collect();
    document.apply(learned.name(), findings);
    notes
}

fn evidence(entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    if entry.documents > 0 {
        let share = 100.0 * entry.share;
        let documents = grouped(entry.documents.into());
        let of = if entry.place.is_title() { "headlines" } else { "documents" };
        let place = entry.place.name();
        lines.push(format!(
            "{documents} documents, {share:.1} % of the source's {of}; place: {place}"
        ));
    }
    if let Some((first, last)) = entry.days {
        lines.push(format!("from {first} to {last}"));
    }
    lines.extend(entry.examples.iter().map(|example| format!("such as: {}", safe(example))));
    lines
}

/// What a stage that cuts nothing has to say.
fn labels(name: &str, document: &Document) -> String {
    if let (Some(language), "language") = (&document.language, name) {
        let mut said = format!("{} with confidence {}", language.code, language.confidence);
        if let Some(second) = &language.second {
            said += &format!("; next likely {second}");
        }
        if let Some(other) = &language.foreign_language {
            let share = 100.0 * language.foreign_share;
            said += &format!("; {share:.1} % in other languages, most in {other}");
        }
        return said;
    }
    if let (Some(measures), "stats") = (&document.measures, name) {
        let count = |count: Option<u64>| count.map_or("not defined".to_owned(), |n| n.to_string());
        return format!(
            "{} characters, {} tokens, {} sentences, {} lines",
            measures.chars,
            count(measures.tokens),
            count(measures.sentences),
            measures.lines
        );
    }
    String::new()
}

fn write_result(decoded: &Document, left: &Document, out: &mut impl Write) -> io::Result<()> {
    let cut: usize = left.removed().iter().map(|removal| removal.text.len()).sum();
    let of = decoded.text().len();
    let share = 100.0 * cut as f64 / of.max(1) as f64;
    writeln!(out, "{} cuts, {cut} of {of} bytes ({share:.1} %)", left.removed().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str = "The bridge was built a hundred years ago by two engineers from the north.";

    #[test]
    fn a_rule_that_fired_in_vain_is_told_why() {
        let rules = stage::boilerplate::Options::default().build().unwrap();
        let said = |lines: &[&str], line: &str| -> Vec<String> {
            let document = Document::new(DocId(0), "a.txt", "s", "Bridge", &lines.join("\n\n"));
            let notes = of_rules(&rules, &document).into_iter();
            let of_line = notes.filter(|note| note.text == line && !note.is_cut);
            of_line.flat_map(|note| note.evidence).collect()
        };
        let notice = "\u{a9} 2031 Valley Echo. All rights reserved.";
        let another = "another rule took it";
        assert!(said(&[PROSE, PROSE, PROSE, notice], notice).iter().any(|why| why == another));
        let label = "RELATED: The harbour master resigns after a storm over the lake";
        let list = [&[PROSE][..], &[label; 9]].concat();
        assert!(said(&list, label).iter().any(|why| why == "too much of the text would go"));
    }
}
