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
        let lines: Vec<String> = page.raw_text.lines().map(squeeze).collect();
        let squeezed = |pieces: &[String]| -> Vec<String> {
            pieces.iter().map(|piece| squeeze(piece)).filter(|piece| !piece.is_empty()).collect()
        };
        // A piece of the article that stands in several lines does not tell which of them is the article's; one that must go
        // must go everywhere.
        let is_single =
            |piece: &String| lines.iter().filter(|line| line.contains(piece.as_str())).count() < 2;
        let mut keep = squeezed(&page.must_keep);
        keep.retain(is_single);
        let drop = squeezed(&page.must_drop);
        let has = |line: &str, pieces: &[String]| {
            let is_part = |piece: &str| {
                let is_long = piece.len() > MIN_PIECE_BYTES && line.len() > MIN_LINE_BYTES;
                line.contains(piece) || is_long && piece.contains(line)
            };
            pieces.iter().any(|piece| is_part(piece))
        };
        let label = |line: &String| match (has(line, &keep), has(line, &drop)) {
            (true, false) => Label::Keep,
            (false, true) => Label::Drop,
            _ => Label::Unknown,
        };
        Self {
            labels: lines.iter().map(label).collect(),
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
