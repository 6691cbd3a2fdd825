//! Words that only one of two look-alike languages has: they settle what trigrams leave open.

/// Languages that trigrams confuse even in longer texts, each with words that the others write otherwise.
///
/// A word ending in `*` stands for all words that begin like it. Serbian in Latin letters is no lane of the table; it is
/// found here, among its relatives, by its vowels.
const GROUPS: &[&[(&str, &[&str])]] = &[
    &[
        (
            "hr",
            &[
                "tko",
                "što",
                "netko",
                "nešto",
                "tijekom",
                "tisuć*",
                "europ*",
                "uvjet*",
                "sustav*",
                "siječnja",
                "veljače",
                "ožujka",
                "travnja",
                "svibnja",
                "lipnja",
                "srpnja",
                "kolovoza",
                "rujna",
                "listopada",
                "studenoga",
                "studenog",
                "prosinca",
                "tjedan",
                "tjedna",
                "tjedn*",
                "općenito",
                "glede",
                "jučer",
                "priopć*",
                "nogomet*",
                "točn*",
                "sveučiliš*",
                "tvrtk*",
                "glazb*",
                "kazališ*",
                "obitelj*",
                "vlak*",
                "zrak*",
                "izvješć*",
                "postotak",
                "posto",
                "redatelj*",
                "kršćan*",
                "povijes*",
                "znanstven*",
            ],
        ),
        (
            "bs",
            &[
                "ko",
                "šta",
                "neko",
                "hiljad*",
                "evrop*",
                "januara",
                "februara",
                "marta",
                "aprila",
                "maja",
                "juna",
                "jula",
                "augusta",
                "avgusta",
                "septembra",
                "oktobra",
                "novembra",
                "decembra",
                "sedmic*",
                "historij*",
                "saopć*",
                "jučer",
                "univerzitet*",
                "porodic*",
                "muzik*",
                "pozorišt*",
                "uslov*",
                "sistem*",
                "tačn*",
                "općin*",
                "lahko",
                "kahv*",
                "mehk*",
                "uopće",
                "procent*",
                "hljeb*",
                "bh",
                "bih",
                "posto",
                "fudbal*",
            ],
        ),
        (
            "sr",
            &[
                "gde",
                "negde",
                "nigde",
                "pre",
                "posle",
                "ovde",
                "uvek",
                "vreme",
                "vremena",
                "reč*",
                "deo",
                "dela",
                "delu",
                "mesto",
                "mesta",
                "mestu",
                "čovek*",
                "svet",
                "sveta",
                "svetu",
                "svetsk*",
                "uopšte",
                "takođe",
                "juče",
                "nedelj*",
                "ponedeljak",
                "primer*",
                "odeljen*",
                "srpsk*",
                "srbij*",
                "dve",
                "obe",
                "dete",
                "deca",
                "dece",
                "posled*",
                "sledeć*",
                "sled*",
                "vlade",
                "mera",
                "mere",
                "mleko",
                "leto",
                "reka",
                "bezbedn*",
                "zahtev*",
                "izveštaj*",
                "saopšt*",
                "opštin*",
                "hleb*",
                "promen*",
                "primen*",
                "procen*",
                "usled",
                "telo",
                "cena",
                "cene",
                "lep*",
                "sme",
                "nemačk*",
                "vest*",
                "hteo",
                "video",
                "razumev*",
                "uspe*",
                "živeo",
                "istorij*",
                "hiljad*",
                "evrop*",
                "univerzitet*",
                "porodic*",
                "fudbal*",
                "sistem*",
                "uslov*",
            ],
        ),
    ],
    &[
        (
            "nb",
            &[
                "ikke", "jeg", "fra", "mer", "noe", "hva", "bare", "være", "selv", "mye", "noen",
                "hvordan", "hvor", "uke", "hun", "ble", "kommer", "også", "de", "disse",
            ],
        ),
        (
            "nn",
            &[
                "ikkje", "eg", "frå", "meir", "noko", "kva", "berre", "vere", "sjølv", "mykje",
                "nokre", "nokon", "korleis", "kvar", "ein", "eit", "veke", "ho", "vert", "blei",
                "kjem", "òg", "dei", "desse",
            ],
        ),
    ],
    &[
        (
            "id",
            &[
                "bahwa",
                "karena",
                "bisa",
                "anda",
                "uang",
                "polisi",
                "coba",
                "mobil",
                "saat",
                "pihaknya",
                "rp",
                "warga",
                "agustus",
                "kantor",
                "selasa",
                "rabu",
                "kamis",
                "jumat",
                "sabtu",
                "usai",
                "terkait",
                "kata",
                "sebesar",
                "provinsi",
                "kabupaten",
                "hingga",
            ],
        ),
        (
            "ms",
            &[
                "bahawa", "kerana", "boleh", "ialah", "wang", "polis", "cuba", "kereta", "ogos",
                "rm", "pejabat", "selasa", "khamis", "jumaat", "ahad", "beliau", "berkata",
                "hospital", "syarikat", "negeri", "daerah", "pelbagai", "bagi", "iaitu",
                "manakala",
            ],
        ),
    ],
    &[
        (
            "hi",
            &[
                "है",
                "हैं",
                "में",
                "के",
                "का",
                "की",
                "को",
                "से",
                "ने",
                "और",
                "पर",
                "यह",
                "इस",
                "भी",
                "नहीं",
                "था",
                "थे",
                "थी",
                "एक",
                "हो",
                "गया",
                "लिए",
                "कि",
                "जो",
                "तो",
                "कर",
            ],
        ),
        (
            "mr",
            &[
                "आहे",
                "आहेत",
                "आणि",
                "या",
                "हे",
                "ही",
                "हा",
                "नाही",
                "होते",
                "होता",
                "होती",
                "असे",
                "केली",
                "केले",
                "मध्ये",
                "त्या",
                "यांनी",
                "यांच्या",
                "ते",
                "व",
                "तर",
                "करून",
                "झाले",
                "झाली",
                "असून",
                "म्हणून",
                "आला",
                "येथे",
                "मी",
                "काही",
            ],
        ),
    ],
];

