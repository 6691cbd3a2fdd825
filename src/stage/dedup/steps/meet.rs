//! From keys to pairs whose sketches lie beside each other, and what is found of them there.

use crate::census::{Group, Row};
use crate::document::DocId;
use crate::error::Error;
use crate::stage::steps::{Onward, Task};

use super::super::common::{Common, Occurrences, Rarity, key};
use super::super::join::{Limits, candidate, pairs_of_key};
use super::super::judge::{Judge, Policy, Sketches};
use super::super::sketch::Sketch;
use super::super::verify::is_near_identical;
use super::star::edge;
use super::{CELLS, FINDINGS, HALVES, MET, PAIRED, PARTNERS, PLACES, SHARED, STORIES, TEMPLATE};
use super::{TIES, TWINS};

/// By key: the pairs that its documents make.
pub(super) struct Pairs {
    pub(super) limits: Limits,
}

impl Task for Pairs {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        pairs_of_key(self.limits, &group.rows, |pair| {
            onward.send(SHARED, pair.key().hash, pair.later, pair.payload())
        })
    }
}

/// By pair: whether it shares enough keys. If so, either document is told of the other.
pub(super) struct Counted {
    pub(super) limits: Limits,
}

impl Task for Counted {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        match candidate(self.limits, group) {
            Some(pair) => edge(onward, PARTNERS, pair),
            None => Ok(()),
        }
    }
}

/// By document: its sketch goes to its own place and to those of the later ones that it is compared with. The first of an
/// overfull key is compared with thousands, and is the earlier one of each pair.
///
/// A document without any is a group by itself in all rounds: its shingles are counted here.
#[derive(Default)]
pub(super) struct Sketched {
    sketch: Sketch,
    keys: Vec<u64>,
    alone: Occurrences,
}

impl Task for Sketched {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let document = group.key.hash;
        let Some(own) = own_sketch(group) else { return Ok(()) };
        if group.rows.len() == 1 {
            self.sketch.read(&own.payload);
            self.keys.extend(self.sketch.shingles.iter().map(|sampled| key(*sampled)));
            self.alone.add_group(&mut self.keys);
            return send_if_many(&mut self.alone, onward);
        }
        onward.send(HALVES, document, own.document, &own.payload)?;
        for later in group.rows.iter().filter(|row| row.document > own.document) {
            onward.send(HALVES, later.document.0.into(), own.document, &own.payload)?;
        }
        Ok(())
    }

    fn end(&mut self, onward: &mut dyn Onward) -> Result<(), Error> {
        send_counts(&mut self.alone, onward)
    }
}

/// The row with the sketch of the document that the rows of a group are about: it names itself.
pub(super) fn own_sketch(group: &Group) -> Option<&Row> {
    let is_own = |row: &&Row| u64::from(row.document.0) == group.key.hash && row.payload.len() > 1;
    group.rows.iter().find(is_own)
}

/// Sends what was counted, to be added up by block.
pub(super) fn send_counts(counts: &mut Occurrences, onward: &mut dyn Onward) -> Result<(), Error> {
    for (number, bytes) in counts.take_blocks() {
        onward.send(CELLS, number, DocId(0), &bytes)?;
    }
    Ok(())
}

/// The same before they take too much memory.
pub(super) fn send_if_many(counts: &mut Occurrences, onward: &mut dyn Onward) -> Result<(), Error> {
    match counts.are_many() {
        true => send_counts(counts, onward),
        false => Ok(()),
    }
}

/// By the later document: its pairs, for good, and the near-identical ones.
#[derive(Default)]
pub(super) struct Met {
    own: Sketch,
    other: Sketch,
}

impl Task for Met {
    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        let Some(own) = own_sketch(group) else { return Ok(()) };
        onward.send(PAIRED, group.key.hash, own.document, &own.payload)?;
        if group.rows.len() == 1 {
            return Ok(());
        }
        self.own.read(&own.payload);
        for row in &group.rows {
            onward.send(MET, group.key.hash, row.document, &row.payload)?;
            self.other.read(&row.payload);
            if row.document != own.document && is_near_identical(&self.own, &self.other) {
                edge(onward, TWINS, (own.document, row.document))?;
            }
        }
        Ok(())
    }
}

/// The sketches of a group, and counts by which what is rare in them is known.
pub(super) struct Here<'a> {
    /// Documents ascending.
    pub(super) rows: &'a [Row],
    pub(super) common: &'a Common,
    /// Groups up to which a shingle is rare.
    pub(super) cap: u8,
}

impl Sketches for Here<'_> {
    fn read(&mut self, document: DocId, sketch: &mut Sketch) -> Result<Rarity, Error> {
        let place = self.rows.binary_search_by_key(&document, |row| row.document);
        let place = place.map_err(|_| {
            Error::Internal(format!("the sketch of document {} is elsewhere", document.0))
        })?;
        sketch.read(&self.rows[place].payload);
        Ok(Rarity::of(sketch, self.common, self.cap))
    }
}

impl Here<'_> {
    /// The later document of each pair first.
    fn pairs(&self, later: u64) -> Vec<(DocId, DocId)> {
        let later = DocId(later as u32);
        let earlier = self.rows.iter().filter(|row| row.document != later);
        earlier.map(|row| (later, row.document)).collect()
    }
}

/// What a task does with a group, knowing how common shingles are.
pub(super) type Look = fn(&Policy, &Common, &Group, &mut dyn Onward) -> Result<(), Error>;

/// A task that is told the counts of shingles before any group.
pub(super) struct Knowing {
    policy: Policy,
    common: Common,
    look: Look,
}

impl Knowing {
    pub(super) fn new(policy: Policy, look: Look) -> Self {
        Self { policy, common: Common::default(), look }
    }
}

impl Task for Knowing {
    fn hear(&mut self, told: &Group) -> Result<(), Error> {
        told.rows.iter().for_each(|row| self.common.add_block(told.key.hash, &row.payload));
        Ok(())
    }

    fn take(&mut self, group: &Group, onward: &mut dyn Onward) -> Result<(), Error> {
        (self.look)(&self.policy, &self.common, group, onward)
    }
}

/// By the later document: the pairs of one story.
pub(super) fn stories(
    policy: &Policy,
    common: &Common,
    group: &Group,
    onward: &mut dyn Onward,
) -> Result<(), Error> {
    let here = Here { rows: &group.rows, common, cap: policy.rare_groups };
    let pairs = here.pairs(group.key.hash);
    Judge::new(policy, here).each(&pairs, |judge, later, earlier, seen| {
        match judge.is_one_story(seen) {
            true => edge(onward, STORIES, (later, earlier)),
            false => Ok(()),
        }
    })
}

/// By the later document: what each pair is.
pub(super) fn findings(
    policy: &Policy,
    common: &Common,
    group: &Group,
    onward: &mut dyn Onward,
) -> Result<(), Error> {
    let here = Here { rows: &group.rows, common, cap: policy.rare_stories };
    let pairs = here.pairs(group.key.hash);
    Judge::new(policy, here).each(&pairs, |judge, later, earlier, seen| {
        let (finding, shown) = judge.finding(later, earlier, seen);
        shown.iter().try_for_each(|pair| onward.show(pair))?;
        if finding.matters() {
            onward.send(FINDINGS, later.0.into(), earlier, &finding.to_bytes())?;
        }
        if finding.is_tie() {
            edge(onward, TIES, (later, earlier))?;
        }
        if finding.is_template() {
            for document in [later, earlier] {
                onward.send(PLACES, document.0.into(), document, &[TEMPLATE])?;
            }
        }
        Ok(())
    })
}
