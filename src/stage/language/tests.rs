//! The stage as a whole, over texts of our own invention.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::document::DocId;

const GERMAN: &str =
    "Der Gemeinderat hat am Abend beschlossen, die alte Brücke über den Bach zu erneuern.";
const ENGLISH: &str =
    "The council decided last night that the old bridge over the brook will be rebuilt.";
const FRENCH: &str = "Le conseil municipal a décidé hier soir de reconstruire le vieux pont qui \
    franchit le ruisseau, fermé depuis les fortes pluies du printemps dernier.";

static STAGE: LazyLock<LanguageStage> = LazyLock::new(|| Options::default().build().unwrap());

fn examine(options: &Options, title: &str, body: &str) -> Findings {
    options.build().unwrap().examine(&Document::new(DocId(0), "a", "s", title, body))
}

fn label(title: &str, body: &str) -> Language {
    let document = Document::new(DocId(0), "a", "s", title, body);
    STAGE.examine(&document).language.unwrap()
}

/// Paragraphs of one language with a foreign one among them.
fn mixed() -> String {
    let german = "Die Arbeiten sollen im Frühjahr beginnen und bis zum Herbst dauern. Die Kosten trägt \
        zur Hälfte der Landkreis, den Rest muss die Gemeinde aus ihren Rücklagen aufbringen.";
    [GERMAN, german, FRENCH, german, GERMAN].join("\n\n")
}

#[test]
fn languages_are_told_apart() {
    let long = format!("{ENGLISH}\n\n{}", [GERMAN; 40].join("\n\n"));
    for (name, title, body, expected) in [
        ("German", "", GERMAN, "de"),
        ("English", "", ENGLISH, "en"),
        ("French", "", FRENCH, "fr"),
        ("the headline alone", ENGLISH, "", "en"),
        ("a foreign notice in front", "", long.as_str(), "de"),
        ("no letters", "12:30", "3 : 2 (1 : 1)", "und"),
        ("nothing", "", "", "und"),
        ("too little", "", "Ja.", "und"),
        ("Chinese, simplified", "", "镇议会昨晚决定重建小溪上的旧桥，工程将于春天开始。", "zh"),
        ("Chinese, traditional", "", "鎮議會昨晚決定重建小溪上的舊橋，工程將於春天開始。", "zh"),
        ("Japanese", "", "町議会は昨夜、小川にかかる古い橋を架け替えることを決めた。", "ja"),
        ("Korean", "", "군의회는 어젯밤 개울 위의 낡은 다리를 다시 짓기로 결정했다.", "ko"),
        ("Thai", "", "สภาเทศบาลตัดสินใจเมื่อคืนนี้ว่าจะสร้างสะพานเก่าข้ามลำธารขึ้นใหม่", "th"),
        ("Arabic", "", "قرر المجلس البلدي مساء أمس إعادة بناء الجسر القديم فوق الجدول.", "ar"),
        ("Persian", "", "شورای شهر دیشب تصمیم گرفت پل قدیمی روی رودخانه را دوباره بسازد.", "fa"),
        ("Hebrew", "", "מועצת העיר החליטה אמש לבנות מחדש את הגשר הישן מעל הנחל.", "he"),
        ("Greek", "", "Το δημοτικό συμβούλιο αποφάσισε χθες να ξαναχτίσει την παλιά γέφυρα.", "el"),
        ("Hindi", "", "नगर परिषद ने कल रात तय किया कि नाले पर बना पुराना पुल फिर से बनाया जाएगा।", "hi"),
        ("Marathi", "", "ओढ्यावरचा जुना पूल पुन्हा बांधण्याचा निर्णय काल घेतला आणि काम सुरू होणार आहे.", "mr"),
        ("Bengali", "", "পৌরসভা গত রাতে খালের ওপরের পুরনো সেতুটি নতুন করে তৈরি করার সিদ্ধান্ত নিয়েছে।", "bn"),
        ("Tamil", "", "ஓடையின் மீதுள்ள பழைய பாலத்தை மீண்டும் கட்ட நகராட்சி நேற்று முடிவு செய்தது.", "ta"),
        (
            "Serbian, Cyrillic",
            "",
            "Општинско веће је синоћ одлучило да се стари мост преко потока обнови.",
            "sr",
        ),
        (
            "Serbian, Latin",
            "",
            "Opštinsko veće je sinoć odlučilo da se stari most preko reke obnovi, pre nego što se vreme \
             pogorša. Posle leta će ovde uvek biti deo radova.",
            "sr",
        ),
        (
            "Croatian",
            "",
            "Općinsko vijeće sinoć je odlučilo obnoviti stari most preko potoka. Radovi počinju u \
             travnju, a tijekom srpnja će ga otvoriti tko god bude načelnik.",
            "hr",
        ),
        (
            "Nynorsk",
            "",
            "Kommunestyret vedtok i går kveld at den gamle brua over bekken ikkje skal rivast, men noko må gjerast.",
            "nn",
        ),
        ("Khmer has no model", "", "ក្រុមប្រឹក្សាឃុំបានសម្រេចកាលពីយប់មិញថានឹងសង់ស្ពានចាស់ឡើងវិញ", "und"),
    ] {
        let found = label(title, body);
        assert_eq!(found.code, expected, "{name}: {found:?}");
    }
}

