//! The main text of every page of a folder by one crate, a JSON object a line; the seconds that it took go to stderr.
//!
//!     extractors CRATE FOLDER

use std::error::Error;
use std::panic::catch_unwind;
use std::time::Instant;

/// A crate's name, and the text that it finds in a page; empty where it finds none.
const CRATES: [(&str, fn(&str) -> String); 5] = [
    ("rs-trafilatura", |page| rs_trafilatura::extract(page).map_or_else(|_| String::new(), |found| found.content_text)),
    ("trafilatura", |page| {
        let options = trafilatura::Options::default();
        trafilatura::extract(page, &options).map_or_else(|_| String::new(), |found| found.content_text)
    }),
    ("dom_smoothie", |page| {
        let found = dom_smoothie::Readability::new(page, None, None).and_then(|mut page| page.parse());
        found.map_or_else(|_| String::new(), |found| found.text_content.to_string())
    }),
    ("legible", |page| legible::parse(page, None, None).map_or_else(|_| String::new(), |found| found.text_content)),
    ("justext", |page| justext::extract_text_lang(page, "English", &justext::Config::default()).unwrap_or_default()),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else {
        println!("{}", CRATES.map(|(name, _)| name).join("\n"));
        return Ok(());
    };
    let (_, extract) = CRATES.iter().find(|(known, _)| known == name).ok_or("no such crate")?;
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        pages.push((entry.file_name().to_string_lossy().into_owned(), std::fs::read_to_string(entry.path())?));
    }
    let began = Instant::now();
    let texts: Vec<_> =
        pages.iter().map(|(name, page)| (name, catch_unwind(|| extract(page)).unwrap_or_default())).collect();
    eprintln!("{}", began.elapsed().as_secs_f64());
    for (page, text) in texts {
        println!("{}", serde_json::json!({ "page": page, "text": text }));
    }
    Ok(())
}
