//! The rows of the long tables of diversity, frequency structure and readability.

use std::borrow::Cow;

use super::frequency::{GROWTH_POINTS, HEAPS_FROM, growth, heaps, rank_slope, zipf};
use super::readability::{ALPHABETIC, Formula, Prose, formulas, is_alphabetic};
use super::spectrum::Spectrum;
use super::tally::{Cell, DiversitySums, Tally};
use super::{AFTER, BEFORE, Figure, Groups, Value};

/// Makes the rows of one group.
struct Rows<'a> {
    scope: &'static str,
    key: &'a str,
    documents: u64,
    figures: Vec<Figure<'a>>,
}

impl Rows<'_> {
    fn push(
        &mut self,
        statistic: impl Into<Cow<'static, str>>,
        value: Option<f64>,
        unit: &'static str,
        method: &'static str,
        reason: &'static str,
    ) {
        let value = value.filter(|value| value.is_finite()).map(Value::Ratio);
        self.figures.push(Figure {
            scope: self.scope,
            key: self.key,
            statistic: statistic.into(),
            value,
            n: self.documents,
            unit,
            state: AFTER,
            method,
            reason: if value.is_some() { "" } else { reason },
        });
    }

    fn count(
        &mut self,
        statistic: &'static str,
        value: u64,
        unit: &'static str,
        method: &'static str,
    ) {
        self.push(statistic, None, unit, method, "");
        if let Some(figure) = self.figures.last_mut() {
            figure.value = Some(Value::Count(value));
        }
    }
}

/// Rows of `stats/diversity.csv` for one group, after cleaning.
pub fn diversity<'k>(
    cell: &Cell,
    spectrum: &Spectrum,
    scope: &'static str,
    key: &'k str,
) -> Vec<Figure<'k>> {
    let documents = cell.sizes.tokens().n();
    let rows = Rows { scope, key, documents, figures: Vec::new() };
    diversity_rows(rows, &cell.diversity, spectrum)
}

/// The same before cleaning, with the family `before`.
pub fn diversity_before<'k>(
    cell: &Cell,
    spectrum: &Spectrum,
    scope: &'static str,
    key: &'k str,
) -> Vec<Figure<'k>> {
    let documents = cell.before.tokens().n();
    let rows = Rows { scope, key, documents, figures: Vec::new() };
    let mut figures = diversity_rows(rows, &cell.diversity_before, spectrum);
    figures.iter_mut().for_each(|figure| figure.state = BEFORE);
    figures
}

fn diversity_rows<'k>(
    mut rows: Rows<'k>,
    sums: &DiversitySums,
    spectrum: &Spectrum,
) -> Vec<Figure<'k>> {
    let none = "no_tokens";
    rows.count("tokens", spectrum.tokens(), "tokens", "N, of documents whose words can be told");
    rows.count("types", spectrum.types(), "types", "V, lower case, NFC");
    rows.count("hapax", spectrum.types_of(1), "types", "V(1): types of frequency 1");
    rows.count("dis", spectrum.types_of(2), "types", "V(2): types of frequency 2");
    rows.push("ttr", spectrum.ttr(), "", "V/N; falls with N", none);
    rows.push("root_ttr", spectrum.root_ttr(), "", "V/√N (Guiraud 1954)", none);
    rows.push("cttr", spectrum.cttr(), "", "V/√(2N) (Carroll 1964)", none);
    rows.push(
        "herdan_c",
        spectrum.herdan_c(),
        "",
        "log V / log N (Herdan 1960)",
        "needs two tokens",
    );
    let maas = "(log N − log V)/(log N)², base 10 (Maas 1972)";
    rows.push("maas_a2", spectrum.maas_a2(), "", maas, "needs two tokens");
    rows.push("yule_k", spectrum.yule_k(), "", "10⁴ (Σ V(i) (i/N)² − 1/N) (Yule 1944)", none);
    rows.push("simpson_d", spectrum.simpson_d(), "", "Σ V(i) i/N (i−1)/(N−1)", "needs two tokens");
    rows.push("entropy_h", spectrum.entropy(), "bits", "−Σ p log₂ p (Shannon 1948)", none);
    rows.push("h_rel", spectrum.relative_entropy(), "", "H / log₂ V", "needs two types");
    let hapax = "V(1)/V";
    rows.push("hapax_ratio", spectrum.hapax_ratio(), "", hapax, none);
    rows.push("hapax_token_ratio", spectrum.hapax_token_ratio(), "", "V(1)/N", none);
    let hdd = "Σ [1 − C(N−f,42)/C(N,42)]/42 (McCarthy and Jarvis 2007)";
    rows.push("hdd_42", spectrum.hdd(42), "", hdd, "needs 42 tokens");
    let moving =
        "mean V/w over all windows of w tokens within documents (Covington and McFall 2010)";
    let short = "no document is so long";
    rows.push("mattr_100", sums.mattr_100.mean_ttr(100), "", moving, short);
    rows.push("mattr_500", sums.mattr_500.mean_ttr(500), "", moving, short);
    let segments = "mean V/w over full segments of w tokens within documents (Johnson 1944)";
    rows.push("msttr_100", sums.msttr_100.mean_ttr(100), "", segments, short);
    let none = "no document where it is defined";
    let means = [
        (
            "mean_of_docs_mtld",
            sums.mtld,
            "tokens",
            "factor closes at TTR ≤ 0.72, forward and backward (McCarthy and Jarvis 2010)",
        ),
        (
            "mean_of_docs_mtld_min10",
            sums.mtld_min10,
            "tokens",
            "factor closes at TTR < 0.72 and 10 tokens, forward and backward",
        ),
        ("mean_of_docs_hdd_42", sums.hdd_42, "", hdd),
    ];
    for (name, mean, unit, method) in means {
        rows.push(name, mean.value(), unit, method, none);
        if let Some(figure) = rows.figures.last_mut() {
            figure.n = mean.documents;
        }
    }
    rows.figures
}

