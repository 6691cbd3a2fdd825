//! A document's profile in few bytes, from which it can be had again without reading the text: about four for each type.
//!
//! Types are remembered by where they stand; their hashes, their lengths in characters and the spectrum follow from the
//! text. Sequences of words are not remembered: they would take more room than the text.

use serde::{Deserialize, Serialize};

use super::profile::{Diversity, Lexis, Profile, lengths};
use super::readability::Prose;
use super::spectrum::Spectrum;
use super::text::{Case, Type};
use crate::document::{Document, Measures};

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
    /// Of each type: bytes from the beginning of the type before, bytes of its first token, frequency.
    types: Vec<(u32, u16, u32)>,
    sentence_tokens: Vec<(u32, u32)>,
    diversity: Option<Diversity>,
    prose: Option<Prose>,
}

impl Profile {
    /// The profile as bytes; `None` if there is too much of it, or a type that could not be read back from the text.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let words = match &self.lexis {
            None => None,
            Some(lexis) if lexis.ngrams.is_empty() => Some(Words::of(lexis)?),
            Some(_) => return None,
        };
        postcard::to_stdvec(&Remembered { measures: self.measures, before: self.before, words })
            .ok()
    }

    /// The profile of a document, from the bytes that the same document left; `None` if they cannot be its.
    pub fn from_bytes(document: &Document, bytes: &[u8]) -> Option<Self> {
        let Remembered { measures, before, words } = postcard::from_bytes(bytes).ok()?;
        let lexis = match words {
            None => None,
            Some(words) => Some(words.lexis(document)?),
        };
        Some(Self { measures, before, lexis })
    }
}

impl Words {
    fn of(lexis: &Lexis) -> Option<Self> {
        let mut last = 0;
        let place = |of: &Type| {
            let delta = of.at.checked_sub(last)?;
            last = of.at;
            // A longer word is known by its beginning only, and its hash cannot be had again.
            (of.chars < u16::MAX && usize::from(of.len) < MAX_WORD_BYTES).then_some((
                delta,
                of.len,
                of.frequency,
            ))
        };
        Some(Self {
            types: lexis.types.iter().map(place).collect::<Option<_>>()?,
            sentence_tokens: lexis.sentence_tokens.clone(),
            diversity: lexis.diversity,
            prose: lexis.prose,
        })
    }

    fn lexis(self, document: &Document) -> Option<Lexis> {
        let case = Case::of(document.language.as_ref().map(|language| &*language.code));
        let body = document.body();
        let mut at = 0;
        let mut folded = String::new();
        let mut types = Vec::with_capacity(self.types.len());
        for (delta, len, frequency) in self.types {
            at += delta as usize;
            let word = body.get(at..at + usize::from(len))?;
            types.push(Type::of(word, at as u32, frequency, case, &mut folded));
        }
        Some(Lexis {
            spectrum: Spectrum::of(types.iter().map(|of| u64::from(of.frequency))),
            token_chars: lengths(&types),
            types,
            sentence_tokens: self.sentence_tokens,
            diversity: self.diversity,
            prose: self.prose,
            ngrams: Vec::new(),
            case,
        })
    }
}

/// Words from this length on may have been cut short, in bytes: a character has four at most.
const MAX_WORD_BYTES: usize = u16::MAX as usize - 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{DocId, Language};
    use crate::stats::Families;

    const ALL: Families = Families {
        diversity: true,
        readability: true,
        words: true,
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
            let again = Profile::from_bytes(&document, &bytes).expect("it is the same document");
            prop_assert_eq!(format!("{again:?}"), format!("{profile:?}"));
        }
    }

    #[test]
    fn what_cannot_be_had_again_is_not_remembered() {
        let long = document("en", &"x".repeat(70_000));
        assert!(Profile::of(&long, ALL).to_bytes().is_none(), "a word beyond 64 KiB");
        let short = document("en", "one two");
        let ngrams = Profile::of(&short, Families { ngrams: true, ..ALL });
        assert!(ngrams.to_bytes().is_none(), "sequences of words");
        let bytes = Profile::of(&document("en", "one two three"), ALL).to_bytes().unwrap();
        assert!(Profile::from_bytes(&short, &bytes).is_none(), "another document");
    }
}
