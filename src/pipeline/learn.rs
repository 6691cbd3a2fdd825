//! `copydesk learn`: what recurs in a dump, as entries for a file of known boilerplate.
//!
//! Two passes: the first takes the documents through the document stages that a run has before `learned-boilerplate`,
//! observes them and lays them into the spool; the second looks up where the learned lines stand. Deduplication has no
//! say: copies of one story count once anyway.

use std::path::Path;

use super::in_order::{Load, map_in_order};
use super::plan::Planned;
use super::spool::SpoolWriter;
use super::step::{observe, take_through};
use super::{Observer, record, survey};
use crate::census::Workspace;
use crate::config::Config;
use crate::document::{DocId, Fate};
use crate::error::Error;
use crate::input::{self, Units};
use crate::stage::learned::{Day, Entry, Learner};
use crate::stage::{self, AnyStage, Verdicts};
use crate::state::frames::Frame;
use crate::workers::Pool;

/// The stage whose conclusions are gathered.
const LEARNED: &str = "learned-boilerplate";

/// What a dump taught.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
    /// Documents on which they rest.
    pub documents: u64,
    /// Sources of these documents.
    pub sources: usize,
    /// Inputs that could not be read.
    pub input_losses: u64,
}

/// Learns from the dump that the configuration names; scratch files go to `scratch`.
pub fn learn(config: &Config, scratch: &Path, observer: &dyn Observer) -> Result<Learned, Error> {
    config.validate()?;
    let before = config.stages.iter().take_while(|name| *name != LEARNED);
    let mut stages = Vec::new();
    for name in before.filter(|name| *name != "stats") {
        match stage::build(name, &config.stage)? {
            AnyStage::Document(stage) => stages.push(AnyStage::Document(stage)),
            AnyStage::Corpus(_) => {}
        }
    }
    stages.push(stage::build(LEARNED, &config.stage)?);
    let planned = Planned::from_stages(stages);
    let learned = config.stage.learned_boilerplate.build()?;

    let scan = survey(&config.input.path, config.input.follow)?;
    let pool = Pool::new(config.run.threads)?;
    let budget_bytes = config.run.table_bytes();
    let workspace = Workspace::new(scratch, budget_bytes);
    let limit = Load { items: 1024, bytes: config.run.in_flight_bytes() };

    observer.pass_begins(1, 2, "observe", scan.bytes());
    let (pass, corpus_stages) = (&planned.plan.passes[0], &planned.corpus_stages);
    let mut census = workspace.census();
    let mut spool = SpoolWriter::create(&workspace, scratch)?;
    let (mut found, mut documents, mut input_losses) = (0u32, 0, 0);
    let mut units = Units::new(&scan, &config.input);
    let source = || {
        let Some(unit) = units.next() else { return Ok(None) };
        let id = DocId(found);
        found = found.checked_add(1).ok_or_else(|| {
            Error::Setup("the input holds more than 4,294,967,295 documents".into())
        })?;
        Ok(Some((unit, id)))
    };
    let work = |(unit, id): (input::Unit, DocId)| {
        let bytes = unit.bytes();
        let mut document = input::into_document(unit, id, &config.input);
        take_through(&mut document, pass, corpus_stages, &Verdicts::default());
        let observations = observe(&mut document, pass, corpus_stages);
        (document, observations, bytes)
    };
    map_in_order(
        &pool,
        limit,
        source,
        |(unit, _)| unit.bytes(),
        work,
        |worked| {
            let (document, observations, bytes) = worked;
            match &document.fate {
                Fate::Rejected(why) => input_losses += u64::from(input::is_input_loss(why)),
                _ => {
                    documents += 1;
                    for row in observations {
                        census.push(document.id, row.key, &row.payload)?;
                    }
                    spool.push(&record::lay_down_document(&document)?)?;
                }
            }
            observer.document_done(bytes);
            Ok(())
        },
    )?;

    observer.pass_resolves(LEARNED);
    let verdicts = pool.run(|| corpus_stages[0].resolve(census.into_groups()?))?;
    let mut spool = spool.into_reader()?;
    observer.pass_begins(2, 2, "gather", spool.bytes());
    let mut learner = Learner::default();
    let work = |frame: Frame| {
        let bytes = frame.len();
        let document = record::document(&frame, DocId(0))?;
        let sightings = learned.sightings(&document, &verdicts);
        let day = Day::parse(&document.dating.day);
        Ok((document.source.clone(), !document.title().is_empty(), day, sightings, bytes))
    };
    map_in_order(
        &pool,
        limit,
        || spool.next(),
        Frame::len,
        work,
        |worked: Result<_, Error>| {
            let (source, is_titled, day, sightings, bytes) = worked?;
            learner.add(&source, is_titled, day, sightings);
            observer.document_done(bytes);
            Ok(())
        },
    )?;
    let sources = learner.sources();
    Ok(Learned { entries: learner.into_entries(), documents, sources, input_losses })
}
