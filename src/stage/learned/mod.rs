//! `learned-boilerplate`: lines that recur across the documents of one source, at the same end of the page, and the
//! ornaments of its headlines.
//!
//! **What goes.** A line (white space squeezed, letters lower-cased, its number folded) that stands in at least
//! `min-documents` documents of a source and in at least `min-share` of them, and stands among the first or the last
//! `edge-lines` lines in `min-edge-share` of the cases. Footers, sign-ups, section bars and credits look like that, in
//! any language and without a rule.
//!
//! Of a headline, the segments behind a separator (`| World | Valley Echo`) and a label in capitals before it (`WATCH:`)
//! go where `min-documents` documents and `min-title-share` of the source's headlines carry them: see `titles`.
//!
//! **What stays.** Lines in the middle of articles: captions, sub-heads, the speakers' names of a transcript and
//! recurring quotations are text; a document where the line also stands away from the edge counts against it. So are
//! lines that are quotations from end to end, figures, and questions among the first lines; and names right behind a
//! quotation and labels right before prose or figures. What several articles say of one event is text as well: a line that, where
//! records are dated, stands in some articles of a few days; `evidence` has the table. A line as
//! short as a label goes only where it is joined to an end of the page by others that recur. Lines that
//! differ in two or more numbers are different lines: `Net 3.1 mln vs 2.9 mln` is a report's figure. Copies of one story
//! count once: a document is counted by its longest other line, so forty reprints of a wire report do not turn its last
//! sentence into boilerplate. And a document that would lose more than `max-removed-share` of its characters is left
//! alone: a source that publishes the same notice again and again is a matter for deduplication.
//!
//! **What it may wrongly take.** A columnist's standing first sentence; the fixed wording of a daily weather report.
//! Both recur at the same place and in the same words, so text alone cannot tell. Behind a bar in a headline, the name of
//! a series that the articles do not repeat.
//!
//! **From one dump to the next.** `copydesk learn` writes what was learned into a file (`known`), which is for people to
//! read and edit; a run that is given such files in `known` cuts these lines at their places (`known-at-tail` and so on)
//! without evidence of its own.
//!
//! The edge rule is from eye counts on 37,554 scraped articles: of the lines that recur in three or more documents of
//! a source, those at head or tail in 80 % of the cases were furniture throughout, those in the middle only by half.

mod day;
mod evidence;
mod furniture;
mod known;
mod lines;
mod sightings;
#[cfg(test)]
mod tests;
mod titles;

use std::ops::Range;
use std::path::PathBuf;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

pub use self::day::Day;
pub use self::known::{Entry, EntryPlace, parse, to_toml};
pub use self::sightings::{Learner, Sighting};

use self::evidence::{Evidence, Size, Sizes};
use self::furniture::Claim;
use self::known::Known;
use self::lines::{
    Occurrence, is_question, is_text_by_neighbours, longest_two, may_be_furniture, normalised,
    source_hash,
};
use super::{CorpusStage, Verdict, Verdicts};
use crate::census::{Group, Groups, Key, Observation};
use crate::document::{DocId, Document, Findings, Line};
use crate::error::Error;

/// `[stage.learned-boilerplate]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// Files of boilerplate that is known beforehand, as `copydesk learn` writes them.
    pub known: Vec<PathBuf>,
    /// Documents of one source that must carry the line; higher is stricter.
    pub min_documents: u32,
    /// Share of the source's documents that must carry it, between 0 and 1; higher is stricter.
    pub min_share: f64,
    /// Lines from either end of the body that count as its edge.
    pub edge_lines: usize,
    /// Share of the line's occurrences that must stand at one edge, between 0 and 1; higher is stricter.
    pub min_edge_share: f64,
    /// A document that would lose more than this share of its characters keeps them all; lower is stricter.
    pub max_removed_share: f64,
    /// Longer lines, in characters, are never learned: whole paragraphs that recur are syndicated text.
    pub max_line_chars: usize,
    /// Share of the source's headlines, between 0 and 1, that must carry an ornament, and twice that behind a dash;
    /// higher is stricter.
    pub min_title_share: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            min_documents: 5,
            min_share: 0.01,
            edge_lines: 5,
            min_edge_share: 0.8,
            max_removed_share: 0.6,
            max_line_chars: 600,
            min_title_share: 0.05,
        }
    }
}

/// The stage.
pub struct LearnedBoilerplate {
    options: Options,
    known: Known,
}

impl Options {
    /// Builds the stage; names the key of a value out of range.
    pub fn build(&self) -> Result<LearnedBoilerplate, Error> {
        for (key, value) in [
            ("min-share", self.min_share),
            ("min-edge-share", self.min_edge_share),
            ("max-removed-share", self.max_removed_share),
            ("min-title-share", self.min_title_share),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::Setup(format!(
                    "`stage.learned-boilerplate.{key}` must lie between 0 and 1: {value}"
                )));
            }
        }
        if self.min_documents < 2 {
            return Err(Error::Setup(format!(
                "`stage.learned-boilerplate.min-documents` must be at least 2: {}",
                self.min_documents
            )));
        }
        Ok(LearnedBoilerplate { options: self.clone(), known: Known::load(&self.known)? })
    }
}

