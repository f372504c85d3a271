"""Write an estimate as rows of its run."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np
from django.db import connection

from alignment_dash.runs.models import Run
from instruction.capacity import CapacityEstimate
from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.models import (
    ChecklistCount,
    DistrictCapacity,
    GroupCapacity,
    ObservationCompletion,
    RaterSeverity,
    RatingsBehind,
    SchoolCapacity,
    SuggestedVisit,
    TeacherCapacity,
)
from instruction.snapshots.apart import Beside
from instruction.snapshots.behind import packed
from instruction.snapshots.changes import Changes
from instruction.snapshots.copying import BIGINT, DOUBLE, INTEGER, NULL, copy_in, copy_in_text, day_of, texts
from instruction.snapshots.groups import Group, hidden
from instruction.snapshots.reading import Evidence

# What is about persons, or for the staff of the day, and not about how schools stood: no trend is drawn from it.
_OF_THE_DAY = (TeacherCapacity, RaterSeverity, SuggestedVisit, ObservationCompletion, ChecklistCount)
MODELS = (SchoolCapacity, DistrictCapacity, GroupCapacity, RatingsBehind, *_OF_THE_DAY)
_FLOATS = ("estimate", "se", "se_contrast", "gap", "p_below", "expected_below", "reliability")
_STEPS = {
    "mean_of_ratings": "ratings", "mean_by_observers": "observers", "mean_of_teachers": "teachers",
}  # fmt: skip
_COUNTS = ("n_ratings", "n_observations", "n_teachers", "n_raters")


def write_schools(
    run: Run, result: CapacityEstimate, evidence: Evidence, changes: Changes, beside: Beside
) -> None:
    """Write a row for every school and element that applies to it, and which ratings are behind them."""
    applies = evidence.applies
    shape = applies.shape
    columns: dict[str, Any] = {name: getattr(result, name) for name in (*_FLOATS, *_COUNTS, "evidence")}
    columns["school_id"] = np.broadcast_to(result.schools[:, None], shape)
    columns["element_id"] = np.broadcast_to(result.elements, shape)
    columns["roster_size"] = np.broadcast_to(result.roster_size[:, None], shape)
    columns["is_linked"] = np.broadcast_to(result.linked[:, None], shape)
    columns["target"] = evidence.targets.target
    columns["framework_target"] = np.full(shape, float(evidence.version.proficient_level))
    columns["plan_target"] = evidence.plan_target
    columns |= {name: getattr(result.derivation, field) for name, field in _STEPS.items()}
    columns["p_neediest"] = result.ranks.neediest
    columns["previous_estimate"] = changes.estimate
    columns["n_new_teachers"] = changes.n_new_teachers
    columns["n_external"] = changes.n_external
    written = {name: texts(values[applies]) for name, values in columns.items()}
    written["rank_low"] = _whole(result.ranks.low[applies])
    written["rank_high"] = _whole(result.ranks.high[applies])
    ranked = (~np.isnan(result.ranks.low)).sum(axis=0)
    written["n_ranked"] = texts(np.broadcast_to(ranked, shape)[applies])
    written["told_beside"] = beside.texts(applies)
    written["last_seen"] = [_day(number) for number in result.last_day[applies].tolist()]
    _copy(run, SchoolCapacity, written)
    RatingsBehind.objects.create(run=run, packed=packed(evidence))


def _whole(values: FloatArray) -> list[str]:
    return [NULL if value != value else str(int(value)) for value in values.tolist()]


def write_district(run: Run, result: CapacityEstimate, target: FloatArray) -> None:
    """Write a row for every element; `target` (E,) is that of all levels of schools."""
    columns: dict[str, Sequence[str]] = {"element_id": texts(result.elements), "target": texts(target)}
    for name in ("estimate", "se", "n_schools", "n_teachers"):
        columns[name] = texts(np.array([getattr(row, name) for row in result.district]))
    _copy(run, DistrictCapacity, columns)


def write_groups(run: Run, result: CapacityEstimate, groups: Sequence[Group], membership: BoolArray) -> None:
    """Write a row for every group and element; `membership` (G, S). Of a hidden one nothing is written but that."""
    kept_back = hidden(groups, membership, ~np.isnan(result.estimate))
    rows = []
    for e, element in enumerate(result.elements.tolist()):
        for g, group in enumerate(groups):
            figures = (
                [NULL] * 4 if kept_back[g, e] else texts(np.array(astuple(result.groups[e][g]), dtype=object))
            )
            network = NULL if group.network_id is None else str(group.network_id)
            rows.append([str(element), network, group.level, *figures, str(bool(kept_back[g, e]))])
    names = ("element_id", "network_id", "level", "estimate", "se", "n_schools", "n_teachers", "is_hidden")
    if rows:
        _copy(run, GroupCapacity, dict(zip(names, zip(*rows, strict=True), strict=True)))


def write_teachers(run: Run, result: CapacityEstimate) -> None:
    """Write a row for every current teacher and element with a rating."""
    teachers = result.teachers
    who, element = np.nonzero((teachers.n_ratings > 0) & ~np.isnan(teachers.estimate))
    _insert(
        TeacherCapacity,
        {
            "run_id": (BIGINT, np.full(len(who), run.pk)),
            "person_id": (BIGINT, teachers.teacher[who]),
            "school_id": (BIGINT, teachers.school[who]),
            **_figures(result.elements, who, element, teachers.estimate, teachers.se, teachers.n_ratings),
        },
    )


def write_raters(run: Run, result: CapacityEstimate) -> None:
    """Write a row for every rater and element with a rating."""
    raters = result.raters
    who, element = np.nonzero((raters.n_ratings > 0) & ~np.isnan(raters.severity))
    figures = _figures(result.elements, who, element, raters.severity, raters.se, raters.n_ratings)
    figures["severity"] = figures.pop("estimate")
    _insert(
        RaterSeverity,
        {
            "run_id": (BIGINT, np.full(len(who), run.pk)),
            "person_id": (BIGINT, raters.rater[who]),
            **figures,
        },
    )


def delete_rows(run_ids: Sequence[int]) -> None:
    """Delete the result rows of runs, not the runs."""
    _delete(MODELS, run_ids)


def delete_rows_of_the_day(run_ids: Sequence[int]) -> None:
    """Delete the rows of runs that trends do not need: those about persons, visits and who was not observed."""
    _delete(_OF_THE_DAY, run_ids)


def _delete(models: Sequence[type[Any]], run_ids: Sequence[int]) -> None:
    for model in models:
        model.objects.filter(run__in=run_ids)._raw_delete(using="default")


def _figures(
    elements: IntArray, who: IntArray, element: IntArray, value: FloatArray, se: FloatArray, n: IntArray
) -> dict[str, tuple[str, Any]]:
    return {
        "element_id": (BIGINT, elements[element]),
        "estimate": (DOUBLE, value[who, element]),
        "se": (DOUBLE, se[who, element]),
        "n_ratings": (INTEGER, n[who, element]),
    }


def _copy(run: Run, model: type[Any], columns: Mapping[str, Sequence[str]]) -> None:
    n = len(next(iter(columns.values())))
    copy_in_text(model._meta.db_table, {"run_id": [str(run.pk)] * n, **columns})


def _insert(model: type[Any], columns: Mapping[str, tuple[str, Any]]) -> None:
    """COPY into a temporary table, then INSERT: COPY FROM is refused on tables with row security."""
    table = model._meta.db_table
    names = ", ".join(columns)
    staging = f"staged_{table}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0"  # noqa: S608
        )
        copy_in(staging, columns)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {staging}")  # noqa: S608
        cursor.execute(f"DROP TABLE {staging}")


def _day(number: int) -> str:
    return NULL if number < 0 else day_of(number).isoformat()
