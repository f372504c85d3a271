"""The capacity job: evidence in, one estimate, a snapshot that carries its run."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from django.db import transaction

from alignment_dash import __version__
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from instruction.calibrating.queries import status_counts
from instruction.capacity import CapacityEstimate, estimate
from instruction.capacity.coarse import coarsened
from instruction.capacity.data import Components, Spread
from instruction.capacity.told import crossing_raters, told_counts
from instruction.completion.written import write_checklists
from instruction.models import FrameworkVersion
from instruction.snapshots import Basis, writing
from instruction.snapshots.apart import told_beside
from instruction.snapshots.changes import Changes, read_changes
from instruction.snapshots.completing import counts_of_other_roles, write_completion
from instruction.snapshots.pruning import prune
from instruction.snapshots.reading import Evidence, read_evidence
from instruction.visiting.planning import plan_of, write_plan

_STEPS = 4


def subjects(year: int) -> Iterator[str]:
    """Yield the uids of the teaching frameworks that a capacity run of the year can be about."""
    for version in FrameworkVersion.objects.in_force(year).teaching():
        yield str(version.framework.uid)


def perform_capacity(run: Run, progress: Progress) -> None:
    """Estimate the capacity of every school on a framework's elements and write it with the run.

    They come from all evidence, and so do observers' severities: each is told to that observer and the calibration
    lead alone, to learn from, and no personnel process uses it. Teachers' own figures come from evaluative evidence
    alone, by a job of their own (tasks_of_persons.py). A run whose roster date was set before is as of that day.
    """
    version = FrameworkVersion.objects.in_force(run.school_year).get(framework__uid=run.subject)
    progress(0, _STEPS, "Reading ratings")
    with all_rows(why="capacity is estimated from the whole district's ratings"):
        evidence = read_evidence(version=version, year=run.school_year, as_of=run.roster_date)
    progress(1, _STEPS, "Estimating schools")
    result = estimate(evidence.ratings, evidence.roster, evidence.targets)
    told = coarsened(result, evidence.targets)
    progress(2, _STEPS, "Planning visits")
    plan = plan_of(evidence, result, year=run.school_year)
    progress(3, _STEPS, "Writing")
    with transaction.atomic(), all_rows(why="a snapshot's rows are written for the whole district"):
        # An attempt that was cut off after writing and before publishing has left its rows.
        writing.delete_rows([run.pk])
        changes = read_changes(run=run, evidence=evidence, told=told)
        beside = told_beside(run=run, evidence=evidence, told=told)
        writing.write_schools(run, told, evidence, changes, beside)
        writing.write_district(run, told, evidence.district_target)
        writing.write_groups(run, told, evidence.groups, evidence.targets.groups)
        writing.write_raters(run, result)
        write_completion(run, evidence)
        write_checklists(run, version=version, day=evidence.as_of)
        actions.describe(
            run=run, other_roles=counts_of_other_roles(run, evidence), calibrated=status_counts(run)
        )
        write_plan(run, plan, result)
        _describe(run, evidence, result, changes)
        prune(run=run)
    progress(_STEPS, _STEPS, "Done")


def _describe(run: Run, evidence: Evidence, result: CapacityEstimate, changes: Changes) -> None:
    """Keep what the run saw and found, for the page that says how it is computed.

    Counts that include teachers are sums over the cells that are told, so that no other can be worked out.
    """
    ratings = evidence.ratings
    codes = dict(evidence.version.elements.values_list("element_id", "element__code"))
    actions.describe(
        run=run,
        roster_date=evidence.as_of,
        basis=Basis.ALL.value,
        method=result.method,
        code_version=f"{__version__}, model {result.version}",
        framework_version=evidence.version.label,
        **asdict(told_counts(ratings, evidence.roster, result)),
        n_video_ratings=int((ratings.teacher < 0).sum()),
        left_out=evidence.left_out,
        n_schools=len(result.schools),
        n_linked_schools=int(result.linked.sum()),
        n_crossing_raters=crossing_raters(ratings),
        compared_with=changes.since.isoformat() if changes.since else None,
        components={
            codes[element]: _finite(asdict(component))
            for element, component in zip(result.elements.tolist(), result.components, strict=True)
        },
        spread=_parts(result.spread),
    )


def _parts(spread: Components | None) -> dict[str, dict[str, Any]] | None:
    """Return what all elements share and what is each one's own, by source; None without a rating."""
    if spread is None:
        return None
    found = {part.name: getattr(spread, part.name) for part in fields(spread)}
    return {name: _finite(asdict(one)) for name, one in found.items() if isinstance(one, Spread)}


def _finite(values: dict[str, float]) -> dict[str, Any]:
    """Return the values rounded, with None for what is undefined: JSON has no nan."""
    return {name: round(float(value), 5) if value == value else None for name, value in values.items()}
