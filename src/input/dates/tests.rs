//! Dates as records, paths and texts write them.

use proptest::prelude::*;

use super::*;
use crate::document::days::grammar::valid;

fn said(metadata: &str, path: &str, body: &str) -> String {
    let metadata = Some(metadata).filter(|date| !date.is_empty());
    let Dating { day, from, reason } = dating(metadata, &[path], body, DateOrder::Unknown);
    [day.as_str(), &from, &reason].join(" ").trim().to_owned()
}

#[test]
fn metadata_is_read_in_the_forms_that_producers_write() {
    for (date, expected) in [
        ("2024-05-01", "2024-05-01"),
        ("2024-05-01T23:59:59.123+02:00", "2024-05-01"),
        ("2024/5/1 10:00", "2024-05-01"),
        ("20240501", "2024-05-01"),
        ("20240501T101500Z", "2024-05-01"),
        ("20240501101500", "2024-05-01"),
        ("1714557600", "2024-05-01"),
        ("1714557600123", "2024-05-01"),
        ("1714557600.5", "2024-05-01"),
        ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01"),
        ("May 1, 2024", "2024-05-01"),
        ("May 1st, 2024 at 10:00 am", "2024-05-01"),
        ("1st of May, 2024", "2024-05-01"),
        ("01-May-2024", "2024-05-01"),
        ("Sept. 30, 2024", "2024-09-30"),
        ("1. Mai 2024", "2024-05-01"),
        ("1er mai 2024", "2024-05-01"),
        ("le 3 août 2024 à 10h", "2024-08-03"),
        ("1 de mayo de 2024", "2024-05-01"),
        ("1º de março de 2024", "2024-03-01"),
        ("3 maggio 2024", "2024-05-03"),
        ("3 mei 2024", "2024-05-03"),
        ("3 maja 2024", "2024-05-03"),
        ("3 мая 2024 г.", "2024-05-03"),
        ("3 травня 2024", "2024-05-03"),
        ("3 Mayıs 2024", "2024-05-03"),
        ("3 tháng 5 năm 2024", "2024-05-03"),
        ("2024年5月3日", "2024-05-03"),
        ("2024년 5월 3일", "2024-05-03"),
        ("٣ مايو ٢٠٢٤", "2024-05-03"),
        ("३ मई २०२४", "2024-05-03"),
        ("3 พฤษภาคม 2567", "2024-05-03"),
        ("๓ กุมภาพันธ์ พ.ศ. ๒๕๖๗", "2024-02-03"),
        ("3 พฤษภาคม 2024", "2024-05-03"),
        ("3 במאי 2024", "2024-05-03"),
        ("٣ ی نیسانی ٢٠٢٤", "2024-04-03"),
        ("25/12/2024", "2024-12-25"),
        ("12/25/2024 8:00 PM", "2024-12-25"),
        ("04/04/2024", "2024-04-04"),
        ("25.12.2024", "2024-12-25"),
    ] {
        assert_eq!(said(date, "", ""), format!("{expected} metadata"), "{date}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_not_read() {
    for (date, reason) in [
        ("03/04/2024", "ambiguous"),
        ("3.4.2024", "ambiguous"),
        ("03/04/24", "ambiguous"),
        ("2024-05-01 or 2024-05-02", "ambiguous"),
        ("2024-02-30", "unreadable"),
        ("31/31/2024", "unreadable"),
        ("yesterday", "unreadable"),
        ("2024", "unreadable"),
        ("May 2024", "unreadable"),
        ("1.2.3.2024", "unreadable"),
    ] {
        assert_eq!(said(date, "", ""), format!("metadata {reason}"), "{date}");
    }
    let by = |order| dating(Some("03/04/2024"), &[], "", order).day;
    assert_eq!(by(DateOrder::DayMonth), "2024-04-03");
    assert_eq!(by(DateOrder::MonthDay), "2024-03-04");
    assert_eq!(said("03/04/2024", "news/2024/04/03/a.txt", ""), "2024-04-03 path");
    assert_eq!(said("03/04/2024", "", "3 April 2024\n\nText."), "2024-04-03 text");
}

#[test]
fn a_path_holds_a_day_where_the_year_comes_first_or_the_month_has_a_name() {
    for (path, expected) in [
        ("echo/2024/05/01/bridge.html", "2024-05-01 path"),
        ("echo/2024-05-01-bridge.txt", "2024-05-01 path"),
        ("echo/2024_05_01.txt", "2024-05-01 path"),
        ("echo/20240501/a.txt", "2024-05-01 path"),
        ("https://echo.example/2024/may/01/bridge", "2024-05-01 path"),
        ("echo/2024-05-01/2024-05-01.txt", "2024-05-01 path"),
        ("echo/2024-05-01/2024-05-02.txt", "path ambiguous"),
        ("echo/01-05-2024.txt", "missing"),
        ("echo/12345678.txt", "missing"),
        ("echo/2024/05/a.txt", "missing"),
        ("echo/a.txt", "missing"),
    ] {
        assert_eq!(said("", path, ""), expected, "{path}");
    }
}

#[test]
fn a_text_is_dated_by_its_stamp_alone() {
    for (body, expected) in [
        ("Wednesday, 1 May 2024\n\nThe bridge opened.", "2024-05-01 text"),
        ("Published: May 1, 2024 10:15 AM EDT\nThe bridge opened.", "2024-05-01 text"),
        ("By Jane Doe\nPosted on 1 May 2024 by Jane Doe\nThe bridge opened.", "2024-05-01 text"),
        ("Published 1 May 2024, updated 3 May 2024\nText", "2024-05-01 text"),
        ("Updated 3 May 2024\nText", "missing"),
        ("Veröffentlicht am 1. Mai 2024 um 10:15 Uhr\nText", "2024-05-01 text"),
        ("Publié le 1er mai 2024 à 10h15\nTexte", "2024-05-01 text"),
        ("Опубликовано 1 мая 2024\nТекст", "2024-05-01 text"),
        ("2024年5月1日\n正文", "2024-05-01 text"),
        ("วันพฤหัสบดีที่ 2 พฤษภาคม 2567\nเรือข้ามฟาก", "2024-05-02 text"),
        ("03/04/2024\nText", "text ambiguous"),
        ("The bridge opened on 1 May 2024 after nine years.", "missing"),
        ("World Cup final, 14 July 2024\nText", "missing"),
        ("1 May 2024\n3 May 2024\nText", "2024-05-01 text"),
    ] {
        assert_eq!(said("", "", body), expected, "{body}");
    }
}

proptest! {
    #[test]
    fn days_count_as_the_calendar_does(days in 0i64..80_000) {
        let (day, next) = (Day::of_number(days), Day::of_number(days + 1));
        prop_assert!(valid(day.year, day.month, day.day).is_some());
        prop_assert!(next > day);
        prop_assert!(next.day == day.day + 1 || next.day == 1);
    }

    #[test]
    fn any_text_is_read_without_harm(text in "([0-9/.年月日 -]|may|\\PC){0,40}") {
        let Dating { day, reason, .. } = dating(Some(&text), &[&text], &text, DateOrder::Unknown);
        prop_assert_eq!(day.is_empty(), !reason.is_empty());
    }
}
