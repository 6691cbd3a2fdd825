//! What the workers do with one document in each kind of pass, and what they get and hand back.

use super::intake::{Incoming, Old, Origin};
use super::memory::Laid;
use super::memos::Memo;
use super::plan::Pass;
use super::record::{self, Notes, Observations};
use super::spool::SpoolReader;
use super::step::{apply, carry_out, observe, take_through};
use crate::census::Key;
use crate::document::{DocId, Document, Fate, Measures};
use crate::error::Error;
use crate::input;
use crate::stage::{CorpusStage, Verdicts};
use crate::state::frames::Frame;
use crate::state::{Extent, Frames, Log};
use crate::stats::{Families, Profile, measure};

/// The documents of a pass behind the first: the records that the first laid down, and beside them those documents that a
/// pass since has changed.
pub(super) struct Feed {
    records: Frames,
    changed: Option<SpoolReader>,
    found: u32,
}

/// A document as a pass behind the first gets it.
pub(super) struct Item {
    id: DocId,
    record: Frame,
    /// The document alone, if it is no longer that of the record.
    changed: Option<Frame>,
}

/// What the workers of a pass behind the first have in common.
pub(super) struct Task<'a> {
    pub(super) pass: &'a Pass,
    pub(super) corpus_stages: &'a [Box<dyn CorpusStage>],
    pub(super) verdicts: &'a Verdicts,
    /// Whether the pass before was the first: what was observed then stands in the records.
    pub(super) is_second: bool,
    /// Of what is remembered; `None` if nothing is.
    pub(super) seed: Option<u64>,
    /// What the statistics ask for, if there are any.
    pub(super) families: Option<Families>,
}

/// What a worker hands back.
pub(super) struct Worked {
    pub(super) id: DocId,
    pub(super) then: Then,
    pub(super) bytes: u64,
}

/// What comes after a pass.
pub(super) enum Then {
    /// Another pass.
    Next {
        observations: Observations,
        /// The document as bytes; none if it is still that of its record.
        laid: Vec<u8>,
        /// What was found out about it, for the next run.
        memo: Laid,
    },
    /// The output, and what was counted for the next run, if there will be one.
    Output(Box<Counted>, Option<Laid>),
}

/// A document at the end of its way.
pub(super) struct Counted {
    pub(super) document: Document,
    pub(super) profile: Option<Profile>,
}

/// What a worker of the first pass hands back.
pub(super) struct Received {
    pub(super) id: DocId,
    pub(super) file: Option<usize>,
    pub(super) notes: Notes,
    pub(super) is_loss: bool,
    pub(super) laid: Laid,
    /// The document, if it goes to the output already.
    pub(super) counted: Option<Counted>,
    pub(super) bytes: u64,
}

impl Feed {
    /// The records lie at these places of the log.
    pub(super) fn new(log: &Log, records: &[Extent], changed: Option<SpoolReader>) -> Self {
        let records = Frames::new(log.folder(), records.iter().copied());
        Self { records, changed, found: 0 }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.records.bytes()
    }

    /// The next document; they come in corpus order, so their numbers are counted.
    pub(super) fn next(&mut self) -> Result<Option<Item>, Error> {
        let Some((record, _)) = self.records.next_frame()? else { return Ok(None) };
        let changed = match &mut self.changed {
            None => None,
            Some(spool) => Some(spool.next()?.ok_or_else(|| lost("a spool ended too early"))?),
        };
        let id = DocId(self.found);
        self.found += 1;
        Ok(Some(Item { id, record, changed: changed.filter(|frame| !frame.bytes.is_empty()) }))
    }
}

fn lost(what: &str) -> Error {
    Error::Internal(what.into())
}

impl Item {
    /// The document, given the notes of its record and the bytes behind them.
    fn document(&self, notes: &Notes, in_record: &[u8]) -> Result<Document, Error> {
        match &self.changed {
            None => record::document_behind(notes, in_record, self.id),
            Some(frame) => record::document(frame, self.id),
        }
    }

    /// Bytes of the record: what every pass goes through.
    pub(super) fn bytes(&self) -> u64 {
        self.record.len()
    }
}

