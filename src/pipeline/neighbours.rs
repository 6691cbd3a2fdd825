//! The nearest documents to one of a dump, and what `near-dedup` makes of each: for `copydesk explain FILE --in DUMP`.
//!
//! The documents go through the stages before `near-dedup` as in a run, learned boilerplate included, so that what is
//! compared here is what a run compares.

use std::path::Path;

use super::in_order::{Load, map_in_order};
use super::names::Names;
use super::plan::Planned;
use super::spool::{SpoolReader, SpoolWriter};
use super::step::{observe, take_through};
use super::{Observer, record, survey};
use crate::census::{Observation, Workspace};
use crate::config::Config;
use crate::document::{DocId, Document, DuplicateKind, Fate};
use crate::error::Error;
use crate::input::{self, Unit, Units};
use crate::stage::dedup::explain::Judged;
use crate::stage::{self, AnyStage, Verdict, Verdicts};
use crate::state::frames::Frame;
use crate::workers::Pool;

/// The stage whose comparisons are asked for.
const NEAR: &str = "near-dedup";

/// Where the documents of a pass come from.
enum Feed<'a> {
    Input(Units<'a>, u64),
    Spool(SpoolReader),
}

/// A document as a pass gets it.
enum Item {
    Unit(Unit),
    Alone(Frame),
}

impl Item {
    fn bytes(&self) -> u64 {
        match self {
            Self::Unit(unit) => unit.bytes(),
            Self::Alone(frame) => frame.len(),
        }
    }
}

/// A document of a dump among the others.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    /// The document as `near-dedup` sees it.
    pub document: Document,
    /// The document that an earlier stage kept in its place, because their words are the same.
    pub same_words_as: Option<Document>,
    /// The others that share enough with it to be compared, the most alike first, with what became of each comparison.
    pub neighbours: Vec<(Document, Judged)>,
    /// How many were compared.
    pub compared: usize,
}

