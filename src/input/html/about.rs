//! What a page says about itself: in JSON-LD, in `meta` and `link`, and in attributes of its elements.

use dom_query::{Document, NodeData, NodeRef};
use serde_json::Value;

/// Objects and arrays of JSON-LD within one another that are looked into; `serde_json` itself stops at 128.
const MAX_JSON_DEPTH: usize = 8;
/// A title that ends so was cut off by the program that wrote it.
const ELLIPSES: [&str; 2] = ["…", "..."];

/// Each as it was written, where there is one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) published: Option<String>,
    pub(super) author: Option<String>,
    /// Name of the site.
    pub(super) site: Option<String>,
    /// Canonical address.
    pub(super) url: Option<String>,
    /// BCP 47 tag.
    pub(super) language: Option<String>,
}

impl About {
    /// Asks JSON-LD first, as it says what kind of thing each is about, then `meta`, then the elements themselves.
    pub(super) fn of(page: &Document) -> Self {
        let mut found = Found::default();
        for node in page.root().descendants_it() {
            found.take(&node);
        }
        let Found { linked, canonical, named, elements, language } = found;
        let meta = |names: &[&str]| {
            let value = |name: &&str| named.iter().find(|(key, _)| key == name);
            names.iter().find_map(value).map(|(_, value)| value.clone())
        };
        let title = linked.title.filter(|title| !ELLIPSES.iter().any(|end| title.ends_with(end)));
        let author = meta(&AUTHOR_NAMES).filter(|author| !author.contains("://"));
        Self {
            title: title.or_else(|| meta(&TITLE_NAMES)),
            published: linked.published.or_else(|| meta(&DATE_NAMES)).or(elements.published),
            author: linked.author.or(author).or(elements.author),
            site: meta(&SITE_NAMES).or(linked.site),
            url: canonical.or_else(|| meta(&["og:url"])).or(linked.url).filter(|url| is_web(url)),
            language: language.or(linked.language).or_else(|| meta(&LANGUAGE_NAMES)),
        }
    }
}

const TITLE_NAMES: [&str; 7] = [
    "og:title",
    "twitter:title",
    "headline",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
];
const AUTHOR_NAMES: [&str; 8] = [
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "twitter:creator",
];
const SITE_NAMES: [&str; 3] = ["og:site_name", "application-name", "dc.publisher"];
const LANGUAGE_NAMES: [&str; 4] = ["content-language", "dc.language", "language", "og:locale"];
const DATE_NAMES: [&str; 19] = [
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date_published",
    "published_time",
    "publication_date",
    "publish_date",
    "publishdate",
    "published-date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "cxenseparse:recs:publishtime",
    "date",
];

/// What was come across on the way through the tree; of each the first.
#[derive(Default)]
struct Found {
    linked: About,
    canonical: Option<String>,
    /// Names of `meta`, lower case, and their contents.
    named: Vec<(String, String)>,
    elements: About,
    language: Option<String>,
}

