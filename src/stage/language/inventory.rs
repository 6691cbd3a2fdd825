//! The languages that can be told, by the script they are written in, in the order of the table's lanes.

use super::script::Script;

/// ISO 639-1 codes by script, ascending: lane 0 of a script's rows is its first language here.
pub(super) const INVENTORY: [(Script, &[&str]); 15] = [
    (
        Script::Latin,
        &[
            "af", "az", "bs", "ca", "cs", "cy", "da", "de", "en", "eo", "es", "et", "eu", "fi",
            "fr", "ga", "hr", "hu", "id", "is", "it", "la", "lg", "lt", "lv", "mi", "ms", "nb",
            "nl", "nn", "pl", "pt", "ro", "sk", "sl", "sn", "so", "sq", "st", "sv", "sw", "tl",
            "tn", "tr", "ts", "vi", "xh", "yo", "zu",
        ],
    ),
    (Script::Cyrillic, &["be", "bg", "kk", "mk", "mn", "ru", "sr", "uk"]),
    (Script::Arabic, &["ar", "fa", "ur"]),
    (Script::Devanagari, &["hi", "mr"]),
    (Script::Greek, &["el"]),
    (Script::Hebrew, &["he"]),
    (Script::Armenian, &["hy"]),
    (Script::Georgian, &["ka"]),
    (Script::Thai, &["th"]),
    (Script::Tamil, &["ta"]),
    (Script::Telugu, &["te"]),
    (Script::Bengali, &["bn"]),
    (Script::Gujarati, &["gu"]),
    (Script::Gurmukhi, &["pa"]),
    (Script::Hangul, &["ko"]),
];

/// Chinese and Japanese share a script; kana decides between them.
pub(super) const CHINESE: &str = "zh";
/// See [`CHINESE`].
pub(super) const JAPANESE: &str = "ja";

/// ISO 639-1 codes of all languages that can be told, ascending.
pub(super) fn all() -> Vec<&'static str> {
    let listed = INVENTORY.iter().flat_map(|(_, codes)| codes.iter().copied());
    let mut codes: Vec<_> = listed.chain([CHINESE, JAPANESE]).collect();
    codes.sort_unstable();
    codes
}

/// The languages of a script in the order of the lanes; none where the script has no table.
pub(super) fn lanes(script: Script) -> &'static [&'static str] {
    INVENTORY.iter().find(|(known, _)| *known == script).map_or(&[], |(_, codes)| codes)
}

/// The script and the lane of a language; none for Chinese and Japanese.
pub(super) fn place(code: &str) -> Option<(Script, usize)> {
    INVENTORY.iter().find_map(|(script, codes)| {
        codes.iter().position(|known| *known == code).map(|lane| (*script, lane))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inventory_is_that_of_lingua() {
        assert_eq!(all().len(), 75);
        let is_listed = |language: lingua::Language| {
            all().contains(&&*language.iso_code_639_1().to_string().to_lowercase())
        };
        assert!(lingua::Language::all().into_iter().all(is_listed));
        for (script, codes) in INVENTORY {
            assert!(codes.is_sorted(), "{script:?}");
        }
    }
}