impl Task<'_> {
    /// Takes a document through the pass; `old`: what an earlier run found out about the document that stood there.
    pub(super) fn work(&self, item: &Item, old: Option<&Old>) -> Result<Worked, Error> {
        let then = match self.pass.ends {
            None => self.finish(item, old)?,
            Some(_) => self.go_on(item, old)?,
        };
        Ok(Worked { id: item.id, then, bytes: item.bytes() })
    }

    /// A pass that ends in a corpus stage: its observations, made or found again.
    fn go_on(&self, item: &Item, old: Option<&Old>) -> Result<Then, Error> {
        let (notes, in_record) = record::notes_and_document(&item.record)?;
        let seed = self.seed.unwrap_or_default();
        // A document that stays as it was laid down, and about which all is remembered, is not even decoded.
        if item.changed.is_none() && !self.is_concerned(item.id, &notes) {
            let about = Memo::about(in_record, seed);
            if let Some((observations, memo)) = about.again(old) {
                return Ok(Then::Next { observations, laid: Vec::new(), memo });
            }
        }
        let (mut document, laid) = self.taken_through(item, &notes, in_record)?;
        let about = Memo::about(laid.as_deref().unwrap_or(in_record), seed);
        if let Some((observations, memo)) = about.again(old) {
            return Ok(Then::Next { observations, laid: laid.unwrap_or_default(), memo });
        }
        let was_kept = document.is_kept();
        let observations =
            Observations::pack(&observe(&mut document, self.pass, self.corpus_stages));
        if document.is_kept() == was_kept {
            let memo = Laid::New(about.lay_down(observations.packed()));
            return Ok(Then::Next { observations, laid: laid.unwrap_or_default(), memo });
        }
        // The stage panicked. What it would have observed is not known of the document as it came, only of what is left.
        let laid = record::lay_down_document(&document)?;
        let memo = Laid::New(Memo::about(&laid, seed).lay_down(&[]));
        Ok(Then::Next { observations, laid, memo })
    }

    /// The last pass: what is published of the document is counted, or was counted before.
    fn finish(&self, item: &Item, old: Option<&Old>) -> Result<Then, Error> {
        let (notes, in_record) = record::notes_and_document(&item.record)?;
        let Some(seed) = self.seed else {
            let mut document = item.document(&notes, in_record)?;
            self.take_through(&mut document, &notes);
            return Ok(Then::Output(Box::new(counted(document, self.families)), None));
        };
        let (document, laid) = self.taken_through(item, &notes, in_record)?;
        let about = Memo::about(laid.as_deref().unwrap_or(in_record), seed);
        if let Some((bytes, at)) = old.and_then(|old| Some((about.recall(old)?, old.at)))
            && let Some((sizes, profile)) = counted_before(&document, self.families, bytes)
        {
            let counted = Counted::new(document, sizes, profile);
            return Ok(Then::Output(Box::new(counted), Some(Laid::Old(at))));
        }
        let counted = counted(document, self.families);
        let memo = Laid::New(about.lay_down(&counted.to_bytes()));
        Ok(Then::Output(Box::new(counted), Some(memo)))
    }

    /// The document after the stages of the pass; as bytes too, unless it is still that of its record.
    fn taken_through(
        &self,
        item: &Item,
        notes: &Notes,
        in_record: &[u8],
    ) -> Result<(Document, Option<Vec<u8>>), Error> {
        let mut document = item.document(notes, in_record)?;
        let is_changed = self.take_through(&mut document, notes);
        let laid = match item.changed.is_none() && !is_changed {
            true => None,
            false => Some(record::lay_down_document(&document)?),
        };
        Ok((document, laid))
    }

    /// Takes a document through the pass. Verdicts on nothing that it observed need no look at its text.
    fn take_through(&self, document: &mut Document, notes: &Notes) -> bool {
        let is_changed = self.is_judged(document.id, notes)
            && carry_out(document, self.pass, self.corpus_stages, self.verdicts);
        apply(document, self.pass) || is_changed
    }

    /// Whether anything in this pass may change a document that stands in its record.
    fn is_concerned(&self, id: DocId, notes: &Notes) -> bool {
        notes.is_kept && (!self.pass.stages.is_empty() || self.is_judged(id, notes))
    }

    /// Whether the verdicts that begin the pass may say anything about a document.
    fn is_judged(&self, id: DocId, notes: &Notes) -> bool {
        self.pass.begins.is_some_and(|stage| {
            let mut keys = notes.observations.rows().map(|(key, _)| key);
            let observed = self.is_second.then_some(&mut keys as &mut dyn Iterator<Item = Key>);
            self.corpus_stages[stage].concerns(id, observed, self.verdicts)
        })
    }
}

