//! Guards: the conditions beside a match, each a general phenomenon that tells residue from article text.

use serde::Deserialize;

use super::check::{Check, all_pass, when};
use super::counts::Counts;
use super::page::{Facts, Page};
use super::text::{content_words, fold, is_blank, is_headline, is_quote, is_unquoted, is_unspaced};
use crate::stage::headline::Separator;

/// What a pack may ask of a match, besides the words: `when = { within-last = 3, min-prose = 4 }`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Guards {
    /// The line is among the first so many lines that remain.
    pub(super) within_first: Option<usize>,
    /// The line is among the last so many lines that remain. With `within-first`, either will do.
    pub(super) within_last: Option<usize>,
    /// The line, or the title's segment, has at most so many characters.
    pub(super) max_chars: Option<usize>,
    /// It has at least so many words.
    pub(super) min_words: Option<usize>,
    /// It has at most so many words.
    pub(super) max_words: Option<usize>,
    /// What stands behind the label.
    pub(super) rest: Option<Rest>,
    /// The line reads as a headline: no sentence ends it, and it is not a quotation.
    pub(super) headline: bool,
    /// The label is in capitals.
    pub(super) caps: bool,
    /// No line before announces it with a colon or a dash, and no neighbour has an address: it stands in no list.
    pub(super) unannounced: bool,
    /// There is no handle, hashtag or address in the line.
    pub(super) no_links: bool,
    /// The line is not part of a quotation.
    pub(super) unquoted: bool,
    /// None of these words stands in the line.
    pub(super) without: Vec<String>,
    /// The line before is prose.
    pub(super) after_prose: bool,
    /// The line behind is prose.
    pub(super) before_prose: bool,
    /// The line does not end in the attribution of a quoted post, and no neighbour is one, or a time of day.
    pub(super) no_post: bool,
    /// Fewer than three lines of the document begin with a time of day: it is no live blog.
    pub(super) no_timeline: bool,
    /// At most so many lines of the document match the rule: a form that many share is the article's own.
    pub(super) max_matches: Option<usize>,
    /// The next line is about something else: few of the label's words occur in it.
    pub(super) unrelated_next: bool,
    /// The document has at least so many lines of prose.
    pub(super) min_prose: Option<usize>,
    /// For `block`: the fewest headlines under the header.
    pub(super) min_items: Option<usize>,
    /// For `block`: the most headlines that go with the header.
    pub(super) max_items: Option<usize>,
    /// For `head` and `tail`: the most lines that go.
    pub(super) max_lines: Option<usize>,
    /// For `head` and `tail`: the most lines of prose among those that go.
    pub(super) max_prose: Option<usize>,
    /// For `head` and `tail`: the most sentences of five words and more, and quotations, among those that go.
    pub(super) max_sentences: Option<usize>,
    /// For titles: the separator before the segment.
    pub(super) separator: Option<Separator>,
    /// For titles: every word of the segment begins with a capital or a digit, but for articles and prepositions.
    pub(super) title_case: bool,
    /// For titles: most words before the separator begin small, or a long one does. In a headline in title case, the
    /// case of the segment says nothing.
    pub(super) sentence_case_before: bool,
    /// For titles: no quotation ends before the separator (a quoted speaker's name follows one).
    pub(super) not_after_quote: bool,
    /// For titles: the segment is the name of the document's source, as its column or folder spells it.
    pub(super) is_source: bool,
    /// For titles: the body never mentions the segment, as it would a person or a place in the news.
    pub(super) absent_from_body: bool,
    /// For titles: the body's first lines do not mention the segment. A speaker or a topic stands there; an outlet that
    /// somebody `told` something is named further down.
    pub(super) absent_from_lead: bool,
    /// For titles: a line of the body is the headline without the segment.
    pub(super) headline_in_body: bool,
    /// For titles: the page calls itself by the segment, in an address, beside a copyright mark or an offer to subscribe.
    pub(super) named_by_page: bool,
    /// For titles: the words before the separator hold the segment already; no headline names a thing twice so.
    pub(super) repeated_in_title: bool,
    /// For titles: at least so many words stay, where two are not enough to tell.
    pub(super) min_words_left: Option<usize>,
    /// For titles: the segment is all that stands behind the first bar, with the separators in it.
    pub(super) from_first_bar: bool,
}

/// What stands behind a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rest {
    /// Nothing.
    Empty,
    /// A headline.
    Headline,
    /// A headline or nothing.
    HeadlineOrEmpty,
}

/// A matched line among the lines that remain.
pub(super) struct Spot<'p> {
    pub(super) page: &'p Page<'p>,
    /// The remaining lines, as indices into the page.
    pub(super) alive: &'p [usize],
    /// Which of them matched.
    pub(super) position: usize,
    /// The label, and what stands behind it, in the folded text.
    pub(super) rest_start: usize,
    /// How many of the remaining lines match the same rule.
    pub(super) matches: usize,
    /// What is counted over all of them.
    pub(super) counts: &'p Counts,
}

