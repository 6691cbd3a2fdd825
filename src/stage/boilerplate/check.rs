//! What a guard finds, beside its limit: what `copydesk explain` shows.

/// One condition with the value that was found, as `copydesk explain` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The guard's key in the pack.
    pub guard: &'static str,
    /// What was counted; 1 and 0 stand for yes and no.
    pub value: f64,
    /// Which side of the limit is wanted.
    pub bound: Bound,
    /// The threshold.
    pub limit: f64,
    /// Whether the value is on the wanted side.
    pub passed: bool,
}

/// Which side of a limit is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The value must not exceed the limit.
    AtMost,
    /// The value must reach the limit.
    AtLeast,
    /// There is no limit: the value is one that the classifier's score rests on.
    Shown,
}

impl Check {
    pub(super) fn at_most(guard: &'static str, value: usize, limit: usize) -> Self {
        let (value, limit) = (value as f64, limit as f64);
        Self { guard, value, bound: Bound::AtMost, limit, passed: value <= limit }
    }

    pub(super) fn at_least(guard: &'static str, value: usize, limit: usize) -> Self {
        let (value, limit) = (value as f64, limit as f64);
        Self { guard, value, bound: Bound::AtLeast, limit, passed: value >= limit }
    }

    pub(super) fn shown(guard: &'static str, value: f64) -> Self {
        Self { guard, value, bound: Bound::Shown, limit: value, passed: true }
    }

    pub(super) fn holds(guard: &'static str, passed: bool) -> Self {
        Self::at_least(guard, usize::from(passed), 1)
    }
}

/// A check of a condition that a rule asks for.
pub(super) fn when(
    wanted: bool,
    guard: &'static str,
    test: impl FnOnce() -> bool,
) -> Option<Check> {
    wanted.then(|| Check::holds(guard, test()))
}

/// Whether every check passes; all of them are made only if someone wants to see them.
pub(super) fn all_pass(
    found: impl Iterator<Item = Check>,
    checks: Option<&mut Vec<Check>>,
) -> bool {
    match checks {
        None => found.into_iter().all(|check| check.passed),
        Some(checks) => {
            let from = checks.len();
            checks.extend(found);
            checks[from..].iter().all(|check| check.passed)
        }
    }
}
