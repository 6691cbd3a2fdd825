//! A seeded news corpus for benches and tests: invented stories, each outlet's residues around them, and copies.
//!
//! The same seed gives the same articles on every machine, and a shorter corpus is the beginning of a longer one. Two
//! stories share almost no five words in a row (Jaccard index below 0.02, residues apart), so whatever a deduplicator
//! unites beyond [`Article::story`] is its own mistake. Of ten articles about one repeats an earlier body word for word under another outlet's name, and three of
//! twenty tell an earlier story with edits: a dateline, a cut, an added paragraph, other words.
//!
//! It uses the standard library only and nothing of the crate, so that tests can include it by its path:
//!
//! ```ignore
//! #[path = "../benches/corpus/mod.rs"]
//! mod corpus;
//! ```

#![allow(
    dead_code,
    unreachable_pub,
    reason = "a private module in every program that includes it, and each needs another part of it"
)]

mod random;
mod words;

use std::fs;
use std::io;
use std::path::Path;

use self::random::Random;

/// One article as a scraper would have left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The outlet's folder name, such as `keldmouth-key`.
    pub source: String,
    /// The headline, with the outlet's suffix.
    pub title: String,
    /// Paragraphs and residues, separated by blank lines; no line break at the end.
    pub body: String,
    /// Day of publication, `YYYY-MM-DD`.
    pub date: String,
    /// Which story it tells: articles with the same number are copies.
    pub story: u32,
}

/// The first `count` articles of the corpus with this seed: 1 to 3 kB each.
pub fn articles(seed: u64, count: usize) -> Vec<Article> {
    let writer = Writer::new(seed);
    let mut originals: Vec<(u32, usize)> = Vec::new();
    let mut articles: Vec<Article> = Vec::with_capacity(count);
    for position in 0..count {
        let mut random = Random::new(seed, 2 * position as u64);
        let outlet = random.below(words::OUTLETS.len());
        let chance = random.below(100);
        let article = if originals.is_empty() || chance >= EXACT_PERCENT + EDITED_PERCENT {
            let number = originals.len() as u32;
            originals.push((number, position));
            writer.publish(&writer.story(number), outlet, &mut random)
        } else {
            let (number, first) = originals[random.below(originals.len())];
            let story = writer.story(number);
            if chance < EXACT_PERCENT {
                copy(&articles[first], &story, outlet)
            } else {
                let edited = writer.edit(story, &mut random);
                writer.publish(&edited, outlet, &mut random)
            }
        };
        articles.push(article);
    }
    articles
}

/// Writes one `.txt` an article, headline first, into a folder an outlet; returns the bytes written.
pub fn write_dump(articles: &[Article], folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for (position, article) in articles.iter().enumerate() {
        let outlet = folder.join(&article.source);
        fs::create_dir_all(&outlet)?;
        let text = format!("{}\n\n{}\n", article.title, article.body);
        fs::write(outlet.join(format!("{position:06}.txt")), &text)?;
        bytes += text.len() as u64;
    }
    Ok(bytes)
}

/// Articles in a hundred that repeat an earlier body word for word.
const EXACT_PERCENT: usize = 10;
/// Articles in a hundred that tell an earlier story with edits.
const EDITED_PERCENT: usize = 15;

/// A story before an outlet publishes it.
struct Story {
    number: u32,
    title: String,
    place: String,
    paragraphs: Vec<String>,
    /// Day of the year, from 0.
    day: usize,
}

/// Who and where a story is about.
struct Cast {
    people: [(String, String); 3],
    place: String,
    other_place: String,
    bodies: [String; 2],
}

