//! What the command says on standard error: lines for people, or a JSON object a line with `--log-format json`.
//!
//! Neither ever holds text of documents. What comes from the input, names of files and sources, is made harmless for a
//! terminal.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use copydesk::{Exit, Interrupt, Observer};
use serde_json::{Value, json};

use crate::signals::Interruption;

/// The language of standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// An object a line: `time` (seconds since 1970), `level`, `event`, and what belongs to the event
    Json,
}

static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Chooses the language, once, before anything is said.
pub(crate) fn speak(format: LogFormat) {
    FORMAT.get_or_init(|| format);
}

/// Whether events are wanted instead of lines.
pub(crate) fn is_json() -> bool {
    FORMAT.get() == Some(&LogFormat::Json)
}

/// Says that something is not as it should be, though the run goes on.
pub(crate) fn warn(message: &str) {
    if is_json() {
        return event("warn", "warning", json!({ "message": message }));
    }
    say(&format!("warning: {}", safe_lines(message)));
}

/// Says what happens now.
pub(crate) fn inform(message: &str) {
    if is_json() {
        return event("info", "notice", json!({ "message": message }));
    }
    say(message);
}

/// Says why the command fails.
pub(crate) fn fail(message: &str, exit: Exit) {
    if is_json() {
        let what =
            json!({ "message": message, "exit_code": exit.code(), "meaning": exit.meaning() });
        return event("error", "failed", what);
    }
    say(&format!("error: {}", safe_lines(message)));
}

/// Writes an event; `fields` is an object.
pub(crate) fn event(level: &str, name: &str, fields: Value) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = since.as_millis() as f64 / 1e3;
    let mut line = json!({ "time": time, "level": level, "event": name });
    if let (Some(line), Value::Object(fields)) = (line.as_object_mut(), fields) {
        line.extend(fields);
    }
    say(&safe_json(&line));
}

/// JSON in one line, with what could steer a terminal escaped.
pub(crate) fn safe_json(value: &Value) -> String {
    let mut safe = String::new();
    for c in value.to_string().chars() {
        // They can only stand in a string, where an escape means the same.
        match is_harmless(c) {
            true => safe.push(c),
            false => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| safe += &format!("\\u{unit:04x}"));
            }
        }
    }
    safe
}

/// Text of several lines, with what could steer a terminal blanked.
pub(crate) fn safe_lines(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || is_harmless(c) { c } else { ' ' }).collect()
}

/// Whether a character only shows itself: no control, no direction, no line separator.
pub(crate) fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn say(line: &str) {
    // There is nobody left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Tells the passes of a run as events.
pub(crate) struct Events {
    /// Nothing but what asks the run to end.
    pub(crate) is_quiet: bool,
    pub(crate) interruption: Interruption,
}

impl Observer for Events {
    fn pass_begins(&self, number: usize, of: usize, what: &str, bytes: u64) {
        if self.is_quiet {
            return;
        }
        let fields = json!({ "pass": number, "passes": of, "stages": what, "bytes": bytes });
        event("info", "pass_begins", fields);
    }

    fn document_done(&self, _: u64) {}

    fn pass_resolves(&self, what: &str) {
        if !self.is_quiet {
            event("info", "pass_resolves", json!({ "what": what }));
        }
    }

    fn interrupted_by(&self) -> Option<Interrupt> {
        self.interruption.asked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_steers_a_terminal() {
        let hostile = "a\u{1b}]0;pwn\u{7}\u{202e}b\u{9b}\u{2028}\u{2066}c\u{7f}\n🗞";
        let lines = safe_lines(hostile);
        assert!(lines.chars().all(|c| c == '\n' || is_harmless(c)), "{lines:?}");
        assert!(lines.ends_with("\n🗞"));
        let line = safe_json(&json!({ "message": hostile }));
        assert!(line.chars().all(is_harmless), "{line:?}");
        let back: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(back["message"], hostile);
    }
}
