//! The run: input → passes → output, in corpus order, for any number of threads.

mod conclude;
mod copies;
mod dependencies;
mod evaluate;
mod in_order;
mod intake;
mod keyness;
mod learn;
mod memory;
mod memos;
mod names;
mod neighbours;
mod observer;
mod page;
pub mod parts;
mod passes;
mod plan;
mod record;
mod replay;
mod report;
mod spool;
mod statistics;
mod step;
mod stories;
mod sums;
mod survey;
mod verdict;
mod work;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use copies::{Cluster, Copies};
pub use evaluate::{Evaluation, GoldPage, Label, WrongLine, evaluate, read_gold};
pub use keyness::{KeyWord, Keyness, Question, Side, keyness};
pub use learn::{Learned, learn};
pub use memory::Changes;
pub use names::Names;
pub use neighbours::{Neighbourhood, neighbours};
pub use observer::{Interrupt, Observer, Unobserved};
pub use plan::{Pass, Plan, Planned};
pub use replay::{Replayed, input_of, replay};
pub use report::{PassTiming, Report};
pub use survey::{Estimate, Sample, estimate, proposals, sample, survey};

use crate::census::{Census, Workspace};
use crate::config::Config;
use crate::error::Error;
use crate::input::{self, Scan, Selection, Skipped};
use crate::output::file::PublishedFile;
use crate::output::publish::Publication;
use crate::output::statistics::DocumentFigures;
use crate::output::{self, Tables};
use crate::stage::{CorpusStage, Verdicts};
use crate::state::{Extent, State};
use crate::workers::Pool;
use conclude::{About, Concluded, conclude};
use memory::Layout;
use memos::Memos;
use spool::SpoolWriter;
use statistics::Statistics;
use sums::Sums;
use work::{Feed, Task};

/// Runs the whole job: reads the input, takes the documents through the stages, publishes the output as a whole.
///
/// # Errors
/// A wrong setup is an error before any work. After that only the writing side can fail; what was published before is
/// then untouched. Bad documents and unreadable inputs are rows of the output, never errors.
pub fn run(config: &Config, observer: &dyn Observer) -> Result<Report, Error> {
    run_selected(config, None, observer)
}

/// Runs over a part of the input, or over all of it.
fn run_selected(
    config: &Config,
    selection: Option<&Selection>,
    observer: &dyn Observer,
) -> Result<Report, Error> {
    let began = Instant::now();
    config.validate()?;
    let planned = Planned::of_run(config, config.build_stages()?)?;
    let pool = Pool::new(config.run.threads)?;
    check_paths(config)?;
    let wait = Duration::from_secs(config.run.lock_wait_seconds);
    let mut publication = Publication::begin(&config.output.path, config.output.keep_runs, wait)?;
    publication.form = config.output.form();
    let state_folder = match config.run.keeps_state() {
        true => config.run.state.clone(),
        false => publication.state_folder(),
    };
    let depends = dependencies::of(config, &planned, selection)?;
    let state = State::open(&state_folder, &depends, wait)?;
    let mut own_folders = publication.own_folders();
    own_folders.extend(output::publish::identity(&state_folder));
    let mut scan = input::scan(&config.input.path, config.input.follow, &own_folders)?;
    if let Some(selection) = selection {
        scan = scan.select(selection);
    }
    let workspace = Workspace::new(&publication.scratch(), config.run.table_bytes());
    let statistics = Statistics::of(config, &workspace, || DocumentFigures::create(&publication))?;
    let mut run = Run {
        config,
        observer,
        pool,
        workspace,
        publication,
        names: Names::default(),
        copies: Copies::default(),
        sums: Sums { statistics, ..Sums::default() },
        input_losses: 0,
        changes: Changes::default(),
        timings: Vec::new(),
        files: Vec::new(),
    };
    run.go_through(&planned, &scan, state)?;
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
    names: Names,
    copies: Copies,
    sums: Sums,
    input_losses: u64,
    changes: Changes,
    timings: Vec<PassTiming>,
    files: Vec<PublishedFile>,
}

/// What the first pass leaves behind.
struct FirstPass {
    drain: Drain,
    records: Vec<Extent>,
    layout: Layout,
}

/// Where the documents of a pass go.
enum Drain {
    Census(Census),
    Spool(SpoolWriter, Census),
    Output(Box<Tables>),
}

