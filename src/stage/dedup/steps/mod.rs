//! `near-dedup` in steps: the same functions of a key, a pair, a group and a cluster, each where its rows have met.
//!
//! ```text
//! keys ─ pairs ─ shared keys counted ─┐
//! sketches ───────────────────────────┴─ sketches of a pair meet ─ near-identical ones: trees ─ shingles counted by tree
//! pairs compared, by these counts ─ of one story: trees ─ shingles counted by tree
//! pairs compared, by these counts ─ what each is ─ trees of all that has a say ─ clusters ─ sketches of a cluster meet ─ settled
//! ```
//!
//! What is global on one machine is here a sum or a matter of one tree. How common a shingle is: counts of the groups that
//! each task has, added up; only those at the limit and above it are of interest, and go to all tasks. What is united: trees,
//! grown in rounds (`star.rs`), whose root is their smallest document as it is there. Clusters and composites: no pair has a say
//! in those of documents that it does not hang together with, so they are found by tree, from pairs without sketches; and a
//! cluster is settled by itself.

mod meet;
mod settle;
mod star;
mod tally;

use crate::error::Error;
use crate::stage::steps::{InSteps, Leg, Port, Step, Task, Then};

use super::near::{KEYS, NearDedup, SKETCHES};

/// By pair: that it shares a key.
const SHARED: Port = 2;
/// By document: whom it is to be compared with.
const PARTNERS: Port = 3;
/// By the later document: its sketch, and those of the earlier ones.
const HALVES: Port = 4;
/// The same, when they have met.
const MET: Port = 5;
/// By document: the sketches of those that are in pairs.
const PAIRED: Port = 6;
/// By block: in how many groups shingles were counted.
const CELLS: Port = 7;
/// The same for those that are common.
const COMMON: Port = 8;
/// By document: whom it is united with, as near-identical...
const TWINS: Port = 9;
/// ...as of one story...
const STORIES: Port = 10;
/// ...and as having a say in the other's cluster.
const TIES: Port = 11;
/// That trees still grow.
const UNSETTLED: Port = 12;
/// By tree: the shingles of its documents.
const KIN: Port = 13;
/// By the later document: what was found of a pair.
const FINDINGS: Port = 14;
/// The same, by tree.
const OF_TREE: Port = 15;
/// By document: its cluster, and what is noted of it.
const PLACES: Port = 16;
/// By cluster: the sketches of its documents.
const MEMBERS: Port = 17;
/// What rows of `PLACES` and `MEMBERS` say beside sketches: that it is of the cluster of this document...
const IN_CLUSTER: u8 = 1;
/// ...a notice from a template...
const TEMPLATE: u8 = 2;
/// ...a composite.
const COMPOSITE: u8 = 3;
/// Trees between the two steps of a round, by port of theirs.
const GROWING: Port = 32;

const fn step(takes: &'static [Port], joins: &'static [Port]) -> Step {
    Step { takes, joins, meets: true, hears: false }
}

const fn where_they_lie(takes: &'static [Port]) -> Step {
    Step { takes, joins: takes, meets: false, hears: true }
}

static LEGS: [Leg; 8] = [
    Leg {
        name: "pairs",
        steps: &[
            step(&[KEYS], &[KEYS]),
            step(&[SHARED], &[]),
            step(&[PARTNERS, SKETCHES], &[SKETCHES]),
            step(&[HALVES], &[]),
        ],
        gives: &[MET, PAIRED, TWINS, CELLS],
        then: Then::Next,
    },
    Leg {
        name: "identical",
        steps: &[step(&[TWINS], &[TWINS]), step(&[GROWING + TWINS], &[])],
        gives: &[TWINS],
        then: Then::Again { port: TWINS, unsettled: UNSETTLED },
    },
    Leg {
        name: "common",
        steps: &[
            step(&[PAIRED, TWINS], &[PAIRED, TWINS]),
            step(&[KIN], &[]),
            step(&[CELLS], &[CELLS]),
        ],
        gives: &[],
        then: Then::Tell { port: COMMON },
    },
    Leg {
        name: "stories",
        steps: &[where_they_lie(&[MET]), step(&[STORIES], &[]), step(&[GROWING + STORIES], &[])],
        gives: &[STORIES],
        then: Then::Again { port: STORIES, unsettled: UNSETTLED },
    },
    Leg {
        name: "common-by-story",
        steps: &[
            step(&[PAIRED, STORIES], &[PAIRED, STORIES]),
            step(&[KIN], &[]),
            step(&[CELLS], &[CELLS]),
        ],
        gives: &[],
        then: Then::Tell { port: COMMON },
    },
    Leg {
        name: "findings",
        steps: &[where_they_lie(&[MET])],
        gives: &[FINDINGS, TIES, PLACES],
        then: Then::Next,
    },
    Leg {
        name: "ties",
        steps: &[step(&[TIES], &[TIES]), step(&[GROWING + TIES], &[])],
        gives: &[TIES],
        then: Then::Again { port: TIES, unsettled: UNSETTLED },
    },
    Leg {
        name: "clusters",
        steps: &[
            step(&[FINDINGS, TIES], &[FINDINGS, TIES]),
            step(&[OF_TREE], &[]),
            step(&[PLACES, PAIRED], &[PAIRED, PLACES]),
            Step { hears: true, ..step(&[MEMBERS], &[]) },
        ],
        gives: &[],
        then: Then::Next,
    },
];

impl InSteps for NearDedup {
    fn legs(&self) -> &'static [Leg] {
        &LEGS
    }

    fn task(&self, leg: usize, step: usize) -> Result<Box<dyn Task + Send>, Error> {
        let policy = self.policy;
        let grow = star::Large::new;
        let shrink = |port| star::Small { port };
        Ok(match (leg, step) {
            (0, 0) => Box::new(meet::Pairs { limits: self.limits }),
            (0, 1) => Box::new(meet::Counted { limits: self.limits }),
            (0, 2) => Box::new(meet::Sketched::default()),
            (0, 3) => Box::new(meet::Met::default()),
            (1, 0) => Box::new(grow(TWINS)),
            (1, 1) => Box::new(shrink(TWINS)),
            (2, 0) | (4, 0) => Box::new(tally::Gathered::default()),
            (2, 1) | (4, 1) => Box::new(tally::Tallied::default()),
            (2, 2) => Box::new(tally::Summed { least: policy.rare_groups }),
            (3, 0) => Box::new(meet::Knowing::new(policy, meet::stories)),
            (3, 1) => Box::new(grow(STORIES)),
            (3, 2) => Box::new(shrink(STORIES)),
            (4, 2) => Box::new(tally::Summed { least: policy.rare_stories }),
            (5, 0) => Box::new(meet::Knowing::new(policy, meet::findings)),
            (6, 0) => Box::new(grow(TIES)),
            (6, 1) => Box::new(shrink(TIES)),
            (7, 0) => Box::new(settle::Routed),
            (7, 1) => Box::new(settle::Clustered),
            (7, 2) => Box::new(settle::Enlisted),
            (7, 3) => Box::new(meet::Knowing::new(policy, settle::settle)),
            _ => return Err(Error::Internal(format!("near-dedup has no step {leg}.{step}"))),
        })
    }
}
