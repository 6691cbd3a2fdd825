//! Association of two words, and of a word with one of two corpora: collocations and keyness.
//!
//! Both rest on a table of four cells. `O` is observed, `E` expected if there were no association.

/// A pair of words: how often together, how often each, and of how many pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// O: the pair.
    pub together: u64,
    /// Pairs that begin with the first word.
    pub first: u64,
    /// Pairs that end with the second word.
    pub second: u64,
    /// All pairs.
    pub pairs: u64,
}

impl Pair {
    /// E = f(x)·f(y)/N.
    pub fn expected(self) -> f64 {
        self.first as f64 * self.second as f64 / self.pairs as f64
    }

    /// MI = log₂(O/E) (Church and Hanks 1990).
    pub fn mutual_information(self) -> f64 {
        (self.together as f64 / self.expected()).log2()
    }

    /// MI³ = log₂(O³/E) (Daille 1994).
    pub fn cubed_mutual_information(self) -> f64 {
        ((self.together as f64).powi(3) / self.expected()).log2()
    }

    /// t = (O−E)/√O (Church et al. 1991).
    pub fn t_score(self) -> f64 {
        let observed = self.together as f64;
        (observed - self.expected()) / observed.sqrt()
    }

    /// G² over the four cells, negative where the pair is rarer than expected.
    pub fn g2(self) -> f64 {
        let Self { together, first, second, pairs } = self;
        let sum =
            g2([together, first - together, second - together, pairs + together - first - second]);
        if (together as f64) < self.expected() { -sum } else { sum }
    }

    /// logDice = 14 + log₂(2·f(xy)/(f(x)+f(y))) (Rychlý 2008).
    pub fn log_dice(self) -> f64 {
        14.0 + (2.0 * self.together as f64 / (self.first + self.second) as f64).log2()
    }
}

/// A word in two corpora.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// f₁: the word in the target.
    pub target: u64,
    /// n₁: tokens of the target.
    pub target_tokens: u64,
    /// f₂: the word in the reference.
    pub reference: u64,
    /// n₂: tokens of the reference.
    pub reference_tokens: u64,
}

impl Contrast {
    /// G² over the four cells (Dunning 1993), negative where the word is rarer in the target.
    pub fn g2(self) -> f64 {
        let Self { target, target_tokens, reference, reference_tokens } = self;
        let sum = g2([target, reference, target_tokens - target, reference_tokens - reference]);
        let [in_target, in_reference] = self.rates(target as f64, reference as f64);
        if in_target < in_reference { -sum } else { sum }
    }

    /// LogRatio = log₂[(f₁/n₁)/(f₂/n₂)] (Hardie 2014); a 0 counts as 0.5, in that cell alone.
    pub fn log_ratio(self) -> f64 {
        let some = |count: u64| if count == 0 { 0.5 } else { count as f64 };
        let [target, reference] = self.rates(some(self.target), some(self.reference));
        (target / reference).log2()
    }

    /// Whether [`log_ratio`](Self::log_ratio) had to replace a 0.
    pub fn has_zero(self) -> bool {
        self.target == 0 || self.reference == 0
    }

    /// %DIFF = 100·(f₁/n₁ − f₂/n₂)/(f₂/n₂) (Gabrielatos and Marchi 2012); undefined where the reference has none.
    pub fn percent_difference(self) -> Option<f64> {
        let [target, reference] = self.rates(self.target as f64, self.reference as f64);
        (self.reference > 0).then(|| 100.0 * (target - reference) / reference)
    }

    /// Simple maths: (fpm₁ + n)/(fpm₂ + n) (Kilgarriff 2009), fpm per million tokens.
    pub fn simple_maths(self, smoothing: f64) -> f64 {
        let [target, reference] = self.rates(self.target as f64, self.reference as f64);
        (1e6 * target + smoothing) / (1e6 * reference + smoothing)
    }

    /// BIC = |G²| − ln(n₁+n₂) (Wilson 2013): above 2 there is evidence, above 10 strong evidence of a difference.
    pub fn bic(self) -> f64 {
        self.g2().abs() - ((self.target_tokens + self.reference_tokens) as f64).ln()
    }

    fn rates(self, target: f64, reference: f64) -> [f64; 2] {
        [target / self.target_tokens as f64, reference / self.reference_tokens as f64]
    }
}

/// G² = 2·Σ O·ln(O/E) over a table of four cells [a, b; c, d], never negative.
fn g2([a, b, c, d]: [u64; 4]) -> f64 {
    let all = (a + b + c + d) as f64;
    let term = |observed: u64, row: u64, column: u64| match observed {
        0 => 0.0,
        observed => {
            let expected = row as f64 * column as f64 / all;
            observed as f64 * (observed as f64 / expected).ln()
        }
    };
    let sum = term(a, a + b, a + c)
        + term(b, a + b, b + d)
        + term(c, c + d, a + c)
        + term(d, c + d, b + d);
    (2.0 * sum).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::close;

    /// `statistics.md` §9, the worked example of Sketch Engine for simple maths, and an independent implementation.
    #[test]
    fn keyness_is_that_of_the_reference_vectors() {
        let contrast = Contrast {
            target: 100,
            target_tokens: 100_000,
            reference: 50,
            reference_tokens: 200_000,
        };
        close("g2", Some(contrast.g2()), 69.352240);
        close("log_ratio", Some(contrast.log_ratio()), 2.0);
        close("pct_diff", contrast.percent_difference(), 300.0);
        close("bic", Some(contrast.bic()), 56.740702);
        let swapped = Contrast {
            target: 50,
            target_tokens: 200_000,
            reference: 100,
            reference_tokens: 100_000,
        };
        close("g2 the other way", Some(swapped.g2()), -69.352240);
        let shard = Contrast {
            target: 35,
            target_tokens: 112_289_776,
            reference: 263,
            reference_tokens: 1_559_716_979,
        };
        assert!((shard.simple_maths(1.0) - 1.1224).abs() < 5e-5);
    }

    #[test]
    fn a_word_that_is_missing_on_one_side_has_a_flagged_ratio() {
        let contrast =
            Contrast { target: 8, target_tokens: 1000, reference: 0, reference_tokens: 1000 };
        assert!(contrast.has_zero());
        assert_eq!(contrast.log_ratio(), 4.0);
        assert_eq!(contrast.percent_difference(), None);
    }

    #[test]
    fn association_is_that_of_the_reference_vectors() {
        let pair = Pair { together: 100, first: 1000, second: 500, pairs: 1_000_000 };
        close("log_dice", Some(pair.log_dice()), 11.093109);
        close("mi", Some(pair.mutual_information()), 7.643856);
        close("mi3", Some(pair.cubed_mutual_information()), 20.931569);
        close("t", Some(pair.t_score()), 9.95);
        close("g2", Some(pair.g2()), 892.210244);
        let rarer = Pair { together: 1, first: 1000, second: 5000, pairs: 1_000_000 };
        assert!(rarer.g2() < 0.0);
    }
}
