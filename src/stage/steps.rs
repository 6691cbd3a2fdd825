//! A corpus stage in steps, for an engine that moves rows between machines.
//!
//! What [`CorpusStage::resolve`](super::CorpusStage::resolve) concludes from all rows in one place, the steps conclude in many:
//! each brings rows of one key together, looks at one group after the other, and sends rows on to the steps behind it. Which
//! rows go to which step is said by ports; how many tasks carry a step out is the engine's business, and shows in no verdict.

use crate::census::{Group, Key};
use crate::document::DocId;
use crate::error::Error;

use super::{ComparedPair, Verdict};

/// What rows are for. Several steps may take the rows of one port.
pub type Port = u8;

/// Steps that are carried out at once, one task handing its rows to the next. What comes out at their end is kept, for the
/// legs behind it.
#[derive(Debug)]
pub struct Leg {
    /// For people.
    pub name: &'static str,
    /// In order.
    pub steps: &'static [Step],
    /// The ports of the rows that are kept; verdicts and compared pairs are, from any leg.
    pub gives: &'static [Port],
    /// How often.
    pub then: Then,
}

/// What follows when a leg has been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The next leg.
    Next,
    /// Its last two steps again, which take the rows that they gave to `port`, until none of them sends a row to `unsettled`.
    Again {
        /// What they take and give.
        port: Port,
        /// What they send a row to where they changed something.
        unsettled: Port,
    },
    /// The rows of `port` go to all tasks of the steps behind it, instead of those that went to them before.
    Tell {
        /// What they are given to.
        port: Port,
    },
}

/// One step: how rows come together.
#[derive(Debug)]
pub struct Step {
    /// The ports whose rows it takes; those of others pass it by.
    pub takes: &'static [Port],
    /// Of these, the ones whose rows come from legs before, or from the documents, and not from the step before.
    pub joins: &'static [Port],
    /// Whether the rows of a key come together from all tasks. Else groups are looked at where they lie.
    pub meets: bool,
    /// Whether its tasks must know what all tasks are told.
    pub hears: bool,
}

/// A stage that can be carried out in steps.
pub trait InSteps {
    /// The legs, in order. The rows of its observations go to ports by the table of their keys.
    fn legs(&self) -> &'static [Leg];

    /// A task of a step, which looks at some of its groups.
    fn task(&self, leg: usize, step: usize) -> Result<Box<dyn Task + Send>, Error>;
}

/// A part of a step. A group's rows are those of one key, documents ascending, whatever ports they came by.
pub trait Task {
    /// Takes rows that all tasks are told, before any group.
    fn hear(&mut self, _told: &Group) -> Result<(), Error> {
        Ok(())
    }

    /// Looks at a group.
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error>;

    /// Says what it only knows after all groups.
    fn end(&mut self, _onward: &mut dyn Onward) -> Result<(), Error> {
        Ok(())
    }
}

/// Where a task's rows go.
pub trait Onward {
    /// A row to a port.
    fn send(&mut self, port: Port, key: u64, document: DocId, payload: &[u8]) -> Result<(), Error>;

    /// A verdict.
    fn conclude(&mut self, document: DocId, verdict: Verdict) -> Result<(), Error>;

    /// A pair that was compared.
    fn show(&mut self, pair: &ComparedPair) -> Result<(), Error>;
}

/// The port of a row that a document adds, and its key there.
pub fn port_of(document: DocId, key: Key) -> (Port, u64) {
    let is_own = key.hash == Key::OWN_NUMBER;
    (key.table, if is_own { u64::from(document.0) } else { key.hash })
}
