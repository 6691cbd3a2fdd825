//! A DAG with one task.

use copydesk::Exit;

use super::{Generate, UnitFile, final_codes, quoted};

pub(super) fn dag(job: &Generate) -> UnitFile {
    let command: Vec<_> = std::iter::once(job.binary.to_string_lossy().into_owned())
        .chain(job.arguments(&["--json", "--fail-on-empty"]))
        .map(|argument| quoted(&argument))
        .collect();
    let command = command.join(",\n    ");
    let (name, schedule) = (quoted(&job.name), quoted(&job.schedule.cron()));
    let (done, incomplete) = (Exit::Done.code(), Exit::Incomplete.code());
    let (empty, codes) = (Exit::Empty.code(), final_codes(", "));
    let user = match &job.user {
        Some(user) => format!(", run_as_user={}", quoted(user)),
        None => String::new(),
    };
    let text = format!(
        r#""""copydesk: cleans the dump and publishes the result as a whole, or not at all."""

import json
import subprocess
from datetime import datetime, timedelta

try:  # Airflow 3
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException

COMMAND = [
    {command},
]


@task(retries=3, retry_delay=timedelta(minutes=10){user})
def clean():
    """Runs copydesk and hands its summary on, as the task's XCom."""
    run = subprocess.run(COMMAND, stdout=subprocess.PIPE, text=True)
    if run.returncode in ({done}, {incomplete}):  # {incomplete}: some input could not be read, see input_losses
        return json.loads(run.stdout.splitlines()[-1])
    message = f"copydesk ended with exit code {{run.returncode}}"
    if run.returncode == {empty}:
        raise AirflowSkipException(message)
    if run.returncode in ({codes}):  # another try would fail the same way
        raise AirflowFailException(message)
    raise AirflowException(message)


@dag(dag_id={name}, schedule={schedule}, start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1)
def copydesk():
    clean()


copydesk()
"#
    );
    UnitFile { name: format!("{}.py", job.name.replace('-', "_")), text }
}
