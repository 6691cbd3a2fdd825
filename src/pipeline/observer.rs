//! Who watches a run, and what may ask it to end early.

use crate::error::Error;

/// Watches a run; the library itself never prints.
pub trait Observer {
    /// A pass begins: its number from 1, how many there are, what it does, and how many bytes it will go through.
    fn pass_begins(&self, number: usize, of: usize, what: &str, bytes: u64);
    /// A document of the pass is done; `bytes` is its share of the pass.
    fn document_done(&self, bytes: u64);
    /// The documents of the pass are through; conclusions are drawn, or files flushed.
    fn pass_resolves(&self, what: &str);
    /// What asks the run to end early, if anything does. The run finishes what is in flight, makes it lasting, and fails
    /// with the error that belongs to it.
    fn interrupted_by(&self) -> Option<Interrupt> {
        None
    }
}

/// What may ask a run to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// A signal, by its number.
    Signal(i32),
    /// The process has taken more memory of its own than it may, in bytes.
    Memory {
        /// What it has.
        used: u64,
        /// What it may have.
        limit: u64,
    },
    /// The files of the run take more room than they may, in bytes.
    Disk {
        /// What they take.
        used: u64,
        /// What they may take.
        limit: u64,
    },
}

impl From<Interrupt> for Error {
    fn from(why: Interrupt) -> Self {
        match why {
            Interrupt::Signal(signal) => Self::Interrupted { signal },
            Interrupt::Memory { used, limit } => Self::MemoryCeiling { used, limit },
            Interrupt::Disk { used, limit } => Self::DiskCeiling { used, limit },
        }
    }
}

/// An observer that does not care.
pub struct Unobserved;

impl Observer for Unobserved {
    fn pass_begins(&self, _: usize, _: usize, _: &str, _: u64) {}
    fn document_done(&self, _: u64) {}
    fn pass_resolves(&self, _: &str) {}
}
