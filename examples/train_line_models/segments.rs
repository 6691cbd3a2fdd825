//! Pages of which people have picked pieces that must stay or go; of all other lines nothing is said.

use serde::Deserialize;

use crate::gold::{Gold, Label, squeeze};

/// The data set and the kind of text of these pages.
pub(crate) const SEGMENTS: &str = "segments";
/// A picked piece that holds a whole line labels it too, if both have so many bytes: a word may stand anywhere.
const MIN_PIECE_BYTES: usize = 20;
const MIN_LINE_BYTES: usize = 10;

/// A page with picked pieces.
#[derive(Deserialize)]
pub(crate) struct Segments {
    id: String,
    lang: String,
    url: Option<String>,
    raw_text: String,
    must_keep: Vec<String>,
    must_drop: Vec<String>,
}

impl From<Segments> for Gold {
    fn from(page: Segments) -> Self {
        let squeezed = |pieces: &[String]| -> Vec<String> {
            pieces.iter().map(|piece| squeeze(piece)).filter(|piece| !piece.is_empty()).collect()
        };
        let (keep, drop) = (squeezed(&page.must_keep), squeezed(&page.must_drop));
        let has = |line: &str, pieces: &[String]| {
            let is_part = |piece: &str| {
                let is_long = piece.len() > MIN_PIECE_BYTES && line.len() > MIN_LINE_BYTES;
                line.contains(piece) || is_long && piece.contains(line)
            };
            pieces.iter().any(|piece| is_part(piece))
        };
        let label = |line: &str| {
            let line = squeeze(line);
            match (has(&line, &keep), has(&line, &drop)) {
                (true, false) => Label::Keep,
                (false, true) => Label::Drop,
                _ => Label::Unknown,
            }
        };
        Self {
            labels: page.raw_text.lines().map(label).collect(),
            page: page.id,
            dataset: SEGMENTS.to_owned(),
            lang: page.lang,
            url: page.url,
            title: None,
            page_title: None,
            variant: SEGMENTS.to_owned(),
            raw_text: page.raw_text,
        }
    }
}
