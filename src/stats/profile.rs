//! What the statistics know of one document: made by a worker, added up in corpus order.

use serde::{Deserialize, Serialize};

use super::again::pack;
use super::characters::character_ngrams;
use super::diversity::{self, MTLD, MTLD_MIN10, Windows};
use super::readability::Prose;
use super::sequences::{LONGEST, Pairs, Sequences, Window};
use super::shape::Shape;
use super::spectrum::Spectrum;
use super::syllables::Tongue;
use super::text::{Reading, Type};
use super::{Families, measure_before, read};
use crate::document::{Document, Measures};

/// Sizes and words of one kept document.
#[derive(Debug)]
pub struct Profile {
    /// Sizes of the body as it is published.
    pub measures: Measures,
    /// Sizes of the same body as it was decoded.
    pub before: Measures,
    /// Its words; `None` where nothing tells them apart.
    pub lexis: Option<Lexis>,
    /// The words of the same body as it was decoded.
    pub decoded: Decoded,
    /// Its shape, with the family of that name.
    pub shape: Option<Shape>,
    /// Sequences of 1, 2 and 3 characters, with the family `characters`.
    pub characters: Option<Sequences>,
}

/// The words of a document as it was decoded, with the family `before`.
#[derive(Debug)]
pub enum Decoded {
    /// Nobody asked for them.
    Unread,
    /// Nothing was cut, so they are those that are left.
    Same,
    /// Others; `None` where nothing tells them apart.
    Other(Option<Box<Lexis>>),
}

/// The words of a document.
#[derive(Debug)]
pub struct Lexis {
    /// Its types; and its words in their order, unless the profile was remembered.
    pub reading: Reading,
    /// Frequencies of the types.
    pub spectrum: Spectrum,
    /// Sentences by their number of tokens.
    pub sentence_tokens: Vec<(u32, u32)>,
    /// Tokens by their number of characters.
    pub token_chars: Vec<(u32, u32)>,
    /// Ratios along the text, with the family `diversity`.
    pub diversity: Option<Diversity>,
    /// Sums for readability, with the family of that name.
    pub prose: Option<Prose>,
    /// Sequences of 2, 3, 4 and 5 words, with the family `ngrams`; of 2 with `collocations` of neighbours.
    pub ngrams: Option<Sequences>,
    /// Pairs of words, with the family `collocations` and a window beyond the next word.
    pub pairs: Option<Pairs>,
    /// The words in their order, [packed](pack), where they are [read again](Families::reads_again).
    pub packed: Vec<u8>,
}

/// Lexical diversity along a document.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diversity {
    /// Moving windows of 100 tokens.
    pub mattr_100: Windows,
    /// Moving windows of 500 tokens.
    pub mattr_500: Windows,
    /// Segments of 100 tokens.
    pub msttr_100: Windows,
    /// MTLD.
    pub mtld: Option<f64>,
    /// MTLD with factors of ten tokens at least.
    pub mtld_min10: Option<f64>,
    /// HD-D for samples of 42.
    pub hdd_42: Option<f64>,
}

impl Profile {
    /// Reads a kept document.
    pub fn of(document: &Document, families: Families) -> Self {
        let body = document.body();
        let language = document.language.as_ref().map(|language| &*language.code);
        let (measures, reading) = read(body, language);
        let shape = families.shape.then(|| Shape::of(body, reading.as_ref()));
        let lexis = reading.map(|reading| Lexis::of(reading, language, families));
        let (before, decoded) = match document.decoded_body() {
            None if families.before => (measures, Decoded::Same),
            None => (measures, Decoded::Unread),
            Some(decoded) if families.before => {
                let families = Families { diversity: families.diversity, ..Families::default() };
                let (measures, reading) = read(&decoded, language);
                let lexis = reading.map(|reading| Lexis::of(reading, language, families));
                (measures, Decoded::Other(lexis.map(Box::new)))
            }
            Some(decoded) => (measure_before(&decoded, body, &measures), Decoded::Unread),
        };
        let characters = families.characters.then(|| character_ngrams(body));
        Self { measures, before, lexis, decoded, shape, characters }
    }

    /// The words of the document as it was decoded, where they were asked for and can be told.
    pub fn lexis_before(&self) -> Option<&Lexis> {
        match &self.decoded {
            Decoded::Unread => None,
            Decoded::Same => self.lexis.as_ref(),
            Decoded::Other(lexis) => lexis.as_deref(),
        }
    }
}

impl Lexis {
    fn of(reading: Reading, language: Option<&str>, families: Families) -> Self {
        let types = reading.types.len();
        let spectrum = Spectrum::of(reading.types.iter().map(|of| u64::from(of.frequency)));
        let diversity = families.diversity.then(|| Diversity {
            mattr_100: diversity::moving(&reading.tokens, types, 100),
            mattr_500: diversity::moving(&reading.tokens, types, 500),
            msttr_100: diversity::segments(&reading.tokens, types, 100),
            mtld: diversity::mtld(&reading.tokens, types, MTLD),
            mtld_min10: diversity::mtld(&reading.tokens, types, MTLD_MIN10),
            hdd_42: spectrum.hdd(42),
        });
        let prose =
            families.readability.then(|| Prose::of(&reading, language.and_then(Tongue::of)));
        let longest = match families.window() {
            _ if families.ngrams => LONGEST,
            Some(Window::ADJACENT) => 2,
            _ => 1,
        };
        let ngrams = (longest > 1).then(|| Sequences::of_words(&reading, longest));
        let wide = families.window().filter(|window| *window != Window::ADJACENT);
        let pairs = wide.map(|window| Pairs::of(&reading, window));
        let sentence_tokens = tally(reading.sentences.iter().copied());
        let token_chars = lengths(&reading.types);
        let packed = if families.reads_again() { pack(&reading) } else { Vec::new() };
        Self {
            reading,
            spectrum,
            sentence_tokens,
            token_chars,
            diversity,
            prose,
            ngrams,
            pairs,
            packed,
        }
    }

    /// Hash and frequency of each type.
    pub fn words(&self) -> impl Iterator<Item = (u64, u64)> {
        self.reading.types.iter().map(|of| (of.hash, u64::from(of.frequency)))
    }

    /// The spelling of a type, by its place.
    pub fn spelling(&self, place: usize) -> &str {
        self.reading.spelling(&self.reading.types[place])
    }
}

/// Tokens by the length of their type's first token.
pub(super) fn lengths(types: &[Type]) -> Vec<(u32, u32)> {
    counted(types.iter().map(|of| (of.chars, of.frequency)))
}

/// How often each number occurs, numbers ascending.
fn tally(numbers: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    counted(numbers.map(|number| (number, 1)))
}

/// Sums the counts of each number, numbers ascending. Small numbers, which most are, are counted without a search.
pub(super) fn counted(numbers: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    const SMALL: usize = 64;
    let mut small = [0; SMALL];
    let mut large = Vec::new();
    for (number, count) in numbers {
        match small.get_mut(number as usize) {
            Some(sum) => *sum += count,
            None => large.push((number, count)),
        }
    }
    large.sort_unstable();
    let small = (0..).zip(small).filter(|(_, count)| *count > 0);
    let large = large.chunk_by(|one, other| one.0 == other.0);
    small.chain(large.map(|run| (run[0].0, run.iter().map(|(_, count)| count).sum()))).collect()
}
