//! The run: input → passes → output, in corpus order, for any number of threads.

mod copies;
mod evaluate;
mod in_order;
mod keyness;
mod learn;
mod names;
mod page;
mod plan;
mod report;
mod spool;
mod statistics;
mod stories;
mod survey;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

pub use copies::{Cluster, Copies};
pub use evaluate::{Evaluation, GoldPage, Label, WrongLine, evaluate, read_gold};
pub use in_order::Pool;
pub use keyness::{KeyWord, Keyness, Question, Side, keyness};
pub use learn::{Learned, learn};
pub use names::Names;
pub use plan::{Pass, Plan, Planned};
pub use report::{PassTiming, Report};
pub use survey::{Estimate, Sample, estimate, sample, survey};

use crate::census::{Census, Observation, Workspace};
use crate::config::Config;
use crate::document::{DocId, Document, Fate, Findings, Rejection};
use crate::error::Error;
use crate::input::{self, Scan, Skipped, Unit, Units};
use crate::output::publish::{Publication, PublishedFile};
use crate::output::{CopyRow, Standing, Tables, schema};
use crate::stage::{CorpusStage, Verdicts};
use crate::stats::{Profile, Tally, measure};
use in_order::{BatchLimits, map_in_order};
use spool::{SpoolReader, SpoolWriter, Spooled};
use statistics::Statistics;
use stories::Stories;

/// Watches a run; the library itself never prints.
pub trait Observer {
    /// A pass begins: its number from 1, how many there are, what it does, and how many bytes it will go through.
    fn pass_begins(&self, number: usize, of: usize, what: &str, bytes: u64);
    /// A document of the pass is done; `bytes` is its share of the pass.
    fn document_done(&self, bytes: u64);
    /// The documents of the pass are through; conclusions are drawn, or files flushed.
    fn pass_resolves(&self, what: &str);
}

/// An observer that does not care.
pub struct Unobserved;

impl Observer for Unobserved {
    fn pass_begins(&self, _: usize, _: usize, _: &str, _: u64) {}
    fn document_done(&self, _: u64) {}
    fn pass_resolves(&self, _: &str) {}
}

/// Runs the whole job: reads the input, takes the documents through the stages, publishes the output as a whole.
///
/// # Errors
/// A wrong setup is an error before any work. After that only the writing side can fail; what was published before is
/// then untouched. Bad documents and unreadable inputs are rows of the output, never errors.
pub fn run(config: &Config, observer: &dyn Observer) -> Result<Report, Error> {
    let began = Instant::now();
    config.validate()?;
    let planned = Planned::from_stages(config.build_stages()?);
    let pool = Pool::new(config.run.threads)?;
    check_paths(config)?;
    let publication = Publication::begin(&config.output.path)?;
    let scan = input::scan(&config.input.path, &publication.own_folders())?;
    let budget_bytes = usize::try_from(config.run.max_memory.0 / 2).unwrap_or(usize::MAX);
    let workspace = Workspace::new(&publication.scratch(), budget_bytes);
    let mut run = Run {
        config,
        observer,
        pool,
        statistics: Statistics::of(config, &workspace, &publication)?,
        workspace,
        publication,
        corpus_stages: planned.corpus_stages,
        names: Names::default(),
        copies: Copies::default(),
        tally: Tally::default(),
        stories: Stories::default(),
        input_losses: 0,
        timings: Vec::new(),
        files: Vec::new(),
    };
    run.go_through(planned.plan, &scan)?;
    run.finish(scan.skipped, began)
}

/// What must be so before anything is written.
fn check_paths(config: &Config) -> Result<(), Error> {
    let (input, output) = (&config.input.path, &config.output.path);
    if input.as_os_str().is_empty() {
        return Err(Error::Setup(
            "`input.path` is empty\nhint: name the dump, as in `copydesk run DUMP -o OUT`".into(),
        ));
    }
    if output.as_os_str().is_empty() {
        return Err(Error::Setup(
            "`output.path` is empty\nhint: name the output folder with `-o OUT`".into(),
        ));
    }
    let Ok(input) = std::fs::canonicalize(input) else {
        return Err(Error::InputMissing(input.clone()));
    };
    if std::fs::canonicalize(output).is_ok_and(|output| input.starts_with(output)) {
        return Err(Error::Setup(format!(
            "the input `{}` lies inside the output folder, which is replaced as a whole\nhint: name another folder with `-o`",
            input.display()
        )));
    }
    Ok(())
}

