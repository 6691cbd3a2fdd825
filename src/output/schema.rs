//! What every table and column means: the one place for columns, and `datapackage.json` from it (Data Package v2).

use serde_json::{Value, json};

use super::CONTRACT;
use super::publish::{Publication, PublishedFile};
use crate::error::Error;

/// A table of the output.
pub struct TableSchema {
    /// Path in the output folder.
    pub path: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Its columns, in order.
    pub fields: &'static [Field],
}

/// A column: name, kind, unit, meaning.
pub struct Field(
    /// Name in the header.
    pub &'static str,
    /// Type.
    pub Kind,
    /// Unit; empty for a name or a number without one.
    pub &'static str,
    /// What it says, and how it was computed.
    pub &'static str,
);

/// Types of Table Schema that occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `string`
    Text,
    /// `integer`
    Count,
    /// `number`
    Number,
}

use Kind::{Count, Number, Text};

/// The columns of a table.
pub fn columns(path: &str) -> Option<Vec<&'static str>> {
    let table = TABLES.iter().find(|table| table.path == path)?;
    Some(table.fields.iter().map(|field| field.0).collect())
}

/// Every table there can be.
pub static TABLES: &[TableSchema] = &[
    TableSchema {
        path: "documents.csv",
        row: "a kept document",
        fields: &[
            Field(
                "id",
                Text,
                "",
                "path, path#position, or the record's own id where that is unique",
            ),
            Field("source", Text, "", "outlet: a column of the record, or the parent folder"),
            Field(
                "title",
                Text,
                "",
                "headline after cleaning; text that a spreadsheet would run begins with an apostrophe",
            ),
            Field("language", Text, "", "ISO 639-1 code, or und"),
            Field(
                "language_confidence",
                Number,
                "",
                "calibrated probability that the code is right",
            ),
            Field("chars", Count, "characters", "Unicode scalar values of the text"),
            Field(
                "tokens",
                Count,
                "tokens",
                "UAX #29 words with an alphanumeric character; empty where words need a dictionary",
            ),
            Field(
                "sentences",
                Count,
                "sentences",
                "UAX #29 sentences with an alphanumeric character; a line end ends one",
            ),
            Field("cluster_size", Count, "documents", "it, and what was dropped in its favour"),
            Field("text", Text, "", "body after cleaning"),
            Field("language_second", Text, "", "next likely language"),
            Field("foreign_share", Number, "", "share of the letters in other languages"),
            Field("foreign_language", Text, "", "language of most of those"),
            Field("duplicate_note", Text, "", "composite or template"),
            Field("date", Text, "", "date of publication, as the record gave it"),
        ],
    },
    TableSchema {
        path: "duplicates.csv",
        row: "a duplicate, dropped or labelled",
        fields: &[
            Field("id", Text, "", "the duplicate"),
            Field("kept_id", Text, "", "the document that stays"),
            Field("cluster", Count, "", "number of the story, from 1"),
            Field("kind", Text, "", "exact or near"),
            Field("similarity", Number, "", "Jaccard similarity of shingles, estimated"),
            Field("class", Text, "", "exact, reprint, shortened or update"),
            Field("containment", Number, "", "share of it that stands in the kept one, estimated"),
            Field("evidence", Text, "", "the counts behind the figures"),
            Field("action", Text, "", "dropped or labelled"),
        ],
    },
    TableSchema {
        path: "clusters.csv",
        row: "a story of several documents",
        fields: &[
            Field("cluster", Count, "", "number of the story, from 1"),
            Field("kept_id", Text, "", "the document that stays"),
            Field("size", Count, "documents", "1 + dropped + labelled"),
            Field("dropped", Count, "documents", "dropped duplicates"),
            Field("labelled", Count, "documents", "likely duplicates that are kept"),
            Field("sources", Count, "sources", "outlets that carry it"),
            Field("first_date", Text, "", "earliest date, as the records gave it"),
            Field("last_date", Text, "", "latest date, as the records gave it"),
        ],
    },
    TableSchema {
        path: "syndication.csv",
        row: "a source and one that carries its texts",
        fields: &[
            Field("kept_source", Text, "", "outlet of the kept documents"),
            Field("copy_source", Text, "", "outlet of the copies"),
            Field("stories", Count, "stories", "stories of the first that the second carries"),
            Field("documents", Count, "documents", "documents in which it carries them"),
        ],
    },
    TableSchema {
        path: "pairs.csv",
        row: "two documents that near-dedup compared",
        fields: &[
            Field("id", Text, "", "the document of which more stands in the other"),
            Field("other_id", Text, "", "the other"),
            Field("similarity", Number, "", "Jaccard similarity, estimated"),
            Field("containment", Number, "", "share of id in other_id, estimated"),
            Field("numbers", Number, "", "share of the numbers that agree"),
            Field("verdict", Text, "", "certain, likely, template or none"),
        ],
    },
    TableSchema {
        path: "removed.csv",
        row: "a removed span",
        fields: &[
            Field("id", Text, "", "the document"),
            Field("stage", Text, "", "the stage that cut it"),
            Field("rule", Text, "", "the rule of that stage"),
            Field("start", Count, "bytes", "offset into the decoded document"),
            Field("end", Count, "bytes", "one past the last"),
            Field("text", Text, "", "what stood there"),
        ],
    },
    TableSchema {
        path: "rejected.csv",
        row: "a rejected document or unreadable input",
        fields: &[
            Field("id", Text, "", "the document or input"),
            Field("stage", Text, "", "the stage that refused it; input for the reader"),
            Field("reason", Text, "", "a short code"),
            Field("detail", Text, "", "the value beside its limit, or the error"),
            Field("file", Text, "", "the file of the input that it lies in"),
            Field("member", Count, "", "position of the record in the file, from 0"),
            Field("offset", Count, "bytes", "first byte in the decompressed file"),
            Field("length", Count, "bytes", "of the unit in the decompressed file"),
            Field("xxh128", Text, "", "hash of these bytes, as xxh128sum prints it"),
        ],
    },
    TableSchema { path: "stats/funnel.csv", row: "a figure of a group of documents", fields: LONG },
    TableSchema { path: "stats/sizes.csv", row: "a figure of a group of documents", fields: LONG },
    TableSchema {
        path: "stats/diversity.csv",
        row: "a figure of a group of documents",
        fields: LONG,
    },
    TableSchema {
        path: "stats/frequency.csv",
        row: "a figure of a group of documents",
        fields: LONG,
    },
    TableSchema {
        path: "stats/readability.csv",
        row: "a figure of a group of documents",
        fields: LONG,
    },
    TableSchema {
        path: "stats/documents.csv",
        row: "a kept document",
        fields: &[
            Field("id", Text, "", "as in documents.csv"),
            Field("language", Text, "", "ISO 639-1 code, or und"),
            Field("chars", Count, "characters", "Unicode scalar values of the body"),
            Field("tokens", Count, "tokens", "N: UAX #29 words with an alphanumeric character"),
            Field(
                "sentences",
                Count,
                "sentences",
                "UAX #29 sentences with an alphanumeric character",
            ),
            Field("lines", Count, "lines", "lines with text"),
            Field("chars_before", Count, "characters", "of the body as it was decoded"),
            Field("tokens_before", Count, "tokens", "of the body as it was decoded"),
            Field("sentences_before", Count, "sentences", "of the body as it was decoded"),
            Field("lines_before", Count, "lines", "of the body as it was decoded"),
            Field("types", Count, "types", "V: distinct tokens, lower case, NFC"),
            Field("hapax", Count, "types", "V(1): types of frequency 1"),
            Field("ttr", Number, "", "V/N; falls with N"),
            Field(
                "mattr_100",
                Number,
                "",
                "mean V/100 over all windows of 100 tokens (Covington and McFall 2010)",
            ),
            Field("mattr_500", Number, "", "the same for windows of 500 tokens"),
            Field(
                "msttr_100",
                Number,
                "",
                "mean V/100 over full segments of 100 tokens (Johnson 1944)",
            ),
            Field(
                "mtld",
                Number,
                "tokens",
                "tokens a factor, forward and backward; a factor closes at TTR ≤ 0.72 (McCarthy and Jarvis 2010)",
            ),
            Field(
                "mtld_min10",
                Number,
                "tokens",
                "the same; a factor closes at TTR < 0.72 and 10 tokens",
            ),
            Field("hdd_42", Number, "", "Σ [1 − C(N−f,42)/C(N,42)]/42 (McCarthy and Jarvis 2007)"),
            Field("yule_k", Number, "", "10⁴ (Σ V(i) (i/N)² − 1/N) (Yule 1944)"),
            Field("entropy_h", Number, "bits", "−Σ p log₂ p"),
            Field("lix", Number, "", "ASL + % tokens of over 6 characters (Björnsson 1968)"),
            Field("rix", Number, "", "tokens of over 6 characters / sentences (Anderson 1983)"),
            Field(
                "flesch",
                Number,
                "",
                "reading ease by the language's own formula; syllables approximate",
            ),
            Field("flesch_formula", Text, "", "which one, as in stats/readability.csv"),
        ],
    },
    TableSchema { path: "stats/sources.csv", row: "a source", fields: SOURCES },
    TableSchema { path: "stats/languages.csv", row: "a language", fields: SOURCES.split_at(1).1 },
    TableSchema {
        path: "stats/words.csv",
        row: "a word of a language, by frequency",
        fields: &[
            Field("language", Text, "", "ISO 639-1 code"),
            Field("rank", Count, "", "by frequency, ties by code point order"),
            Field("word", Text, "", "lower case, NFC"),
            Field("frequency", Count, "tokens", "f"),
            Field("per_million", Number, "tokens", "f·10⁶/N, N of the language"),
            Field("documents", Count, "documents", "documents with it"),
            Field(
                "range",
                Count,
                "sources",
                "sources with it; the parts of all dispersion figures are the sources of the language",
            ),
            Field(
                "juilland_d",
                Number,
                "",
                "1 − V/√(k−1); 1 is even (Juilland and Chang-Rodríguez 1964)",
            ),
            Field("dp", Number, "", "½ Σ|t−w|; 0 is even (Gries 2008)"),
            Field(
                "dp_norm",
                Number,
                "",
                "DP/(1 − min w) over all parts; 0 is even (Lijffijt and Gries 2012)",
            ),
            Field(
                "carroll_d2",
                Number,
                "",
                "relative entropy of the rates; 1 is even (Carroll 1970)",
            ),
            Field("rosengren_s", Number, "", "(Σ√(w·T))²/f; 1 is even (Rosengren 1971)"),
            Field("d_kl", Number, "", "KL/(1+KL), base 2; 0 is even (Gries 2020)"),
        ],
    },
    TableSchema {
        path: "stats/ngrams.csv",
        row: "a sequence of words of a language, by frequency",
        fields: &[
            Field("language", Text, "", "ISO 639-1 code"),
            Field("words", Count, "words", "length"),
            Field(
                "rank",
                Count,
                "",
                "by frequency within language and length, ties by code point order",
            ),
            Field("ngram", Text, "", "the words with spaces between them, within one sentence"),
            Field("frequency", Count, "occurrences", "f, exact"),
            Field("documents", Count, "documents", "documents with it"),
        ],
    },
    TableSchema {
        path: "stats/collocations.csv",
        row: "two adjacent words of a language, by logDice",
        fields: &[
            Field("language", Text, "", "ISO 639-1 code"),
            Field(
                "rank",
                Count,
                "",
                "by logDice, ties by code point order; f ≥ 5 in 3 documents or more",
            ),
            Field("collocation", Text, "", "two adjacent words of one sentence"),
            Field("frequency", Count, "occurrences", "O: f(xy)"),
            Field("documents", Count, "documents", "documents with it"),
            Field("first", Count, "tokens", "f(x), all tokens of the first word"),
            Field("second", Count, "tokens", "f(y), all tokens of the second word"),
            Field("tokens", Count, "tokens", "N, all tokens of the language"),
            Field("expected", Number, "occurrences", "E = f(x)·f(y)/N"),
            Field("mi", Number, "bits", "log₂(O/E) (Church and Hanks 1990)"),
            Field("mi3", Number, "bits", "log₂(O³/E) (Daille 1994)"),
            Field("t", Number, "", "(O−E)/√O (Church et al. 1991)"),
            Field("g2", Number, "", "2 Σ O ln(O/E) over four cells, signed (Dunning 1993)"),
            Field("log_dice", Number, "", "14 + log₂(2·f(xy)/(f(x)+f(y))) (Rychlý 2008)"),
        ],
    },
    TableSchema {
        path: "stats/growth.csv",
        row: "a point of a vocabulary's growth",
        fields: &[
            Field("scope", Text, "", "corpus or language"),
            Field("key", Text, "", "which language"),
            Field("tokens", Count, "tokens", "n"),
            Field("types", Number, "types", "E[V(n)] over all orders of the text (Baayen 2001)"),
        ],
    },
    TableSchema {
        path: "stats/steps.csv",
        row: "a stage, for the documents of one source and language",
        fields: &[
            Field("source", Text, "", "outlet"),
            Field("language", Text, "", "label at the end of the run; unlabelled if there is none"),
            Field("stage", Text, "", "input, then the stages in their order"),
            Field("documents_in", Count, "documents", "that came to it"),
            Field("rejected", Count, "documents", "rejected by it"),
            Field("duplicates", Count, "documents", "dropped by it as duplicates"),
            Field("documents_out", Count, "documents", "documents_in − rejected − duplicates"),
            Field("removed_bytes", Count, "bytes", "decoded text that it cut"),
        ],
    },
    TableSchema {
        path: "stats/removed_lines.csv",
        row: "a text that a rule cut, by frequency",
        fields: &[
            Field("stage", Text, "", "the stage that cut it"),
            Field("rule", Text, "", "the rule of that stage"),
            Field("rank", Count, "", "by spans within the rule, ties by code point order"),
            Field("spans", Count, "spans", "rows of removed.csv with it"),
            Field("documents", Count, "documents", "documents that lost it"),
            Field(
                "text",
                Text,
                "",
                "white space as single spaces, the first 200 characters; texts that begin alike are counted together",
            ),
        ],
    },
    TableSchema {
        path: "stats/days.csv",
        row: "a day of publication",
        fields: &[
            Field(
                "day",
                Text,
                "",
                "year-month-day; empty for documents without a date in ISO 8601",
            ),
            Field("found", Count, "documents", "documents found"),
            Field("kept", Count, "documents", "documents kept"),
        ],
    },
    TableSchema {
        path: "keyness.csv",
        row: "a word that two corpora have in common or not, by |G²|",
        fields: &[
            Field("word", Text, "", "lower case, NFC"),
            Field("f1", Count, "tokens", "in the target"),
            Field("n1", Count, "tokens", "all tokens of the target"),
            Field("f2", Count, "tokens", "in the reference"),
            Field("n2", Count, "tokens", "all tokens of the reference"),
            Field("per_million1", Number, "tokens", "f1·10⁶/n1"),
            Field("per_million2", Number, "tokens", "f2·10⁶/n2"),
            Field("documents1", Count, "documents", "documents of the target with it"),
            Field("documents2", Count, "documents", "documents of the reference with it"),
            Field("dp1", Number, "", "Gries's DP over the sources of the target; 0 is even"),
            Field("dp2", Number, "", "Gries's DP over the sources of the reference; 0 is even"),
            Field(
                "g2",
                Number,
                "",
                "2 Σ O ln(O/E) over four cells, negative where it is rarer in the target (Dunning 1993)",
            ),
            Field(
                "bic",
                Number,
                "",
                "|G²| − ln(n1+n2); above 2 there is evidence of a difference (Wilson 2013)",
            ),
            Field(
                "log_ratio",
                Number,
                "bits",
                "log₂ of the ratio of the rates; a 0 counts as 0.5 (Hardie 2014)",
            ),
            Field("zero_replaced", Text, "", "yes where log_ratio had to replace a 0"),
            Field(
                "pct_diff",
                Number,
                "%",
                "100·(rate1 − rate2)/rate2; empty where f2 = 0 (Gabrielatos and Marchi 2012)",
            ),
            Field(
                "simple_maths_1",
                Number,
                "",
                "(per_million1 + 1)/(per_million2 + 1) (Kilgarriff 2009)",
            ),
        ],
    },
];

