//! Configurations that are read, and wrong ones.

use super::*;

#[test]
fn the_template_shows_every_option_at_its_default() {
    let parsed = Config::parse("pipeline.toml", TEMPLATE).unwrap();
    assert_eq!(parsed, Config::default());
    let shown: toml::Table = toml::from_str(TEMPLATE).unwrap();
    let expected = toml::Table::try_from(Config::default()).unwrap();
    assert_eq!(shown, expected, "a key is missing in pipeline.toml");
}

#[test]
fn every_option_of_the_template_has_a_comment() {
    let lines: Vec<_> = TEMPLATE.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let is_option = line.split_once(" = ").is_some_and(|(key, _)| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        });
        if is_option {
            let before = lines[..index].last().copied().unwrap_or_default();
            assert!(before.starts_with('#'), "line {}: {line}", index + 1);
        }
    }
}

#[test]
fn keys_that_are_names_of_sources_are_free() {
    let text = "[stage.language.prior]\n\"a.example/news\" = [\"sv\", \"fi\"]\n";
    let config = Config::parse("t", text).unwrap();
    assert_eq!(config.stage.language.prior["a.example/news"], ["sv", "fi"]);
    let text = "[stage.language]\nprior = { echo = [\"sv\"] }\n";
    assert_eq!(Config::parse("t", text).unwrap().stage.language.prior["echo"], ["sv"]);
}

#[test]
fn errors_say_where_and_what_is_near() {
    let table = [
        (
            "an unknown key",
            "[stage.language]\nmin-confidense = 0.5\n",
            "t:2:1: unknown key `stage.language.min-confidense`",
            "did you mean `min-confidence`?",
        ),
        (
            "an unknown section",
            "[stage.langauge]\n",
            "t:1:8: unknown key",
            "did you mean `language`?",
        ),
        ("a wrong type", "[run]\nthreads = \"two\"\n", "t:2:11: invalid type", "two"),
        ("a syntax error", "stages = [\n", "t:", ""),
        (
            "an unknown stage",
            "stages = [\"language\", \"boilerplat\"]\n",
            "t:1:1: `stages` names no stage `boilerplat`",
            "did you mean `boilerplate`?",
        ),
        ("a stage twice", "stages = [\"stats\", \"stats\"]\n", "t:1:1: `stages`", "twice"),
        (
            "a value out of range",
            "\n[stage.language]\nmin-confidence = 3.0\n",
            "t:3:1: `stage.language.min-confidence` must lie between 0 and 1: 3",
            "min-confidence = 3.0",
        ),
        (
            "too little memory",
            "[run]\nmax-memory = \"1 KiB\"\n",
            "t:2:1: `run.max-memory`",
            "256 MiB",
        ),
        (
            "an unknown key of a source",
            "[stage.boilerplate.sources.\"a.example\"]\ndisabel = []\n",
            "t:2:1: unknown key `stage.boilerplate.sources.a.example.disabel`",
            "did you mean `disable`?",
        ),
        (
            "an unknown rule of a source",
            "[stage.boilerplate.sources.\"a.example\"]\ndisable = [\"en/nothing\"]\n",
            "t:2:1: `stage.boilerplate.sources.a.example.disable`",
            "en/nothing",
        ),
        (
            "a pack of a source that is not there",
            "[stage.boilerplate.sources.echo]\nrules = [\"no/such.toml\"]\n",
            "t:2:1: `stage.boilerplate.sources.echo.rules`",
            "no/such.toml",
        ),
        (
            "a stage behind paragraph-dedup",
            "stages = [\"paragraph-dedup\", \"near-dedup\"]\n",
            "t:1:1: `stages`",
            "near-dedup",
        ),
        (
            "a file that is not there",
            "[stage.learned-boilerplate]\nknown = [\"no/such.toml\"]\n",
            "t:2:1: `stage.learned-boilerplate.known`",
            "no/such.toml",
        ),
        (
            "no such reason",
            "[run.max-error-rates]\nemtpy = 0.1\n",
            "t:2:1: `run.max-error-rates.emtpy`: no such reason",
            "did you mean `empty`?",
        ),
        (
            "more than all",
            "[run]\nmax-error-rate = 1.5\n",
            "t:2:1: `run.max-error-rate` must lie between 0 and 1: 1.5",
            "",
        ),
        ("no size", "[run]\nmax-memory = \"much\"\n", "t:2:14: ", "such as"),
    ];
    for (name, text, place, hint) in table {
        let message = Config::parse("t", text).expect_err(name).to_string();
        assert!(message.starts_with(place), "{name}: {message}");
        assert!(message.contains(hint), "{name}: {message}");
    }
}

#[test]
fn all_unknown_keys_are_reported_in_one_go() {
    let text = "stagse = []\n[run]\nthread = 1\nmax_memory = 3\n";
    let message = Config::parse("t", text).unwrap_err().to_string();
    for part in ["t:1:1", "`stages`", "t:3:1", "`threads`", "t:4:1", "`max-memory`"] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn paths_are_relative_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    std::fs::write(&path, "[input]\npath = \"dump\"\n").unwrap();
    let config = Config::load(&path).unwrap();
    assert_eq!(config.input.path, folder.path().join("dump"));
    assert_eq!(config.output.path, PathBuf::new());
}
