//! All groups of a run: the corpus, each source, each language.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Figure, Funnel, Sizes};
use crate::document::{Document, Fate};
use crate::error::OverCleaned;

/// Sizes and funnel of every group. Memory grows with the number of sources and languages, not of documents.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    corpus: Group,
    sources: BTreeMap<Arc<str>, Group>,
    languages: BTreeMap<String, Group>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Group {
    sizes: Sizes,
    funnel: Funnel,
    cleaned: Cleaned,
}

/// Documents that were cleaned and not dropped for another reason: how many, and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cleaned {
    documents: u64,
    left_bytes: u64,
    removed_bytes: u64,
}

impl Cleaned {
    /// A duplicate's text is gone, and a document in an unwanted language was not cleaned, so neither says anything. One
    /// that lost its whole body says the most.
    fn add(&mut self, document: &Document) {
        let counts = match &document.fate {
            Fate::Kept => true,
            Fate::Rejected(why) => why.reason == "nothing_left",
            Fate::Duplicate(_) => false,
        };
        if counts {
            self.documents += 1;
            self.left_bytes += document.text().len() as u64;
            let removed = document.removed().iter();
            self.removed_bytes += removed.map(|removal| removal.end - removal.start).sum::<u64>();
        }
    }
}

/// Key of documents whose language nobody asked for.
const NO_LANGUAGE: &str = "unlabelled";

impl Tally {
    /// Adds a document at the end of its way.
    pub fn add(&mut self, document: &Document) {
        let code = document.language.as_ref().map_or(NO_LANGUAGE, |language| &language.code);
        if !self.languages.contains_key(code) {
            self.languages.insert(code.to_owned(), Group::default());
        }
        let language = self.languages.get_mut(code);
        let source = self.sources.entry(Arc::clone(&document.source)).or_default();
        for group in [&mut self.corpus, source].into_iter().chain(language) {
            group.funnel.add(document);
            group.cleaned.add(document);
            if let (true, Some(measures)) = (document.is_kept(), &document.measures) {
                group.sizes.add(measures);
            }
        }
    }

    /// Counts of the whole corpus.
    pub fn funnel(&self) -> &Funnel {
        &self.corpus.funnel
    }

    /// Sources with at least `min_documents` that lost more than `max_removed_share` of their bytes, by name.
    pub fn over_cleaned(&self, max_removed_share: f64, min_documents: u64) -> Vec<OverCleaned> {
        let mut sources = Vec::new();
        for (source, group) in &self.sources {
            let cleaned = group.cleaned;
            let bytes = cleaned.left_bytes + cleaned.removed_bytes;
            let removed_share = cleaned.removed_bytes as f64 / bytes.max(1) as f64;
            if cleaned.documents < min_documents || removed_share <= max_removed_share {
                continue;
            }
            let most = group
                .funnel
                .removed
                .iter()
                .max_by_key(|(name, removed)| (removed.bytes, std::cmp::Reverse(*name)));
            let rule = most.map(|((stage, rule), _)| format!("{stage}:{rule}"));
            sources.push(OverCleaned {
                source: source.to_string(),
                removed_share,
                documents: cleaned.documents,
                rule: rule.unwrap_or_default(),
            });
        }
        sources
    }

    /// The rows of `stats/funnel.csv`.
    pub fn funnel_figures(&self) -> Vec<Figure> {
        self.figures(|group, scope, key| group.funnel.figures(scope, key))
    }

    /// The rows of `stats/sizes.csv`.
    pub fn size_figures(&self) -> Vec<Figure> {
        self.figures(|group, scope, key| group.sizes.figures(scope, key))
    }

    fn figures(&self, of: impl Fn(&Group, &'static str, &str) -> Vec<Figure>) -> Vec<Figure> {
        let mut figures = of(&self.corpus, "corpus", "");
        for (source, group) in &self.sources {
            figures.extend(of(group, "source", source));
        }
        for (language, group) in &self.languages {
            figures.extend(of(group, "language", language));
        }
        figures
    }
}