/// A shorter line is a label or a list item, and no part of a wrapped paragraph.
const MIN_WRAPPED_WORDS: usize = 6;
/// Lines that begin with a time of day, from which on a document counts as a live blog.
const TIMELINE_STAMPS: usize = 3;
/// Largest share of a label's content words, in percent, that an unrelated next line may repeat.
const MAX_OVERLAP_PERCENT: usize = 30;

impl<'p> Spot<'p> {
    pub(super) fn facts(&self, position: usize) -> Facts {
        self.page.lines[self.alive[position]].facts()
    }

    fn text(&self) -> &'p str {
        self.page.lines[self.alive[self.position]].text
    }

    fn folded(&self, position: usize) -> &'p str {
        self.page.folded(self.alive[position]).unwrap_or_default()
    }

    /// The unfolded label and rest: folding keeps the number of characters.
    fn label_and_rest(&self) -> (&'p str, &'p str) {
        let folded = self.folded(self.position);
        let label_chars = folded[..self.rest_start].chars().count();
        let text = self.text().trim_start_matches(is_blank);
        let split = text.char_indices().nth(label_chars).map_or(text.len(), |(at, _)| at);
        text.split_at(split)
    }

    fn neighbours(&self) -> impl Iterator<Item = Facts> + '_ {
        let before = self.position.checked_sub(1);
        let behind = Some(self.position + 1).filter(|next| *next < self.alive.len());
        before.into_iter().chain(behind).map(|position| self.facts(position))
    }

    fn is_no_post(&self) -> bool {
        !self.facts(self.position).is_post
            && self.neighbours().all(|neighbour| !neighbour.is_post && !neighbour.is_stamp)
    }

    fn is_announced(&self) -> bool {
        let before = self.position.checked_sub(1).map(|before| self.alive[before]);
        let text = before.map_or("", |line| self.page.lines[line].text.trim_end());
        text.ends_with([':', '-', '\u{2013}', '\u{2014}', '\u{ff1a}'])
            || self.neighbours().any(|neighbour| neighbour.has_link)
    }

    fn begins_small(&self) -> bool {
        self.text().starts_with(char::is_lowercase)
    }

    /// Whether a small first letter goes on with the sentence of the line before: hard-wrapped text, in which the last
    /// word of a paragraph may be `share.`
    fn goes_on(&self) -> bool {
        let Some(before) = self.position.checked_sub(1) else { return false };
        let text = self.page.lines[self.alive[before]].text;
        self.facts(before).words >= MIN_WRAPPED_WORDS
            && text.ends_with(|c: char| c.is_alphanumeric() || c == ',')
    }

    /// Percentage of the content words behind the label that the next line repeats.
    fn overlap_with_next(&self) -> usize {
        if self.position + 1 >= self.alive.len() {
            return 0;
        }
        let next_line = fold(self.page.lines[self.alive[self.position + 1]].text);
        let next: Vec<&str> = content_words(&next_line).collect();
        let words: Vec<&str> =
            content_words(&self.folded(self.position)[self.rest_start..]).collect();
        let shared = words.iter().filter(|word| next.contains(word)).count();
        shared * 100 / words.len().max(1)
    }
}

impl Guards {
    /// Tests a matched line, cheap guards first; stops at the first that fails unless the checks are wanted.
    pub(super) fn pass(&self, spot: &Spot<'_>, checks: Option<&mut Vec<Check>>) -> bool {
        let tests = self.position(spot).into_iter().chain(self.anywhere(spot));
        let document = std::iter::once_with(|| self.document(spot)).flatten();
        all_pass(tests.chain(document), checks)
    }

    /// Whether the line would pass, stood it elsewhere in a longer article: what it says is what the rule is about.
    pub(super) fn pass_elsewhere(&self, spot: &Spot<'_>) -> bool {
        all_pass(self.anywhere(spot), None)
    }