/// The long form: one figure a row, with its method.
const LONG: &[Field] = &[
    Field("scope", Text, "", "corpus, source or language"),
    Field("key", Text, "", "which source or language; empty for the corpus"),
    Field("statistic", Text, "", "name of the figure"),
    Field("value", Number, "", "its value; empty where it is not defined"),
    Field("n", Count, "", "documents it rests on; sentences or tokens for their lengths"),
    Field("method", Text, "", "how it was computed, and where the formula comes from"),
    Field("reason", Text, "", "why there is no value"),
    Field("unit", Text, "", "of the value"),
    Field(
        "state",
        Text,
        "",
        "after cleaning, or before: the same kept documents as they were decoded",
    ),
];

const SOURCES: &[Field] = &[
    Field("source", Text, "", "outlet"),
    Field("language", Text, "", "ISO 639-1 code; of a source the one with most tokens"),
    Field("found", Count, "documents", "documents and unreadable inputs"),
    Field("kept", Count, "documents", "in documents.csv"),
    Field("duplicates", Count, "documents", "dropped as duplicates"),
    Field("rejected", Count, "documents", "in rejected.csv"),
    Field(
        "removed_share",
        Number,
        "",
        "share of the decoded bytes that was cut, in documents that were cleaned and no duplicates",
    ),
    Field("chars", Count, "characters", "of the kept bodies"),
    Field("chars_p50", Count, "characters", "median of the kept bodies"),
    Field("chars_before", Count, "characters", "of the same as they were decoded"),
    Field("chars_before_p50", Count, "characters", "median of the same as they were decoded"),
    Field("tokens", Count, "tokens", "N, where words can be told"),
    Field("tokens_p50", Count, "tokens", "median"),
    Field("tokens_before", Count, "tokens", "of the same as they were decoded"),
    Field("types", Count, "types", "V"),
    Field("hapax", Count, "types", "V(1)"),
    Field("ttr", Number, "", "V/N; falls with N, so compare mattr_100"),
    Field(
        "mattr_100",
        Number,
        "",
        "mean V/100 over all windows of 100 tokens within documents (Covington and McFall 2010)",
    ),
    Field(
        "msttr_100",
        Number,
        "",
        "mean V/100 over full segments of 100 tokens within documents (Johnson 1944)",
    ),
    Field("mean_of_docs_mtld", Number, "tokens", "mean over documents (McCarthy and Jarvis 2010)"),
    Field("hdd_42", Number, "", "Σ [1 − C(N−f,42)/C(N,42)]/42 (McCarthy and Jarvis 2007)"),
    Field("yule_k", Number, "", "10⁴ (Σ V(i) (i/N)² − 1/N) (Yule 1944)"),
    Field("entropy_h", Number, "bits", "−Σ p log₂ p"),
    Field("hapax_ratio", Number, "", "V(1)/V"),
    Field("lix", Number, "", "ASL + % tokens of over 6 characters (Björnsson 1968)"),
    Field("rix", Number, "", "tokens of over 6 characters / sentences (Anderson 1983)"),
    Field(
        "flesch",
        Number,
        "",
        "reading ease by the language's own formula; syllables approximate",
    ),
    Field("flesch_formula", Text, "", "which one, as in stats/readability.csv"),
];

