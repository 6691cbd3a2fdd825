//! The dataset card of the Hugging Face hub: `README.md` with YAML at its head, beside Parquet files.

use super::documents::DOCUMENTS;
use super::file::PublishedFile;
use super::publish::Publication;
use super::table::{AnyTable, Field, Kind};
use crate::error::Error;

const NAME: &str = "README.md";

/// Writes the card of an output with Parquet files. `languages` are the codes of the kept documents, the most frequent first.
pub fn write_card(
    publication: &Publication,
    files: &[PublishedFile],
    languages: &[String],
) -> Result<Option<PublishedFile>, Error> {
    let parts: Vec<_> = files.iter().filter(|file| file.name.ends_with(".parquet")).collect();
    if parts.is_empty() {
        return Ok(None);
    }
    let rows: u64 = parts.iter().filter_map(|file| file.rows).sum();
    let bytes: u64 = parts.iter().map(|file| file.bytes).sum();
    let plain_bytes: u64 = parts.iter().filter_map(|file| file.plain_bytes).sum();
    let fields = DOCUMENTS.fields();
    let features: String = fields
        .iter()
        .map(|Field { name, kind, .. }| {
            let dtype = match kind {
                Kind::Text => "string",
                Kind::Count => "int64",
                Kind::Number => "float64",
            };
            format!("  - name: {name}\n    dtype: {dtype}\n")
        })
        .collect();
    let codes: String = languages.iter().map(|code| format!("- {}\n", quoted(code))).collect();
    let codes = if codes.is_empty() { String::new() } else { format!("language:\n{codes}") };
    let meanings: String = fields
        .iter()
        .map(|Field { name, unit, description, .. }| {
            let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
            format!("| `{name}` | {}{unit} |\n", description.replace('|', "\\|"))
        })
        .collect();
    let text = format!(
        "---\n\
         # license: name the licence of the texts here; copydesk cannot know it\n\
         {codes}\
         size_categories:\n- {size}\n\
         configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train-*.parquet\n\
         dataset_info:\n  features:\n{features}  splits:\n  - name: train\n    num_bytes: {plain_bytes}\n    num_examples: {rows}\n  \
         download_size: {bytes}\n  dataset_size: {plain_bytes}\n\
         ---\n\n\
         # Cleaned news texts\n\n\
         {rows} documents, cleaned with copydesk {version}. `removed.csv` has every span that was removed, `duplicates.csv` and \
         `rejected.csv` what is not among them, and `stats/` the statistics; `datapackage.json` describes all tables.\n\n\
         | column | meaning |\n|---|---|\n{meanings}\n\
         ## Licence and sources\n\n\
         To be filled in by whoever publishes this: where the texts are from, under which licence, and what they may be used for.\n",
        size = size_category(rows),
        version = env!("CARGO_PKG_VERSION"),
    );
    publication.write_text(NAME, &text).map(Some)
}

/// In quotes: `no` is a language, and a falsehood in YAML 1.1.
fn quoted(code: &str) -> String {
    format!("\"{code}\"")
}

/// The hub's word for how many rows there are.
fn size_category(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "n>1B",
    }
}
