"""Read what the capacity estimate needs as arrays: ratings, roster, schools, elements, targets."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from alignment_dash import schoolyear
from instruction.capacity import Ratings, Roster, Targets
from instruction.capacity.data import BoolArray, FloatArray
from instruction.models import FrameworkVersion, SchoolTarget, Target
from instruction.snapshots import Basis
from instruction.snapshots.carrying import Carried, carried
from instruction.snapshots.copying import BIGINT, copy_out
from instruction.snapshots.groups import Group, groups_of
from instruction.snapshots.rated import read_ratings
from schools.models import Org, OrgType

_ROSTER = """
SELECT DISTINCT a.person_id, a.org_id FROM schools_staffassignment a JOIN schools_org o ON o.id = a.org_id
WHERE a.role = 'teacher' AND a.during @> %s::date AND o.type = 'school' AND o.during @> %s::date
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run saw.

    `applies` (S, E) says whether an element applies to schools of that level. `groups` are those of
    `targets.groups`, in its order. `plan_target` (S, E) are the school improvement plans' targets and
    `district_target` (E,) the strategic plan's for all levels of schools; nan where there is none. `left_out` says
    how many ratings of these school years did not count, by reason (rated.LeftOut). `carries` are the earlier elements
    whose ratings count as those of one of the version's.
    """

    ratings: Ratings
    roster: Roster
    targets: Targets
    plan_target: FloatArray
    district_target: FloatArray
    applies: BoolArray
    groups: list[Group]
    as_of: date
    version: FrameworkVersion
    left_out: dict[str, int]
    carries: Carried = field(default_factory=dict)


def read_evidence(
    *, version: FrameworkVersion, year: int, basis: Basis = Basis.ALL, as_of: date | None = None
) -> Evidence:
    """Read all inputs as of a day of the year; eight queries, nine with a crosswalk.

    Protected rows must be open (reach.all_rows).
    basis: which ratings count; those of calibration videos always do, for they are of no teacher of the district.
    as_of: default the year's roster day.
    """
    as_of = as_of or schoolyear.roster_day(year)
    worded = list(version.elements.order_by("place"))
    elements = [one.element_id for one in worded]
    carries = carried(version)
    ratings, left_out = read_ratings(
        version=version, elements=elements, year=year, as_of=as_of, basis=basis, carries=carries
    )
    schools = Org.objects.schools().on(as_of)
    places = list(schools.order_by("pk").values_list("pk", "level", "parent_id", "parent__type"))
    ids = [pk for pk, *_place in places]
    aims = _strategic_targets(elements, year)
    levels = [level for _, level, *_parent in places]
    held = groups_of(
        [(level, parent if kind == OrgType.NETWORK else None) for _, level, parent, kind in places]
    )
    targets = Targets(
        elements=np.array(elements, dtype=np.int64),
        schools=np.array(ids, dtype=np.int64),
        target=_table([[_aim(aims, element, level) for element in elements] for level in levels], elements),
        scale_max=float(len(version.level_names)),
        groups=np.array([each for _, each in held], dtype=bool).reshape(len(held), len(places)),
    )
    return Evidence(
        ratings=ratings,
        roster=_read_roster(as_of),
        targets=targets,
        plan_target=_plan_targets(ids, elements, year),
        district_target=np.array([_aim(aims, element, "") for element in elements]),
        applies=_table(
            [[not one.levels or level in one.levels for one in worded] for level in levels], elements
        ).astype(bool),
        groups=[group for group, _ in held],
        as_of=as_of,
        version=version,
        left_out=left_out,
        carries=carries,
    )


def _read_roster(as_of: date) -> Roster:
    rows = copy_out(_ROSTER, [as_of, as_of], {"teacher": BIGINT, "school": BIGINT})
    return Roster(rows["teacher"].astype(np.int64), rows["school"].astype(np.int64))


Aims = dict[tuple[int, str], float]


def _strategic_targets(elements: list[int], year: int) -> Aims:
    """Return the strategic plan's targets by element and level of schools, "" for all levels."""
    rows = Target.objects.filter(element__in=elements, school_year=year)
    return {
        (element, level): float(value)
        for element, level, value in rows.values_list("element_id", "level", "value")
    }


def _aim(aims: Aims, element: int, level: str) -> float:
    return aims.get((element, level), aims.get((element, ""), np.nan))


def _plan_targets(schools: list[int], elements: list[int], year: int) -> FloatArray:
    """Return the targets of the schools' own improvement plans, (S, E)."""
    row, column = (
        {one: place for place, one in enumerate(schools)},
        {one: place for place, one in enumerate(elements)},
    )
    found = np.full((len(schools), len(elements)), np.nan)
    rows = SchoolTarget.objects.filter(school__in=schools, element__in=elements, school_year=year)
    for school, element, value in rows.values_list("school_id", "element_id", "value"):
        found[row[school], column[element]] = float(value)
    return found


def _table(rows: list[list[Any]], columns: list[int]) -> FloatArray:
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(columns))
