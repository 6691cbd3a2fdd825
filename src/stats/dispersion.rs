//! Dispersion: how evenly a word is spread over the parts of a corpus.
//!
//! Notation of `tlda::disp`: Tᵢ tokens of the word in part i, Wᵢ tokens of part i, tᵢ = Tᵢ/ΣT, wᵢ = Wᵢ/ΣW, Rᵢ = Tᵢ/Wᵢ, k
//! parts. Schools differ in direction: `dp` and `dp_norm` grow with unevenness (0 is even), the others with evenness (1 is
//! even).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::again::Words;
use super::lexicon::{Lexicon, Word};
use super::spectrum::Spectrum;

/// What is known of a word after its parts have been seen. Parts without the word need not be shown one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// Parts that hold the word.
    pub range: u64,
    /// Juilland's D = 1 − [√(Σ(Rᵢ−R̄)²/k)/R̄]/√(k−1) (Juilland and Chang-Rodríguez 1964); undefined for one part.
    pub juilland_d: Option<f64>,
    /// Gries's DP = ½·Σ|tᵢ−wᵢ| (Gries 2008); 0 is even.
    pub dp: f64,
    /// DP/(1 − min wᵢ) (Lijffijt and Gries 2012), the minimum over all parts; undefined for one part.
    pub dp_norm: Option<f64>,
    /// Carroll's D₂ = Σ rᵢ·log₂(1/rᵢ)/log₂ k with rᵢ = Rᵢ/ΣR (Carroll 1970); undefined for one part.
    pub carroll_d2: Option<f64>,
    /// Rosengren's S = (Σ√(wᵢ·Tᵢ))²/ΣT (Rosengren 1971), as the code of `tlda` has it.
    pub rosengren_s: f64,
    /// Kullback-Leibler divergence mapped to 0..1, 0 is even: KL/(1+KL), KL = Σ tᵢ·log₂(tᵢ/wᵢ) (Gries 2020 `D_KL`).
    pub kl: f64,
}

/// The parts of a corpus: how many, how large, and the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// k: parts with a token.
    pub parts: u64,
    /// ΣW.
    pub tokens: u64,
    /// min Wᵢ.
    pub smallest: u64,
}

impl Parts {
    /// Parts of these sizes; empty ones do not count.
    pub fn of(sizes: impl IntoIterator<Item = u64>) -> Self {
        let mut all = Self { parts: 0, tokens: 0, smallest: u64::MAX };
        sizes.into_iter().for_each(|size| all.add(size));
        all
    }

    /// Adds a part; an empty one does not count.
    fn add(&mut self, size: u64) {
        if size > 0 {
            self.parts += 1;
            self.tokens += size;
            self.smallest = self.smallest.min(size);
        }
    }

    /// Dispersion of a word over them, from the (Tᵢ, Wᵢ) of the parts that hold it; undefined for a word that is in none.
    pub fn dispersion(&self, holding: &[(u64, u64)]) -> Option<Dispersion> {
        // Parts are numbered as documents come in; the last bits of the sums must not tell.
        let mut sorted = holding.to_vec();
        sorted.sort_unstable();
        let frequency = holding.iter().map(|(tokens, _)| tokens).sum();
        let mut spread = Spread::new(frequency, self.tokens);
        sorted.into_iter().for_each(|(tokens, size)| spread.add(tokens, size));
        spread.finish(self)
    }
}

/// Sums over the parts that hold a word whose frequency is known, part by part.
#[derive(Clone, Copy, Debug)]
struct Spread {
    frequency: u64,
    /// ΣW of all parts.
    tokens: u64,
    range: u64,
    /// ΣW of the parts so far.
    held: u64,
    /// ΣR, ΣR², ΣR·log₂ R.
    rates: f64,
    squares: f64,
    logs: f64,
    /// Σ|t−w|, Σ√(w·T), Σt·log₂(t/w).
    apart: f64,
    roots: f64,
    divergence: f64,
}

impl Spread {
    fn new(frequency: u64, tokens: u64) -> Self {
        Self {
            frequency,
            tokens,
            range: 0,
            held: 0,
            rates: 0.0,
            squares: 0.0,
            logs: 0.0,
            apart: 0.0,
            roots: 0.0,
            divergence: 0.0,
        }
    }

    /// Adds a part: its tokens of the word, and all of its tokens.
    fn add(&mut self, tokens: u64, size: u64) {
        if tokens == 0 {
            return;
        }
        let rate = tokens as f64 / size as f64;
        let (part, share) =
            (size as f64 / self.tokens as f64, tokens as f64 / self.frequency as f64);
        self.range += 1;
        self.held += size;
        self.rates += rate;
        self.squares += rate * rate;
        self.logs += rate * rate.log2();
        self.apart += (share - part).abs();
        self.roots += (part * tokens as f64).sqrt();
        self.divergence += share * (share / part).log2();
    }

