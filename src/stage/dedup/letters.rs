//! Letters: what a character is to a token, and how it is written once it makes no difference how it was.
//!
//! The same word is typed in several ways, and a copy is often typed, or encoded, in another way than its original. So
//! capitals are small letters, decimal digits of any script are ASCII, letters that a code page or a PDF keeps for
//! appearance (full width, ligatures, the forms of Arabic) are plain ones, and composed and decomposed characters agree.
//! What writers of a script leave out as they please is not there: the vowel points of Arabic and Hebrew and the tatweel;
//! what they exchange as they please is one letter: alef with and without hamza, heh and teh marbuta, the yehs and kafs of
//! Arabic and Persian keyboards, and the dotless ı of Turkish capitals. Accents tell words apart, and stay.

use std::sync::LazyLock;

use unicode_normalization::char::compose;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What a character is to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stands between tokens.
    Gap,
    /// It belongs to a word.
    Letter,
    /// It belongs to a word, and with the letter before it may be another letter.
    Mark,
    /// It is a token by itself.
    Character,
    /// It changes how a word looks, not which word it is.
    Invisible,
}

/// A character, looked up: kind, whether it is a number, and how it is written, of three bytes of UTF-8 at most.
#[derive(Clone, Copy)]
pub(super) struct Letter(u32);

const LEN_AT: u32 = 24;
const KIND_AT: u32 = 26;
const NUMERIC: u32 = 1 << 29;

impl Letter {
    /// What is known of a character.
    pub(super) fn of(character: char) -> Self {
        match PLANE.get(u32::from(character) as usize) {
            Some(letter) => *letter,
            None => Self::new(character),
        }
    }

    fn new(character: char) -> Self {
        let kind = classify(character);
        let numeric = if character.is_numeric() { NUMERIC } else { 0 };
        let (mut written, mut len, mut letters) = (0, 0, 0);
        if matches!(kind, Kind::Letter | Kind::Mark) {
            let mut utf8 = [0; 4];
            each_written(character, |letter| {
                len = letter.encode_utf8(&mut utf8).len() as u32;
                written = u32::from_le_bytes(utf8);
                letters += 1;
            });
        }
        // A letter of which nothing is left is a vowel point in a form of its own.
        let kind = if kind == Kind::Letter && letters == 0 { Kind::Invisible } else { kind };
        let is_short = letters == 1 && len <= 3;
        let (written, len) = if is_short { (written, len) } else { (0, 0) };
        Self(written | len << LEN_AT | (kind as u32) << KIND_AT | numeric)
    }

    pub(super) fn kind(self) -> Kind {
        const KINDS: [Kind; 8] = [
            Kind::Gap,
            Kind::Letter,
            Kind::Mark,
            Kind::Character,
            Kind::Invisible,
            Kind::Gap,
            Kind::Gap,
            Kind::Gap,
        ];
        KINDS[(self.0 >> KIND_AT & 7) as usize]
    }

    /// Whether a word that begins with it is a number.
    pub(super) fn is_numeric(self) -> bool {
        self.0 & NUMERIC != 0
    }

    /// Its UTF-8, the first byte lowest, and how many bytes that is; 0 where it is written as several letters or in more
    /// than three bytes, and [`each_written`] tells them.
    pub(super) fn written(self) -> (u32, u32) {
        (self.0 & ((1 << LEN_AT) - 1), self.0 >> LEN_AT & 3)
    }
}

/// The basic plane, 256 KB: the tables of the standard library are searched, not indexed, and that took a third of the time
/// of the whole stage.
static PLANE: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let plane = 0..=u32::from(u16::MAX);
    plane.map(|code| Letter::new(char::from_u32(code).unwrap_or(' '))).collect()
});

/// Hands over how a letter is written: mostly one small letter.
pub(super) fn each_written(character: char, mut take: impl FnMut(char)) {
    if matches!(u32::from(character), 0x61..=0x7A | 0x3041..=0xA4CF | 0xAC00..=0xD7A3) {
        // Most of the plane, for the sake of a quick start.
        return take(character);
    }
    let mut take_lower = |composed: char| {
        for lower in composed.to_lowercase() {
            let lower = common_form(lower);
            if classify(lower) == Kind::Letter || classify(lower) == Kind::Mark {
                take(lower);
            }
        }
    };
    match is_presentation_form(character) {
        true => std::iter::once(character).nfkc().for_each(&mut take_lower),
        // Small, because the dot of the capital would be a letter more.
        false if character == 'İ' => take_lower('i'),
        false => std::iter::once(character).nfc().for_each(&mut take_lower),
    }
}

/// Whether a mark makes another letter of the one before it.
pub(super) fn is_composed(before: char, mark: char) -> bool {
    compose(before, mark).is_some()
}

