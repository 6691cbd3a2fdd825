//! Which field may hold what, told by its values alone: for fields whose names say nothing, and tables without a header.
//!
//! Of the fields whose values are long and have sentences, the one with most characters is the text. An address, a day, a
//! code of a language and a host name are told by their form; the title is a field of short lines that hardly repeat and
//! hardly end like sentences; the id one of values without spaces that never repeat. A field is taken for one thing, in
//! this order, and the first of equals wins, so that the same records always come to the same answer.

use std::collections::BTreeSet;

use super::dates::{DateOrder, day_of_field};

/// Records that are looked at.
pub(super) const MAX_RECORDS: usize = 200;

/// Shortest value that may be an article, in characters; half of it in scripts without spaces.
const MIN_TEXT_CHARS: usize = 80;
/// What a headline has, in characters.
const HEADLINE_CHARS: usize = 60;
/// Share of a field's values that must be of a kind; articles have a lower one, as some are a line long.
const SHARE: f64 = 0.9;
const TEXT_SHARE: f64 = 0.6;
/// Two fields whose sizes are closer to each other than this could both be the text.
const CLEAR_SHARE: f64 = 0.7;
/// Records from which on it says something that values do not repeat.
const FEW_RECORDS: usize = 5;

/// What a field may hold, as the keys of `[input]` call it.
pub(super) const TEXT: &str = "text";
pub(super) const TITLE: &str = "title";
pub(super) const SOURCE: &str = "source";
pub(super) const URL: &str = "url";
pub(super) const DATE: &str = "date";
pub(super) const LANGUAGE: &str = "language";
pub(super) const ID: &str = "id";

/// ISO 639-1 codes of languages that news are written in. Without such a list every pair of letters would be one: `us`, `tv`.
const CODES: &str = "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id \
    is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te \
    th tl tr uk ur uz vi xh yo zh zu";

/// A field of records, and its values that are not empty.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) values: Vec<&'a str>,
}

/// That a field may hold something, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The key of `[input]` under which the field belongs.
    pub key: &'static str,
    /// Its name.
    pub field: String,
    /// What its values look like, for a person.
    pub evidence: String,
    /// Whether no other field looks as much like it.
    pub is_clear: bool,
}

/// Whether a cell says that there is nothing: what exports write where a table has no value.
pub(super) fn is_null(value: &[u8]) -> bool {
    matches!(value.trim_ascii(), b"" | b"null" | b"NULL" | b"\\N")
}

/// What the fields may hold, without the keys that are `known`, in the order of this module's description.
pub(super) fn propose(fields: &[Field<'_>], known: &[&str]) -> Vec<Proposal> {
    let kinds: Vec<Kind<'_>> = fields.iter().map(Kind::of).collect();
    let mut taken = BTreeSet::new();
    let mut proposals = Vec::new();
    for (key, judge) in JUDGES {
        let best = |taken: &BTreeSet<usize>| {
            let free = (0..kinds.len()).filter(|at| !taken.contains(at));
            let judged = free.filter_map(|at| Some((judge(&kinds[at])?, at)));
            judged.max_by(|a, b| a.0.0.total_cmp(&b.0.0).then(b.1.cmp(&a.1)))
        };
        let Some(((score, evidence), at)) = best(&taken) else { continue };
        taken.insert(at);
        let next = best(&taken).map_or(0.0, |((next, _), _)| next);
        let field = fields[at].name.to_owned();
        let is_clear = next < score * CLEAR_SHARE;
        if !known.contains(&key) {
            proposals.push(Proposal { key, field, evidence, is_clear });
        }
    }
    proposals
}

/// Whether a field holds articles.
pub(super) fn is_text(field: &Field<'_>) -> bool {
    Kind::of(field).text().is_some()
}

/// Whether a row of cells is one of values, and not the names above them: an address, a day or an article is no name.
pub(super) fn is_of_values<'a>(mut cells: impl Iterator<Item = &'a str>) -> bool {
    cells.any(|cell| is_address(cell) || is_day(cell) || is_article(cell))
}

