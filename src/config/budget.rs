//! How many errors a run may have: the part of `[run]` that decides whether its output is published.

use std::collections::BTreeMap;

use crate::input;
use crate::stage;

/// Whether a rejection is an error by itself, as against a document that was judged: the reader's rejections, and defects
/// of this program.
pub(super) fn is_error(stage: &str, reason: &str) -> bool {
    stage == input::STAGE || reason == stage::INTERNAL_ERROR
}

/// Rejections of a run, by stage and reason.
pub type Rejected = BTreeMap<(String, String), u64>;

/// The limits on errors.
#[derive(Clone, Copy, Debug)]
pub struct Budget<'a> {
    pub(super) max_error_rate: f64,
    pub(super) min_documents: u64,
    pub(super) max_errors: Option<u64>,
    pub(super) max_error_rates: &'a BTreeMap<String, f64>,
}

impl Budget<'_> {
    /// What is over the budget, a sentence each. Depends on the totals alone: neither on order nor on time.
    pub fn exceeded(&self, found: u64, rejected: &Rejected) -> Vec<String> {
        let mut exceeded = Vec::new();
        let mut errors = Rejected::new();
        let mut own: BTreeMap<&str, u64> = BTreeMap::new();
        for ((stage, reason), count) in rejected {
            if let Some((reason, _)) = self.max_error_rates.get_key_value(reason) {
                *own.entry(reason).or_default() += count;
            } else if is_error(stage, reason) {
                errors.insert((stage.clone(), reason.clone()), *count);
            }
        }
        let sum: u64 = errors.values().sum();
        let causes = || {
            let cause = |((stage, reason), count): (&(String, String), &u64)| {
                format!("{stage}:{reason} {count}")
            };
            errors.iter().map(cause).collect::<Vec<_>>().join(", ")
        };
        if self.is_over(sum, found, self.max_error_rate) {
            let limit = self.max_error_rate;
            let causes = causes();
            exceeded.push(format!(
                "{sum} errors in {found} documents, more than `run.max-error-rate = {limit}`: {causes}"
            ));
        }
        if let Some(limit) = self.max_errors.filter(|limit| sum > *limit) {
            exceeded
                .push(format!("{sum} errors, more than `run.max-errors = {limit}`: {}", causes()));
        }
        for (reason, count) in own {
            let limit = self.max_error_rates[reason];
            if self.is_over(count, found, limit) {
                exceeded.push(format!(
                    "{count} of {found} documents are `{reason}`, more than `run.max-error-rates.{reason} = {limit}`"
                ));
            }
        }
        exceeded
    }

    fn is_over(&self, count: u64, found: u64, rate: f64) -> bool {
        // A division is rounded to the nearest number, as the limit was when it was read: 3 in 10 are never more than 0.3.
        found >= self.min_documents && found > 0 && count as f64 / found as f64 > rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(counts: &[(&str, &str, u64)]) -> Rejected {
        let row = |(stage, reason, count): &(&str, &str, u64)| {
            (((*stage).to_owned(), (*reason).to_owned()), *count)
        };
        counts.iter().map(row).collect()
    }

    #[test]
    fn at_the_limit_is_within_and_one_more_is_over_for_every_size() {
        let none = BTreeMap::new();
        for found in 1..=400u64 {
            for errors in 0..=found {
                let max_error_rate = format!("{:.6}", errors as f64 / found as f64);
                let exact = errors as f64 / found as f64;
                for (rate, name) in [(exact, "exact"), (max_error_rate.parse().unwrap(), "read")] {
                    if name == "read" && (errors * 1_000_000) % found != 0 {
                        // Six decimals are not this rate.
                        continue;
                    }
                    let budget = Budget {
                        max_error_rate: rate,
                        min_documents: 0,
                        max_errors: None,
                        max_error_rates: &none,
                    };
                    let over = |errors: u64| {
                        !budget.exceeded(found, &rejected(&[("input", "empty", errors)])).is_empty()
                    };
                    assert!(!over(errors) && over(errors + 1), "{errors} of {found}, {name}");
                    assert!(errors == 0 || !over(errors - 1));
                }
            }
        }
    }

    #[test]
    fn what_counts_and_where() {
        let own = BTreeMap::from([("empty".to_owned(), 0.5), ("language_not_kept".into(), 0.2)]);
        let budget = Budget {
            max_error_rate: 0.1,
            min_documents: 10,
            max_errors: Some(3),
            max_error_rates: &own,
        };
        type Case<'a> = (&'a str, u64, &'a [(&'a str, &'a str, u64)], &'a [&'a str]);
        let table: &[Case<'_>] = &[
            ("nothing found", 0, &[], &[]),
            ("a judgement is no error", 100, &[("language", "mixed_language", 90)], &[]),
            ("too few to judge by rate", 9, &[("input", "binary", 3)], &[]),
            ("the least that is judged", 10, &[("input", "binary", 2)], &["max-error-rate = 0.1"]),
            ("many in many", 1000, &[("input", "binary", 4)], &["max-errors = 3"]),
            (
                "reasons add up",
                1000,
                &[("input", "binary", 2), ("s", "internal_error", 2)],
                &["4 errors"],
            ),
            ("a reason of its own counts by itself", 100, &[("input", "empty", 50)], &[]),
            (
                "and has its own limit",
                100,
                &[("input", "empty", 51)],
                &["max-error-rates.empty = 0.5"],
            ),
            (
                "so may a judgement",
                100,
                &[("language", "language_not_kept", 21)],
                &["language_not_kept = 0.2"],
            ),
            (
                "all at once",
                10,
                &[("input", "binary", 4), ("input", "empty", 6)],
                &["max-error-rate = ", "max-errors", "empty"],
            ),
        ];
        for (name, found, counts, expected) in table {
            let exceeded = budget.exceeded(*found, &rejected(counts));
            assert_eq!(exceeded.len(), expected.len(), "{name}: {exceeded:?}");
            for (message, part) in exceeded.iter().zip(*expected) {
                assert!(message.contains(part), "{name}: {message}");
            }
        }
    }
}
