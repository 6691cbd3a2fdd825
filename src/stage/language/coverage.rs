//! Whether a text is in a language of the inventory at all.
//!
//! A text in a language that no model covers still has a nearest neighbour, and lingua names it with certainty. What gives
//! it away is that it fits badly: its trigrams cost more than those of the language usually do, its letters have other
//! frequencies, and some of them the language does not have. The limit was set so that one document in six hundred of the
//! inventory is refused; taking each language out of the inventory in turn, 95 of 100 of its documents then are (mean over
//! languages, pairs of look-alikes left out).

use super::score::Scan;
use super::script::Script;
use super::table::{STEP, Table};

/// How far a text may lie from what is usual in its language: the part that stays however long it is, …
const LIMIT: f32 = 0.20;
/// … and the part that shrinks with the root of the number of distinct trigrams.
const LIMIT_SHORT: f32 = 8.0;
/// The same for scripts of a single language, where only letters are looked at.
const LETTER_LIMIT: f32 = 0.30;
/// See [`LETTER_LIMIT`]; by the number of letters.
const LETTER_LIMIT_SHORT: f32 = 5.0;
/// Weight of the share of letters that the language does not have.
const STRAY_WEIGHT: f32 = 3.0;
/// A letter rarer than one in 30,000 is none of the language's: −ln p in [`STEP`]s.
const STRAY_CELL: u8 = 145;
/// Nats for a letter that no language of the script has, as in the table.
const UNKNOWN_NATS: f32 = 12.0;

/// How a text compares with what is usual in a language: above 1 it is in another, between 0 and 1 it may well be in it.
pub(super) fn strangeness(
    table: &Table,
    scan: &Scan,
    (script, lane): (Script, usize),
    distinct_trigrams: u32,
) -> f32 {
    let (divergence, stray) = letters(table, scan, script, lane);
    let by_letters = divergence.clamp(0.0, 1.0) + STRAY_WEIGHT * stray;
    if script > Script::Devanagari {
        let n_letters = scan.letters()[script as usize].max(1) as f32;
        return by_letters / (LETTER_LIMIT + LETTER_LIMIT_SHORT / n_letters.sqrt());
    }
    // lingua's Devanagari models have no vowel signs: trigrams say little there, and letters much.
    let excess = match script {
        Script::Devanagari => 0.0,
        _ => excess(table, scan, (script, lane)),
    };
    let room = LIMIT_SHORT / (distinct_trigrams.max(1) as f32).sqrt();
    (excess + by_letters) / (LIMIT + room)
}

/// Nats that a trigram of the text costs more than is usual in the language.
fn excess(table: &Table, scan: &Scan, (script, lane): (Script, usize)) -> f32 {
    let usual = table.group(script).map_or(0.0, |group| group.usual_cost[lane]);
    scan.cost(table, (script, lane)).map_or(0.0, |cost| cost - usual)
}

/// The divergence of the text's letter frequencies from the language's, in nats, and the share of letters it lacks.
fn letters(table: &Table, scan: &Scan, script: Script, lane: usize) -> (f32, f32) {
    let counts = scan.letter_counts(table, script);
    let total: u32 = counts.iter().sum();
    let Some(group) = table.group(script).filter(|_| total > 0 && script != Script::Hangul) else {
        return (0.0, 0.0);
    };
    let mut divergence = counts[0] as f32 / total as f32 * UNKNOWN_NATS;
    let mut stray = counts[0];
    for (id, count) in counts.iter().enumerate().skip(1).filter(|(_, count)| **count > 0) {
        let cell = group.letter(id as u32).map_or(u8::MAX, |row| row.0[lane]);
        if cell >= STRAY_CELL {
            stray += count;
        }
        let share = *count as f32 / total as f32;
        divergence += share * (share.ln() + f32::from(cell) * STEP);
    }
    (divergence, stray as f32 / total as f32)
}
