//! Keyness: which words tell one corpus from another, be it two runs, two sources or two periods.
//!
//! Both sides are read from the `documents.csv` of a run, so that everything can be recomputed from what was published.
//! Documents whose words need a dictionary have no token count there, and are passed over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::census::Workspace;
use crate::error::Error;
use crate::output::read::Reader;
use crate::stats::association::Contrast;
use crate::stats::dispersion::Parts;
use crate::stats::text::{Case, Reading};
use crate::stats::vocabulary::{Counts, Vocabulary};

/// The documents of one side.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Folder that a run published.
    pub folder: PathBuf,
    /// Sources that count; empty for all.
    pub sources: Vec<String>,
    /// Documents of a date before it, as text, do not count, and neither do those without a date.
    pub from: Option<String>,
    /// Documents of that date or a later one do not count, and neither do those without a date.
    pub to: Option<String>,
}

/// What is compared, and what is told.
#[derive(Clone, Debug)]
pub struct Question {
    /// The corpus of interest.
    pub target: Side,
    /// The corpus that it is held against.
    pub reference: Side,
    /// Only documents of this language; `None` for all.
    pub language: Option<String>,
    /// Least occurrences of a word in both together.
    pub min_frequency: u64,
    /// Rows, the largest |G²| first, ties by spelling.
    pub top: usize,
}

/// One word in both corpora.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyWord {
    /// Lower case, NFC.
    pub word: String,
    /// Frequencies and sizes.
    pub contrast: Contrast,
    /// Documents with it, in target and reference.
    pub documents: [u64; 2],
    /// Gries's DP over the sources of target and reference.
    pub dp: [Option<f64>; 2],
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keyness {
    /// The words.
    pub words: Vec<KeyWord>,
    /// Documents of target and reference.
    pub documents: [u64; 2],
    /// Their tokens.
    pub tokens: [u64; 2],
    /// Words that were frequent enough: how many tests were made.
    pub tested: u64,
}

/// A part of either side: a source, with its tokens.
struct Part {
    side: usize,
    tokens: u64,
}

/// Compares two corpora; scratch files go to `scratch` once more than `budget_bytes` are needed.
pub fn keyness(question: &Question, scratch: &Path, budget_bytes: usize) -> Result<Keyness, Error> {
    let mut vocabulary = Vocabulary::new(&Workspace::new(scratch, budget_bytes));
    let mut numbers: BTreeMap<(usize, String), u32> = BTreeMap::new();
    let mut parts: Vec<Part> = Vec::new();
    let mut answer = Keyness::default();
    for (side, of) in [&question.target, &question.reference].into_iter().enumerate() {
        let mut documents = Documents::open(&of.folder)?;
        while let Some(document) = documents.next()? {
            let is_wanted = document.has_tokens
                && question.language.as_ref().is_none_or(|code| *code == document.language)
                && of.takes(&document);
            if !is_wanted {
                continue;
            }
            let case = Case::of(Some(&document.language));
            let reading = Reading::of(&document.text, case);
            let part = *numbers.entry((side, document.source)).or_insert_with(|| {
                parts.push(Part { side, tokens: 0 });
                (parts.len() - 1) as u32
            });
            parts[part as usize].tokens += reading.tokens.len() as u64;
            answer.documents[side] += 1;
            answer.tokens[side] += reading.tokens.len() as u64;
            let types = reading.types.iter().map(|of| (of.hash, u64::from(of.frequency)));
            let spell = |place: usize| reading.spelling(&reading.types[place]);
            vocabulary.add(part, types, spell)?;
        }
    }
    for (side, name) in ["target", "reference"].into_iter().enumerate() {
        if answer.tokens[side] == 0 {
            return Err(Error::Setup(format!(
                "the {name} holds no document with words that match"
            )));
        }
    }
    let sides = [0, 1].map(|side| {
        Parts::of(parts.iter().filter(|part| part.side == side).map(|part| part.tokens))
    });
    vocabulary.for_each(|entry| {
        let mut counts = [Counts::default(); 2];
        let mut holding = [const { Vec::new() }; 2];
        for (number, more) in entry.parts {
            let part = &parts[*number as usize];
            counts[part.side].merge(*more);
            holding[part.side].push((more.frequency, part.tokens));
        }
        let [target, reference] = counts.map(|counts| counts.frequency);
        if target + reference < question.min_frequency {
            return Ok(());
        }
        answer.tested += 1;
        let [target_tokens, reference_tokens] = answer.tokens;
        let dp = |side: usize| sides[side].dispersion(&holding[side]).map(|of| of.dp);
        answer.words.push(KeyWord {
            word: entry.spelling.to_owned(),
            contrast: Contrast { target, target_tokens, reference, reference_tokens },
            documents: counts.map(|counts| counts.documents),
            dp: [dp(0), dp(1)],
        });
        if answer.words.len() >= 2 * question.top.max(1) {
            settle(&mut answer.words, question.top);
        }
        Ok(())
    })?;
    settle(&mut answer.words, question.top);
    Ok(answer)
}

fn settle(words: &mut Vec<KeyWord>, top: usize) {
    words.sort_unstable_by(|one, other| {
        let order = other.contrast.g2().abs().total_cmp(&one.contrast.g2().abs());
        order.then_with(|| one.word.cmp(&other.word))
    });
    words.truncate(top);
}

impl Side {
    fn takes(&self, document: &Published) -> bool {
        // Dates in ISO 8601 compare as text.
        let date = document.date.as_str();
        let is_dated = |bound: &Option<String>| bound.is_none() || !date.is_empty();
        (self.sources.is_empty() || self.sources.contains(&document.source))
            && is_dated(&self.from)
            && is_dated(&self.to)
            && self.from.as_deref().is_none_or(|from| date >= from)
            && self.to.as_deref().is_none_or(|to| date < to)
    }
}

/// What a row of `documents.csv` says that matters here.
struct Published {
    source: String,
    language: String,
    date: String,
    text: String,
    has_tokens: bool,
}

struct Documents(Reader);

impl Documents {
    fn open(folder: &Path) -> Result<Self, Error> {
        Reader::open_documents(folder).map(Self)
    }

    fn next(&mut self) -> Result<Option<Published>, Error> {
        let Some(mut row) = self.0.next_row()? else { return Ok(None) };
        self.0.cell(&row, "text")?;
        let has_tokens = !self.0.cell(&row, "tokens")?.is_empty();
        let mut cell = |column| row.remove(column).unwrap_or_default();
        Ok(Some(Published {
            source: cell("source"),
            language: cell("language"),
            // Older runs have one of them, or none.
            date: Some(cell("published"))
                .filter(|day| !day.is_empty())
                .unwrap_or_else(|| cell("date")),
            has_tokens,
            text: cell("text"),
        }))
    }
}
