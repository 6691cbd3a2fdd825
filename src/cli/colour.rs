//! Colour on a terminal, and plain text everywhere else.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, IsTerminal};

/// What a part of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Text that goes.
    Cut,
    /// The headline, and names of sections.
    Heading,
    /// The rule that cuts.
    Rule,
    /// Evidence, and rules that do not apply.
    Faint,
}

impl Style {
    /// The parameters of the SGR sequence. Only the eight colours that every theme sets, so that it can be read on
    /// light and dark ground; a cut is struck through as well, for who cannot tell red.
    fn sgr(self) -> &'static str {
        match self {
            Self::Cut => "31;9",
            Self::Heading => "1",
            Self::Rule => "33",
            Self::Faint => "2",
        }
    }
}

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Painter {
    is_coloured: bool,
}

impl Painter {
    /// For standard output: NO_COLOR first, then CLICOLOR_FORCE, then whether there is a terminal that can do it.
    pub(super) fn for_stdout() -> Self {
        let variable = |name: &str| std::env::var_os(name);
        Self { is_coloured: is_wanted(variable, io::stdout().is_terminal()) }
    }

    /// The text in a style.
    pub(super) fn paint(self, style: Style, text: impl Display) -> String {
        match self.is_coloured {
            true => format!("\x1b[{}m{text}\x1b[0m", style.sgr()),
            false => text.to_string(),
        }
    }

    /// Text that goes, which has marks around it where there is no colour.
    pub(super) fn cut(self, text: &str) -> String {
        match self.is_coloured {
            true => self.paint(Style::Cut, text),
            false => format!("[-{text}-]"),
        }
    }
}

/// As <https://no-color.org> and <https://bixense.com/clicolors> have it: an empty variable is none.
fn is_wanted(variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let is_off = set("CLICOLOR").is_some_and(|value| value == "0");
    is_terminal && !is_off && set("TERM").is_none_or(|value| value != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        type Variables<'a> = &'a [(&'a str, &'a str)];
        let table: [(&str, Variables<'_>, bool, bool); 9] = [
            ("a terminal", &[("TERM", "xterm")], true, true),
            ("a pipe", &[("TERM", "xterm")], false, false),
            ("a dumb terminal", &[("TERM", "dumb")], true, false),
            ("no colour", &[("NO_COLOR", "1")], true, false),
            ("an empty variable", &[("NO_COLOR", "")], true, true),
            ("forced into a pipe", &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], false, true),
            ("not forced", &[("CLICOLOR_FORCE", "0")], false, false),
            ("both", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            ("switched off", &[("CLICOLOR", "0")], true, false),
        ];
        for (name, variables, is_terminal, expected) in table {
            let find = |name: &str| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(is_wanted(find, is_terminal), expected, "{name}");
        }
    }

    #[test]
    fn without_colour_a_cut_has_marks() {
        let plain = Painter { is_coloured: false };
        let coloured = Painter { is_coloured: true };
        assert_eq!(plain.cut("x") + &plain.paint(Style::Rule, 7), "[-x-]7");
        assert_eq!(coloured.cut("x"), "\x1b[31;9mx\x1b[0m");
    }
}
