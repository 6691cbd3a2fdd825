//! A crontab.

use super::{Generate, UnitFile};

pub(super) fn table(job: &Generate) -> UnitFile {
    let schedule = job.schedule.cron();
    let command: Vec<_> = std::iter::once(job.binary.to_string_lossy().into_owned())
        .chain(job.arguments(&[]))
        .map(|argument| word(&argument))
        .collect();
    let command = command.join(" ");
    let (place, user) = match &job.user {
        Some(user) => (format!("cp {0} /etc/cron.d/{0}", job.name), format!("{user} ")),
        None => (format!("(crontab -l; cat {}) | crontab -", job.name), String::new()),
    };
    let text = format!(
        r#"# copydesk: cleans the dump and publishes the result as a whole, or not at all.
# Install: {place}
# cron mails what a job prints. A run that is done without warnings prints nothing; any other says what is wrong, so that
# the mail is the alarm. A run that finds another one at work says so and ends; the next one comes at its time.
SHELL=/bin/sh
{schedule} {user}umask 077; {command}
"#
    );
    UnitFile { name: job.name.clone(), text }
}

/// A word for the shell in a crontab, where `%` is a line break unless it is escaped.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    let quoted = match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    };
    // cron takes the backslash away before the shell sees the line, so that quotes make no difference.
    quoted.replace('%', "\\%")
}
