//! What will go where if a run is carried out in parts, measured on a sample: for `copydesk plan --engine spark`.

use super::{Dealing, Parts};
use crate::config::Config;
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::input::Scan;
use crate::pipeline::record::{self, Observations};
use crate::pipeline::sample;
use crate::stage::CorpusStage;
use crate::stage::steps::Port;

/// What goes where.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Documents in the sample.
    pub sampled: u64,
    /// Documents in all, by bytes of the input.
    pub documents: u64,
    /// Bytes that a document takes in the scratch folder.
    pub laid_bytes: f64,
    /// The shuffle of each corpus stage.
    pub shuffles: Vec<Shuffle>,
}

/// What a corpus stage makes cross between machines, a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Shuffle {
    /// The stage.
    pub stage: &'static str,
    /// Whether rows are resolved in many parts at once; else in one.
    pub is_parallel: bool,
    /// Whether that takes several steps. Then this is the first; how many pairs a corpus has, a sample does not know.
    pub has_steps: bool,
    /// Rows.
    pub rows: f64,
    /// Bytes, before the engine compresses them.
    pub bytes: f64,
    /// Keys by which verdicts are brought back; 0 where they are on documents.
    pub keys: f64,
}

/// Part and document of a row.
const ROW_BYTES: usize = 16;
/// Few, so that the packets of a small sample are not all beginnings.
const SAMPLE_PARTS: u32 = 4;

/// Measures a sample of the input, the same each time. Stages see the documents as the document stages leave them.
pub fn flow(config: &Config, scan: &Scan) -> Result<Flow, Error> {
    let parts = Parts::new((config.clone(), config.build_stages()?))?;
    let sample = sample(config, scan)?;
    let count = sample.documents.len().max(1) as f64;
    let laid: Result<Vec<_>, Error> = sample
        .documents
        .iter()
        .map(|document| Ok(record::pack(&record::lay_down_document(document)?).len()))
        .collect();
    let stages = parts.planned.corpus_stages.iter().enumerate();
    let shuffles: Result<Vec<_>, Error> = stages
        .map(|(number, stage)| shuffle(&parts, number, &**stage, &sample.documents))
        .collect();
    let share = scan.bytes() as f64 / sample.bytes.max(1) as f64;
    Ok(Flow {
        sampled: sample.documents.len() as u64,
        documents: (sample.documents.len() as f64 * share).round() as u64,
        laid_bytes: laid?.iter().sum::<usize>() as f64 / count,
        shuffles: shuffles?,
    })
}

fn shuffle(
    parts: &Parts,
    number: usize,
    stage: &dyn CorpusStage,
    documents: &[Document],
) -> Result<Shuffle, Error> {
    let (mut rows, mut bytes, mut keys) = (0, 0, 0);
    let mut found = std::collections::BTreeSet::new();
    let ports: Vec<Port> = (0..Port::MAX).collect();
    let legs = parts.legs(number)?;
    let mut dealing = legs.map(|_| parts.dealing(number, &ports, SAMPLE_PARTS)).transpose()?;
    let mut packets = Vec::new();
    for (id, document) in (0u32..).zip(documents).filter(|(_, document)| document.is_kept()) {
        let mut document = document.clone();
        document.id = DocId(id);
        let observed = Observations::pack(&stage.observe(&document));
        keys += if stage.judges_documents() { 0 } else { parts.keys(observed.packed()).len() };
        if let Some(dealing) = &mut dealing {
            rows += observed.rows().count();
            packets.extend(dealing.push(document.id, observed.packed())?);
            continue;
        }
        for (part, packed) in parts.spread(number, observed.packed())? {
            found.insert(part);
            rows += 1;
            bytes += ROW_BYTES + packed.len();
        }
    }
    packets.extend(dealing.map_or_else(|| Ok(Vec::new()), Dealing::finish)?);
    bytes += packets.iter().map(|packet| ROW_BYTES + packet.rows.len()).sum::<usize>();
    let each = |sum: usize| sum as f64 / documents.len().max(1) as f64;
    Ok(Shuffle {
        stage: stage.name(),
        is_parallel: legs.is_some() || found.len() > 1,
        has_steps: legs.is_some(),
        rows: each(rows),
        bytes: each(bytes),
        keys: each(keys),
    })
}
