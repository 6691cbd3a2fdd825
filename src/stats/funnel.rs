//! The funnel: what was found, what was kept, what went and why, for any group of documents.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::labels::Labels;
use super::{Figure, Value};
use crate::document::{Document, Fate};

/// Counts of one group; two of them merge by addition. `found = kept + duplicates + rejected` holds by construction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// Kept documents.
    pub kept: u64,
    /// Dropped duplicates, by kind.
    pub duplicates: BTreeMap<String, u64>,
    /// Rejected documents and unreadable inputs, by stage and reason.
    pub rejected: BTreeMap<(String, String), u64>,
    /// Bytes before decoding.
    pub raw_bytes: u64,
    /// Replacement characters that stand for invalid bytes.
    pub replacements: u64,
    /// What each rule removed, by stage and rule.
    pub removed: BTreeMap<(String, String), Removed>,
    /// Paragraphs of kept documents that other documents have too.
    pub repeated_paragraphs: u64,
    /// What was repaired in decoding.
    pub repairs: Repairs,
    /// Documents by encoding, where the reader told it.
    pub encodings: BTreeMap<String, u64>,
    /// Text of the kept documents.
    pub kept_text: Text,
    /// Text of those that a stage rejected or dropped, as it was then, by stage.
    pub dropped_text: BTreeMap<String, Text>,
    /// The language labels of all documents that have one.
    pub labels: Labels,
}

/// How much text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Bytes, headlines included.
    pub bytes: u64,
    /// Tokens of the bodies, where words can be told; of dropped documents with the family `dropped` only.
    pub tokens: u64,
}

/// What was repaired when texts were decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs {
    /// Rows of `repairs.csv`.
    pub spans: u64,
    /// HTML entities in them.
    pub entities: u64,
    /// Characters of mojibake in them.
    pub mojibake: u64,
}

/// What one rule removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Documents that lost something to it.
    pub documents: u64,
    /// Spans.
    pub spans: u64,
    /// Bytes of decoded text.
    pub bytes: u64,
}

impl Text {
    fn add(&mut self, bytes: u64, tokens: u64) {
        self.merge(Self { bytes, tokens });
    }

    fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.tokens += other.tokens;
    }
}

impl Funnel {
    /// Adds a document at the end of its way.
    pub fn add(&mut self, document: &Document) {
        self.raw_bytes += document.decoding.raw_bytes;
        self.replacements += u64::from(document.decoding.replacements);
        let encoding = &document.decoding.encoding;
        if !encoding.is_empty() {
            match self.encodings.get_mut(&**encoding) {
                Some(count) => *count += 1,
                None => drop(self.encodings.insert(encoding.to_string(), 1)),
            }
        }
        let tokens = document.measures.and_then(|measures| measures.tokens).unwrap_or_default();
        let stage = match &document.fate {
            Fate::Kept => {
                self.kept += 1;
                self.kept_text.add(document.text().len() as u64, tokens);
                None
            }
            Fate::Duplicate(duplicate) => {
                *self.duplicates.entry(duplicate.kind.as_str().to_owned()).or_default() += 1;
                Some(duplicate.kind.stage())
            }
            Fate::Rejected(why) => {
                let key = (why.stage.to_string(), why.reason.to_string());
                *self.rejected.entry(key).or_default() += 1;
                Some(&*why.stage)
            }
        };
        if let Some(stage) = stage {
            let dropped = self.dropped_text.entry(stage.to_owned()).or_default();
            dropped.add(document.forgotten_bytes, tokens);
        }
        self.labels.add(document.language.as_ref());
        self.repeated_paragraphs += document.repeats().len() as u64;
        for repair in document.repairs() {
            self.repairs.spans += 1;
            self.repairs.entities += u64::from(repair.entities);
            self.repairs.mojibake += u64::from(repair.mojibake);
        }
        let mut last = BTreeMap::new();
        for removal in document.removed() {
            let key = (removal.stage.to_string(), removal.rule.to_string());
            let removed = self.removed.entry(key.clone()).or_default();
            removed.spans += 1;
            removed.bytes += removal.end - removal.start;
            if last.insert(key, ()).is_none() {
                removed.documents += 1;
            }
        }
    }

    /// Adds all documents of another group.
    pub fn merge(&mut self, other: &Self) {
        self.kept += other.kept;
        self.raw_bytes += other.raw_bytes;
        self.replacements += other.replacements;
        self.repeated_paragraphs += other.repeated_paragraphs;
        self.repairs.spans += other.repairs.spans;
        self.repairs.entities += other.repairs.entities;
        self.repairs.mojibake += other.repairs.mojibake;
        for (kind, count) in &other.duplicates {
            *self.duplicates.entry(kind.clone()).or_default() += count;
        }
        for (key, count) in &other.rejected {
            *self.rejected.entry(key.clone()).or_default() += count;
        }
        for (encoding, count) in &other.encodings {
            *self.encodings.entry(encoding.clone()).or_default() += count;
        }
        self.kept_text.merge(other.kept_text);
        for (stage, more) in &other.dropped_text {
            self.dropped_text.entry(stage.clone()).or_default().merge(*more);
        }
        self.labels.merge(&other.labels);
        for (key, more) in &other.removed {
            let removed = self.removed.entry(key.clone()).or_default();
            removed.documents += more.documents;
            removed.spans += more.spans;
            removed.bytes += more.bytes;
        }
    }

