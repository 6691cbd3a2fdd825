//! The tables of stories: clusters of documents, who carries whose texts, and which documents were compared.

use super::table::Value::{Count, Ratio, Text};
use super::table::{Column, Rows, Table};

/// A story of several documents: `size` = 1 + `dropped` + `labelled`.
pub struct ClusterRow<'r> {
    /// From 1.
    pub number: u64,
    /// Public id of the document that stays.
    pub kept_name: &'r str,
    /// Documents, dropped and kept.
    pub size: u64,
    /// Dropped duplicates.
    pub dropped: u64,
    /// Outlets that carry it.
    pub sources: u64,
    /// First and last day of publication; empty where none is known.
    pub dates: [&'r str; 2],
}

/// Rows of `clusters.csv`.
pub struct Clusters;

impl Rows for Clusters {
    type Row<'r> = ClusterRow<'r>;
}

/// `clusters.csv`.
pub static CLUSTERS: Table<Clusters> = Table {
    path: "clusters.csv",
    row: "a story of several documents",
    columns: &[
        Column("cluster", Count(|story| Some(story.number)), "", "number of the story, from 1"),
        Column("kept_id", Text(|story| story.kept_name), "", "the document that stays"),
        Column("size", Count(|story| Some(story.size)), "documents", "1 + dropped + labelled"),
        Column("dropped", Count(|story| Some(story.dropped)), "documents", "dropped duplicates"),
        Column(
            "labelled",
            Count(|story| Some(story.size - story.dropped - 1)),
            "documents",
            "likely duplicates that are kept",
        ),
        Column("sources", Count(|story| Some(story.sources)), "sources", "outlets that carry it"),
        Column(
            "first_date",
            Text(|story| story.dates[0]),
            "",
            "first day of publication that is known; see published in documents.csv",
        ),
        Column(
            "last_date",
            Text(|story| story.dates[1]),
            "",
            "last day of publication that is known",
        ),
    ],
};

/// A source, and one that carries its texts.
pub struct SyndicationRow<'r> {
    /// Outlet of the kept documents.
    pub kept_source: &'r str,
    /// Outlet of the copies.
    pub copy_source: &'r str,
    /// Stories of the first that the second carries.
    pub stories: u64,
    /// Documents in which it carries them.
    pub documents: u64,
}

/// Rows of `syndication.csv`.
pub struct Syndication;

impl Rows for Syndication {
    type Row<'r> = SyndicationRow<'r>;
}

/// `syndication.csv`.
pub static SYNDICATION: Table<Syndication> = Table {
    path: "syndication.csv",
    row: "a source and one that carries its texts",
    columns: &[
        Column("kept_source", Text(|row| row.kept_source), "", "outlet of the kept documents"),
        Column("copy_source", Text(|row| row.copy_source), "", "outlet of the copies"),
        Column(
            "stories",
            Count(|row| Some(row.stories)),
            "stories",
            "stories of the first that the second carries",
        ),
        Column(
            "documents",
            Count(|row| Some(row.documents)),
            "documents",
            "documents in which it carries them",
        ),
    ],
};

/// Two documents that `near-dedup` compared.
pub struct PairRow<'r> {
    /// Public id of the document of which more stands in the other.
    pub name: &'r str,
    /// The other's.
    pub other_name: &'r str,
    /// Jaccard similarity.
    pub similarity: f64,
    /// Share of the first that stands in the other.
    pub containment: f64,
    /// Share of the numbers that agree, where both have three.
    pub numbers: Option<f64>,
    /// What the stage made of the pair.
    pub verdict: &'static str,
}

/// Rows of `pairs.csv`.
pub struct Pairs;

impl Rows for Pairs {
    type Row<'r> = PairRow<'r>;
}

/// `pairs.csv`.
pub static PAIRS: Table<Pairs> = Table {
    path: "pairs.csv",
    row: "two documents that near-dedup compared",
    columns: &[
        Column("id", Text(|pair| pair.name), "", "the document of which more stands in the other"),
        Column("other_id", Text(|pair| pair.other_name), "", "the other"),
        Column(
            "similarity",
            Ratio(|pair| Some(pair.similarity)),
            "",
            "Jaccard similarity, estimated",
        ),
        Column(
            "containment",
            Ratio(|pair| Some(pair.containment)),
            "",
            "share of id in other_id, estimated",
        ),
        Column("numbers", Ratio(|pair| pair.numbers), "", "share of the numbers that agree"),
        Column("verdict", Text(|pair| pair.verdict), "", "certain, likely, template or none"),
    ],
};
