"""A district whose capacity has been computed."""

import pytest

from alignment_dash import schoolyear
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run


@pytest.fixture
def compute(district):
    """Return a function that runs a capacity job of a year as a worker would, and returns its run."""

    def computed(year=None, kind="capacity"):
        run = actions.request_run(
            kind=kind,
            school_year=year or schoolyear.current_year(),
            by=None,
            subject=str(district.version.framework.uid),
        )
        tasks.perform(run.pk)
        return Run.objects.get(pk=run.pk)

    return computed


@pytest.fixture
def computed(compute):
    """The run that stands."""
    return compute()