/// Everything that lasts from the first pass to the last.
struct Run<'a> {
    config: &'a Config,
    observer: &'a dyn Observer,
    pool: Pool,
    workspace: Workspace,
    publication: Publication,
    corpus_stages: Vec<Box<dyn CorpusStage>>,
    names: Names,
    copies: Copies,
    tally: Tally,
    statistics: Option<Statistics>,
    stories: Stories,
    input_losses: u64,
    timings: Vec<PassTiming>,
    files: Vec<PublishedFile>,
}

/// What a pass reads.
enum Feed<'a> {
    Input(Units<'a>, u64),
    Spool(SpoolReader),
}

/// One item of a feed, on its way to a worker.
enum Item {
    Unit(Unit, DocId),
    Spooled(Spooled),
}

/// What a worker hands back.
struct Worked {
    document: Document,
    profile: Option<Profile>,
    observations: Vec<Observation>,
    bytes: u64,
}

/// Where the documents of a pass go.
enum Drain {
    Next(SpoolWriter, Census),
    Output(Box<Tables>),
}

impl Run<'_> {
    fn go_through(&mut self, plan: Plan, scan: &Scan) -> Result<(), Error> {
        let of = plan.passes.len();
        let mut feed = Feed::Input(Units::new(scan, &self.config.input), scan.bytes());
        let mut verdicts = Verdicts::default();
        for (index, pass) in plan.passes.into_iter().enumerate() {
            let began = Instant::now();
            let what = self.describe(&pass);
            self.observer.pass_begins(index + 1, of, &what, feed.bytes());
            let drain = match pass.ends {
                Some(_) => Drain::Next(
                    SpoolWriter::create(&self.workspace, self.publication.target())?,
                    self.workspace.census(),
                ),
                None => Drain::Output(Box::new(Tables::create(&self.publication)?)),
            };
            let drain = self.pass(&pass, feed, &verdicts, drain)?;
            let documents_seconds = began.elapsed().as_secs_f64();
            match drain {
                Drain::Output(tables) => {
                    self.observer.pass_resolves("flush");
                    self.files = tables.finish()?;
                    self.timings.push(PassTiming::new(what, documents_seconds, began));
                    return Ok(());
                }
                Drain::Next(spool, census) => {
                    let stage = pass.ends.expect("a pass that spools ends in a corpus stage");
                    let stage = &self.corpus_stages[stage];
                    self.observer.pass_resolves(stage.name());
                    verdicts = stage.resolve(census.into_groups()?)?;
                    self.copies.add(&verdicts);
                    feed = Feed::Spool(spool.into_reader()?);
                }
            }
            self.timings.push(PassTiming::new(what, documents_seconds, began));
            if index + 2 == of {
                self.copies.close();
            }
        }
        Ok(())
    }

    /// Takes all documents through one pass.
    fn pass(
        &mut self,
        pass: &Pass,
        mut feed: Feed<'_>,
        verdicts: &Verdicts,
        mut drain: Drain,
    ) -> Result<Drain, Error> {
        let limits =
            BatchLimits { items: 1024, bytes: (self.config.run.max_memory.0 / 32).min(32 << 20) };
        let mut found = 0u32;
        let is_first = matches!(feed, Feed::Input(..));
        let is_last = matches!(drain, Drain::Output(_));
        let options = &self.config.input;
        let corpus_stages = &self.corpus_stages;
        let families = self.statistics.as_ref().filter(|_| is_last).map(Statistics::families);
        let work = |item: Item| {
            let bytes = item.bytes();
            let mut document = match item {
                Item::Unit(unit, id) => input::into_document(unit, id, options),
                Item::Spooled(spooled) => spooled.decode()?,
            };
            take_through(&mut document, pass, corpus_stages, verdicts);
            let wanted = families.filter(|_| document.is_kept());
            let profile = wanted.map(|families| Profile::of(&document, families));
            if is_last && document.is_kept() {
                let counted = profile.as_ref().map(|profile| profile.measures);
                document.measures = Some(counted.unwrap_or_else(|| measure(&document)));
            }
            let observations = observe(&mut document, pass, corpus_stages);
            Ok(Worked { document, profile, observations, bytes })
        };
        let (names, copies, tally) = (&mut self.names, &self.copies, &mut self.tally);
        let (observer, input_losses) = (self.observer, &mut self.input_losses);
        let (stories, statistics) = (&mut self.stories, &mut self.statistics);
        let emit = |worked: Result<Worked, Error>| {
            let Worked { mut document, profile, observations, bytes } = worked?;
            if is_first {
                names.assign(&mut document);
                if let Fate::Rejected(why) = &document.fate {
                    *input_losses += u64::from(input::is_input_loss(why));
                }
            }
            match &mut drain {
                Drain::Next(spool, census) => {
                    for row in observations {
                        census.push(document.id, row.key, &row.payload)?;
                    }
                    spool.push(&document)?;
                }
                Drain::Output(tables) => {
                    write(tables, &document, names, copies)?;
                    let cell = tally.add(&document, profile.as_ref());
                    if let Some(statistics) = statistics {
                        statistics.add(&document, profile.as_ref(), cell)?;
                    }
                    stories.add(&document, copies);
                }
            }
            observer.document_done(bytes);
            Ok(())
        };
        let source = || match &mut feed {
            Feed::Input(units, _) => units
                .next()
                .map(|unit| {
                    let id = DocId(found);
                    found = found.checked_add(1).ok_or_else(|| {
                        Error::Setup("the input holds more than 4,294,967,295 documents".into())
                    })?;
                    Ok(Item::Unit(unit, id))
                })
                .transpose(),
            Feed::Spool(spool) => Ok(spool.next()?.map(Item::Spooled)),
        };
        map_in_order(&self.pool, limits, source, Item::bytes, work, emit)?;
        Ok(drain)
    }

    /// Writes the tables of the run and publishes everything.
    fn finish(
        mut self,
        skipped: BTreeMap<&'static str, Skipped>,
        began: Instant,
    ) -> Result<Report, Error> {
        self.files.extend(self.stories.write(&self.publication, &self.names, &self.copies)?);
        let alarm = &self.config.alarm;
        let over_cleaned = self.tally.over_cleaned(alarm.max_removed_share, alarm.min_documents);
        let duplicate_warnings = self.stories.warnings(
            alarm.max_cluster_share,
            alarm.max_duplicate_share,
            alarm.min_documents,
            &self.names,
        );
        if let Some(statistics) = self.statistics.take() {
            let written = statistics.write(&self.publication, &self.tally)?;
            let warnings = page::warnings(
                self.config,
                &self.tally,
                &over_cleaned,
                &duplicate_warnings,
                self.input_losses,
                &skipped,
            );
            if self.config.stage.stats.report {
                let report = page::write(&self, &written, &warnings)?;
                self.files.push(report);
            }
            self.files.extend(written.files);
        }
        self.files.push(schema::write_datapackage(&self.publication, &self.files)?);
        if alarm.strict && !over_cleaned.is_empty() {
            return Err(Error::OverCleaned(over_cleaned));
        }
        let report = Report {
            funnel: self.tally.corpus().funnel,
            skipped,
            input_losses: self.input_losses,
            over_cleaned,
            duplicate_warnings,
            repeated_ids: self.names.repeated(),
            files: self.files,
            passes: self.timings,
            threads: self.pool.threads(),
            seconds: began.elapsed().as_secs_f64(),
            output: self.publication.target().to_owned(),
        };
        report.write(self.config, &self.publication)?;
        self.observer.pass_resolves("publish");
        self.publication.publish()?;
        Ok(report)
    }

    fn describe(&self, pass: &Pass) -> String {
        let mut names = Vec::new();
        names.extend(pass.begins.map(|stage| self.corpus_stages[stage].name()));
        names.extend(pass.stages.iter().map(|stage| stage.name()));
        if names.is_empty() {
            names.push("read");
        }
        names.join(", ")
    }
}