fn classify(character: char) -> Kind {
    if is_invisible(character) || is_left_out(character) {
        return Kind::Invisible;
    }
    if is_unspaced(character) && digit(character).is_none() {
        let is_word = character.is_alphanumeric() || is_combining_mark(character);
        return if is_word { Kind::Character } else { Kind::Gap };
    }
    let is_letter = character.is_alphanumeric() || character == '_' || is_combining_mark(character);
    let is_mark = || is_nfc_quick(std::iter::once(character)) == IsNormalized::Maybe;
    match is_letter {
        false => Kind::Gap,
        true if u32::from(character) >= 0x300 && is_mark() => Kind::Mark,
        true => Kind::Letter,
    }
}

/// Letters that writers exchange as they please, as one; small letters only.
fn common_form(letter: char) -> char {
    match letter {
        // The final sigma depends on its neighbours; without it, capitals and small letters agree.
        'ς' => 'σ',
        // The capital of both is I.
        'ı' => 'i',
        // Alef with madda, with hamza above and below, wasla.
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => '\u{627}',
        // Teh marbuta; the hehs of Persian, Kurdish and Urdu keyboards.
        '\u{629}' | '\u{6BE}' | '\u{6C0}'..='\u{6C3}' | '\u{6D5}' => '\u{647}',
        // Alef maksura and the yeh of Persian keyboards.
        '\u{649}' | '\u{6CC}' => '\u{64A}',
        // The kaf of Persian keyboards, and the swash kaf.
        '\u{6A9}' | '\u{6AA}' => '\u{643}',
        _ => match digit(letter) {
            Some(digit) => char::from(digit),
            None => letter,
        },
    }
}

/// Zeros of the decimal digits of the basic plane; the other nine follow.
const ZEROS: [u16; 36] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// The ASCII digit that a decimal digit stands for.
fn digit(character: char) -> Option<u8> {
    let code = u32::from(character);
    let of = |zero: &u16| code.checked_sub(u32::from(*zero)).filter(|digit| *digit < 10);
    ZEROS.iter().find_map(of).map(|digit| b'0' + digit as u8)
}

/// Full width, Latin ligatures, Hebrew and Arabic forms.
fn is_presentation_form(character: char) -> bool {
    matches!(u32::from(character),
        0xFB00..=0xFB06 | 0xFB1D..=0xFDFB | 0xFE70..=0xFEFC | 0xFF01..=0xFF5E)
}

/// Soft hyphen, joiners and variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0100}'..='\u{E01EF}')
}

/// Points and marks of Hebrew, Arabic and Syriac, and what stretches a word. Not the hamza and the madda (U+0653 to U+0655):
/// with the letter before them they are one that has its own place.
fn is_left_out(character: char) -> bool {
    matches!(u32::from(character),
        0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x0652 | 0x0656..=0x065F | 0x0670
        | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8 | 0x06EA..=0x06ED
        | 0x0711 | 0x0730..=0x074A | 0x08D3..=0x08E1 | 0x08E3..=0x08FF)
}

/// Scripts whose words are not separated by spaces, by block.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF        // Thai, Lao
        | 0x1000..=0x109F      // Myanmar
        | 0x1780..=0x17FF      // Khmer
        | 0x3005..=0x3007      // ideographic iteration mark and zero
        | 0x3040..=0x30FF      // kana
        | 0x31F0..=0x31FF      // small katakana
        | 0x3400..=0x4DBF      // Han, extension A
        | 0x4E00..=0x9FFF      // Han
        | 0xA9E0..=0xA9FF      // Myanmar, extended B
        | 0xAA60..=0xAA7F      // Myanmar, extended A
        | 0xF900..=0xFAFF      // Han, compatibility
        | 0xFF66..=0xFF9F      // halfwidth kana
        | 0x20000..=0x3FFFF) // Han, later extensions
}

/// Marks that Unicode does not count as alphabetic, and without which words of their scripts would fall apart.
fn is_combining_mark(character: char) -> bool {
    matches!(u32::from(character),
        0x0300..=0x036F | 0x0483..=0x0487 | 0x0653..=0x0655
        | 0x07EB..=0x07F3 | 0x0816..=0x082D
        | 0x093C | 0x094D | 0x0951..=0x0954 | 0x09BC | 0x09CD | 0x0A3C | 0x0A4D | 0x0ABC | 0x0ACD
        | 0x0B3C | 0x0B4D | 0x0BCD | 0x0C3C | 0x0C4D | 0x0CBC | 0x0CCD | 0x0D3B..=0x0D3C | 0x0D4D
        | 0x0DCA | 0x0E3A | 0x0E47..=0x0E4E | 0x0EBA | 0x0EC8..=0x0ECE
        | 0x0F18..=0x0F19 | 0x0F35 | 0x0F37 | 0x0F39 | 0x0F71..=0x0F84 | 0x0F86..=0x0F87
        | 0x1037 | 0x1039..=0x103A | 0x1087..=0x108D | 0x108F | 0x135D..=0x135F
        | 0x17C9..=0x17D3 | 0x17DD | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x3099..=0x309A | 0xFE20..=0xFE2F)
}
