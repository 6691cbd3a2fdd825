//! The merged table: lingua's own trigram models, laid out so that one look-up gives all languages of a script.
//!
//! lingua decides texts of 120 letters and more by a sum of trigram probabilities alone, and pays for it with one look-up
//! per trigram *and language*. Here a trigram has one row, a cache line of one byte a language: −ln p in steps of
//! 1/14, with the back-off to shorter n-grams carried out when the table was made. `generator.rs` makes it.

use std::io::Read;

use regex::Regex;

use super::inventory::INVENTORY;
use super::script::{SCRIPTS, Script, script};

/// −ln p of one step of a cell.
pub(super) const STEP: f32 = 1.0 / 14.0;
/// Bits of a letter's number within its script.
pub(super) const LETTER_BITS: u32 = 10;
/// Languages that a row has room for: a cache line.
pub(super) const LANES: usize = 64;

/// Characters from here on are classified without a table; Han and Hangul are all beyond it.
const LISTED_CHARS: u32 = 0x3100;
const PACKED: &[u8] = include_bytes!("table.bin.zst");

/// A letter as the scoring pass sees it.
#[derive(Clone, Copy)]
pub(super) struct Letter {
    /// Its script.
    pub(super) script: Script,
    /// Its number within the script, from 1; 0 where no language of the inventory uses it.
    pub(super) id: u32,
}

/// All scripts' tables, and the letters.
pub(super) struct Table {
    /// Code point → place in `letters`; 0 for what is no letter.
    numbers: Vec<u16>,
    letters: Vec<Letter>,
    first_number: [u16; SCRIPTS],
    n_letters: [u16; SCRIPTS],
    groups: Vec<Group>,
}

/// The trigrams, bigrams and letters of one script.
pub(super) struct Group {
    /// Open addressing: key in the high half, row in the low half; 0 is free.
    slots: Vec<u64>,
    shift: u32,
    rows: Vec<Row>,
    languages: usize,
    /// What a trigram costs in running text of each language, in nats, by lane; in lingua's test sentences.
    pub(super) usual_cost: Vec<f32>,
}

/// −ln p in [`STEP`]s by lane, in one cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Row(pub(super) [u8; LANES]);

impl Table {
    /// Unpacks the built-in table: a few milliseconds, 8 MB.
    pub(super) fn load() -> Self {
        let mut bytes = Vec::new();
        zstd::Decoder::new(PACKED)
            .and_then(|mut decoder| decoder.read_to_end(&mut bytes))
            .expect("the built-in table is a whole zstd frame; a test unpacks it");
        Self::from_bytes(&bytes)
    }

