//! Signals: the first asks the run to end well, the second ends it.

use std::io;
use std::process;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use copydesk::Interrupt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;

/// Whether something asks the run to end, and what.
#[derive(Clone, Default)]
pub(crate) struct Interruption {
    first: Arc<OnceLock<Interrupt>>,
}

impl Interruption {
    /// Asks the run to end; only the first reason counts. Whether this is it.
    pub(crate) fn ask(&self, why: Interrupt) -> bool {
        self.first.set(why).is_ok()
    }

    /// Why the run is to end, if it is.
    pub(crate) fn asked(&self) -> Option<Interrupt> {
        self.first.get().copied()
    }

    /// Listens for SIGTERM, SIGINT and SIGHUP. After the first the run has `grace` to end by itself; when that is over, or at
    /// the second, the process ends at once. What a run has made lasting by then is there for the next.
    ///
    /// A write beyond the file size limit (SIGXFSZ) fails like any other, instead of killing the process without a word.
    pub(crate) fn listen(grace: Duration) -> io::Result<Self> {
        let interruption = Self::default();
        signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
        let wanted = [SIGTERM, SIGINT, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
        let mut signals = Signals::new(wanted)?;
        let first = interruption.clone();
        thread::Builder::new().name("signals".into()).spawn(move || {
            for signal in signals.forever() {
                if !first.ask(Interrupt::Signal(signal)) {
                    process::exit(128 + signal);
                }
                crate::log::inform(&format!(
                    "ending after what is in flight, within {} s; a second signal ends at once",
                    grace.as_secs()
                ));
                thread::spawn(move || {
                    thread::sleep(grace);
                    process::exit(128 + signal);
                });
            }
        })?;
        Ok(interruption)
    }
}

/// Whether whoever started the process wants it to ignore a signal, as `nohup` does.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & (1 << (signal - 1)) != 0
}
