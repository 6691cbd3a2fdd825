//! The features of a line: its own form, its place, and the lines around it.
//!
//! Nothing here depends on lines that are gone, so that a cleaned page is judged as it stands.

use rustc_hash::FxHashMap;

use super::form::{Form, NONE, flag, share};
use super::names::{NAMES, Row};

/// Features that tell a line's topic, the last of a row.
const TOPICS: usize = 27;

/// Lines that are looked at in the search for prose beside a line: further away is all the same.
const MAX_DISTANCE: usize = 50;

/// Lines behind the time of a live blog's entry, one of which is prose: there may be a headline first.
const ENTRY_LINES: usize = 2;

/// A line near another, and how much of it stands elsewhere.
type Neighbour<'s> = (&'s Form, &'s [f32; 5]);

/// The remaining lines of a page, and what they tell together.
pub(super) struct Sheet<'f> {
    forms: Vec<&'f Form>,
    /// By token: the lines that hold it, and the prose lines among them.
    tokens: FxHashMap<u32, (u16, u16)>,
    texts: FxHashMap<u32, u32>,
    shapes: FxHashMap<u32, u32>,
    /// Prose lines before each line.
    prose: Vec<u32>,
    /// Lines with words of web pages before each line.
    site: Vec<u32>,
    /// Share of the lines that address the reader.
    readers: f32,
    known: Vec<[f32; 5]>,
    first_prose: usize,
    last_prose: usize,
    prose_chars: f32,
    median: f32,
    bare: f32,
    stamps: f32,
    in_prose: f32,
    title: Vec<u32>,
}

impl<'f> Sheet<'f> {
    pub(super) fn new(title: &str, forms: Vec<&'f Form>) -> Self {
        // Every other word of an article is one that it has already.
        let most = forms.iter().map(|form| form.tokens.len()).sum::<usize>() / 2;
        let mut tokens: FxHashMap<u32, (u16, u16)> = FxHashMap::default();
        tokens.reserve(most);
        let mut texts: FxHashMap<u32, u32> = FxHashMap::default();
        let mut shapes: FxHashMap<u32, u32> = FxHashMap::default();
        let (mut prose, mut site) = (vec![0], vec![0]);
        let mut own = Vec::new();
        let (mut chars, mut in_prose) = (0.0, 0.0);
        for form in &forms {
            own.clear();
            own.extend(form.tokens.iter().map(|(hash, _)| *hash));
            own.sort_unstable();
            own.dedup();
            for hash in &own {
                let seen = tokens.entry(*hash).or_default();
                seen.0 = seen.0.saturating_add(1);
                seen.1 = seen.1.saturating_add(u16::from(form.is_prose));
            }
            *texts.entry(form.text).or_default() += 1;
            *shapes.entry(shape(form)).or_default() += 1;
            prose.push(prose[prose.len() - 1] + u32::from(form.is_prose));
            site.push(site[site.len() - 1] + u32::from(form.site > 0.0));
            chars += form.chars;
            in_prose += if form.is_prose { form.chars } else { 0.0 };
        }
        let mut lengths: Vec<u32> = forms.iter().map(|form| form.chars as u32).collect();
        lengths.sort_unstable();
        let count = forms.len() as f32;
        let mut title: Vec<u32> =
            Form::of(title).tokens.into_iter().map(|(hash, _)| hash).collect();
        title.sort_unstable();
        title.dedup();
        let mut sheet = Self {
            first_prose: forms.iter().position(|form| form.is_prose).unwrap_or(forms.len()),
            last_prose: forms.iter().rposition(|form| form.is_prose).unwrap_or(0),
            prose_chars: share(in_prose, chars),
            median: lengths.get(lengths.len() / 2).map_or(0.0, |length| *length as f32),
            bare: share(forms.iter().filter(|form| form.is_bare()).count() as f32, count),
            stamps: forms.iter().filter(|form| form.starts_with_time).count() as f32,
            readers: share(forms.iter().filter(|form| form.reader > 0.0).count() as f32, count),
            in_prose: 0.0,
            known: Vec::new(),
            forms,
            tokens,
            texts,
            shapes,
            prose,
            site,
            title,
        };
        sheet.known = (0..sheet.forms.len()).map(|at| sheet.familiar(at)).collect();
        sheet.in_prose = share(sheet.known.iter().map(|known| known[1]).sum(), count);
        sheet
    }

    pub(super) fn len(&self) -> usize {
        self.forms.len()
    }

    pub(super) fn form(&self, at: usize) -> &Form {
        self.forms[at]
    }

