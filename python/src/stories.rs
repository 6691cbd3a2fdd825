//! Rows of the tables of stories, from what the engine has grouped.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_pyarrow::PyArrowType;
use copydesk::output::stories::{ClusterRow, SyndicationRow};
use copydesk::pipeline::parts::{self, AboutStories};
use pyo3::prelude::*;

use crate::columns::{Rows, batch};
use crate::job::Job;
use crate::{Batch, Failure, apart};

/// Makes lines of rows.
#[pyclass(frozen)]
pub(crate) struct Stories(AboutStories);

#[pymethods]
impl Stories {
    #[new]
    fn new(job: &Job) -> Self {
        Self(AboutStories::new(&job.0))
    }

    /// `cluster`, `kept_name`, `size`, `dropped`, `sources`, `first`, `last` → `line` of `clusters.csv`.
    fn clusters(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        self.lines(py, || {
            let rows = Rows(&rows.0);
            let counts = |name| rows.all_integers(name);
            let (number, size) = (counts("cluster")?, counts("size")?);
            let (dropped, sources) = (counts("dropped")?, counts("sources")?);
            let kept = rows.texts("kept_name")?;
            let (first, last) = (rows.texts("first")?, rows.texts("last")?);
            for row in 0..rows.len() {
                self.0.cluster(&ClusterRow {
                    number: number[row] as u64,
                    kept_name: kept[row].unwrap_or_default(),
                    size: size[row] as u64,
                    dropped: dropped[row] as u64,
                    sources: sources[row] as u64,
                    dates: [first[row].unwrap_or_default(), last[row].unwrap_or_default()],
                })?;
            }
            Ok(())
        })
    }

    /// `kept_source`, `source`, `stories`, `documents` → `line` of `syndication.csv`.
    fn syndication(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        self.lines(py, || {
            let rows = Rows(&rows.0);
            let (kept, copy) = (rows.texts("kept_source")?, rows.texts("source")?);
            let stories = rows.all_integers("stories")?;
            let documents = rows.all_integers("documents")?;
            for row in 0..rows.len() {
                self.0.syndication(&SyndicationRow {
                    kept_source: kept[row].unwrap_or_default(),
                    copy_source: copy[row].unwrap_or_default(),
                    stories: stories[row] as u64,
                    documents: documents[row] as u64,
                })?;
            }
            Ok(())
        })
    }

    /// `message`, `name`, `other_name` → `line` of `pairs.csv`.
    fn pairs(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        self.lines(py, || {
            let rows = Rows(&rows.0);
            let names = rows.texts("name")?.into_iter().zip(rows.texts("other_name")?);
            for (pair, (name, other)) in rows.all_bytes("message")?.into_iter().zip(names) {
                let names = [name.unwrap_or_default(), other.unwrap_or_default()];
                self.0.pair(&parts::pair_from_bytes(pair)?, names)?;
            }
            Ok(())
        })
    }
}

impl Stories {
    fn lines(
        &self,
        py: Python<'_>,
        write: impl FnOnce() -> Result<(), Failure> + Send,
    ) -> PyResult<Batch> {
        let lines = || {
            write()?;
            let mut lines = StringBuilder::new();
            self.0.take().iter().for_each(|line| lines.append_value(&line.text));
            batch(vec![("line", Arc::new(lines.finish()))])
        };
        apart(py, lines).map(PyArrowType)
    }
}
