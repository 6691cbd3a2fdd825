//! A job as a worker has it, and what it does with batches before the last pass.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::builder::{BinaryBuilder, Int64Builder, StringBuilder};
use arrow_array::{BinaryArray, Int32Array, Int64Array, RecordBatch};
use arrow_pyarrow::PyArrowType;
use copydesk::document::DocId;
use copydesk::input::PieceUnits;
use copydesk::output::file::Compression;
use copydesk::pipeline::parts::{self, Family, Parts, Resolver};
use pyo3::prelude::*;

use crate::columns::{BATCH_BYTES, BATCH_ROWS, Rows, batch};
use crate::{Batch, Failure, apart, setup};

/// A run as a worker knows it.
#[pyclass(frozen)]
pub(crate) struct Job(pub(crate) Arc<Parts>);

#[pymethods]
impl Job {
    #[new]
    fn new(py: Python<'_>, job: &[u8]) -> PyResult<Self> {
        py.detach(|| Parts::of_job(job)).map(|parts| Self(Arc::new(parts))).map_err(setup)
    }

    /// Names of the corpus stages, and whether their verdicts are on documents rather than on keys.
    fn corpus_stages(&self) -> Vec<(&'static str, bool)> {
        self.0.corpus_stages()
    }

    /// Names of all stages.
    fn stages(&self) -> Vec<String> {
        self.0.config().stages.clone()
    }

    /// The files that the rows go to, and the header of each that has one.
    fn files(&self) -> Vec<(String, Option<String>)> {
        self.0.files()
    }

    /// How the files of documents are compressed: `none` or `gzip`.
    fn compression(&self) -> &'static str {
        match self.0.config().output.compression {
            Compression::Gz => "gzip",
            _ => "none",
        }
    }

    /// The documents of a piece of the input, after the first pass: an iterator over batches.
    fn read(&self, unit: i32, piece: &[u8]) -> PyResult<Reading> {
        let units = self.0.units(piece).map_err(Failure::at(format!("piece {unit}")))?;
        let state = ReadingState { units, position: 0 };
        Ok(Reading { parts: Arc::clone(&self.0), unit, state: Mutex::new(state) })
    }

    /// `id`, `observed` → `part`, `id`, `observed`.
    fn spread(&self, py: Python<'_>, stage: usize, rows: Batch) -> PyResult<Batch> {
        let spread = || {
            let rows = Rows(&rows.0);
            let ids = rows.all_integers("id")?;
            let observed = rows.all_bytes("observed")?;
            let (mut part, mut id) = (Int64Builder::new(), Int64Builder::new());
            let mut packed = BinaryBuilder::new();
            for (document, observed) in ids.iter().zip(observed) {
                for (of, rows) in self.0.spread(stage, observed)? {
                    part.append_value(of as i64);
                    id.append_value(*document);
                    packed.append_value(rows);
                }
            }
            batch(vec![
                ("part", Arc::new(part.finish())),
                ("id", Arc::new(id.finish())),
                ("observed", Arc::new(packed.finish())),
            ])
        };
        apart(py, spread).map(PyArrowType)
    }

    /// `id`, `observed` → `key`, `id`, each key of a document once.
    fn keys(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        let keys = || {
            let rows = Rows(&rows.0);
            let (mut key, mut id) = (Int64Builder::new(), Int64Builder::new());
            for (document, observed) in
                rows.all_integers("id")?.iter().zip(rows.all_bytes("observed")?)
            {
                for of in self.0.keys(observed) {
                    key.append_value(of as i64);
                    id.append_value(*document);
                }
            }
            batch(vec![("key", Arc::new(key.finish())), ("id", Arc::new(id.finish()))])
        };
        apart(py, keys).map(PyArrowType)
    }

    /// `id`, `document`, `verdicts` → `id`, `observed`, `lost`: what the documents add to a stage behind the first, and the
    /// verdict on those on which it panicked.
    fn observe(&self, py: Python<'_>, stage: usize, rows: Batch) -> PyResult<Batch> {
        let observe = || {
            let rows = Rows(&rows.0);
            let ids = rows.numbers_of_documents("id")?;
            let documents = rows.all_bytes("document")?;
            let verdicts = rows.lists("verdicts")?;
            let lost = self.0.lost(stage)?;
            let (mut observed, mut loss) = (BinaryBuilder::new(), BinaryBuilder::new());
            for ((id, document), verdicts) in ids.iter().zip(documents).zip(&verdicts) {
                let next = self.0.observe(stage, DocId(*id), document, verdicts);
                let next = next
                    .map_err(Failure::at(format!("document {id} on its way to stage {stage}")))?;
                observed.append_value(next.rows);
                loss.append_option(next.is_lost.then_some(&lost));
            }
            let id: Int64Array = ids.iter().map(|id| i64::from(*id)).collect();
            batch(vec![
                ("id", Arc::new(id)),
                ("observed", Arc::new(observed.finish())),
                ("lost", Arc::new(loss.finish())),
            ])
        };
        apart(py, observe).map(PyArrowType)
    }

    /// Takes rows of a stage that are resolved together; scratch files go to `folder`.
    fn resolving(&self, stage: usize, folder: std::path::PathBuf) -> PyResult<Resolving> {
        let resolver = self.0.resolver(stage, Path::new(&folder)).map_err(Failure::from)?;
        Ok(Resolving { parts: Arc::clone(&self.0), resolver: Mutex::new(Some(resolver)) })
    }

    /// Takes the verdicts of all stages on duplicates.
    fn relatives(&self) -> Relatives {
        Relatives(Mutex::new(Some(Family::new(&self.0))))
    }

    /// `id`, `message` → `id`, `needs`: the documents whose public ids go with verdicts.
    fn needs(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        let needs = || {
            let rows = Rows(&rows.0);
            let mut needs = Int64Builder::new();
            for message in rows.all_bytes("message")? {
                needs.append_option(parts::needs(message)?.map(|id| i64::from(id.0)));
            }
            let id: Int64Array = rows.all_integers("id")?.into();
            batch(vec![("id", Arc::new(id)), ("needs", Arc::new(needs.finish()))])
        };
        apart(py, needs).map(PyArrowType)
    }

    /// `id`, `needs`, `name` → `id`, `message`.
    fn names(&self, py: Python<'_>, rows: Batch) -> PyResult<Batch> {
        let names = || {
            let rows = Rows(&rows.0);
            let mut messages = BinaryBuilder::new();
            for (id, name) in
                rows.numbers_of_documents("needs")?.into_iter().zip(rows.texts("name")?)
            {
                messages.append_value(parts::name(DocId(id), name.unwrap_or_default())?);
            }
            let id: Int64Array = rows.all_integers("id")?.into();
            batch(vec![("id", Arc::new(id)), ("message", Arc::new(messages.finish()))])
        };
        apart(py, names).map(PyArrowType)
    }
}

