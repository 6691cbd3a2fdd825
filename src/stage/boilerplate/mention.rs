//! What a page says of the name behind its headline: whether it is the source, whether the article speaks of it as of a
//! person or a place in the news, and whether the page calls itself so.

use super::page::Page;
use super::text::{fold, is_unspaced};
use crate::letters::is_alphanumeric;

/// A shorter body that does not mention a name says nothing about it.
const MIN_BODY_BYTES: usize = 400;
/// Lines of a body that name whom and what the headline is about.
const LEAD_LINES: usize = 3;
/// A longer line, in bytes, is a paragraph, and tells of others.
const MAX_OWN_LINE_BYTES: usize = 300;
/// Fewest letters of a headline that stands in the body by itself: a shorter line may be a sub-head.
const MIN_ALONE_LETTERS: usize = 16;
/// Fewest letters of a name that an address spells.
const MIN_ADDRESS_LETTERS: usize = 4;
/// Words that stay small in a title. German ones are not among them: between nouns they make a statement, `Minister in Not`.
pub(super) const SMALL_WORDS: [&str; 25] = [
    "of", "the", "and", "for", "&", "de", "da", "do", "das", "dos", "del", "della", "di", "des",
    "du", "la", "le", "les", "el", "il", "lo", "los", "las", "van", "het",
];
/// Networks have a button on every page, whoever makes it.
const NETWORKS: [&str; 16] = [
    "facebook",
    "twitter",
    "instagram",
    "youtube",
    "whatsapp",
    "telegram",
    "tiktok",
    "linkedin",
    "google",
    "pinterest",
    "reddit",
    "bluesky",
    "threads",
    "snapchat",
    "apple",
    "amazon",
];
/// Words that a page has beside its own name: it asks readers to subscribe, claims its rights, and sells space.
const OWN_WORDS: [&str; 34] = [
    "©",
    "copyright",
    "subscri",
    "newsletter",
    "abonn",
    "abonnier",
    "suscrib",
    "suscrip",
    "assin",
    "iscrivi",
    "abone",
    "подпис",
    "підпис",
    "subskry",
    "prenumer",
    "whatsapp",
    "telegram",
    "impressum",
    "login",
    "log in",
    "sign in",
    "anzeige im",
    "werbung",
    "advertise",
    "publicidad",
    "publicidade",
    "pubblicità",
    "reklam",
    "all rights reserved",
    "droits réservés",
    "derechos reservados",
    "direitos reservados",
    "版权",
    "著作権",
];

/// What remains of a page while its headline is judged.
#[derive(Clone, Copy)]
pub(super) struct Article<'p> {
    pub(super) page: &'p Page<'p>,
    /// The remaining lines, as indices into the page.
    pub(super) alive: &'p [usize],
}

impl<'p> Article<'p> {
    fn body(&self) -> impl Iterator<Item = &'p str> {
        let page = self.page;
        self.alive.iter().map(|line| page.lines[*line].text)
    }

    /// Whether a segment spells the name of the source: letters and digits alone count, and of a path or a host only the
    /// part that names the outlet, so that `The Daily Lantern` is `news/daily-lantern` and `www.dailylantern.com`.
    pub(super) fn is_source(&self, segment: &str) -> bool {
        is_source(segment, self.page.source)
    }

    /// Whether a long enough body, or its first lines, mention neither the segment nor its last word.
    pub(super) fn body_is_silent_on(&self, segment: &str) -> bool {
        is_absent(segment, self.body(), None)
    }

    /// The same for the body's first lines; behind those only a mention in small letters counts: it is a word, not a name.
    pub(super) fn lead_is_silent_on(&self, segment: &str) -> bool {
        is_absent(segment, self.body(), Some(LEAD_LINES))
    }

    /// Whether one of the remaining lines is the headline without what stands behind it.
    pub(super) fn has_line(&self, headline: &str) -> bool {
        let wanted = letters_of(headline);
        wanted.chars().count() >= MIN_ALONE_LETTERS
            && self
                .body()
                .any(|line| line.len() <= 2 * headline.len() && letters_of(line) == wanted)
    }

    /// Whether the page calls itself by the segment: an address spells it, or a line that sells subscriptions or claims
    /// rights names it. Lines that went count as well, so that what is said here does not change while lines go.
    pub(super) fn calls_itself(&self, segment: &str) -> bool {
        let (name, letters) = (fold(segment), letters_of(segment));
        if letters.is_empty() || NETWORKS.contains(&letters.as_str()) {
            return false;
        }
        let is_spelt = letters.is_ascii() && letters.len() >= MIN_ADDRESS_LETTERS;
        let is_own = |text: &str| {
            let folded = fold(text);
            find_words(&folded, &name).any(|at| {
                let around = [&folded[..at], &folded[at + name.len()..]];
                OWN_WORDS.iter().any(|word| around.iter().any(|part| part.contains(word)))
            })
        };
        self.page.lines.iter().map(|line| line.text).any(|text| {
            (is_spelt && has_address(text, &letters))
                || (text.len() <= MAX_OWN_LINE_BYTES && is_own(text))
        })
    }
}

