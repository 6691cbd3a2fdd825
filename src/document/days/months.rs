//! Words around dates: names of months and days, labels, units of time. Names that mean another month in another language
//! are left out (Croatian `listopad` is October, the Polish and Czech word November).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The names of each month, lower case: English, German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian,
/// Swedish, Finnish, Polish, Czech, Romanian, Hungarian, Turkish, Indonesian, Russian, Ukrainian, Greek, Arabic, Hindi, with the
/// short forms that are in use; Thai, Hebrew, Bengali, Bulgarian, Slovak, Estonian, Lithuanian, Arabic of the Maghreb and the
/// Levant, Sorani Kurdish, in the form that stands in a date.
const MONTHS: [&str; 12] = [
    "january jan januar jänner januari janv janvier enero ene gennaio gen janeiro tammikuuta tammikuu stycznia styczeń sty ledna \
     leden ianuarie ian január ocak oca января январь янв січня січень ιανουαρίου ιανουάριος ιαν يناير जनवरी \
     มกราคม ינואר בינואר জানুয়ারি януари januára januara sausio jaanuar جانفي",
    "february feb februar februari febr février févr fév febrero febbraio fevereiro fev helmikuuta helmikuu lutego luty lut února \
     únor februarie február şubat şub pebruari февраля февраль фев лютого лютий φεβρουαρίου φεβρουάριος φεβ فبراير फरवरी फ़रवरी \
     กุมภาพันธ์ פברואר בפברואר ফেব্রুয়ারি февруари februára februara vasario veebruar فيفري شباط شوباتی",
    "march mar märz mär mars marzo março maart mrt maaliskuuta maaliskuu marca marzec března březen martie március mart maret марта \
     март мар березня березень μαρτίου μάρτιος μαρ مارس मार्च \
     มีนาคม מרץ במרץ মার্চ märts آذار ئازاری kovo",
    "april apr avril avr abril abr aprile huhtikuuta huhtikuu kwietnia kwiecień kwi dubna duben aprilie április nisan nis апреля \
     апрель апр квітня квітень απριλίου απρίλιος απρ أبريل ابريل إبريل अप्रैल \
     เมษายน אפריל באפריל এপ্রিল aprill أفريل نيسان نیسان نیسانی balandžio",
    "may mai mayo maggio mag maio mei maj maja toukokuuta toukokuu května květen május mayıs мая май травня травень μαΐου μάιος \
     مايو मई \
     พฤษภาคม מאי במאי মে أيار ئایاری gegužės",
    "june jun juni juin junio giugno giu junho kesäkuuta kesäkuu czerwca czerwiec cze června červen iunie június haziran haz июня \
     июнь июн червня червень ιουνίου ιούνιος ιουν يونيو जून \
     มิถุนายน יוני ביוני জুন юни juuni جوان حزيران حوزەیرانی birželio",
    "july jul juli juillet juil julio luglio lug julho heinäkuuta heinäkuu lipca lipiec lip července červenec iulie július temmuz \
     tem июля июль июл липня липень ιουλίου ιούλιος ιουλ يوليو जुलाई \
     กรกฎาคม יולי ביולי জুলাই юли juuli جويلية تموز تەمووزی liepos",
    "august aug août aout agosto ago augustus augusti elokuuta elokuu sierpnia sierpień sie srpna srpen augusztus ağustos ağu \
     agustus агу августа август авг серпня серпень αυγούστου αύγουστος αυγ أغسطس اغسطس अगस्त \
     สิงหาคม אוגוסט באוגוסט আগস্ট أوت آب ئابی rugpjūčio",
    "september sept sep septembre septiembre settembre set setembro syyskuuta syyskuu września wrzesień wrz září septembrie \
     szeptember eylül eyl сентября сентябрь сен сент вересня вересень σεπτεμβρίου σεπτέμβριος σεπ سبتمبر सितंबर सितम्बर \
     กันยายน ספטמבר בספטמבר সেপ্টেম্বর септември أيلول ئەیلوولی rugsėjo",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta lokakuu października październik paź října říjen \
     octombrie október ekim eki октября октябрь окт жовтня жовтень οκτωβρίου οκτώβριος οκτ أكتوبر اكتوبر अक्टूबर अक्तूबर \
     ตุลาคม אוקטובר באוקטובר অক্টোবর октомври oktoober spalio",
    "november nov novembre noviembre novembro marraskuuta marraskuu listopada listopad lis listopadu noiembrie kasım kas ноября \
     ноябрь ноя листопада листопад νοεμβρίου νοέμβριος νοε نوفمبر नवंबर नवम्बर \
     พฤศจิกายน נובמבר בנובמבר নভেম্বর ноември lapkričio",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des joulukuuta joulukuu grudnia grudzień gru \
     prosince prosinec decembrie aralık ara декабря декабрь дек грудня грудень δεκεμβρίου δεκέμβριος δεκ ديسمبر दिसंबर दिसम्बर \
     ธันวาคม דצמבר בדצמבר ডিসেম্বর декември detsember gruodžio",
];

