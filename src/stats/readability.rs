//! Readability: formulas of sums over sentences and words, each with the coefficients of its own language.
//!
//! A language without a formula has none; nothing falls back to English. Tokens longer than six characters are "long".
//! Syllables are [`syllables`](super::syllables), so what rests on them is approximate.

use serde::{Deserialize, Serialize};

use super::syllables::{Tongue, syllables};
use super::text::Reading;

/// Sums over prose; two of them merge by addition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prose {
    /// Documents with at least one sentence and one token.
    pub documents: u64,
    /// Sentences.
    pub sentences: u64,
    /// Tokens.
    pub tokens: u64,
    /// Characters of the tokens.
    pub chars: u64,
    /// Tokens of more than six characters.
    pub long: u64,
    /// Syllables, in the languages of [`Tongue`].
    pub syllables: u64,
    /// Tokens of one syllable.
    pub monosyllables: u64,
    /// Tokens of three syllables or more.
    pub polysyllables: u64,
}

impl Prose {
    /// The sums of one text.
    pub fn of(reading: &Reading, tongue: Option<Tongue>) -> Self {
        let (tokens, sentences) = (reading.tokens.len() as u64, reading.sentences.len() as u64);
        if tokens == 0 || sentences == 0 {
            return Self::default();
        }
        let mut prose = Self { documents: 1, sentences, tokens, ..Self::default() };
        for of in &reading.types {
            let frequency = u64::from(of.frequency);
            prose.chars += frequency * u64::from(of.chars);
            prose.long += if of.chars > 6 { frequency } else { 0 };
            if let Some(tongue) = tongue {
                let count = syllables(reading.spelling(of), tongue);
                prose.syllables += frequency * u64::from(count);
                prose.monosyllables += if count == 1 { frequency } else { 0 };
                prose.polysyllables += if count >= 3 { frequency } else { 0 };
            }
        }
        prose
    }

    /// Adds other sums.
    pub fn merge(&mut self, other: &Self) {
        self.documents += other.documents;
        self.sentences += other.sentences;
        self.tokens += other.tokens;
        self.chars += other.chars;
        self.long += other.long;
        self.syllables += other.syllables;
        self.monosyllables += other.monosyllables;
        self.polysyllables += other.polysyllables;
    }

    /// Tokens a sentence.
    fn sentence_length(&self) -> f64 {
        self.tokens as f64 / self.sentences as f64
    }

    /// Characters a token.
    fn word_length(&self) -> f64 {
        self.chars as f64 / self.tokens as f64
    }

    /// Syllables a token.
    fn word_syllables(&self) -> f64 {
        self.syllables as f64 / self.tokens as f64
    }

    /// Tokens of a kind in a hundred.
    fn percent(&self, tokens: u64) -> f64 {
        100.0 * tokens as f64 / self.tokens as f64
    }

    /// Flesch's form a − b·ASL − c·ASW.
    fn flesch(&self, a: f64, b: f64, c: f64) -> f64 {
        a - b * self.sentence_length() - c * self.word_syllables()
    }

    fn lix(&self) -> f64 {
        self.sentence_length() + self.percent(self.long)
    }

    fn rix(&self) -> f64 {
        self.long as f64 / self.sentences as f64
    }
}

/// A formula under its name.
pub struct Formula {
    /// Name of the figure.
    pub name: &'static str,
    /// The formula in words, and where it comes from.
    pub method: &'static str,
    /// Least sentences that it asks for.
    pub min_sentences: u64,
    value: fn(&Prose) -> f64,
}

impl Formula {
    /// The value; `None` where there are fewer sentences than it asks for.
    pub fn of(&self, prose: &Prose) -> Option<f64> {
        let is_defined = prose.tokens > 0 && prose.sentences >= self.min_sentences.max(1);
        is_defined.then(|| (self.value)(prose))
    }
}

const fn formula(name: &'static str, method: &'static str, value: fn(&Prose) -> f64) -> Formula {
    Formula { name, method, min_sentences: 1, value }
}

/// Formulas without syllables, for every language that is written with an alphabet and spaces between words.
pub static ALPHABETIC: [Formula; 2] = [
    formula("lix", "ASL + 100 × tokens of over 6 characters / tokens (Björnsson 1968)", Prose::lix),
    formula("rix", "tokens of over 6 characters / sentences (Anderson 1983)", Prose::rix),
];