impl Feed<'_> {
    fn bytes(&self) -> u64 {
        match self {
            Self::Input(_, bytes) => *bytes,
            Self::Spool(spool) => spool.bytes(),
        }
    }
}

impl Item {
    fn bytes(&self) -> u64 {
        match self {
            Self::Unit(unit, _) => unit.bytes(),
            Self::Spooled(spooled) => spooled.len(),
        }
    }
}

/// Takes one document through the stages of a pass.
fn take_through(
    document: &mut Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
    verdicts: &Verdicts,
) {
    if let Some(stage) = pass.begins {
        let stage = &corpus_stages[stage];
        step(document, stage.name(), |document| stage.examine(document, verdicts));
    }
    for stage in &pass.stages {
        step(document, stage.name(), |document| stage.examine(document));
    }
    if !document.is_kept() {
        document.forget_text();
    }
}

/// Applies one stage. A stage that panics loses this document, with a row that says so, and nothing else.
fn step(document: &mut Document, name: &'static str, examine: impl Fn(&Document) -> Findings) {
    if !document.is_kept() {
        return;
    }
    match catch_unwind(AssertUnwindSafe(|| examine(document))) {
        Ok(findings) => document.apply(name, findings),
        Err(_) => document.fate = Fate::Rejected(internal_error(name)),
    }
}

