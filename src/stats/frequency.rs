//! Frequency structure: Zipf's law and the growth of the vocabulary, both from the spectrum alone.
//!
//! Neither depends on the order of the text: growth is the expectation over all orders.

use super::spectrum::Spectrum;

/// A fit of Zipf's law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zipf {
    /// β of p(f) ∝ f^−β for the frequency f of a type, by maximum likelihood on the spectrum, f ≥ 1.
    pub beta: f64,
    /// α = 1/(β−1), the exponent of the rank-frequency form; undefined for β ≤ 1.
    pub alpha: Option<f64>,
    /// Largest distance between the fitted and the observed distribution function.
    pub distance: f64,
}

/// Fits the discrete power law to the spectrum. The likelihood has one maximum, found by bisection of its slope.
///
/// A fit to ranks is biased (Pilgrim and Hills 2021) and "not adequate" (Corral, Serra and Ferrer-i-Cancho 2019); the
/// spectrum is what Moreno-Sánchez et al. 2016 fit in 30,000 texts. Undefined where all types have one frequency.
pub fn zipf(spectrum: &Spectrum) -> Option<Zipf> {
    let types = spectrum.types() as f64;
    spectrum.iter().nth(1)?;
    let logs: f64 =
        spectrum.iter().map(|(frequency, types)| types as f64 * (frequency as f64).ln()).sum();
    let mean_log = logs / types;
    // −ζ'(β)/ζ(β) is the expectation of ln f; it falls as β grows.
    let (mut low, mut high) = (1.000_001, 20.0);
    let logs = Logs::new();
    // 60 halvings of that interval are all that a double can tell.
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let [zeta, slope] = logs.zeta(middle);
        if slope / zeta > mean_log { low = middle } else { high = middle }
    }
    let beta = 0.5 * (low + high);
    let [total, _] = logs.zeta(beta);
    let (mut distance, mut observed, mut fitted, mut from) = (0.0f64, 0.0, 0.0, 1u64);
    for (frequency, count) in spectrum.iter() {
        fitted += partial(from, frequency, beta) / total;
        // Just below a step of the observed function, and on it.
        let below = fitted - (frequency as f64).powf(-beta) / total;
        distance = distance.max((below - observed).abs());
        observed += count as f64 / types;
        distance = distance.max((fitted - observed).abs());
        from = frequency + 1;
    }
    Some(Zipf { beta, alpha: (beta > 1.0).then(|| 1.0 / (beta - 1.0)), distance })
}

/// Terms of the sums that are added one by one; the rest is an integral (Euler and Maclaurin).
const EXACT: u64 = 50;

/// ln 1, ln 2, …, ln 50: a fit asks for ζ sixty times.
struct Logs([f64; EXACT as usize]);

impl Logs {
    fn new() -> Self {
        Self(std::array::from_fn(|before| (before as f64 + 1.0).ln()))
    }

    /// ζ(s) and −ζ'(s), to about ten digits.
    fn zeta(&self, s: f64) -> [f64; 2] {
        let mut sums = [0.0; 2];
        let [exact @ .., log] = &self.0;
        for log in exact {
            let term = (-s * log).exp();
            sums[0] += term;
            sums[1] += term * log;
        }
        let n = EXACT as f64;
        let power = (-s * log).exp();
        sums[0] += n * power / (s - 1.0) + power / 2.0 + s * power / n / 12.0;
        sums[1] += n * power * (log / (s - 1.0) + 1.0 / ((s - 1.0) * (s - 1.0)))
            + power * log / 2.0
            + power / n * (s * log - 1.0) / 12.0;
        sums
    }
}

/// Σ n^−s for n from `from` to `to`.
fn partial(from: u64, to: u64, s: f64) -> f64 {
    let exact = to.min(from.max(EXACT) + EXACT);
    let mut sum: f64 = (from..=exact).map(|n| (n as f64).powf(-s)).sum();
    if to > exact {
        // By the integral and the ends, where the terms change slowly.
        let (a, b) = (exact as f64, to as f64);
        let integral = (a.powf(1.0 - s) - b.powf(1.0 - s)) / (s - 1.0);
        sum += integral
            + (b.powf(-s) - a.powf(-s)) / 2.0
            + s * (a.powf(-s - 1.0) - b.powf(-s - 1.0)) / 12.0;
    }
    sum
}

/// Slope of log₁₀ frequency over log₁₀ rank by least squares: descriptive, and what most papers print. Ranks of equal
/// frequency are all counted, each with its own.
pub fn rank_slope(spectrum: &Spectrum) -> Option<f64> {
    spectrum.iter().nth(1)?;
    let mut line = Line::default();
    let mut rank = 0u64;
    for (frequency, types) in spectrum.iter().rev() {
        let y = (frequency as f64).log10();
        for _ in 0..types {
            rank += 1;
            line.add((rank as f64).log10(), y);
        }
    }
    line.slope().map(|[slope, _]| slope)
}

/// One point of the growth curve: after how many tokens, how many types.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// n.
    pub tokens: u64,
    /// E[V(n)].
    pub types: f64,
}

/// Logarithm of a chance to be unseen that no printed digit shows: 10⁻²⁰, times the types.
const SURELY_SEEN: f64 = -46.0;

/// Points of a growth curve.
pub const GROWTH_POINTS: usize = 100;

/// Where the points of a growth curve over so many tokens lie: evenly spread on a logarithmic scale, the last at its end.
pub fn growth_places(tokens: u64) -> Vec<u64> {
    places(tokens, GROWTH_POINTS)
}

