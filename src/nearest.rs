//! What was probably meant by a word that does not exist.

/// The word most like `name`, if any is like it at all.
pub(crate) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<String> {
    // Half of the letters in place is the least that still looks like a slip and not like another word.
    const LEAST_LIKE: f64 = 0.5;
    words
        .map(|word| (strsim::normalized_damerau_levenshtein(name, word), word))
        .filter(|(like, _)| *like >= LEAST_LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word.to_owned())
}
