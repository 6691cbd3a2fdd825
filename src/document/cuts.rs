//! Which bytes go with a cut, so that what is left reads as if they had never been there.
//!
//! A stage names a line or a part of one. The white space around it belongs to nobody: a whole line takes its line breaks
//! along, a part of a line one of the gaps beside it, and nothing ragged is left at the ends of headline and body.

use std::ops::Range;

use super::Cut;

/// Turns the cuts that touch `region` into disjoint ones, ascending, each grown over the white space that belongs to it.
pub(super) fn plan_cuts(text: &str, region: Range<usize>, cuts: &[Cut]) -> Vec<Cut> {
    let mut raw: Vec<Cut> = Vec::new();
    for cut in cuts {
        let taken = raw.last().map_or(region.start, |last| last.at.end);
        let start = ceil_boundary(text, cut.at.start.clamp(taken, text.len()));
        let end = floor_boundary(text, cut.at.end.min(region.end));
        if start < end {
            raw.push(Cut { at: start..end, rule: cut.rule.clone() });
        }
    }
    let line_begins = are_blank_before(text, &region, &raw);
    let line_ends = are_blank_behind(text, &region, &raw);
    let mut planned: Vec<Cut> = Vec::with_capacity(raw.len());
    for index in 0..raw.len() {
        let taken = planned.last().map_or(region.start, |last| last.at.end);
        let next = raw.get(index + 1).map_or(region.end, |next| next.at.start);
        let at = raw[index].at.clone();
        let at = grow_over_space(text, taken..next, at, line_begins[index], line_ends[index]);
        planned.push(Cut { at, rule: raw[index].rule.clone() });
    }
    trim_edges(text, &region, &mut planned);
    planned
}

/// Grows a cut so that what is left reads as if it had never been there: a whole line takes its line breaks along, a
/// span within a line takes one of the two gaps around it. `room` is the space up to the cuts before and behind.
fn grow_over_space(
    text: &str,
    room: Range<usize>,
    at: Range<usize>,
    line_begins: bool,
    line_ends: bool,
) -> Range<usize> {
    let before = &text[room.start..at.start];
    let behind = &text[at.end..room.end];
    let indent = before.len() - before.trim_end_matches(is_blank).len();
    let gap = behind.len() - behind.trim_start_matches(is_blank).len();
    match (line_begins, line_ends) {
        (true, true) if gap == behind.len() => at.start - indent..at.end + gap,
        (true, true) => {
            let space = behind.len() - behind.trim_start().len();
            // Up to the last line break: the next line keeps its own indentation.
            let breaks = behind[..space].rfind('\n').map_or(gap, |newline| newline + 1);
            at.start - indent..at.end + breaks
        }
        (false, true) => at.start - indent..at.end + gap,
        (true, false) => at.start..at.end + gap,
        (false, false) if indent > 0 => at.start..at.end + gap,
        (false, false) => at,
    }
}

/// Of each cut, whether nothing is left on the line before it.
fn are_blank_before(text: &str, region: &Range<usize>, cuts: &[Cut]) -> Vec<bool> {
    let mut are_blank: Vec<bool> = Vec::with_capacity(cuts.len());
    for (index, cut) in cuts.iter().enumerate() {
        let from = if index == 0 { region.start } else { cuts[index - 1].at.end };
        let gap = text[from..cut.at.start].trim_end_matches(is_blank);
        // Where the cut before ends with its line, it is that which decides.
        let ends_line = |cut: &Cut| text[cut.at.clone()].trim_end_matches(is_blank).ends_with('\n');
        are_blank.push(match (gap.is_empty(), index.checked_sub(1)) {
            (false, _) => gap.ends_with('\n'),
            (true, None) => true,
            (true, Some(before)) => {
                from == region.start || ends_line(&cuts[before]) || are_blank[before]
            }
        });
    }
    are_blank
}

/// Of each cut, whether nothing is left on the line behind it.
fn are_blank_behind(text: &str, region: &Range<usize>, cuts: &[Cut]) -> Vec<bool> {
    let mut are_blank = vec![true; cuts.len()];
    for index in (0..cuts.len()).rev() {
        let to = cuts.get(index + 1).map_or(region.end, |next| next.at.start);
        let gap = text[cuts[index].at.end..to].trim_start_matches(is_blank);
        are_blank[index] = match (gap.is_empty(), are_blank.get(index + 1)) {
            (false, _) => gap.starts_with('\n'),
            (true, None) => true,
            (true, Some(behind)) => to == region.end || *behind,
        };
    }
    are_blank
}

/// Extends the outermost cuts over white space that would be left at the edges of the region.
fn trim_edges(text: &str, region: &Range<usize>, planned: &mut [Cut]) {
    let mut leading = 0;
    let mut position = region.start;
    while leading < planned.len() && is_space(&text[position..planned[leading].at.start]) {
        planned[leading].at.start = position;
        position = planned[leading].at.end;
        leading += 1;
    }
    if leading > 0 {
        let rest = &text[position..planned.get(leading).map_or(region.end, |cut| cut.at.start)];
        planned[leading - 1].at.end += rest.len() - rest.trim_start().len();
    }
    let mut trailing = planned.len();
    let mut position = region.end;
    while trailing > 0 && is_space(&text[planned[trailing - 1].at.end..position]) {
        planned[trailing - 1].at.end = position;
        position = planned[trailing - 1].at.start;
        trailing -= 1;
    }
    if trailing < planned.len() {
        let from = if trailing == 0 { region.start } else { planned[trailing - 1].at.end };
        let rest = &text[from..position];
        planned[trailing].at.start -= rest.len() - rest.trim_end().len();
    }
}

fn is_blank(c: char) -> bool {
    c != '\n' && c.is_whitespace()
}

pub(super) fn is_space(text: &str) -> bool {
    text.trim_start().is_empty()
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
