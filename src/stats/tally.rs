//! All groups of a run: the corpus, each source, each language.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Figure, Funnel, Sizes};
use crate::document::Document;

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
            if let (true, Some(measures)) = (document.is_kept(), &document.measures) {
                group.sizes.add(measures);
            }
        }
    }

    /// Counts of the whole corpus.
    pub fn funnel(&self) -> &Funnel {
        &self.corpus.funnel
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
