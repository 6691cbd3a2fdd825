//! What parts the segments of a headline. Rules and recurrence read headlines alike.

/// Separators that prose does not use.
pub(super) const BARS: [&str; 6] = [" | ", " :: ", " \u{bb} ", " \u{b7} ", " \u{2022} ", " // "];
/// Separators that headlines use as well.
pub(super) const DASHES: [&str; 6] = [" - ", " \u{2013} ", " \u{2014} ", " -- ", " : ", " / "];
/// Fewest words that a headline keeps.
pub(super) const MIN_WORDS_LEFT: usize = 2;
