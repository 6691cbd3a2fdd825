//! Script classes: which script a letter belongs to, by Unicode blocks.

/// A class of letters that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Script {
    /// 49 languages.
    Latin,
    /// Eight languages.
    Cyrillic,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Hindi, Marathi.
    Devanagari,
    /// Greek.
    Greek,
    /// Hebrew.
    Hebrew,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Thai.
    Thai,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Bengali.
    Bengali,
    /// Gujarati.
    Gujarati,
    /// Punjabi.
    Gurmukhi,
    /// Korean.
    Hangul,
    /// Chinese, and the greater part of Japanese.
    Han,
    /// The Japanese syllabaries.
    Kana,
    /// Letters of a script that no language of the inventory is written in.
    Other,
}

/// Number of scripts.
pub(super) const SCRIPTS: usize = 18;

impl Script {
    /// All scripts, in order.
    pub(super) const ALL: [Self; SCRIPTS] = [
        Self::Latin,
        Self::Cyrillic,
        Self::Arabic,
        Self::Devanagari,
        Self::Greek,
        Self::Hebrew,
        Self::Armenian,
        Self::Georgian,
        Self::Thai,
        Self::Tamil,
        Self::Telugu,
        Self::Bengali,
        Self::Gujarati,
        Self::Gurmukhi,
        Self::Hangul,
        Self::Han,
        Self::Kana,
        Self::Other,
    ];

    /// Half letters of an alphabet that say as much as one letter of this script: an ideogram is half a word.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::Han | Self::Hangul => 4,
            Self::Kana => 3,
            _ => 2,
        }
    }
}

/// The script of a letter. Asked of letters only: blocks also hold signs, digits and marks.
pub(super) fn script(letter: char) -> Script {
    match u32::from(letter) {
        0x41..=0x24F | 0x250..=0x2AF | 0x1D00..=0x1D7F | 0x1E00..=0x1EFF => Script::Latin,
        0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xAB30..=0xAB6F => Script::Latin,
        0xFB00..=0xFB06 | 0xFF21..=0xFF3A | 0xFF41..=0xFF5A => Script::Latin,
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => Script::Cyrillic,
        0x530..=0x58F | 0xFB13..=0xFB17 => Script::Armenian,
        0x590..=0x5FF | 0xFB1D..=0xFB4F => Script::Hebrew,
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF => Script::Arabic,
        0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Script::Arabic,
        0x900..=0x97F | 0xA8E0..=0xA8FF => Script::Devanagari,
        0x980..=0x9FF => Script::Bengali,
        0xA00..=0xA7F => Script::Gurmukhi,
        0xA80..=0xAFF => Script::Gujarati,
        0xB80..=0xBFF => Script::Tamil,
        0xC00..=0xC7F => Script::Telugu,
        0xE00..=0xE7F => Script::Thai,
        0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F => Script::Georgian,
        0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF => Script::Hangul,
        0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Script::Kana,
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF => Script::Han,
        0xF900..=0xFAFF | 0x20000..=0x3FFFF => Script::Han,
        _ => Script::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_letters() {
        for (text, expected) in [
            ("aÉßđĳởﬁＡ", Script::Latin),
            ("яЂҰѐ", Script::Cyrillic),
            ("بپےڕﷲ", Script::Arabic),
            ("कळॲ", Script::Devanagari),
            ("ωΆἀ", Script::Greek),
            ("אײ", Script::Hebrew),
            ("Աֆ", Script::Armenian),
            ("აჰ", Script::Georgian),
            ("กฮ", Script::Thai),
            ("அழ", Script::Tamil),
            ("అళ", Script::Telugu),
            ("অৰ", Script::Bengali),
            ("અળ", Script::Gujarati),
            ("ਅੜ", Script::Gurmukhi),
            ("가ㅏ", Script::Hangul),
            ("漢国國々", Script::Han),
            ("あヲｱ", Script::Kana),
            ("አខമ𝐀", Script::Other),
        ] {
            for letter in text.chars() {
                assert_eq!(script(letter), expected, "{letter}");
            }
        }
        assert!(Script::ALL.iter().enumerate().all(|(at, script)| *script as usize == at));
    }
}
