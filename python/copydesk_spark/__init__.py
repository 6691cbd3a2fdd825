"""copydesk on Spark: the stages of a run on one machine, and its rows."""

from ._native import __version__

# Jobs of this process by their bytes: built once, and the same for all tasks.
jobs = {}

__all__ = ["__version__", "jobs"]
