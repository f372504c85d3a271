"""The jobs of principals' figures: from all evidence, from evaluative evidence alone, and of terms that have ended."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from django.db import transaction

from alignment_dash import __version__, schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State
from alignment_dash.runs.registry import Progress
from instruction.capacity import estimate
from instruction.capacity.estimator import METHOD, VERSION
from instruction.leadership import KIND, KIND_OF_TERMS
from instruction.leadership.figures import principal_figures
from instruction.leadership.pruning import prune
from instruction.leadership.reading import read_leadership
from instruction.leadership.writing import delete_rows, facts_of, write_principals
from instruction.models import FrameworkKind, FrameworkVersion
from instruction.snapshots import Basis
from instruction.snapshots.terms import model_named, term_starts

_STEPS = 3
_BETWEEN = ":"


def leadership_version(year: int) -> FrameworkVersion | None:
    """Return the version that principals are observed by in a year: the district's one framework of leadership."""
    return FrameworkVersion.objects.in_force(year).filter(framework__kind=FrameworkKind.LEADERSHIP).first()


def subjects(year: int) -> Iterator[str]:
    """Yield the uid of the framework of leadership in force, if there is one."""
    version = leadership_version(year)
    if version is not None:
        yield str(version.framework.uid)


def subjects_of_terms(year: int) -> Iterator[str]:
    """Yield framework and last day of each term of the year that has ended and has no figures ("<uid>:<day>")."""
    starts = [day for day in term_starts([year])[year] if day <= schoolyear.roster_day(year)]
    for uid in subjects(year) if len(starts) > 1 else ():
        done = Run.objects.filter(school_year=year, state=State.SUCCEEDED, method=METHOD)
        alike = done.filter(code_version__endswith=model_named(VERSION))
        days = set(alike.filter(kind=KIND, subject=uid).values_list("roster_date", flat=True))
        days |= set(
            alike.filter(kind=KIND_OF_TERMS, subject__startswith=f"{uid}{_BETWEEN}").values_list(
                "roster_date", flat=True
            )
        )
        for first, following in pairwise(starts):
            if not any(day and first <= day < following for day in days):
                yield f"{uid}{_BETWEEN}{following - timedelta(days=1)}"


def perform_all(run: Run, progress: Progress) -> None:
    """Estimate every principal from all evidence: for themselves and for who supports them."""
    _perform(run, progress, basis=Basis.ALL, as_of=run.roster_date)


def perform_evaluative(run: Run, progress: Progress) -> None:
    """Estimate every principal from evaluative evidence alone: what may weigh where the district plans."""
    _perform(run, progress, basis=Basis.EVALUATIVE)


def perform_of_term(run: Run, progress: Progress) -> None:
    """Estimate every principal as of the last day of a term, from all evidence until then."""
    _perform(run, progress, basis=Basis.ALL, as_of=date.fromisoformat(run.subject.split(_BETWEEN)[1]))


def _perform(run: Run, progress: Progress, *, basis: Basis, as_of: date | None = None) -> None:
    uid = run.subject.split(_BETWEEN)[0]
    version = FrameworkVersion.objects.in_force(run.school_year).get(framework__uid=uid)
    progress(0, _STEPS, "Reading ratings of principals")
    with all_rows(why="principals are estimated from the whole district's ratings of them"):
        evidence = read_leadership(version=version, year=run.school_year, basis=basis, as_of=as_of)
    progress(1, _STEPS, "Estimating principals")
    result = estimate(evidence.ratings, evidence.roster, evidence.targets)
    figures = principal_figures(evidence, result)
    progress(2, _STEPS, "Writing")
    with transaction.atomic(), all_rows(why="a snapshot's rows are written for the whole district"):
        # An attempt that was cut off after writing and before publishing has left its rows.
        delete_rows([run.pk])
        actions.describe(
            run=run,
            roster_date=evidence.as_of,
            basis=basis.value,
            method=result.method,
            code_version=f"{__version__}, model {result.version}",
            framework_version=version.label,
            **facts_of(evidence, result, figures),
        )
        write_principals(run, evidence, figures)
        prune(run=run)
    progress(_STEPS, _STEPS, "Done")
