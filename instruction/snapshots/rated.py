"""Read the ratings that an estimate may count, and count by reason those it may not."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from django.db import connection

from instruction.capacity import Ratings
from instruction.models import FrameworkVersion, Purpose
from instruction.snapshots import Basis
from instruction.snapshots.carrying import Carried, as_carried, once_each
from instruction.snapshots.copying import BIGINT, BOOLEAN, INTEGER, SMALLINT, copy_out, day_number
from schools.models import StaffRole

# How many school years of ratings count. Weights fall with age within them, so the cut is no cliff.
YEARS = 3
_DAYS_IN_YEAR = 365.25


class LeftOut(StrEnum):
    """Why a rating of the last school years does not count; one that has several reasons has the first."""

    OTHER_SCALE = "other-scale"
    OTHER_ELEMENT = "other-element"
    OFF_SCALE = "off-scale"
    NO_TEACHER = "no-teacher"
    LATER = "later"
    REPEATED = "repeated"


# Elements are matched across versions of the framework; a version with another number of levels has another
# scale, whose ratings cannot stand beside these. Videos show no teacher of the district, so they count
# whatever their purpose: they tell observers' severities apart. The numbers of reasons are those of LeftOut.
_RATINGS = """
SELECT o.id, o.observer_id, coalesce(o.observed_id, -1), coalesce(o.school_id, -1), coalesce(o.video_id, -1),
       e.element_id, r.level, o.observed_on - DATE '1970-01-01', o.is_cross_school,
       (CASE WHEN cardinality(v.level_names) <> %(levels)s THEN 1
             WHEN e.version_id <> o.version_id OR e.element_id <> ALL(%(elements)s::bigint[]) THEN 2
             WHEN r.level NOT BETWEEN 1 AND %(levels)s THEN 3
             WHEN o.role <> %(role)s AND o.video_id IS NULL THEN 4
             WHEN o.observed_on > %(as_of)s THEN 5
             WHEN o.id = ANY(%(repeated)s::bigint[]) THEN 6
             ELSE 0 END)::smallint
FROM instruction_rating r
JOIN instruction_observation o ON o.id = r.observation_id
JOIN instruction_elementversion e ON e.id = r.element_version_id
JOIN instruction_frameworkversion v ON v.id = o.version_id
WHERE v.framework_id = %(framework)s AND o.school_year > %(year)s - %(years)s
  AND (o.observed_on <= %(as_of)s OR o.school_year <= %(year)s)
  AND (%(all)s OR o.purpose = %(evaluative)s OR o.video_id IS NOT NULL)
"""
_COLUMNS = {
    "observation": BIGINT, "rater": BIGINT, "teacher": BIGINT, "school": BIGINT, "video": BIGINT,
    "element": BIGINT, "level": SMALLINT, "day": INTEGER, "external": BOOLEAN, "reason": SMALLINT,
}  # fmt: skip

# The same observer, the same teacher or video, the same day and the same levels: one lesson, sent twice.
_REPEATED = """
WITH twice AS MATERIALIZED (
    SELECT unnest(array_agg(o.id)) AS id
    FROM instruction_observation o JOIN instruction_frameworkversion v ON v.id = o.version_id
    WHERE v.framework_id = %(framework)s AND cardinality(v.level_names) = %(levels)s
      AND o.school_year > %(year)s - %(years)s AND o.observed_on <= %(as_of)s
      AND (%(all)s OR o.purpose = %(evaluative)s OR o.video_id IS NOT NULL)
      AND (%(school)s::bigint IS NULL OR o.school_id = %(school)s)
    GROUP BY o.observer_id, o.observed_id, o.school_id, o.video_id, o.observed_on HAVING count(*) > 1
), given AS (
    SELECT o.id, o.observer_id, o.observed_id, o.school_id, o.video_id, o.observed_on,
           array_agg(e.element_id ORDER BY e.element_id) AS elements,
           array_agg(r.level ORDER BY e.element_id) AS levels
    FROM twice JOIN instruction_observation o ON o.id = twice.id
    JOIN instruction_rating r ON r.observation_id = o.id
    JOIN instruction_elementversion e ON e.id = r.element_version_id
    GROUP BY o.id
)
SELECT id FROM (
    SELECT id, min(id) OVER (
        PARTITION BY observer_id, observed_id, school_id, video_id, observed_on, elements, levels
    ) AS first FROM given
) each WHERE id > first ORDER BY id
"""


def read_ratings(
    *,
    version: FrameworkVersion,
    elements: Sequence[int],
    year: int,
    as_of: date,
    basis: Basis,
    carries: Carried | None = None,
    role: str = StaffRole.TEACHER,
) -> tuple[Ratings, dict[str, int]]:
    """Return the ratings that count as of a day, and how many do not by `LeftOut`; two queries.

    carries: earlier elements whose ratings count as those of one of `elements`. role: what the observed were then;
    the others are counted as LeftOut.NO_TEACHER. Protected rows must be open (reach.all_rows).
    """
    repeated = repeated_observations(version=version, year=year, as_of=as_of, basis=basis)
    counted = [*elements, *(carries or {})]
    values = _values(version, year, as_of, basis) | {
        "elements": counted, "repeated": repeated, "role": str(role),
    }  # fmt: skip
    rows = copy_out(_RATINGS, values, _COLUMNS)
    left_out = np.bincount(rows["reason"], minlength=len(LeftOut) + 1).tolist()[1:]
    if any(left_out):
        rows = rows[rows["reason"] == 0]
    reasons = {str(reason): n for reason, n in zip(LeftOut, left_out, strict=True) if n}
    return _ratings(rows, as_of, carries or {}), reasons


def repeated_observations(
    *, version: FrameworkVersion, year: int, as_of: date, basis: Basis = Basis.ALL, school: int | None = None
) -> list[int]:
    """Return the observations that say what an earlier one says already, in all schools or one; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, _values(version, year, as_of, basis) | {"school": school})
        return [row[0] for row in cursor.fetchall()]


def _values(version: FrameworkVersion, year: int, as_of: date, basis: Basis) -> dict[str, Any]:
    return {
        "framework": version.framework_id, "levels": len(version.level_names), "year": year, "years": YEARS,
        "as_of": as_of, "all": basis == Basis.ALL, "evaluative": Purpose.EVALUATIVE.value,
    }  # fmt: skip


def _ratings(rows: Any, as_of: date, carries: Carried) -> Ratings:
    level = rows["level"].astype(np.float64)
    element = as_carried(rows["element"].astype(np.int64), carries)
    if carries:
        kept, level = once_each(rows["observation"].astype(np.int64), element, level)
        rows, element = rows[kept], element[kept]
    # Native and contiguous: the reductions that follow run several times over each column.
    ids = {name: rows[name].astype(np.int64) for name, kind in _COLUMNS.items() if kind == BIGINT}
    day = rows["day"].astype(np.int32)
    return Ratings(
        **ids | {"element": element},
        level=level,
        age=(day_number(as_of) - day) / _DAYS_IN_YEAR,
        external=rows["external"].copy(),
        day=day,
    )
