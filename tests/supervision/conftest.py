"""Caseload snapshots of the small district, with capacity where a test gives it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Publication, Run, State
from alignment_dash.schoolyear import current_year
from instruction import snapshots
from instruction.models import EvidenceClass, SchoolCapacity
from supervision.models import CASELOAD_RUN


@pytest.fixture
def compute() -> Callable[[], Run]:
    """Return a function that runs the caseload job as a worker would."""

    def computed() -> Run:
        run = actions.request_run(kind=CASELOAD_RUN, school_year=current_year(), by=None)
        tasks.perform(run.pk)
        return Run.objects.get(pk=run.pk)

    return computed


@pytest.fixture
def capacity(district) -> Run:
    """Publish a capacity snapshot without cells."""
    subject = str(district.version.framework.uid)
    run = Run.objects.create(
        kind=snapshots.KIND,
        school_year=current_year(),
        subject=subject,
        state=State.SUCCEEDED,
        ended_at=timezone.now(),
    )
    Publication.objects.create(kind=run.kind, school_year=run.school_year, subject=subject, run=run)
    return run


@pytest.fixture
def cell(district, capacity) -> Callable[..., SchoolCapacity]:
    """Return a function that adds a cell: places of school and element, gap (None: not enough evidence)."""
    elements = list(district.version.elements.values_list("element_id", flat=True))

    def added(
        school: int, element: int, gap: float | None, p_below: float = 0.96, **fields: Any
    ) -> SchoolCapacity:
        known = {} if gap is None else {"gap": gap, "estimate": 3.0 - gap, "se": 0.1, "p_below": p_below}
        evidence = EvidenceClass.NOT_ENOUGH if gap is None else EvidenceClass.ESTIMATED
        return SchoolCapacity.objects.create(
            run=capacity,
            school=district.schools[school],
            element_id=elements[element],
            **{
                "evidence": evidence,
                "target": 3.0,
                "n_ratings": 6,
                "n_observations": 6,
                "n_teachers": 5,
                "n_raters": 1,
                "roster_size": 6,
                "is_linked": True,
                **known,
                **fields,
            },
        )

    return added
