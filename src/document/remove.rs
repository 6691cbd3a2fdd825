//! Carries cuts out: takes their bytes from the text, and writes them into the ledger with their place in the decoded text.

use std::ops::Range;

use super::cuts::{is_space, plan_cuts};
use super::{Cut, Document, Kept, Removal, Repeat, Repeated};

/// A place among the runs: one of them, and where it begins in the text that is left.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Runs {
    index: usize,
    start: usize,
}

impl Document {
    /// Writes down paragraphs that stand elsewhere too, with their place in the decoded text.
    pub(super) fn note_repeats(&mut self, repeated: Vec<Repeated>) {
        let mut from = Runs::default();
        for Repeated { at, of, documents } in repeated {
            let pieces = self.decoded_pieces(&mut from, at.clone());
            if let (Some((start, ..)), Some((_, end, _))) = (pieces.first(), pieces.last()) {
                let text = self.text[at].to_owned();
                self.repeats.push(Repeat { start: *start, end: *end, text, of, documents });
            }
        }
    }

    /// Takes what was cut out of the text, with the white space that belongs to it.
    pub(super) fn remove(&mut self, stage: &'static str, mut cuts: Vec<Cut>) {
        let title = 0..self.title_len;
        let body = self.body_start()..self.text.len();
        // A stable sort: of two cuts at one place, the one that the stage named first gives the rule.
        cuts.sort_by_key(|cut| cut.at.start);
        let mut planned = plan_cuts(&self.text, title.clone(), &cuts);
        if planned.iter().map(|cut| cut.at.len()).sum::<usize>() == title.len() {
            planned.clear();
        }
        planned.extend(plan_cuts(&self.text, body.clone(), &cuts));
        if planned.is_empty() {
            return;
        }
        let mut rows = Vec::with_capacity(planned.len());
        let mut from = Runs::default();
        for cut in &planned {
            let is_all_space = is_space(&self.text[cut.at.clone()]);
            for (start, end, at) in self.decoded_pieces(&mut from, cut.at.clone()) {
                let text = self.text[at].to_owned();
                // White space that a cut grew over lies beyond an earlier one: it goes with that.
                if is_space(&text) && !is_all_space && self.extend_removal(start, end, &text) {
                    continue;
                }
                rows.push(Removal {
                    stage: stage.into(),
                    rule: cut.rule.clone(),
                    start,
                    end,
                    text,
                });
            }
        }
        self.removed.append(&mut rows);
        self.removed.sort_by_key(|removal| removal.start);
        self.rebuild(&planned, body);
    }

    /// Adds a span of the decoded text to the removal that it touches; `false` where it touches none.
    fn extend_removal(&mut self, start: u64, end: u64, text: &str) -> bool {
        if let Ok(before) = self.removed.binary_search_by_key(&start, |removal| removal.end) {
            self.removed[before].end = end;
            self.removed[before].text.push_str(text);
            return true;
        }
        if let Ok(behind) = self.removed.binary_search_by_key(&end, |removal| removal.start) {
            self.removed[behind].start = start;
            self.removed[behind].text.insert_str(0, text);
            return true;
        }
        false
    }

    /// Splits a span of the current text into runs that are contiguous in the decoded text. `from` is where the span before
    /// was found: spans in their order all together look once at each run.
    pub(super) fn decoded_pieces(
        &self,
        from: &mut Runs,
        at: Range<usize>,
    ) -> Vec<(u64, u64, Range<usize>)> {
        let mut pieces = Vec::new();
        if at.start < from.start {
            *from = Runs::default();
        }
        while let Some(run) = self.kept.get(from.index)
            && from.start + run.len as usize <= at.start
        {
            *from = Runs { index: from.index + 1, start: from.start + run.len as usize };
        }
        let mut current = from.start;
        for run in &self.kept[from.index..] {
            if current >= at.end {
                break;
            }
            let run_end = current + run.len as usize;
            let from = at.start.max(current);
            let to = at.end.min(run_end);
            if from < to {
                let start = run.decoded_start + (from - current) as u64;
                pieces.push((start, start + (to - from) as u64, from..to));
            }
            current = run_end;
        }
        pieces
    }

    fn rebuild(&mut self, planned: &[Cut], body: Range<usize>) {
        let body_left: usize = body.len()
            - planned
                .iter()
                .filter(|cut| cut.at.start >= body.start)
                .map(|cut| cut.at.len())
                .sum::<usize>();
        let title_cut: usize =
            planned.iter().filter(|cut| cut.at.end <= self.title_len).map(|cut| cut.at.len()).sum();
        let mut keep = Vec::with_capacity(planned.len() + 1);
        let mut position = 0;
        for cut in planned {
            keep.push(position..cut.at.start);
            position = cut.at.end;
        }
        keep.push(position..self.text.len());
        if body_left == 0 {
            // Without a body the separator goes too; it is structure, not text, and has no row.
            for range in &mut keep {
                range.end = range.end.min(self.title_len);
            }
        }
        let mut text = String::with_capacity(self.text.len());
        let mut kept: Vec<Kept> = Vec::with_capacity(self.kept.len() + planned.len());
        let mut from = Runs::default();
        for range in keep {
            if range.start >= range.end {
                continue;
            }
            for (start, end, at) in self.decoded_pieces(&mut from, range) {
                text.push_str(&self.text[at]);
                match kept.last_mut() {
                    Some(last) if last.decoded_start + last.len == start => last.len += end - start,
                    _ => kept.push(Kept { decoded_start: start, len: end - start }),
                }
            }
        }
        self.title_len -= title_cut;
        self.text = text;
        self.kept = kept;
    }
}
