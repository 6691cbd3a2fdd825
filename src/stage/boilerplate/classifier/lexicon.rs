//! Words by which a page speaks of itself: to its readers, of its makers, of the web. They are the one thing in the
//! classifier that knows languages, some forty of them; where it knows none, these features are silent.
//!
//! The lists are pronouns, from grammars, and words of web interfaces; none names an outlet. News prose seldom says *you* or
//! *our* outside quotations, and furniture seldom does without.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::form::is_mark;
use crate::letters::{Letter, is_alphanumeric};

/// What a word is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// It addresses the reader.
    Reader,
    /// It speaks for the outlet.
    Outlet,
    /// It belongs to a web page, a subscription or an app.
    Site,
}

/// Letters of a word that count: endings vary with grammar.
pub(super) const STEM_CHARS: u32 = 7;

/// Pronouns of the second person, formal and familiar.
const READER: &str = "anda bạn deg dein deine deinem deinen deiner dere deres dig din dina dine ditt du dumneavoastră ert euch \
     euer eure ihr ihre ihrem ihren ihrer je jij jouw kalian kamu pan pani państwa państwo sana sen senin seu \
     seus sie sinun sinä siz size sizin su sua suas sus teidän tes toi ton tu tua tue tuo tuoi twoje twój tău u \
     usted ustedes uw vaše voastră você vocês vos votre vous vy vám vás váš you your yours yourself ön önnek \
     εσείς εσύ σας σου вам вами вас ваш ваша ваше ваши вашия ви вие вы твой тебя ты לך שלך أنت أنتم شما وас आप \
     आपका आपकी आपके तुम";

/// Pronouns of the first person plural.
const OUTLET: &str = "biz bize bizim chúng kami kita meidän my nam nas nasz nasza nasze naše nekünk noastră noi nos nosotros \
     nossa nossas nosso nossos nostra nostre nostri nostro nostru notre nous nuestra nuestras nuestro nuestros \
     nám nás náš nós ons onze os oss our ours uns unser unsere unserem unseren unserer us vi vores vår våra \
     våre we wij wir εμείς μας ми мы нам нас наш наша наше нашей нашем наши нашия ние לנו שלנו نحن हम हमारी \
     हमारे हमें";

/// Words of web pages, subscriptions and apps, cut to seven letters.
const SITE: &str = "abbonat abo abonne abonnem abonnen abonner abonnez abonnie abonnés abos account adverti agb alert alerts \
     altro android angebot annonce antwort anzeige app apps aqui aquí archiv archive archivo articl article \
     articol artigo artikel artícul assinan assinat assine baca benachr bild bilder blog blogs browser categor \
     clic click clickin clicks clique cliquez coment comenta comment compart compte conditi condivi conta \
     contact contato contatt cookie cookies copyrig credit credits cuenta czytaj datensc derecho direito \
     diritti downloa droits editor editori email enviar faceboo feed foto fotos free galerie gallery getty \
     google gratis haz here hier homepag html http https ici image images impress inbox instagr ios ipad iphone \
     javascr jetzt kategor klick klicke klicken klik komment kontakt konto kostenl lees leggi leia les lesen \
     linkedi lire log logged login logout lue läs læs mail mails mehr menu messeng more newslet newsroo notific \
     now oferta offer online partaga partage passwor pdf permiss photo photos pintere play plus podcast policy \
     premium privacy profil profile pubblic publici qui read rechte redakti reddit redistr registe registr \
     reklam reklama reklame related replies reply reprodu reserve respond richtli rights rss rubrik section \
     send senden share sign signin signup site sitio sito sms sponsor startse stories story submit subscri \
     suscrib suscrip tags tap teilen telegra tema temas terms testen themen threads tiktok topics trial twitter \
     update updates upload verwand video videos vorbeha web webinar webseit websit website weiterl werbung \
     whatsap www youtube ähnlich видео коммент подписа подписк подпиши редакци реклама реклами сайт сайте фото \
     читайте";

static TOPICS: LazyLock<FxHashMap<u32, Topic>> = LazyLock::new(|| {
    let lists = [(SITE, Topic::Site), (OUTLET, Topic::Outlet), (READER, Topic::Reader)];
    let words =
        lists.into_iter().flat_map(|(list, topic)| list.split(' ').map(move |word| (word, topic)));
    words.filter(|(word, _)| !word.is_empty()).map(|(word, topic)| (stem(word), topic)).collect()
});

/// The topic of a word, by the hash of its stem.
pub(super) fn topic(stem: u32) -> Option<Topic> {
    TOPICS.get(&stem).copied()
}

/// Whether a text has a word of web pages, subscriptions or apps, or a copyright mark.
pub(super) fn speaks_of_itself(text: &str) -> bool {
    let words = text.split(|c: char| !(is_alphanumeric(c) || is_mark(c)));
    let mut stems = words.filter(|word| !word.is_empty()).map(stem);
    stems.any(|stem| topic(stem) == Some(Topic::Site)) || text.contains('\u{a9}')
}

/// Adds a letter in lower case to the hash of a stem.
pub(super) fn push(hash: u32, letter: char) -> u32 {
    (hash.rotate_left(5) ^ letter as u32).wrapping_mul(0x9e37_79b9)
}

fn stem(word: &str) -> u32 {
    word.chars().take(STEM_CHARS as usize).map(|letter| Letter::of(letter).lower()).fold(0, push)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_their_stems() {
        for (word, expected) in [
            ("your", Some(Topic::Reader)),
            ("notre", Some(Topic::Outlet)),
            ("newslet", Some(Topic::Site)),
            ("ваши", Some(Topic::Reader)),
            ("bridge", None),
            ("", None),
        ] {
            assert_eq!(topic(stem(word)), expected, "{word}");
        }
    }

    #[test]
    fn no_stem_is_longer_than_what_counts() {
        let lists = [SITE, OUTLET, READER];
        let mut words = lists.iter().flat_map(|list| list.split_whitespace());
        let is_long = |word: &&str| word.chars().count() > STEM_CHARS as usize;
        assert_eq!(SITE.split_whitespace().find(is_long), None);
        assert!(words.all(|word| word == word.to_lowercase()));
    }
}
