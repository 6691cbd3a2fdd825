//! Frequency spectrum: how many types have which frequency, and every figure that follows from it alone.
//!
//! A spectrum is integers, so two of them add up in any order; ratios are taken once, at the end. Notation: N tokens, V
//! types, V(i) types of frequency i.

use std::collections::BTreeMap;

/// How many types have which frequency. Memory: one entry a distinct frequency, about √(2N) at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spectrum {
    types_by_frequency: BTreeMap<u64, u64>,
}

impl Spectrum {
    /// Of no types.
    pub const EMPTY: Self = Self { types_by_frequency: BTreeMap::new() };

    /// The spectrum of types with these frequencies.
    pub fn of(frequencies: impl IntoIterator<Item = u64>) -> Self {
        let mut spectrum = Self::default();
        // Most types are rare, so their counts are found without a search.
        let mut rare = [0; 16];
        for frequency in frequencies {
            match rare.get_mut(frequency as usize) {
                Some(types) => *types += 1,
                None => spectrum.add(frequency),
            }
        }
        for (frequency, types) in (0..).zip(rare) {
            spectrum.add_many(frequency, types);
        }
        spectrum
    }

    /// Adds a type; one of frequency 0 is none.
    pub fn add(&mut self, frequency: u64) {
        self.add_many(frequency, 1);
    }

    /// Adds so many types of one frequency.
    pub fn add_many(&mut self, frequency: u64, types: u64) {
        if frequency > 0 && types > 0 {
            *self.types_by_frequency.entry(frequency).or_default() += types;
        }
    }

    /// Types of each frequency, frequencies ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.types_by_frequency.iter().map(|(frequency, types)| (*frequency, *types))
    }

    /// N.
    pub fn tokens(&self) -> u64 {
        self.iter().map(|(frequency, types)| frequency * types).sum()
    }

    /// V.
    pub fn types(&self) -> u64 {
        self.types_by_frequency.values().sum()
    }

    /// V(i): types of frequency i.
    pub fn types_of(&self, frequency: u64) -> u64 {
        self.types_by_frequency.get(&frequency).copied().unwrap_or_default()
    }

    /// Type-token ratio V/N.
    pub fn ttr(&self) -> Option<f64> {
        ratio(self.types(), self.tokens())
    }

    /// Guiraud's R = V/√N (Guiraud 1954).
    pub fn root_ttr(&self) -> Option<f64> {
        let tokens = self.tokens();
        (tokens > 0).then(|| self.types() as f64 / (tokens as f64).sqrt())
    }

    /// Carroll's corrected ratio V/√(2N) (Carroll 1964).
    pub fn cttr(&self) -> Option<f64> {
        let tokens = self.tokens();
        (tokens > 0).then(|| self.types() as f64 / (2.0 * tokens as f64).sqrt())
    }

    /// Herdan's C = log V / log N (Herdan 1960); undefined below two tokens.
    pub fn herdan_c(&self) -> Option<f64> {
        let tokens = self.tokens();
        (tokens > 1).then(|| (self.types() as f64).ln() / (tokens as f64).ln())
    }

    /// Maas's a² = (log N − log V)/(log N)², base 10 (Maas 1972). quanteda's "Maas" is its square root.
    pub fn maas_a2(&self) -> Option<f64> {
        let tokens = self.tokens();
        let log = (tokens as f64).log10();
        (tokens > 1).then(|| (log - (self.types() as f64).log10()) / (log * log))
    }

    /// Yule's K = 10⁴·[Σ V(i)·(i/N)² − 1/N] (Yule 1944; Tweedie and Baayen 1998, eq. 16).
    pub fn yule_k(&self) -> Option<f64> {
        let tokens = self.tokens();
        // Σ V(i)·i² − N, an integer, over N².
        (tokens > 0).then(|| {
            1e4 * (self.squares() - u128::from(tokens)) as f64 / (tokens as f64 * tokens as f64)
        })
    }

    /// Simpson's D = Σ V(i)·i/N·(i−1)/(N−1) (Simpson 1949): two tokens drawn at random are of one type.
    pub fn simpson_d(&self) -> Option<f64> {
        let tokens = self.tokens();
        (tokens > 1).then(|| {
            (self.squares() - u128::from(tokens)) as f64 / (tokens as f64 * (tokens - 1) as f64)
        })
    }

    /// Shannon's entropy H = −Σ p·log₂ p, in bits.
    pub fn entropy(&self) -> Option<f64> {
        let tokens = self.tokens() as f64;
        (tokens > 0.0).then(|| {
            let of = |(frequency, types): (u64, u64)| {
                let share = frequency as f64 / tokens;
                types as f64 * share * share.log2()
            };
            // Adding 0 turns the −0 of a single type into 0.
            0.0 - self.iter().map(of).sum::<f64>()
        })
    }

    /// H over its greatest value, log₂ V; undefined for one type.
    pub fn relative_entropy(&self) -> Option<f64> {
        let types = self.types();
        (types > 1).then(|| self.entropy().map(|entropy| entropy / (types as f64).log2()))?
    }

    /// HD-D: Σ over types of [1 − C(N−f, n)/C(N, n)]/n, the mean contribution of a type to a sample of n tokens (McCarthy
    /// and Jarvis 2007); undefined where N < n.
    pub fn hdd(&self, sample: u64) -> Option<f64> {
        let tokens = self.tokens();
        if tokens < sample || sample == 0 {
            return None;
        }
        let sum: f64 = self
            .iter()
            .map(|(frequency, types)| types as f64 * (1.0 - absent(tokens, frequency, sample)))
            .sum();
        Some(sum / sample as f64)
    }

    /// V(1)/V: hapax legomena among the types.
    pub fn hapax_ratio(&self) -> Option<f64> {
        ratio(self.types_of(1), self.types())
    }

    /// V(1)/N: hapax legomena among the tokens; the slope of vocabulary growth at its end (Baayen's P).
    pub fn hapax_token_ratio(&self) -> Option<f64> {
        ratio(self.types_of(1), self.tokens())
    }

    fn squares(&self) -> u128 {
        self.iter()
            .map(|(frequency, types)| {
                u128::from(frequency) * u128::from(frequency) * u128::from(types)
            })
            .sum()
    }
}