static ENGLISH: [Formula; 6] = [
    formula(
        "flesch_en",
        "206.835 − 1.015 ASL − 84.6 ASW (Flesch 1948); syllables approximate",
        |p| p.flesch(206.835, 1.015, 84.6),
    ),
    formula(
        "fk_grade_en",
        "0.39 ASL + 11.8 ASW − 15.59 (Kincaid et al. 1975); syllables approximate",
        |p| 0.39 * p.sentence_length() + 11.8 * p.word_syllables() - 15.59,
    ),
    formula(
        "fog_en",
        "0.4 (ASL + % tokens of 3 syllables or more) (Gunning 1952); syllables approximate",
        |p| 0.4 * (p.sentence_length() + p.percent(p.polysyllables)),
    ),
    Formula {
        name: "smog_en",
        method: "1.043 √(30 polysyllables / sentences) + 3.1291, from 30 sentences on (McLaughlin 1969); syllables approximate",
        min_sentences: 30,
        value: |p| 1.043 * (30.0 * p.polysyllables as f64 / p.sentences as f64).sqrt() + 3.1291,
    },
    formula("ari_en", "4.71 characters/token + 0.5 ASL − 21.43 (Smith and Senter 1967)", |p| {
        4.71 * p.word_length() + 0.5 * p.sentence_length() - 21.43
    }),
    formula(
        "coleman_liau_en",
        "5.88 characters/token − 29.6 sentences/token − 15.8 (Coleman and Liau 1975)",
        |p| 5.88 * p.word_length() - 29.6 / p.sentence_length() - 15.8,
    ),
];

static GERMAN: [Formula; 5] = [
    formula(
        "flesch_amstad_de",
        "180 − ASL − 58.5 ASW (Amstad 1978); syllables approximate",
        |p| p.flesch(180.0, 1.0, 58.5),
    ),
    formula(
        "wiener_1_de",
        "0.1935 MS + 0.1672 SL + 0.1297 IW − 0.0327 ES − 0.875 (Bamberger and Vanecek 1984); syllables approximate",
        |p| {
            0.1935 * p.percent(p.polysyllables)
                + 0.1672 * p.sentence_length()
                + 0.1297 * p.percent(p.long)
                - 0.0327 * p.percent(p.monosyllables)
                - 0.875
        },
    ),
    formula(
        "wiener_2_de",
        "0.2007 MS + 0.1682 SL + 0.1373 IW − 2.779 (Bamberger and Vanecek 1984); syllables approximate",
        |p| {
            0.2007 * p.percent(p.polysyllables)
                + 0.1682 * p.sentence_length()
                + 0.1373 * p.percent(p.long)
                - 2.779
        },
    ),
    formula(
        "wiener_3_de",
        "0.2963 MS + 0.1905 SL − 1.1144 (Bamberger and Vanecek 1984); syllables approximate",
        |p| 0.2963 * p.percent(p.polysyllables) + 0.1905 * p.sentence_length() - 1.1144,
    ),
    formula(
        "wiener_4_de",
        "0.2744 MS + 0.2656 SL − 1.693 (Bamberger and Vanecek 1984); syllables approximate",
        |p| 0.2744 * p.percent(p.polysyllables) + 0.2656 * p.sentence_length() - 1.693,
    ),
];

static SPANISH: [Formula; 1] = [formula(
    "fernandez_huerta_es",
    "206.84 − 1.02 ASL − 60 ASW (Fernández Huerta 1959); syllables approximate",
    |p| p.flesch(206.84, 1.02, 60.0),
)];

static FRENCH: [Formula; 1] = [formula(
    "flesch_fr",
    "207 − 1.015 ASL − 73.6 ASW (Kandel and Moles 1958); syllables approximate",
    |p| p.flesch(207.0, 1.015, 73.6),
)];

static ITALIAN: [Formula; 2] = [
    formula(
        "flesch_vacca_it",
        "217 − 1.3 ASL − 60 ASW (Franchina and Vacca 1986); syllables approximate",
        |p| p.flesch(217.0, 1.3, 60.0),
    ),
    formula(
        "gulpease_it",
        "89 + (300 sentences − 10 characters) / tokens (Lucisano and Piemontese 1988)",
        |p| 89.0 + 300.0 / p.sentence_length() - 10.0 * p.word_length(),
    ),
];