#[test]
fn what_no_model_covers_is_undetermined() {
    for (name, text) in [
        // Both invented, from common words.
        (
            "Assamese",
            "নৈৰ ওপৰৰ পুৰণি দলংখন নতুনকৈ সাজিবলৈ কালি ৰাতি পৰিষদে সিদ্ধান্ত লৈছে। কাম বসন্তত আৰম্ভ হ'ব আৰু শৰতলৈকে চলিব। গাঁৱৰ মানুহে এই কথাত সুখী হৈছে।",
        ),
        (
            "random letters",
            "qxv zkw pfj wqx vzz kjq xwv fpk zqj vxw kzq jwx qvf pzk xjq wvz kfx qjz vwp zxk qfv jzw xqk vpf zjx wkq vzf qxj kwv pzx jqf",
        ),
        (
            "romanised Hindi",
            "nagar parishad ne kal raat tay kiya ki naale par bana purana pul phir se banaya jaega aur kaam basant mein shuru hoga. gaanv ke log khush hain kyonki unhen ab door tak nahin jaana padega. adhyaksh ne kaha ki paisa aa gaya hai aur theka bhi de diya gaya hai, lekin baarish ke baad hi kaam ho sakega.",
        ),
    ] {
        let found = label("", text);
        assert_eq!(found.code, "und", "{name}: {found:?}");
        assert!(found.second.is_some(), "{name}: {found:?}");
    }
}

#[test]
fn unwanted_languages_are_rejected_with_their_label() {
    let keep = Options { keep: vec!["en".into()], ..Options::default() };
    assert!(examine(&keep, "", ENGLISH).drop.is_none());
    match examine(&keep, "", GERMAN).drop {
        Some(Drop::Reject { reason, detail }) => {
            assert_eq!(reason, "language_not_kept");
            assert!(detail.starts_with("de "), "{detail}");
        }
        other => panic!("{other:?}"),
    }
    let drop = Options { drop: vec!["de".into()], ..Options::default() };
    assert!(examine(&drop, "", GERMAN).drop.is_some());
}

#[test]
fn low_confidence_is_undetermined_and_names_the_candidate() {
    let strict = Options { min_confidence: 1.0, ..Options::default() };
    let found = examine(&strict, "", GERMAN).language.unwrap();
    assert_eq!((&*found.code, found.second.as_deref()), ("und", Some("de")));
    assert!(label("", "Hotel Radio").confidence < 0.9);
}

#[test]
fn only_candidates_are_chosen() {
    let spanish = "El puente";
    let candidates = vec!["pt".to_owned(), "en".to_owned()];
    let narrow = Options { candidates, min_confidence: 0.0, ..Options::default() };
    let found = examine(&narrow, "", spanish).language.unwrap();
    assert!(["pt", "en", "und"].contains(&&*found.code), "{found:?}");
    assert_eq!(examine(&narrow, "", ENGLISH).language.unwrap().code, "en");
    // Scripts without a candidate.
    assert_eq!(examine(&narrow, "", "町議会は昨夜、古い橋を").language.unwrap().code, "und");
}

