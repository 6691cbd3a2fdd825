//! What the workers do with one document in each kind of pass, and what they get and hand back.

use super::intake::{Incoming, Old, Origin};
use super::later::Finding;
use super::memory::Laid;
use super::plan::Pass;
use super::record::{self, Notes, Observations};
use super::spool::SpoolReader;
use super::step::{observe, take_through};
use crate::document::{DocId, Document, Fate};
use crate::error::Error;
use crate::input;
use crate::stage::{CorpusStage, Verdicts};
use crate::state::Frames;
use crate::state::frames::Frame;
use crate::stats::{Families, Profile, measure};

/// Where the documents of a pass come from, once the first has laid them down.
pub(super) enum Feed {
    Records(Frames, u32),
    Spool(SpoolReader, u32),
}

/// A document as a pass behind the first gets it.
pub(super) enum Item {
    Record(Frame, DocId),
    Alone(Frame, DocId),
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
        /// The document as bytes.
        laid: Vec<u8>,
        /// What was found out about it, for the next run.
        finding: Laid,
    },
    /// The output.
    Output(Box<Counted>),
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
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Records(frames, _) => frames.bytes(),
            Self::Spool(spool, _) => spool.bytes(),
        }
    }

    /// The next document; they come in corpus order, so their numbers are counted.
    pub(super) fn next(&mut self) -> Result<Option<Item>, Error> {
        Ok(match self {
            Self::Records(frames, found) => frames.next_frame()?.map(|(frame, _)| {
                *found += 1;
                Item::Record(frame, DocId(*found - 1))
            }),
            Self::Spool(spool, found) => spool.next()?.map(|frame| {
                *found += 1;
                Item::Alone(frame, DocId(*found - 1))
            }),
        })
    }
}

impl Item {
    pub(super) fn document(&self) -> Result<Document, Error> {
        match self {
            Self::Record(frame, id) => record::document_of_record(frame, *id),
            Self::Alone(frame, id) => record::document(frame, *id),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Record(frame, _) | Self::Alone(frame, _) => frame.len(),
        }
    }
}

/// The end of a pass behind the first: the observations for the next corpus stage, made or found again.
pub(super) fn observed(
    mut document: Document,
    pass: &Pass,
    corpus_stages: &[Box<dyn CorpusStage>],
    seed: u64,
    old: Option<&Old>,
) -> Result<Then, Error> {
    let mut laid = record::lay_down_document(&document)?;
    let about = Finding::about(&laid, seed);
    if let (Some(packed), Some(old)) = (about.recall(old), old) {
        let observations = Observations::from_packed(packed);
        return Ok(Then::Next { observations, laid, finding: Laid::Old(old.at) });
    }
    let was_kept = document.is_kept();
    let observations = Observations::pack(&observe(&mut document, pass, corpus_stages));
    if document.is_kept() != was_kept {
        laid = record::lay_down_document(&document)?;
    }
    let finding = Laid::New(about.lay_down(observations.packed()));
    Ok(Then::Next { observations, laid, finding })
}

/// Counts what is published of a document at the end of its way, and all that the statistics ask for.
pub(super) fn counted(mut document: Document, families: Option<Families>) -> Counted {
    let wanted = families.filter(|_| document.is_kept());
    let profile = wanted.map(|families| Profile::of(&document, families));
    if document.is_kept() {
        let sizes = profile.as_ref().map(|profile| profile.measures);
        document.measures = Some(sizes.unwrap_or_else(|| measure(&document)));
    }
    Counted { document, profile }
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
        compressed_from: 0,
        observations: Observations::pack(&observations),
    };
    let laid = Laid::New(record::lay_down(&mut notes, &document, is_lasting)?);
    let counted = is_last.then_some(Counted { document, profile: None });
    Ok(Received { id, file, notes, is_loss, laid, counted, bytes })
}
