//! All documents through one pass: the first, which reads, and those behind it.

use std::cell::RefCell;
use std::time::Duration;

use super::in_order::{Load, map_in_order_then};
use super::intake::{Incoming, Intake, Old};
use super::memory::Memory;
use super::memos::Memos;
use super::plan::Pass;
use super::stories::place;
use super::work::{Counted, Feed, Item, Received, Task, Then, Worked, counted, receive};
use super::{Drain, FirstPass, Run};
use crate::error::Error;
use crate::input::Scan;
use crate::stage::CorpusStage;
use crate::state::{Frames, Log, State};

impl Run<'_> {
    /// Reads the input, or what is remembered of it, and takes all documents through the first pass.
    pub(super) fn first_pass(
        &mut self,
        pass: &Pass,
        corpus_stages: &[Box<dyn CorpusStage>],
        scan: &Scan,
        state: &mut State,
        mut drain: Drain,
    ) -> Result<FirstPass, Error> {
        let is_last = matches!(drain, Drain::Output(_));
        let is_lasting = self.config.run.keeps_state();
        let families = self.sums.families();
        let options = &self.config.input;
        let State { recall, log, condition, .. } = state;
        let frames = Frames::new(log.folder(), []);
        let mut intake = Intake::new(scan, options, recall, frames);
        let checkpoint_every = Duration::from_secs(self.config.run.checkpoint_seconds);
        let mut memory = Memory::new(scan, recall, log, checkpoint_every);
        let work = |incoming: Incoming| {
            let mut received =
                receive(incoming, options, pass, corpus_stages, is_last, is_lasting)?;
            received.counted = received.counted.map(|last| counted(last.document, families));
            Ok(received)
        };
        let limit = self.in_flight();
        let (names, copies, sums) = (&mut self.names, &self.copies, &mut self.sums);
        let (observer, input_losses) = (self.observer, &mut self.input_losses);
        let emit = |received: Result<Received, Error>| {
            let Received { id, file, notes, is_loss, laid, counted, bytes } = received?;
            names.assign(&notes.name, notes.record_id);
            *input_losses += u64::from(is_loss);
            memory.add(file, laid, notes.raw_hash, is_loss)?;
            let written = match (&mut drain, counted) {
                (Drain::Census(census), _) => {
                    for (key, payload) in notes.observations.rows() {
                        census.push(id, key, payload)?;
                    }
                    None
                }
                (Drain::Output(tables), Some(counted)) => {
                    Some(counted.write(tables, names, copies)?)
                }
                (Drain::Output(_) | Drain::Spool(..), _) => {
                    return Err(Error::Internal("the first pass has nowhere to go".into()));
                }
            };
            observer.document_done(bytes);
            Ok(written)
        };
        let source = || match observer.interrupted_by() {
            Some(_) => Ok(None),
            None => intake.next(),
        };
        let count = |written: Option<Counted>| match written {
            Some(counted) => sums.add(&counted, place(counted.document.id, copies)),
            None => Ok(()),
        };
        let done = map_in_order_then(&self.pool, limit, source, Incoming::bytes, work, emit, count)
            .and_then(|()| self.go_on());
        if let Err(why) = done {
            // What is lasting spares the next run the work; the reason why this one ends counts more than whether it worked.
            let _ = memory.make_lasting();
            return Err(why);
        }
        let (records, layout, changes) = memory.finish(condition)?;
        self.changes = changes;
        Ok(FirstPass { drain, records, layout })
    }

    /// Takes all documents through one pass behind the first. `memos` of earlier runs spare it some of the work.
    pub(super) fn pass(
        &mut self,
        task: &Task<'_>,
        mut feed: Feed,
        mut drain: Drain,
        memos: Option<Memos<'_>>,
        log: &mut Log,
    ) -> Result<Drain, Error> {
        // The source and the emitting side both go through it, one after the other on the same thread.
        let memos = RefCell::new(memos);
        let work = |(item, old): (Item, Option<Old>)| task.work(&item, old.as_ref());
        let limit = self.in_flight();
        let (names, copies, sums) = (&self.names, &self.copies, &mut self.sums);
        let observer = self.observer;
        let emit = |worked: Result<Worked, Error>| {
            let Worked { id, then, bytes } = worked?;
            let written = match (&mut drain, then) {
                (Drain::Spool(spool, census), Then::Next { observations, laid, memo }) => {
                    for (key, payload) in observations.rows() {
                        census.push(id, key, payload)?;
                    }
                    spool.push(&laid)?;
                    if let Some(memos) = memos.borrow_mut().as_mut() {
                        memos.add(log, memo)?;
                    }
                    None
                }
                (Drain::Output(tables), Then::Output(counted, memo)) => {
                    let written = counted.write(tables, names, copies)?;
                    if let (Some(memos), Some(memo)) = (memos.borrow_mut().as_mut(), memo) {
                        memos.add(log, memo)?;
                    }
                    Some(written)
                }
                _ => return Err(Error::Internal("a pass went where it was not to go".into())),
            };
            observer.document_done(bytes);
            Ok(written)
        };
        let source = || match observer.interrupted_by() {
            Some(_) => Ok(None),
            None => Ok(feed
                .next()?
                .map(|item| (item, memos.borrow_mut().as_mut().and_then(Memos::next_old)))),
        };
        let count = |written: Option<Counted>| match written {
            Some(counted) => sums.add(&counted, place(counted.document.id, copies)),
            None => Ok(()),
        };
        let size = |(item, _): &(Item, _)| item.bytes();
        map_in_order_then(&self.pool, limit, source, size, work, emit, count)?;
        self.go_on()?;
        Ok(drain)
    }

    fn in_flight(&self) -> Load {
        let weight = self.sums.families().map_or(1, |families| families.weight());
        Load { items: 512, bytes: self.config.run.in_flight_bytes() / weight }
    }

    /// An error if something asks the run to end.
    fn go_on(&self) -> Result<(), Error> {
        match self.observer.interrupted_by() {
            Some(why) => Err(why.into()),
            None => Ok(()),
        }
    }
}
