//! What the driver asks for before there is a job: the configuration, and the input in pieces.

use std::path::PathBuf;

use copydesk::Config;
use copydesk::input::Scan;
use copydesk::output::{Form, lines};
use copydesk::pipeline::parts;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::setup;

/// A run as the driver sees it.
#[pyclass(frozen)]
pub(crate) struct Plan {
    job: parts::Job,
    pub(crate) scan: Scan,
    pub(crate) input: PathBuf,
    form: Form,
}

#[pymethods]
impl Plan {
    /// Reads the configuration, at its defaults without a file, and lists the input.
    #[new]
    #[pyo3(signature = (input, config=None, stages=None))]
    fn new(
        py: Python<'_>,
        input: Option<PathBuf>,
        config: Option<PathBuf>,
        stages: Option<Vec<String>>,
    ) -> PyResult<Self> {
        py.detach(|| {
            let mut read =
                config.map_or_else(|| Ok(Config::default()), |path| Config::load(&path))?;
            if let Some(input) = input {
                read.input.path = input;
            }
            if let Some(stages) = stages {
                read.stages = stages;
            }
            let (job, scan) = parts::Job::plan(&read)?;
            Ok(Self { job, scan, form: read.output.form(), input: read.input.path })
        })
        .map_err(setup)
    }

    /// What the workers must know.
    fn job<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.job.to_bytes().map_err(setup)?))
    }

    /// The input in pieces, in corpus order: so many at least, if there are so many files.
    fn pieces<'py>(&self, py: Python<'py>, at_least: usize) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let pieces = parts::Job::pieces(&self.scan, at_least).map_err(setup)?;
        Ok(pieces.iter().map(|piece| PyBytes::new(py, piece)).collect())
    }

    /// Whether kept documents are lines, which Spark puts into files.
    fn writes_lines(&self) -> bool {
        lines::are_lines(&self.form)
    }

    /// Refuses what Spark cannot write to an address.
    fn check_address(&self) -> PyResult<()> {
        lines::check(&self.form).map_err(setup)
    }

    /// Number of files, and their bytes.
    fn size(&self) -> (usize, u64) {
        (self.scan.files.len(), self.scan.bytes())
    }

    /// What the scan passed over: reason and number.
    fn skipped(&self) -> Vec<(&'static str, u64)> {
        self.scan.skipped.iter().map(|(reason, skipped)| (*reason, skipped.count)).collect()
    }
}
