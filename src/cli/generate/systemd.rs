//! A oneshot service and its timer.

use anyhow::Result;
use copydesk::{Error, Exit};

use super::{Generate, UnitFile, final_codes};

pub(super) fn units(job: &Generate) -> Result<Vec<UnitFile>> {
    let calendar = job.schedule.calendar().map_err(Error::Setup)?;
    let name = &job.name;
    let user = match &job.user {
        Some(user) => format!("User={user}\n"),
        None => String::new(),
    };
    let command: Vec<_> = std::iter::once(job.binary.to_string_lossy().into_owned())
        .chain(job.arguments(&["--log-format", "json"]))
        .map(|argument| word(&argument))
        .collect();
    let command = command.join(" ");
    let mut writable = vec![path(&job.output_folder().to_string_lossy())];
    if let Some(folder) = job.metrics.as_deref().and_then(|metrics| metrics.parent()) {
        writable.push(path(&folder.to_string_lossy()));
    }
    let (writable, codes) = (writable.join(" "), final_codes(" "));
    let incomplete = Exit::Incomplete.code();
    let dump = path(&job.dump.to_string_lossy());
    let service = format!(
        r#"# copydesk: cleans the dump and publishes the result as a whole, or not at all.
# Install: cp {name}.service {name}.timer /etc/systemd/system/ && systemctl enable --now {name}.timer
[Unit]
Description=Clean a news dump with copydesk
RequiresMountsFor={dump} {writable}
StartLimitIntervalSec=6h
StartLimitBurst=4

[Service]
Type=oneshot
{user}ExecStart={command}
# {incomplete}: done, but some input could not be read. It is in the log and in rejected.csv.
SuccessExitStatus={incomplete}
Restart=on-failure
RestartSec=10min
# Another try would fail the same way.
RestartPreventExitStatus={codes}
TimeoutStopSec=60
UMask=0077
Nice=10
NoNewPrivileges=yes
PrivateNetwork=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
"#
    );
    let timer = format!(
        r#"[Unit]
Description=Run {name}.service

[Timer]
OnCalendar={calendar}
Persistent=yes

[Install]
WantedBy=timers.target
"#
    );
    Ok(vec![
        UnitFile { name: format!("{name}.service"), text: service },
        UnitFile { name: format!("{name}.timer"), text: timer },
    ])
}

/// A word of `ExecStart=`: no specifiers, no variables, quoted where it must be.
fn word(text: &str) -> String {
    let escaped = text.replace('%', "%%").replace('$', "$$");
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%$~".contains(c);
    match escaped.chars().all(is_plain) {
        true => escaped,
        false => format!("\"{}\"", escaped.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// A path in a list of paths.
fn path(text: &str) -> String {
    let escaped = text.replace('%', "%%");
    match escaped.contains([' ', '\\', '"', '\'']) {
        true => format!("\"{}\"", escaped.replace('\\', "\\\\").replace('"', "\\\"")),
        false => escaped,
    }
}