/// More text is not needed to tell.
const MOST_BYTES: usize = 6000;

/// How often the marker words of a language and its look-alikes occur, most first, ties in the order of the list; `None`
/// for a language that has no look-alike.
pub(super) fn tally(language: &str, text: &str) -> Option<Vec<(&'static str, u32)>> {
    let group = GROUPS.iter().find(|group| group.iter().any(|(code, _)| *code == language))?;
    let mut counts: Vec<(&'static str, u32)> = group.iter().map(|(code, _)| (*code, 0)).collect();
    let text = &text[..text.floor_char_boundary(MOST_BYTES)];
    let is_part = |letter: char| letter.is_alphabetic() || is_sign(letter);
    for word in text.split(|letter| !is_part(letter)).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        for ((_, list), (_, count)) in group.iter().zip(&mut counts) {
            let is_marker = |marker: &&str| match marker.strip_suffix('*') {
                Some(stem) => word.starts_with(stem),
                None => word == **marker,
            };
            *count += u32::from(list.iter().any(is_marker));
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Some(counts)
}

/// Whether two languages are told apart by their marker words.
pub(super) fn are_alike(one: &str, other: &str) -> bool {
    GROUPS.iter().any(|group| {
        let has = |code: &str| group.iter().any(|(known, _)| *known == code);
        has(one) && has(other)
    })
}

/// Signs of the Devanagari block that are no letters but stand inside words.
fn is_sign(character: char) -> bool {
    ('\u{900}'..='\u{963}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_have_words_of_their_own() {
        for (language, text, expected) in [
            ("hr", "Tko je tijekom ožujka bio na sveučilištu?", "hr"),
            ("hr", "U Evropi su hiljade ljudi u januaru i februaru slušale muziku.", "bs"),
            ("bs", "Gde je reka, ovde pre i posle leta, uvek isto vreme.", "sr"),
            ("nb", "Eg veit ikkje kva det er, men noko er det.", "nn"),
            ("ms", "Polisi berkata bahwa mobil itu bisa jalan karena warga.", "id"),
            ("mr", "यह पुल नदी के पास है और गाँव में था।", "hi"),
            ("hi", "हा पूल नदीजवळ आहे आणि तो जुना होता.", "mr"),
        ] {
            let counts = tally(language, text).unwrap();
            assert_eq!(counts[0].0, expected, "{text}: {counts:?}");
            assert!(counts[0].1 > counts[1].1, "{text}: {counts:?}");
        }
        assert!(tally("fr", "le pont").is_none());
        assert!(are_alike("hr", "sr") && !are_alike("hr", "nb"));
    }
}
