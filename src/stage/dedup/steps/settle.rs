//! From what was found of pairs to verdicts: by tree, by document, by cluster.

use crate::census::{Group, Row};
use crate::document::{DocId, Note};
use crate::error::Error;
use crate::stage::Verdict;
use crate::stage::steps::{Onward, Task};

use super::super::common::Common;
use super::super::found::{Finding, Found};
use super::super::judge::{Judge, Policy};
use super::meet::{Here, own_sketch};
use super::star::root;
use super::{COMPOSITE, IN_CLUSTER, MEMBERS, OF_TREE, PLACES, TEMPLATE};

/// By the later document: what was found of its pairs goes to its tree.
pub(super) struct Routed;

impl Task for Routed {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        // Two documents that only have contact matter to those that hold both, which are of their tree.
        let Some(root) = root(group) else { return Ok(()) };
        let later = (group.key.hash as u32).to_le_bytes();
        for row in group.rows.iter().filter(|row| !row.payload.is_empty()) {
            let payload = [&later[..], &row.payload].concat();
            onward.send(OF_TREE, root.0.into(), row.document, &payload)?;
        }
        Ok(())
    }
}

/// By tree: its clusters and composites.
pub(super) struct Clustered;

impl Task for Clustered {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let findings: Result<Vec<_>, _> = group.rows.iter().map(finding).collect();
        let findings = findings?;
        // The documents of the tree, ascending; a forest wants numbers without gaps.
        let ties = findings.iter().filter(|(.., finding)| finding.is_tie());
        let mut documents: Vec<_> =
            ties.flat_map(|(later, earlier, _)| [*later, *earlier]).collect();
        documents.sort_unstable();
        documents.dedup();
        let place = |document: &DocId| documents.binary_search(document).ok();
        let mut found = Found::new(documents.len());
        for (later, earlier, finding) in findings {
            if let (Some(later), Some(earlier)) = (place(&later), place(&earlier)) {
                found.take(DocId(later as u32), DocId(earlier as u32), finding);
            }
        }
        for (root, members) in found.clusters() {
            let root = documents[root.0 as usize];
            for member in members.iter().map(|member| documents[member.0 as usize]) {
                onward.send(PLACES, member.0.into(), root, &[IN_CLUSTER])?;
            }
        }
        for composite in found.composites.iter().map(|place| documents[place.0 as usize]) {
            onward.send(PLACES, composite.0.into(), composite, &[COMPOSITE])?;
        }
        Ok(())
    }
}

/// The later document, the earlier one and what was found of them.
fn finding(row: &Row) -> Result<(DocId, DocId, Finding), Error> {
    let (later, bytes) = row.payload.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
    Ok((DocId(u32::from_le_bytes(*later)), row.document, Finding::from_bytes(bytes)?))
}

/// By document: its sketch goes to its cluster. What is in none is kept, and has its note.
pub(super) struct Enlisted;

impl Task for Enlisted {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let Some(own) = own_sketch(group) else { return Ok(()) };
        let noted = |tag: u8| group.rows.iter().find(|row| row.payload == [tag]);
        let is_template = noted(TEMPLATE).is_some();
        let note = match noted(COMPOSITE) {
            Some(_) => Some(Note::Composite),
            None => is_template.then_some(Note::Template),
        };
        let Some(cluster) = noted(IN_CLUSTER) else {
            let verdict = note.map(Verdict::Note);
            return verdict.map_or(Ok(()), |verdict| onward.conclude(own.document, verdict));
        };
        let cluster = cluster.document.0.into();
        onward.send(MEMBERS, cluster, own.document, &own.payload)?;
        // No composite is in a cluster.
        if is_template {
            onward.send(MEMBERS, cluster, own.document, &[TEMPLATE])?;
        }
        Ok(())
    }
}

/// By cluster: what its documents are to the kept ones.
pub(super) fn settle(
    policy: &Policy,
    common: &Common,
    group: &Group,
    onward: &mut dyn Onward,
) -> Result<(), Error> {
    let (tags, rows): (Vec<Row>, Vec<Row>) =
        group.rows.iter().cloned().partition(|row| row.payload.len() == 1);
    let members: Vec<DocId> = rows.iter().map(|row| row.document).collect();
    let here = Here { rows: &rows, common, cap: policy.rare_stories };
    let kept = Judge::new(policy, here).settle(&members, |document, duplicate| {
        onward.conclude(document, Verdict::Duplicate(duplicate))
    })?;
    let is_template = |kept: &DocId| tags.iter().any(|row| row.document == *kept);
    match kept.filter(is_template) {
        Some(kept) => onward.conclude(kept, Verdict::Note(Note::Template)),
        None => Ok(()),
    }
}
