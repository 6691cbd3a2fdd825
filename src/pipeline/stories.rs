//! What the clusters look like from outside: their sources and dates, who carries whose texts, and what looks wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

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

/// Counts of every cluster and every source. Memory grows with clusters, their sources and days, not with documents.
#[derive(Default)]
pub(super) struct Stories {
    clusters: BTreeMap<u64, Story>,
    sources: BTreeMap<Arc<str>, Share>,
    documents: u64,
}

#[derive(Default)]
struct Story {
    kept: DocId,
    kept_source: Arc<str>,
    sources: BTreeMap<Arc<str>, u64>,
    size: u64,
    dropped: u64,
    dates: Option<(String, String)>,
    /// Day of the document that represents the story, and of each copy of it, where they are known.
    day: Option<i64>,
    copies_by_day: BTreeMap<i64, u64>,
}

/// Documents of a source, and those of them that another source's document stands for.
#[derive(Default)]
struct Share {
    documents: u64,
    gone: u64,
    /// Documents that were dropped, by what stands for them.
    kept_by: BTreeMap<u64, u64>,
}

impl Stories {
    /// Adds a document at the end of its way.
    pub(super) fn add(&mut self, document: &Document, copies: &Copies) {
        self.documents += 1;
        let share = self.sources.entry(Arc::clone(&document.source)).or_default();
        share.documents += 1;
        let Some(cluster) = copies.cluster(document.id) else { return };
        let story = self.clusters.entry(cluster.number).or_default();
        story.size += 1;
        *story.sources.entry(Arc::clone(&document.source)).or_default() += 1;
        let day = Day::parse(&document.dating.day).map(Day::number);
        if copies.root(document.id) == document.id {
            story.kept = document.id;
            story.kept_source = Arc::clone(&document.source);
            story.day = day;
        } else if let Some(day) = day {
            *story.copies_by_day.entry(day).or_default() += 1;
        }
        if let Fate::Duplicate(_) = document.fate {
            story.dropped += 1;
            share.gone += 1;
            *share.kept_by.entry(cluster.number).or_default() += 1;
        }
        let date = &document.dating.day;
        if !date.is_empty() {
            let (first, last) = story.dates.get_or_insert_with(|| (date.clone(), date.clone()));
            if date < first {
                first.clone_from(date);
            }
            if date > last {
                last.clone_from(date);
            }
        }
    }

    /// How many copies appeared on the day of the document that represents their story, and on that day, the one before or
    /// the one after. A day is all that is known of most documents, so the share of copies within 24 hours lies between these
    /// two: what has one day is less than 24 hours apart, and what is less than 24 hours apart has one day or two days in a row.
    pub(super) fn copies_in_time(&self) -> Vec<Figure<'static>> {
        let (mut dated, mut same, mut near) = (0, 0, 0);
        for story in self.clusters.values() {
            let Some(day) = story.day else { continue };
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
        for (number, story) in &self.clusters {
            let dates = story.dates.as_ref();
            table.row(&ClusterRow {
                number: *number,
                kept_name: names.get(story.kept),
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

    /// Documents and kept document of the stories of the largest clusters, the largest first.
    pub(super) fn largest(&self, limit: usize) -> Vec<(u64, DocId)> {
        let mut all: Vec<_> =
            self.clusters.iter().map(|(number, story)| (story.size, *number, story.kept)).collect();
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
        for story in self.clusters.values() {
            for (source, documents) in &story.sources {
                let is_kept = *source == story.kept_source;
                let copies = documents - u64::from(is_kept);
                if copies > 0 {
                    let count = counts.entry((&story.kept_source, source)).or_default();
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
        names: &Names,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        for story in self.clusters.values() {
            let share = story.size as f64 / self.documents.max(1) as f64;
            if story.size >= min_documents && share > max_cluster_share {
                let (size, kept) = (story.size, names.get(story.kept));
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
                    self.clusters.get(number).is_some_and(|s| s.kept_source != *source)
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
mod tests {
    use super::*;
    use crate::document::{Action, Duplicate, DuplicateKind, Evidence};
    use crate::stage::{Verdict, Verdicts};

    /// Document 0, and so many that say the same.
    fn copies_of_the_first(count: u64) -> Copies {
        let mut verdicts = Verdicts::default();
        for id in 1..=count {
            let duplicate = Duplicate {
                of: DocId(0),
                kind: DuplicateKind::Reprint,
                similarity: 1.0,
                containment: 1.0,
                evidence: Evidence::default(),
                action: Action::Dropped,
            };
            verdicts.insert(id, Verdict::Duplicate(duplicate));
        }
        let mut copies = Copies::default();
        copies.add(&verdicts);
        copies.close();
        copies
    }

    #[test]
    fn a_giant_cluster_and_a_source_that_is_gone_are_told() {
        let copies = copies_of_the_first(29);
        let (mut stories, mut names) = (Stories::default(), Names::default());
        for id in 0..40 {
            let source = if id == 0 || id > 29 { "kept" } else { "gone" };
            let mut document = Document::new(DocId(id), format!("{id}.txt"), source, "", "text");
            names.assign(&document.name, None);
            if let Some(copy) = copies.resolved(document.id) {
                document.fate = Fate::Duplicate(copy);
            }
            stories.add(&document, &copies);
        }
        let warnings = stories.warnings(0.5, 0.9, 20, &names);
        assert_eq!(
            warnings,
            [
                "the cluster of `0.txt` holds 30 documents, 75.0 % of the corpus",
                "`gone` lost 100.0 % of its 29 documents as duplicates of other sources",
            ]
        );
        assert_eq!(stories.warnings(0.8, 1.0, 20, &names), Vec::<String>::new());
        assert_eq!(stories.warnings(0.5, 0.9, 31, &names), Vec::<String>::new());
    }

    #[test]
    fn copies_are_counted_by_how_far_their_day_is_from_that_of_the_story() {
        let days = ["2025-03-01", "2025-03-01", "2025-02-28", "2025-03-02", "2025-03-03", ""];
        let copies = copies_of_the_first(days.len() as u64 - 1);
        let shares = |days: &[&str]| {
            let mut stories = Stories::default();
            for (id, day) in (0..).zip(days) {
                let mut document = Document::new(DocId(id), "a", "s", "", "text");
                document.dating.day = (*day).to_owned();
                stories.add(&document, &copies);
            }
            let figures = stories.copies_in_time();
            let value = |figure: &Figure<'_>| figure.value.map(|value| value.to_string());
            figures.iter().map(value).collect::<Vec<_>>()
        };
        let some = |value: &str| Some(value.to_owned());
        assert_eq!(shares(&days), [some("4"), some("0.250000"), some("0.750000")]);
        assert_eq!(shares(&["", "2025-03-01"]), [some("0"), None, None]);
    }
}