/// Reads a piece of the input.
#[pyclass(frozen)]
pub(crate) struct Reading {
    parts: Arc<Parts>,
    unit: i32,
    state: Mutex<ReadingState>,
}

struct ReadingState {
    units: PieceUnits,
    position: i64,
}

#[pymethods]
impl Reading {
    fn __iter__(reading: PyRef<'_, Self>) -> PyRef<'_, Self> {
        reading
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        Ok(apart(py, || self.next_batch())?.map(PyArrowType))
    }
}

impl Reading {
    fn next_batch(&self) -> Result<Option<RecordBatch>, Failure> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let from = state.position;
        let (mut name, mut own) = (StringBuilder::new(), StringBuilder::new());
        let mut own_hash = Int64Builder::new();
        let (mut document, mut observed) = (BinaryBuilder::new(), BinaryBuilder::new());
        let mut bytes = 0;
        while bytes < BATCH_BYTES && state.position - from < BATCH_ROWS as i64 {
            let Some(unit) = state.units.next() else { break };
            let place = format!("document {} of piece {}", state.position, self.unit);
            let laid = self.parts.read(unit).map_err(Failure::at(place))?;
            name.append_value(&laid.name);
            own_hash.append_option(laid.own.as_deref().map(|own| parts::own_hash(own) as i64));
            own.append_option(laid.own.as_deref());
            document.append_value(&laid.document);
            observed.append_value(&laid.observed);
            bytes += laid.document.len() + laid.observed.len();
            state.position += 1;
        }
        if state.position == from {
            return Ok(None);
        }
        let position = Int64Array::from_iter_values(from..state.position);
        let unit = Int32Array::from(vec![self.unit; (state.position - from) as usize]);
        batch(vec![
            ("unit", Arc::new(unit)),
            ("position", Arc::new(position)),
            ("name", Arc::new(name.finish())),
            ("own", Arc::new(own.finish())),
            ("own_hash", Arc::new(own_hash.finish())),
            ("document", Arc::new(document.finish())),
            ("observed", Arc::new(observed.finish())),
        ])
        .map(Some)
    }
}

