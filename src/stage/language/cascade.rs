//! The cascade: the table decides what is clear, marker words settle look-alikes, lingua judges what is left in doubt.

use super::calibration;
use super::coverage::strangeness;
use super::inventory::{self, CHINESE, JAPANESE};
use super::markers;
use super::referee::Referee;
use super::score::{Block, Scan, Sums};
use super::script::{SCRIPTS, Script};
use super::table::{LANES, STEP, Table};

/// Fewer letters, by weight, say nothing.
const LEAST_LETTERS: u32 = 2 * 6;
/// From this many letters on lingua cannot improve on the table.
const LONG_LETTERS: u32 = 1000;
/// Below this many letters lingua has more to go by than trigrams, and the table must be surer.
const SHORT_LETTERS: u32 = 120;
/// How far the best must lie before the second, in nats by the root of the distinct trigrams, for the table to decide.
const CLEAR: f32 = 0.5;
/// The same for short texts.
const CLEAR_SHORT: f32 = 2.0;
/// Languages within this of the best are lingua's candidates.
const BAND: f32 = 2.0;
/// Most candidates for lingua.
const MAX_CANDIDATES: usize = 6;
/// A language that the source is not known for starts this far behind.
const PRIOR: f32 = 1.0;
/// Japanese writes at least one kana for so many ideograms.
const HAN_PER_KANA: u32 = 20;
/// Latin letters are in texts of every script; another script counts from this share of the letters on.
const MIN_SHARE_OF_OTHERS: f32 = 0.4;

/// Nats above the usual up to which the blocks of one language in a mixed text fit it: the part that stays, …
const MIXTURE_LIMIT: f32 = 0.12;
/// … and the part that shrinks with the root of their trigrams.
const MIXTURE_SHORT: f32 = 4.0;
/// Share of the letters that the two languages of a mixed text must have together.
const MIXTURE_SHARE: f64 = 0.75;

/// What the cascade says about a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judgement {
    /// ISO 639-1 code; `None` for a text in no language of the inventory, or with too few letters.
    pub(super) language: Option<&'static str>,
    /// Where it stands in the table.
    pub(super) lane: Option<(Script, usize)>,
    /// The probability that `language` is right, `None` included.
    pub(super) confidence: f64,
    /// The next likely language.
    pub(super) second: Option<&'static str>,
}

/// The table, lingua, and the languages to choose from.
pub(super) struct Cascade {
    pub(super) table: Table,
    referee: Referee,
    /// Lanes to choose from, by script.
    allowed: [[bool; LANES]; SCRIPTS],
    has_chinese: bool,
    has_japanese: bool,
}

impl Judgement {
    fn nothing() -> Self {
        Self { language: None, lane: None, confidence: 0.0, second: None }
    }
}

impl Cascade {
    /// Chooses among these languages only.
    pub(super) fn new(candidates: &[&str]) -> Self {
        let mut allowed = [[false; LANES]; SCRIPTS];
        for script in Script::ALL {
            for (lane, code) in inventory::lanes(script).iter().enumerate() {
                allowed[script as usize][lane] = candidates.contains(code);
            }
        }
        Self {
            table: Table::load(),
            referee: Referee::new(),
            allowed,
            has_chinese: candidates.contains(&CHINESE),
            has_japanese: candidates.contains(&JAPANESE),
        }
    }

    /// Judges a text that has been scanned. `prior` are the languages its source is known for; empty: not known.
    pub(super) fn judge(&self, text: &str, scan: &Scan, prior: &[String]) -> Judgement {
        let letters = scan.letters();
        let Some(script) = script_of_most_blocks(scan) else { return Judgement::nothing() };
        match script {
            Script::Other => {
                Judgement { confidence: calibration::UNCOVERED_SCRIPT, ..Judgement::nothing() }
            }
            Script::Han | Script::Kana => self.judge_han(&letters),
            _ => self.judge_by_table(text, scan, script, letters[script as usize], prior),
        }
    }

    fn judge_han(&self, letters: &[u32; SCRIPTS]) -> Judgement {
        let (han, kana) = (letters[Script::Han as usize], letters[Script::Kana as usize]);
        let is_japanese = kana * HAN_PER_KANA > han;
        let (first, second) = match is_japanese {
            true => (JAPANESE, CHINESE),
            false => (CHINESE, JAPANESE),
        };
        let has = |code| if code == CHINESE { self.has_chinese } else { self.has_japanese };
        if !has(first) {
            return Judgement { confidence: calibration::UNCOVERED_SCRIPT, ..Judgement::nothing() };
        }
        Judgement {
            language: Some(first),
            lane: None,
            confidence: calibration::of_script(han + kana),
            second: has(second).then_some(second),
        }
    }