    /// Lays out what the generator wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut reader = Reader(bytes);
        // Number 0 stands for everything that is no letter.
        let mut letters = vec![Letter { script: Script::Other, id: 0 }];
        let mut numbers = vec![0u16; LISTED_CHARS as usize];
        let mut first_number = [0; SCRIPTS];
        let mut n_letters = [0; SCRIPTS];
        for script in Script::ALL {
            first_number[script as usize] = letters.len() as u16;
            letters.push(Letter { script, id: 0 });
        }
        let mut groups = Vec::with_capacity(INVENTORY.len());
        for (script, languages) in INVENTORY {
            first_number[script as usize] = letters.len() as u16;
            letters.push(Letter { script, id: 0 });
            let n_chars = reader.word();
            n_letters[script as usize] = n_chars as u16;
            for id in 1..=n_chars {
                let code_point = reader.word() as usize;
                if let Some(number) = numbers.get_mut(code_point) {
                    *number = letters.len() as u16;
                }
                letters.push(Letter { script, id });
            }
            groups.push(Group::read(&mut reader, languages.len()));
        }
        for group in &mut groups {
            group.usual_cost = (0..group.languages).map(|_| reader.word() as f32 / 1e4).collect();
        }
        let mut table = Self { numbers, letters, first_number, n_letters, groups };
        table.number_all_letters();
        table
    }

    /// The table of a script, if it has one.
    pub(super) fn group(&self, script: Script) -> Option<&Group> {
        self.groups.get(script as usize)
    }

    /// Number of distinct letter numbers.
    pub(super) fn n_numbers(&self) -> usize {
        self.letters.len()
    }

    /// The number of a character: an index below [`n_numbers`](Self::n_numbers), 0 for what is no letter.
    #[inline]
    pub(super) fn number(&self, character: char) -> usize {
        match self.numbers.get(character as usize) {
            Some(number) => usize::from(*number),
            None => usize::from(self.number_of_rare(character)),
        }
    }

    /// What a number stands for.
    #[inline]
    pub(super) fn letter(&self, number: usize) -> Letter {
        self.letters[number]
    }

    /// The numbers of a script's letters: first the one for letters that none of its languages use, then by id.
    pub(super) fn numbers_of(&self, script: Script) -> std::ops::RangeInclusive<usize> {
        let first = usize::from(self.first_number[script as usize]);
        first..=first + usize::from(self.n_letters[script as usize])
    }

    /// Numbers the letters of the listed range that the models do not have, and capitals like their small letters.
    fn number_all_letters(&mut self) {
        // Marks are no letters for lingua either: its models have none.
        let letter = Regex::new(r"^\p{L}").expect("a fixed pattern");
        let mut buffer = [0; 4];
        for code_point in 0..LISTED_CHARS {
            let Some(character) = char::from_u32(code_point) else { continue };
            if self.numbers[code_point as usize] != 0 || !character.is_alphabetic() {
                continue;
            }
            let small = character.to_lowercase().next().unwrap_or(character);
            let known = self.numbers.get(small as usize).copied().unwrap_or_default();
            self.numbers[code_point as usize] = if known != 0 && small != character {
                known
            } else if letter.is_match(character.encode_utf8(&mut buffer)) {
                self.first_number[script(character) as usize]
            } else {
                0
            };
        }
    }

    fn number_of_rare(&self, character: char) -> u16 {
        match script(character) {
            script @ (Script::Han | Script::Hangul) => self.first_number[script as usize],
            script if character.is_alphabetic() => self.first_number[script as usize],
            _ => 0,
        }
    }
}

impl Group {
    fn read(reader: &mut Reader<'_>, languages: usize) -> Self {
        let n_rows = reader.word() as usize;
        let keys: Vec<u32> = (0..n_rows).map(|_| reader.word()).collect();
        let mut rows = vec![Row([0; LANES]); n_rows];
        // Lane by lane, because that packs better.
        for lane in 0..languages {
            for (row, cell) in rows.iter_mut().zip(reader.bytes(n_rows)) {
                row.0[lane] = *cell;
            }
        }
        let n_slots = (n_rows * 8 / 5).next_power_of_two().max(64);
        let mut group = Self {
            slots: vec![0; n_slots],
            shift: 32 - n_slots.trailing_zeros(),
            rows,
            languages,
            usual_cost: Vec::new(),
        };
        for (row, key) in keys.into_iter().enumerate() {
            let mut at = group.home(key);
            while group.slots[at] != 0 {
                at = (at + 1) & (n_slots - 1);
            }
            group.slots[at] = u64::from(key) << 32 | row as u64;
        }
        group
    }

    #[inline]
    fn home(&self, key: u32) -> usize {
        ((key ^ key >> 15).wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    /// The row of exactly this n-gram.
    #[inline]
    fn exact(&self, key: u32) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        loop {
            let slot = self.slots[at & mask];
            if slot >> 32 == u64::from(key) {
                return Some(slot as u32);
            }
            if slot == 0 {
                return None;
            }
            at += 1;
        }
    }

    /// The row of a trigram, or of what it backs off to.
    #[inline]
    pub(super) fn row_of(&self, trigram: u32) -> Option<u32> {
        const LAST: u32 = (1 << LETTER_BITS) - 1;
        const LAST_TWO: u32 = (1 << (2 * LETTER_BITS)) - 1;
        self.exact(trigram)
            .or_else(|| self.exact(trigram & !LAST))
            .or_else(|| self.exact(trigram & !LAST_TWO))
    }

    /// −ln p of a single letter by lane.
    pub(super) fn letter(&self, id: u32) -> Option<&Row> {
        self.exact(id << (2 * LETTER_BITS)).map(|row| self.row(row))
    }

    /// The cells of a row.
    #[inline]
    pub(super) fn row(&self, row: u32) -> &Row {
        &self.rows[row as usize]
    }

    /// Number of rows.
    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, n: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }

    fn word(&mut self) -> u32 {
        let bytes = self.bytes(4);
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}
