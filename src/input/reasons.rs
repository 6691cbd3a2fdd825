//! The reader's reasons for not making a document of something.

use super::STAGE;
use crate::document::Rejection;

/// Each reason, and whether it is a loss: whether documents may be missing that nobody decided to leave out.
const TABLE: [(&str, bool); 33] = [
    ("unreadable", true),
    ("vanished", true),
    ("changed_while_read", true),
    ("not_a_regular_file", true),
    ("corrupt_compression", true),
    ("damaged_member", true),
    ("trailing_garbage", true),
    ("decompression_bomb", true),
    ("cut_off", true),
    ("malformed_json", true),
    ("corrupt_archive", true),
    ("archive_too_large", true),
    ("encrypted", true),
    ("nested_archive", true),
    ("duplicate_member", true),
    ("unsafe_path", true),
    ("unsupported", true),
    ("unclosed_quote", true),
    ("corrupt_file", true),
    ("empty", false),
    ("binary", false),
    ("undecodable", false),
    ("document_too_large", false),
    ("line_too_long", false),
    ("record_too_long", false),
    ("malformed_record", false),
    ("no_text_field", false),
    ("unknown_format", false),
    ("http_status", false),
    ("not_a_page", false),
    ("truncated_page", false),
    ("no_main_text", false),
    ("page_too_complex", false),
];

/// The reasons, as the table of [`input`](super) has them.
pub fn reasons() -> impl Iterator<Item = &'static str> {
    TABLE.into_iter().map(|(reason, _)| reason)
}

/// Whether documents may be missing because an input could not be read, as against documents that were judged.
pub fn is_input_loss(rejection: &Rejection) -> bool {
    let is_loss = |(reason, is_loss): (&str, bool)| is_loss && reason == rejection.reason;
    rejection.stage == STAGE && TABLE.into_iter().any(is_loss)
}

#[cfg(test)]
mod tests {
    use super::super::detail::rejection;
    use super::*;

    #[test]
    fn a_loss_is_told_from_a_judgement() {
        let table: &[(&str, &'static str, bool)] = &[
            ("input", "unreadable", true),
            ("input", "corrupt_compression", true),
            ("input", "empty", false),
            ("input", "line_too_long", false),
            ("language", "unreadable", false),
        ];
        for (stage, reason, expected) in table {
            let why = Rejection { stage: (*stage).into(), ..rejection(reason, "") };
            assert_eq!(is_input_loss(&why), *expected, "{stage} {reason}");
        }
    }

    /// The table in the documentation of the module is the one for users.
    #[test]
    fn every_reason_is_documented() {
        let documented: Vec<_> = include_str!("mod.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | `")?.strip_suffix(" |"))
            .map(|row| {
                let (reason, rest) = row.split_once('`').unwrap();
                (reason, rest.ends_with("yes"))
            })
            .collect();
        assert_eq!(documented, TABLE);
    }
}