    fn judge_by_table(
        &self,
        text: &str,
        scan: &Scan,
        script: Script,
        letters: u32,
        prior: &[String],
    ) -> Judgement {
        let sums = scan.sums(&self.table, script);
        let ranked = self.ranked(&sums, script, prior);
        let codes = inventory::lanes(script);
        let Some(best) = ranked.first() else {
            return Judgement { confidence: calibration::UNCOVERED_SCRIPT, ..Judgement::nothing() };
        };
        let strangeness = strangeness(&self.table, scan, (script, best.lane), sums.trigrams);
        if strangeness > 1.0 {
            if let Some(mixture) = self.judge_mixture(scan, script) {
                return mixture;
            }
            return Judgement {
                confidence: calibration::of_uncovered(strangeness),
                second: Some(codes[best.lane]),
                ..Judgement::nothing()
            };
        }
        let lead = ranked.get(1).map_or(f32::INFINITY, |second| second.behind);
        let in_lane = |code: &str| codes.iter().position(|known| *known == code);
        let by_code = |code: &'static str, second, confidence| Judgement {
            language: Some(code),
            lane: in_lane(code).or(Some(best.lane)).map(|lane| (script, lane)),
            confidence,
            second,
        };
        let first = codes[best.lane];
        let second = ranked.get(1).map(|second| codes[second.lane]);
        if let Some((code, share)) = self.by_markers(first, text, lead, script) {
            let second = if code == first { second } else { Some(first) };
            return by_code(code, second, calibration::of_markers(share, strangeness));
        }
        if script > Script::Devanagari {
            return by_code(first, second, calibration::of_script(letters));
        }
        let clear = if letters < SHORT_LETTERS { CLEAR_SHORT } else { CLEAR };
        let candidates: Vec<&'static str> = ranked
            .iter()
            .enumerate()
            .take(MAX_CANDIDATES)
            .filter(|(place, language)| *place < 2 || language.behind <= BAND)
            .map(|(_, language)| codes[language.lane])
            .collect();
        let is_clear = letters >= LONG_LETTERS || lead >= clear;
        if is_clear || !candidates.iter().all(|code| self.referee.is_linked(code)) {
            return by_code(first, second, calibration::of_table(lead, strangeness));
        }
        let judged = self.referee.judge(&candidates, text, letters, prior);
        by_code(
            judged[0].0,
            judged.get(1).map(|second| second.0),
            calibration::of_lingua(judged[0].1, strangeness),
        )
    }

    /// A text that fits no language because it is in two: the one of most blocks, if the blocks of both fit well.
    fn judge_mixture(&self, scan: &Scan, script: Script) -> Option<Judgement> {
        let mut shares: Vec<Share> = Vec::new();
        let mut n_all = 0;
        for block in &scan.blocks {
            let letters = block.letters[script as usize];
            n_all += letters;
            let Some(fit) = self.best_of_block(scan, block, script, None) else { continue };
            let share = match shares.iter().position(|share| share.lane == fit.lane) {
                Some(at) => &mut shares[at],
                None => {
                    shares.push(Share { lane: fit.lane, ..Share::default() });
                    shares.last_mut()?
                }
            };
            share.letters += letters;
            share.trigrams += fit.trigrams;
            share.excess += fit.excess * fit.trigrams as f32;
        }
        shares.retain(|share| {
            let n = share.trigrams.max(1) as f32;
            share.letters >= SHORT_LETTERS
                && share.excess / n <= MIXTURE_LIMIT + MIXTURE_SHORT / n.sqrt()
        });
        shares.sort_by_key(|share| (std::cmp::Reverse(share.letters), share.lane));
        let (first, second) = (shares.first()?, shares.get(1)?);
        let codes = inventory::lanes(script);
        let is_mixture =
            f64::from(first.letters + second.letters) >= MIXTURE_SHARE * f64::from(n_all);
        is_mixture.then(|| Judgement {
            language: Some(codes[first.lane]),
            lane: Some((script, first.lane)),
            confidence: calibration::MIXTURE,
            second: Some(codes[second.lane]),
        })
    }

    /// Look-alikes that the words of a text tell apart: the language, and the share of the marker words that are its own.
    fn by_markers(
        &self,
        first: &'static str,
        text: &str,
        lead: f32,
        script: Script,
    ) -> Option<(&'static str, f32)> {
        const LEAST_MARKERS: u32 = 2;
        // A lead that words could hardly turn.
        const BEYOND_DOUBT: f32 = 4.0;
        if lead >= BEYOND_DOUBT && !markers::are_alike(first, "sr") {
            return None;
        }
        let tally = markers::tally(first, text)?;
        let (code, count) = *tally.first()?;
        let next = tally.get(1).map_or(0, |next| next.1);
        let lanes = inventory::lanes(script);
        let is_allowed = match lanes.iter().position(|known| *known == code) {
            Some(lane) => self.allowed[script as usize][lane],
            // Serbian in Latin letters.
            None => self.allowed[Script::Cyrillic as usize][SERBIAN_LANE],
        };
        let is_plain = count >= LEAST_MARKERS && count >= 2 * next;
        (is_plain && is_allowed).then(|| (code, count as f32 / (count + next) as f32))
    }

    /// The allowed languages of a script, the best first; ties in the order of the lanes.
    fn ranked(&self, sums: &Sums, script: Script, prior: &[String]) -> Vec<Ranked> {
        let codes = inventory::lanes(script);
        let scale = STEP / (sums.trigrams.max(1) as f32).sqrt();
        let mut ranked: Vec<Ranked> = (0..codes.len())
            .filter(|lane| self.allowed[script as usize][*lane])
            .map(|lane| {
                let is_expected = prior.is_empty() || prior.iter().any(|code| code == codes[lane]);
                let handicap = if is_expected { 0.0 } else { PRIOR };
                Ranked { lane, behind: sums.by_lane[lane] as f32 * scale + handicap }
            })
            .collect();
        ranked.sort_by(|a, b| a.behind.total_cmp(&b.behind));
        let best = ranked.first().map_or(0.0, |best| best.behind);
        for language in &mut ranked {
            language.behind -= best;
        }
        ranked
    }

    /// The best language of a block, and how far the one at `than` lies behind it.
    pub(super) fn best_of_block(
        &self,
        scan: &Scan,
        block: &Block,
        script: Script,
        than: Option<usize>,
    ) -> Option<Fit> {
        let sums = scan.block_sums(&self.table, script, block);
        let ranked = self.ranked(&sums, script, &[]);
        let lane = ranked.first()?.lane;
        let behind = ranked.iter().find(|one| Some(one.lane) == than);
        let cost = scan.block_cost(&self.table, (script, lane), block)?;
        let usual = self.table.group(script)?.usual_cost[lane];
        Some(Fit {
            lane,
            behind: behind.map_or(f32::INFINITY, |one| one.behind),
            excess: cost - usual,
            trigrams: sums.trigrams,
        })
    }
}

