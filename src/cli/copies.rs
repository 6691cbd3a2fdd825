//! The part of `explain` about duplicates: a document beside others, with the passages that they share.

use std::io::{self, Write};
use std::ops::Range;

use copydesk::document::Document;
use copydesk::stage::PairVerdict;
use copydesk::stage::dedup::NearDedup;
use copydesk::stage::dedup::explain::Judged;

use super::colour::{Painter, Style};
use super::{safe, safe_whole};

/// Passages of each kind that are shown unless all are asked for.
const SHOWN_PASSAGES: usize = 6;

/// Writes comparisons.
pub(super) struct Copies<'a> {
    pub(super) near: &'a NearDedup,
    pub(super) painter: Painter,
    /// Whether all passages are shown, at full length.
    pub(super) is_whole: bool,
}

impl Copies<'_> {
    /// One comparison: what was measured, each threshold, what both say and what only one says.
    pub(super) fn write(
        &self,
        number: usize,
        document: &Document,
        other: &Document,
        judged: &Judged,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let name = self.painter.paint(Style::Heading, safe(&other.name));
        writeln!(out, "{number}. {name}: {}", verdict(judged))?;
        writeln!(out, "     similarity {:.2}; {}", judged.similarity, stands(judged))?;
        let numbers =
            judged.numbers.map(|share| format!(", {:.0} % of the numbers", 100.0 * share));
        let (shared, compared) = (judged.shared, judged.compared);
        let numbers = numbers.unwrap_or_default();
        writeln!(out, "     on {shared} of {compared} sampled shingles{numbers}")?;
        for gate in &judged.gates {
            let word = if gate.is_passed() { "passed" } else { "missed" };
            let told =
                format!("{word} {} = {:.2}, at least {:.2}", gate.option, gate.value, gate.least);
            writeln!(out, "       {}", self.painter.paint(Style::Faint, told))?;
        }
        if let Some(why) = judged.objection {
            writeln!(out, "     not together: {why}")?;
        }
        self.write_passages(document, other, out)
    }

    fn write_passages(
        &self,
        document: &Document,
        other: &Document,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let (text, there) = (document.text(), other.text());
        let shared = self.near.shared_passages(text, there);
        let own = between(&shared, text);
        let only_there = between(&self.near.shared_passages(there, text), there);
        for (mark, what, text, passages) in [
            ("=", "in both", text, &shared),
            ("-", "only here", text, &own),
            ("+", "only there", there, &only_there),
        ] {
            let bytes: usize = passages.iter().map(Range::len).sum();
            writeln!(out, "   {mark} {what}: {} passages, {bytes} bytes", passages.len())?;
            for at in self.most(passages) {
                let passage = text[at].trim();
                let passage = if self.is_whole { safe_whole(passage) } else { safe(passage) };
                writeln!(out, "       {mark} {passage}")?;
            }
        }
        Ok(())
    }

    /// The longest passages, in the order of the text.
    fn most(&self, passages: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut most = passages.to_vec();
        if !self.is_whole {
            most.sort_by_key(|at| (std::cmp::Reverse(at.len()), at.start));
            most.truncate(SHOWN_PASSAGES);
            most.sort_by_key(|at| at.start);
        }
        most
    }
}

fn verdict(judged: &Judged) -> String {
    match (judged.tier, judged.kind) {
        (PairVerdict::Certain, Some(kind)) => format!("a certain duplicate ({})", kind.class()),
        (PairVerdict::Likely, Some(kind)) => format!("a likely duplicate ({})", kind.class()),
        (PairVerdict::Template, _) => "no duplicate, but of one template".to_owned(),
        _ => "no duplicate".to_owned(),
    }
}

fn stands(judged: &Judged) -> String {
    let (here, there) = (100.0 * judged.containment, 100.0 * judged.holds);
    format!("{here:.0} % of it stands in the other, {there:.0} % of the other stands in it")
}

/// What lies between passages and has a word in it.
fn between(passages: &[Range<usize>], text: &str) -> Vec<Range<usize>> {
    let ends = passages.iter().map(|at| at.end);
    let starts = std::iter::once(0).chain(ends);
    let stops = passages.iter().map(|at| at.start).chain([text.len()]);
    let gaps = starts.zip(stops).map(|(start, stop)| start..stop);
    gaps.filter(|at| text[at.clone()].chars().any(char::is_alphanumeric)).collect()
}
