//! What the clusters look like from outside: their sources and dates, who carries whose texts, and what looks wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::copies::Copies;
use super::names::Names;
use crate::document::days::Day;
use crate::document::{DocId, Document, Fate};
use crate::error::Error;
use crate::output::file::PublishedFile;
use crate::output::publish::Publication;
use crate::output::stories::{CLUSTERS, ClusterRow, PAIRS, PairRow, SYNDICATION, SyndicationRow};
use crate::output::table::TableWriter;
use crate::stats::{Figure, Value};

/// Counts of every cluster and every source. Memory grows with clusters, their sources and days, not with documents. Those
/// of parts of a corpus [merge](Self::merge), in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stories {
    clusters: BTreeMap<u64, Story>,
    sources: BTreeMap<Arc<str>, Share>,
    documents: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Story {
    kept: Option<Kept>,
    sources: BTreeMap<Arc<str>, u64>,
    size: u64,
    dropped: u64,
    dates: Option<(String, String)>,
    copies_by_day: BTreeMap<i64, u64>,
}

/// The document that represents a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) id: DocId,
    source: Arc<str>,
    /// Its day, where it is known.
    day: Option<i64>,
    /// Its public id, where nothing else tells it by its number: in a part of a corpus.
    pub(super) name: Option<Box<str>>,
}

/// A document's place among the stories.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// Number of its cluster.
    pub(super) cluster: u64,
    /// Whether it represents it.
    pub(super) is_root: bool,
    /// Its public id, if it is to be kept here.
    pub(super) name: Option<&'a str>,
}

/// Documents of a source, and those of them that another source's document stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Share {
    documents: u64,
    /// Documents that were dropped, by what stands for them.
    kept_by: BTreeMap<u64, u64>,
}

/// Clusters in a piece: some megabytes.
const PIECE_CLUSTERS: u64 = 1 << 15;

impl Stories {
    /// Adds a document at the end of its way; `place` unless it is by itself.
    pub(super) fn add(&mut self, document: &Document, place: Option<Place<'_>>) {
        self.documents += 1;
        let share = self.sources.entry(Arc::clone(&document.source)).or_default();
        share.documents += 1;
        let Some(Place { cluster, is_root, name }) = place else { return };
        let story = self.clusters.entry(cluster).or_default();
        story.size += 1;
        *story.sources.entry(Arc::clone(&document.source)).or_default() += 1;
        let day = Day::parse(&document.dating.day).map(Day::number);
        if is_root {
            let (id, source) = (document.id, Arc::clone(&document.source));
            story.kept = Some(Kept { id, source, day, name: name.map(Box::from) });
        } else if let Some(day) = day {
            *story.copies_by_day.entry(day).or_default() += 1;
        }
        if let Fate::Duplicate(_) = document.fate {
            story.dropped += 1;
            *share.kept_by.entry(cluster).or_default() += 1;
        }
        let date = &document.dating.day;
        if !date.is_empty() {
            story.spans((date, date));
        }
    }

