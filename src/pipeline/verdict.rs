//! Whether a finished output may be published.

use super::Report;
use crate::config::Config;
use crate::error::Error;
use crate::output::publish::Publication;

/// Refuses an output that is over the error budget, or that an alarm speaks against where alarms are strict. Its tables
/// are put aside, for a person to look at.
pub(super) fn judge(
    config: &Config,
    report: &Report,
    publication: &Publication,
) -> Result<(), Error> {
    let found = report.funnel.found();
    if config.run.fail_on_empty && found == 0 {
        return Err(Error::Empty(config.input.path.clone()));
    }
    let mut limits = config.run.budget().exceeded(found, &report.funnel.rejected);
    if config.alarm.strict {
        limits.extend(report.over_cleaned.iter().map(ToString::to_string));
    }
    if limits.is_empty() {
        return Ok(());
    }
    Err(Error::OverBudget { limits, aside: publication.set_aside() })
}
