//! Repairs of what was wrong with a text before it came into the dump: entities that nobody decoded, and UTF-8 that
//! somebody decoded twice.
//!
//! Both are a matter of representation, as decoding is: what is repaired is the decoded text, on which the offsets of the
//! ledger rest. How much was repaired is counted.

mod entities;
mod mojibake;
mod names;

use crate::document::Decoding;

/// Repairs a text, and counts what was repaired.
pub(super) fn repaired(text: String, decoding: &mut Decoding) -> String {
    let text = match entities::decoded(&text) {
        None => text,
        Some((decoded, count)) => {
            decoding.entities = decoding.entities.saturating_add(count);
            decoded
        }
    };
    match mojibake::repaired(&text) {
        None => text,
        Some((repaired, count)) => {
            decoding.mojibake = decoding.mojibake.saturating_add(count);
            repaired
        }
    }
}