    /// Adds what other documents add up to.
    pub(super) fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        for (source, more) in other.sources {
            let share = self.sources.entry(source).or_default();
            share.documents += more.documents;
            add_up(&mut share.kept_by, more.kept_by);
        }
        for (number, more) in other.clusters {
            let story = self.clusters.entry(number).or_default();
            story.kept = more.kept.or(story.kept.take());
            add_up(&mut story.sources, more.sources);
            story.size += more.size;
            story.dropped += more.dropped;
            if let Some((first, last)) = &more.dates {
                story.spans((first, last));
            }
            add_up(&mut story.copies_by_day, more.copies_by_day);
        }
    }

    /// The same in pieces with their range of `ranges`: all that parts of a corpus know of a cluster or a source is in one.
    pub(super) fn split(self, ranges: u64) -> Vec<(u64, Self)> {
        let ranges = ranges.max(1);
        let piece_clusters = ranges * PIECE_CLUSTERS;
        let pieces = ranges * (self.clusters.len() as u64).div_ceil(piece_clusters).max(1);
        let mut split: BTreeMap<u64, Self> = BTreeMap::new();
        split.entry(0).or_default().documents = self.documents;
        for (number, story) in self.clusters {
            split.entry(number % pieces).or_default().clusters.insert(number, story);
        }
        for (source, share) in self.sources {
            let piece = xxh3_64(source.as_bytes()) % pieces;
            split.entry(piece).or_default().sources.insert(source, share);
        }
        split.into_iter().map(|(piece, of)| (piece % ranges, of)).collect()
    }

    /// How many copies appeared on the day of the document that represents their story, and on that day, the one before or
    /// the one after. A day is all that is known of most documents, so the share of copies within 24 hours lies between these
    /// two: what has one day is less than 24 hours apart, and what is less than 24 hours apart has one day or two days in a row.
    pub(super) fn copies_in_time(&self) -> Vec<Figure<'static>> {
        let (mut dated, mut same, mut near) = (0, 0, 0);
        for story in self.clusters.values() {
            let Some(day) = story.kept.as_ref().and_then(|kept| kept.day) else { continue };
            for (of_copy, copies) in &story.copies_by_day {
                dated += copies;
                same += if *of_copy == day { *copies } else { 0 };
                near += if of_copy.abs_diff(day) <= 1 { *copies } else { 0 };
            }
        }
        let figure = |statistic: &'static str, value: Option<Value>, unit, method| Figure {
            scope: "corpus",
            statistic: statistic.into(),
            value,
            n: dated,
            unit,
            method,
            reason: if value.is_some() { "" } else { "no copy of which both days are known" },
            ..Figure::default()
        };
        let share = |copies: u64| (dated > 0).then(|| Value::Ratio(copies as f64 / dated as f64));
        vec![
            figure(
                "copies_dated",
                Some(Value::Count(dated)),
                "documents",
                "documents of clusters besides the one that represents it, where the days of both are known",
            ),
            figure(
                "copies_same_day_share",
                share(same),
                "",
                "on its day / copies_dated; the least share within 24 hours",
            ),
            figure(
                "copies_next_day_share",
                share(near),
                "",
                "on its day, the day before or after / copies_dated; the greatest share within 24 hours",
            ),
        ]
    }

    /// Writes `clusters.csv`, `syndication.csv` and `pairs.csv`.
    pub(super) fn write(
        &self,
        publication: &Publication,
        names: &Names,
        copies: &Copies,
    ) -> Result<Vec<PublishedFile>, Error> {
        let mut table = TableWriter::create(publication, &CLUSTERS)?;
        for (number, story, kept) in self.clusters() {
            let dates = story.dates.as_ref();
            table.row(&ClusterRow {
                number,
                kept_name: names.get(kept.id),
                size: story.size,
                dropped: story.dropped,
                sources: story.sources.len() as u64,
                dates: dates.map_or(["", ""], |(first, last)| [first, last]),
            })?;
        }
        let mut files = table.finish()?;
        files.extend(self.write_syndication(publication)?);
        files.extend(write_pairs(publication, names, copies)?);
        Ok(files)
    }

    /// Each cluster with its number and the document that represents it, numbers ascending.
    fn clusters(&self) -> impl Iterator<Item = (u64, &Story, &Kept)> {
        self.clusters
            .iter()
            .filter_map(|(number, story)| Some((*number, story, story.kept.as_ref()?)))
    }

    /// Documents and kept document of the stories of the largest clusters, the largest first.
    pub(super) fn largest(&self, limit: usize) -> Vec<(u64, &Kept)> {
        let mut all: Vec<_> =
            self.clusters().map(|(number, story, kept)| (story.size, number, kept)).collect();
        all.sort_unstable_by_key(|(size, number, _)| (std::cmp::Reverse(*size), *number));
        all.into_iter().take(limit).map(|(size, _, kept)| (size, kept)).collect()
    }

    /// How many clusters have how many documents.
    pub(super) fn sizes(&self) -> BTreeMap<u64, u64> {
        let mut sizes = BTreeMap::new();
        self.clusters.values().for_each(|story| *sizes.entry(story.size).or_default() += 1);
        sizes
    }

    /// Stories and documents by source of the kept document and source of the copies.
    pub(super) fn syndication(&self) -> BTreeMap<(&str, &str), (u64, u64)> {
        let mut counts: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
        for (_, story, kept) in self.clusters() {
            for (source, documents) in &story.sources {
                let is_kept = *source == kept.source;
                let copies = documents - u64::from(is_kept);
                if copies > 0 {
                    let count = counts.entry((&kept.source, source)).or_default();
                    *count = (count.0 + 1, count.1 + copies);
                }
            }
        }
        counts
    }

    fn write_syndication(&self, publication: &Publication) -> Result<Vec<PublishedFile>, Error> {
        let mut table = TableWriter::create(publication, &SYNDICATION)?;
        for ((kept_source, copy_source), (stories, documents)) in self.syndication() {
            table.row(&SyndicationRow { kept_source, copy_source, stories, documents })?;
        }
        table.finish()
    }

    /// Clusters and sources that look wrong, in the words of a warning.
    pub(super) fn warnings(
        &self,
        max_cluster_share: f64,
        max_duplicate_share: f64,
        min_documents: u64,
        name_of: &dyn Fn(&Kept) -> String,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        for (_, story, kept) in self.clusters() {
            let share = story.size as f64 / self.documents.max(1) as f64;
            if story.size >= min_documents && share > max_cluster_share {
                let (size, kept) = (story.size, name_of(kept));
                let share = 100.0 * share;
                warnings.push(format!(
                    "the cluster of `{kept}` holds {size} documents, {share:.1} % of the corpus"
                ));
            }
        }
        for (source, share) in &self.sources {
            let elsewhere: u64 = share
                .kept_by
                .iter()
                .filter(|(number, _)| {
                    let story = self.clusters.get(number).and_then(|story| story.kept.as_ref());
                    story.is_some_and(|kept| kept.source != *source)
                })
                .map(|(_, documents)| documents)
                .sum();
            let part = elsewhere as f64 / share.documents.max(1) as f64;
            if share.documents >= min_documents && part > max_duplicate_share {
                let documents = share.documents;
                let part = 100.0 * part;
                warnings.push(format!("`{source}` lost {part:.1} % of its {documents} documents as duplicates of other sources"));
            }
        }
        warnings
    }
}

