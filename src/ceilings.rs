//! Ceilings: a run that grows beyond the memory or the disk it may take ends with a message, before the kernel ends it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use copydesk::{Config, Error, Interrupt};

use crate::signals::Interruption;

/// How often both are looked at.
const EVERY: Duration = Duration::from_millis(50);

/// Beyond the ceiling by this much the run is not waited for.
const PATIENCE: f64 = 1.25;

/// Watches the process from a thread of its own. A run that is over a ceiling is asked to end, and what it has done is
/// kept; one that goes on growing ends at once.
pub(crate) fn watch(config: &Config, interruption: &Interruption) {
    let memory_limit = config.run.memory_bytes();
    let disk_limit = Some(config.run.max_disk.0).filter(|limit| *limit > 0);
    let interruption = interruption.clone();
    let watch = move || {
        loop {
            thread::sleep(EVERY);
            let memory =
                own_memory_bytes().map(|used| Interrupt::Memory { used, limit: memory_limit });
            let disk = disk_limit.map(|limit| Interrupt::Disk { used: own_files_bytes(), limit });
            for interrupt in [memory, disk].into_iter().flatten() {
                let (Interrupt::Memory { used, limit } | Interrupt::Disk { used, limit }) =
                    interrupt
                else {
                    continue;
                };
                if used <= limit {
                    continue;
                }
                interruption.ask(interrupt);
                if used as f64 > PATIENCE * limit as f64 {
                    let why = Error::from(interrupt);
                    let code = i32::from(why.exit().code());
                    crate::cli::report_failure(&why.into());
                    // The run is in the middle of something that cannot be asked; what it made lasting is there.
                    std::process::exit(code);
                }
            }
        }
    };
    // Without the thread there is no ceiling, but the run is as right as with it.
    let _ = thread::Builder::new().name("ceilings".into()).spawn(watch);
}

/// Memory that is the process's own: what the kernel cannot drop or read again.
fn own_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Bytes on disk of all files that the process has open for writing or has taken the name from: tables in the making,
/// scratch files, the segment of the state.
fn own_files_bytes() -> u64 {
    let descriptors = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    descriptors
        .filter(|entry| {
            fs::read_link(entry.path())
                .is_ok_and(|path| path.to_string_lossy().ends_with(" (deleted)") || is_work(&path))
        })
        .filter_map(|entry| fs::metadata(entry.path()).ok())
        .filter(|metadata| metadata.is_file())
        .map(|metadata| metadata.blocks() * 512)
        .sum()
}

fn is_work(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_string_lossy().ends_with(".copydesk"))
        || path.extension().is_some_and(|extension| extension == "segment")
}
