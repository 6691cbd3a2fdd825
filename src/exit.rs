//! What the process's exit code says: the one definition, from which help, README and the units of `generate` come.

/// A way for the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; rejected documents within the error budget are normal, and reported.
    Done,
    /// A defect of this program.
    Internal,
    /// The command line was wrong.
    Usage,
    /// Published, but some input could not be read.
    Incomplete,
    /// Too many errors, or too much removed.
    OverBudget,
    /// There was nothing to do.
    Empty,
    /// The input root does not exist.
    InputMissing,
    /// Another run writes to the same output.
    Locked,
    /// A published folder, or a figure, is not what it must be.
    Mismatch,
    /// The output could not be written.
    Output,
    /// The memory ceiling was reached.
    Memory,
    /// The configuration is wrong.
    Setup,
    /// Stopped by SIGHUP.
    Hangup,
    /// Stopped by SIGINT.
    Interrupt,
    /// Stopped by SIGTERM.
    Terminate,
}

/// What a scheduler should do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Go on.
    Success,
    /// Go on, and tell somebody.
    Warn,
    /// Go on without this run.
    Skip,
    /// Tell somebody.
    Page,
    /// Another attempt may succeed.
    Retry,
    /// Another attempt will fail the same way.
    Stop,
}

impl Advice {
    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Page => "tell somebody",
            Self::Retry => "retry",
            Self::Stop => "do not retry",
        }
    }
}

impl Exit {
    /// All of them, by code.
    pub const ALL: [Self; 15] = [
        Self::Done,
        Self::Internal,
        Self::Usage,
        Self::Incomplete,
        Self::OverBudget,
        Self::Empty,
        Self::InputMissing,
        Self::Locked,
        Self::Mismatch,
        Self::Output,
        Self::Memory,
        Self::Setup,
        Self::Hangup,
        Self::Interrupt,
        Self::Terminate,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::OverBudget => 4,
            Self::Empty => 9,
            Self::InputMissing => 10,
            Self::Locked => 11,
            Self::Mismatch => 12,
            Self::Output => 13,
            Self::Memory => 14,
            Self::Setup => 78,
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// What it means, in a line.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done; rejected documents within the error budget are normal",
            Self::Internal => "internal error; 101 is a panic of the whole program",
            Self::Usage => "wrong usage",
            Self::Incomplete => {
                "done, but some input could not be read (`--allow-unreadable` makes it 0)"
            }
            Self::OverBudget => {
                "over the error budget, or too much removed and `--strict`; the old output stays"
            }
            Self::Empty => {
                "nothing to do, with `--fail-on-empty` (`--empty-exit-code` sets the code)"
            }
            Self::InputMissing => "input not found",
            Self::Locked => "the output is locked by another run",
            Self::Mismatch => {
                "`verify` or `undo`: not what the run wrote; `eval`: a figure missed its gate"
            }
            Self::Output => "the output could not be written; the old output stays",
            Self::Memory => "the memory ceiling was reached; the old output stays",
            Self::Setup => "wrong configuration; nothing was read or written",
            Self::Hangup => "stopped by SIGHUP; the old output stays",
            Self::Interrupt => "stopped by SIGINT; the old output stays",
            Self::Terminate => "stopped by SIGTERM; the old output stays",
        }
    }

    /// Whether a run that ends so has published its output; `None` where the question does not arise.
    pub const fn is_published(self) -> Option<bool> {
        match self {
            Self::Done | Self::Incomplete => Some(true),
            Self::Usage | Self::Mismatch => None,
            _ => Some(false),
        }
    }

    /// What a scheduler should do.
    pub const fn advice(self) -> Advice {
        match self {
            Self::Done => Advice::Success,
            Self::Incomplete => Advice::Warn,
            Self::Empty => Advice::Skip,
            Self::InputMissing
            | Self::Locked
            | Self::Output
            | Self::Memory
            | Self::Hangup
            | Self::Interrupt
            | Self::Terminate => Advice::Retry,
            Self::Internal => Advice::Page,
            Self::Usage | Self::OverBudget | Self::Mismatch | Self::Setup => Advice::Stop,
        }
    }

    /// The codes that a scheduler must not retry, ascending.
    pub fn final_codes() -> Vec<u8> {
        let is_final = |exit: &Self| exit.advice() == Advice::Stop;
        Self::ALL.into_iter().filter(is_final).map(Self::code).collect()
    }

    /// The table as `copydesk help exit-codes` prints it.
    pub fn plain_table() -> String {
        let line = |exit: Self| {
            let (code, advice) = (exit.code(), exit.advice().as_str());
            format!("{code:>4}  {:9}  {advice:13}  {}\n", published(exit), exit.meaning())
        };
        let head = "code  published  scheduler      meaning\n".to_owned();
        Self::ALL.into_iter().map(line).fold(head, |table, line| table + &line)
    }

    /// The table as the README has it.
    pub fn markdown_table() -> String {
        let line = |exit: Self| {
            let (code, advice) = (exit.code(), exit.advice().as_str());
            format!("| {code} | {} | {} | {advice} |\n", exit.meaning(), published(exit))
        };
        let head =
            "| exit code | meaning | published | scheduler |\n|---|---|---|---|\n".to_owned();
        Self::ALL.into_iter().map(line).fold(head, |table, line| table + &line)
    }
}

fn published(exit: Exit) -> &'static str {
    match exit.is_published() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "–",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_the_readme_has_their_table() {
        let codes: Vec<_> = Exit::ALL.into_iter().map(Exit::code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        let readme = include_str!("../README.md");
        let table = Exit::markdown_table();
        assert!(readme.contains(&table), "the README lacks this table:\n{table}");
    }

    #[test]
    fn what_a_scheduler_must_not_retry() {
        assert_eq!(Exit::final_codes(), [2, 4, 12, 78]);
    }
}