/// Writes `datapackage.json`: every table among `files`, with its columns, units, methods, size and hash.
pub fn write_datapackage(
    publication: &Publication,
    files: &[PublishedFile],
) -> Result<PublishedFile, Error> {
    let described = files.iter().filter_map(|file| {
        let table = TABLES.iter().find(|table| table.path == file.name)?;
        Some(resource(table, file))
    });
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "copydesk-output",
        "title": "Output of a copydesk run",
        "description": "Text cells that a spreadsheet would take for a formula begin with an apostrophe. Empty cells have no value.",
        "contributors": [{"title": concat!("copydesk ", env!("CARGO_PKG_VERSION")), "roles": ["creator"]}],
        "contract": CONTRACT,
        "token_rule": concat!("UAX #29 words with an alphanumeric character, NFC, full lower case (tr and az with dotless i), ",
            "numbers kept, hyphens split, apostrophes within words kept"),
        "sentence_rule": "UAX #29 sentences with an alphanumeric character; a line end ends one; abbreviations may",
        "unicode": unicode(),
        "resources": described.collect::<Vec<_>>(),
    });
    publication.write_json("datapackage.json", &package)
}

fn unicode() -> String {
    let (major, minor, update) = unicode_segmentation::UNICODE_VERSION;
    format!("{major}.{minor}.{update}")
}

