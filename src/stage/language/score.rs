//! The scoring pass: one walk over a text, which leaves all that the rest of this stage decides by.

use std::ops::Range;

use super::script::{SCRIPTS, Script};
use super::table::{Group, LANES, LETTER_BITS, STEP, Table};

/// Trigrams of the last few hundred words, so that most of a text is looked up in the first-level cache.
const RECENT: usize = 2048;
/// Of a text longer than this, only the head of each block is scanned: a thousand trigrams are enough.
const LONG_BYTES: usize = 1200;
/// That head.
const SAMPLE_BYTES: usize = 280;
const SCRIPT_SHIFT: u32 = 24;
const ROW: u32 = (1 << SCRIPT_SHIFT) - 1;

/// A text as sequences of table rows and counts of letters.
pub(super) struct Scan {
    /// How often each letter number occurs.
    counts: Vec<u32>,
    /// Rows of all trigrams in order, the script in the high byte.
    rows: Vec<u32>,
    /// The parts of the text that were scanned one by one.
    pub(super) blocks: Vec<Block>,
}

/// A part of the text.
pub(super) struct Block {
    /// Its bytes.
    pub(super) at: Range<usize>,
    /// Its trigrams, in the scan's rows.
    rows: Range<usize>,
    /// Letters by script; of a block that was scanned in part, as many as the whole would have.
    pub(super) letters: [u32; SCRIPTS],
}

/// The sums of a script's languages over the distinct trigrams of a text.
pub(super) struct Sums {
    /// −ln p by lane, in [`STEP`]s.
    pub(super) by_lane: [u32; LANES],
    /// Distinct trigrams.
    pub(super) trigrams: u32,
}

impl Scan {
    /// Walks over the blocks of a text.
    pub(super) fn new(table: &Table, text: &str, blocks: &[Range<usize>]) -> Self {
        let sample = if text.len() > LONG_BYTES { SAMPLE_BYTES } else { usize::MAX };
        Self::with_sample(table, text, blocks, sample)
    }

    /// Walks over the first `sample` bytes of each block.
    pub(super) fn with_sample(
        table: &Table,
        text: &str,
        blocks: &[Range<usize>],
        sample: usize,
    ) -> Self {
        let mut scan = Self {
            counts: vec![0; table.n_numbers()],
            rows: Vec::with_capacity(text.len()),
            blocks: Vec::with_capacity(blocks.len()),
        };
        let mut recent = vec![(0u32, 0u32); RECENT];
        for at in blocks {
            scan.add(table, text, (at.clone(), sample), &mut recent);
        }
        scan
    }

    fn add(
        &mut self,
        table: &Table,
        text: &str,
        (at, sample): (Range<usize>, usize),
        recent: &mut [(u32, u32)],
    ) {
        const KEY: u32 = (1 << (3 * LETTER_BITS)) - 1;
        const FIRST: u32 = (1 << (2 * LETTER_BITS)) - 1;
        const NO_ROW: u32 = u32::MAX;
        let first_row = self.rows.len();
        let mut letters = [0u32; SCRIPTS];
        let mut key = 0u32;
        let mut current = Script::Other;
        let is_sampled = at.len() > sample;
        let scanned = match is_sampled {
            true => at.start..text.floor_char_boundary(at.start + sample),
            false => at.clone(),
        };
        for character in text[scanned.clone()].chars() {
            let number = table.number(character);
            self.counts[number] += 1;
            if number == 0 {
                key = 0;
                continue;
            }
            let letter = table.letter(number);
            letters[letter.script as usize] += 1;
            if letter.id == 0 || letter.script != current {
                current = letter.script;
                key = letter.id;
                continue;
            }
            key = (key << LETTER_BITS | letter.id) & KEY;
            if key <= FIRST || current > Script::Devanagari {
                continue;
            }
            // Keys of different scripts may be equal; the script keeps them apart.
            let tag = key | (current as u32) << (3 * LETTER_BITS);
            let cached = &mut recent[(tag.wrapping_mul(0x9E37_79B1) >> 21) as usize % RECENT];
            let row = if cached.0 == tag {
                cached.1
            } else {
                let row = table
                    .group(current)
                    .and_then(|group| group.row_of(key))
                    .map_or(NO_ROW, |row| row | (current as u32) << SCRIPT_SHIFT);
                *cached = (tag, row);
                row
            };
            if row != NO_ROW {
                self.rows.push(row);
            }
        }
        if is_sampled {
            // Shares of a document go by the size of its blocks, not by what was looked at.
            let scale = |n: u32| (u64::from(n) * at.len() as u64 / scanned.len() as u64) as u32;
            letters = letters.map(scale);
        }
        self.blocks.push(Block { at, rows: first_row..self.rows.len(), letters });
    }