impl Run<'_> {
    fn go_through(
        &mut self,
        planned: &Planned,
        scan: &Scan,
        mut state: State,
    ) -> Result<(), Error> {
        let Planned { plan, corpus_stages } = planned;
        let of = plan.passes.len();
        let mut feed: Option<Feed> = None;
        let mut layout = Layout::default();
        let mut records = Vec::new();
        let mut verdicts = Verdicts::default();
        for (index, pass) in plan.passes.iter().enumerate() {
            let began = Instant::now();
            let what = describe(pass, corpus_stages);
            let bytes = feed.as_ref().map_or(scan.bytes(), Feed::bytes);
            self.observer.pass_begins(index + 1, of, &what, bytes);
            let drain = match (pass.ends, &feed) {
                (None, _) => Drain::Output(Box::new(Tables::create(&self.publication)?)),
                (Some(_), None) => Drain::Census(self.workspace.census()),
                (Some(_), Some(_)) => Drain::Spool(
                    SpoolWriter::create(&self.workspace, self.publication.target())?,
                    self.workspace.census(),
                ),
            };
            let drain = match feed.take() {
                None => {
                    let first = self.first_pass(pass, corpus_stages, scan, &mut state, drain)?;
                    (records, layout) = (first.records, first.layout);
                    first.drain
                }
                Some(feed) => {
                    let State { recall, log, .. } = &mut state;
                    let are_kept = self.config.run.keeps_state();
                    let memos =
                        are_kept.then(|| Memos::new(scan, &layout, recall, log, index as u32));
                    let asks = match pass.ends {
                        Some(stage) => corpus_stages[stage].name(),
                        None if self.sums.families().is_some() => "stats",
                        None => "sizes",
                    };
                    let seed = are_kept.then(|| memos::seed(self.config, asks)).transpose()?;
                    let task = Task {
                        pass,
                        corpus_stages,
                        verdicts: &verdicts,
                        is_second: index == 1,
                        seed,
                        families: self.sums.families(),
                    };
                    let drain = self.pass(&task, feed, drain, memos, log)?;
                    log.checkpoint()?;
                    drain
                }
            };
            let documents_seconds = began.elapsed().as_secs_f64();
            let census = match drain {
                Drain::Output(tables) => {
                    self.observer.pass_resolves("flush");
                    self.files = tables.finish()?;
                    self.timings.push(PassTiming::new(what, documents_seconds, began));
                    return Ok(());
                }
                Drain::Census(census) => {
                    feed = Some(Feed::new(&state.log, &records, None));
                    census
                }
                Drain::Spool(spool, census) => {
                    feed = Some(Feed::new(&state.log, &records, Some(spool.into_reader()?)));
                    census
                }
            };
            let stage = pass.ends.expect("a pass that does not write ends in a corpus stage");
            let stage = &corpus_stages[stage];
            self.observer.pass_resolves(stage.name());
            verdicts = self.pool.run(|| stage.resolve(census.into_groups()?))?;
            self.copies.add(&verdicts);
            self.timings.push(PassTiming::new(what, documents_seconds, began));
            if index + 2 == of {
                self.copies.close();
            }
        }
        Ok(())
    }

    /// Writes the tables of the run and publishes everything.
    fn finish(
        mut self,
        skipped: BTreeMap<&'static str, Skipped>,
        began: Instant,
    ) -> Result<Report, Error> {
        self.files.extend(self.sums.stories.write(&self.publication, &self.names, &self.copies)?);
        let about = About {
            config: self.config,
            pool: &self.pool,
            publication: &self.publication,
            input_losses: self.input_losses,
            skipped: &skipped,
            name_of: &|kept| self.names.get(kept.id).to_owned(),
        };
        let Concluded { funnel, over_cleaned, duplicate_warnings } =
            conclude(self.sums, &mut self.files, &about)?;
        let mut report = Report {
            funnel,
            skipped,
            input_losses: self.input_losses,
            over_cleaned,
            duplicate_warnings,
            publish_warnings: Vec::new(),
            repeated_ids: self.names.repeated(),
            changes: self.changes,
            files: self.files,
            passes: self.timings,
            threads: self.pool.threads(),
            seconds: began.elapsed().as_secs_f64(),
            output: self.publication.target().to_owned(),
        };
        report.write(self.config, &self.publication, report.timings())?;
        verdict::judge(self.config, &report, &self.publication)?;
        self.observer.pass_resolves("publish");
        report.publish_warnings = self.publication.publish()?;
        Ok(report)
    }
}

fn describe(pass: &Pass, corpus_stages: &[Box<dyn CorpusStage>]) -> String {
    let mut names = Vec::new();
    names.extend(pass.begins.map(|stage| corpus_stages[stage].name()));
    names.extend(pass.stages.iter().map(|stage| stage.name()));
    if names.is_empty() {
        names.push("read");
    }
    names.join(", ")
}
