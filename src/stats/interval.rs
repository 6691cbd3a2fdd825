//! The exact confidence interval of a share (Clopper and Pearson 1934), as the logarithm of its odds.

/// Logarithm of the odds p/(1−p) at the lower end of the interval for `hits` of `trials`, with `error` in that tail: the p for
/// which so many hits or more have the probability `error`. −∞ without a hit.
pub(super) fn lower_log_odds(hits: u64, trials: u64, error: f64) -> f64 {
    match hits {
        0 => f64::NEG_INFINITY,
        _ => quantile(error, hits as f64, (trials - hits) as f64 + 1.0),
    }
}

/// The same at the upper end: ∞ where all are hits.
pub(super) fn upper_log_odds(hits: u64, trials: u64, error: f64) -> f64 {
    // The misses of one are the hits of the other.
    -lower_log_odds(trials - hits, trials, error)
}

/// The logarithm of the odds of the p with I_p(a, b) = `mass`, by bisection: I rises with p.
fn quantile(mass: f64, a: f64, b: f64) -> f64 {
    // Odds of e⁻⁷⁰⁰ are as small as a double can hold.
    let (mut low, mut high) = (-700.0, 700.0);
    let beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    while high - low > 1e-12 * f64::abs(high).max(1.0) {
        let middle = 0.5 * (low + high);
        if !(low < middle && middle < high) {
            break;
        }
        if incomplete_beta(middle, a, b, beta) < mass { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The regularised incomplete beta function I_p(a, b) at these logarithmic odds of p; `beta` is ln B(a, b).
fn incomplete_beta(log_odds: f64, a: f64, b: f64, beta: f64) -> f64 {
    let ln_p = -(-log_odds).exp().ln_1p();
    let ln_rest = -log_odds.exp().ln_1p();
    let front = a * ln_p + b * ln_rest - beta;
    // The fraction converges fast on the near side of the mean; the other side is the complement.
    if ln_p.exp() < (a + 1.0) / (a + b + 2.0) {
        front.exp() * fraction(ln_p.exp(), a, b) / a
    } else {
        1.0 - front.exp() * fraction(ln_rest.exp(), b, a) / b
    }
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
fn fraction(p: f64, a: f64, b: f64) -> f64 {
    // Convergence takes about √(a + b) steps; as many are enough for 10⁹ occurrences.
    const STEPS: u32 = 100_000;
    const LEAST: f64 = 1e-300;
    let away_from_zero = |value: f64| if value.abs() < LEAST { LEAST } else { value };
    let mut numerator = 1.0;
    let mut denominator = 1.0 / away_from_zero(1.0 - (a + b) * p / (a + 1.0));
    let mut value = denominator;
    for step in 1..STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * p / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * p / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            denominator = 1.0 / away_from_zero(1.0 + term * denominator);
            numerator = away_from_zero(1.0 + term / numerator);
            factor = denominator * numerator;
            value *= factor;
        }
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// ln Γ(x) for x ≥ 1: Stirling's series (DLMF 5.11.1) from 10 on, and the recurrence below.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0
            - square
                * (1.0 / 360.0
                    - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0))));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::close;

    #[test]
    fn the_gamma_function_is_known_at_whole_and_half_numbers() {
        let mut factorial = 0.0;
        for n in 1..60u32 {
            assert!((ln_gamma(f64::from(n)) - factorial).abs() < 1e-11 * factorial.max(1.0), "{n}");
            factorial += f64::from(n).ln();
        }
        close("ln Γ(1.5)", Some(ln_gamma(1.5)), (std::f64::consts::PI.sqrt() / 2.0).ln());
    }

    /// The tail of the binomial distribution, added up term by term.
    fn tail(hits: u64, trials: u64, log_odds: f64) -> f64 {
        let log = |n: u64| (1..=n).map(|i| (i as f64).ln()).sum::<f64>();
        let p = 1.0 / (1.0 + (-log_odds).exp());
        let term = |k: u64| {
            let choose = log(trials) - log(k) - log(trials - k);
            (choose + k as f64 * p.ln() + (trials - k) as f64 * (-p).ln_1p()).exp()
        };
        (hits..=trials).map(term).sum()
    }

    #[test]
    fn at_the_ends_of_the_interval_the_tails_have_the_error() {
        for (hits, trials, error) in
            [(1, 1, 0.025), (1, 10, 0.025), (9, 10, 1e-6), (100, 150, 0.025), (3, 400, 1e-9)]
        {
            let lower = tail(hits, trials, lower_log_odds(hits, trials, error));
            assert!((lower / error - 1.0).abs() < 1e-7, "{hits} of {trials}: {lower}");
            let upper = upper_log_odds(hits, trials, error);
            if hits < trials {
                let upper = 1.0 - tail(hits + 1, trials, upper);
                assert!(
                    (upper - error).abs() < 1e-7 * error.max(1e-6),
                    "{hits} of {trials}: {upper}"
                );
            } else {
                assert_eq!(upper, f64::INFINITY);
            }
        }
        assert_eq!(lower_log_odds(0, 5, 0.05), f64::NEG_INFINITY);
        // 95 % interval of 7 of 20 in the tables: 0.1539 to 0.5922.
        let share = |log_odds: f64| 1.0 / (1.0 + (-log_odds).exp());
        assert!((share(lower_log_odds(7, 20, 0.025)) - 0.1539).abs() < 5e-5);
        assert!((share(upper_log_odds(7, 20, 0.025)) - 0.5922).abs() < 5e-5);
    }
}
