"""The caseload job: reads caseloads and the published capacity snapshots, writes a caseload snapshot."""

from datetime import date

from django.db import transaction

from alignment_dash.runs import actions as runs
from alignment_dash.runs.models import Run
from alignment_dash.runs.queries import Snapshot, snapshot
from alignment_dash.runs.registry import Progress
from alignment_dash.schoolyear import current_year, roster_day
from instruction import snapshots
from instruction.capacity.rules import DEFAULT_RULES
from instruction.leadership import KIND_EVALUATIVE
from instruction.models import FrameworkKind, FrameworkVersion
from supervision.actions import follow_roster, sync_all_grants
from supervision.indexing import needs_from, weights_of
from supervision.models import NeedWeights
from supervision.needs import Bounds, needs_of_schools
from supervision.reading import read
from supervision.spans import district_span, kept_span
from supervision.summing import school_rows, summary_rows
from supervision.writing import clear, write_schools, write_summaries

METHOD = "span-need-and-widest-gap-2"
_STEPS = 3


def perform(run: Run, progress: Progress) -> None:
    """Sum up every caseload of the year's roster day. Without a capacity snapshot, gaps stay empty.

    Before that, today's caseloads follow today's roster, and supervisors see the schools of theirs.
    """
    day = roster_day(run.school_year)
    progress(0, _STEPS, "Following the roster")
    if run.school_year == current_year():
        follow_roster(by=run.requested_by, day=day)
    sync_all_grants(by=run.requested_by)
    progress(1, _STEPS, "Reading")
    compute(run, day)
    progress(_STEPS, _STEPS, "Done")


def compute(run: Run, day: date) -> None:
    """Sum up the caseloads of a day from what stands, and say on the run what that was."""
    capacity = teaching_capacity(run.school_year)
    leadership = leadership_capacity(run.school_year)
    span = district_span()
    weights, n_without = summed_up(
        run,
        day,
        span=span,
        capacity=capacity.run_id if capacity else None,
        leadership=leadership.run_id if leadership else None,
    )
    runs.describe(
        run=run,
        method=METHOD,
        roster_date=day,
        **_source("capacity", capacity),
        **_source("leadership", leadership),
        need_weights=str(weights.uid) if weights else None,
        schools_without=n_without,
        **kept_span(span),
    )


def summed_up(
    run: Run, day: date, *, span: Bounds, capacity: int | None, leadership: int | None
) -> tuple[NeedWeights | None, int]:
    """Read each table once, sum up, and write the rows in one transaction.

    span: what caseloads stand beside. capacity, leadership: ids of the runs it rests on. Return the weights that
    held, and how many schools have no principal supervisor.
    """
    weights = NeedWeights.objects.order_by("-set_at", "-pk").first()
    evidence = read(day, capacity=capacity, leadership=leadership)
    needs = needs_from(evidence, weights_of(weights))
    schools = needs_of_schools(evidence.cells, DEFAULT_RULES.very_likely)
    with transaction.atomic():
        clear(run, day)
        write_schools(run, list(school_rows(evidence, schools, needs)))
        write_summaries(run, list(summary_rows(evidence, schools, needs, span)))
    return weights, evidence.schools_without


def teaching_capacity(year: int) -> Snapshot | None:
    """Return the published capacity snapshot of the year for the district's framework for teaching."""
    return _published(snapshots.KIND, FrameworkKind.TEACHING, year)


def leadership_capacity(year: int) -> Snapshot | None:
    """Return the year's published estimates of principals that rest on evaluative evidence alone.

    Evidence gathered to help never reaches what the district plans with.
    """
    return _published(KIND_EVALUATIVE, FrameworkKind.LEADERSHIP, year)


def _published(kind: str, of: FrameworkKind, year: int) -> Snapshot | None:
    version = FrameworkVersion.objects.in_force(year).filter(framework__kind=of).first()
    if version is None:
        return None
    return snapshot(kind=kind, school_year=year, subject=str(version.framework.uid))


def _source(name: str, found: Snapshot | None) -> dict[str, str | None]:
    return {
        f"{name}_run": found.uid if found else None,
        f"{name}_computed_at": found.computed_at.isoformat() if found else None,
    }
