//! What the rows of one line add up to: is it the outlet's furniture, or what several articles say of one event?
//!
//! | evidence | furniture | text that recurs |
//! |---|---|---|
//! | stories | many | one, reprinted |
//! | edge of the page | always the same | anywhere |
//! | days, where records are dated | spread like the source's documents, or most documents of its days | a few days of many, in some documents |
//! | the lines beside it | anything | a quotation before a name, prose behind a label: a sub-head, or figures: a row |
//! | form | a statement, a label, a date | a question among the first lines: a sub-head |

use rustc_hash::{FxHashMap, FxHashSet};

use super::Options;
use super::day::Day;
use super::lines::Occurrence;
use crate::census::Group;
use crate::stage::Place;

/// Days for which an event is in the news: a wire paragraph is printed on the day, the next, and after a weekend.
const EVENT_DAYS: u16 = 3;
/// Sources whose dated documents span fewer days cannot tell an event from furniture.
const MIN_SOURCE_DAYS: u16 = 14;
/// Share of a line's dated documents that the days of an event must hold. The rest are reviews and corrections.
const MIN_EVENT_HELD: f64 = 0.8;
/// Share of the source's documents of those days from which on the line is furniture after all: that of a campaign.
const CAMPAIGN_SHARE: f64 = 0.5;
/// Share of a line's documents in which its neighbours say that it is text, from which on it is.
const MIN_TEXT_SHARE: f64 = 0.5;

/// What is known of a source as a whole. Six bytes a day of a source, and some forty a source.
#[derive(Default)]
pub(super) struct Size {
    pub(super) documents: usize,
    /// Documents with a headline.
    pub(super) titled: usize,
    /// Days and their number of documents, ascending; documents without a date are left out.
    days: Vec<(Day, u32)>,
}

impl Size {
    /// The payload of a document's row.
    pub(super) fn payload(is_titled: bool, day: Option<Day>) -> Vec<u8> {
        let [low, high] = day.map_or(0, Day::code).to_le_bytes();
        vec![u8::from(is_titled), low, high]
    }

    pub(super) fn of(group: &Group) -> Self {
        let mut size = Self { documents: group.rows.len(), ..Self::default() };
        let mut days = Vec::new();
        for row in &group.rows {
            let [is_titled, low, high] = row.payload[..] else { continue };
            size.titled += usize::from(is_titled == 1);
            days.extend(Day::from_code(u16::from_le_bytes([low, high])));
        }
        days.sort_unstable();
        for day in days {
            match size.days.last_mut() {
                Some((last, count)) if *last == day => *count += 1,
                _ => size.days.push((day, 1)),
            }
        }
        size
    }

    fn span_days(&self) -> u16 {
        match (self.days.first(), self.days.last()) {
            (Some((first, _)), Some((last, _))) => last.code() - first.code() + 1,
            _ => 0,
        }
    }

    /// Documents of the days from `first` on for as long as an event lasts.
    fn documents_of_event(&self, first: Day) -> u32 {
        let days = self.days.iter().skip_while(|(day, _)| *day < first);
        let days = days.take_while(|(day, _)| day.code() < first.code() + EVENT_DAYS);
        days.map(|(_, count)| count).sum()
    }
}

/// The rows of one line, added up.
pub(super) struct Evidence {
    pub(super) source: u64,
    /// Documents; copies of one story count once.
    pub(super) stories: usize,
    rows: usize,
    head: usize,
    tail: usize,
    texts: usize,
    is_question: bool,
    /// A day for each story, ascending.
    days: Vec<Day>,
}

impl Evidence {
    pub(super) fn of(group: &Group) -> Option<Self> {
        let first = Occurrence::from_payload(&group.rows.first()?.payload)?;
        let (mut head, mut tail, mut texts) = (0, 0, 0);
        let mut stories = FxHashSet::default();
        let mut days = Vec::new();
        for row in &group.rows {
            let occurrence = Occurrence::from_payload(&row.payload)?;
            head += usize::from(occurrence.at_head);
            tail += usize::from(occurrence.at_tail);
            texts += usize::from(occurrence.is_text);
            if stories.insert(occurrence.story) {
                days.extend(occurrence.day);
            }
        }
        days.sort_unstable();
        let (rows, stories) = (group.rows.len(), stories.len());
        let (source, is_question) = (first.source, first.is_question);
        Some(Self { source, stories, rows, head, tail, texts, is_question, days })
    }

    /// The place of the line, if it is furniture.
    pub(super) fn place(&self, options: &Options, size: &Size) -> Option<Place> {
        let share = self.stories as f64 / size.documents.max(1) as f64;
        if self.stories < options.min_documents as usize || share < options.min_share {
            return None;
        }
        let is_text = self.texts as f64 >= MIN_TEXT_SHARE * self.rows as f64;
        if is_text || self.is_of_an_event(size) {
            return None;
        }
        let needed = options.min_edge_share * self.rows as f64;
        match (self.tail as f64 >= needed, self.head as f64 >= needed) {
            (true, true) => Some(Place::Anywhere),
            (true, false) => Some(Place::Tail),
            // Among the first lines, a question is the sub-head of what answers it.
            (false, true) => (!self.is_question).then_some(Place::Head),
            (false, false) => None,
        }
    }

    /// Whether the line stands in documents of a few days of many, and not in most of them.
    fn is_of_an_event(&self, size: &Size) -> bool {
        let is_dated = 2 * self.days.len() >= self.stories;
        if !is_dated || size.span_days() < MIN_SOURCE_DAYS {
            return false;
        }
        let Some((first, held)) = self.densest_days() else { return false };
        held as f64 >= MIN_EVENT_HELD * self.days.len() as f64
            && (held as f64) < CAMPAIGN_SHARE * f64::from(size.documents_of_event(first))
    }

    /// The first of the days that hold most of the line's documents, and how many; the earliest of several.
    fn densest_days(&self) -> Option<(Day, usize)> {
        let held = |first: &Day| {
            let from = self.days.partition_point(|day| day < first);
            self.days[from..]
                .iter()
                .take_while(|day| day.code() < first.code() + EVENT_DAYS)
                .count()
        };
        let days = self.days.iter().map(|first| (*first, held(first)));
        days.max_by_key(|(first, held)| (*held, std::cmp::Reverse(*first)))
    }
}

/// The sources by their hash.
pub(super) type Sizes = FxHashMap<u64, Size>;
