//! A document's profile in few bytes, from which it can be had again without reading the text.
//!
//! Types are remembered by their spellings and frequencies, about ten bytes each; their hashes and the spectrum follow.
//! Sequences, the words in their order, and those of another text, are not remembered: they would take as much room as the
//! text.

use serde::{Deserialize, Serialize};

use super::profile::{Decoded, Diversity, Lexis, Profile, lengths};
use super::readability::Prose;
use super::shape::Shape;
use super::spectrum::Spectrum;
use super::text::Reading;
use crate::document::Measures;

/// A profile without what follows from the text.
#[derive(Serialize, Deserialize)]
struct Remembered {
    measures: Measures,
    before: Measures,
    words: Option<Words>,
    shape: Option<Shape>,
}

/// What is remembered of a [`Lexis`].
#[derive(Serialize, Deserialize)]
struct Words {
    letters: String,
    /// Of each type: bytes of its spelling, characters of its first token, frequency.
    types: Vec<(u32, u32, u32)>,
    sentence_tokens: Vec<(u32, u32)>,
    diversity: Option<Diversity>,
    prose: Option<Prose>,
}

impl Profile {
    /// The profile as bytes; `None` if there is too much of it.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if self.characters.is_some() || !matches!(self.decoded, Decoded::Unread) {
            return None;
        }
        let words = match &self.lexis {
            None => None,
            Some(Lexis { ngrams: None, pairs: None, packed, .. }) if !packed.is_empty() => {
                return None;
            }
            Some(lexis @ Lexis { ngrams: None, pairs: None, .. }) => Some(Words::of(lexis)),
            Some(_) => return None,
        };
        let Self { measures, before, .. } = *self;
        postcard::to_stdvec(&Remembered { measures, before, words, shape: self.shape.clone() }).ok()
    }

    /// The profile of a document, from the bytes that the same document left; `None` if they are none. The order of its
    /// words is lost.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Remembered { measures, before, words, shape } = postcard::from_bytes(bytes).ok()?;
        let lexis = match words {
            None => None,
            Some(words) => Some(words.lexis()?),
        };
        let (decoded, characters) = (Decoded::Unread, None);
        Some(Self { measures, before, lexis, decoded, shape, characters })
    }
}

impl Words {
    fn of(lexis: &Lexis) -> Self {
        let (letters, types) = lexis.reading.types_alone();
        Self {
            letters: letters.to_owned(),
            types,
            sentence_tokens: lexis.sentence_tokens.clone(),
            diversity: lexis.diversity,
            prose: lexis.prose,
        }
    }

    fn lexis(self) -> Option<Lexis> {
        let reading = Reading::of_types(self.letters, self.types)?;
        Some(Lexis {
            spectrum: Spectrum::of(reading.types.iter().map(|of| u64::from(of.frequency))),
            token_chars: lengths(&reading.types),
            reading,
            sentence_tokens: self.sentence_tokens,
            diversity: self.diversity,
            prose: self.prose,
            ngrams: None,
            pairs: None,
            packed: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{DocId, Document, Language};
    use crate::stats::Families;
    use crate::stats::sequences::Window;

    const WIDE: Window = Window { left: 2, right: 2 };

    const ALL: Families = Families {
        diversity: true,
        readability: true,
        words: true,
        shape: true,
        arf: false,
        before: false,
        growth: false,
        dropped: false,
        characters: false,
        ngrams: false,
        collocations: false,
        collocation_window: Window::ADJACENT,
        dispersion_over_documents: false,
    };

    fn document(language: &'static str, body: &str) -> Document {
        let mut document = Document::new(DocId(0), "a.txt", "s", "A headline", body);
        document.language = Some(Language { code: language.into(), ..Language::default() });
        document
    }

    proptest! {
        #[test]
        fn a_profile_comes_back_from_its_bytes(
            body in "([A-Za-zıİéÖ’世界あ]{1,5}[ .,!\u{301}\n]{1,2}){0,60}",
            language in prop::sample::select(vec!["en", "tr", "zh", "und"]),
        ) {
            let document = document(language, &body);
            let profile = Profile::of(&document, ALL);
            let bytes = profile.to_bytes().expect("it is small enough");
            let again = Profile::from_bytes(&bytes).expect("it is the same document");
            prop_assert_eq!(again.to_bytes(), Some(bytes));
            if let (Some(again), Some(lexis)) = (again.lexis, profile.lexis) {
                prop_assert_eq!(&again.reading.types, &lexis.reading.types);
                prop_assert_eq!(again.spectrum, lexis.spectrum);
                prop_assert_eq!(again.token_chars, lexis.token_chars);
            }
        }
    }

    #[test]
    fn what_cannot_be_had_again_is_not_remembered() {
        let dear = [
            ("sequences of words", Families { ngrams: true, ..ALL }),
            ("sequences of characters", Families { characters: true, ..ALL }),
            ("pairs of words", Families { collocations: true, collocation_window: WIDE, ..ALL }),
            ("the order of the words", Families { arf: true, ..ALL }),
            ("the words before", Families { before: true, ..ALL }),
        ];
        for (name, families) in dear {
            let profile = Profile::of(&document("en", "one two"), families);
            assert!(profile.to_bytes().is_none(), "{name}");
        }
        let bytes = Profile::of(&document("en", "one two three"), ALL).to_bytes().unwrap();
        assert!(Profile::from_bytes(&bytes[..bytes.len() / 2]).is_none(), "half of it");
    }
}
