//! Reads `rejected.csv` back: what was refused, why, and where it lies.

use std::path::Path;

use super::read::Reader;
use crate::document::Origin;
use crate::error::Error;

/// A row of `rejected.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedUnit {
    /// Public id.
    pub id: String,
    /// `stage:reason`.
    pub why: String,
    /// Where it lies; without the hash.
    pub origin: Origin,
}

/// All rows of an output's `rejected.csv`, in corpus order.
///
/// # Errors
///
/// If there is no such table, or it is not as this program writes it.
pub fn read_rejected(output: &Path) -> Result<Vec<RejectedUnit>, Error> {
    let mut table = Reader::open(output, "rejected.csv")?;
    let mut units = Vec::new();
    while let Some(row) = table.next_row()? {
        let cell = |column| table.cell(&row, column);
        let number = |column| -> Result<Option<u64>, Error> {
            let cell = cell(column)?;
            if cell.is_empty() {
                return Ok(None);
            }
            let wrong =
                || Error::Mismatch(format!("`rejected.csv`: no number in `{column}`: `{cell}`"));
            cell.parse().map(Some).map_err(|_| wrong())
        };
        let origin = Origin {
            file: cell("file")?.into(),
            member: number("member")?,
            offset: number("offset")?,
            length: number("length")?,
            hash: None,
        };
        let why = format!("{}:{}", cell("stage")?, cell("reason")?);
        units.push(RejectedUnit { id: cell("id")?.to_owned(), why, origin });
    }
    Ok(units)
}

/// What became of every document of an output, by public id: `kept`, `duplicate` or `stage:reason`.
///
/// # Errors
///
/// If a table is missing, or is not as this program writes it.
pub fn read_fates(output: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut fates = Vec::new();
    let mut documents = Reader::open_documents(output)?;
    while let Some(row) = documents.next_row()? {
        fates.push((documents.cell(&row, "id")?.to_owned(), "kept".to_owned()));
    }
    for name in ["duplicates.csv", "rejected.csv"] {
        let mut table = Reader::open(output, name)?;
        while let Some(row) = table.next_row()? {
            let cell = |column| table.cell(&row, column);
            let fate = match name {
                "rejected.csv" => format!("{}:{}", cell("stage")?, cell("reason")?),
                _ if cell("action")? == "labelled" => continue,
                _ => "duplicate".to_owned(),
            };
            fates.push((cell("id")?.to_owned(), fate));
        }
    }
    Ok(fates)
}