/// Whether a line has an address or a handle of which one part spells the name.
fn has_address(text: &str, letters: &str) -> bool {
    let is_part_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_');
    let is_spelt = |word: &str| {
        let host = word.rsplit('@').next().unwrap_or(word).trim_matches(['.', '-']);
        let mut parts: Vec<String> = host.split('.').map(letters_of).collect();
        // The last part is the country's, but for a handle, which has one part.
        if parts.len() > 1 {
            parts.pop();
        } else if !word.starts_with('@') {
            return false;
        }
        parts.iter().any(|part| part == letters)
    };
    text.split(|c| !is_part_of_word(c)).filter(|word| word.contains(['.', '@'])).any(is_spelt)
}

fn is_source(segment: &str, source: &str) -> bool {
    let source = source.rsplit('/').next().unwrap_or(source);
    let host = source.trim_start_matches("www.").split('.').next().unwrap_or(source);
    let name = letters_of(segment);
    // Two letters are too few to be sure that they are a name.
    name.len() > 2 && (name == letters_of(source) || name == letters_of(host))
}

/// The letters and digits of a name, without its article.
fn letters_of(name: &str) -> String {
    let name = fold(name);
    let name = name.strip_prefix("the ").or_else(|| name.strip_prefix("the-")).unwrap_or(&name);
    name.chars().filter(|c| is_alphanumeric(*c)).collect()
}

/// Of a name that begins with an abbreviation (`ABC Harbour`) only the whole counts, for the last word is a place. A name
/// in brackets, as in the dateline `HARBOUR (Lantern) - `, is how outlets name themselves, and no mention.
fn is_absent<'a>(
    segment: &str,
    lines: impl Iterator<Item = &'a str>,
    first_lines: Option<usize>,
) -> bool {
    let folded = fold(segment);
    let is_word = |word: &&str| word.chars().count() > 2 && !SMALL_WORDS.contains(word);
    let words = || folded.split(|c: char| !is_alphanumeric(c)).filter(is_word);
    let Some(last) = words().next_back() else { return false };
    let begins_short = begins_with_abbreviation(segment) && words().count() > 1;
    let name = if begins_short { folded.as_str() } else { last };
    let mut bytes = 0;
    for (line, text) in lines.enumerate() {
        bytes += text.len();
        let is_mentioned = match first_lines {
            Some(first) if line >= first => contains_word(text, name),
            _ => contains_word(&fold(text), name),
        };
        if is_mentioned {
            return false;
        }
    }
    bytes >= MIN_BODY_BYTES
}

fn contains_word(folded: &str, word: &str) -> bool {
    find_words(folded, word)
        .any(|at| !(folded[..at].ends_with('(') && folded[at + word.len()..].starts_with(')')))
}

fn begins_with_abbreviation(segment: &str) -> bool {
    let first = segment.split_whitespace().next().unwrap_or_default();
    (2..=5).contains(&first.len()) && first.chars().all(|c| c.is_ascii_uppercase())
}