    /// Letters by script, over all blocks.
    pub(super) fn letters(&self) -> [u32; SCRIPTS] {
        let mut letters = [0; SCRIPTS];
        for block in &self.blocks {
            for (sum, n) in letters.iter_mut().zip(block.letters) {
                *sum += n;
            }
        }
        letters
    }

    /// Sums over the whole text: each distinct trigram counts once, as in lingua.
    pub(super) fn sums(&self, table: &Table, script: Script) -> Sums {
        self.sums_of(table, script, 0..self.rows.len())
    }

    /// Sums over a block.
    pub(super) fn block_sums(&self, table: &Table, script: Script, block: &Block) -> Sums {
        self.sums_of(table, script, block.rows.clone())
    }

    fn sums_of(&self, table: &Table, script: Script, rows: Range<usize>) -> Sums {
        let mut sums = Sums { by_lane: [0; LANES], trigrams: 0 };
        let Some(group) = table.group(script) else { return sums };
        let mut seen = vec![0u64; group.n_rows() / 64 + 1];
        let mut distinct = Vec::with_capacity(rows.len().min(group.n_rows()));
        for tagged in &self.rows[rows] {
            if tagged >> SCRIPT_SHIFT != script as u32 {
                continue;
            }
            let row = tagged & ROW;
            let word = &mut seen[row as usize / 64];
            let bit = 1u64 << (row % 64);
            if *word & bit == 0 {
                *word |= bit;
                distinct.push(row);
            }
        }
        sums.trigrams = distinct.len() as u32;
        // Cells are bytes: 256 of them cannot overflow sixteen bits, which halves the additions.
        for some in distinct.chunks(256) {
            match script {
                Script::Latin => add_rows::<LANES>(group, some, &mut sums.by_lane),
                _ => add_rows::<16>(group, some, &mut sums.by_lane),
            }
        }
        sums
    }

    /// Mean −ln p of all trigrams in one language, repeats and all; `None` without trigrams.
    pub(super) fn cost(&self, table: &Table, language: (Script, usize)) -> Option<f32> {
        self.cost_of(table, language, 0..self.rows.len())
    }

    /// The same for a block.
    pub(super) fn block_cost(
        &self,
        table: &Table,
        language: (Script, usize),
        block: &Block,
    ) -> Option<f32> {
        self.cost_of(table, language, block.rows.clone())
    }

    fn cost_of(
        &self,
        table: &Table,
        (script, lane): (Script, usize),
        rows: Range<usize>,
    ) -> Option<f32> {
        let group = table.group(script)?;
        let mut sum = 0u64;
        let mut n = 0u32;
        for tagged in &self.rows[rows] {
            if tagged >> SCRIPT_SHIFT == script as u32 {
                sum += u64::from(group.row(tagged & ROW).0[lane]);
                n += 1;
            }
        }
        (n > 0).then(|| sum as f32 * STEP / n as f32)
    }

    /// Counts of a script's letters: first those that none of its languages use, then by id from 1.
    pub(super) fn letter_counts(&self, table: &Table, script: Script) -> &[u32] {
        &self.counts[table.numbers_of(script)]
    }
}

/// Adds up to 256 rows; a script of few languages fills only the first lanes.
fn add_rows<const N: usize>(group: &Group, rows: &[u32], sums: &mut [u32; LANES]) {
    let mut partial = [0u16; N];
    for row in rows {
        let cells = &group.row(*row).0;
        for lane in 0..N {
            partial[lane] += u16::from(cells[lane]);
        }
    }
    for (sum, partial) in sums.iter_mut().zip(partial) {
        *sum += u32::from(partial);
    }
}
