//! A look at the input before a run: what is there, and what a sample of it costs.

use std::path::Path;
use std::time::Instant;

use super::plan::{Pass, Planned};
use super::step::take_through;
use crate::config::Config;
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::input::{self, Follow, InputFile, Proposal, Scan, Units};
use crate::stage::Verdicts;

/// A few documents of a dump, taken through the document stages.
pub struct Sample {
    /// The documents, those that were rejected among them.
    pub documents: Vec<Document>,
    /// Formats with their number of files and bytes.
    pub formats: Vec<(String, u64, u64)>,
    /// Bytes that the sampled documents took in the input.
    pub bytes: u64,
    /// Seconds of one thread to read them and take them through the document stages.
    pub seconds: f64,
}

/// What a run will take, extrapolated from a sample by bytes.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// Documents in the sample.
    pub sampled: u64,
    /// Seconds of one thread.
    pub cpu_seconds: f64,
    /// Bytes of scratch files beside the output, at most: the records of the first pass and two spools, each of the size of
    /// the input, had every document been changed in between.
    pub scratch_bytes: u64,
}

/// Files that a sample looks at, evenly spread over the corpus, and documents that it takes from each.
const SAMPLED_FILES: usize = 64;
const DOCUMENTS_A_FILE: usize = 4;

/// What is there, without reading a document.
pub fn survey(path: &Path, follow: Follow) -> Result<Scan, Error> {
    if !path.exists() {
        return Err(Error::InputMissing(path.to_owned()));
    }
    input::scan(path, follow, &[])
}

/// Takes a sample, the same each time, through the document stages of a configuration.
pub fn sample(config: &Config, scan: &Scan) -> Result<Sample, Error> {
    let formats = scan.by_format();
    let stages = Planned::from_stages(config.build_stages()?);
    let mut all = Pass::default();
    for pass in stages.plan.passes {
        all.stages.extend(pass.stages);
    }
    let began = Instant::now();
    let mut documents = Vec::new();
    let mut bytes = 0;
    for file in sampled(scan) {
        let one = scan.only(vec![file.clone()]);
        for unit in Units::new(&one, &config.input).take(DOCUMENTS_A_FILE) {
            bytes += unit.bytes();
            let id = DocId(documents.len() as u32);
            let mut document = input::into_document(unit, id, &config.input);
            take_through(&mut document, &all, &[], &Verdicts::default());
            documents.push(document);
        }
    }
    Ok(Sample { documents, formats, bytes, seconds: began.elapsed().as_secs_f64() })
}

/// What the fields of a sample may hold that are not known by name.
pub fn proposals(config: &Config, scan: &Scan) -> Vec<Proposal> {
    input::proposals(scan, sampled(scan), &config.input)
}

fn sampled(scan: &Scan) -> impl Iterator<Item = &InputFile> {
    scan.files.iter().step_by(scan.files.len().div_ceil(SAMPLED_FILES).max(1))
}

/// Extrapolates the cost of a run from a sample.
pub fn estimate(config: &Config, scan: &Scan) -> Result<Estimate, Error> {
    let total = scan.bytes();
    let sample = sample(config, scan)?;
    let passes = Planned::from_stages(config.build_stages()?).plan.passes.len() as u64;
    Ok(Estimate {
        sampled: sample.documents.len() as u64,
        cpu_seconds: sample.seconds * total as f64 / sample.bytes.max(1) as f64,
        scratch_bytes: total * (passes - 1).clamp(1, 3),
    })
}