    /// The figures over all parts.
    fn finish(&self, parts: &Parts) -> Option<Dispersion> {
        if self.range == 0 {
            return None;
        }
        let (total, k) = (self.tokens as f64, parts.parts as f64);
        let mean = self.rates / k;
        // Parts without the word have the rate 0, which adds nothing to either sum.
        let variance = (self.squares / k - mean * mean).max(0.0);
        // The parts without the word, each with its whole share.
        let dp = (self.apart + (self.tokens - self.held) as f64 / total) / 2.0;
        // −Σ r·log₂ r with r = R/ΣR.
        let entropy = (self.rates.log2() - self.logs / self.rates).max(0.0);
        let divergence = self.divergence.max(0.0);
        let several = parts.parts > 1;
        Some(Dispersion {
            range: self.range,
            juilland_d: several.then(|| 1.0 - variance.sqrt() / mean / (k - 1.0).sqrt()),
            dp,
            dp_norm: several.then(|| dp / (1.0 - parts.smallest as f64 / total)),
            carroll_d2: several.then(|| entropy / k.log2()),
            rosengren_s: self.roots * self.roots / self.frequency as f64,
            kl: divergence / (1.0 + divergence),
        })
    }
}

/// Dispersion over documents of the words of a lexicon's lists, while the corpus is read [again](super::again): of each word
/// the sums over the documents that hold it. Memory is that of the lists.
pub(super) struct DocumentSpreads {
    languages: BTreeMap<String, Spreads>,
}

/// The words of one language's list.
struct Spreads {
    places: FxHashMap<u64, usize>,
    spreads: Vec<Spread>,
    parts: Parts,
}

impl DocumentSpreads {
    /// Follows the words of all lists.
    pub(super) fn of(lexicon: &Lexicon) -> Self {
        let language = |(name, words): (&String, &Vec<Word>)| {
            let tokens = lexicon.languages.get(name).map_or(0, Spectrum::tokens);
            let hashes = words.iter().map(|word| xxh3_64(word.spelling.as_bytes()));
            let spread = |word: &Word| Spread::new(word.counts.frequency, tokens);
            let spreads = Spreads {
                places: hashes.zip(0..).collect(),
                spreads: words.iter().map(spread).collect(),
                parts: Parts::of([]),
            };
            (name.clone(), spreads)
        };
        Self { languages: lexicon.words.iter().map(language).collect() }
    }

    /// Reads the next document of a language.
    pub(super) fn add(&mut self, language: &str, words: &Words) {
        let Some(language) = self.languages.get_mut(language) else { return };
        let size = words.tokens.len() as u64;
        language.parts.add(size);
        for (hash, tokens) in words.types.iter().zip(words.frequencies()) {
            if let Some(place) = language.places.get(hash) {
                language.spreads[*place].add(tokens, size);
            }
        }
    }

    /// Writes the figures into the lists.
    pub(super) fn finish(self, lexicon: &mut Lexicon) {
        for (name, language) in self.languages {
            let words = lexicon.words.get_mut(&name).into_iter().flatten();
            for (word, spread) in words.zip(language.spreads) {
                word.dispersion = spread.finish(&language.parts);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::close;

    /// The example of `tlda` (T = 0, 0, 1, 2, 5 in parts of 1000), and uneven parts by an independent implementation.
    #[test]
    fn the_reference_vectors_are_exact_to_six_decimals() {
        let parts = Parts::of([1000; 5]);
        let even = parts.dispersion(&[(1, 1000), (2, 1000), (5, 1000)]).unwrap();
        assert_eq!(even.range, 3);
        close("juilland_d", even.juilland_d, 0.420399);
        close("dp", Some(even.dp), 0.475);
        close("dp_norm", even.dp_norm, 0.593750);
        close("d_kl", Some(even.kl), 0.505717);
        close("carroll_d2", even.carroll_d2, 0.559361);
        close("rosengren_s", Some(even.rosengren_s), 0.540628);
        let parts = Parts::of([900, 1200, 400, 0, 2500]);
        assert_eq!(parts, Parts { parts: 4, tokens: 5000, smallest: 400 });
        let uneven = parts.dispersion(&[(3, 900), (0, 1200), (4, 400), (3, 2500)]).unwrap();
        assert_eq!(uneven.range, 3);
        close("juilland_d", uneven.juilland_d, UNEVEN[0]);
        close("dp", Some(uneven.dp), UNEVEN[1]);
        close("dp_norm", uneven.dp_norm, UNEVEN[2]);
        close("carroll_d2", uneven.carroll_d2, UNEVEN[3]);
        close("rosengren_s", Some(uneven.rosengren_s), UNEVEN[4]);
        close("d_kl", Some(uneven.kl), UNEVEN[5]);
    }

    const UNEVEN: [f64; 6] = [0.385869, 0.440000, 0.478261, 0.577729, 0.637703, 0.481535];

    #[test]
    fn one_part_and_no_occurrence_have_no_dispersion() {
        let one = Parts::of([10]).dispersion(&[(3, 10)]).unwrap();
        assert_eq!((one.dp, one.dp_norm, one.juilland_d, one.carroll_d2), (0.0, None, None, None));
        assert_eq!(Parts::of([10, 10]).dispersion(&[(0, 10)]), None);
    }
}