    pub(super) fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.iter().copied()
    }

    pub(super) fn is_prose(&self, at: usize) -> bool {
        self.forms[at].is_prose
    }

    /// Whether the line is prose, and those beside it are.
    pub(super) fn is_in_prose(&self, at: usize) -> bool {
        let around = [at.checked_sub(1), Some(at), Some(at + 1)];
        around
            .into_iter()
            .all(|at| at.and_then(|at| self.forms.get(at)).is_some_and(|f| f.is_prose))
    }

    /// Whether so many of the lines differ in their letters and digits.
    pub(super) fn has_different(&self, lines: &[usize], count: usize) -> bool {
        let mut texts: Vec<u32> = lines.iter().map(|at| self.forms[*at].text).collect();
        texts.sort_unstable();
        texts.dedup();
        texts.len() >= count
    }

    /// Whether the line may be a witness by its form.
    pub(super) fn may_witness(&self, at: usize) -> bool {
        self.forms[at].may_witness()
    }

    /// Entries of a live blog: a time of day opens a line, and this one is prose, or one of the two behind it. Readers' comments
    /// are dated, and lists of other news are headlines.
    pub(super) fn entries(&self) -> usize {
        let is_entry = |at: &usize| {
            let behind = self.forms[at + 1..].iter().take_while(|form| !form.opens_with_clock);
            self.forms[*at].opens_with_clock
                && (self.is_prose(*at) || behind.take(ENTRY_LINES).any(|form| form.is_prose))
        };
        (0..self.len()).filter(is_entry).count()
    }

    /// Shares of the line's words that stand elsewhere, in the prose elsewhere, and of its long and its short words in
    /// the prose; whether the first word does.
    fn familiar(&self, at: usize) -> [f32; 5] {
        let form = self.forms[at];
        let own = u16::from(form.is_prose);
        let (mut elsewhere, mut prose, mut first) = (0.0, 0.0, NONE);
        let (mut long, mut long_prose) = (0.0_f32, 0.0_f32);
        for (hash, is_long) in &form.tokens {
            let (lines, in_prose) = self.tokens.get(hash).copied().unwrap_or_default();
            let is_in_prose = f32::from(u8::from(in_prose > own));
            elsewhere += f32::from(u8::from(lines > 1));
            prose += is_in_prose;
            if *is_long {
                long += 1.0;
                long_prose += is_in_prose;
            }
            if first == NONE {
                first = is_in_prose;
            }
        }
        let count = form.tokens.len() as f32;
        let of = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { NONE };
        [
            of(elsewhere, count),
            of(prose, count),
            of(long_prose, long),
            of(prose - long_prose, count - long),
            first,
        ]
    }

    /// The features of all lines.
    pub(super) fn rows(&self) -> Vec<Row> {
        (0..self.len()).map(|at| self.row(at)).collect()
    }

    /// The features of the line at `at`.
    pub(super) fn row(&self, at: usize) -> Row {
        let form = self.forms[at];
        let count = self.forms.len();
        let near = |offset: isize| -> Option<Neighbour<'_>> {
            let other = at.checked_add_signed(offset)?;
            Some((*self.forms.get(other)?, &self.known[other]))
        };
        let of = |offset: isize, value: fn(&Form) -> f32| {
            near(offset).map_or(NONE, |(form, _)| value(form))
        };
        let prose_of = |offset: isize| of(offset, |form| flag(form.is_prose));
        let in_prose_of = |offset: isize| near(offset).map_or(NONE, |(_, known)| known[1]);
        let shared =
            form.tokens.iter().filter(|(hash, _)| self.title.binary_search(hash).is_ok()).count()
                as f32;
        let prose_before = self.prose[at] as f32;
        let prose_behind = (self.prose[count] - self.prose[at + 1]) as f32;
        let mut before = self.forms[..at].iter().rev().take(MAX_DISTANCE);
        let mut behind = self.forms[at + 1..].iter().take(MAX_DISTANCE);
        let is_prose = |form: &&Form| form.is_prose;
        let to_before = before.position(is_prose).unwrap_or(MAX_DISTANCE) as f32;
        let to_behind = behind.position(is_prose).unwrap_or(MAX_DISTANCE) as f32;
        let is_short = |form: &&&Form| form.chars < 80.0 && !form.is_prose;
        let run_before = self.forms[..at].iter().rev().take(40).take_while(is_short).count();
        let run_behind = self.forms[at + 1..].iter().take(40).take_while(is_short).count();
        let around: Vec<Neighbour<'_>> =
            [-3, -2, -1, 1, 2, 3].into_iter().filter_map(near).collect();
        let mean = |value: &dyn Fn(&Neighbour<'_>) -> f32| {
            share(around.iter().map(value).sum::<f32>(), around.len() as f32)
        };
        let known = &self.known[at];
        let has_prose = self.first_prose < count;
        let is_outside = has_prose && (at < self.first_prose || at > self.last_prose);
        let long = form.tokens.iter().filter(|(_, is_long)| *is_long).count() as f32;
        let tokens = form.tokens.len() as f32;
        let own = [
            form.chars,
            form.words,
            share(form.chars, form.words),
            form.end,
            form.start,
            form.capitals,
            form.capital_words,
            form.digits,
            form.punctuation,
            form.symbols,
            form.separators,
            flag(form.has_link),
            flag(form.has_handle),
            form.brackets,
            flag(form.has_time),
            flag(form.has_date),
            flag(form.has_year),
            form.label_words,
            form.inner_stops,
            form.commas,
            form.quotes,
            form.uncased,
            flag(form.is_prose),
            share(shared, tokens),
            share(shared, self.title.len() as f32),
            at.min(40) as f32,
            (count - at - 1).min(40) as f32,
            share(at as f32, count as f32),
            prose_before.min(20.0),
            prose_behind.min(20.0),
            to_before,
            to_behind,
            flag(is_outside),
            share(self.prose[count] as f32, count as f32),
            self.prose_chars,
            count.min(200) as f32,
            self.median,
            self.bare,
            run_before as f32,
            run_behind as f32,
            self.texts[&form.text].min(5) as f32,
            share(self.shapes[&shape(form)] as f32, count as f32),
            known[0],
            known[1],
            known[2],
            known[3],
            share(long, tokens),
            of(-1, |form| form.chars),
            of(-1, |form| form.words),
            of(-1, |form| form.end),
            of(-1, |form| form.start),
            prose_of(-1),
            of(-1, |form| form.capital_words),
            in_prose_of(-1),
            of(-2, |form| form.chars),
            of(-2, |form| form.end),
            prose_of(-2),
            of(-3, |form| form.chars),
            prose_of(-3),
            of(1, |form| form.chars),
            of(1, |form| form.words),
            of(1, |form| form.end),
            of(1, |form| form.start),
            prose_of(1),
            of(1, |form| form.capital_words),
            in_prose_of(1),
            of(2, |form| form.chars),
            of(2, |form| form.end),
            prose_of(2),
            of(3, |form| form.chars),
            prose_of(3),
            mean(&|(other, _)| flag(other.end == form.end)),
            mean(&|(other, _)| other.chars.min(form.chars) / other.chars.max(form.chars).max(1.0)),
            mean(&|(other, _)| flag(other.is_bare())),
            mean(&|(_, known)| known[1].max(0.0)),
            self.stamps.min(10.0),
            self.in_prose,
            flag(form.question),
            known[4],
            share(prose_before, at as f32),
            share(prose_behind, (count - at - 1) as f32),
        ];
        let mut row = [0.0; NAMES.len()];
        row[..own.len()].copy_from_slice(&own);
        row[own.len()..].copy_from_slice(&self.topics(at));
        row
    }

    /// What the line, its neighbours and the page say to readers and of themselves.
    fn topics(&self, at: usize) -> [f32; TOPICS] {
        let form = self.forms[at];
        let shares = |form: &Form| {
            let words = (form.tokens.len() as f32).max(1.0);
            [form.reader / words, form.outlet / words, form.site, form.site / words]
        };
        let near = |offset: isize| {
            let other = at.checked_add_signed(offset).and_then(|other| self.forms.get(other));
            other.map_or([NONE; 4], |form| shares(form))
        };
        let [reader, outlet, site, site_share] = shares(form);
        let own =
            [form.reader, reader, form.outlet, outlet, site, site_share, flag(form.quotes > 0.0)];
        let count = self.forms.len();
        let all = self.site[count] as f32;
        let before = self.site[at] as f32;
        let behind = (self.site[count] - self.site[at + 1]) as f32;
        let page = [
            share(all, count as f32),
            self.readers,
            share(before, at as f32),
            share(behind, (count - at - 1) as f32),
        ];
        let mut row = [0.0; TOPICS];
        let parts = own.into_iter().chain([-2, -1, 1, 2].into_iter().flat_map(near)).chain(page);
        row.iter_mut().zip(parts).for_each(|(value, part)| *value = part);
        row
    }
}