/// Where words begin a word of a text; in scripts without spaces nothing says where one begins.
pub(super) fn find_words<'a>(folded: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    let stands_inside = words.starts_with(is_unspaced);
    memchr::memmem::find_iter(folded.as_bytes(), words.as_bytes())
        .filter(move |at| stands_inside || !folded[..*at].ends_with(is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{DocId, Document};

    #[test]
    fn a_name_in_brackets_is_a_dateline() {
        for (line, word, expected) in [
            ("harbour (lantern) - the bridge opened", "lantern", false),
            ("the lantern was lit", "lantern", true),
            ("lanterns were lit", "lantern", true),
            ("the harbourlantern", "lantern", false),
            ("(the lantern)", "lantern", true),
            ("昨日灯塔网报道", "灯塔网", true),
        ] {
            assert_eq!(contains_word(line, word), expected, "{line}");
        }
    }

    #[test]
    fn a_name_behind_the_lead_is_none_of_the_news() {
        let lead = ["Miller opened the bridge.", "It rained.", "Nobody came."];
        let long = "The council met in the morning and heard all sides of the matter. ".repeat(8);
        for (name, segment, last, expected) in [
            (
                "an outlet that was told so",
                "Lantern",
                "He told the Lantern that it was late.",
                true,
            ),
            ("a word", "Grandparents", "He asked his grandparents.", false),
            ("a word in the lead", "Bridge", "It was late.", false),
            ("a name in the lead", "Miller", "It was late.", false),
        ] {
            let lines = lead.into_iter().chain([long.as_str(), last]);
            assert_eq!(is_absent(segment, lines, Some(LEAD_LINES)), expected, "{name}");
        }
        for (segment, expected) in [("ABC Harbour", true), ("Ada Harbour", false)] {
            let lines = ["The harbour was closed.", &long];
            assert_eq!(is_absent(segment, lines.into_iter(), None), expected, "{segment}");
        }
    }

    #[test]
    fn a_source_is_known_by_its_name() {
        for (segment, source, expected) in [
            ("The Daily Lantern", "news/daily-lantern", true),
            ("Daily Lantern", "www.dailylantern.com", true),
            ("Lantern.com", "lantern.com", true),
            ("Northern Ledger", "the-northern-ledger", true),
            ("Lantern", "daily-lantern", false),
            ("TV", "tv", false),
            ("News", "", false),
        ] {
            assert_eq!(is_source(segment, source), expected, "{segment} of {source}");
        }
    }

    #[test]
    fn a_page_calls_itself_by_its_address_or_beside_its_offers() {
        for (segment, line, expected) in [
            ("The Lantern", "Write to desk@lantern.co.uk about it.", true),
            ("Harbour Lantern", "See www.harbour-lantern.org", true),
            ("Lantern", "on.lantern.com/1ab", true),
            ("Lantern", "Follow @lantern", true),
            ("Lantern", "Subscribe to the Lantern newsletter", true),
            ("20 Lanternen", "Abonniere den WhatsApp-Kanal von 20 Lanternen", true),
            ("Lantern", "© 2031 Lantern", true),
            ("Lantern", "The lantern was lit at noon.", false),
            ("Miller", "Miller asked readers of the lantern.com to wait.", false),
            ("Facebook", "Follow us on facebook.com and subscribe to our Facebook page", false),
            ("Lantern", "www.harbourlantern.org", false),
        ] {
            let document = Document::new(DocId(0), "x", "x", "T", line);
            let page = Page::new(&document, 600);
            let article = Article { page: &page, alive: &[0] };
            assert_eq!(article.calls_itself(segment), expected, "{segment}: {line}");
        }
    }

    #[test]
    fn a_line_may_be_the_headline_alone() {
        for (headline, line, expected) in [
            ("The bridge, opened in fog", "The Bridge opened in fog!", true),
            ("The bridge, opened in fog", "The bridge opened in fog at noon", false),
            ("Bridge opens", "Bridge opens", false),
        ] {
            let document = Document::new(DocId(0), "x", "x", "T", line);
            let page = Page::new(&document, 600);
            let article = Article { page: &page, alive: &[0] };
            assert_eq!(article.has_line(headline), expected, "{line}");
        }
    }
}
