"""A job that does nothing, for measuring how soon a worker starts one."""

from alignment_dash.runs import registry
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress

KIND = "bench-noop"


def perform(run: Run, progress: Progress) -> None:
    """Do nothing."""


registry.register(registry.Job(kind=KIND, label="Nothing", perform=perform, publishes=False, nightly=False))
