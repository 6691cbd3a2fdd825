//! Which fields hold what, and how much the reader puts up with: the `[input]` section of `pipeline.toml`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::charset::Charset;
use super::compress::Limits;
use super::dates::DateOrder;
use super::fields::DECLARED_LANGUAGE;
use super::walk::Follow;

/// How records are read. Field names are tried in order; case, spaces, `_` and `-` in them make no difference, so that
/// `full_text` finds `Full Text` and `fullText` too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Options {
    /// Folder or file to read. Empty: it must be named on the command line.
    pub path: PathBuf,
    /// What becomes of symbolic links.
    pub follow: Follow,
    /// Fields or columns that may hold the text; the first that is not empty is taken.
    pub text: Vec<String>,
    /// Fields or columns that may hold the headline.
    pub title: Vec<String>,
    /// Fields or columns that may hold the outlet. Without one, it is the host of the record's `url`, and else the
    /// folder that the file is in.
    pub source: Vec<String>,
    /// Fields or columns that may hold the address of the page.
    pub url: Vec<String>,
    /// Fields or columns that may hold the publication date.
    pub date: Vec<String>,
    /// How days that are written in numbers alone are meant.
    pub date_order: DateOrder,
    /// Fields or columns that may hold the record's own id.
    pub id: Vec<String>,
    /// Fields or columns that may hold the author.
    pub author: Vec<String>,
    /// Fields or columns that may hold the language, as the producer sees it. Beside `language_declared`, which copydesk's
    /// own tables have, the others are not asked: there `language` is what was found out.
    pub language: Vec<String>,
    /// Whether records keep the fields that nobody asked for, and need none that is known: for a look at a dump.
    #[serde(skip)]
    pub keeps_every_field: bool,
    /// Longest document, JSON line or CSV record, in bytes after decompression; lower is stricter. This bounds memory.
    pub max_document_bytes: u64,
    /// Longest HTML page, in bytes after decompression; lower is stricter. It bounds the time that a page may take.
    pub max_page_bytes: u64,
    /// Most decompressed bytes for one compressed byte, asked after 16 MiB; lower is stricter.
    pub max_decompression_ratio: u64,
    /// Most decompressed bytes of one file; lower is stricter.
    pub max_decompressed_bytes: u64,
    /// Largest share of U+FFFD among a document's characters, 0 to 1; lower is stricter. At 0.05 about every fourth
    /// word is damaged.
    pub max_replacement_share: f64,
    /// Encoding of every file, such as `windows-1251`. Empty: found out file by file.
    pub encoding: String,
}

impl Default for Options {
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        Self {
            path: PathBuf::new(),
            follow: Follow::No,
            text: names(&[
                "text",
                "body",
                "content",
                "article",
                "maintext",
                "article_text",
                "article_body",
                "article_content",
                "full_text",
                "plain_text",
                "raw_text",
                "clean_text",
                "cleaned_text",
                "body_text",
                "raw_content",
                "page_content",
                "plaintext",
            ]),
            title: names(&["title", "headline", "heading", "article_title", "page_title", "head"]),
            source: names(&[
                "source",
                "outlet",
                "publisher",
                "site",
                "site_name",
                "source_name",
                "source_domain",
                "domain",
                "hostname",
                "host",
                "newspaper",
                "publication",
                "media_name",
                "meta_site_name",
            ]),
            url: names(&[
                "url",
                "link",
                "source_url",
                "canonical_url",
                "web_url",
                "requested_url",
                "uri",
                "canonical_link",
            ]),
            date: names(&[
                "date",
                "published",
                "published_at",
                "publish_date",
                "published_date",
                "date_published",
                "date_publish",
                "publication_date",
                "pub_date",
                "publishing_date",
                "timestamp",
                "created",
                "created_at",
            ]),
            date_order: DateOrder::Unknown,
            id: names(&["id", "doc_id", "document_id", "article_id", "uuid", "guid", "stories_id"]),
            author: names(&["author", "authors", "byline", "creator"]),
            language: names(&[DECLARED_LANGUAGE, "language", "lang", "language_code", "meta_lang"]),
            keeps_every_field: false,
            max_document_bytes: 16 << 20,
            max_page_bytes: 4 << 20,
            max_decompression_ratio: 200,
            max_decompressed_bytes: 1 << 40,
            max_replacement_share: 0.05,
            encoding: String::new(),
        }
    }
}

