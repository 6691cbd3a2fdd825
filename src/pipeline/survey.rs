//! A look at the input before a run: what is there, and what a sample of it costs.

use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::plan::{Pass, Planned};
use super::step::{observe, take_through};
use super::work::counted;
use crate::config::Config;
use crate::document::{DocId, Document};
use crate::error::Error;
use crate::input::{self, Follow, InputFile, Proposal, Scan, Units};
use crate::stage::{CorpusStage, Verdicts};

/// A few documents of a dump, taken through the document stages.
pub struct Sample {
    /// The documents, those that were rejected among them.
    pub documents: Vec<Document>,
    /// Formats with their number of files and bytes.
    pub formats: Vec<(String, u64, u64)>,
    /// Bytes that the sampled documents took in the input.
    pub bytes: u64,
}

/// What a run will take, extrapolated from a sample by bytes.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// Documents in the sample.
    pub sampled: u64,
    /// Seconds of processor time to read the documents, take them through the stages and count what is left; to resolve
    /// corpus stages and to write is not in it.
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
    let (all, _) = one_pass(Planned::from_stages(config.build_stages()?));
    let (documents, bytes) = read(config, scan, &all);
    Ok(Sample { documents, formats, bytes })
}

/// All document stages as one pass, and the corpus stages.
fn one_pass(planned: Planned) -> (Pass, Vec<Box<dyn CorpusStage>>) {
    let mut all = Pass::default();
    for pass in planned.plan.passes {
        all.stages.extend(pass.stages);
    }
    (all, planned.corpus_stages)
}

/// The documents of a sample after a pass, and how many bytes of the input they took.
fn read(config: &Config, scan: &Scan, pass: &Pass) -> (Vec<Document>, u64) {
    let mut documents = Vec::new();
    let mut bytes = 0;
    for file in sampled(scan) {
        let one = scan.only(vec![file.clone()]);
        for unit in Units::new(&one, &config.input).take(DOCUMENTS_A_FILE) {
            bytes += unit.bytes();
            let id = DocId(documents.len() as u32);
            let mut document = input::into_document(unit, id, &config.input);
            take_through(&mut document, pass, &[], &Verdicts::default());
            documents.push(document);
        }
    }
    (documents, bytes)
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
    let planned = Planned::from_stages(config.build_stages()?);
    let passes = planned.plan.passes.len() as u64;
    let (all, corpus_stages) = one_pass(planned);
    let families = super::statistics::families(config)?;
    let once = || {
        let began = thread_seconds();
        let (documents, bytes) = read(config, scan, &all);
        for document in documents.iter().filter(|document| document.is_kept()) {
            for ends in 0..corpus_stages.len() {
                let pass = Pass { ends: Some(ends), ..Pass::default() };
                observe(&mut document.clone(), &pass, &corpus_stages);
            }
        }
        let sampled = documents.len() as u64;
        documents.into_iter().for_each(|document| drop(counted(document, families)));
        (sampled, bytes, thread_seconds() - began)
    };
    // What is made once, such as the models and the rules of a language, is made the first time.
    let (_, _, first) = once();
    let (sampled, bytes, seconds) = once();
    let of_all = seconds * total as f64 / bytes.max(1) as f64;
    let cpu_seconds = of_all + (first - seconds).max(0.0);
    Ok(Estimate { sampled, cpu_seconds, scratch_bytes: total * (passes - 1).clamp(1, 3) })
}

/// Seconds of processor time that this thread has taken.
fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default().as_secs_f64()
}
