//! The last pass.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder};
use arrow_pyarrow::PyArrowType;
use copydesk::document::DocId;
use copydesk::pipeline::parts::{self, Ended, Last, Parts, PieceOfTable, Totals};
use pyo3::prelude::*;

use crate::columns::{Rows, batch};
use crate::job::Job;
use crate::sums::{File, Pieces, pieces};
use crate::{Batch, Failure, apart, setup};

/// Writes the rows of documents.
#[pyclass(frozen)]
pub(crate) struct Ending {
    parts: Arc<Parts>,
    /// Until its files are asked for.
    ending: Mutex<Option<parts::Ending>>,
    totals: Mutex<Option<Totals>>,
}

#[pymethods]
impl Ending {
    #[new]
    fn new(job: &Job, scratch: PathBuf, files: PathBuf) -> PyResult<Self> {
        let ending = parts::Ending::new(&job.0, &scratch, &files).map_err(setup)?;
        Ok(Self {
            parts: Arc::clone(&job.0),
            ending: Mutex::new(Some(ending)),
            totals: Mutex::new(None),
        })
    }

    /// `id`, `name`, `document`, `verdicts`, `standing`, `kept_name` → `file`, `id`, `line`, and for documents of a cluster
    /// `cluster`, `source`, `kept_name`, `is_dropped`, `date`, in rows of their own without `file`.
    fn write(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        let write = || {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            let ending = ending.as_mut().ok_or_else(over)?;
            let rows = Rows(&rows.0);
            let ids = rows.numbers_of_documents("id")?;
            let names = rows.texts("name")?;
            let documents = rows.all_bytes("document")?;
            let verdicts = rows.lists("verdicts")?;
            let standings = rows.bytes("standing")?;
            let kept_names = rows.texts("kept_name")?;
            let mut out = Out::default();
            for row in 0..rows.len() {
                let last = Last {
                    id: DocId(ids[row]),
                    name: names[row].unwrap_or_default(),
                    document: documents[row],
                    verdicts: &verdicts[row],
                    standing: standings[row],
                    kept_name: kept_names[row],
                };
                let place = format!("document {} at its end", ids[row]);
                let (lines, story) = ending.write(&self.parts, last).map_err(Failure::at(place))?;
                for line in &lines {
                    out.line(ids[row], line);
                }
                if let Some(story) = &story {
                    out.story(ids[row], story);
                }
            }
            out.finish()
        };
        apart(py, write).map(PyArrowType)
    }

    /// Ends the files of kept documents: the first document, and name, table, bytes, SHA-256, rows and plain bytes of each. No
    /// document can come after that.
    fn files(&self, py: Python<'_>) -> PyResult<(Option<u32>, Vec<File>)> {
        let finish = || {
            let mut ending = self.ending.lock().unwrap_or_else(PoisonError::into_inner);
            let Ended { files, first, totals } = ending.take().ok_or_else(over)?.finish()?;
            *self.totals.lock().unwrap_or_else(PoisonError::into_inner) = Some(totals);
            let file = |of: PieceOfTable| {
                (of.name, of.table, of.bytes, of.sha256, of.rows, of.plain_bytes)
            };
            Ok((first.map(|id| id.0), files.into_iter().map(file).collect()))
        };
        apart(py, finish)
    }

    /// What the documents add up to, in pieces of so many ranges, once the files are ended.
    fn sums(&self, py: Python<'_>, ranges: u64) -> PyResult<Pieces> {
        let take = || {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            totals.take().ok_or_else(over)
        };
        pieces(py, take, ranges)
    }
}

fn over() -> Failure {
    Failure("this was asked for already".to_owned())
}

/// Rows that go out.
#[derive(Default)]
struct Out {
    file: StringBuilder,
    id: Int64Builder,
    line: StringBuilder,
    cluster: Int64Builder,
    source: StringBuilder,
    kept_name: StringBuilder,
    is_dropped: BooleanBuilder,
    date: StringBuilder,
}

impl Out {
    fn line(&mut self, id: u32, line: &copydesk::output::lines::Line) {
        self.file.append_value(&line.file);
        self.id.append_value(id.into());
        self.line.append_value(&line.text);
        self.cluster.append_null();
        self.source.append_null();
        self.kept_name.append_null();
        self.is_dropped.append_null();
        self.date.append_null();
    }

    fn story(&mut self, id: u32, story: &parts::StoryRow) {
        self.file.append_null();
        self.id.append_value(id.into());
        self.line.append_null();
        self.cluster.append_value(story.cluster as i64);
        self.source.append_value(&story.source);
        self.kept_name.append_option(story.kept_name.as_deref());
        self.is_dropped.append_value(story.is_dropped);
        self.date.append_option(story.date.as_deref());
    }

    fn finish(mut self) -> Result<arrow_array::RecordBatch, Failure> {
        batch(vec![
            ("file", Arc::new(self.file.finish())),
            ("id", Arc::new(self.id.finish())),
            ("line", Arc::new(self.line.finish())),
            ("cluster", Arc::new(self.cluster.finish())),
            ("source", Arc::new(self.source.finish())),
            ("kept_name", Arc::new(self.kept_name.finish())),
            ("is_dropped", Arc::new(self.is_dropped.finish())),
            ("date", Arc::new(self.date.finish())),
        ])
    }
}
