//! Tests of the token stream.

use proptest::prelude::*;

use super::*;

#[test]
fn what_skips_the_search_for_a_small_letter_is_one() {
    for character in ('\u{0}'..=char::MAX).filter(|character| has_no_capitals(*character)) {
        assert!(character.to_lowercase().eq([character]), "{character:?}");
    }
}

fn says_the_same(left: &str, right: &str) -> bool {
    tokens(left) == tokens(right)
}

#[test]
fn tokens_are_words_or_characters_of_unspaced_scripts() {
    let cases: &[(&str, &str, usize, usize)] = &[
        ("nothing", "", 0, 0),
        ("punctuation only", " … — “”!?\n", 0, 0),
        ("English", "It's 5 o'clock: time to go.", 8, 0),
        ("underscore", "snake_case _ x", 3, 0),
        ("German", "Die Überprüfung läuft", 3, 0),
        ("Russian", "Москва. Сегодня", 2, 0),
        ("Arabic with vowel marks", "كِتَابٌ جديد", 2, 0),
        ("Hindi with virama", "हिन्दी समाचार", 2, 0),
        ("decomposed accents", "Cafe\u{301} noir", 2, 0),
        ("Korean is spaced", "서울 뉴스", 2, 0),
        ("Chinese", "北京，新闻。", 4, 4),
        ("Japanese", "東京タワー", 5, 5),
        ("Thai with tone marks", "ข่าว", 4, 4),
        ("Khmer with coeng", "ខ្មែរ", 5, 5),
        ("Myanmar", "မြန်", 4, 4),
        ("mixed", "iPhone手机 15 Pro", 5, 2),
        ("soft hyphen", "Donau\u{AD}dampf", 1, 0),
        ("variation selector", "北\u{FE00}京", 2, 2),
    ];
    for (name, text, all, characters) in cases {
        let found = tokens(text).hashes;
        assert_eq!(found.len(), *all, "{name}");
        let single = found.iter().filter(|token| is_character(**token)).count();
        assert_eq!(single, *characters, "{name}");
    }
}

#[test]
fn how_a_text_is_set_does_not_matter_and_what_it_says_does() {
    let cases: &[(&str, &str, &str, bool)] = &[
        ("case", "HELLO World", "hello world", true),
        ("quotes and spaces", "“Hello”\u{a0}– world", "hello world", true),
        ("case beyond ASCII", "ÜBERMUT Ё", "übermut ё", true),
        ("final sigma", "ΟΔΟΣ", "οδος", true),
        ("Kelvin sign", "\u{212A}elvin", "kelvin", true),
        ("dotted capital", "İ", "i\u{307}", true),
        ("word of eight and nine letters", "ABCDEFGH abcdefghI", "abcdefgh ABCDEFGHi", true),
        ("curly apostrophe", "it’s", "it's", true),
        ("digits", "5 dead", "6 dead", false),
        ("accents", "resume", "résumé", false),
        ("order", "man bites dog", "dog bites man", false),
        ("word break", "there fore", "therefore", false),
        ("underscore", "a_b", "a b", false),
        ("padding", "a", "a ", true),
    ];
    for (name, left, right, expected) in cases {
        assert_eq!(says_the_same(left, right), *expected, "{name}");
    }
}

#[test]
fn numbers_are_tokens_that_begin_with_a_digit() {
    let cases: &[(&str, &str, usize)] = &[
        ("decimal comma splits", "3,500 of 12", 3),
        ("with a unit", "50m and 2nd", 2),
        ("within a word", "b2b covid19", 0),
        ("Arabic digits", "عام ٢٠٢٣", 1),
        ("between Han", "2023年5月", 2),
    ];
    for (name, text, expected) in cases {
        assert_eq!(tokens(text).numbers.len(), *expected, "{name}");
    }
}

#[test]
fn hashes_are_frozen() {
    let found = tokens("Hello internationalisation Über 中").hashes;
    let frozen = [
        0x510e_ef69_72cf_ae04,
        0xf16c_859d_976f_a582,
        0x0d01_b1e8_01ce_1a72,
        0xade8_fb63_ee8f_be7f,
    ];
    assert_eq!(found, frozen);
}

#[test]
fn eight_bytes_are_classified_as_one_by_one() {
    for byte in 0..=u8::MAX {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_';
        for place in 0..8 {
            let mut eight = *b"aZ09_zA5";
            eight[place] = byte;
            let expected = if is_word { 0 } else { 0x80 << (8 * place) };
            assert_eq!(non_word_bytes(u64::from_le_bytes(eight)), expected, "{byte} at {place}");
        }
    }
    for text in
        ["storm", "storm.", "STORM and", "a", "a b", "stormy12", "storm_12x", "stormwarning!"]
    {
        let end = end_of_ascii_word(text.as_bytes(), 0);
        let expected = (end, hash_ascii(&text.as_bytes()[..end]));
        for behind in ["", "  and then more"] {
            let all = format!("{text}{behind}");
            assert_eq!(ascii_word(all.as_bytes(), 0), expected, "{all}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read_and_its_words_do_not_depend_on_what_stands_around(
        words in proptest::collection::vec("[a-zA-Z0-9_äéЖ中ก]{1,12}", 0..20),
        gap in "[ .,;:!?“”—\n]{1,3}", noise in any::<String>(),
    ) {
        tokens(&noise);
        let apart: Vec<u64> = words.iter().flat_map(|word| tokens(word).hashes).collect();
        prop_assert_eq!(tokens(&words.join(&gap)).hashes, apart);
    }
}
