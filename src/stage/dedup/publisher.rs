//! Which sources are one publisher: the editions of a page by language, country or year.

/// Hash of the publisher behind a source: the source's name without words of two letters, years and `www`.
///
/// An institution's pages under `ar/`, `en/` and `ku/` share its address and its description as the pages of one source
/// do, and so do folders of 2021 and 2022, or `example.de` and `example.fr`. A name that has nothing else is itself.
/// [`UNKNOWN`] where records name no source and files lie in no folder: these may be of any publisher.
pub(super) fn publisher_hash(source: &str) -> u32 {
    if matches!(source, "" | ".") {
        return UNKNOWN;
    }
    let words = source.split(|c: char| !c.is_alphanumeric()).filter(|word| !is_edition(word));
    let name = words.collect::<Vec<_>>().join(" ");
    let name = if name.is_empty() { source } else { &name };
    ((xxhash_rust::xxh3::xxh3_64(name.as_bytes()) >> 32) as u32).max(UNKNOWN + 1)
}

/// The hash of no publisher.
pub(super) const UNKNOWN: u32 = 0;

fn is_edition(word: &str) -> bool {
    let is_code = word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    word.is_empty() || is_code || word == "www" || is_year && word.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_source_is_no_publisher() {
        assert_eq!((publisher_hash("."), publisher_hash("")), (UNKNOWN, UNKNOWN));
        assert_ne!(publisher_hash("valley-echo"), UNKNOWN);
    }

    #[test]
    fn editions_are_of_one_publisher() {
        let cases = [
            ("ar/valley-college", "en/valley-college", true),
            ("ministry-2021", "ministry-2022", true),
            ("www.valley-echo.de", "valley-echo.fr", true),
            ("valley-echo", "valley-echo", true),
            ("valley-echo", "harbour-post", false),
            ("channel-4", "channel-5", false),
            ("en", "ar", false),
            ("2021", "2022", false),
            ("en/valley-college", "en/harbour-college", false),
        ];
        for (left, right, is_one) in cases {
            assert_eq!(publisher_hash(left) == publisher_hash(right), is_one, "{left}, {right}");
        }
    }
}
