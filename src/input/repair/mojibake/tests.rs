//! Texts of our own in many languages, as they are and as they come out of wrong hands.

use proptest::prelude::*;

use super::super::edits::tests::carried_out;
use super::*;

/// A few sentences of news, each with the punctuation of its language.
const CLEAN: [(&str, &str); 26] = [
    ("ar", "قالت رئيسة البلدية إن الجسر الجديد سيُفتح يوم الاثنين، «بعد عامين من التأخير»."),
    ("as", "নগৰৰ মেয়ৰে কয় যে নতুন দলংখন সোমবাৰে মুকলি হ’ব।"),
    ("bn", "শহরের মেয়র বলেছেন, নতুন সেতুটি সোমবার খুলে দেওয়া হবে।"),
    (
        "de",
        "„Größe ist nicht alles“, sagte die Bürgermeisterin über die Brücke – für Fußgänger bleibt’s eng. ÄRGER ÜBER „Ä“.",
    ),
    (
        "en",
        "The “new” bridge – Zoë’s idea – cost €40m… or £35m; it’s 3\u{a0}× longer. CAFÉ CHÂTEAU® closes.",
    ),
    (
        "fr",
        "«\u{a0}L’été dernier, à Orléans\u{a0}», a-t-il répété\u{a0}: «\u{a0}ça coûte 40\u{a0}€, voilà\u{a0}!\u{a0}» À\u{a0}«\u{a0}Créteil\u{a0}», l’OPÉRA\u{a0}–\u{a0}né là\u{a0}–\u{a0}ferme.",
    ),
    ("hi", "शहर के मेयर ने बुधवार को कहा कि “नया पुल” अगले महीने खुलेगा।"),
    ("is", "Borgarstjórinn sagði að „nýja brúin“ yrði opnuð á mánudag; Ísbjörn sást við Þórshöfn."),
    ("ja", "市長は「新しい橋」が月曜日に開通すると発表した――予定より二年遅れで。"),
    ("ku", "Şaredar got ku «pira nû» dê roja duşemê were vekirin; çêkirina wê du sal dereng ma."),
    ("liv", "Pilsēta vanīmi kītõs, ku ūž sild um vāldiņ lǟlam; ūţ ǟrga ȱ."),
    (
        "pt",
        "A ministra da Educação disse: “Não há ilusões” – a IRMÃ” mais nova, da ALEMÃ\u{a0}Berta, ficou na «MANHÃ». É já amanhã…",
    ),
    (
        "ru",
        "В\u{a0}среду мэр сообщил: «Новый мост откроют осенью». С\u{a0}утра – ещё один; В… И «В».",
    ),
    ("sah", "Куорат баһылыга этэринэн, саҥа муоста бэнидиэнньиккэ аһыллар: «Үөрэбит», – диэтэ."),
    ("th", "นายกเทศมนตรีกล่าวว่า “สะพานใหม่” จะเปิดในวันจันทร์หลังจากล่าช้าสองปี"),
    (
        "uk",
        "Різдво у Рівному: «Їхній міст відкриють у\u{a0}понеділок», – сказала мерка. РІЗДВО. Є\u{a0}й\u{a0}інше; Ґанок…",
    ),
    ("xh", "USodolophu uthe ibhulorho entsha iza kuvulwa ngoMvulo – ‘emva kweminyaka emibini’."),
    ("zu", "IMeya ithe ibhuloho elisha lizovulwa ngoMsombuluko, “ngemva kweminyaka emibili”."),
    (
        "pl",
        "Władze ogłosiły, że most będzie zamknięty – „do końca” października. ŻÓŁĆ i GŁÓŚ; Ół, Ńś.",
    ),
    (
        "cs",
        "Starostka řekla, že „nový most“ otevřou v pondělí… Škoda! Příliš žluťoučký kůň – ŽLUŤOUČKÝ.",
    ),
    (
        "ro",
        "Primărița a spus că „noul pod” se deschide luni; Ăsta-i. Ăştia, ĂŞTIA şi ÎN «PÂ» – Âmbra. Ții.",
    ),
    ("es", "«Aquí está», dijo la alcaldesa. ¿ESPAÑA? ¡Sí!… está»\u{a0}– «mañana»—."),
    ("vi", "Thị trưởng cho biết “cây cầu mới” sẽ mở cửa vào thứ Hai – chậm hai năm; ‘Đà Nẵng’."),
    (
        "no",
        "Å\u{a0}være eller ikke være: Å\u{a0}gå er best. «Å», «Ærlig» og «BLÅ»… Ordføreren i Ås sa “Ja”.",
    ),
    ("tr", "Başkan “yeni köprü pazartesi açılacak” dedi – İki yıl geç; ŞİŞLİ’de «Ğ» yok."),
    ("el", "Η δήμαρχος είπε ότι η «νέα γέφυρα» θα ανοίξει τη Δευτέρα – δύο χρόνια αργότερα."),
];

/// `text` in UTF-8, read in an encoding of one byte a character; what that leaves open becomes a C1 character.
fn misread(text: &str, encoding: &'static Encoding) -> String {
    let character = |byte: u8| {
        let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
        let c = text.chars().next().filter(|c| *c != '\u{fffd}').unwrap_or(char::from(byte));
        c.to_string()
    };
    text.bytes().map(character).collect()
}

