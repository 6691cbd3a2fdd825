//! Mixed documents: which blocks of a text are in another language than the text, and what share of it they are.

use std::ops::Range;

use super::cascade::{Cascade, Judgement, main_script, weight};
use super::inventory::{self, CHINESE, JAPANESE};
use super::markers;
use super::score::{Block, Scan};
use super::script::Script;

/// Smaller blocks, in letters by weight, are headings, names and credits.
const LEAST_BLOCK: u32 = 2 * 50;
/// How far the document's language must lie behind the block's own, in nats by the root of the distinct trigrams.
const BEHIND: f32 = 2.5;
/// Nats above the usual cost of the document's language from which on a block is looked at.
const SUSPICIOUS: f32 = 0.25;
/// Nats above the usual cost of the block's own language up to which it is believed: lists of names fit no language.
const BELIEVED: f32 = 0.6;
/// What is added to that for short blocks, by the root of the letters.
const ROOM: f32 = 4.0;
/// Foreign letters by weight below which a document is not called mixed.
const LEAST_FOREIGN: u32 = 2 * 60;

/// The foreign part of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Foreign {
    /// Share of the letters, by weight.
    pub(super) share: f64,
    /// The language of most of them.
    pub(super) language: Option<&'static str>,
    /// The foreign blocks, and the language of each.
    pub(super) blocks: Vec<(Range<usize>, &'static str)>,
    /// Share of the letters that are in `language`.
    pub(super) share_of_language: f64,
}

/// Finds the foreign blocks of a text that has been judged.
pub(super) fn foreign(cascade: &Cascade, scan: &Scan, judgement: &Judgement) -> Foreign {
    let mut foreign = Foreign::default();
    let Some(language) = judgement.language else { return foreign };
    let mut by_language: Vec<(&'static str, u32)> = Vec::new();
    let (mut n_all, mut n_foreign) = (0, 0);
    for block in &scan.blocks {
        let size = weight(&block.letters);
        n_all += size;
        if size < LEAST_BLOCK {
            continue;
        }
        let Some(code) = language_of(cascade, scan, block, language, judgement.lane) else {
            continue;
        };
        n_foreign += size;
        match by_language.iter_mut().find(|(known, _)| *known == code) {
            Some((_, sum)) => *sum += size,
            None => by_language.push((code, size)),
        }
        foreign.blocks.push((block.at.clone(), code));
    }
    if n_foreign < LEAST_FOREIGN {
        return Foreign::default();
    }
    // Of equals the first in the text.
    let most = by_language.iter().rev().max_by_key(|(_, size)| *size);
    foreign.language = most.map(|(code, _)| *code);
    foreign.share_of_language =
        most.map_or(0.0, |(_, size)| f64::from(*size) / f64::from(n_all.max(1)));
    foreign.share = f64::from(n_foreign) / f64::from(n_all.max(1));
    foreign
}

/// The language of a block if it is not that of the document.
fn language_of(
    cascade: &Cascade,
    scan: &Scan,
    block: &Block,
    language: &'static str,
    lane: Option<(Script, usize)>,
) -> Option<&'static str> {
    let script = main_script(&block.letters)?;
    if matches!(script, Script::Han | Script::Kana) {
        let is_east_asian = language == CHINESE || language == JAPANESE;
        let kana = block.letters[Script::Kana as usize];
        let code = if kana * 20 > block.letters[Script::Han as usize] { JAPANESE } else { CHINESE };
        // A Japanese list of names has no kana.
        let is_foreign = if is_east_asian { code == JAPANESE && language == CHINESE } else { true };
        return is_foreign.then_some(code);
    }
    let codes = inventory::lanes(script);
    let home = lane.filter(|(home, _)| *home == script).map(|(_, lane)| lane);
    if let Some(home) = home {
        let usual = cascade.table.group(script)?.usual_cost[home];
        let cost = scan.block_cost(&cascade.table, (script, home), block)?;
        if cost - usual < SUSPICIOUS {
            return None;
        }
    }
    if script > Script::Devanagari {
        return codes.first().copied().filter(|code| *code != language);
    }
    let fit = cascade.best_of_block(scan, block, script, home)?;
    let code = codes[fit.lane];
    let is_other = code != language && !markers::are_alike(code, language);
    let room = ROOM / (block.letters[script as usize].max(1) as f32).sqrt();
    (is_other && fit.behind >= BEHIND && fit.excess <= BELIEVED + room).then_some(code)
}
