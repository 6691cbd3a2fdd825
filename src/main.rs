//! The `copydesk` command: parse, load, run, report, exit code.

mod cli;
mod progress;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match arguments.run() {
        Ok(code) => code,
        Err(why) => cli::report_failure(&why),
    }
}