fn places(tokens: u64, points: usize) -> Vec<u64> {
    if tokens == 0 {
        return Vec::new();
    }
    let places = (0..points).map(|point| {
        let share = (point + 1) as f64 / points as f64;
        ((tokens as f64).powf(share).round() as u64).clamp(1, tokens)
    });
    let mut places: Vec<_> = places.collect();
    places.dedup();
    places
}

/// E[V(n)] = V − Σ V(i)·(1−n/N)^i, binomial interpolation (Baayen 2001, eq. 2.42), at up to `points` places that are evenly
/// spread on a logarithmic scale; the last is (N, V).
pub fn growth(spectrum: &Spectrum, points: usize) -> Vec<Growth> {
    let (tokens, types) = (spectrum.tokens(), spectrum.types());
    let expected = |n: u64| {
        // (1−n/N)^i as exp(i·ln(1−n/N)); of a word so frequent that it is surely seen nothing is left.
        let log = (-(n as f64) / tokens as f64).ln_1p();
        let unseen: f64 = spectrum
            .iter()
            .map(|(frequency, count)| (frequency as f64 * log, count as f64))
            .take_while(|(log, _)| *log > SURELY_SEEN)
            .map(|(log, count)| count * log.exp())
            .sum();
        types as f64 - unseen
    };
    places(tokens, points).into_iter().map(|n| Growth { tokens: n, types: expected(n) }).collect()
}

/// Heaps's law V(n) = k·n^β, by least squares on the logarithms of the growth curve from 1,000 tokens on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heaps {
    /// k.
    pub k: f64,
    /// β.
    pub beta: f64,
    /// Coefficient of determination.
    pub r_squared: f64,
}

/// Tokens from which on Heaps's law is fitted.
pub const HEAPS_FROM: u64 = 1000;

/// Fits Heaps's law; undefined where fewer than three points lie beyond 1,000 tokens.
pub fn heaps(curve: &[Growth]) -> Option<Heaps> {
    let mut line = Line::default();
    for point in curve.iter().filter(|point| point.tokens >= HEAPS_FROM) {
        line.add((point.tokens as f64).log10(), point.types.log10());
    }
    if line.n < 3.0 {
        return None;
    }
    let [beta, intercept] = line.slope()?;
    Some(Heaps { k: 10f64.powf(intercept), beta, r_squared: line.r_squared()? })
}

/// Sums of a least-squares line.
#[derive(Default)]
struct Line {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Line {
    fn add(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        self.x += x;
        self.y += y;
        self.xx += x * x;
        self.xy += x * y;
        self.yy += y * y;
    }

    fn slope(&self) -> Option<[f64; 2]> {
        let spread = self.n * self.xx - self.x * self.x;
        let slope = (self.n * self.xy - self.x * self.y) / spread;
        (spread > 0.0).then(|| [slope, (self.y - slope * self.x) / self.n])
    }

    fn r_squared(&self) -> Option<f64> {
        let [x, y] = [self.n * self.xx - self.x * self.x, self.n * self.yy - self.y * self.y];
        let both = self.n * self.xy - self.x * self.y;
        (x > 0.0 && y > 0.0).then(|| both * both / (x * y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::close;

    #[test]
    fn zeta_is_known_at_two_and_four() {
        let logs = Logs::new();
        let [two, slope] = logs.zeta(2.0);
        close("ζ(2)", Some(two), std::f64::consts::PI.powi(2) / 6.0);
        close("−ζ'(2)", Some(slope), 0.937_548_254);
        close("ζ(1.1)", Some(logs.zeta(1.1)[0]), 10.584_448_465);
        let direct: f64 = (7..=90_000u64).map(|n| (n as f64).powf(-1.7)).sum();
        close("a part", Some(partial(7, 90_000, 1.7)), direct);
    }

    #[test]
    fn a_power_law_is_found_again() {
        // 10⁷ types, spread as f^−2.1 would have them, cut at 2,000.
        let [total, _] = Logs::new().zeta(2.1);
        let mut spectrum = Spectrum::default();
        let mut types = std::collections::BTreeMap::new();
        for frequency in 1..2000u64 {
            types.insert(frequency, (1e7 * (frequency as f64).powf(-2.1) / total).round() as u64);
        }
        for (frequency, count) in types {
            spectrum.add_many(frequency, count);
        }
        let zipf = zipf(&spectrum).unwrap();
        assert!((zipf.beta - 2.1).abs() < 0.002 && zipf.distance < 0.001, "{zipf:?}");
        assert!((zipf.alpha.unwrap() - 1.0 / 1.1).abs() < 0.002);
    }

    #[test]
    fn growth_is_the_expectation_over_all_orders() {
        let spectrum = Spectrum::of([3, 1]);
        let at = |curve: &[Growth], n| curve.iter().find(|p| p.tokens == n).map(|p| p.types);
        let curve = growth(&spectrum, 8);
        // Binomial: of two tokens out of four, 2 − (1/2)³ − 1/2.
        close("two tokens", at(&curve, 2), 1.375);
        close("the end", at(&curve, 4), 2.0);
        assert_eq!(growth(&Spectrum::default(), 8), []);
        let exact: Vec<_> = (3..7)
            .map(|power| 10u64.pow(power))
            .map(|tokens| Growth { tokens, types: 5.0 * (tokens as f64).powf(0.6) })
            .collect();
        let fit = heaps(&exact).unwrap();
        close("k", Some(fit.k), 5.0);
        close("beta", Some(fit.beta), 0.6);
        close("r²", Some(fit.r_squared), 1.0);
        assert_eq!(heaps(&exact[..2]), None);
        close("slope of 1/rank", rank_slope(&Spectrum::of([60, 30, 20, 15, 12, 10])), -1.0);
    }
}