impl Options {
    /// Tells which option is wrong: its key in `[input]`, and what is wrong with it.
    ///
    /// # Errors
    ///
    /// The first option that is wrong.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        for (key, names) in self.names() {
            if names.iter().any(|name| name.trim().is_empty()) {
                return Err((key, "a field name is empty".to_owned()));
            }
        }
        if self.text.is_empty() {
            return Err((
                "text",
                "no field is named, so that no record would have a text".to_owned(),
            ));
        }
        let at_least_one = [
            ("max-document-bytes", self.max_document_bytes),
            ("max-page-bytes", self.max_page_bytes),
            ("max-decompression-ratio", self.max_decompression_ratio),
            ("max-decompressed-bytes", self.max_decompressed_bytes),
        ];
        for (key, value) in at_least_one {
            if value == 0 {
                return Err((key, "must be at least 1".to_owned()));
            }
        }
        if !(0.0..=1.0).contains(&self.max_replacement_share) {
            let found = self.max_replacement_share;
            return Err(("max-replacement-share", format!("must be between 0 and 1: {found}")));
        }
        let label = &self.encoding;
        if !label.is_empty() && Charset::of_label(label).is_none() {
            return Err(("encoding", format!("names no encoding: `{label}`")));
        }
        Ok(())
    }

    /// The names of fields, by key.
    pub fn names(&self) -> [(&'static str, &Vec<String>); 8] {
        [
            ("text", &self.text),
            ("title", &self.title),
            ("source", &self.source),
            ("url", &self.url),
            ("date", &self.date),
            ("id", &self.id),
            ("author", &self.author),
            ("language", &self.language),
        ]
    }

    /// The names of fields of a key of [`names`](Self::names).
    pub fn names_mut(&mut self, key: &str) -> Option<&mut Vec<String>> {
        match key {
            "text" => Some(&mut self.text),
            "title" => Some(&mut self.title),
            "source" => Some(&mut self.source),
            "url" => Some(&mut self.url),
            "date" => Some(&mut self.date),
            "id" => Some(&mut self.id),
            "author" => Some(&mut self.author),
            "language" => Some(&mut self.language),
            _ => None,
        }
    }

    pub(super) fn forced_charset(&self) -> Option<Charset> {
        Charset::of_label(&self.encoding)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { max_ratio: self.max_decompression_ratio, max_bytes: self.max_decompressed_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_survive_toml() {
        let options = Options::default();
        assert_eq!(options.validate(), Ok(()));
        let written = toml::to_string(&options).unwrap();
        assert_eq!(toml::from_str::<Options>(&written).unwrap(), options);
        assert!(toml::from_str::<Options>("max-document-size = 1").is_err());
    }

    #[test]
    fn a_wrong_option_is_named() {
        let table: &[(&str, &str)] = &[
            ("text = []", "text"),
            ("title = [' ']", "title"),
            ("max-document-bytes = 0", "max-document-bytes"),
            ("max-page-bytes = 0", "max-page-bytes"),
            ("max-decompression-ratio = 0", "max-decompression-ratio"),
            ("max-decompressed-bytes = 0", "max-decompressed-bytes"),
            ("max-replacement-share = 1.5", "max-replacement-share"),
            ("max-replacement-share = nan", "max-replacement-share"),
            ("encoding = 'utf-99'", "encoding"),
        ];
        for (written, expected) in table {
            let options: Options = toml::from_str(written).unwrap();
            assert_eq!(options.validate().unwrap_err().0, *expected, "{written}");
        }
    }
}
