//! Where in two documents stands what they share: all over both, or in one passage of each.

use super::sketch::place;

/// Parts into which the places of a document are counted.
const PARTS: usize = 16;

/// The rare shingles of one document, counted by the sixteenth in which they begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// A sketch has fewer shingles than a byte can count.
    all: [u8; PARTS],
    shared: [u8; PARTS],
}

/// A run of sixteenths, as far as it is shared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// First sixteenth.
    pub(super) from: u32,
    /// Last sixteenth.
    pub(super) to: u32,
    /// Share of its shingles that are shared.
    pub(super) density: f32,
    /// Share of the shared shingles that stand in it.
    pub(super) coverage: f32,
}

const NOWHERE: Shape = Shape { from: u32::MAX, to: 0, density: 0.0, coverage: 0.0 };
/// What an unshared shingle costs a passage that takes it in, in shared ones: so much must follow behind it.
const GAP_COST: i32 = 2;

impl Places {
    pub(super) fn add(&mut self, sampled: u64, is_shared: bool) {
        let place = place(sampled) as usize;
        self.all[place] += 1;
        self.shared[place] += u8::from(is_shared);
    }

    /// All shingles.
    pub(super) fn len(&self) -> usize {
        self.all.iter().map(|count| usize::from(*count)).sum()
    }

    /// From the first shared shingle to the last.
    pub(super) fn shape(&self) -> Shape {
        let held = |place: &usize| self.shared[*place] > 0;
        match ((0..PARTS).find(held), (0..PARTS).rfind(held)) {
            (Some(from), Some(to)) => self.between(from, to),
            _ => NOWHERE,
        }
    }

    /// The passage that is shared most nearly as a whole: the run of the greatest sum, where a shared shingle counts one
    /// and another one [`GAP_COST`] less. A name that both mention elsewhere does not make it longer.
    pub(super) fn passage(&self) -> Shape {
        let mut best = (0, NOWHERE);
        let mut from = 0;
        let mut sum = 0;
        for to in 0..PARTS {
            if sum <= 0 {
                (from, sum) = (to, 0);
            }
            let shared = i32::from(self.shared[to]);
            sum += shared - GAP_COST * (i32::from(self.all[to]) - shared);
            if sum > best.0 {
                best = (sum, self.between(from, to));
            }
        }
        best.1
    }

    fn between(&self, from: usize, to: usize) -> Shape {
        let sum = |counts: &[u8]| counts.iter().map(|count| u32::from(*count)).sum::<u32>() as f32;
        let (all, shared) = (sum(&self.all[from..=to]), sum(&self.shared[from..=to]));
        Shape {
            from: from as u32,
            to: to as u32,
            density: shared / all.max(1.0),
            coverage: shared / sum(&self.shared).max(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two shingles a sixteenth: `#` both shared, `-` one, `_` none.
    fn places(drawn: &str) -> Places {
        let mut places = Places::default();
        for (place, mark) in (0..).zip(drawn.chars()) {
            for nth in 0..2 {
                places.add(place, mark == '#' || (mark == '-' && nth == 0));
            }
        }
        places
    }

    #[test]
    fn a_passage_is_where_most_is_shared() {
        let cases = [
            ("________________", (u32::MAX, 0, 0.0, 0.0), (u32::MAX, 0, 0.0, 0.0)),
            ("################", (0, 15, 1.0, 1.0), (0, 15, 1.0, 1.0)),
            ("______##########", (6, 15, 1.0, 1.0), (6, 15, 1.0, 1.0)),
            ("-_____########__", (0, 13, 17.0 / 28.0, 1.0), (6, 13, 1.0, 16.0 / 17.0)),
            ("____####-###____", (4, 11, 15.0 / 16.0, 1.0), (4, 11, 15.0 / 16.0, 1.0)),
            ("#_#_#_#_#_#_#_#_", (0, 14, 16.0 / 30.0, 1.0), (0, 0, 1.0, 2.0 / 16.0)),
        ];
        for (drawn, shape, passage) in cases {
            let of = |shape: Shape| (shape.from, shape.to, shape.density, shape.coverage);
            assert_eq!(of(places(drawn).shape()), shape, "{drawn}");
            assert_eq!(of(places(drawn).passage()), passage, "{drawn}");
        }
    }
}
