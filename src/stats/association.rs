//! Association of two words, and of a word with one of two corpora: collocations and keyness.
//!
//! Both rest on a table of four cells. `O` is observed, `E` expected if there were no association.

use super::interval::{lower_log_odds, upper_log_odds};

/// A pair of words: how often together, how often each, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// O: tokens of the second word in a window of the first.
    pub together: u64,
    /// f(x): tokens of the first word.
    pub first: u64,
    /// f(y): tokens of the second word.
    pub second: u64,
    /// N: all tokens.
    pub pairs: u64,
    /// w: places in a window; 1 for adjacent words.
    pub window: u64,
}

impl Pair {
    /// E = w·f(x)·f(y)/N. The windows of the first word are w·f(x) places at most: fewer at the ends of sentences and where
    /// they overlap, so that E is an upper bound for w > 1 (Evert 2008, §5.2).
    pub fn expected(self) -> f64 {
        self.near() as f64 * self.second as f64 / self.pairs as f64
    }

    fn near(self) -> u64 {
        self.window.saturating_mul(self.first)
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

    /// G² over the four cells, negative where the pair is rarer than expected. Undefined where the windows of the first word
    /// may be most of the corpus, so that a cell would be negative.
    pub fn g2(self) -> Option<f64> {
        let sum = g2(self.cells()?);
        Some(if (self.together as f64) < self.expected() { -sum } else { sum })
    }

    /// λ = ln [(O₁₁+½)(O₂₂+½)/((O₁₂+½)(O₂₁+½))]: the interaction of the two words in a saturated log-linear model (Blaheta and
    /// Johnson 2001), smoothed as in quanteda's `textstat_collocations`, whose table is one of all pairs; here it is the one of
    /// G². Undefined where that is.
    pub fn lambda(self) -> Option<f64> {
        let [both, first, second, neither] = self.cells()?.map(|cell| (cell as f64 + 0.5).ln());
        Some(both + neither - first - second)
    }

    /// z = λ/√(Σ 1/(O+½)), Wald's statistic of [`lambda`](Self::lambda).
    pub fn z(self) -> Option<f64> {
        let inverses = self.cells()?.map(|cell| 1.0 / (cell as f64 + 0.5));
        Some(self.lambda()? / inverses.iter().sum::<f64>().sqrt())
    }

    /// O₁₁, O₁₂, O₂₁, O₂₂: near the first word or not, the second word or another.
    fn cells(self) -> Option<[u64; 4]> {
        let Self { together, second, pairs, .. } = self;
        let first = self.near().checked_sub(together)?;
        let second = second.checked_sub(together)?;
        Some([together, first, second, pairs.checked_sub(together + first + second)?])
    }

    /// logDice = 14 + log₂(2·f(xy)/(w·f(x)+f(y))) (Rychlý 2008, for w = 1; with windows as in RKorAPClient).
    pub fn log_dice(self) -> f64 {
        14.0 + (2.0 * self.together as f64 / (self.near() + self.second) as f64).log2()
    }
}

/// What a confidence of 95 % leaves.
const LRC_ERROR: f64 = 0.05;

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

    /// LRC, conservative LogRatio: the end nearer to 0 of the confidence interval of log₂[(f₁/n₁)/(f₂/n₂)], and 0 where the
    /// interval holds 0 (Evert 2022; R `corpora::keyness`, measure `LRC`). The interval is the exact one of τ, the share of
    /// the f₁ + f₂ occurrences that are in the target (Clopper and Pearson 1934), as log₂(n₂/n₁ · τ/(1−τ)), at a confidence of
    /// 95 % for all `tests` words together: two-sided, with an error of 0.05/`tests` each (Bonferroni).
    pub fn conservative_log_ratio(self, tests: u64) -> f64 {
        let Self { target, target_tokens, reference, reference_tokens } = self;
        let all = target + reference;
        if all == 0 {
            return 0.0;
        }
        let error = LRC_ERROR / tests.max(1) as f64 / 2.0;
        let sizes = (reference_tokens as f64 / target_tokens as f64).log2();
        let bits = std::f64::consts::LOG2_E;
        let [in_target, in_reference] = self.rates(target as f64, reference as f64);
        if in_target >= in_reference {
            (sizes + bits * lower_log_odds(target, all, error)).max(0.0)
        } else {
            (sizes + bits * upper_log_odds(target, all, error)).min(0.0)
        }
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
        let pair = Pair { together: 100, first: 1000, second: 500, pairs: 1_000_000, window: 1 };
        close("log_dice", Some(pair.log_dice()), 11.093109);
        close("mi", Some(pair.mutual_information()), 7.643856);
        close("mi3", Some(pair.cubed_mutual_information()), 20.931569);
        close("t", Some(pair.t_score()), 9.95);
        close("g2", pair.g2(), 892.210244);
        close("lambda", pair.lambda(), LAMBDA[0]);
        close("z", pair.z(), LAMBDA[1]);
        let rarer = Pair { together: 1, first: 1000, second: 5000, pairs: 1_000_000, window: 1 };
        assert!(rarer.g2().unwrap() < 0.0 && rarer.lambda().unwrap() < 0.0);
    }

    /// By an independent implementation of quanteda's formula, and of R's `corpora::keyness` with SciPy's beta quantiles.
    const LAMBDA: [f64; 2] = [5.628604, 48.338469];
    const LRC: [f64; 5] = [1.496258, 0.909486, -1.496258, 0.771438, 0.153680];

    #[test]
    fn the_conservative_ratio_is_the_near_end_of_the_interval() {
        let contrast = |target, target_tokens, reference, reference_tokens| Contrast {
            target,
            target_tokens,
            reference,
            reference_tokens,
        };
        let rising = contrast(100, 100_000, 50, 200_000);
        let falling = contrast(50, 200_000, 100, 100_000);
        let once = contrast(8, 1000, 0, 1000);
        let large = contrast(1_200_000, 30_000_000, 1_000_000, 28_000_000);
        let table = [(rising, 1), (rising, 5000), (falling, 1), (once, 1), (large, 100_000)];
        for ((contrast, tests), expected) in table.into_iter().zip(LRC) {
            close("lrc", Some(contrast.conservative_log_ratio(tests)), expected);
        }
        assert_eq!(contrast(5, 1000, 4, 1000).conservative_log_ratio(1), 0.0, "no evidence");
        assert_eq!(contrast(4, 1000, 5, 1000).conservative_log_ratio(1), 0.0, "no evidence");
    }

    #[test]
    fn a_window_has_more_places() {
        let pair = Pair { together: 100, first: 1000, second: 500, pairs: 1_000_000, window: 10 };
        close("expected", Some(pair.expected()), 5.0);
        close("mi", Some(pair.mutual_information()), 4.321928);
        close("log_dice", Some(pair.log_dice()), 14.0 + (200.0f64 / 10_500.0).log2());
        assert!(pair.g2().unwrap() > 0.0);
        let everywhere = Pair { first: 999_950, window: 1, ..pair };
        assert_eq!((everywhere.g2(), everywhere.lambda(), everywhere.z()), (None, None, None));
    }
}