fn latin_1(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

#[test]
fn clean_text_is_never_changed() {
    for (language, text) in CLEAN {
        assert_eq!(repaired(text), None, "{language}");
        for line in text.split_inclusive(' ') {
            assert_eq!(repaired(line), None, "{language}: {line}");
        }
    }
    let all: Vec<&str> = CLEAN.map(|(_, text)| text).to_vec();
    assert_eq!(repaired(&all.join("\n")), None);
}

#[test]
fn whole_texts_come_back_from_every_encoding() {
    for (language, text) in CLEAN {
        let text = &text.replace("IRMÃ”", "IRMÃ");
        for encoding in [WINDOWS_1252, WINDOWS_1250, WINDOWS_1251, MACINTOSH] {
            let wrong = misread(text, encoding);
            let right = repaired(&wrong).map(|(text, _)| text);
            assert_eq!(right.as_deref(), Some(&**text), "{language} as {}", encoding.name());
        }
        assert_eq!(repaired(&latin_1(text)).unwrap().0, *text, "{language} as ISO-8859-1");
        let twice = misread(&misread(text, WINDOWS_1252), WINDOWS_1252);
        assert_eq!(repaired(&twice).unwrap().0, *text, "{language}, twice");
    }
}

#[test]
fn what_is_sure_is_repaired_among_clean_text() {
    let table: &[(&str, &str, u32)] = &[
        ("The cafÃ© isnâ€™t “newâ€\u{9d} – it’s old", "The café isn’t “new” – it’s old", 3),
        ("It costs Â£5 – or â‚¬6", "It costs £5 – or €6", 2),
        ("Ã¼ber fÃ¼nf Ã„rzte", "über fünf Ärzte", 3),
        ("Il va Ã\u{a0} Lyon", "Il va à Lyon", 1),
        ("MÃœNCHEN und KÃ–LN", "MÜNCHEN und KÖLN", 2),
        ("Ðœ\u{d1}\u{8d}Ñ€ Ñ\u{81}ÐºÐ°Ð·Ð°Ð»: “да”", "Мэр сказал: “да”", 9),
        ("cafÃƒÂ©", "café", 3),
        ("It\u{e2}\u{80}\u{99}s", "It’s", 1),
        ("itвЂ™s in the городе", "it’s in the городе", 1),
        ("nice ðŸ˜€ day", "nice 😀 day", 1),
        ("Ã©tÃ© aprÃ¨s\nÅ\u{a0}være\nPÃ¤r Å\u{a0}koda", "été après\nÅ\u{a0}være\nPär Škoda", 5),
    ];
    for (wrong, right, count) in table {
        let (came_out, edits) = repaired(wrong).unwrap();
        let n_repaired: u32 = edits.0.iter().map(|edit| edit.mojibake).sum();
        assert_eq!((&*came_out, n_repaired), (*right, *count), "{wrong}");
        assert_eq!(carried_out(wrong, right, &edits), *right);
    }
}

proptest! {
    /// Sentences in any order, some clean and some not, each a line.
    #[test]
    fn lines_are_repaired_by_themselves(
        lines in proptest::collection::vec((0..CLEAN.len(), any::<bool>()), 1..8),
    ) {
        let right: Vec<&str> = lines.iter().map(|(line, _)| CLEAN[*line].1).collect();
        let wrong: Vec<String> = lines.iter().map(|(line, is_wrong)| {
            let text = CLEAN[*line].1;
            if *is_wrong { misread(text, WINDOWS_1252) } else { text.to_owned() }
        }).collect();
        let text = wrong.join("\n");
        let came_out = repaired(&text).map_or(text, |(text, _)| text);
        for (line, right) in came_out.split('\n').zip(right) {
            prop_assert_eq!(line, right);
        }
    }

    /// What the first look at a text leaves out would have found nothing.
    #[test]
    fn no_code_page_is_left_out_that_finds_something(
        text in "([ÃÂâÐÑÅŐÁå]|[\u{80}-\u{bf}]|[€™œ ŹČЋ√¬]|[а-яА-Я]|\\PC|\n){0,40}",
    ) {
        for (number, codepage) in CODEPAGES.iter().enumerate() {
            let finds = |scope| codepage.repaired(&text, scope).is_some();
            if finds(Scope::WholeLines) || finds(Scope::Parts) {
                prop_assert!(candidates(&text) & (1 << number) != 0);
            }
        }
    }

    #[test]
    fn any_text_is_repaired_or_left(text in "([ÃÂâÐÑ]|[\u{80}-\u{bf}]|[€™œ ]|\\PC|\n){0,40}") {
        if let Some((repaired, edits)) = repaired(&text) {
            prop_assert_eq!(&carried_out(&text, &repaired, &edits), &repaired);
            prop_assert!(!edits.0.is_empty() && repaired.chars().count() < text.chars().count());
            prop_assert_eq!(repaired.matches('\n').count(), text.matches('\n').count());
        }
    }
}
