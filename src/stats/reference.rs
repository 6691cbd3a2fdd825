//! The text and the tolerance of the reference vectors, for the tests of all families.

/// 18 tokens, 9 types; a text of our own.
pub(super) const SENTENCE: &str =
    "the cat sat on the mat the dog sat on the log and the cat saw the dog";

/// Asserts a value to six decimals.
pub(super) fn close(name: &str, value: Option<f64>, expected: f64) {
    let value = value.unwrap_or_else(|| panic!("{name} is undefined"));
    assert!((value - expected).abs() < 5.1e-7, "{name} is {value:.9}, not {expected:.9}");
}
