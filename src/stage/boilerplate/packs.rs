//! The packs: those that come with the program, and the user's own.
//!
//! A built-in pack is read when the first document needs it, and each of its patterns compiled when the first line does,
//! once in the life of the process: all of them take most of a second, and a run over an article needs a few.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::pack::Pack;
use super::search::{Ruleset, Search};
use crate::error::Error;

/// A pack that comes with the program.
pub(super) struct BuiltIn {
    /// Its name: the language that it is for, or `any`.
    pub(super) name: &'static str,
    /// Other labels of the language, and languages with the same words.
    also: &'static [&'static str],
    text: &'static str,
    compiled: OnceLock<Pack>,
}

/// A pack of either kind.
pub(super) enum AnyPack {
    BuiltIn(&'static BuiltIn),
    Own(Box<Own>),
}

/// A pack of the user's.
pub(super) struct Own {
    pack: Pack,
    search: Arc<Search>,
}

/// The packs that come with the program.
pub(super) static BUILT_IN: [BuiltIn; 44] = [
    BuiltIn::new(
        "any",
        concat!(
            include_str!("rules/any.toml"),
            include_str!("rules/any-titles.toml"),
            include_str!("rules/any-controls.toml"),
            include_str!("rules/any-blogs.toml"),
        ),
    ),
    BuiltIn::new("ar", include_str!("rules/ar.toml")),
    BuiltIn::new("bg", include_str!("rules/bg.toml")),
    BuiltIn::new("bn", include_str!("rules/bn.toml")),
    BuiltIn::new("ca", include_str!("rules/ca.toml")),
    BuiltIn::new("cs", include_str!("rules/cs.toml")),
    BuiltIn::new("da", include_str!("rules/da.toml")),
    BuiltIn::new("de", include_str!("rules/de.toml")),
    BuiltIn::new("el", include_str!("rules/el.toml")),
    BuiltIn::new("en", include_str!("rules/en.toml")),
    BuiltIn::new("es", include_str!("rules/es.toml")),
    BuiltIn::new("et", include_str!("rules/et.toml")),
    BuiltIn::new("fa", include_str!("rules/fa.toml")),
    BuiltIn::new("fi", include_str!("rules/fi.toml")),
    BuiltIn::new("fr", include_str!("rules/fr.toml")),
    BuiltIn::new("he", include_str!("rules/he.toml")),
    BuiltIn::new("hi", include_str!("rules/hi.toml")),
    BuiltIn::new("hr", include_str!("rules/hr.toml")).and_for(&["bs", "sr"]),
    BuiltIn::new("hu", include_str!("rules/hu.toml")),
    BuiltIn::new("id", include_str!("rules/id.toml")),
    BuiltIn::new("is", include_str!("rules/is.toml")),
    BuiltIn::new("it", include_str!("rules/it.toml")),
    BuiltIn::new("ja", include_str!("rules/ja.toml")),
    BuiltIn::new("ko", include_str!("rules/ko.toml")),
    BuiltIn::new("lt", include_str!("rules/lt.toml")),
    BuiltIn::new("lv", include_str!("rules/lv.toml")),
    BuiltIn::new("ms", include_str!("rules/ms.toml")),
    BuiltIn::new("nb", include_str!("rules/nb.toml")).and_for(&["nn", "no"]),
    BuiltIn::new("nl", include_str!("rules/nl.toml")),
    BuiltIn::new("pl", include_str!("rules/pl.toml")),
    BuiltIn::new("pt", include_str!("rules/pt.toml")),
    BuiltIn::new("ro", include_str!("rules/ro.toml")),
    BuiltIn::new("ru", include_str!("rules/ru.toml")),
    BuiltIn::new("sk", include_str!("rules/sk.toml")),
    BuiltIn::new("sl", include_str!("rules/sl.toml")),
    BuiltIn::new("sv", include_str!("rules/sv.toml")),
    BuiltIn::new("sw", include_str!("rules/sw.toml")),
    BuiltIn::new("ta", include_str!("rules/ta.toml")),
    BuiltIn::new("th", include_str!("rules/th.toml")),
    BuiltIn::new("tr", include_str!("rules/tr.toml")),
    BuiltIn::new("uk", include_str!("rules/uk.toml")),
    BuiltIn::new("ur", include_str!("rules/ur.toml")),
    BuiltIn::new("vi", include_str!("rules/vi.toml")),
    BuiltIn::new("zh", include_str!("rules/zh.toml")),
];

impl BuiltIn {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, also: &[], text, compiled: OnceLock::new() }
    }

    /// The same pack for more languages.
    const fn and_for(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }
}

/// The packs that apply to a document, the built-in ones first, and the searches for what may stand anywhere in its lines: one
/// for all built-in packs together, and one for each of the user's, for there may be a pack for each source.
pub(super) fn ruleset<'r>(packs: impl Iterator<Item = &'r AnyPack>) -> Ruleset<'r> {
    let (mut all, mut built_in, mut own_searches) = (Vec::new(), Vec::new(), Vec::new());
    for pack in packs {
        all.push(pack.compiled());
        match pack {
            AnyPack::BuiltIn(pack) => built_in.push(pack.name),
            AnyPack::Own(own) => own_searches.push(own.search.clone()),
        }
    }
    let searches = std::iter::once(search_for(built_in, &all)).chain(own_searches);
    Ruleset::new(all, searches.collect())
}

/// The search for the first of some packs, which are the built-in ones of these names; made when they first apply together.
fn search_for(names: Vec<&'static str>, packs: &[&Pack]) -> Arc<Search> {
    static MADE: Mutex<BTreeMap<Vec<&str>, Arc<Search>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let n_packs = names.len();
    let make =
        || Search::new(&packs[..n_packs]).expect("a test builds the search for all packs together");
    made.entry(names).or_insert_with(|| Arc::new(make())).clone()
}

impl AnyPack {
    /// A pack of the user's: `file` names it in errors.
    pub(super) fn own(file: &str, text: &str) -> Result<Self, Error> {
        let pack = Pack::parse(file, text)?;
        let search = Arc::new(Search::new(&[&pack])?);
        Ok(Self::Own(Box::new(Own { pack, search })))
    }

    /// The pack's name.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::BuiltIn(pack) => pack.name,
            Self::Own(own) => &own.pack.name,
        }
    }

    /// Whether it is for documents of a language.
    pub(super) fn serves(&self, language: &str) -> bool {
        match self {
            Self::BuiltIn(pack) => {
                pack.name == "any" || pack.name == language || pack.also.contains(&language)
            }
            Self::Own(own) => {
                let languages = &own.pack.languages;
                languages.is_empty() || languages.iter().any(|code| code == language)
            }
        }
    }

    /// The pack, ready to match.
    pub(super) fn compiled(&self) -> &Pack {
        match self {
            Self::Own(own) => &own.pack,
            Self::BuiltIn(pack) => pack.compiled.get_or_init(|| {
                Pack::parse_lazily(&format!("rules/{}.toml", pack.name), pack.text)
                    .expect("a test compiles all packs that come with the program")
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_s_file_says_what_its_name_promises() {
        for built_in in &BUILT_IN {
            let pack = AnyPack::BuiltIn(built_in);
            let mut promised = [&[built_in.name], built_in.also].concat();
            promised.retain(|language| *language != "any");
            let patterns = Pack::parse(built_in.name, built_in.text).map(|_| ());
            assert_eq!(patterns.map_err(|error| error.to_string()), Ok(()));
            assert_eq!(pack.compiled().name, pack.name());
            assert_eq!(pack.compiled().languages, promised);
            assert!(promised.iter().all(|language| pack.serves(language)));
        }
    }
}