fn resource(table: &TableSchema, file: &PublishedFile) -> Value {
    let name = table.path.trim_end_matches(".csv").replace('/', "-");
    let fields = table.fields.iter().map(|Field(name, kind, unit, description)| {
        let kind = match kind {
            Text => "string",
            Count => "integer",
            Number => "number",
        };
        let mut field = json!({"name": name, "type": kind, "description": description});
        if !unit.is_empty() {
            field["unit"] = json!(unit);
        }
        field
    });
    json!({
        "name": name,
        "path": table.path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": format!("One row is {}.", table.row),
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
        "rows": file.rows,
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": "\"", "doubleQuote": true, "header": true},
        "schema": {"fields": fields.collect::<Vec<_>>(), "missingValues": [""]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{
        CLUSTERS, DOCUMENTS, DUPLICATES, FIGURES, PAIRS, REJECTED, REMOVED, SYNDICATION,
    };

    #[test]
    fn the_columns_of_the_contract_are_described_in_their_order() {
        let contract: [(&str, &[&str]); 8] = [
            ("documents.csv", &DOCUMENTS),
            ("duplicates.csv", &DUPLICATES),
            ("clusters.csv", &CLUSTERS),
            ("syndication.csv", &SYNDICATION),
            ("pairs.csv", &PAIRS),
            ("removed.csv", &REMOVED),
            ("rejected.csv", &REJECTED),
            ("stats/sizes.csv", &FIGURES),
        ];
        for (path, expected) in contract {
            assert_eq!(columns(path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(columns("unknown.csv"), None);
    }
}
