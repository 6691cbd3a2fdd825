//! Undoing a run: the decoded text, from what is left and the ledger.

use super::TITLE_BREAK;

/// Puts removed spans back: the decoded text, byte for byte, from what a run published.
///
/// `removed` holds `(start, end, text)` in the offsets of the decoded text, ascending. `None` if they do not fit.
pub fn restore(title: &str, body: &str, removed: &[(u64, u64, &str)]) -> Option<String> {
    let mut text = String::with_capacity(title.len() + body.len() + 64);
    let mut rest = removed;
    if !title.is_empty() {
        rest = refill(&mut text, title, rest)?;
    }
    if !body.is_empty() || !rest.is_empty() {
        if !title.is_empty() {
            text.push_str(TITLE_BREAK);
        }
        rest = refill(&mut text, body, rest)?;
    }
    rest.is_empty().then_some(text)
}

/// Appends `left` to `text`, each removed span put in where it began; returns the spans that lie further on.
fn refill<'a, 'b>(
    text: &mut String,
    mut left: &str,
    mut removed: &'a [(u64, u64, &'b str)],
) -> Option<&'a [(u64, u64, &'b str)]> {
    loop {
        let next = removed.first().map_or(u64::MAX, |(start, ..)| *start);
        let room = next.checked_sub(text.len() as u64)?;
        if room == 0 {
            let (start, end, cut) = removed[0];
            if end.checked_sub(start)? != cut.len() as u64 {
                return None;
            }
            text.push_str(cut);
            removed = &removed[1..];
        } else if left.is_empty() {
            return Some(removed);
        } else {
            let until = left.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            text.push_str(left.get(..until)?);
            left = &left[until..];
        }
    }
}