impl Story {
    /// Stretches the days of the story to those two.
    fn spans(&mut self, (from, to): (&String, &String)) {
        let (first, last) = self.dates.get_or_insert_with(|| (from.clone(), to.clone()));
        if from < first {
            first.clone_from(from);
        }
        if to > last {
            last.clone_from(to);
        }
    }
}

fn add_up<K: Ord>(sums: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, more) in more {
        *sums.entry(key).or_default() += more;
    }
}

/// A document's place by the copies of a run.
pub(super) fn place(id: DocId, copies: &Copies) -> Option<Place<'static>> {
    let cluster = copies.cluster(id)?.number;
    Some(Place { cluster, is_root: copies.root(id) == id, name: None })
}

fn write_pairs(
    publication: &Publication,
    names: &Names,
    copies: &Copies,
) -> Result<Vec<PublishedFile>, Error> {
    let mut table = TableWriter::create(publication, &PAIRS)?;
    for pair in copies.pairs() {
        table.row(&PairRow {
            name: names.get(pair.document),
            other_name: names.get(pair.other),
            similarity: pair.similarity.into(),
            containment: pair.containment.into(),
            numbers: pair.numbers.map(f64::from),
            verdict: pair.verdict.as_str(),
        })?;
    }
    table.finish()
}

#[cfg(test)]
mod tests;