/// Start, end and length, roughly: what the lines of one list have in common.
fn shape(form: &Form) -> u32 {
    let length = (form.chars.max(1.0).log2() as u32).min(12);
    (form.start as i32 as u32 & 0xf) << 8 | (form.end as i32 as u32 & 0xf) << 4 | length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_live_blog_are_told_from_comments_and_from_lists_of_news() {
        let prose = "The council met in the morning and heard all sides of the matter.";
        for (name, lines, entries) in [
            ("entries", vec!["14:05", prose, "9h30 Uhr", "Rain again", prose], 2),
            (
                "an entry on a line",
                vec!["14:05 The council met in the morning and heard all sides of it."],
                1,
            ),
            ("comments", vec!["11.09.2031 23:31", prose, "3 May 2031 at 9:14", prose], 0),
            (
                "a list of news",
                vec!["14:05 Rain again", "13:40", "Ferry late", "12:10 Fog", prose],
                1,
            ),
            ("a result", vec!["1:05:17 Ada Holm", prose], 0),
        ] {
            let forms: Vec<Form> = lines.into_iter().map(Form::of).collect();
            assert_eq!(Sheet::new("", forms.iter().collect()).entries(), entries, "{name}");
        }
    }

    #[test]
    fn lines_beyond_two_bytes_are_counted() {
        let form = Form::of("Advertisement");
        let sheet = Sheet::new("", vec![&form; 70_000]);
        let row = sheet.row(35_000);
        let of = |name: &str| row[NAMES.iter().position(|known| *known == name).unwrap()];
        assert_eq!((of("repeats"), of("alike")), (5.0, 1.0));
        assert_eq!((of("to-prose-before"), of("to-prose-behind")), (50.0, 50.0));
    }
}