#[test]
fn a_source_is_believed_where_the_text_leaves_a_doubt() {
    let doubtful = "Brua over elva er stengt";
    let among = |codes: &[&str]| {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        let prior = BTreeMap::from([("s".to_owned(), codes)]);
        examine(&Options { prior, ..Options::default() }, "", doubtful).language.unwrap().code
    };
    assert_eq!(among(&["nn"]), "nn");
    assert_eq!(among(&["nb"]), "nb");
    // A clear text wins over it.
    let prior = BTreeMap::from([("s".to_owned(), vec!["fi".to_owned()])]);
    let clear = [GERMAN; 4].join(" ");
    assert_eq!(
        examine(&Options { prior, ..Options::default() }, "", &clear).language.unwrap().code,
        "de"
    );
}

#[test]
fn the_foreign_part_of_a_document_is_found() {
    let found = label("", &mixed());
    assert_eq!(found.code, "de");
    assert_eq!(found.foreign_language.as_deref(), Some("fr"));
    assert!((0.1..0.35).contains(&found.foreign_share), "{found:?}");
    let clean = label("", &mixed().replace(FRENCH, GERMAN));
    assert_eq!((clean.foreign_share, clean.foreign_language), (0.0, None));
}

#[test]
fn mixed_documents_are_treated_as_asked() {
    let with = |mixed, mixed_share| Options { mixed, mixed_share, ..Options::default() };
    let text = mixed();
    assert_eq!(examine(&with(Mixed::Keep, 0.1), "", &text).drop, None);
    match examine(&with(Mixed::Reject, 0.1), "", &text).drop {
        Some(Drop::Reject { reason, detail }) => {
            assert_eq!(reason, "mixed_language");
            assert!(detail.starts_with("de with fr"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(examine(&with(Mixed::Reject, 0.6), "", &text).drop, None);
    let undetermined = examine(&with(Mixed::Undetermined, 0.1), "", &text).language.unwrap();
    assert_eq!((&*undetermined.code, undetermined.second.as_deref()), ("und", Some("de")));
    let cuts = examine(&with(Mixed::Cut, 0.1), "", &text).cuts;
    assert_eq!(cuts.len(), 1, "{cuts:?}");
    assert_eq!(cuts[0].rule, "foreign-fr");
    assert_eq!(text[cuts[0].at.clone()].trim(), FRENCH);
}

#[test]
fn wrong_options_name_the_key() {
    let prior = BTreeMap::from([("s".to_owned(), vec!["xx".to_owned()])]);
    for (options, key) in [
        (Options { candidates: vec!["xx".into()], ..Options::default() }, "candidates"),
        (Options { keep: vec!["EN".into()], ..Options::default() }, "keep"),
        (Options { min_confidence: 1.5, ..Options::default() }, "min-confidence"),
        (Options { mixed_share: -0.5, ..Options::default() }, "mixed-share"),
        (Options { prior, ..Options::default() }, "prior"),
    ] {
        let message = options.build().err().unwrap().to_string();
        assert!(message.contains(key), "{message}");
    }
}

#[test]
fn the_table_decides_longer_texts_as_lingua_does() {
    let detector = lingua::LanguageDetectorBuilder::from_all_languages().build();
    for text in [GERMAN, ENGLISH, FRENCH] {
        let text = [text; 4].join(" ");
        let lingua = detector.detect_language_of(&text).unwrap().iso_code_639_1().to_string();
        assert_eq!(label("", &text).code, lingua.to_lowercase());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_labelled_and_the_same_each_time(text in "\\PC{0,400}", title in "\\PC{0,40}") {
        let document = Document::new(DocId(0), "a", "s", &title, &text);
        let found = STAGE.examine(&document).language.unwrap();
        prop_assert_eq!(STAGE.examine(&document).language.unwrap(), found.clone());
        prop_assert!((0.0..=1.0).contains(&found.confidence), "{:?}", found);
        prop_assert!((0.0..=1.0).contains(&found.foreign_share), "{:?}", found);
        prop_assert!(*found.code == *UNDETERMINED || built_in().contains(&&*found.code));
    }

    #[test]
    fn text_without_letters_is_undetermined(text in "[\\p{N}\\p{P}\\p{S}\\p{Z}]{0,200}") {
        let letters = text.chars().filter(|character| character.is_alphabetic()).count();
        prop_assume!(letters == 0);
        prop_assert_eq!(label("", &text).code, "und");
    }
}
