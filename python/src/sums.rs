//! What documents add up to: merged in any order and in as many steps as one likes, and written on the driver.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::{BinaryBuilder, Int64Builder};
use arrow_pyarrow::PyArrowType;
use copydesk::pipeline::parts::{self, Chunks, Finished, Parts, PieceOfTable, Totals};
use pyo3::prelude::*;

use crate::columns::{BATCH_BYTES, BATCH_ROWS, Rows, batch};
use crate::job::Job;
use crate::plan::Plan;
use crate::{Batch, Failure, apart, setup};

/// Sums of some documents, or of all.
#[pyclass(frozen)]
pub(crate) struct Sums {
    parts: Arc<Parts>,
    /// Until they are handed on.
    totals: Mutex<Option<Totals>>,
}

/// Name, table, bytes, SHA-256, rows and plain bytes of a file of a table.
pub(crate) type File = (String, String, u64, String, u64, Option<u64>);

#[pymethods]
impl Sums {
    #[new]
    fn new(job: &Job, scratch: PathBuf) -> PyResult<Self> {
        let totals = Totals::new(&job.0, &scratch).map_err(setup)?;
        Ok(Self { parts: Arc::clone(&job.0), totals: Mutex::new(Some(totals)) })
    }

    /// Adds pieces: the column `sums`.
    fn merge(&self, py: Python<'_>, rows: Batch) -> PyResult<()> {
        let merge = || {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            let totals = totals.as_mut().ok_or_else(gone)?;
            for piece in Rows(&rows.0).all_bytes("sums")? {
                totals.merge(piece)?;
            }
            Ok(())
        };
        apart(py, merge)
    }

    /// Adds one piece.
    fn add(&self, py: Python<'_>, piece: &[u8]) -> PyResult<()> {
        let add = || {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(totals.as_mut().ok_or_else(gone)?.merge(piece)?)
        };
        apart(py, add)
    }

    /// Everything in pieces of so many ranges; nothing can be added after that.
    fn sums(&self, py: Python<'_>, ranges: u64) -> PyResult<Pieces> {
        pieces(py, || self.take(), ranges)
    }

    /// Why a run with these sums must not be published.
    fn limits(&self) -> Vec<String> {
        let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.as_ref().map(|totals| totals.limits(self.parts.config())).unwrap_or_default()
    }

    /// Writes what a run writes besides its rows into a new folder; `files` are those that the engine has written.
    fn write(
        &self,
        py: Python<'_>,
        plan: &Plan,
        folder: PathBuf,
        files: Vec<File>,
        repeated_ids: u64,
        timings: &str,
    ) -> PyResult<()> {
        let write = || {
            let file = |(name, table, bytes, sha256, rows, plain_bytes)| PieceOfTable {
                name,
                table,
                bytes,
                sha256,
                rows,
                plain_bytes,
            };
            let finished = Finished {
                tables: files.into_iter().map(file).collect(),
                skipped: &plan.scan.skipped,
                input: &plan.input,
                repeated_ids,
                timings: serde_json::from_str(timings)
                    .map_err(|why| Failure(format!("the timings are no JSON: {why}")))?,
            };
            self.take()?.write(&self.parts, &folder, finished)?;
            Ok(())
        };
        apart(py, write)
    }
}

impl Sums {
    fn take(&self) -> Result<Totals, Failure> {
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.take().ok_or_else(gone)
    }
}

fn gone() -> Failure {
    Failure("these sums were handed on already".to_owned())
}

/// Bytes, SHA-256 and rows of a file of a table at `path`, whose name in the output, `name`, tells the format.
#[pyfunction]
pub(crate) fn look_at(py: Python<'_>, path: PathBuf, name: &str) -> PyResult<(u64, String, u64)> {
    apart(py, || Ok(parts::look_at(&path, name)?))
}

/// Pieces of sums: an iterator over batches of `range`, `sums`.
#[pyclass(frozen)]
pub(crate) struct Pieces(Mutex<Chunks>);

pub(crate) fn pieces(
    py: Python<'_>,
    totals: impl FnOnce() -> Result<Totals, Failure> + Send,
    ranges: u64,
) -> PyResult<Pieces> {
    apart(py, || Ok(totals()?.into_chunks(ranges)?)).map(|chunks| Pieces(Mutex::new(chunks)))
}

#[pymethods]
impl Pieces {
    fn __iter__(itself: PyRef<'_, Self>) -> PyRef<'_, Self> {
        itself
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        let next = || {
            let mut chunks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (mut range, mut sums) = (Int64Builder::new(), BinaryBuilder::new());
            let (mut bytes, mut rows) = (0, 0);
            while bytes < BATCH_BYTES && rows < BATCH_ROWS {
                let Some(chunk) = chunks.next() else { break };
                let (of, piece) = chunk?;
                (bytes, rows) = (bytes + piece.len(), rows + 1);
                range.append_value(of as i64);
                sums.append_value(piece);
            }
            let range: Arc<_> = Arc::new(range.finish());
            let all = batch(vec![("range", range), ("sums", Arc::new(sums.finish()))])?;
            Ok(Some(all).filter(|_| rows > 0))
        };
        Ok(apart(py, next)?.map(PyArrowType))
    }
}
