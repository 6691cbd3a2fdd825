//! Dispersion: how evenly a word is spread over the parts of a corpus.
//!
//! Notation of `tlda::disp`: Tᵢ tokens of the word in part i, Wᵢ tokens of part i, tᵢ = Tᵢ/ΣT, wᵢ = Wᵢ/ΣW, Rᵢ = Tᵢ/Wᵢ, k
//! parts. Schools differ in direction: `dp` and `dp_norm` grow with unevenness (0 is even), the others with evenness (1 is
//! even).

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
        for size in sizes.into_iter().filter(|size| *size > 0) {
            all.parts += 1;
            all.tokens += size;
            all.smallest = all.smallest.min(size);
        }
        all
    }

    /// Dispersion of a word over them, from the (Tᵢ, Wᵢ) of the parts that hold it; undefined for a word that is in none.
    pub fn dispersion(&self, holding: &[(u64, u64)]) -> Option<Dispersion> {
        let frequency: u64 = holding.iter().map(|(tokens, _)| tokens).sum();
        if frequency == 0 {
            return None;
        }
        // Parts are numbered as documents come in; the last bits of the sums must not tell.
        let mut sorted = holding.to_vec();
        sorted.sort_unstable();
        let holding = || sorted.iter().filter(|(tokens, _)| *tokens > 0);
        let (total, parts) = (self.tokens as f64, self.parts as f64);
        let share = |tokens: u64| tokens as f64 / frequency as f64;
        let rate = |(tokens, size): &(u64, u64)| *tokens as f64 / *size as f64;
        let range = holding().count() as u64;
        let rates: f64 = holding().map(rate).sum();
        let mean = rates / parts;
        let absent = parts - range as f64;
        let squares: f64 =
            holding().map(|part| (rate(part) - mean).powi(2)).sum::<f64>() + absent * mean * mean;
        let held: u64 = holding().map(|(_, size)| size).sum();
        let apart: f64 = holding()
            .map(|(tokens, size)| (share(*tokens) - *size as f64 / total).abs())
            .sum::<f64>()
            // The parts without the word, each with its whole share.
            + (self.tokens - held) as f64 / total;
        let dp = apart / 2.0;
        let entropy: f64 =
            holding().map(|part| rate(part) / rates).map(|share| -share * share.log2()).sum();
        let roots: f64 =
            holding().map(|(tokens, size)| (*size as f64 / total * *tokens as f64).sqrt()).sum();
        let divergence: f64 = holding()
            .map(|(tokens, size)| share(*tokens) * (share(*tokens) * total / *size as f64).log2())
            .sum::<f64>()
            .max(0.0);
        let several = self.parts > 1;
        Some(Dispersion {
            range,
            juilland_d: several
                .then(|| 1.0 - (squares / parts).sqrt() / mean / (parts - 1.0).sqrt()),
            dp,
            dp_norm: several.then(|| dp / (1.0 - self.smallest as f64 / total)),
            carroll_d2: several.then(|| entropy / parts.log2()),
            rosengren_s: roots * roots / frequency as f64,
            kl: divergence / (1.0 + divergence),
        })
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
