//! The `copydesk` command: parse, load, run, report, exit code.

mod ceilings;
mod cli;
mod log;
mod progress;
mod signals;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // A stage that panics costs one document, and the run goes on. The message may quote the document, so only the place
    // is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        log::warn(&format!("internal error at {place}; please report it"));
    }));
    let arguments = cli::Arguments::parse();
    log::speak(arguments.log_format);
    match arguments.run() {
        Ok(code) => code,
        Err(why) => cli::report_failure(&why),
    }
}
