//! A look at the patterns of a user's rules: do they match nothing at all, do they hold what no line holds, and what do they
//! cost on hostile lines?
//!
//! The regex engine searches in linear time, yet two kinds of patterns are slow: those that search to the end of the line
//! before each match (`[a-z]*q|ab` finds its matches in quadratic time), and long counted repetitions, each of whose
//! steps is a state of its own (`[\w\s]{0,200}b`). Both are found by timing them on repeats of their own letters.

use std::time::{Duration, Instant};

use regex::Regex;

use super::rule::Rule;
use super::text::fold_char;

/// Bytes of the shortest line that is timed; the others are twice and four times as long.
const LINE_BYTES: usize = 2_000;
/// A line four times as long may take so many times as long: 4 is linear, 16 is quadratic.
const MAX_GROWTH: f64 = 8.0;
/// Growth is noise where the longest line takes less.
const MIN_MEASURED: Duration = Duration::from_micros(200);
/// Most time for a byte of the longest line; usual patterns take a hundredth of it.
const MAX_NANOSECONDS_A_BYTE: f64 = 400.0;
/// The best of so many runs counts.
const RUNS: usize = 5;
/// Different repeats that are tried.
const MAX_SEEDS: usize = 16;

/// What is wrong with a rule's pattern, a sentence each; nothing for a rule without one.
pub(super) fn lint(rule: &Rule) -> Vec<String> {
    let Some(regex) = rule.regex() else { return Vec::new() };
    let place = rule.place();
    let code = &rule.code;
    let mut wrong = Vec::new();
    if regex.is_match("") {
        wrong.push(format!("{place}: `regex` of `{code}` matches the empty string"));
    }
    wrong.extend(unfolded(rule));
    if let Some(what) = seeds(regex.as_str()).iter().find_map(|seed| slowness(regex, seed)) {
        wrong.push(format!("{place}: `regex` of `{code}` is slow: {what}"));
    }
    wrong
}

/// Says which character of a pattern no line holds: it is compared with folded text, in which quotation marks and dashes are
/// plain, and some letters have lost their marks.
fn unfolded(rule: &Rule) -> Option<String> {
    let pattern = rule.regex().filter(|_| !rule.is_case_sensitive())?.as_str();
    let c = pattern.chars().find(|c| !c.is_ascii() && fold_char(*c) != *c)?;
    let (place, code, plain) = (rule.place(), &rule.code, fold_char(c));
    Some(format!(
        "{place}: `regex` of `{code}` has `{c}`, which stands in no folded line\nhint: write `{plain}`, or set `case-sensitive = true`"
    ))
}

/// Says how slow a pattern is on repeats of `seed`, if it is.
fn slowness(regex: &Regex, seed: &str) -> Option<String> {
    let short = best_time(regex, seed, LINE_BYTES);
    let long = best_time(regex, seed, 4 * LINE_BYTES);
    let growth = long.as_secs_f64() / short.as_secs_f64().max(1e-9);
    let middle =
        || best_time(regex, seed, 2 * LINE_BYTES).as_secs_f64() / short.as_secs_f64().max(1e-9);
    if long >= MIN_MEASURED && growth > MAX_GROWTH && middle() > MAX_GROWTH.sqrt() {
        return Some(format!(
            "four times as many repeats of `{seed}` take {growth:.0} times as long\nhint: do not search for something far away before the match, or anchor it with `^`"
        ));
    }
    let nanoseconds = long.as_nanos() as f64 / (4 * LINE_BYTES) as f64;
    (nanoseconds > MAX_NANOSECONDS_A_BYTE).then(|| {
        format!(
            "{nanoseconds:.0} ns for each byte of repeats of `{seed}`\nhint: shorten counted repetitions such as `{{0,200}}`"
        )
    })
}

fn best_time(regex: &Regex, seed: &str, bytes: usize) -> Duration {
    let line = seed.repeat(bytes.div_ceil(seed.len()));
    let time = |_| {
        let began = Instant::now();
        std::hint::black_box(regex.find_iter(&line).count());
        began.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

/// Short texts to repeat: the words of the pattern, by themselves and with a space or a strange letter behind.
fn seeds(pattern: &str) -> Vec<String> {
    let mut seeds: Vec<String> = vec!["a".into(), "ab ".into(), "0".into()];
    let words = pattern.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        for seed in [word.to_owned(), format!("{word} ")] {
            if !seeds.contains(&seed) && seeds.len() < MAX_SEEDS {
                seeds.push(seed);
            }
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::super::pack::Pack;
    use super::super::packs::AnyPack;
    use super::*;

    #[test]
    fn built_in_patterns_hold_nothing_that_stands_in_no_folded_line() {
        let packs = super::super::packs::BUILT_IN.iter().map(AnyPack::BuiltIn);
        let wrong: Vec<String> = packs
            .flat_map(|pack| pack.compiled().rules.iter().filter_map(unfolded).collect::<Vec<_>>())
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn patterns_that_match_nothing_or_cost_too_much_are_named() {
        let table = [
            ("a plain pattern", r"^see also: \w+$", ""),
            ("alternatives", r"\b(?:subscribe|sign up)\b.{0,40}\bnewsletter\b", ""),
            ("the empty string", "(?:read more)?", "matches the empty string"),
            ("a lazy search to the end", "(?s).*?z|ab", "is slow"),
            ("a greedy search to the end", "[a-z]*q|ab", "is slow"),
            ("a long counted repetition", r"[\w\s]{0,200}b", "slow or too large"),
            ("a repetition of a class of thousands", r"\pL{500}", "size limit"),
            ("no pattern at all", "(unclosed", "is not valid"),
            ("a dotless letter", "^kas\u{131}m$", "write `i`"),
            ("a capital", "^\u{c4}nderung$", "write `\u{e4}`"),
        ];
        for (name, pattern, expected) in table {
            let text = format!(
                "pack = \"x\"\n[[rule]]\nname = \"a\"\nkind = \"line\"\nreason = \"r\"\nregex = '{pattern}'\n"
            );
            let found = match Pack::parse("x.toml", &text) {
                Ok(pack) => lint(&pack.rules[0]).join("\n"),
                Err(why) => why.to_string(),
            };
            match expected {
                "" => assert_eq!(found, "", "{name}"),
                // Where the engine's size limit lies decides which of the two it is.
                "slow or too large" => {
                    assert!(
                        found.contains("is slow") || found.contains("size limit"),
                        "{name}: {found}"
                    );
                }
                expected => assert!(found.contains(expected), "{name}: {found}"),
            }
            assert!(found.is_empty() || found.starts_with("x.toml:6:9: "), "{name}: {found}");
        }
    }
}