/// Tells stories: the word lists, split once.
struct Writer {
    seed: u64,
    nouns: Vec<&'static str>,
    plurals: Vec<&'static str>,
    adjectives: Vec<&'static str>,
    pasts: Vec<&'static str>,
    verbs: Vec<&'static str>,
    adverbs: Vec<&'static str>,
    causes: Vec<&'static str>,
    roles: Vec<&'static str>,
    first_names: Vec<&'static str>,
    surname_heads: Vec<&'static str>,
    surname_tails: Vec<&'static str>,
    place_heads: Vec<&'static str>,
    place_tails: Vec<&'static str>,
    bodies: Vec<&'static str>,
    weekdays: Vec<&'static str>,
    months: Vec<&'static str>,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let split = |list: &'static str| list.split_whitespace().collect::<Vec<_>>();
        Self {
            seed,
            nouns: split(words::NOUNS),
            plurals: split(words::PLURALS),
            adjectives: split(words::ADJECTIVES),
            pasts: split(words::PASTS),
            verbs: split(words::VERBS),
            adverbs: split(words::ADVERBS),
            causes: split(words::CAUSES),
            roles: split(words::ROLES),
            first_names: split(words::FIRST_NAMES),
            surname_heads: split(words::SURNAME_HEADS),
            surname_tails: split(words::SURNAME_TAILS),
            place_heads: split(words::PLACE_HEADS),
            place_tails: split(words::PLACE_TAILS),
            bodies: words::BODIES.split(',').collect(),
            weekdays: split(words::WEEKDAYS),
            months: split(words::MONTHS),
        }
    }

    /// The story of that number: a pure function of the seed, so that a copy need not remember its original.
    fn story(&self, number: u32) -> Story {
        let mut random = Random::new(self.seed, 2 * u64::from(number) + 1);
        let cast = self.cast(&mut random);
        let headline = random.pick(words::HEADLINES);
        let title = self.fill(headline, &cast, &mut random);
        let paragraphs = (0..4 + random.below(7))
            .map(|_| {
                let sentences = 2 + random.below(3);
                self.paragraph(sentences, &cast, &mut random)
            })
            .collect();
        Story { number, title, paragraphs, day: random.below(360), place: cast.place }
    }

    fn cast(&self, random: &mut Random) -> Cast {
        let mut person = || {
            let first = random.pick(&self.first_names).to_string();
            (first, join(random.pick(&self.surname_heads), random.pick(&self.surname_tails)))
        };
        let people = [person(), person(), person()];
        let mut place = || join(random.pick(&self.place_heads), random.pick(&self.place_tails));
        let [home, other_place, seat] = [place(), place(), place()];
        let bodies = [
            format!("{home} {}", random.pick(&self.bodies)),
            format!("{seat} {}", random.pick(&self.bodies)),
        ];
        Cast { people, place: home, other_place, bodies }
    }

    fn paragraph(&self, sentences: usize, cast: &Cast, random: &mut Random) -> String {
        let sentences: Vec<String> = (0..sentences)
            .map(|_| {
                let sentence = random.pick(words::SENTENCES);
                self.fill(sentence, cast, random)
            })
            .collect();
        sentences.join(" ")
    }

    /// Fills the slots of a sentence, and begins it with a capital.
    fn fill(&self, sentence: &str, cast: &Cast, random: &mut Random) -> String {
        let mut text = String::with_capacity(2 * sentence.len());
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.slot(slot, cast, random));
            rest = after;
        }
        text.push_str(rest);
        capitalised(&text)
    }

    fn slot(&self, slot: &str, cast: &Cast, random: &mut Random) -> String {
        if let Some(kind) = slot.strip_prefix("a-") {
            return with_article(&self.slot(kind, cast, random));
        }
        if let Some(kind) = slot.strip_prefix("A-") {
            return capitalised(&with_article(&self.slot(kind, cast, random)));
        }
        match slot {
            "Name" => {
                let (first, last) = &cast.people[random.below(cast.people.len())];
                format!("{first} {last}")
            }
            "surname" => cast.people[random.below(cast.people.len())].1.clone(),
            "place" => cast.place.clone(),
            "other-place" => cast.other_place.clone(),
            "body" => format!("the {}", cast.bodies[random.below(cast.bodies.len())]),
            "number" => grouped(2 + random.below(9_800)),
            "percent" => format!("{}.{} per cent", 1 + random.below(98), random.below(10)),
            "money" => format!("{}.{} million crowns", 1 + random.below(90), random.below(10)),
            kind => random.pick(self.list(kind)).to_string(),
        }
    }

    fn list(&self, kind: &str) -> &[&'static str] {
        match kind {
            "noun" => &self.nouns,
            "plural" => &self.plurals,
            "adjective" => &self.adjectives,
            "past" => &self.pasts,
            "verb" => &self.verbs,
            "adverb" => &self.adverbs,
            "cause" => &self.causes,
            "role" => &self.roles,
            "weekday" => &self.weekdays,
            "month" => &self.months,
            unknown => unreachable!("no slot is called `{unknown}`"),
        }
    }

    /// The same story as another desk would carry it: one to three changes, never all of the text.
    fn edit(&self, mut story: Story, random: &mut Random) -> Story {
        if random.below(2) == 0 {
            let share = 60 + random.below(31);
            let kept = (story.paragraphs.len() * share).div_ceil(100);
            story.paragraphs.truncate(kept.max(2));
        }
        if random.below(2) == 0 {
            let cast = self.cast(random);
            let added = self.paragraph(2, &cast, random);
            let at = 1 + random.below(story.paragraphs.len());
            story.paragraphs.insert(at, added);
        }
        if random.below(3) == 0 {
            for paragraph in &mut story.paragraphs {
                *paragraph = self.reworded(paragraph, random);
            }
        }
        if let Some(first) = story.paragraphs.first_mut() {
            *first = format!("{} (Wire) \u{2014} {first}", story.place.to_uppercase());
        }
        story.day += random.below(3);
        story
    }

    /// Replaces two lower-case words in a hundred.
    fn reworded(&self, paragraph: &str, random: &mut Random) -> String {
        let words: Vec<&str> = paragraph
            .split(' ')
            .map(|word| {
                let is_plain = word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
                let is_chosen = is_plain && random.below(50) == 0;
                if is_chosen { random.pick(&self.adjectives) } else { word }
            })
            .collect();
        words.join(" ")
    }

    /// The story with the residues of an outlet around it and in it.
    fn publish(&self, story: &Story, outlet: usize, random: &mut Random) -> Article {
        let name = words::OUTLETS[outlet];
        let named = |text: &str| text.replace("{}", name);
        let mut lines = story.paragraphs.clone();
        if outlet.is_multiple_of(3) {
            lines.insert(0, words::SHARE_BARS[outlet / 3 % words::SHARE_BARS.len()].to_owned());
        }
        if random.below(3) > 0 {
            let cast = self.cast(random);
            let headline = random.pick(words::HEADLINES);
            let label = words::LABELS[outlet % words::LABELS.len()];
            let promo = format!("{label} {}", self.fill(headline, &cast, random));
            lines.insert(1 + random.below(lines.len() - 1), promo);
        }
        let footers = words::FOOTERS.len();
        lines.push(named(words::FOOTERS[outlet % footers]));
        lines.push(named(words::FOOTERS[(outlet + 1 + outlet / footers) % footers]));
        lines.push(named(words::TAILS[outlet % words::TAILS.len()]));
        Article {
            source: folder(name),
            title: headline(&story.title, outlet),
            body: lines.join("\n\n"),
            date: date(story.day),
            story: story.number,
        }
    }
}