fn observe(
    document: &mut Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
) -> Vec<Observation> {
    let Some(stage) = pass.ends.filter(|_| document.is_kept()) else { return Vec::new() };
    let stage = &corpus_stages[stage];
    match catch_unwind(AssertUnwindSafe(|| stage.observe(document))) {
        Ok(observations) => observations,
        Err(_) => {
            document.fate = Fate::Rejected(internal_error(stage.name()));
            document.forget_text();
            Vec::new()
        }
    }
}

fn internal_error(stage: &'static str) -> Rejection {
    Rejection {
        stage: stage.into(),
        reason: "internal_error".into(),
        detail: "the stage panicked on this document; please report it".into(),
    }
}

fn write(
    tables: &mut Tables,
    document: &Document,
    names: &Names,
    copies: &Copies,
) -> Result<(), Error> {
    let copy = match document.fate {
        Fate::Rejected(_) => None,
        _ => copies.resolved(document.id).map(|duplicate| CopyRow {
            kept_name: names.get(duplicate.of),
            cluster: copies.cluster(document.id).map_or(0, |cluster| cluster.number),
            duplicate,
        }),
    };
    let standing =
        Standing { cluster_size: copies.stands_for(document.id), note: copies.note(document.id) };
    tables.write(document, copy, standing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    /// Cuts the first line, or panics on a document that asks for it.
    struct Clumsy;

    impl Stage for Clumsy {
        fn name(&self) -> &'static str {
            "clumsy"
        }

        fn examine(&self, document: &Document) -> Findings {
            assert!(!document.body().contains("panic"), "this document is too much");
            let mut findings = Findings::default();
            findings.cut(document.lines().next().map_or(0..0, |line| line.at), "first");
            findings
        }
    }

    #[test]
    fn a_stage_that_panics_costs_one_document_and_leaves_a_row() {
        let pass = Pass { stages: vec![Box::new(Clumsy)], ..Pass::default() };
        let through = |body: &str| {
            let mut document = Document::new(DocId(0), "a.txt", "s", "", body);
            take_through(&mut document, &pass, &[], &Verdicts::default());
            document
        };
        assert_eq!(through("one\ntwo").body(), "two");
        let lost = through("panic\ntwo");
        assert!(lost.text().is_empty());
        match lost.fate {
            Fate::Rejected(why) => {
                assert_eq!((&*why.stage, &*why.reason), ("clumsy", "internal_error"))
            }
            fate => panic!("{fate:?}"),
        }
    }
}