/// Rows under the hash of a source, one a document: whether it has a headline. They come before the lines.
const SOURCES: u8 = 0;
/// Rows under the hash of (source, line), one a document.
const LINES: u8 = 1;
/// Rows under the hash of (source, segment of a headline), one a document.
const TITLES: u8 = 2;

impl CorpusStage for LearnedBoilerplate {
    fn name(&self) -> &'static str {
        "learned-boilerplate"
    }

    fn observe(&self, document: &Document) -> Vec<Observation> {
        let source = source_hash(&document.source);
        let day = Day::parse(&document.dating.day);
        let mut observations = vec![Observation {
            key: Key { table: SOURCES, hash: source },
            payload: Size::payload(!document.title().is_empty(), day),
        }];
        let lines: Vec<_> = document.lines().collect();
        self.observe_title(source, document, &lines, &mut observations);
        let hashes: Vec<_> = lines.iter().map(|line| self.learnable(source, line)).collect();
        let longest = longest_two(&lines);
        let mut seen: FxHashMap<u64, usize> = FxHashMap::default();
        for (index, hash) in hashes.iter().enumerate() {
            let Some(hash) = *hash else { continue };
            let at_head = index < self.options.edge_lines;
            let at_tail = index + self.options.edge_lines >= lines.len();
            let occurrence = match seen.get(&hash) {
                // One row a document: it speaks for an edge only if the line stands nowhere else in it.
                Some(first) => {
                    let first: &mut Observation = &mut observations[*first];
                    Occurrence::restrict(&mut first.payload, at_head, at_tail);
                    continue;
                }
                None => {
                    let other = if longest[0] == index { longest[1] } else { longest[0] };
                    let story = if other == index {
                        // A document of one line tells no story; its name keeps it apart from the others.
                        xxh3_64(document.name.as_bytes()) as u32
                    } else {
                        xxh3_64(lines[other].text.as_bytes()) as u32
                    };
                    let line = &lines[index];
                    let before = index.checked_sub(1).map(|before| lines[before].text);
                    let behind = lines.get(index + 1).map(|behind| behind.text);
                    let is_text = is_text_by_neighbours(line.text, before, behind);
                    let is_question = is_question(line.text);
                    Occurrence { source, at_head, at_tail, is_text, is_question, story, day }
                }
            };
            seen.insert(hash, observations.len());
            observations.push(Observation {
                key: Key { table: LINES, hash },
                payload: occurrence.to_payload(),
            });
        }
        observations
    }

    fn resolve(&self, mut groups: Groups) -> Result<Verdicts, Error> {
        let mut sizes = Sizes::default();
        let mut verdicts = Verdicts::default();
        while let Some(group) = groups.next_group()? {
            let verdict = match group.key.table {
                SOURCES => {
                    sizes.insert(group.key.hash, Size::of(&group));
                    None
                }
                LINES => self.judge(&group, &sizes),
                _ => self.judge_title(&group, |source| sizes.get(&source)),
            };
            if let Some(verdict) = verdict {
                verdicts.insert(group.key.hash, verdict);
            }
        }
        Ok(verdicts)
    }

    fn examine(&self, document: &Document, verdicts: &Verdicts) -> Findings {
        let source = source_hash(&document.source);
        let mut findings = Findings::default();
        let mut removed = 0;
        let lines: Vec<_> = document.lines().collect();
        let claim = |line: &Line<'_>| {
            let learned = self.learnable(source, line).and_then(|key| verdicts.get(key));
            if let Some(Verdict::Recurs { place, .. }) = learned {
                return Some(Claim::Learned(place));
            }
            let entry = self.known.line(self.line_hash(source, line)?)?;
            Some(Claim::Known(entry.place))
        };
        let claims: Vec<_> = lines.iter().map(claim).collect();
        for (line, rule) in self.furniture(&lines, &claims) {
            removed += lines[line].text.len();
            findings.cut(lines[line].at.clone(), rule);
        }
        if removed as f64 > self.options.max_removed_share * document.body().len() as f64 {
            findings = Findings::default();
        }
        for (at, rule) in self.ornaments(source, document.title(), verdicts) {
            findings.cut(at, rule);
        }
        findings
    }

    /// Verdicts are on keys that documents observe; what is known beforehand asks for none.
    fn concerns(
        &self,
        _: DocId,
        observed: Option<&mut dyn Iterator<Item = Key>>,
        verdicts: &Verdicts,
    ) -> bool {
        self.known_len() > 0 || observed.is_none_or(|keys| verdicts.are_on_any(keys))
    }

    /// A source is judged by itself.
    fn part_of(&self, key: Key, payload: &[u8]) -> u64 {
        match payload.first_chunk::<8>() {
            Some(source) if key.table != SOURCES => u64::from_le_bytes(*source),
            _ => key.hash,
        }
    }
}

