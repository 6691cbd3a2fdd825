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

/// Adds the nearest name to serde's message about an unknown key or variant.
pub(crate) fn with_suggestion(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let Some(unknown) = names.next().filter(|_| message.starts_with("unknown ")) else {
        return message.to_owned();
    };
    let nearest = names
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    match nearest {
        Some((_, name)) => format!("{message}\nhint: did you mean `{name}`?"),
        None => message.to_owned(),
    }
}