    /// The tests that do not ask where in the article the line stands.
    fn anywhere<'s>(&'s self, spot: &'s Spot<'_>) -> impl Iterator<Item = Check> + 's {
        let tests: [fn(&Self, &Spot<'_>) -> Option<Check>; 17] = [
            |_, s| when(s.begins_small(), "own-line", || !s.goes_on()),
            |g, s| Some(Check::at_most("max-chars", s.text().chars().count(), g.max_chars?)),
            |g, s| Some(Check::at_least("min-words", s.facts(s.position).words, g.min_words?)),
            |g, s| Some(Check::at_most("max-words", s.facts(s.position).words, g.max_words?)),
            |g, s| Some(Check::at_most("max-matches", s.matches, g.max_matches?)),
            Self::rest,
            |g, s| when(g.headline, "headline", || s.facts(s.position).is_headline),
            |g, s| when(g.caps, "caps", || is_in_capitals(s.label_and_rest().0)),
            |g, s| when(g.no_links, "no-links", || !s.facts(s.position).has_link),
            |g, s| when(g.unquoted, "unquoted", || is_unquoted(s.text())),
            |g, s| {
                when(!g.without.is_empty(), "without", || {
                    !has_word(s.folded(s.position), &g.without)
                })
            },
            |g, s| {
                when(g.after_prose, "after-prose", || {
                    s.position.checked_sub(1).is_some_and(|before| s.facts(before).is_prose)
                })
            },
            |g, s| {
                when(g.before_prose, "before-prose", || {
                    s.position + 1 < s.alive.len() && s.facts(s.position + 1).is_prose
                })
            },
            |g, s| when(g.unannounced, "unannounced", || !s.is_announced()),
            |g, s| when(g.no_post, "no-post", || s.is_no_post()),
            Self::timeline,
            |g, s| {
                g.unrelated_next.then(|| {
                    Check::at_most("unrelated-next", s.overlap_with_next(), MAX_OVERLAP_PERCENT)
                })
            },
        ];
        tests.into_iter().filter_map(|test| test(self, spot))
    }

    fn position(&self, spot: &Spot<'_>) -> Option<Check> {
        let from_end = spot.alive.len() - spot.position;
        match (self.within_first, self.within_last) {
            (None, None) => None,
            (Some(first), None) => Some(Check::at_most("within-first", spot.position + 1, first)),
            (None, Some(last)) => Some(Check::at_most("within-last", from_end, last)),
            (Some(first), Some(_)) if spot.position < first => {
                Some(Check::at_most("within-first", spot.position + 1, first))
            }
            (Some(_), Some(last)) => Some(Check::at_most("within-last", from_end, last)),
        }
    }

    fn rest(&self, spot: &Spot<'_>) -> Option<Check> {
        let (_, rest) = spot.label_and_rest();
        let rest = rest.trim_matches(|c: char| !c.is_alphanumeric() && !is_quote(c));
        let is_empty = rest.is_empty();
        let whole = spot.label_and_rest().1.trim();
        Some(match self.rest? {
            Rest::Empty => Check::holds("rest", is_empty),
            Rest::Headline => Check::holds("rest", !is_empty && is_headline(whole)),
            Rest::HeadlineOrEmpty => Check::holds("rest", is_empty || is_headline(whole)),
        })
    }

    fn timeline(&self, spot: &Spot<'_>) -> Option<Check> {
        if !self.no_timeline {
            return None;
        }
        let stamps = &spot.counts.stamps;
        let stamps = stamps.up_to(TIMELINE_STAMPS, spot.page, spot.alive, |facts| facts.is_stamp);
        Some(Check::at_most("no-timeline", stamps, TIMELINE_STAMPS - 1))
    }

    fn document(&self, spot: &Spot<'_>) -> Option<Check> {
        let least = self.min_prose?;
        let prose = &spot.counts.prose;
        let prose = prose.up_to(least, spot.page, spot.alive, |facts| facts.is_prose);
        Some(Check::at_least("min-prose", prose, least))
    }
}

/// Whether one of `words` stands in a folded text as a word of its own.
pub(super) fn has_word(folded: &str, words: &[String]) -> bool {
    let is_word = |word: &str| words.iter().any(|w| w == word);
    // Without spaces nothing says where a word ends.
    let stands_inside = |word: &String| word.starts_with(is_unspaced) && folded.contains(word);
    let parts_words = |c: char| !c.is_alphanumeric() && !joins_letters(c);
    folded.split(parts_words).any(is_word) || words.iter().any(stands_inside)
}

/// Whether a character is one of the signs of Indic scripts that stand within words and are no letters: those that take
/// a consonant's vowel away, and the dot below.
fn joins_letters(c: char) -> bool {
    matches!(
        c as u32,
        0x93c
            | 0x94d
            | 0x9bc
            | 0x9cd
            | 0xa3c
            | 0xa4d
            | 0xacd
            | 0xb4d
            | 0xbcd
            | 0xc4d
            | 0xccd
            | 0xd4d
    )
}

fn is_in_capitals(label: &str) -> bool {
    label.chars().any(char::is_uppercase) && !label.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_in_scripts_with_signs_below_the_line() {
        for (text, word, expected) in [
            ("he said so", "said", true),
            ("he said-so", "said", true),
            ("unsaid", "said", false),
            ("அவர் என்றார் என", "என்றார்", true),
            ("அவர் என்றார்", "என", false),
            ("তিনি বলেছেন", "বলেছেন", true),
            ("राम ने कहा", "कहा", true),
        ] {
            assert_eq!(has_word(text, &[word.to_owned()]), expected, "{text}");
        }
    }
}
