//! Where the output of a run goes that must not be published.

use std::fs;
use std::path::PathBuf;

use super::publish::Publication;

/// Its name in the run's own folder beside the output, which is never read as input.
pub(super) const FOLDER: &str = "failed";

impl Publication {
    /// Puts the finished tables aside, as `.OUT.copydesk/failed`, until the next run begins. `None` if that cannot be done:
    /// the run has failed already, and that is what its user must hear.
    pub fn set_aside(&self) -> Option<PathBuf> {
        let aside = self.work().join(FOLDER);
        fs::rename(self.tree().path(), &aside).ok().map(|()| aside)
    }
}
