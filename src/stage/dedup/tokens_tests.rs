//! Tests of the token stream.

use proptest::prelude::*;

use super::*;

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
        ("accents behind their letters", "re\u{301}sume\u{301}", "résumé", true),
        ("two accents in any order", "vie\u{323}\u{302}t vie\u{302}\u{323}t", "việt VIỆT", true),
        ("accents in capitals", "U\u{308}BERMUT", "übermut", true),
        ("Korean in pieces", "\u{1109}\u{1165}\u{110B}\u{116E}\u{11AF}", "서울", true),
        ("Turkish capitals", "DIŞ İŞLERİ", "dış işleri", true),
        ("ligatures", "o\u{FB03}ce \u{FB01}re", "office fire", true),
        ("full width", "Ｅｌｍｓｆｏｒｄ　２０２６", "Elmsford 2026", true),
        ("Arabic vowel points", "كِتَابٌ", "كتاب", true),
        ("tatweel", "كتـــاب", "كتاب", true),
        ("alef with hamza", "أكد إلى آخر", "اكد الى اخر", true),
        ("hamza behind its letter", "ا\u{654}كد", "أكد", true),
        ("teh marbuta, alef maksura", "مدرسة على", "مدرسه علي", true),
        ("Persian keyboard", "کتاب علی", "كتاب علي", true),
        ("Arabic forms", "\u{FEFB} \u{FEE3}\u{FEA4}\u{FEE4}\u{FEAA}", "لا محمد", true),
        ("Arabic words", "كتاب", "كاتب", false),
        ("waw with hamza", "سؤال", "سوال", false),
        ("Hebrew points", "שָׁלוֹם", "שלום", true),
        ("nukta", "\u{95C}", "\u{921}\u{93C}", true),
        ("nukta that changes the letter", "\u{921}", "\u{921}\u{93C}", false),
        ("Bengali vowel in two parts", "ক\u{9C7}\u{9BE}", "কো", true),
        ("Arabic digits", "٢٠٢٦ ۲۰۲۶", "2026 2026", true),
        ("Hindi and Thai digits", "२०२६ ๒๐๒๖", "2026 2026", true),
        ("other digits", "٢٠٢٦", "2025", false),
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
        ("between Thai", "วันที่ ๒๙ พฤศจิกายน ๒๕๖๙", 2),
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
}

#[test]
fn a_word_is_the_same_at_any_place_of_a_text() {
    let words =
        ["a", "storm", "storm_12", "stormwarn", "stormwarnings123", "thestormwarnings12345"];
    for word in words {
        let expected = tokens(word).hashes;
        assert_eq!(expected.len(), 1);
        for before in 0..140 {
            for behind in ["", " ", ".  and then more"] {
                let text = format!("{}{}{behind}", " ".repeat(before), word.to_uppercase());
                assert_eq!(tokens(&text).hashes[0], expected[0], "{text:?}");
            }
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

    #[test]
    fn blocks_of_bytes_make_the_tokens_that_characters_make(
        text in "([a-zA-Z_]{0,20}|[0-9 .\\n]{1,9}|[“’é\u{301}中กدأ٢]{1,3}){0,40}",
    ) {
        let placed = placed_tokens(&text);
        let hashes: Vec<u64> = placed.iter().map(|(token, _)| *token).collect();
        let found = tokens(&text);
        prop_assert_eq!(&found.hashes, &hashes);
        prop_assert_eq!(found.characters, hashes.iter().filter(|hash| is_character(**hash)).count());
        for (nth, (token, at)) in placed.iter().enumerate() {
            let own = tokens(&text[at.clone()]);
            prop_assert_eq!(&own.hashes, &[*token]);
            let is_long = own.long == 1;
            prop_assert_eq!(found.long >> nth.min(63) & 1 == 1, is_long && nth < 64 || nth > 63 && found.long >> 63 == 1);
        }
    }
}