/// C(N−f, n)/C(N, n): the chance that a sample of `sample` tokens holds none of the `frequency` tokens of a type.
fn absent(tokens: u64, frequency: u64, sample: u64) -> f64 {
    if tokens - frequency < sample {
        return 0.0;
    }
    // The hypergeometric ratio is symmetric in f and n, and the shorter product is exact enough for any N.
    let (factors, taken) = (frequency.min(sample), frequency.max(sample));
    (0..factors).map(|done| (tokens - taken - done) as f64 / (tokens - done) as f64).product()
}

fn ratio(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::reference::{SENTENCE, close};
    use crate::stats::text::{Case, Reading};

    fn spectrum(text: &str) -> Spectrum {
        let reading = Reading::of(text, Case::Lower);
        Spectrum::of(reading.types.iter().map(|of| u64::from(of.frequency)))
    }

    /// Values of `statistics.md` §9, and those of an independent implementation in Python.
    #[test]
    fn the_figures_of_the_reference_text_are_exact_to_six_decimals() {
        let spectrum = spectrum(SENTENCE);
        assert_eq!((spectrum.tokens(), spectrum.types(), spectrum.types_of(1)), (18, 9, 4));
        let table = [
            ("ttr", spectrum.ttr(), 0.5),
            ("root_ttr", spectrum.root_ttr(), 2.121320),
            ("cttr", spectrum.cttr(), 1.5),
            ("herdan_c", spectrum.herdan_c(), 0.760188),
            ("maas_a2", spectrum.maas_a2(), 0.191044),
            ("yule_k", spectrum.yule_k(), 1172.839506),
            ("simpson_d", spectrum.simpson_d(), 0.124183),
            ("entropy", spectrum.entropy(), 2.863826),
            ("relative_entropy", spectrum.relative_entropy(), 0.903437),
            ("hdd(10)", spectrum.hdd(10), 0.648869),
            ("hapax_ratio", spectrum.hapax_ratio(), 0.444444),
            ("hapax_token_ratio", spectrum.hapax_token_ratio(), 0.222222),
        ];
        for (name, value, expected) in table {
            close(name, value, expected);
        }
    }

    #[test]
    fn what_is_undefined_is_none() {
        let none = Spectrum::default();
        let all = [
            none.ttr(),
            none.root_ttr(),
            none.cttr(),
            none.herdan_c(),
            none.maas_a2(),
            none.yule_k(),
            none.simpson_d(),
            none.entropy(),
            none.relative_entropy(),
            none.hdd(42),
            none.hapax_ratio(),
            spectrum("one").herdan_c(),
            spectrum("one one").relative_entropy(),
            spectrum("too short a text").hdd(42),
        ];
        assert!(all.iter().all(Option::is_none), "{all:?}");
        assert_eq!(spectrum("one one").entropy(), Some(0.0));
    }

    proptest! {
        /// HD-D by its definition, with logarithms of factorials.
        #[test]
        fn hdd_is_the_hypergeometric_sum(frequencies in proptest::collection::vec(1u64..60, 1..40)) {
            let spectrum = Spectrum::of(frequencies.iter().copied());
            let tokens = spectrum.tokens();
            let log = |n: u64| (1..=n).map(|i| (i as f64).ln()).sum::<f64>();
            let choose = |n: u64, k: u64| log(n) - log(k) - log(n - k);
            let expected = (tokens >= 42).then(|| {
                frequencies.iter().map(|f| {
                    let absent = match tokens - f {
                        rest if rest < 42 => 0.0,
                        rest => (choose(rest, 42) - choose(tokens, 42)).exp(),
                    };
                    (1.0 - absent) / 42.0
                }).sum::<f64>()
            });
            match (spectrum.hdd(42), expected) {
                (Some(got), Some(expected)) => prop_assert!((got - expected).abs() < 1e-9),
                (got, expected) => prop_assert_eq!(got, expected),
            }
        }
    }
}
