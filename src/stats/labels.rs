//! How sure the language labels are, and how many documents are mixed.

use serde::{Deserialize, Serialize};

use super::{Figure, Value};
use crate::document::Language;

/// Counts of the labels of a group of documents, whatever became of them; two of them merge by addition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Documents by the first decimal of their confidence; 1 counts to 0.9.
    confidences: [u64; 10],
    undetermined: u64,
    mixed: u64,
}

/// Share of the letters in other languages from which on a document is mixed: the default of `stage.language.mixed-share`,
/// and not what a run sets there, so that runs can be compared.
const MIXED_SHARE: f64 = 0.1;

impl Labels {
    /// Adds a document's label, if it has one.
    pub(super) fn add(&mut self, label: Option<&Language>) {
        let Some(label) = label else { return };
        // Confidences are rounded to four decimals, so that a product with ten shows no noise of theirs.
        let place = ((label.confidence * 1e4).round() / 1e3) as usize;
        self.confidences[place.min(9)] += 1;
        self.undetermined += u64::from(label.code == UNDETERMINED);
        self.mixed += u64::from(label.foreign_share >= MIXED_SHARE);
    }

    /// Adds all labels of another group.
    pub(super) fn merge(&mut self, other: &Self) {
        for (sum, more) in self.confidences.iter_mut().zip(other.confidences) {
            *sum += more;
        }
        self.undetermined += other.undetermined;
        self.mixed += other.mixed;
    }

    /// Documents with a label.
    pub fn labelled(&self) -> u64 {
        self.confidences.iter().sum()
    }

    /// Documents with the label `und`.
    pub fn undetermined(&self) -> u64 {
        self.undetermined
    }

    /// Mixed documents: a tenth of the letters or more in other languages.
    pub fn mixed(&self) -> u64 {
        self.mixed
    }

    /// Documents with a confidence of less than so many tenths.
    pub fn below(&self, tenths: usize) -> u64 {
        self.confidences.iter().take(tenths).sum()
    }

    /// The group's rows; none without a label.
    pub(super) fn figures<'k>(&self, scope: &'static str, key: &'k str) -> Vec<Figure<'k>> {
        let n = self.labelled();
        if n == 0 {
            return Vec::new();
        }
        let figure = |statistic: &str, value, unit, method| Figure {
            scope,
            key,
            statistic: statistic.to_owned().into(),
            value: Some(value),
            n,
            unit,
            method,
            ..Figure::default()
        };
        let share = |documents: u64| Value::Ratio(documents as f64 / n as f64);
        let mut figures = vec![
            figure("labelled", Value::Count(n), "documents", "documents with a language label"),
            figure("und_share", share(self.undetermined), "", "label und / labelled documents"),
            figure(
                "mixed_language",
                Value::Count(self.mixed),
                "documents",
                "a tenth of the letters or more in paragraphs of other languages than the label's",
            ),
            figure("mixed_language_share", share(self.mixed), "", "mixed_language / labelled"),
        ];
        let method = "labelled documents whose confidence, the probability that the label is right, is this or up to 0.1 more; no row for none";
        let bins = self.confidences.into_iter().enumerate();
        for (place, documents) in bins.filter(|(_, documents)| *documents > 0) {
            let name = format!("language_confidence:0.{place}");
            figures.push(figure(&name, Value::Count(documents), "documents", method));
        }
        figures
    }
}

/// The label of a text whose language is not known.
const UNDETERMINED: &str = "und";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_counted_by_their_first_decimal() {
        let mut labels = Labels::default();
        labels.add(None);
        assert!(labels.figures("corpus", "").is_empty());
        for (code, confidence, foreign_share) in [
            ("en", 1.0, 0.0),
            ("en", 0.9, 0.0999),
            ("en", 0.7, 0.1),
            ("en", 0.6999, 0.5),
            ("und", 0.0, 0.0),
        ] {
            let code = code.into();
            labels.add(Some(&Language { code, confidence, foreign_share, ..Language::default() }));
        }
        assert_eq!((labels.undetermined(), labels.mixed(), labels.below(7)), (1, 2, 2));
        let mut twice = labels.clone();
        twice.merge(&labels);
        let figures = twice.figures("corpus", "");
        let value = |name: &str| {
            let figure = figures.iter().find(|figure| figure.statistic == name);
            figure.and_then(|figure| figure.value).map(|value| value.to_string())
        };
        for (name, expected) in [
            ("labelled", "10"),
            ("und_share", "0.200000"),
            ("mixed_language", "4"),
            ("mixed_language_share", "0.400000"),
            ("language_confidence:0.9", "4"),
            ("language_confidence:0.7", "2"),
            ("language_confidence:0.6", "2"),
            ("language_confidence:0.0", "2"),
        ] {
            assert_eq!(value(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(value("language_confidence:0.1"), None);
    }
}