/// Words that may stand beside the date of a stamp: weekdays, units of time, zones, prepositions.
const NEUTRAL: &str = "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag \
    dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi \
    dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda \
    terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag torsdag fredag \
    lørdag söndag søndag måndag tisdag lördag poniedziałek wtorek środa czwartek piątek sobota niedziela понедельник вторник среда \
    четверг пятница суббота воскресенье pazartesi salı çarşamba perşembe cuma cumartesi pazar senin selasa rabu kamis jumat sabtu \
    minggu الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد am pm a p m h uhr hrs clock o at on um the le à den der il el de del \
    da das às kl klo godz о в г год года року gmt utc cet cest est edt cst cdt mst mdt pst pdt bst ist msk wib jst hkt sgt t z ngày \
    date datum fecha data дата tarih tanggal الساعة 日 日期 時間 时间 星期 曜日 上午 下午 午前 午後 오전 오후 일 วันจันทร์ที่ วันอังคารที่ วันพุธที่ วันพฤหัสบดีที่ วันศุกร์ที่ วันเสาร์ที่ วันอาทิตย์ที่ วันจันทร์ \
    วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ วันอาทิตย์ วันที่ เวลา น พ ศ";

const PUBLISHED: &str = "published posted publication pubdate veröffentlicht erschienen publié publiée publicado publicada publicação \
    publicación pubblicato pubblicata gepubliceerd publicerad publisert udgivet publiceret julkaistu opublikowano opublikowany \
    dodano publikováno publicat yayınlanma yayınlandı diterbitkan dipublikasikan опубликовано опубліковано δημοσίευση نشر प्रकाशित \
    发布 发表 發布 發佈 公開 掲載 入力 입력 เผยแพร่ เผยแพร่เมื่อ";

const UPDATED: &str = "updated modified edited revised aktualisiert geändert modifié modifiée mis mise actualizado actualizada \
    modificado atualizado atualizada aggiornato aggiornata modificato bijgewerkt gewijzigd uppdaterad oppdatert opdateret päivitetty \
    zaktualizowano aktualizacja aktualizováno actualizat güncelleme güncellendi diperbarui обновлено изменено оновлено ενημέρωση \
    تحديث अपडेट 更新 수정";

/// What a word says about the date behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Published,
    Updated,
}

/// The month of this name, from 1.
pub(crate) fn month(word: &str) -> Option<u32> {
    static BY_NAME: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| {
        let named = |(month, names): (u32, &'static str)| {
            names.split_ascii_whitespace().map(move |name| (name, month))
        };
        (1..).zip(MONTHS).flat_map(named).collect()
    });
    BY_NAME.get(word).copied()
}

/// Years by which the era of a date with a month of this name may be ahead: Thai years count from the Buddha's death.
pub(crate) fn era_of(month: &str) -> u32 {
    let is_thai = month.starts_with(|c: char| ('\u{e00}'..='\u{e7f}').contains(&c));
    if is_thai { 543 } else { 0 }
}

/// Whether a word may stand in a stamp and says nothing.
pub(crate) fn is_neutral(word: &str) -> bool {
    holds(NEUTRAL, word) || ["星期", "周", "週", "曜"].iter().any(|head| word.starts_with(head))
}

/// What a label says.
pub(crate) fn label_of(word: &str) -> Option<Label> {
    match word {
        word if holds(PUBLISHED, word) => Some(Label::Published),
        word if holds(UPDATED, word) => Some(Label::Updated),
        _ => None,
    }
}

fn holds(names: &str, word: &str) -> bool {
    names.split_ascii_whitespace().any(|name| name == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_months() {
        let mut all: Vec<_> =
            MONTHS.iter().flat_map(|names| names.split_ascii_whitespace()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| name.to_lowercase() == *name));
    }
}
