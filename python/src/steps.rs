//! Stages that are resolved in steps: packets of rows in, packets of rows out.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::BinaryBuilder;
use arrow_array::{Int32Array, RecordBatch};
use arrow_pyarrow::PyArrowType;
use copydesk::census::Packet;
use copydesk::document::DocId;
use copydesk::pipeline::parts::{self, Resolved};
use copydesk::stage::steps::{Port, Then};
use pyo3::prelude::*;

use crate::columns::{BATCH_BYTES, Rows, batch};
use crate::job::{Job, over, resolved_batches};
use crate::{Batch, Failure, apart, setup};

/// Ports that a step takes, those of them that come from earlier legs or from documents, whether rows of a key meet, and whether
/// its tasks hear what all are told.
type Step = (Vec<u32>, Vec<u32>, bool, bool);
/// A leg: its name, its steps, the ports that are kept, and what follows: `next`, `again` with the port that its last two steps
/// take and give and the one that says that they changed something, or `tell` with the port of which all tasks are told.
type Leg = (&'static str, Vec<Step>, Vec<u32>, (&'static str, u32, u32));

/// The legs in which a stage is resolved, if it is resolved in steps.
#[pyfunction]
pub(crate) fn legs(job: &Job, stage: usize) -> PyResult<Option<Vec<Leg>>> {
    let numbers = |ports: &[Port]| ports.iter().map(|port| u32::from(*port)).collect();
    let Some(legs) = job.0.legs(stage).map_err(setup)? else { return Ok(None) };
    let leg = |leg: &copydesk::stage::steps::Leg| {
        let step = |step: &copydesk::stage::steps::Step| {
            (numbers(step.takes), numbers(step.joins), step.meets, step.hears)
        };
        let steps = leg.steps.iter().map(step);
        let then = match leg.then {
            Then::Next => ("next", 0, 0),
            Then::Again { port, unsettled } => ("again", port.into(), unsettled.into()),
            Then::Tell { port } => ("tell", port.into(), 0),
        };
        (leg.name, steps.collect(), numbers(leg.gives), then)
    };
    Ok(Some(legs.iter().map(leg).collect()))
}

/// Sends what documents add to a stage to its first steps.
#[pyclass(frozen)]
pub(crate) struct Dealing(Mutex<Option<parts::Dealing>>);

#[pymethods]
impl Dealing {
    #[new]
    fn new(job: &Job, stage: usize, ports: Vec<Port>, parts: u32) -> PyResult<Self> {
        let dealing = job.0.dealing(stage, &ports, parts).map_err(Failure::from)?;
        Ok(Self(Mutex::new(Some(dealing))))
    }

    /// Adds `id`, `observed`; gives batches of packets from time to time.
    fn push(&self, py: Python<'_>, rows: Batch) -> PyResult<Vec<Batch>> {
        let push = || {
            let mut dealing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let dealing = dealing.as_mut().ok_or_else(over)?;
            let rows = Rows(&rows.0);
            let mut packets = Vec::new();
            let ids = rows.numbers_of_documents("id")?;
            for (id, observed) in ids.into_iter().zip(rows.all_bytes("observed")?) {
                packets.extend(dealing.push(DocId(id), observed)?);
            }
            batches(&packets)
        };
        Ok(apart(py, push)?.into_iter().map(PyArrowType).collect())
    }

    /// The last packets.
    fn finish(&self, py: Python<'_>) -> PyResult<Vec<Batch>> {
        let finish = || {
            let dealing = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
            batches(&dealing.ok_or_else(over)?.finish()?)
        };
        Ok(apart(py, finish)?.into_iter().map(PyArrowType).collect())
    }
}

/// A task of a step.
#[pyclass(frozen)]
pub(crate) struct Carrying(Mutex<parts::Carrying>);

#[pymethods]
impl Carrying {
    /// `told` are the packets that all tasks are told; scratch files go to `folder`.
    #[new]
    fn new(
        py: Python<'_>,
        job: &Job,
        step: (usize, usize, usize),
        parts: u32,
        told: Vec<Vec<u8>>,
        folder: PathBuf,
    ) -> PyResult<Self> {
        let of_job = Arc::clone(&job.0);
        let begin = || {
            let told = told.iter().map(Vec::as_slice);
            Ok(Self(Mutex::new(of_job.carrying(step, parts, told, &folder)?)))
        };
        apart(py, begin)
    }

    /// Adds packets, in any order; gives batches of packets from time to time.
    fn push(&self, py: Python<'_>, rows: Batch) -> PyResult<Vec<Batch>> {
        let push = || {
            let mut task = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let mut sent = Vec::new();
            for packet in packets(&Rows(&rows.0))? {
                sent.extend(task.push(packet)?);
            }
            batches(&sent)
        };
        Ok(apart(py, push)?.into_iter().map(PyArrowType).collect())
    }

    /// After the last packet: more packets, `None` behind the last of them.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Vec<Batch>>> {
        let next = || {
            let mut task = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            task.next_packets()?.map(|sent| batches(&sent)).transpose()
        };
        Ok(apart(py, next)?.map(|sent| sent.into_iter().map(PyArrowType).collect()))
    }
}

/// Packets → batches of `kind`, `key`, `other`, `message`: verdicts (0) by key, and compared pairs (1) by their documents.
#[pyfunction]
pub(crate) fn concluded(py: Python<'_>, job: &Job, rows: Batch) -> PyResult<Vec<Batch>> {
    let parts = Arc::clone(&job.0);
    let conclude = || {
        let mut all = Resolved::default();
        for packet in packets(&Rows(&rows.0))? {
            let Resolved { verdicts, pairs } = parts.concluded(packet)?;
            all.verdicts.extend(verdicts);
            all.pairs.extend(pairs);
        }
        resolved_batches(&all)
    };
    Ok(apart(py, conclude)?.into_iter().map(PyArrowType).collect())
}

fn packets(rows: &Rows<'_>) -> Result<Vec<Packet>, Failure> {
    let (ports, parts) = (rows.all_integers("port")?, rows.all_integers("part")?);
    let packets = ports.into_iter().zip(parts).zip(rows.all_bytes("rows")?);
    let packet = |((port, part), rows): ((i64, i64), &[u8])| Packet {
        port: port as Port,
        part: part as u32,
        rows: rows.to_vec(),
    };
    Ok(packets.map(packet).collect())
}

fn batches(packets: &[Packet]) -> Result<Vec<RecordBatch>, Failure> {
    let mut batches = Vec::new();
    let mut rest = packets;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|packet| {
            let is_first = bytes == 0;
            bytes += packet.rows.len();
            is_first || bytes < BATCH_BYTES
        });
        let (now, later) = rest.split_at(fits.count());
        let mut rows = BinaryBuilder::new();
        now.iter().for_each(|packet| rows.append_value(&packet.rows));
        let port = now.iter().map(|packet| i32::from(packet.port));
        let part = now.iter().map(|packet| packet.part as i32);
        batches.push(batch(vec![
            ("port", Arc::new(Int32Array::from_iter_values(port))),
            ("part", Arc::new(Int32Array::from_iter_values(part))),
            ("rows", Arc::new(rows.finish())),
        ])?);
        rest = later;
    }
    Ok(batches)
}
