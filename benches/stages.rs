//! Bytes per second of each stage and of the whole run, over a seeded corpus; every bench asserts its answer.
//!
//! `cargo bench` runs all, `cargo bench -- near` some. Compare two builds in one session only: machines differ.

mod corpus;

use std::path::Path;
use std::sync::LazyLock;

use copydesk::census::Workspace;
use copydesk::config::Config;
use copydesk::document::{DocId, Document, Language};
use copydesk::stage::{AnyStage, Options, Verdicts, build};
use copydesk::stats::lexicon::Lexicon;
use copydesk::stats::vocabulary::Vocabulary;
use copydesk::stats::{Profile, Tally};
use copydesk::{Unobserved, run};
use divan::Bencher;
use divan::counter::BytesCount;

const SEED: u64 = 42;
/// Articles for the stages, and for the whole run.
const ARTICLES: usize = 2_000;
/// lingua is by far the slowest; a few documents show its pace.
const LANGUAGE_ARTICLES: usize = 50;

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let document = |(index, article): (usize, corpus::Article)| {
        let name = format!("{index}.txt");
        Document::new(DocId(index as u32), name, article.source, &article.title, &article.body)
    };
    corpus::articles(SEED, ARTICLES).into_iter().enumerate().map(document).collect()
});

fn main() {
    divan::main();
}

fn bytes(documents: &[Document]) -> BytesCount {
    BytesCount::new(documents.iter().map(|document| document.text().len()).sum::<usize>())
}

/// Runs a document stage over some documents and returns how many it had something to say about.
fn document_stage(bencher: Bencher<'_, '_>, name: &str, documents: &[Document], least: usize) {
    let Ok(AnyStage::Document(stage)) = build(name, &Options::default()) else {
        panic!("{name} is a document stage")
    };
    bencher.counter(bytes(documents)).bench_local(|| {
        let spoken = documents
            .iter()
            .filter(|document| stage.examine(document) != Default::default())
            .count();
        assert!(spoken >= least, "{name} found something in {spoken} documents only");
        spoken
    });
}

/// Observes, resolves and examines all documents; asserts how many got a verdict.
fn corpus_stage(bencher: Bencher<'_, '_>, name: &str, least: usize) {
    let Ok(AnyStage::Corpus(stage)) = build(name, &Options::default()) else {
        panic!("{name} is a corpus stage")
    };
    let workspace = Workspace::new(&std::env::temp_dir(), 1 << 30);
    bencher.counter(bytes(&DOCUMENTS)).bench_local(|| {
        let mut census = workspace.census();
        for document in DOCUMENTS.iter() {
            for row in stage.observe(document) {
                census.push(document.id, row.key, &row.payload).expect("the census takes a row");
            }
        }
        let groups = census.into_groups().expect("the census can be read");
        let verdicts: Verdicts = stage.resolve(groups).expect("the stage resolves");
        let found = DOCUMENTS
            .iter()
            .filter(|document| stage.examine(document, &verdicts) != Default::default())
            .count();
        assert!(found >= least, "{name} found something in {found} documents only");
        found
    });
}

#[divan::bench(sample_count = 10)]
fn language(bencher: Bencher<'_, '_>) {
    document_stage(bencher, "language", &DOCUMENTS[..LANGUAGE_ARTICLES], LANGUAGE_ARTICLES);
}

#[divan::bench(sample_count = 20)]
fn boilerplate(bencher: Bencher<'_, '_>) {
    document_stage(bencher, "boilerplate", &DOCUMENTS, ARTICLES / 4);
}

/// Everything that the default families cost: reading, adding up, drawing the lists. An article is in English.
#[divan::bench(sample_count = 20)]
fn stats(bencher: Bencher<'_, '_>) {
    let families = Options::default().stats.families().expect("the default is valid");
    let workspace = Workspace::new(&std::env::temp_dir(), 256 << 20);
    let mut documents: Vec<_> = DOCUMENTS.iter().cloned().collect();
    for document in &mut documents {
        document.language = Some(Language { code: "en".into(), ..Language::default() });
    }
    bencher.counter(bytes(&documents)).bench_local(|| {
        let (mut tally, mut words) = (Tally::default(), Vocabulary::new(&workspace));
        for document in &documents {
            let profile = Profile::of(document, families);
            let cell = tally.add(document, Some(&profile));
            let lexis = profile.lexis.expect("words between spaces");
            let spell = |place| lexis.spelling(place);
            words.add(cell, lexis.words(), spell).expect("the vocabulary takes a document");
        }
        let lexicon = Lexicon::of(words, &tally, 1000, false).expect("the lists are drawn");
        assert!(lexicon.corpus.tokens() > 100 * ARTICLES as u64);
        lexicon.corpus.types()
    });
}

#[divan::bench(sample_count = 20)]
fn learned_boilerplate(bencher: Bencher<'_, '_>) {
    corpus_stage(bencher, "learned-boilerplate", ARTICLES / 4);
}

#[divan::bench(sample_count = 20)]
fn exact_dedup(bencher: Bencher<'_, '_>) {
    corpus_stage(bencher, "exact-dedup", 1);
}

#[divan::bench(sample_count = 20)]
fn near_dedup(bencher: Bencher<'_, '_>) {
    corpus_stage(bencher, "near-dedup", ARTICLES / 10);
}

/// Everything but the language stage, from files to published files.
#[divan::bench(sample_count = 10)]
fn whole_run_without_language(bencher: Bencher<'_, '_>) {
    let work = tempfile::tempdir().expect("a temporary folder");
    let dump = work.path().join("dump");
    let articles = corpus::articles(SEED, ARTICLES);
    let size = corpus::write_dump(&articles, &dump).expect("the dump is written");
    let config = config_for(&dump, &work.path().join("out"));
    bencher.counter(BytesCount::new(size)).bench_local(|| {
        let report = run(&config, &Unobserved).expect("the run succeeds");
        assert_eq!(report.funnel.found(), ARTICLES as u64);
        assert!(report.funnel.all_duplicates() >= ARTICLES as u64 / 10);
        report.funnel.kept
    });
}

fn config_for(dump: &Path, out: &Path) -> Config {
    let mut config = Config::default();
    config.stages.retain(|name| name != "language");
    config.input.path = dump.to_owned();
    config.output.path = out.to_owned();
    config
}
