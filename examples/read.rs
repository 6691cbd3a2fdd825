//! Reads a dump as `copydesk run` does, and does nothing with it: `read DUMP` prints how many documents there are, how many
//! rows stand for what could not be read, and the bytes of the decoded texts.

use std::path::PathBuf;

use copydesk::document::{DocId, Fate};
use copydesk::input::{self, Follow, Options, Units, into_document};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dump = PathBuf::from(std::env::args_os().nth(1).ok_or("name a dump")?);
    let scan = input::scan(&dump, Follow::No, &[])?;
    let options = Options::default();
    let (mut documents, mut rejected, mut bytes) = (0u64, 0u64, 0u64);
    for (id, unit) in (0..).zip(Units::new(&scan, &options)) {
        let document = into_document(unit, DocId(id), &options);
        match document.fate {
            Fate::Rejected(_) => rejected += 1,
            _ => documents += 1,
        }
        bytes += document.text().len() as u64;
    }
    println!("{documents} documents, {rejected} rejected, {bytes} bytes of text");
    Ok(())
}
