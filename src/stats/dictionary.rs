//! Words of scripts that put no space between them, with the feature `icu`: ICU4X, by its dictionaries. Without the feature
//! there are none.
//!
//! For Thai, Lao, Khmer and Burmese ICU4X has LSTM models, too. They take 28 times as long as the dictionary on Thai news, and
//! on texts that they were not trained on they are hardly better (F₁ of words 83.9 for 81.9 in Thai, 90.5 for 92.4 in
//! Burmese: `unicode-org/lstm_word_segmentation`, SAFT data).

use super::text::Reading;

/// Reads a text by the words that ICU4X finds; without sentence marks it has no sentences.
#[cfg(feature = "icu")]
pub(super) fn read(text: &str, has_sentence_marks: bool) -> Option<Reading> {
    use icu_segmenter::WordSegmenter;
    use icu_segmenter::options::WordBreakInvariantOptions;

    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut start = 0;
    let bounds = segmenter.segment_str(text).iter_with_word_type();
    let words = bounds.filter_map(|(end, kind)| {
        let word = std::mem::replace(&mut start, end)..end;
        let is_word = kind.is_word_like() && text[word.clone()].chars().any(char::is_alphanumeric);
        is_word.then_some(word)
    });
    let mut reading = Reading::of_words(text, words);
    if !has_sentence_marks {
        reading.sentences.clear();
    }
    Some(reading)
}

/// Reads nothing: words need the feature `icu`.
#[cfg(not(feature = "icu"))]
pub(super) fn read(_: &str, _: bool) -> Option<Reading> {
    None
}

#[cfg(all(test, feature = "icu"))]
mod tests {
    use super::*;

    #[test]
    fn words_without_spaces_are_told_apart() {
        let table =
            [("今天下雨。明天晴。", 4..=6, 2), ("วันนี้ฝนตก", 3..=4, 0), ("今日は雨です。", 4..=4, 1)];
        for (text, tokens, sentences) in table {
            let reading = read(text, sentences > 0).unwrap();
            assert!(tokens.contains(&reading.tokens.len()), "{text}: {}", reading.tokens.len());
            assert_eq!(reading.sentences.len(), sentences, "{text}");
        }
    }
}
