//! From verdicts back to text: where in the documents the learned lines stand, gathered into entries for a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::day::Day;
use super::known::{Entry, EntryPlace, title_key};
use super::lines::{normalised, source_hash};
use super::{LearnedBoilerplate, titles};
use crate::document::Document;
use crate::stage::{Place, Verdict, Verdicts};

/// A learned line or ornament in one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    key: u64,
    place: EntryPlace,
    documents: u32,
    example: String,
}

/// Different spellings that an entry shows.
const MAX_EXAMPLES: usize = 3;

impl LearnedBoilerplate {
    /// The learned lines and ornaments of a document, each once.
    pub fn sightings(&self, document: &Document, verdicts: &Verdicts) -> Vec<Sighting> {
        let source = source_hash(&document.source);
        let mut sightings: Vec<Sighting> = Vec::new();
        let mut add = |sighting: Sighting| {
            let is_new = !sightings
                .iter()
                .any(|other| other.key == sighting.key && other.place == sighting.place);
            if is_new {
                sightings.push(sighting);
            }
        };
        for line in document.lines() {
            let Some(key) = self.learnable(source, &line) else { continue };
            let Some(Verdict::Recurs { documents, place }) = verdicts.get(key) else { continue };
            let place = match place {
                Place::Head => EntryPlace::Head,
                Place::Tail => EntryPlace::Tail,
                Place::Anywhere => EntryPlace::Edge,
            };
            add(Sighting { key, place, documents, example: line.text.to_owned() });
        }
        let title = document.title();
        let (prefix, suffixes) = titles::segments(title);
        for segment in prefix.into_iter().chain(suffixes) {
            let key = titles::key(source, title, &segment);
            let Some(Verdict::Ornament { documents }) = verdicts.get(key) else { continue };
            let place = match segment.at.start {
                0 => EntryPlace::TitleStart,
                _ => EntryPlace::TitleEnd,
            };
            let example = title[segment.at].trim().to_owned();
            // The file tells separators apart, where verdicts do not.
            let key = title_key(source, &normalised(&example));
            add(Sighting { key, place, documents, example });
        }
        sightings
    }
}

/// Gathers sightings in corpus order. Memory grows with what was learned, not with the corpus.
#[derive(Default)]
pub struct Learner {
    sources: FxHashMap<Arc<str>, Counts>,
    entries: FxHashMap<(u64, EntryPlace), usize>,
    drafts: Vec<Draft>,
}

/// Documents of a source, and those with a headline.
#[derive(Clone, Copy, Default)]
struct Counts {
    documents: u32,
    titled: u32,
}

struct Draft {
    source: Arc<str>,
    entry: Entry,
}

impl Learner {
    /// Adds a document and what was seen in it.
    pub fn add(
        &mut self,
        source: &Arc<str>,
        is_titled: bool,
        day: Option<Day>,
        sightings: Vec<Sighting>,
    ) {
        let counts = self.sources.entry(source.clone()).or_default();
        counts.documents += 1;
        counts.titled += u32::from(is_titled);
        for Sighting { key, place, documents, example } in sightings {
            let next = self.drafts.len();
            let draft = *self.entries.entry((key, place)).or_insert(next);
            if draft == next {
                let entry = Entry {
                    source: source.to_string(),
                    text: normalised(&example),
                    place,
                    documents,
                    share: 0.0,
                    days: None,
                    examples: Vec::new(),
                };
                self.drafts.push(Draft { source: source.clone(), entry });
            }
            let entry = &mut self.drafts[draft].entry;
            if entry.examples.len() < MAX_EXAMPLES && !entry.examples.contains(&example) {
                entry.examples.push(example);
            }
            if let Some(day) = day {
                let (first, last) = entry.days.unwrap_or((day, day));
                entry.days = Some((first.min(day), last.max(day)));
            }
        }
    }

    /// Number of sources.
    pub fn sources(&self) -> usize {
        self.sources.len()
    }

    /// The entries: sources ascending, lines before ornaments, the most frequent first.
    pub fn into_entries(self) -> Vec<Entry> {
        let mut sorted = BTreeMap::new();
        for Draft { source, mut entry } in self.drafts {
            let counts = self.sources[&source];
            let of = if entry.place.is_title() { counts.titled } else { counts.documents };
            entry.share = (f64::from(entry.documents) / f64::from(of.max(1))).min(1.0);
            let rank = std::cmp::Reverse(entry.documents);
            sorted.insert(
                (source, entry.place.is_title(), rank, entry.text.clone(), entry.place),
                entry,
            );
        }
        sorted.into_values().collect()
    }
}
