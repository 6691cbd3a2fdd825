//! Pages of our own, whole and broken.

use proptest::prelude::*;

use super::*;
use crate::document::Fate;

const BODY: &str = "<h1>Bridge opens</h1>\
    <p>The bridge over the Orla opened on Monday, two years later than planned, after the\nmayor had cut a \
    ribbon&nbsp;&ndash; the third one.</p>\
    <p>It cost <b>40</b> million, the city said; the old bridge is to be closed in autumn,<br>and torn down \
    in spring, when the river is low and the herons have left.</p>\
    <ul><li>Walkers may cross it now, on both sides of the road.</li><li>Cars have to wait until June.</li></ul>\
    <p>“We have learned a lot,” said Tara Quill, who leads the works, “and most of it about mud.”</p>";

fn page(head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en-GB\"><head>{head}</head><body><nav><a href=/>Home</a></nav>\
             <article>{body}</article></body></html>"
    )
}

fn read(bytes: &[u8]) -> Document {
    let origin = Origin { file: "a.html".into(), ..Origin::default() };
    into_document(origin, "s".into(), bytes.to_vec(), DocId(0), &Options::default())
}

fn reason(document: &Document) -> &str {
    match &document.fate {
        Fate::Rejected(why) => &why.reason,
        _ => "",
    }
}

#[test]
fn each_block_is_a_paragraph() {
    let document = read(page("<title>Bridge opens | The Orla Post</title>", BODY).as_bytes());
    assert_eq!(document.title(), "Bridge opens | The Orla Post");
    assert_eq!(
        document.body(),
        "The bridge over the Orla opened on Monday, two years later than planned, after the mayor had cut a \
         ribbon\u{a0}– the third one.\n\n\
         It cost 40 million, the city said; the old bridge is to be closed in autumn,\nand torn down in spring, \
         when the river is low and the herons have left.\n\n\
         Walkers may cross it now, on both sides of the road.\nCars have to wait until June.\n\n\
         “We have learned a lot,” said Tara Quill, who leads the works, “and most of it about mud.”"
    );
    assert_eq!(document.metadata.language, "en-GB");
}

#[test]
fn captions_are_no_part_of_the_text() {
    let figure = "<figure><img src=/b.jpg alt=\"The bridge\"><figcaption>The bridge at dusk. Photo: Bo Reed</figcaption></figure>";
    let found = read(page("", &format!("{BODY}{figure}{BODY}")).as_bytes());
    assert!(
        found.body().contains("about mud") && !found.body().contains("at dusk"),
        "{}",
        found.body()
    );
}

#[test]
fn a_page_that_marks_its_article_has_no_other_text() {
    let notice = "<p>The Orla Post is printed on the island, and has been since the first bridge was built, by hand at first, \
        and by a machine that everybody hears.</p>";
    let marked = format!("<article>{BODY}</article>");
    let teaser = "<article><p>Herons leave the river.</p></article>";
    let footer = format!("<footer>{}</footer>", notice.repeat(9));
    let table: [(&str, String, usize); 5] = [
        ("one article, a long footer", format!("{marked}{footer}"), 0),
        (
            "one article, a long column",
            format!("<main>{marked}</main><aside>{}</aside>", notice.repeat(9)),
            0,
        ),
        ("an article among teasers", format!("<div>{marked}{}</div>", notice.repeat(2)), 0),
        ("many articles", format!("<div>{teaser}{teaser}{}</div>", notice.repeat(9)), 9),
        ("an article that is a promotion", format!("{teaser}<div>{}</div>", notice.repeat(9)), 9),
    ];
    for (name, body, expected) in table {
        let page = format!("<!DOCTYPE html><html><body><h1>Bridge opens</h1>{body}</body></html>");
        let found = read(page.as_bytes());
        let notices = found.body().matches("printed on the island").count();
        assert_eq!(notices, expected, "{name}: {}", found.body());
    }
}

