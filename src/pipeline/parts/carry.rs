//! Stages that are resolved in steps: what one task does with the rows that have come together in it.

use std::path::Path;

use super::rows::{Message, pair_from_bytes, pair_to_bytes};
use super::{Parts, Resolved};
use crate::census::{Census, Group, Groups, Packet, Sorting, Workspace};
use crate::document::DocId;
use crate::error::Error;
use crate::pipeline::record::Observations;
use crate::stage::steps::{InSteps, Leg, Onward, Port, Step, Task, port_of};
use crate::stage::{ComparedPair, Verdict};

/// The port of verdicts...
const VERDICTS: Port = u8::MAX;
/// ...and of pairs that were compared.
const PAIRS: Port = u8::MAX - 1;

impl Parts {
    /// The legs in which a stage is resolved; `None` if it is not resolved in steps.
    pub fn legs(&self, stage: usize) -> Result<Option<&'static [Leg]>, Error> {
        Ok(self.stage(stage)?.in_steps().map(InSteps::legs))
    }

    /// Begins to send what documents add to a stage, those rows that go to one of `ports`, to the first of its steps, in so many
    /// parts.
    pub fn dealing(&self, stage: usize, ports: &[Port], parts: u32) -> Result<Dealing, Error> {
        self.stage(stage)?;
        Ok(Dealing { ports: ports.to_vec(), sorting: Sorting::new(parts) })
    }

    /// Begins a task of a step, which sends its rows to so many parts and is told these rows of packets, if it hears. Tables that
    /// outgrow the memory of the configuration go to scratch files in `folder`.
    pub fn carrying<'a>(
        &self,
        (stage, leg, step): (usize, usize, usize),
        parts: u32,
        told: impl Iterator<Item = &'a [u8]>,
        folder: &Path,
    ) -> Result<Carrying, Error> {
        let wrong = || Error::Internal(format!("stage {stage} has no step {leg}.{step}"));
        let in_steps = self.stage(stage)?.in_steps().ok_or_else(wrong)?;
        let of_leg = in_steps.legs().get(leg).ok_or_else(wrong)?;
        let workspace = Workspace::new(folder, self.config.run.table_bytes());
        let mut task = in_steps.task(leg, step)?;
        let step = of_leg.steps.get(step).ok_or_else(wrong)?;
        for rows in told.filter(|_| step.hears) {
            let packet = Packet { port: 0, part: 0, rows: rows.to_vec() };
            let mut groups = Groups::of_packet(&workspace, packet);
            while let Some(group) = groups.next_group()? {
                task.hear(&group)?;
            }
        }
        let out = Out { stage: self.number(stage)?, sorting: Sorting::new(parts) };
        let table = Table::Filling(workspace.census());
        Ok(Carrying { step, task, workspace, table, out })
    }

    /// The verdicts and compared pairs in a packet, if it is one of these.
    pub fn concluded(&self, packet: Packet) -> Result<Resolved, Error> {
        let mut resolved = Resolved::default();
        let port = packet.port;
        if port < PAIRS {
            return Ok(resolved);
        }
        let workspace = Workspace::new(Path::new(""), usize::MAX);
        let mut groups = Groups::of_packet(&workspace, packet);
        while let Some(group) = groups.next_group()? {
            for row in group.rows {
                match port {
                    VERDICTS => resolved.verdicts.push((group.key.hash, row.payload)),
                    _ => resolved.pairs.push(pair_from_bytes(&row.payload)?),
                }
            }
        }
        Ok(resolved)
    }
}

/// What documents add to a stage, on its way to the first steps.
pub struct Dealing {
    ports: Vec<Port>,
    sorting: Sorting,
}

impl Dealing {
    /// Adds the rows of a document; gives packets from time to time.
    pub fn push(&mut self, id: DocId, observed: &[u8]) -> Result<Vec<Packet>, Error> {
        for (key, payload) in Observations::from_packed(observed).rows() {
            let (port, key) = port_of(id, key);
            if self.ports.contains(&port) {
                self.sorting.push(port, key, id, payload)?;
            }
        }
        if self.sorting.is_full() { self.sorting.take() } else { Ok(Vec::new()) }
    }

    /// The last packets.
    pub fn finish(mut self) -> Result<Vec<Packet>, Error> {
        self.sorting.take()
    }
}

/// A task of a step.
pub struct Carrying {
    step: &'static Step,
    task: Box<dyn Task + Send>,
    workspace: Workspace,
    table: Table,
    out: Out,
}

enum Table {
    Filling(Census),
    Reading(Groups),
    Over,
}

impl Carrying {
    /// Adds a packet, in any order; gives packets from time to time.
    pub fn push(&mut self, packet: Packet) -> Result<Vec<Packet>, Error> {
        if !self.step.takes.contains(&packet.port) {
            return Ok(vec![packet]);
        }
        if let (true, Table::Filling(census)) = (self.step.meets, &mut self.table) {
            census.push_packet(&packet)?;
            return Ok(Vec::new());
        }
        let mut groups = Groups::of_packet(&self.workspace, packet);
        let mut group = Group::default();
        while groups.read_group(&mut group)? {
            self.task.take(&group, &mut self.out)?;
        }
        if self.out.sorting.is_full() { self.out.sorting.take() } else { Ok(Vec::new()) }
    }

    /// After the last packet: more packets, `None` behind the last of them.
    pub fn next_packets(&mut self) -> Result<Option<Vec<Packet>>, Error> {
        let mut groups = match std::mem::replace(&mut self.table, Table::Over) {
            Table::Filling(census) => census.into_groups()?,
            Table::Reading(groups) => groups,
            Table::Over => return Ok(None),
        };
        let mut group = Group::default();
        while groups.read_group(&mut group)? {
            self.task.take(&group, &mut self.out)?;
            if self.out.sorting.is_full() {
                self.table = Table::Reading(groups);
                return self.out.sorting.take().map(Some);
            }
        }
        self.task.end(&mut self.out)?;
        self.out.sorting.take().map(Some)
    }
}

struct Out {
    stage: u8,
    sorting: Sorting,
}

impl Onward for Out {
    fn send(&mut self, port: Port, key: u64, document: DocId, payload: &[u8]) -> Result<(), Error> {
        self.sorting.push(port, key, document, payload)
    }

    fn conclude(&mut self, document: DocId, verdict: Verdict) -> Result<(), Error> {
        let key = u64::from(document.0);
        let message = Message::Verdict { stage: self.stage, key, verdict }.to_bytes()?;
        self.sorting.push(VERDICTS, key, document, &message)
    }

    fn show(&mut self, pair: &ComparedPair) -> Result<(), Error> {
        self.sorting.push(PAIRS, pair.document.0.into(), pair.other, &pair_to_bytes(pair)?)
    }
}
