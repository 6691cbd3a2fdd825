"""copydesk on Spark: the stages of a run on one machine, and its rows."""

from ._native import __version__

__all__ = ["__version__"]