/// A field's score for a key and the reason, or `None` where it cannot be that.
type Judge = fn(&Kind<'_>) -> Option<(f64, String)>;

const JUDGES: [(&str, Judge); 7] = [
    (TEXT, |kind| kind.text()),
    (URL, |kind| kind.address()),
    (DATE, |kind| kind.date()),
    (LANGUAGE, |kind| kind.language()),
    (SOURCE, |kind| kind.host()),
    (TITLE, |kind| kind.title()),
    (ID, |kind| kind.id()),
];

/// What the values of a field are.
struct Kind<'a> {
    values: &'a [&'a str],
    distinct: usize,
    median_chars: usize,
}

impl<'a> Kind<'a> {
    fn of(field: &'a Field<'_>) -> Self {
        let mut lengths: Vec<usize> =
            field.values.iter().map(|value| value.chars().count()).collect();
        lengths.sort_unstable();
        Self {
            values: &field.values,
            distinct: field.values.iter().collect::<BTreeSet<_>>().len(),
            median_chars: lengths.get(lengths.len() / 2).copied().unwrap_or_default(),
        }
    }

    fn count(&self, is: impl Fn(&str) -> bool) -> usize {
        self.values.iter().filter(|value| is(value)).count()
    }

    /// How many values are of a kind, if enough are.
    fn share(&self, share: f64, is: impl Fn(&str) -> bool) -> Option<usize> {
        let count = self.count(is);
        (count > 0 && count as f64 >= share * self.values.len() as f64).then_some(count)
    }

    fn text(&self) -> Option<(f64, String)> {
        let count = self.share(TEXT_SHARE, is_article)?;
        let chars: usize = self.values.iter().map(|value| value.chars().count()).sum();
        let evidence = format!(
            "most text: {} characters in the middle, sentences in {count} of {} values",
            self.median_chars,
            self.values.len()
        );
        Some((chars as f64, evidence))
    }

    fn address(&self) -> Option<(f64, String)> {
        let count = self.share(SHARE, is_address)?;
        let pictures = self.count(|value| {
            let path = value.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
            [".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".mp4"]
                .iter()
                .any(|end| path.ends_with(end))
        });
        let evidence = format!("an address in {count} of {} values", self.values.len());
        // The page of each record is another one; its site and its picture need not be.
        let is_of_pages = pictures * 2 <= self.values.len();
        is_of_pages.then_some((self.distinct as f64, evidence))
    }

    fn date(&self) -> Option<(f64, String)> {
        let count = self.share(SHARE, is_day)?;
        let mut days: Vec<String> = self.values.iter().filter_map(|value| day_of(value)?).collect();
        days.sort_unstable();
        let evidence = format!("a date in {count} of {} values", self.values.len());
        // A page is published before it is changed, crawled or exported.
        let middle = days.get(days.len() / 2).map_or("9999-99-99", |day| day);
        let number: f64 = middle.replace('-', "").parse().unwrap_or(f64::MAX);
        Some((1.0 / number, evidence))
    }

    fn language(&self) -> Option<(f64, String)> {
        self.share(SHARE, is_language)?;
        let codes: BTreeSet<_> = self.values.iter().take(20).copied().collect();
        let codes: Vec<_> = codes.into_iter().take(4).collect();
        Some((1.0, format!("codes of languages: {}", codes.join(", "))))
    }

    fn host(&self) -> Option<(f64, String)> {
        let count = self.share(SHARE, is_host)?;
        let evidence = format!("a host in {count} of {} values", self.values.len());
        Some((1.0, evidence))
    }

    fn title(&self) -> Option<(f64, String)> {
        let (all, distinct) = (self.values.len(), self.distinct);
        let is_one_of_few = all >= FEW_RECORDS && distinct * 2 < all;
        let lines = self.share(SHARE, is_headline)?;
        if is_one_of_few || !(12..=200).contains(&(self.median_chars * self.width())) {
            return None;
        }
        let evidence = format!(
            "short lines: {} characters in the middle, {lines} of {all} without the end of a sentence, {distinct} different",
            self.median_chars
        );
        // A summary or a lead is longer, the name of an author or a section shorter.
        let apart = (self.median_chars * self.width()).abs_diff(HEADLINE_CHARS) as f64;
        Some((distinct as f64 / (1.0 + apart / HEADLINE_CHARS as f64), evidence))
    }

    fn id(&self) -> Option<(f64, String)> {
        let is_id = |value: &str| {
            let is_short = (1..=64).contains(&value.len());
            is_short
                && value.bytes().any(|byte| byte.is_ascii_digit())
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
        };
        let (all, distinct) = (self.values.len(), self.distinct);
        let is_unique = all >= FEW_RECORDS && all == distinct && self.count(is_id) == all;
        let evidence = format!("{distinct} different values in {all}, without spaces");
        is_unique.then_some((1.0 / self.median_chars.max(1) as f64, evidence))
    }

    /// Two for scripts in which a character says as much as two or three letters.
    fn width(&self) -> usize {
        let (mut wide, mut all) = (0, 0);
        for c in self.values.iter().flat_map(|value| value.chars().take(100)) {
            all += 1;
            wide += usize::from(is_wide(c));
        }
        if wide * 2 > all { 2 } else { 1 }
    }
}

/// Characters that say as much as two or three letters.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// Scripts without spaces between words.
fn is_unspaced(c: char) -> bool {
    is_wide(c)
        || matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | '።')
}