#[test]
fn a_page_says_who_wrote_it_when_and_where() {
    type Row = (&'static str, &'static str, [&'static str; 5]);
    let table: &[Row] = &[
        ("nothing", "", ["", "", "", "s", ""]),
        (
            "JSON-LD",
            r#"<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
            "headline":"Bridge opens","datePublished":"2024-03-05T10:00:00Z","author":[{"@type":"Person","name":"Ada Penn"},
            {"name":"Bo Reed"}],"publisher":{"name":"The Orla Post"},"mainEntityOfPage":{"@id":"https://orla.example/1"}}</script>"#,
            [
                "Bridge opens",
                "2024-03-05",
                "Ada Penn, Bo Reed",
                "The Orla Post",
                "https://orla.example/1",
            ],
        ),
        (
            "in a graph, with several types",
            r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"No"},
            {"@type":["NewsArticle","Article"],"headline":"Bridge opens","datePublished":"2024-03-05"}]}</script>"#,
            ["Bridge opens", "2024-03-05", "", "s", ""],
        ),
        (
            "broken, and meta",
            r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bri</script>
            <meta property="og:title" content="Bridge opens"><meta name="author" content="Ada Penn">
            <meta property="article:published_time" content="2024-03-05T10:00:00+01:00">
            <meta property="og:site_name" content="The Orla Post"><link rel="canonical" href="https://orla.example/1">"#,
            ["Bridge opens", "2024-03-05", "Ada Penn", "The Orla Post", "https://orla.example/1"],
        ),
        (
            "cut off by the program that wrote it",
            r#"<title>Bridge opens at last</title><script type="application/ld+json">
            {"@type":"Article","headline":"Bridge op..."}</script>"#,
            ["Bridge opens at last", "", "", "s", ""],
        ),
        (
            "an address that is none",
            r#"<link rel="canonical" href="/1"><meta name="author" content="https://orla.example/ada">"#,
            ["", "", "", "s", ""],
        ),
        (
            "host",
            r#"<link rel="canonical" href="https://www.orla.example/1">"#,
            ["", "", "", "orla.example", "https://www.orla.example/1"],
        ),
    ];
    for (name, head, [title, day, author, source, url]) in table {
        let document = read(page(head, &BODY[BODY.find("<p>").unwrap()..]).as_bytes());
        let metadata = &document.metadata;
        let found = [
            document.title(),
            &document.dating.day,
            &metadata.author,
            &document.source,
            &metadata.url,
        ];
        assert_eq!(found, [*title, *day, *author, *source, *url], "{name}");
    }
}

#[test]
fn the_encoding_is_what_the_bytes_are_then_what_is_said() {
    let text = "Мэр города сообщил в среду, что новый мост откроют для движения осенью. ".repeat(9);
    let body = format!("<p>{text}</p><p>{text}</p>");
    let cyrillic = |charset: &str| {
        let head = format!("<meta http-equiv=Content-Type content='text/html; charset={charset}'>");
        encoding_rs::WINDOWS_1251.encode(&page(&head, &body)).0.into_owned()
    };
    let utf_8 = |charset: &str| page(&format!("<meta charset={charset}>"), &body).into_bytes();
    let latin = |head: &str| encoding_rs::WINDOWS_1252.encode(&page(head, BODY)).0.into_owned();
    let table: &[(&str, Vec<u8>, Option<&str>, &str)] = &[
        ("declared", cyrillic("windows-1251"), None, "windows-1251"),
        ("not declared", cyrillic(""), None, "windows-1251"),
        ("by the server", latin("<meta charset=utf-8>"), Some("windows-1250"), "windows-1250"),
        ("the server is wrong", utf_8("utf-8"), Some("iso-8859-1"), "UTF-8"),
        ("stored in UTF-8 since", utf_8("windows-1251"), None, "UTF-8"),
        ("UTF-8 by mistake", cyrillic("utf-8"), None, "windows-1251"),
        ("UTF-16 by mistake", latin("<meta charset=utf-16>"), None, "windows-1252"),
        ("no such encoding", utf_8("x-none"), Some("nonsense"), "UTF-8"),
        (
            "XML",
            encoding_rs::ISO_8859_2
                .encode(&format!("<?xml version='1.0' encoding='iso-8859-2'?>{}", page("", "Łódź")))
                .0
                .into_owned(),
            None,
            "ISO-8859-2",
        ),
    ];
    for (name, bytes, declared, expected) in table {
        let (_, decoding) = fields_of(bytes.clone(), *declared, &Options::default());
        assert_eq!(decoding.encoding, *expected, "{name}");
    }
    let wide: Vec<u8> = page("", &body).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let document = read(&wide);
    assert_eq!(
        (&*document.decoding.encoding, document.body().lines().next()),
        ("UTF-16LE", Some(text.trim()))
    );
}

