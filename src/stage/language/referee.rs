//! lingua itself, for the texts that the table leaves in doubt, on the few languages that are left.

use std::sync::{Arc, RwLock};

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};
use rustc_hash::FxHashMap;

use super::inventory;

/// Below this many letters lingua uses n-grams of one to five letters, and is really better than trigrams alone; so a
/// longer text is shown to it in pieces of that size.
pub(super) const PIECE_LETTERS: usize = 110;
/// Pieces spread over a text.
const MAX_PIECES: usize = 4;
/// Least confidence in a piece: one piece must not decide alone.
const LEAST_CONFIDENCE: f64 = 1e-4;
/// Odds of a language that the source is not known for.
const UNEXPECTED: f64 = 0.05;
/// A detector is a few hundred bytes, but there are many sets of candidates.
const MAX_DETECTORS: usize = 4096;
/// lingua takes more than linear time for one long word.
const MAX_PIECE_BYTES: usize = 2000;

/// The linked languages, and a detector for each set of candidates that was asked for.
pub(super) struct Referee {
    /// By code, ascending.
    linked: Vec<(String, Language)>,
    /// By set of candidates, as bits in the order of `linked`. What it holds never changes an answer.
    detectors: RwLock<FxHashMap<u128, Arc<LanguageDetector>>>,
}

impl Referee {
    /// Nothing is built before a text needs it.
    pub(super) fn new() -> Self {
        let mut linked: Vec<_> = Language::all()
            .into_iter()
            .map(|language| (language.iso_code_639_1().to_string().to_lowercase(), language))
            .filter(|(code, _)| inventory::all().contains(&code.as_str()))
            .collect();
        linked.sort_unstable();
        Self { linked, detectors: RwLock::default() }
    }

    /// Whether this build has lingua's model of a language.
    pub(super) fn is_linked(&self, code: &str) -> bool {
        self.place(code).is_some()
    }

    fn place(&self, code: &str) -> Option<usize> {
        self.linked.binary_search_by(|(known, _)| known.as_str().cmp(code)).ok()
    }

    /// The candidates with what lingua gives each, the surest first; the shares sum up to 1.
    pub(super) fn judge(
        &self,
        candidates: &[&'static str],
        text: &str,
        letters: u32,
        prior: &[String],
    ) -> Vec<(&'static str, f64)> {
        let detector = self.detector(candidates);
        let mut sums: Vec<(&'static str, f64)> =
            candidates.iter().map(|code| (*code, 0.0)).collect();
        for piece in pieces(text, letters) {
            for (language, confidence) in detector.compute_language_confidence_values(piece) {
                let code = language.iso_code_639_1().to_string().to_lowercase();
                for sum in sums.iter_mut().filter(|sum| sum.0 == code) {
                    // lingua sums in the random order of a hash set: the last bits differ from run to run.
                    let confidence = (confidence * 1e6).round() / 1e6;
                    sum.1 += confidence.max(LEAST_CONFIDENCE).ln();
                }
            }
        }
        for sum in &mut sums {
            if !prior.is_empty() && prior.iter().all(|code| code != sum.0) {
                sum.1 += UNEXPECTED.ln();
            }
        }
        let highest = sums.iter().map(|sum| sum.1).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = sums.iter().map(|sum| (sum.1 - highest).exp()).sum();
        for sum in &mut sums {
            sum.1 = (sum.1 - highest).exp() / total;
        }
        // A stable sort: ties stay in the table's order.
        sums.sort_by(|a, b| b.1.total_cmp(&a.1));
        sums
    }

    fn detector(&self, candidates: &[&'static str]) -> Arc<LanguageDetector> {
        let places = candidates.iter().filter_map(|code| self.place(code));
        let set = places.clone().fold(0u128, |set, place| set | 1 << place);
        if let Ok(detectors) = self.detectors.read()
            && let Some(detector) = detectors.get(&set)
        {
            return Arc::clone(detector);
        }
        let languages: Vec<Language> = places.map(|place| self.linked[place].1).collect();
        let detector = Arc::new(LanguageDetectorBuilder::from_languages(&languages).build());
        if let Ok(mut detectors) = self.detectors.write()
            && detectors.len() < MAX_DETECTORS
        {
            detectors.insert(set, Arc::clone(&detector));
        }
        detector
    }
}

/// The whole of a short text, and pieces of a longer one spread over it, cut at spaces.
fn pieces(text: &str, letters: u32) -> Vec<&str> {
    if letters as usize <= PIECE_LETTERS {
        return vec![shortened(text)];
    }
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut n_letters = 0;
    for (at, character) in text.char_indices() {
        n_letters += usize::from(character.is_alphabetic());
        if n_letters >= PIECE_LETTERS && character.is_whitespace() {
            pieces.push(shortened(&text[start..at]));
            start = at;
            n_letters = 0;
        }
    }
    if n_letters >= PIECE_LETTERS / 2 || pieces.is_empty() {
        pieces.push(shortened(&text[start..]));
    }
    let n = pieces.len();
    if n > MAX_PIECES {
        pieces = (0..MAX_PIECES).map(|piece| pieces[piece * n / MAX_PIECES]).collect();
    }
    pieces
}

fn shortened(piece: &str) -> &str {
    &piece[..piece.floor_char_boundary(MAX_PIECE_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_in_pieces() {
        let text = "a mill by the brook ".repeat(100);
        let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
        let pieces = pieces(&text, letters as u32);
        assert_eq!(pieces.len(), MAX_PIECES);
        assert!(pieces.iter().all(|piece| piece.len() < 200), "{pieces:?}");
        assert_eq!(super::pieces("short", 5), ["short"]);
        assert!(super::pieces(&"x".repeat(9_000), 9_000)[0].len() <= MAX_PIECE_BYTES);
    }

    #[test]
    fn candidates_are_ranked_and_the_shares_sum_up() {
        let judged =
            Referee::new().judge(&["en", "fr"], "The bridge over the brook is closed.", 29, &[]);
        assert_eq!(judged[0].0, "en");
        assert!((judged.iter().map(|one| one.1).sum::<f64>() - 1.0).abs() < 1e-9, "{judged:?}");
    }
}