fn is_article(value: &str) -> bool {
    let (mut chars, mut wide, mut unspaced, mut tags, mut ends) = (0, 0, 0, 0, 0);
    for c in value.chars() {
        chars += 1;
        wide += usize::from(is_wide(c));
        unspaced += usize::from(is_unspaced(c));
        tags += usize::from(c == '<');
        ends += usize::from(ends_sentence(c));
    }
    let is_long = chars + wide >= MIN_TEXT_CHARS;
    let has_words = unspaced * 4 > chars || value.split_whitespace().nth(8).is_some();
    is_long && has_words && ends > 0 && tags * 50 <= chars && !is_address(value)
}

fn is_address(value: &str) -> bool {
    let value = value.trim();
    let lower = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://"))
        && value.len() > 10
        && !value.contains(char::is_whitespace)
}

fn is_host(value: &str) -> bool {
    let value = value.trim();
    let parts: Vec<&str> = value.split('.').collect();
    let is_part = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    parts.len() >= 2
        && parts.iter().all(is_part)
        && parts.last().is_some_and(|top| top.len() >= 2 && top.chars().all(char::is_alphabetic))
}

/// The day that a value is, empty where it is ambiguous.
fn day_of(value: &str) -> Option<Option<String>> {
    let value = value.trim();
    let chars = value.chars().count();
    let digits = value.chars().filter(|c| c.is_numeric()).count();
    // Other numbers look like seconds since 1970; a headline may have a day in it.
    let is_number = digits == chars && chars != 8;
    let is_like_day = chars <= 40 && digits >= 4 && digits * 4 >= chars && !is_number;
    is_like_day.then(|| day_of_field(value, DateOrder::Unknown)).flatten()
}

fn is_day(value: &str) -> bool {
    day_of(value).is_some()
}

fn is_language(value: &str) -> bool {
    let value = value.trim();
    let (code, region) = value.split_once(['-', '_']).unwrap_or((value, "xx"));
    let is_region =
        (2..=4).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_alphanumeric());
    is_region && CODES.split_whitespace().any(|known| known == code)
}

fn is_headline(value: &str) -> bool {
    let value = value.trim();
    let commas = value.matches(',').count();
    let words = value.split_whitespace().count();
    let is_wordy = words >= 2 || value.chars().filter(|c| is_unspaced(*c)).count() >= 5;
    let is_sentence = value.ends_with(ends_sentence) && !value.ends_with(['?', '!', '…']);
    is_wordy
        && !is_sentence
        && commas * 3 <= words.max(2)
        && !value.contains('\n')
        && !value.starts_with(['<', '[', '{'])
        && !is_address(value)
        && !is_day(value)
}

#[cfg(test)]
mod tests;
