//! An engine in memory: rows go from task to task as they do on a cluster, one task after the other.

use std::collections::BTreeMap;

use super::super::{Parts, Resolved};
use crate::census::Packet;
use crate::document::DocId;
use crate::stage::steps::{Leg, Then};

/// How often the legs of a stage were carried out.
pub(super) type Times = BTreeMap<&'static str, usize>;

/// Resolves rows by part.
pub(super) fn apart(
    parts: &Parts,
    stage: usize,
    observed: &[Vec<u8>],
    partitions: usize,
) -> Vec<Resolved> {
    let scratch = tempfile::tempdir().unwrap();
    let mut resolvers: Vec<_> =
        (0..partitions).map(|_| parts.resolver(stage, scratch.path()).unwrap()).collect();
    // Backwards, as a shuffle might.
    for (id, observed) in (0u32..).map(DocId).zip(observed).collect::<Vec<_>>().into_iter().rev() {
        for (part, rows) in parts.spread(stage, observed).unwrap() {
            resolvers[part as usize % partitions].push(id, &rows).unwrap();
        }
    }
    resolvers.into_iter().map(|resolver| parts.resolve(resolver).unwrap()).collect()
}

/// Resolves rows in steps, as `near.py` has an engine do it; also how often each leg was carried out.
pub(super) fn in_steps(
    parts: &Parts,
    stage: usize,
    legs: &[Leg],
    observed: &[Vec<u8>],
    partitions: usize,
) -> (Vec<Resolved>, Times) {
    let of_ports = |packets: &[Packet], ports: &[u8]| -> Vec<Packet> {
        packets.iter().filter(|packet| ports.contains(&packet.port)).cloned().collect()
    };
    let (mut kept, mut told, mut times) = (Vec::new(), Vec::new(), Times::new());
    for (number, leg) in legs.iter().enumerate() {
        let mut again = 0;
        let rows = loop {
            let first = if again == 0 { 0 } else { leg.steps.len() - 2 };
            again += 1;
            let mut rows = Vec::new();
            for (nth, step) in leg.steps.iter().enumerate().skip(first) {
                let joins = if again > 1 && nth == first { step.takes } else { step.joins };
                rows.extend(of_ports(&kept, joins));
                rows.extend(deal(parts, stage, joins, observed, partitions));
                rows = step_of(parts, (stage, number, nth), step.meets, rows, &told, partitions);
            }
            let Then::Again { port, unsettled } = leg.then else { break rows };
            kept.retain(|packet: &Packet| packet.port != port);
            if of_ports(&rows, &[unsettled]).is_empty() {
                break rows;
            }
            kept.extend(of_ports(&rows, &[port]));
        };
        times.insert(leg.name, again);
        if let Then::Tell { port } = leg.then {
            told = of_ports(&rows, &[port]);
        }
        let gives = [leg.gives, &[u8::MAX, u8::MAX - 1]].concat();
        kept.extend(of_ports(&rows, &gives));
    }
    (kept.into_iter().map(|packet| parts.concluded(packet).unwrap()).collect(), times)
}

fn deal(
    parts: &Parts,
    stage: usize,
    ports: &[u8],
    observed: &[Vec<u8>],
    partitions: usize,
) -> Vec<Packet> {
    let mut packets = Vec::new();
    for from in 0..partitions {
        let mut dealing = parts.dealing(stage, ports, 4 * partitions as u32).unwrap();
        for (id, observed) in (0u32..).map(DocId).zip(observed).skip(from).step_by(partitions) {
            packets.extend(dealing.push(id, observed).unwrap());
        }
        packets.extend(dealing.finish().unwrap());
    }
    packets
}

/// Carries a step out in so many tasks.
fn step_of(
    parts: &Parts,
    step: (usize, usize, usize),
    meets: bool,
    rows: Vec<Packet>,
    told: &[Packet],
    partitions: usize,
) -> Vec<Packet> {
    let scratch = tempfile::tempdir().unwrap();
    let mut tasks = vec![Vec::new(); partitions];
    // Backwards, as a shuffle might.
    for (nth, packet) in rows.into_iter().rev().enumerate() {
        tasks[if meets { packet.part as usize } else { nth } % partitions].push(packet);
    }
    let mut sent = Vec::new();
    for packets in tasks {
        let told = told.iter().map(|packet| &packet.rows[..]);
        let mut task = parts.carrying(step, 4 * partitions as u32, told, scratch.path()).unwrap();
        packets.into_iter().for_each(|packet| sent.extend(task.push(packet).unwrap()));
        while let Some(packets) = task.next_packets().unwrap() {
            sent.extend(packets);
        }
    }
    sent
}
