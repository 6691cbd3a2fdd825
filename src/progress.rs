//! Progress for people: a bar on a terminal, silence elsewhere.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use copydesk::{Interrupt, Observer};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::signals::Interruption;

/// Draws the current pass on standard error, if that is a terminal.
pub(crate) struct Progress {
    bar: RefCell<ProgressBar>,
    documents: Cell<u64>,
    is_wanted: bool,
    interruption: Interruption,
}

/// The count of documents is redrawn this often; the bar itself draws at most ten times a second.
const DOCUMENTS_A_MESSAGE: u64 = 64;

impl Progress {
    /// A bar that is drawn only if `is_wanted`, and only on a terminal.
    pub(crate) fn new(is_wanted: bool) -> Self {
        Self {
            bar: RefCell::new(ProgressBar::hidden()),
            documents: Cell::new(0),
            is_wanted,
            interruption: Interruption::default(),
        }
    }

    /// Passes on what asks the run to end.
    pub(crate) fn with_interruption(self, interruption: Interruption) -> Self {
        Self { interruption, ..self }
    }

    /// Takes the bar away, so that the summary stands alone.
    pub(crate) fn clear(&self) {
        self.bar.borrow().finish_and_clear();
    }
}

impl Observer for Progress {
    fn pass_begins(&self, number: usize, of: usize, what: &str, bytes: u64) {
        self.clear();
        self.documents.set(0);
        if !self.is_wanted {
            return;
        }
        let style = ProgressStyle::with_template(
            "{prefix} [{bar:20}] {bytes}/{total_bytes}, {msg}, {binary_bytes_per_sec}, {eta} left",
        )
        .expect("the template is well-formed")
        .progress_chars("=> ");
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        bar.set_style(style);
        bar.set_prefix(format!("pass {number}/{of} {what}"));
        bar.set_message("0 documents");
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar.replace(bar);
    }

    fn document_done(&self, bytes: u64) {
        let documents = self.documents.get() + 1;
        self.documents.set(documents);
        let bar = self.bar.borrow();
        bar.inc(bytes);
        if documents.is_multiple_of(DOCUMENTS_A_MESSAGE) {
            bar.set_message(format!("{} documents", HumanCount(documents)));
        }
    }

    fn interrupted_by(&self) -> Option<Interrupt> {
        self.interruption.asked()
    }

    fn pass_resolves(&self, what: &str) {
        let documents = HumanCount(self.documents.get());
        self.bar.borrow().set_message(format!("{documents} documents, {what}"));
    }
}