impl LearnedBoilerplate {
    /// The verdict on a line, if it is boilerplate.
    fn judge(&self, group: &Group, sizes: &Sizes) -> Option<Verdict> {
        // Most lines stand in one document, and need no more of a look.
        if group.rows.len() < self.options.min_documents as usize {
            return None;
        }
        let evidence = Evidence::of(group)?;
        let place = evidence.place(&self.options, sizes.get(&evidence.source)?)?;
        Some(Verdict::Recurs { documents: evidence.stories as u32, place })
    }

    /// Adds a row for each segment of the headline that may be an ornament.
    fn observe_title(
        &self,
        source: u64,
        document: &Document,
        lines: &[Line<'_>],
        observations: &mut Vec<Observation>,
    ) {
        let title = document.title();
        let (prefix, suffixes) = titles::segments(title);
        for segment in prefix.iter().chain(&suffixes) {
            let story = lines.get(longest_two(lines)[0]).map_or(title, |line| line.text);
            let mut payload = source.to_le_bytes().to_vec();
            payload.push(segment.joint as u8);
            payload.push(u8::from(titles::is_named(document, segment)));
            payload.extend_from_slice(&(xxh3_64(story.as_bytes()) as u32).to_le_bytes());
            let key = Key { table: TITLES, hash: titles::key(source, title, segment) };
            if !observations.iter().any(|other| other.key == key) {
                observations.push(Observation { key, payload });
            }
        }
    }

    /// The verdict on a segment of headlines, if it is an ornament.
    fn judge_title<'s>(
        &self,
        group: &Group,
        size_of: impl Fn(u64) -> Option<&'s Size>,
    ) -> Option<Verdict> {
        let mut stories: FxHashMap<&[u8], bool> = FxHashMap::default();
        for row in &group.rows {
            *stories.entry(row.payload.get(10..14)?).or_default() |= *row.payload.get(9)? == 1;
        }
        let first = &group.rows.first()?.payload;
        let source = u64::from_le_bytes(first.get(..8)?.try_into().ok()?);
        let joint = [titles::Joint::Bar, titles::Joint::Dash, titles::Joint::Label]
            .into_iter()
            .find(|joint| Some(&(*joint as u8)) == first.get(8))?;
        let documents = stories.len();
        let absent = stories.values().filter(|is_named| !**is_named).count();
        let share = documents as f64 / size_of(source)?.titled.max(1) as f64;
        let absent_share = absent as f64 / documents.max(1) as f64;
        let is_ornament = documents >= self.options.min_documents as usize
            && titles::is_ornament(joint, share, absent_share, self.options.min_title_share);
        is_ornament.then_some(Verdict::Ornament { documents: documents as u32 })
    }

    /// The spans of a headline that are ornaments, each chain from the outside in up to the first that is none.
    fn ornaments(
        &self,
        source: u64,
        title: &str,
        verdicts: &Verdicts,
    ) -> Vec<(Range<usize>, &'static str)> {
        let (prefix, suffixes) = titles::segments(title);
        let judge = |segment: titles::Segment| {
            let is_enough = |documents: u32| {
                !segment.is_after_quote || documents >= titles::MIN_DOCUMENTS_AFTER_QUOTE
            };
            let rule = match verdicts.get(titles::key(source, title, &segment)) {
                Some(Verdict::Ornament { documents }) if is_enough(documents) => "recurs-in-title",
                _ => {
                    let entry = self.known.title(source, &title[segment.at.clone()])?;
                    is_enough(entry.documents).then(|| entry.place.rule())?
                }
            };
            Some((segment.at, rule))
        };
        prefix.and_then(judge).into_iter().chain(suffixes.into_iter().map_while(judge)).collect()
    }

    /// The entry of a known line or ornament that stands at `at`: the evidence for a cut by a `known-…` rule.
    pub fn known_entry(&self, document: &Document, at: &Range<usize>) -> Option<&Entry> {
        let source = source_hash(&document.source);
        let text = document.text().get(at.clone())?;
        match at.end <= document.title().len() {
            true => self.known.title(source, text),
            false => self.known.line(self.line_hash(source, &Line { text, at: at.clone() })?),
        }
    }

    /// Number of lines and ornaments that the files in `known` hold.
    pub fn known_len(&self) -> usize {
        self.known.len()
    }

    /// Hash of a line that may be learned: `78,000` has the normal form of a date, and is none.
    fn learnable(&self, source: u64, line: &Line<'_>) -> Option<u64> {
        may_be_furniture(line.text).then(|| self.line_hash(source, line))?
    }

    /// Hash of a normalised line under its source; `None` for a line that is never learned.
    fn line_hash(&self, source: u64, line: &Line<'_>) -> Option<u64> {
        let most = self.options.max_line_chars;
        // Bytes bound characters from both sides, so that few lines are counted.
        let bytes = line.text.len();
        if bytes > 4 * most || (bytes > most && line.text.chars().count() > most) {
            return None;
        }
        let normal = normalised(line.text);
        normal.chars().any(char::is_alphanumeric).then(|| known::line_key(source, &normal))
    }
}