static DUTCH: [Formula; 1] = [formula(
    "flesch_douma_nl",
    "206.835 − 0.93 ASL − 77 ASW (Douma 1960); syllables approximate",
    |p| p.flesch(206.835, 0.93, 77.0),
)];

static RUSSIAN: [Formula; 1] = [formula(
    "flesch_ru",
    "206.835 − 1.3 ASL − 60.1 ASW (Oborneva 2006); syllables approximate",
    |p| p.flesch(206.835, 1.3, 60.1),
)];

static HUNGARIAN: [Formula; 1] =
    [formula("flesch_hu", "206.835 − 1.015 ASL − 58.5 ASW; syllables approximate", |p| {
        p.flesch(206.835, 1.015, 58.5)
    })];

/// The formulas of a language besides [`ALPHABETIC`].
pub fn formulas(language: &str) -> &'static [Formula] {
    match Tongue::of(language) {
        None => &[],
        Some(Tongue::English) => &ENGLISH,
        Some(Tongue::German) => &GERMAN,
        Some(Tongue::Spanish) => &SPANISH,
        Some(Tongue::French) => &FRENCH,
        Some(Tongue::Italian) => &ITALIAN,
        Some(Tongue::Dutch) => &DUTCH,
        Some(Tongue::Russian) => &RUSSIAN,
        Some(Tongue::Hungarian) => &HUNGARIAN,
    }
}

/// Whether a language is written with an alphabet, and with spaces between words rather than syllables, so that the length
/// of a word says something.
pub fn is_alphabetic(language: &str) -> bool {
    const LANGUAGES: &str = "af az be bg bs ca cs cy da de el en eo es et eu fi fr ga hr hu hy id is it ka kk ku la lg liv \
        lt lv mi mk mn ms nb nl nn pl pt ro ru sah sk sl sn so sq sr st sv sw tl tn tr ts uk xh yo zu";
    LANGUAGES.split_whitespace().any(|known| known == language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::reference::close;
    use crate::stats::text::Case;

    fn prose(text: &str, language: &str) -> Prose {
        let reading = Reading::of(text, Case::Lower);
        Prose::of(&reading, Tongue::of(language))
    }

    fn value(name: &str, prose: &Prose, language: &str) -> Option<f64> {
        let mut all = formulas(language).iter().chain(&ALPHABETIC);
        all.find(|formula| formula.name == name).expect("the formula is known").of(prose)
    }

    /// Sums counted by hand; values by an independent implementation of the formulas in Python.
    #[test]
    fn values_are_those_of_the_formulas() {
        let english = prose("The cabinet met on Tuesday. It agreed on a wider harbour.", "en");
        let expected = Prose {
            documents: 1,
            sentences: 2,
            tokens: 11,
            chars: 45,
            long: 3,
            syllables: 17,
            monosyllables: 6,
            polysyllables: 1,
        };
        assert_eq!(english, expected);
        for (name, expected) in [
            ("lix", 32.772727),
            ("rix", 1.5),
            ("flesch_en", 70.507045),
            ("fk_grade_en", 4.791364),
            ("fog_en", 5.836364),
            ("ari_en", 0.588182),
            ("coleman_liau_en", 2.872727),
        ] {
            close(name, value(name, &english, "en"), expected);
        }
        assert_eq!(value("smog_en", &english, "en"), None, "fewer than 30 sentences");
        let thirty = prose(&"The cabinet agreed.\n".repeat(30), "en");
        close("smog_en", value("smog_en", &thirty, "en"), 8.841846);
        let german = prose("Die Regierung tagt heute. Der Hafen wird verbreitert.", "de");
        for (name, expected) in [
            ("flesch_amstad_de", 73.625),
            ("wiener_1_de", 6.2388),
            ("wiener_2_de", 6.3438),
            ("wiener_3_de", 7.0551),
            ("wiener_4_de", 6.2294),
        ] {
            close(name, value(name, &german, "de"), expected);
        }
        let italian = prose("Il governo si riunisce. Il porto cresce.", "it");
        close("gulpease_it", value("gulpease_it", &italian, "it"), 129.0);
    }

    #[test]
    fn nothing_falls_back_to_english() {
        assert!(formulas("pl").is_empty() && formulas("und").is_empty());
        assert!(is_alphabetic("pl") && !is_alphabetic("ar") && !is_alphabetic("und"));
    }
}
