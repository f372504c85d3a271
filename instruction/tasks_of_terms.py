"""The job of terms that ended before there was a snapshot: what the last one of each would have said.

So that trends begin with the evidence that a district brings, not with the day it started here. One run for each
term, as of its last day, with the figures that trends are drawn from and nothing about persons or observers.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from alignment_dash import __version__, schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State
from alignment_dash.runs.registry import Progress
from instruction.capacity import estimate
from instruction.capacity.coarse import coarsened
from instruction.capacity.estimator import METHOD, VERSION
from instruction.models import FrameworkVersion, RatingsBehind
from instruction.snapshots import KIND, KIND_OF_TERMS, Basis, writing
from instruction.snapshots.apart import Beside
from instruction.snapshots.changes import read_changes
from instruction.snapshots.reading import read_evidence
from instruction.snapshots.terms import model_named, term_starts

_STEPS = 3
_BETWEEN = ":"


def subjects(year: int) -> Iterator[str]:
    """Yield framework and last day of each term of the year that has ended and has no snapshot ("<uid>:<day>")."""
    starts = [day for day in term_starts([year])[year] if day <= schoolyear.roster_day(year)]
    terms = list(pairwise(starts))
    for version in FrameworkVersion.objects.in_force(year).teaching() if terms else ():
        uid = str(version.framework.uid)
        done = Run.objects.filter(kind=KIND, subject=uid, school_year=year, state=State.SUCCEEDED)
        days = [day for day in done.values_list("roster_date", flat=True) if day]
        for first, following in terms:
            if not any(first <= day < following for day in days):
                subject = f"{uid}{_BETWEEN}{following - timedelta(days=1)}"
                if not _is_done(subject, year):
                    yield subject


def _is_done(subject: str, year: int) -> bool:
    """Say whether a run of a term stands that today's snapshots can be compared with."""
    alike = _runs_of(subject, year).filter(method=METHOD, code_version__endswith=model_named(VERSION))
    return alike.filter(Exists(RatingsBehind.objects.filter(run=OuterRef("pk")))).exists()


def _runs_of(subject: str, year: int) -> QuerySet[Run]:
    return Run.objects.filter(kind=KIND_OF_TERMS, subject=subject, school_year=year, state=State.SUCCEEDED)


def perform_capacity_of_terms(run: Run, progress: Progress) -> None:
    """Estimate schools, groups and the district as of the last day of a term, and write them with the run."""
    uid, day = run.subject.split(_BETWEEN)
    as_of = date.fromisoformat(day)
    version = FrameworkVersion.objects.in_force(run.school_year).get(framework__uid=uid)
    progress(0, _STEPS, "Reading ratings")
    with all_rows(why="capacity is estimated from the whole district's ratings"):
        evidence = read_evidence(version=version, year=run.school_year, as_of=as_of)
    progress(1, _STEPS, "Estimating schools")
    result = estimate(evidence.ratings, evidence.roster, evidence.targets)
    told = coarsened(result, evidence.targets)
    progress(2, _STEPS, "Writing")
    with transaction.atomic(), all_rows(why="a snapshot's rows are written for the whole district"):
        writing.delete_rows([run.pk, *_runs_of(run.subject, run.school_year).values_list("pk", flat=True)])
        changes = read_changes(run=run, evidence=evidence, told=told)
        writing.write_schools(run, told, evidence, changes, Beside())
        writing.write_district(run, told, evidence.district_target)
        writing.write_groups(run, told, evidence.groups, evidence.targets.groups)
        actions.describe(
            run=run,
            roster_date=as_of,
            basis=Basis.ALL.value,
            method=result.method,
            code_version=f"{__version__}, model {result.version}",
            framework_version=version.label,
        )
    progress(_STEPS, _STEPS, "Done")