/// How well a block fits its best language.
pub(super) struct Fit {
    /// That language.
    pub(super) lane: usize,
    /// How far the other language lies behind, in nats by the root of the distinct trigrams.
    pub(super) behind: f32,
    /// Nats that a trigram costs more than is usual in the language.
    pub(super) excess: f32,
    trigrams: u32,
}

/// What a language has of a mixed text.
#[derive(Default)]
struct Share {
    lane: usize,
    letters: u32,
    trigrams: u32,
    /// Summed over the trigrams.
    excess: f32,
}

/// Place of Serbian among the Cyrillic languages.
const SERBIAN_LANE: usize = 6;

struct Ranked {
    lane: usize,
    /// Nats behind the best, by the root of the distinct trigrams.
    behind: f32,
}

/// The script of the blocks that have most letters by weight, each counted for its own main script.
fn script_of_most_blocks(scan: &Scan) -> Option<Script> {
    let all = main_script(&scan.letters())?;
    let mut weights = [0; SCRIPTS];
    for block in &scan.blocks {
        if let Some(script) = main_script(&block.letters) {
            weights[script as usize] += weight(&block.letters);
        }
    }
    let most = Script::ALL.into_iter().rev().max_by_key(|script| weights[*script as usize])?;
    Some(if weights[most as usize] > 0 { most } else { all })
}

/// All letters, by weight.
pub(super) fn weight(letters: &[u32; SCRIPTS]) -> u32 {
    Script::ALL.iter().zip(letters).map(|(script, n)| script.weight() * n).sum()
}

/// The script of most letters by weight; none where there are too few. Kana counts as Han.
pub(super) fn main_script(letters: &[u32; SCRIPTS]) -> Option<Script> {
    let mut weighted = [0; SCRIPTS];
    for script in Script::ALL {
        let home = if script == Script::Kana { Script::Han } else { script };
        weighted[home as usize] += letters[script as usize] * script.weight();
    }
    let total: u32 = weighted.iter().sum();
    if total < LEAST_LETTERS {
        return None;
    }
    let most = |scripts: &[Script]| {
        // The first of equals.
        scripts.iter().copied().rev().max_by_key(|script| weighted[*script as usize])
    };
    let other = most(&Script::ALL[1..])
        .filter(|script| weighted[*script as usize] as f32 >= MIN_SHARE_OF_OTHERS * total as f32);
    other.or_else(|| most(&Script::ALL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serbian_stands_where_the_table_has_it() {
        assert_eq!(inventory::lanes(Script::Cyrillic)[SERBIAN_LANE], "sr");
    }
}
