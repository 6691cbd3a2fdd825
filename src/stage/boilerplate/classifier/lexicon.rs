//! Words by which a page speaks of itself: to its readers, of its makers, of the web. They are the one thing in the
//! classifier that knows languages, some forty of them; where it knows none, these features are silent.
//!
//! The lists are in `lexicon.txt`. News prose seldom says *you* or *our* outside quotations, and furniture seldom does
//! without.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

use super::form::{is_mark, is_unspaced};
use crate::letters::{Letter, is_alphanumeric};

/// What a word is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// It addresses the reader.
    Reader,
    /// It speaks for the outlet.
    Outlet,
    /// It belongs to a web page, a subscription or an app.
    Site,
}

/// Letters of a word that count: endings vary with grammar.
pub(super) const STEM_CHARS: u32 = 7;

/// The words, by topic and language.
const LISTS: &str = include_str!("lexicon.txt");

/// What is known of words, by the hash of their stems.
static TOPICS: LazyLock<FxHashMap<u32, Topic>> = LazyLock::new(|| {
    lists("").flat_map(|(topic, words)| words.map(move |word| (stem(word), topic))).collect()
});

/// The words that are found within a line, with their topics.
static WITHIN: LazyLock<(AhoCorasick, Vec<Topic>)> = LazyLock::new(|| {
    let words = lists("-within")
        .flat_map(|(topic, words)| words.map(move |word| (word.replace('_', " "), topic)));
    // A phrase of Vietnamese may open a line.
    let cases = words.flat_map(|(word, topic)| [(capitalised(&word), topic), (word, topic)]);
    let (words, topics): (Vec<String>, Vec<Topic>) = cases.unzip();
    let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
    (search.expect("the lists are short"), topics)
});

/// The lists whose topics end so.
fn lists(suffix: &str) -> impl Iterator<Item = (Topic, impl Iterator<Item = &'static str>)> {
    LISTS.lines().filter_map(move |line| {
        let mut words = line.split(' ');
        let topic = match words.next()?.strip_suffix(suffix)? {
            "reader" => Topic::Reader,
            "outlet" => Topic::Outlet,
            "site" => Topic::Site,
            _ => return None,
        };
        let _languages = words.next()?;
        Some((topic, words))
    })
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The topic of a word, by the hash of its stem.
pub(super) fn topic(stem: u32) -> Option<Topic> {
    TOPICS.get(&stem).copied()
}

/// The words that a text has within, by topic, and how many each counts: one, or where words are not separated half its
/// letters, as a line's words are counted.
pub(super) fn within(text: &str) -> impl Iterator<Item = (Topic, f32)> {
    let (search, topics) = &*WITHIN;
    search.find_iter(text).map(|found| {
        let letters = text[found.range()].chars().filter(|c| is_unspaced(*c)).count();
        (topics[found.pattern()], (letters as f32 / 2.0).max(1.0))
    })
}

/// Whether a letter is of Korean, where endings join a word, or of Vietnamese, whose words are several syllables. Their words,
/// and those of scripts without blanks, are found [within](within()) a line.
pub(super) fn joins_words(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1ea0}'..='\u{1ef9}')
}

/// Whether a text has a word of web pages, subscriptions or apps, or a copyright mark.
pub(super) fn speaks_of_itself(text: &str) -> bool {
    let words = text.split(|c: char| !(is_alphanumeric(c) || is_mark(c)));
    let mut stems = words.filter(|word| !word.is_empty()).map(stem);
    stems.any(|stem| topic(stem) == Some(Topic::Site))
        || text.contains('\u{a9}')
        || text.contains(|c| joins_words(c) || is_unspaced(c))
            && within(text).any(|(topic, _)| topic == Topic::Site)
}

/// Adds a letter in lower case to the hash of a stem.
pub(super) fn push(hash: u32, letter: char) -> u32 {
    (hash.rotate_left(5) ^ letter as u32).wrapping_mul(0x9e37_79b9)
}

fn stem(word: &str) -> u32 {
    word.chars().take(STEM_CHARS as usize).map(|letter| Letter::of(letter).lower()).fold(0, push)
}

#[cfg(test)]
mod tests {
    use super::super::super::packs::BUILT_IN;
    use super::*;

    #[test]
    fn words_are_known_by_their_stems() {
        for (word, expected) in [
            ("your", Some(Topic::Reader)),
            ("notre", Some(Topic::Outlet)),
            ("newslet", Some(Topic::Site)),
            ("ваши", Some(Topic::Reader)),
            ("bridge", None),
            ("", None),
        ] {
            assert_eq!(topic(stem(word)), expected, "{word}");
        }
    }

    #[test]
    fn words_are_found_within_a_line_where_blanks_do_not_part_them() {
        let topics = |text: &str| within(text).collect::<Vec<_>>();
        assert_eq!(topics("\u{30ed}\u{30b0}\u{30a4}\u{30f3}"), [(Topic::Site, 2.0)]);
        let line = "\u{c800}\u{d76c} \u{b274}\u{c2a4}\u{b808}\u{d130}\u{b97c}";
        assert_eq!(topics(line), [(Topic::Outlet, 1.0), (Topic::Site, 1.0)]);
        assert_eq!(topics("\u{110}\u{103}ng k\u{fd}"), [(Topic::Site, 1.0)]);
        assert_eq!(topics("The bridge"), []);
        assert!(speaks_of_itself("\u{b274}\u{c2a4}\u{b808}\u{d130}\u{b97c}"));
    }

    /// A language with rules, of whose pages the models know no word, would be one in which they are silent.
    #[test]
    fn every_language_with_rules_has_words_of_web_pages() {
        let of_language = |name: &str| {
            LISTS.lines().filter(|line| line.starts_with("site")).any(|line| {
                let languages = line.split(' ').nth(1).unwrap_or_default();
                languages.split(',').any(|language| language == name)
            })
        };
        let several = ["any", "de", "en", "es", "fr", "it", "nl", "pt"];
        let names = BUILT_IN.iter().map(|pack| pack.name);
        let without: Vec<&str> =
            names.filter(|name| !several.contains(name) && !of_language(name)).collect();
        assert_eq!(without, <[&str; 0]>::default());
    }

    #[test]
    fn the_lists_are_lists() {
        for line in LISTS.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            let topic = words[0].strip_suffix("-within").unwrap_or(words[0]);
            assert!(["site", "reader", "outlet"].contains(&topic) && words.len() > 2, "{line}");
            assert!(words.iter().all(|word| !word.is_empty()), "{line}");
            assert_eq!(line, line.to_lowercase());
        }
    }
}
