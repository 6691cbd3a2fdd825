//! Any rule pack is refused with a message that says where, or cuts what it cuts within the text, so that the way back is
//! open. The text is searched again until nothing fires, so a second look finds nothing.
//!
//! Before a line `=====` stands the pack, behind it the document, a headline first if a blank line follows. A pack that
//! begins with `#!` is a list of rules in short, see [`pack_of`]: a mistake of TOML in it is not possible.

use std::cell::RefCell;
use std::fmt::Write as _;

use copydesk::document::{DocId, Document, restore};
use copydesk::stage::Stage;
use copydesk::stage::boilerplate::{Boilerplate, Options};

use super::{Scratch, is_subsequence, removed};

pub(crate) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pack, text) = text.split_once("\n=====\n").unwrap_or((text, ""));
    let pack = match pack.strip_prefix("#!\n") {
        Some(short) => pack_of(short),
        None => pack.to_owned(),
    };
    match build(&pack) {
        Ok(stage) => {
            // Whether the examples hold is the author's business.
            let _ = stage.self_test();
            let (title, body) = text.split_once("\n\n").unwrap_or(("", text));
            check(&stage, Document::new(DocId(0), "a.txt", "outlet", title, body));
        }
        Err(message) => assert!(message.contains("own.toml:"), "{message}"),
    }
}

fn build(pack: &str) -> Result<Boilerplate, String> {
    thread_local!(static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) });
    SCRATCH.with_borrow_mut(|scratch| {
        let path = scratch.get_or_insert_with(Scratch::new).write("own.toml", pack.as_bytes());
        let packs = vec!["any".to_owned()];
        let options =
            Options { packs, rules: vec![path], max_line_chars: 200, ..Options::default() };
        options.build().map_err(|why| why.to_string())
    })
}

fn check(stage: &Boilerplate, mut document: Document) {
    let before = document.text().to_owned();
    let findings = stage.examine(&document);
    let told: usize = stage.explain(&document).iter().map(|line| line.cuts.len()).sum();
    assert_eq!(told, findings.cuts.len(), "what is told is not what is done");
    for cut in &findings.cuts {
        let cut_text = before.get(cut.at.clone());
        assert!(cut_text.is_some_and(|text| !text.is_empty()), "{cut:?} of {} bytes", before.len());
    }
    document.apply(stage.name(), findings);
    assert!(is_subsequence(document.text(), &before));
    if document.is_kept() {
        let back = restore(document.title(), document.body(), &removed(&document));
        assert_eq!(back.as_deref(), Some(before.as_str()));
        assert_eq!(stage.examine(&document).cuts, [], "cleaning twice is not cleaning once");
    }
}

/// The pack of a list in short: `K line` begins a rule of that kind, and `P`, `X`, `C`, `S` and `Q` add a literal to its
/// `prefix`, `exact`, `contains`, `starts` and `cues`; `R` is its regex, `G` adds a guard as it is written, `!` makes it sure
/// and `^` sensitive to case.
fn pack_of(short: &str) -> String {
    let mut rules: Vec<Vec<&str>> = Vec::new();
    for line in short.lines() {
        match (line.strip_prefix("K "), rules.last_mut()) {
            (Some(_), _) | (None, None) => rules.push(vec![line]),
            (None, Some(rule)) => rule.push(line),
        }
    }
    let mut pack = "pack = \"own\"\n".to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let all = |key: &str| -> Vec<&str> {
            rule.iter().filter_map(|line| line.strip_prefix(key)?.strip_prefix(' ')).collect()
        };
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let kind = all("K").first().copied().unwrap_or("line");
        let _ = write!(
            pack,
            "[[rule]]\nname = \"{number}\"\nreason = \"r\"\nkind = {}\n",
            quoted(kind)
        );
        for (letter, key) in
            [("P", "prefix"), ("X", "exact"), ("C", "contains"), ("S", "starts"), ("Q", "cues")]
        {
            let words: Vec<_> = all(letter).into_iter().map(quoted).collect();
            if !words.is_empty() {
                let _ = writeln!(pack, "{key} = [{}]", words.join(", "));
            }
        }
        if let Some(regex) = all("R").first() {
            let _ = writeln!(pack, "regex = {}", quoted(regex));
        }
        let _ = writeln!(pack, "sure = {}", rule.contains(&"!"));
        let _ = writeln!(pack, "case-sensitive = {}", rule.contains(&"^"));
        for guard in all("G") {
            let _ = writeln!(pack, "when.{guard}");
        }
    }
    pack
}