    /// Documents and inputs found.
    pub fn found(&self) -> u64 {
        self.kept + self.all_duplicates() + self.all_rejected()
    }

    /// Dropped duplicates of every kind.
    pub fn all_duplicates(&self) -> u64 {
        self.duplicates.values().sum()
    }

    /// Rejected for any reason.
    pub fn all_rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// The group's rows, in a fixed order.
    pub fn figures<'k>(&self, scope: &'static str, key: &'k str) -> Vec<Figure<'k>> {
        let found = self.found();
        let figure = |statistic: Cow<'static, str>, value: u64, method| Figure {
            scope,
            key,
            statistic,
            value: Some(Value::Count(value)),
            n: found,
            method,
            ..Figure::default()
        };
        let mut figures = vec![
            figure("found".into(), found, "documents and unreadable inputs"),
            figure("kept".into(), self.kept, "documents in documents.csv"),
            figure(
                "duplicates".into(),
                self.all_duplicates(),
                "dropped documents in duplicates.csv",
            ),
            figure("rejected".into(), self.all_rejected(), "rows in rejected.csv"),
        ];
        for (kind, count) in &self.duplicates {
            figures.push(figure(format!("duplicates:{kind}").into(), *count, "by kind"));
        }
        for ((stage, reason), count) in &self.rejected {
            figures.push(figure(
                format!("rejected:{stage}:{reason}").into(),
                *count,
                "by stage and reason",
            ));
        }
        for (encoding, count) in &self.encodings {
            figures.push(figure(
                format!("encoding:{encoding}").into(),
                *count,
                "documents read as such",
            ));
        }
        let bytes = Figure {
            unit: "bytes",
            ..figure("raw_bytes".into(), self.raw_bytes, "before decoding")
        };
        figures.push(bytes);
        let replacements =
            figure("replacements".into(), self.replacements, "U+FFFD for invalid bytes");
        figures.push(Figure { unit: "characters", ..replacements });
        figures.extend(self.labels.figures(scope, key));
        for ((stage, rule), removed) in &self.removed {
            let rule = format!("{stage}:{rule}");
            figures.push(figure(
                format!("removed_documents:{rule}").into(),
                removed.documents,
                "documents cut",
            ));
            let spans = figure(
                format!("removed_spans:{rule}").into(),
                removed.spans,
                "rows in removed.csv",
            );
            figures.push(Figure { unit: "spans", ..spans });
            let bytes =
                figure(format!("removed_bytes:{rule}").into(), removed.bytes, "of decoded text");
            figures.push(Figure { unit: "bytes", ..bytes });
        }
        if self.repairs.spans > 0 {
            let repairs = figure("repairs".into(), self.repairs.spans, "rows in repairs.csv");
            figures.push(Figure { unit: "spans", ..repairs });
        }
        if self.repeated_paragraphs > 0 {
            let paragraphs = figure(
                "repeated_paragraphs".into(),
                self.repeated_paragraphs,
                "rows in paragraphs.csv",
            );
            figures.push(Figure { unit: "paragraphs", ..paragraphs });
        }
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Action, DocId, Drop, Duplicate, DuplicateKind, Evidence, Findings};

    #[test]
    fn every_document_is_counted_once() {
        let drop = |drop| Findings { drop: Some(drop), ..Findings::default() };
        let duplicate = Duplicate {
            of: DocId(0),
            kind: DuplicateKind::Reprint,
            similarity: 0.9,
            containment: 1.0,
            evidence: Evidence::default(),
            action: Action::Dropped,
        };
        let cases = [
            Findings::default(),
            drop(Drop::Duplicate(duplicate)),
            drop(Drop::Reject { reason: "short".into(), detail: String::new() }),
        ];
        let mut funnel = Funnel::default();
        for findings in cases {
            let mut document = Document::new(DocId(0), "a", "s", "", "one\ntwo\nthree");
            let mut cuts = Findings::default();
            cuts.cut(0..3, "rule");
            cuts.cut(8..13, "rule");
            document.apply("boilerplate", cuts);
            document.apply("test", findings);
            funnel.add(&document);
        }
        assert_eq!((funnel.kept, funnel.all_duplicates(), funnel.all_rejected()), (1, 1, 1));
        assert_eq!(funnel.found(), 3);
        // "two" and the line end before it are left of each; nobody took the dropped ones' text away.
        assert_eq!(funnel.kept_text, Text { bytes: 3, tokens: 0 });
        let removed = funnel.removed[&("boilerplate".to_owned(), "rule".to_owned())];
        assert_eq!((removed.documents, removed.spans), (3, 6));
    }
}
