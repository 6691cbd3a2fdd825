//! Sequences of 1 to 3 characters: what a script, a language and a spelling are made of.
//!
//! They stand within runs of characters other than white space, in lower case and NFC, marks of punctuation included, so that
//! texts whose words cannot be told have them too.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

use super::profile::Ngrams;

/// Most characters of a sequence.
const LONGEST: usize = 3;

/// The sequences of a text, by length.
pub(super) fn character_ngrams(text: &str) -> Vec<Ngrams> {
    let folded: String = text.nfc().flat_map(char::to_lowercase).collect();
    let mut counts: [FxHashMap<&str, u64>; LONGEST] = Default::default();
    let mut bounds = Vec::new();
    for run in folded.split_whitespace() {
        bounds.clear();
        bounds.extend(run.char_indices().map(|(at, _)| at).chain([run.len()]));
        for (length, counts) in (1..).zip(&mut counts) {
            for ends in bounds.windows(length + 1) {
                *counts.entry(&run[ends[0]..ends[length]]).or_default() += 1;
            }
        }
    }
    (1..).zip(counts).map(|(length, counts)| Ngrams { length, strings: strings(counts) }).collect()
}

/// Hash, frequency and spelling, hashes ascending.
fn strings(counts: FxHashMap<&str, u64>) -> Vec<(u64, u64, String)> {
    let counted = counts.into_iter();
    let mut strings: Vec<_> = counted
        .map(|(ngram, frequency)| (xxh3_64(ngram.as_bytes()), frequency, ngram.to_owned()))
        .collect();
    strings.sort_unstable();
    strings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_stand_between_spaces() {
        let found = |text: &str| -> Vec<String> {
            let of_length = |ngrams: &Ngrams| {
                let mut rows: Vec<_> = ngrams
                    .strings
                    .iter()
                    .map(|(_, many, ngram)| format!("{ngram}{many}"))
                    .collect();
                rows.sort_unstable();
                rows.join(" ")
            };
            character_ngrams(text).iter().map(of_length).collect()
        };
        let table = [
            ("Anna an", ["a3 n3", "an2 na1 nn1", "ann1 nna1"]),
            ("E\u{301}t e\u{301}", ["t1 é2", "ét1", ""]),
            ("天天 雨。", ["。1 天2 雨1", "天天1 雨。1", ""]),
            (" \n", ["", "", ""]),
        ];
        for (text, expected) in table {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