#[test]
fn a_page_is_known_by_its_beginning() {
    let table: &[(&str, bool)] = &[
        ("<!DOCTYPE html>", true),
        ("<!doctype\nHTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">", true),
        ("\u{feff}\r\n <HTML lang=de>", true),
        ("<?xml version=\"1.0\"?><!-- saved --><html xmlns=\"x\">", true),
        ("<html", true),
        ("<htmlx>", false),
        ("<!doctype book>", false),
        ("<rss version=\"2.0\">", false),
        ("<!-- for ever", false),
        ("The tag <html> begins a page.", false),
        ("", false),
    ];
    for (beginning, expected) in table {
        assert_eq!(is_page(beginning.as_bytes()), *expected, "{beginning}");
    }
}

#[test]
fn what_is_no_article_has_a_reason() {
    let nested = |tag: &str, count: usize| page("", &format!("<{tag}>").repeat(count));
    let fonts: String = (0..200).map(|size| format!("<font size={size}>")).collect();
    let many: String = (0..1200).map(|number| format!(" a{number}=''")).collect();
    let table: &[(&str, String, &str)] = &[
        ("nothing", String::new(), "no_main_text"),
        ("no body", "<html><head><title>Bridge</title></head></html>".to_owned(), "no_main_text"),
        ("frames", "<html><frameset><frame src=a></frameset></html>".to_owned(), "no_main_text"),
        ("nested", nested("div", 20_000), "page_too_complex"),
        ("nested deeper", nested("b", 400_000), "page_too_complex"),
        // Each paragraph repeats all the fonts: 4 kB become millions of elements.
        (
            "fonts",
            page("", &format!("<p>{fonts}</p>{}", "<p>x".repeat(100_000))),
            "page_too_complex",
        ),
        ("attributes", page("", &format!("<p{many}>text</p>")), "page_too_complex"),
        (
            "close together",
            page("", &format!("<p{}>text</p>", many.replace(' ', "/"))),
            "page_too_complex",
        ),
        ("zeros", "\0".repeat(5000), "binary"),
        ("large", "<p>text".repeat(700_000), "document_too_large"),
    ];
    for (name, html, expected) in table {
        assert_eq!(reason(&read(html.as_bytes())), *expected, "{name}");
    }
    let many_in_script = format!("<script>a<b {}</script>", "c d ".repeat(5000));
    assert_eq!(reason(&read(page(&many_in_script, BODY).as_bytes())), "");
}

#[test]
fn a_page_that_was_cut_off_gives_what_is_left_of_it() {
    let whole = page("<title>Bridge opens</title>", BODY);
    let full = read(whole.as_bytes());
    for cut in (whole.find("<p>").unwrap() + 200..whole.len()).step_by(53) {
        let cut = whole.floor_char_boundary(cut);
        let document = read(&whole.as_bytes()[..cut]);
        let body = document.body();
        assert!(
            full.body().starts_with(body.trim_end_matches(|c: char| !c.is_whitespace()).trim_end()),
            "{cut}: {body}"
        );
        assert_eq!(reason(&document), "", "{cut}");
    }
}

/// Pieces of pages, in any order.
fn arbitrary_page() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "<!DOCTYPE html>",
        "<html>",
        "<head>",
        "<body>",
        "<p>",
        "</p>",
        "<div class=article>",
        "</div>",
        "<table>",
        "<tr><td>",
        "</table>",
        "<a href=x>",
        "</a>",
        "<b><i>",
        "</b>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<script type='application/ld+json'>{\"@type\":\"Article\",\"author\":[",
        "&amp;",
        "&#",
        "&#x0;",
        "<template>",
        "<svg><p>",
        "<math><mi>",
        "<select><option>",
        "<br><br>",
        "<form>",
        "<noscript><img>",
        "<time pubdate>",
        "<meta charset=",
        "<link rel=canonical href=",
        "\"",
        ">",
        "<frameset>",
        "<textarea>",
        "<h1>",
        "<li>",
        "\0",
        "A sentence, long enough to count as the text of an article, with a comma or two, and an end. ",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_a_document_or_a_row(bytes in arbitrary_page()) {
        let document = read(&bytes);
        prop_assert_eq!(document.body().is_empty(), !reason(&document).is_empty());
        prop_assert_eq!(document.decoding.raw_bytes, bytes.len() as u64);
        // The last resort was not needed.
        if let Fate::Rejected(why) = &document.fate {
            prop_assert!(!why.detail.contains("panicked"), "{}", why.detail);
        }
        prop_assert_eq!(read(&bytes), document);
    }
}