/// Resolves rows of one stage.
#[pyclass(frozen)]
pub(crate) struct Resolving {
    parts: Arc<Parts>,
    resolver: Mutex<Option<Resolver>>,
}

fn over() -> Failure {
    Failure("it has been resolved already".into())
}

#[pymethods]
impl Resolving {
    /// Adds `id`, `observed`; rows may come in any order.
    fn push(&self, py: Python<'_>, rows: Batch) -> PyResult<()> {
        apart(py, || {
            let mut resolver = self.resolver.lock().unwrap_or_else(PoisonError::into_inner);
            let resolver = resolver.as_mut().ok_or_else(over)?;
            let rows = Rows(&rows.0);
            let ids = rows.numbers_of_documents("id")?;
            for (id, observed) in ids.into_iter().zip(rows.all_bytes("observed")?) {
                resolver.push(DocId(id), observed)?;
            }
            Ok(())
        })
    }

    /// Batches of `kind`, `key`, `other`, `message`: verdicts (0) by key, and compared pairs (1) by their documents.
    fn resolve(&self, py: Python<'_>) -> PyResult<Vec<Batch>> {
        let resolve = || {
            let mut resolver = self.resolver.lock().unwrap_or_else(PoisonError::into_inner);
            let resolved = self.parts.resolve(resolver.take().ok_or_else(over)?)?;
            let mut batches = Vec::new();
            for rows in resolved.verdicts.chunks(BATCH_ROWS) {
                let keys = rows.iter().map(|(key, _)| *key as i64).collect();
                let others = vec![None; rows.len()];
                let messages = rows.iter().map(|(_, message)| message.as_slice());
                batches.push(resolved_batch(0, keys, others, messages)?);
            }
            for pairs in resolved.pairs.chunks(BATCH_ROWS) {
                let keys = pairs.iter().map(|pair| pair.document.0.into()).collect();
                let others = pairs.iter().map(|pair| Some(pair.other.0.into())).collect();
                let bytes: Result<Vec<_>, _> = pairs.iter().map(parts::pair_to_bytes).collect();
                let bytes = bytes?;
                batches.push(resolved_batch(1, keys, others, bytes.iter().map(Vec::as_slice))?);
            }
            Ok(batches)
        };
        Ok(apart(py, resolve)?.into_iter().map(PyArrowType).collect())
    }
}

fn resolved_batch<'a>(
    kind: i32,
    keys: Vec<i64>,
    others: Vec<Option<i64>>,
    messages: impl Iterator<Item = &'a [u8]>,
) -> Result<RecordBatch, Failure> {
    batch(vec![
        ("kind", Arc::new(Int32Array::from(vec![kind; keys.len()]))),
        ("key", Arc::new(Int64Array::from(keys))),
        ("other", Arc::new(Int64Array::from(others))),
        ("message", Arc::new(BinaryArray::from_iter_values(messages))),
    ])
}

/// Follows verdicts on duplicates to their end.
#[pyclass(frozen)]
pub(crate) struct Relatives(Mutex<Option<Family>>);

#[pymethods]
impl Relatives {
    /// Adds verdicts, `message`, in any order.
    fn push(&self, py: Python<'_>, rows: Batch) -> PyResult<()> {
        apart(py, || {
            let mut family = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let family = family.as_mut().ok_or_else(over)?;
            for message in Rows(&rows.0).all_bytes("message")? {
                family.push(message)?;
            }
            Ok(())
        })
    }

    /// Batches of `id`, `of`, `standing`.
    fn standings(&self, py: Python<'_>) -> PyResult<Vec<Batch>> {
        let standings = || {
            let family = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
            let rows = family.ok_or_else(over)?.standings();
            let mut batches = Vec::new();
            for rows in rows.chunks(BATCH_ROWS) {
                let id: Int64Array = rows.iter().map(|(id, ..)| Some(i64::from(id.0))).collect();
                let of: Int64Array =
                    rows.iter().map(|(_, of, _)| of.map(|of| of.0.into())).collect();
                let mut standing = BinaryBuilder::new();
                for (.., row) in rows {
                    standing.append_value(row.to_bytes()?);
                }
                batches.push(batch(vec![
                    ("id", Arc::new(id)),
                    ("of", Arc::new(of)),
                    ("standing", Arc::new(standing.finish())),
                ])?);
            }
            Ok(batches)
        };
        Ok(apart(py, standings)?.into_iter().map(PyArrowType).collect())
    }
}