/// Rows of `stats/frequency.csv` for one group.
pub fn frequency<'k>(
    cell: &Cell,
    spectrum: &Spectrum,
    scope: &'static str,
    key: &'k str,
) -> Vec<Figure<'k>> {
    let documents = cell.sizes.tokens().n();
    let mut rows = Rows { scope, key, documents, figures: Vec::new() };
    let fit = zipf(spectrum);
    let one = "all types have one frequency";
    let mle = "p(f) ∝ f^−β by maximum likelihood on the spectrum, f ≥ 1";
    rows.push("zipf_beta_mle", fit.map(|fit| fit.beta), "", mle, one);
    let alpha = fit.and_then(|fit| fit.alpha);
    rows.push("zipf_alpha", alpha, "", "1/(β−1)", one);
    let distance = fit.map(|fit| fit.distance);
    rows.push("zipf_ks", distance, "", "largest distance of fitted and observed distribution", one);
    let slope = "least squares, log₁₀ frequency on log₁₀ rank; descriptive";
    rows.push("zipf_slope_ols", rank_slope(spectrum), "", slope, one);
    let law = heaps(&growth(spectrum, GROWTH_POINTS));
    let method = "V(n) = k n^β, least squares on logs of the expected growth, n ≥ 1000";
    debug_assert_eq!(HEAPS_FROM, 1000);
    let few = "needs three points beyond 1,000 tokens";
    rows.push("heaps_k", law.map(|law| law.k), "", method, few);
    rows.push("heaps_beta", law.map(|law| law.beta), "", method, few);
    rows.push("heaps_r2", law.map(|law| law.r_squared), "", "of that fit, on logs", few);
    rows.figures
}

/// Rows of `stats/readability.csv`: of the corpus and of each source one set for each of its languages.
pub fn readability<'a>(
    tally: &'a Tally,
    groups: &'a Groups<'a>,
) -> impl Iterator<Item = Figure<'a>> {
    let of_languages = |scope, key: fn(&'a str) -> &'a str| {
        let languages = groups.languages.iter();
        languages.flat_map(move |(code, cell)| formula_rows(&cell.prose, code, scope, key(code)))
    };
    let sources = tally
        .cells()
        .flat_map(|(source, language, cell)| formula_rows(&cell.prose, language, "source", source));
    of_languages("corpus", |_| "").chain(sources).chain(of_languages("language", |code| code))
}

/// The formulas of a language over its prose. A figure's name ends in the language that it is for.
fn formula_rows<'k>(
    prose: &Prose,
    language: &str,
    scope: &'static str,
    key: &'k str,
) -> Vec<Figure<'k>> {
    let mut rows = Rows { scope, key, documents: prose.documents, figures: Vec::new() };
    let missing = if prose.documents == 0 { "no document where it is defined" } else { "" };
    for formula in &ALPHABETIC {
        let value = is_alphabetic(language).then(|| formula.of(prose)).flatten();
        let reason = if missing.is_empty() { "lang_unsupported" } else { missing };
        rows.push(format!("{}_{language}", formula.name), value, "", formula.method, reason);
    }
    let few = "needs 30 sentences";
    for formula in formulas(language) {
        let reason = if missing.is_empty() { few } else { missing };
        rows.push(formula.name, formula.of(prose), "", formula.method, reason);
    }
    rows.figures
}

/// The Flesch form of a language, for the wide tables.
pub fn flesch(language: &str) -> Option<&'static Formula> {
    formulas(language)
        .first()
        .filter(|formula| formula.name.contains("flesch") || formula.name.contains("huerta"))
}
