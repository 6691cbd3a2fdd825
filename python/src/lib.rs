//! copydesk's stages as functions from Arrow batches to Arrow batches: the module `copydesk_spark._native`.
//!
//! Nothing is decided here: every function hands the rows of a batch to `copydesk::pipeline::parts` and makes batches of what
//! comes back. The interpreter's lock is released meanwhile. Unsigned numbers are passed as the signed ones of the same
//! bits, for Spark has no others.

mod columns;
mod ending;
mod job;
mod plan;
mod steps;
mod stories;
mod sums;

use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use copydesk::Error;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// What went wrong, with the place.
pub(crate) struct Failure(pub(crate) String);

impl From<Error> for Failure {
    fn from(why: Error) -> Self {
        Self(why.to_string())
    }
}

impl From<Failure> for PyErr {
    fn from(why: Failure) -> Self {
        PyRuntimeError::new_err(format!("copydesk: {}", why.0))
    }
}

impl Failure {
    /// Says where it went wrong.
    pub(crate) fn at(place: impl std::fmt::Display) -> impl FnOnce(Error) -> Self {
        move |why| Self(format!("{place}: {why}"))
    }
}

/// An error of the setup, which the user can mend: its message, and the exit code that `copydesk` has for it.
pub(crate) fn setup(why: Error) -> PyErr {
    PyValueError::new_err((why.to_string(), why.exit().code()))
}

/// A batch of pyarrow.
pub(crate) type Batch = PyArrowType<RecordBatch>;

/// Does the work without the interpreter's lock.
pub(crate) fn apart<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(PyErr::from)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<plan::Plan>()?;
    module.add_class::<job::Job>()?;
    module.add_class::<job::Reading>()?;
    module.add_class::<job::Resolving>()?;
    module.add_class::<job::Relatives>()?;
    module.add_class::<steps::Dealing>()?;
    module.add_class::<steps::Carrying>()?;
    module.add_function(wrap_pyfunction!(steps::legs, module)?)?;
    module.add_function(wrap_pyfunction!(steps::concluded, module)?)?;
    module.add_class::<ending::Ending>()?;
    module.add_class::<stories::Stories>()?;
    module.add_class::<sums::Sums>()?;
    module.add_class::<sums::Pieces>()?;
    module.add_function(wrap_pyfunction!(sums::look_at, module)?)?;
    Ok(())
}
