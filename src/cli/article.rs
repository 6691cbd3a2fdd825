//! An article as `explain` shows it: every line, what goes from it, and under it why.

use std::io::{self, Write};

use copydesk::document::{Document, Removal};

use super::colour::{Painter, Style};
use super::{safe, safe_whole};

/// Why something went, or why a rule that matched did not cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Note {
    pub(super) stage: &'static str,
    pub(super) rule: String,
    /// The text that it is about: what was cut, or a line that stays.
    pub(super) text: String,
    pub(super) is_cut: bool,
    /// A sentence.
    pub(super) reason: String,
    pub(super) evidence: Vec<String>,
}

/// The decoded article beside what is left of it.
pub(super) struct Article<'a> {
    pub(super) decoded: &'a Document,
    pub(super) left: &'a Document,
    pub(super) notes: Vec<Note>,
    pub(super) painter: Painter,
    /// Whether lines that stay whole are shown at full length.
    pub(super) is_whole: bool,
}

impl Article<'_> {
    /// Writes headline and lines, in the order of the decoded text.
    pub(super) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        let title = self.decoded.title();
        let mut lines = vec![(0..title.len(), "title".to_owned())];
        let body = self.decoded.lines().enumerate();
        lines.extend(body.map(|(number, line)| (line.at, (number + 1).to_string())));
        for (at, name) in lines.into_iter().filter(|(at, _)| !at.is_empty()) {
            let touching: Vec<Removal> = self
                .left
                .removed()
                .iter()
                .filter(|cut| (cut.start as usize) < at.end && at.start < cut.end as usize)
                .cloned()
                .collect();
            let line = &self.decoded.text()[at.clone()];
            let shown = self.shown(line, at.start, &touching, name == "title");
            let mark = if touching.is_empty() { "keep" } else { "cut " };
            writeln!(out, "  {mark} {name:>5}  {shown}")?;
            for cut in &touching {
                // What spans lines is explained at its first.
                if cut.start as usize >= at.start || self.is_first_of(cut, at.start) {
                    self.write_cut(cut, out)?;
                }
            }
            self.write_kept(line, out)?;
        }
        Ok(())
    }

    /// Whether no line begins between the cut's start and this line.
    fn is_first_of(&self, cut: &Removal, line_start: usize) -> bool {
        self.decoded.text()[cut.start as usize..line_start].trim().is_empty()
    }

    fn shown(&self, line: &str, start: usize, cuts: &[Removal], is_title: bool) -> String {
        if cuts.is_empty() {
            let text = if self.is_whole { safe_whole(line) } else { safe(line) };
            return match is_title {
                true => self.painter.paint(Style::Heading, text),
                false => text,
            };
        }
        let mut shown = String::new();
        let mut position = 0;
        for cut in cuts {
            let from = (cut.start as usize).saturating_sub(start).max(position);
            let to = (cut.end as usize).saturating_sub(start).min(line.len());
            shown.push_str(&safe_whole(&line[position..from]));
            shown.push_str(&self.painter.cut(&safe_whole(&line[from..to])));
            position = to;
        }
        shown + &safe_whole(&line[position..])
    }

    fn write_cut(&mut self, cut: &Removal, out: &mut impl Write) -> io::Result<()> {
        let text = cut.text.trim();
        let note = self.take(|note| {
            note.is_cut
                && note.stage == cut.stage
                && note.rule == cut.rule
                && (text.contains(note.text.trim()) || note.text.contains(text))
        });
        let rule = self.painter.paint(Style::Rule, format!("{} {}", cut.stage, cut.rule));
        let Some(note) = note else { return writeln!(out, "              {rule}") };
        writeln!(out, "              {rule}: {}", note.reason)?;
        self.write_evidence(&note, out)
    }

    /// The rules that matched a line, or a part of it, and left it alone.
    fn write_kept(&mut self, line: &str, out: &mut impl Write) -> io::Result<()> {
        while let Some(note) = self.take(|note| !note.is_cut && line.contains(note.text.trim())) {
            let what = format!("{} {} does not apply", note.stage, note.rule);
            writeln!(out, "              {}", self.painter.paint(Style::Faint, what))?;
            self.write_evidence(&note, out)?;
        }
        Ok(())
    }

    fn write_evidence(&self, note: &Note, out: &mut impl Write) -> io::Result<()> {
        if !note.evidence.is_empty() {
            let evidence = self.painter.paint(Style::Faint, note.evidence.join("; "));
            writeln!(out, "                {evidence}")?;
        }
        Ok(())
    }

    fn take(&mut self, is_it: impl Fn(&Note) -> bool) -> Option<Note> {
        let at = self.notes.iter().position(is_it)?;
        Some(self.notes.remove(at))
    }
}
