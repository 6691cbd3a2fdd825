//! A document's profile in few bytes, from which it can be had again without reading the text.
//!
//! Types are remembered by their spellings and frequencies, about ten bytes each; their hashes and the spectrum follow.
//! Sequences of words, and the words in their order, are not remembered: they would take as much room as the text.

use serde::{Deserialize, Serialize};

use super::profile::{Diversity, Lexis, Profile, lengths};
use super::readability::Prose;
use super::spectrum::Spectrum;
use super::text::Reading;
use crate::document::Measures;

/// A profile without what follows from the text.
#[derive(Serialize, Deserialize)]
struct Remembered {
    measures: Measures,
    before: Measures,
    words: Option<Words>,
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
        let words = match &self.lexis {
            None => None,
            Some(lexis) if lexis.ngrams.is_empty() && lexis.packed.is_empty() => {
                Some(Words::of(lexis))
            }
            Some(_) => return None,
        };
        postcard::to_stdvec(&Remembered { measures: self.measures, before: self.before, words })
            .ok()
    }

    /// The profile of a document, from the bytes that the same document left; `None` if they are none. The order of its
    /// words is lost.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Remembered { measures, before, words } = postcard::from_bytes(bytes).ok()?;
        let lexis = match words {
            None => None,
            Some(words) => Some(words.lexis()?),
        };
        Some(Self { measures, before, lexis })
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
            ngrams: Vec::new(),
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

    const ALL: Families = Families {
        diversity: true,
        readability: true,
        words: true,
        arf: false,
        ngrams: false,
        collocations: false,
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
        let ngrams = Profile::of(&document("en", "one two"), Families { ngrams: true, ..ALL });
        assert!(ngrams.to_bytes().is_none(), "sequences of words");
        let order = Profile::of(&document("en", "one two"), Families { arf: true, ..ALL });
        assert!(order.to_bytes().is_none(), "the order of the words");
        let bytes = Profile::of(&document("en", "one two three"), ALL).to_bytes().unwrap();
        assert!(Profile::from_bytes(&bytes[..bytes.len() / 2]).is_none(), "half of it");
    }
}
