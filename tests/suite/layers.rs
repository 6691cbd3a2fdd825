//! The layers of the library, as its crate documentation draws them. A module may name those that are listed for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{files, repository};

/// What every module may use.
const EVERYBODYS: [&str; 6] = ["error", "exit", "letters", "lock", "nearest", "workers"];

/// Module, and the modules of the crate that it may use besides.
const LAYERS: [(&str, &[&str]); 14] = [
    ("exit", &[]),
    ("error", &[]),
    ("nearest", &[]),
    ("letters", &[]),
    ("workers", &[]),
    ("document", &[]),
    ("state", &[]),
    ("census", &["document"]),
    ("stats", &["document", "census"]),
    ("stage", &["document", "census", "stats"]),
    ("input", &["document"]),
    ("output", &["document", "stats"]),
    ("report", &["stats", "output"]),
    ("config", &["input", "stage", "output"]),
];

#[test]
fn every_module_keeps_to_its_layer() {
    let mut wrong = Vec::new();
    for (module, allowed) in LAYERS {
        for (path, line) in uses(module) {
            let used = line.split("crate::").nth(1).unwrap_or_default();
            let used = used.split([':', ';', '{', ' ']).next().unwrap_or_default();
            let is_known = used == module || EVERYBODYS.contains(&used) || allowed.contains(&used);
            if !is_known {
                wrong.push(format!("{path}: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn threads_and_lasting_files_are_each_made_in_one_place() {
    let mut wrong = Vec::new();
    let homes =
        [("rayon", &["workers.rs"][..]), ("File::create", &["output/file.rs", "state/log.rs"])];
    for (word, homes) in homes {
        for path in sources(&repository().join("src")) {
            let name = path.display().to_string();
            // The command line's `init` writes the one file that is not output: the user's configuration.
            if homes.iter().any(|home| name.ends_with(home)) || name.contains("/src/cli/") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                if line.contains(word) {
                    wrong.push(format!("{name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `cargo deny` holds in CI, for whoever has not installed it: no crate that it bans is in the lock file.
#[test]
fn no_crate_that_could_reach_the_network_is_in_the_tree() {
    let read = |name: &str| -> toml::Table {
        toml::from_str(&fs::read_to_string(repository().join(name)).unwrap()).unwrap()
    };
    let (deny, lock) = (read("deny.toml"), read("Cargo.lock"));
    let banned = deny["bans"]["deny"].as_array().unwrap();
    assert!(banned.len() >= 20);
    let banned: Vec<_> = banned.iter().map(|entry| entry["crate"].as_str().unwrap()).collect();
    let packages = lock["package"].as_array().unwrap();
    let names: Vec<_> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"copydesk"));
    let found: Vec<_> = names.iter().filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// Lines of a module that name another module of the crate.
fn uses(module: &str) -> Vec<(String, String)> {
    let source = repository().join("src");
    let single = source.join(format!("{module}.rs"));
    let paths = if single.is_file() { vec![single] } else { sources(&source.join(module)) };
    let mut uses = Vec::new();
    for path in paths {
        for line in fs::read_to_string(&path).unwrap().lines() {
            if line.contains("crate::") && !line.trim_start().starts_with("//") {
                uses.push((path.display().to_string(), line.to_owned()));
            }
        }
    }
    assert!(EVERYBODYS.contains(&module) || module == "document" || !uses.is_empty());
    uses
}

/// Rust files under a folder; there are tables and notices beside them.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    files(folder).into_iter().filter(is_rust).collect()
}

#[test]
fn every_stage_stands_in_the_tables_of_the_readme_and_of_the_crate() {
    let read = |name: &str| fs::read_to_string(repository().join(name)).unwrap();
    let (readme, documentation) = (read("README.md"), read("src/lib.rs"));
    for name in copydesk::stage::NAMES {
        assert!(readme.contains(&format!("| `{name}` | ")), "README.md has no row for `{name}`");
        let row = format!("//! | [`{name}`](");
        assert!(documentation.contains(&row), "src/lib.rs has no row for `{name}`");
    }
}