/// Compares the document of that public id with all others of the dump `config.input.path`, and gives the `most` nearest.
/// Scratch files go to `scratch`.
pub fn neighbours(
    config: &Config,
    scratch: &Path,
    name: &str,
    most: usize,
    observer: &dyn Observer,
) -> Result<Neighbourhood, Error> {
    config.validate()?;
    let near = config.stage.near_dedup.build()?;
    let before = config.stages.iter().take_while(|name| *name != NEAR);
    let mut stages = Vec::new();
    for name in before.filter(|name| *name != "stats") {
        stages.push(stage::build(name, &config.stage)?);
    }
    stages.push(AnyStage::Corpus(Box::new(near.clone())));
    let Planned { mut plan, corpus_stages } = Planned::from_stages(stages);
    // What a run does after the stage is not asked for.
    plan.passes.pop();

    let scan = survey(&config.input.path, config.input.follow)?;
    let pool = Pool::new(config.run.threads)?;
    let workspace = Workspace::new(scratch, config.run.table_bytes());
    let limit = Load { items: 1024, bytes: config.run.in_flight_bytes() };
    let mut names = Names::default();
    let mut wanted: Option<DocId> = None;
    let mut same_words_as = None;
    let mut feed = Feed::Input(Units::new(&scan, &config.input), scan.bytes());
    let mut verdicts = Verdicts::default();
    let of = plan.passes.len();
    for (index, pass) in plan.passes.iter().enumerate() {
        let ends = pass.ends.ok_or_else(|| Error::Internal("a pass without an end".into()))?;
        let stage = &corpus_stages[ends];
        let bytes = match &feed {
            Feed::Input(_, bytes) => *bytes,
            Feed::Spool(spool) => spool.bytes(),
        };
        observer.pass_begins(index + 1, of, &format!("observe for {}", stage.name()), bytes);
        let mut census = workspace.census();
        let mut spool = SpoolWriter::create(&workspace, scratch)?;
        let mut found = 0u32;
        let source = || {
            let item = match &mut feed {
                Feed::Input(units, _) => units.next().map(Item::Unit),
                Feed::Spool(spool) => spool.next()?.map(Item::Alone),
            };
            found += u32::from(item.is_some());
            Ok(item.map(|item| (item, DocId(found - 1))))
        };
        let work = |(item, id): (Item, DocId)| {
            let bytes = item.bytes();
            let mut document = match item {
                Item::Unit(unit) => input::into_document(unit, id, &config.input),
                Item::Alone(frame) => record::document(&frame, id)?,
            };
            take_through(&mut document, pass, &corpus_stages, &verdicts);
            let observations = observe(&mut document, pass, &corpus_stages);
            Ok((document, observations, bytes))
        };
        let size = |(item, _): &(Item, DocId)| item.bytes();
        map_in_order(&pool, limit, source, size, work, |worked: Result<_, Error>| {
            let (document, observations, bytes): (Document, Vec<Observation>, u64) = worked?;
            if index == 0 {
                names.assign(&document.name, document.record_id.clone());
                if names.get(document.id) == name || *document.name == *name {
                    wanted = wanted.or(Some(document.id));
                }
            }
            for row in observations {
                census.push(document.id, row.key, &row.payload)?;
            }
            spool.push(&record::lay_down_document(&document)?)?;
            observer.document_done(bytes);
            Ok(())
        })?;
        observer.pass_resolves(stage.name());
        let id = wanted.ok_or_else(|| no_such_document(config, name))?;
        let mut spool = spool.into_reader()?;
        if stage.name() == NEAR {
            let mut judged = pool.run(|| near.judged(census.into_groups()?, id))?;
            let compared = judged.len();
            judged.truncate(most);
            return gather(&mut spool, &names, id, same_words_as, judged, compared);
        }
        verdicts = pool.run(|| stage.resolve(census.into_groups()?))?;
        let is_copy = stage.name() == "exact-dedup";
        if let Some(Verdict::Duplicate(copy)) = verdicts.get(u64::from(id.0)).filter(|_| is_copy)
            && copy.kind == DuplicateKind::Exact
        {
            same_words_as = Some(copy.of);
        }
        feed = Feed::Spool(spool);
    }
    Err(Error::Internal("near-dedup ended no pass".into()))
}

fn no_such_document(config: &Config, name: &str) -> Error {
    let dump = config.input.path.display();
    Error::Setup(format!(
        "`{dump}` holds no document `{name}`\nhint: give the id as documents.csv has it, or the path of its file"
    ))
}

/// Reads the documents that are told about.
fn gather(
    spool: &mut SpoolReader,
    names: &Names,
    id: DocId,
    same_words_as: Option<DocId>,
    judged: Vec<Judged>,
    compared: usize,
) -> Result<Neighbourhood, Error> {
    let (mut own, mut same, mut others) = (None, None, Vec::new());
    let mut found = 0;
    while let Some(frame) = spool.next()? {
        let mut document = record::document(&frame, DocId(found))?;
        names.get(document.id).clone_into(&mut document.name);
        found += 1;
        if document.id == id {
            own = Some(document);
        } else if same_words_as == Some(document.id) {
            same = Some(document);
        } else if judged.iter().any(|judged| judged.other == document.id) {
            others.push(document);
        }
    }
    let document = own.ok_or_else(|| Error::Internal("the document left the spool".into()))?;
    if let Fate::Rejected(why) = &document.fate {
        return Err(Error::Setup(format!(
            "`{}` is rejected before near-dedup: {} ({})",
            document.name, why.reason, why.stage
        )));
    }
    let with_document = |judged: Judged| {
        let at = others.iter().position(|other| other.id == judged.other)?;
        Some((others[at].clone(), judged))
    };
    let neighbours = judged.into_iter().filter_map(with_document).collect();
    Ok(Neighbourhood { document, same_words_as: same, neighbours, compared })
}
