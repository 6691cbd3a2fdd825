//! Messages about a configuration file: where, what, and what was probably meant.

use std::ops::Range;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use crate::error::Error;
use crate::nearest::nearest;

/// Stands in a shape for a name of the user's.
pub(super) const ANY_NAME: &str = "*";

/// A configuration file and what to call it.
pub(super) struct SourceText<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl SourceText<'_> {
    /// Compares the keys with those of `shape` and reports all that are unknown.
    pub(super) fn check_keys(&self, shape: &impl Serialize) -> Result<(), Error> {
        let table = DeTable::parse(self.text)
            .map_err(|why| Error::Setup(self.describe(why.span(), why.message(), None)))?;
        let known = toml::Table::try_from(shape)
            .map_err(|why| Error::Internal(format!("the shape is not a table: {why}")))?;
        let mut unknown = Vec::new();
        collect_unknown(table.get_ref(), &known, "", &mut unknown);
        if unknown.is_empty() {
            return Ok(());
        }
        unknown.sort_by_key(|unknown| unknown.at.start);
        let messages: Vec<_> = unknown
            .iter()
            .map(|unknown| {
                let message = format!("unknown key `{}`", unknown.path);
                self.describe(Some(unknown.at.clone()), &message, unknown.nearest.as_deref())
            })
            .collect();
        Err(Error::Setup(messages.join("\n")))
    }

    /// Adds the place to a message that begins with a key in backticks.
    pub(super) fn place(&self, why: Error) -> Error {
        let Error::Setup(message) = &why else { return why };
        let key = message.strip_prefix('`').and_then(|rest| rest.split('`').next());
        let Some(at) = key.and_then(|key| self.find(key)) else { return why };
        let (first, hints) = message.split_once('\n').unwrap_or((message, ""));
        let mut placed = self.describe(Some(at), first, None);
        if !hints.is_empty() {
            placed.push('\n');
            placed.push_str(hints);
        }
        Error::Setup(placed)
    }

    /// `file:line:column: message`, the line itself with the place marked, and a hint.
    pub(super) fn describe(
        &self,
        at: Option<Range<usize>>,
        message: &str,
        nearest: Option<&str>,
    ) -> String {
        let mut text = match &at {
            None => format!("{}: {message}", self.name),
            Some(at) => {
                let (number, column, line) = self.locate(at.start);
                let left = line.chars().count().saturating_sub(column - 1);
                let marked = self.text.get(at.clone()).unwrap_or_default();
                let marked = marked.lines().next().unwrap_or_default().chars().count();
                let margin = " ".repeat(number.to_string().len());
                let indent = " ".repeat(column - 1);
                let caret = "^".repeat(marked.min(left).max(1));
                format!(
                    "{}:{number}:{column}: {message}\n{margin} |\n{number} | {line}\n{margin} | {indent}{caret}",
                    self.name
                )
            }
        };
        if let Some(nearest) = nearest {
            text.push_str(&format!("\nhint: did you mean `{nearest}`?"));
        }
        text
    }

    /// Line and column, both from 1, the column in characters.
    fn locate(&self, at: usize) -> (usize, usize, &str) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[start..].lines().next().unwrap_or_default();
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1, line)
    }

    /// Where a dotted key stands. A part of it may hold dots itself, as the name of a source does.
    fn find(&self, key: &str) -> Option<Range<usize>> {
        find_in(DeTable::parse(self.text).ok()?.get_ref(), key)
    }
}

fn find_in(table: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    table.iter().find_map(|(key, value)| {
        match (path.strip_prefix(key.get_ref().as_ref())?, value.get_ref()) {
            ("", _) => Some(key.span()),
            (rest, DeValue::Table(table)) => find_in(table, rest.strip_prefix('.')?),
            _ => None,
        }
    })
}

struct Unknown {
    path: String,
    at: Range<usize>,
    nearest: Option<String>,
}

fn collect_unknown(
    table: &DeTable<'_>,
    known: &toml::Table,
    within: &str,
    unknown: &mut Vec<Unknown>,
) {
    // Where the keys are the user's own names, the shape shows one of them.
    let any_name = known.get(ANY_NAME);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let path = if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
        match (known.get(name).or(any_name), value.get_ref()) {
            (None, _) => unknown.push(Unknown {
                path,
                at: key.span(),
                nearest: nearest(name, known.keys().map(String::as_str)),
            }),
            (Some(toml::Value::Table(known)), DeValue::Table(table)) => {
                collect_unknown(table, known, &path, unknown);
            }
            _ => {}
        }
    }
}