impl Memo {
    /// What an earlier run observed of the same, and where that lies.
    fn again(&self, old: Option<&Old>) -> Option<(Observations, Laid)> {
        let old = old?;
        Some((Observations::from_packed(self.recall(old)?), Laid::Old(old.at)))
    }
}

/// Counts what is published of a document at the end of its way, and all that the statistics ask for.
pub(super) fn counted(document: Document, families: Option<Families>) -> Counted {
    let wanted = families.filter(|_| document.is_kept());
    let profile = wanted.map(|families| Profile::of(&document, families));
    let sizes = profile.as_ref().map(|profile| profile.measures);
    let sizes = document.is_kept().then(|| sizes.unwrap_or_else(|| measure(&document)));
    Counted::new(document, sizes, profile)
}

impl Counted {
    fn new(mut document: Document, sizes: Option<Measures>, profile: Option<Profile>) -> Self {
        document.measures = sizes.or(document.measures);
        Self { document, profile }
    }

    /// What was counted, for the next run; empty if that is nothing, or too much.
    fn to_bytes(&self) -> Vec<u8> {
        let bytes = match (&self.profile, &self.document.measures) {
            (Some(profile), _) => profile.to_bytes(),
            (None, sizes) => postcard::to_stdvec(sizes).ok(),
        };
        bytes.map(|bytes| record::pack(&bytes)).unwrap_or_default()
    }
}

/// What was counted of a document, from the bytes that an earlier run left: its sizes and its profile.
fn counted_before(
    document: &Document,
    families: Option<Families>,
    bytes: &[u8],
) -> Option<(Option<Measures>, Option<Profile>)> {
    let bytes = record::unpack(bytes)?;
    if families.is_some() && document.is_kept() {
        let profile = Profile::from_bytes(&bytes)?;
        return Some((Some(profile.measures), Some(profile)));
    }
    Some((postcard::from_bytes(&bytes).ok()?, None))
}

/// The first pass over one document, or what an earlier run made of it. `is_last`: the document itself is wanted as
/// well; `is_lasting`: later runs will use the record.
pub(super) fn receive(
    incoming: Incoming,
    options: &input::Options,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
    is_last: bool,
    is_lasting: bool,
) -> Result<Received, Error> {
    let bytes = incoming.bytes();
    let Incoming { id, file, origin } = incoming;
    let (old, unit) = match origin {
        Origin::Memory(old) => (Some((old.notes()?, old)), None),
        Origin::Input(unit, old) => {
            let loaded = unit.load(options);
            let old = old.map(|old| Ok::<_, Error>((old.notes()?, old))).transpose()?;
            let is_same =
                |(notes, _): &(Notes, _)| notes.raw_hash != 0 && notes.raw_hash == loaded.hash();
            (old.filter(is_same), Some(loaded))
        }
    };
    if let Some((notes, old)) = old {
        let document = is_last.then(|| record::document_of_record(&old.frame, id)).transpose()?;
        let counted = document.map(|document| Counted { document, profile: None });
        return Ok(Received {
            id,
            file,
            notes,
            is_loss: false,
            laid: Laid::Old(old.at),
            counted,
            bytes,
        });
    }
    let unit = unit.ok_or_else(|| Error::Internal("neither input nor memory".into()))?;
    let mut document = unit.into_document(id, options);
    take_through(&mut document, pass, corpus_stages, &Verdicts::default());
    let observations = observe(&mut document, pass, corpus_stages);
    let is_loss = matches!(&document.fate, Fate::Rejected(why) if input::is_input_loss(why));
    let mut notes = Notes {
        name: document.name.clone(),
        record_id: document.record_id.take(),
        raw_hash: document.decoding.raw_hash,
        is_kept: document.is_kept(),
        compressed_from: 0,
        observations: Observations::pack(&observations),
    };
    let laid = Laid::New(record::lay_down(&mut notes, &document, is_lasting)?);
    let counted = is_last.then_some(Counted { document, profile: None });
    Ok(Received { id, file, notes, is_loss, laid, counted, bytes })
}