/// The same body, byte for byte, under another outlet's name.
fn copy(article: &Article, story: &Story, outlet: usize) -> Article {
    let other = (outlet + 1) % words::OUTLETS.len();
    let is_same = folder(words::OUTLETS[outlet]) == article.source;
    let outlet = if is_same { other } else { outlet };
    Article {
        source: folder(words::OUTLETS[outlet]),
        title: headline(&story.title, outlet),
        body: article.body.clone(),
        date: date(story.day + 1),
        story: article.story,
    }
}

fn headline(title: &str, outlet: usize) -> String {
    let suffix = words::SUFFIXES[outlet % words::SUFFIXES.len()];
    format!("{title}{}", suffix.replace("{}", words::OUTLETS[outlet]))
}

fn folder(outlet: &str) -> String {
    outlet.to_lowercase().replace(' ', "-")
}

/// A day in a calendar of twelve months of thirty days: good enough for a date.
fn date(day: usize) -> String {
    let month = (day / 30) % 12 + 1;
    let last = if month == 2 { 28 } else { 30 };
    format!("2031-{month:02}-{:02}", (day % 30 + 1).min(last))
}

fn join(head: &str, tail: &str) -> String {
    format!("{head}{tail}")
}

fn capitalised(text: &str) -> String {
    let first = text.find(|character: char| character.is_alphanumeric()).unwrap_or(0);
    let (before, word) = text.split_at(first);
    let mut characters = word.chars();
    match characters.next() {
        Some(character) => format!("{before}{}{}", character.to_uppercase(), characters.as_str()),
        None => text.to_owned(),
    }
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}

/// A number with a comma before the last three digits.
fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", number / 1_000, number % 1_000),
    }
}
