//! The report holds nothing that acts or that asks anybody for anything, whatever the documents say.

use std::fs;

use serde_json::json;

use crate::statistics::write_jsonl;
use crate::support::{rows, run_well};

/// Tags and attributes that the report may hold; everything else is an intruder.
const TAGS: [&str; 51] = [
    "!doctype",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "nav",
    "main",
    "section",
    "h1",
    "h2",
    "h3",
    "p",
    "strong",
    "bdi",
    "a",
    "ul",
    "ol",
    "li",
    "br",
    "wbr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "svg",
    "rect",
    "line",
    "polyline",
    "text",
    "g",
    "path",
    "polygon",
    "circle",
    "figure",
    "figcaption",
    "span",
    "div",
    "code",
    "q",
    "small",
    "abbr",
    "em",
    "b",
    "i",
    "sub",
    "sup",
];
const ATTRIBUTES: [&str; 40] = [
    "lang",
    "charset",
    "http-equiv",
    "content",
    "name",
    "id",
    "class",
    "href",
    "viewbox",
    "width",
    "height",
    "preserveaspectratio",
    "aria-hidden",
    "role",
    "scope",
    "colspan",
    "title",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dy",
    "dx",
    "fill",
    "opacity",
    "stroke",
    "stroke-width",
    "points",
    "text-anchor",
    "font-family",
    "font-size",
    "transform",
    "html",
    "fill-opacity",
    "d",
    "tabindex",
    "font-weight",
    "font-style",
];

#[test]
fn the_report_holds_nothing_that_acts_whatever_the_documents_say() {
    let work = tempfile::tempdir().unwrap();
    let (dump, out) = (work.path().join("dump"), work.path().join("out"));
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</style><style>@import url(//evil.example/x)</style>",
        "' onmouseover='alert(1)",
        "<svg/onload=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
        "صحيفة الوادي",
        "谷地回声报",
    ];
    let mut records = Vec::new();
    for (index, name) in hostile.into_iter().enumerate() {
        for number in 0..8 {
            let words =
                ["harbour", "council", "river", "bridge", "market", "school", "tram", "mill"];
            let text = format!(
                "The {} of district {index} was opened by the {} on day {number}, said the {}.\nIt cost {} crowns.\nShared from {name} today\n",
                words[number],
                words[(number + index) % 8],
                words[(number * 3 + 1) % 8],
                number * 17 + index
            );
            records.push(json!({"title": name, "text": text, "source": name, "id": format!("{name}-{number}")}));
        }
    }
    write_jsonl(&dump, records.iter(), 1000);
    let stages = "boilerplate,learned-boilerplate,exact-dedup,near-dedup,stats";
    run_well(&dump, &out, &["--quiet", "--stages", stages]);
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert!(page.contains("default-src 'none'"));
    for shown in ["صحيفة الوادي", "谷地回声报", "&lt;script&gt;alert(1)", "{{ 7 * 7 }}"]
    {
        assert!(page.contains(shown), "{shown} is not shown");
    }
    let removed = rows(&out.join("stats/removed_lines.csv"));
    assert!(removed.iter().any(|row| row["text"].contains("<script>")), "a hostile line was cut");
    let mut rest = page.as_str();
    let mut tags = 0;
    while let Some(at) = rest.find('<') {
        let end = at + tag_end(&rest[at..]);
        let (name, attributes) = tag(&rest[at + 1..end]);
        tags += 1;
        assert!(TAGS.contains(&name.as_str()), "tag `{name}`");
        for (attribute, value) in attributes {
            assert!(
                ATTRIBUTES.contains(&attribute.as_str()),
                "attribute `{attribute}` of `{name}`"
            );
            assert!(attribute != "href" || value.starts_with('#'), "a reference to `{value}`");
            let is_safe = !value.contains("url(") && !value.contains("javascript:");
            assert!(is_safe, "`{attribute}` is `{value}`");
        }
        rest = &rest[end + 1..];
        if name == "style" && !rest.is_empty() {
            let end = rest.find("</style").unwrap_or(0);
            assert!(!rest[..end].contains("url(") && !rest[..end].contains("@import"));
            rest = &rest[end..];
        }
    }
    assert!(tags > 200, "{tags} tags");
}

/// Where the tag that begins here ends, quotes minded.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    panic!("a tag without an end");
}

/// Name and attributes of what stands between `<` and `>`.
fn tag(inner: &str) -> (String, Vec<(String, String)>) {
    let inner = inner.trim_start_matches('/').trim_end_matches('/');
    let (name, mut rest) = inner.split_once([' ', '\n']).unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(end) = rest.find(['=', ' ', '\n']) else {
            if !rest.is_empty() {
                attributes.push((rest.to_lowercase(), String::new()));
            }
            return (name.to_lowercase(), attributes);
        };
        let attribute = rest[..end].to_lowercase();
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((attribute, String::new()));
            continue;
        };
        let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
        let quote = quote.unwrap_or_else(|| panic!("`{attribute}` has no quotes"));
        let close = value[1..].find(quote).expect("the quote closes") + 1;
        attributes.push((attribute, value[1..close].to_lowercase()));
        rest = &value[close + 1..];
    }
}
