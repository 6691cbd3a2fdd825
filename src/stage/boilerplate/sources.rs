//! `[stage.boilerplate.sources.NAME]`: what the rules do otherwise in the articles of one source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::packs::AnyPack;
use crate::error::Error;

/// A section for a source, by its name as `documents.csv` has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SourceOptions {
    /// Rule packs for its articles alone, as TOML files.
    pub rules: Vec<PathBuf>,
    /// Codes of rules to switch off in its articles, such as `en/byline`.
    pub disable: Vec<String>,
}

/// The sections, ready to use.
pub(super) struct Sources {
    sections: BTreeMap<String, Section>,
}

struct Section {
    packs: Vec<AnyPack>,
    disable: Vec<String>,
}

impl Sources {
    /// Loads the packs.
    pub(super) fn load(options: &BTreeMap<String, SourceOptions>) -> Result<Self, Error> {
        let load = |(name, options): (&String, &SourceOptions)| {
            let key = format!("stage.boilerplate.sources.{name}.rules");
            let packs = options.rules.iter().map(|path| own_pack(&key, path));
            let packs = packs.collect::<Result<_, _>>()?;
            Ok((name.clone(), Section { packs, disable: options.disable.clone() }))
        };
        Ok(Self { sections: options.iter().map(load).collect::<Result<_, Error>>()? })
    }

    /// The packs of a source.
    pub(super) fn packs_of(&self, source: &str) -> &[AnyPack] {
        self.sections.get(source).map_or(&[], |section| &section.packs)
    }

    /// The packs of all sources.
    pub(super) fn packs(&self) -> impl Iterator<Item = &AnyPack> {
        self.sections.values().flat_map(|section| &section.packs)
    }

    /// Whether a rule is switched off in the articles of a source.
    pub(super) fn is_disabled(&self, source: &str, rule: &str) -> bool {
        self.sections
            .get(source)
            .is_some_and(|section| section.disable.iter().any(|code| code == rule))
    }

    /// Every rule that is switched off somewhere, and the key that says so.
    pub(super) fn disabled(&self) -> impl Iterator<Item = (String, &str)> {
        self.sections.iter().flat_map(|(name, section)| {
            let key = format!("stage.boilerplate.sources.{name}.disable");
            section.disable.iter().map(move |code| (key.clone(), code.as_str()))
        })
    }
}

/// Reads a rule pack of the user's; `key` is the option that names it.
pub(super) fn own_pack(key: &str, path: &Path) -> Result<AnyPack, Error> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Error::Setup(format!("`{key}` names a pack that could not be read: `{path}`: {error}"))
    })?;
    AnyPack::own(&path.display().to_string(), &text)
}

#[cfg(test)]
mod tests {
    use super::super::{Boilerplate, Options};
    use super::*;
    use crate::document::{DocId, Document};
    use crate::stage::Stage;

    const PACK: &str = "pack = \"echo\"\n[[rule]]\nname = \"desk\"\nkind = \"line\"\nreason = \"r\"\nexact = [\"The valley desk\"]\n";

    fn left(stage: &Boilerplate, source: &str) -> Vec<String> {
        let body = "The bridge opened on Monday.\n\nAdvertisement\n\nIt cost more than was said.\n\nThe valley desk";
        let mut document = Document::new(DocId(0), "0.txt", source, "Bridge opens", body);
        let findings = stage.examine(&document);
        document.apply("boilerplate", findings);
        document.lines().map(|line| line.text.to_owned()).collect()
    }

    #[test]
    fn a_source_s_rules_and_exceptions_are_for_its_articles_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("echo.toml");
        std::fs::write(&path, PACK).unwrap();
        let plain = Options::default().build().unwrap();
        let gone = |stage: &Boilerplate, source| {
            let left = left(stage, source);
            ["Advertisement", "The valley desk"].map(|line| !left.iter().any(|left| left == line))
        };
        let code = plain.rules().map(|(code, _)| code.to_owned());
        let code = code.filter(|code| code.starts_with("en/adv") || code.starts_with("any/adv"));
        let section = SourceOptions { rules: vec![path], disable: code.collect() };
        let options =
            Options { sources: [("valley-echo".to_owned(), section)].into(), ..Options::default() };
        let stage = options.build().unwrap();
        stage.lint().unwrap();
        stage.self_test().unwrap();
        assert_eq!(gone(&plain, "valley-echo"), [true, false]);
        assert_eq!(gone(&stage, "valley-echo"), [false, true]);
        assert_eq!(gone(&stage, "gazette"), [true, false]);
    }

    #[test]
    fn what_is_wrong_in_a_section_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("echo.toml");
        let build = |pack: &str, disable: &[&str]| {
            std::fs::write(&path, pack).unwrap();
            let disable = disable.iter().map(|code| (*code).to_owned()).collect();
            let section = SourceOptions { rules: vec![path.clone()], disable };
            Options { sources: [("a.example".to_owned(), section)].into(), ..Options::default() }
                .build()
        };
        let why = build(PACK, &["echo/dsk"]).err().unwrap().to_string();
        assert!(why.starts_with("`stage.boilerplate.sources.a.example.disable` "), "{why}");
        assert!(why.contains("did you mean `echo/desk`?"), "{why}");
        let why = build(&PACK.replace("exact", "exct"), &[]).err().unwrap().to_string();
        assert!(why.contains("echo.toml:6:1: unknown field"), "{why}");
        let empty = PACK.replace("exact = [\"The valley desk\"]", "regex = \"x*\"");
        let why = build(&empty, &[]).unwrap().lint().unwrap_err().to_string();
        assert!(why.contains("echo.toml:6:9: `regex` of `echo/desk` matches the empty"), "{why}");
        let wrong = format!("{PACK}cut = [\"The valley bridge\"]\n");
        let why = build(&wrong, &[]).unwrap().self_test().unwrap_err().to_string();
        assert!(why.contains("echo/desk (cut): The valley bridge"), "{why}");
    }
}