impl Found {
    fn take(&mut self, node: &NodeRef<'_>) {
        let Some(name) = node.query_or(None, |node| match &node.data {
            NodeData::Element(element) => Some(element.name.local.clone()),
            _ => None,
        }) else {
            return;
        };
        let attribute = |name: &str| node.attr(name).and_then(|value| filled(&value));
        match &*name {
            "html" => self.language = attribute("lang").or_else(|| attribute("xml:lang")),
            "meta" => {
                let key = ["property", "name", "itemprop", "http-equiv"].into_iter();
                let key = key.filter_map(attribute).next();
                if let (Some(key), Some(content)) = (key, attribute("content")) {
                    self.named.push((key.to_lowercase(), content));
                }
            }
            "link" if self.canonical.is_none() => {
                let is_canonical = attribute("rel").is_some_and(|rel| {
                    rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("canonical"))
                });
                if is_canonical {
                    self.canonical = attribute("href").filter(|url| is_web(url));
                }
            }
            "script" => {
                let kind = attribute("type").unwrap_or_default().to_lowercase();
                if kind.starts_with("application/ld+json") {
                    self.linked_data(&node.text());
                }
            }
            _ => self.element(&name, node),
        }
    }

    /// Microdata, and the element `time`.
    fn element(&mut self, name: &str, node: &NodeRef<'_>) {
        let meaning = node.attr("itemprop").unwrap_or_default();
        let value = |attribute: &str| {
            let written = node.attr(attribute).and_then(|value| filled(&value));
            written.or_else(|| filled(&node.text()))
        };
        if *meaning == *"datePublished" || (name == "time" && node.has_attr("pubdate")) {
            self.elements.published = self
                .elements
                .published
                .take()
                .or_else(|| value(if name == "time" { "datetime" } else { "content" }));
        } else if *meaning == *"author" && self.elements.author.is_none() {
            let named = node
                .descendants_it()
                .find(|node| node.attr("itemprop").is_some_and(|meaning| *meaning == *"name"));
            self.elements.author = match named {
                Some(named) => filled(&named.attr("content").unwrap_or_else(|| named.text())),
                None => value("content"),
            };
        }
    }

    fn linked_data(&mut self, json: &str) {
        let json = json.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
        // Line ends within strings are forbidden, and frequent.
        let json = json.replace(['\n', '\r', '\t'], " ");
        if let Ok(value) = serde_json::from_str::<Value>(json.trim().trim_end_matches(';')) {
            self.linked_object(&value, 0);
        }
    }

    /// The first article among an object and what it consists of.
    fn linked_object(&mut self, value: &Value, depth: usize) {
        if depth > MAX_JSON_DEPTH || self.linked.title.is_some() || self.linked.published.is_some()
        {
            return;
        }
        match value {
            Value::Array(values) => {
                values.iter().for_each(|value| self.linked_object(value, depth + 1));
            }
            Value::Object(object) if is_article(&value["@type"]) => {
                let text = |name: &str| object.get(name).and_then(text_of);
                self.linked = About {
                    title: text("headline").or_else(|| text("name")),
                    published: text("datePublished").or_else(|| text("dateCreated")),
                    author: object
                        .get("author")
                        .or_else(|| object.get("creator"))
                        .and_then(names_of),
                    site: object.get("publisher").and_then(names_of),
                    url: text("mainEntityOfPage").or_else(|| text("url")).filter(|url| is_web(url)),
                    language: text("inLanguage"),
                };
            }
            Value::Object(object) => {
                for part in ["@graph", "mainEntity", "mainEntityOfPage"] {
                    if let Some(part) = object.get(part) {
                        self.linked_object(part, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a type of schema.org, or one among several, is a kind of article.
fn is_article(kind: &Value) -> bool {
    match kind {
        Value::String(kind) => {
            let kind = kind.rsplit(['/', ':']).next().unwrap_or_default();
            kind.ends_with("Article")
                || matches!(
                    kind,
                    "BlogPosting" | "LiveBlogPosting" | "Report" | "SocialMediaPosting"
                )
                || kind.ends_with("NewsArticle")
        }
        Value::Array(kinds) => kinds.iter().any(is_article),
        _ => false,
    }
}

/// A text, or of an object its identity.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => filled(text),
        Value::Array(values) => values.iter().find_map(text_of),
        Value::Object(object) => {
            ["@id", "@value", "name"].iter().find_map(|name| text_of(object.get(*name)?))
        }
        _ => None,
    }
}

/// Names of people or organisations, one or several.
fn names_of(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => filled(name).filter(|name| !name.contains("://")),
        Value::Array(values) => {
            let mut names: Vec<String> = values.iter().filter_map(names_of).collect();
            names.dedup();
            (!names.is_empty()).then(|| names.join(", "))
        }
        Value::Object(object) => names_of(object.get("name")?),
        _ => None,
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// One line, if there is anything in it.
fn filled(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
