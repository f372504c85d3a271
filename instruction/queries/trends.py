"""How figures stood at the end of each term: the last snapshot of each, and the one that stands.

Only what the snapshot of that time told, and only of cells that are told today: a school that is hidden now takes
its past with it. Two points of a school are both told only where the change between them is, as the job
that wrote the standing one decided (instruction.snapshots.apart). Snapshots by another method or version of the
model or on another scale are left out, for they cannot be compared. There is no trend of a person.

An element that carries the ratings of an earlier one has its past, too. Of several that became one, the mean of the
figures is drawn, with the mean of their errors: those of a mean are never wider, for they do not err more than
together.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import FrameworkVersion, VersionState
from instruction.queries.cells import HALF_WIDTH, SMALLEST, interval
from instruction.queries.elements import told_of_groups
from instruction.queries.standing import Standing
from instruction.snapshots.carrying import Carried, carried
from instruction.snapshots.terms import earlier_of_terms, model_named

# How long ago what stands is compared with: the same term of last year, not the years before.
COMPARED_DAYS = 400


class Point(NamedTuple):
    """A figure as of a day, as that day's snapshot told it."""

    day: date
    estimate: float
    se: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return interval(self.estimate, self.se)[0] or 0.0

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return interval(self.estimate, self.se)[1] or 0.0


class Change(NamedTuple):
    """By how much a figure differs from that of an earlier day, with a 90 % interval."""

    since: date
    by: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def change(points: Collection[Point]) -> Change | None:
    """Return how the last point differs from the earliest of about a year before; None where there is none.

    The errors of the two are taken as independent. They share ratings and observers, so that in truth they err
    together, and their difference by less: the interval is too wide rather than too narrow
    (docs/numbers/trends.md).
    """
    *before, last = sorted(points)
    before = [one for one in before if (last.day - one.day).days <= COMPARED_DAYS]
    if not before:
        return None
    first = before[0]
    by = round(last.estimate - first.estimate, 2)
    half = HALF_WIDTH * (first.se**2 + last.se**2) ** 0.5
    return Change(first.day, by, by - half, by + half)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots that trends are drawn from: run id -> day, the last of them standing.

    carries: earlier elements whose figures are those of an element of the version in force.
    """

    days: dict[int, date]
    standing: int
    carries: Carried = field(default_factory=dict)

    def of_elements(self, ids: Collection[int]) -> dict[str, list[int]]:
        """Return, for a query, the elements whose figures are wanted (earlier) and what each stands for (later)."""
        pairs = [(one, one) for one in ids] + [pair for pair in self.carries.items() if pair[1] in ids]
        return {"earlier": [one for one, _ in pairs], "later": [one for _, one in pairs]}


def snapshots_of(standing: Standing) -> Snapshots | None:
    """Return the last snapshot of each term and the one that stands; None where nothing stands. Four queries."""
    run = standing.run
    if run is None or run.roster_date is None:
        return None
    versions = (
        FrameworkVersion.objects.filter(framework=standing.version.framework_id)
        .exclude(state=VersionState.DRAFT)
        .order_by("first_school_year", "published_at", "pk")
    )
    levels = [(one.first_school_year, len(one.level_names)) for one in versions]
    model = run.code_version.rpartition(model_named(""))[2]
    lasting = earlier_of_terms(run=run, day=run.roster_date, method=run.method, model=model)
    scale = len(standing.version.level_names)
    days = {
        one.run_id: one.day
        for one in lasting
        if one.day and next((n for year, n in reversed(levels) if year <= one.school_year), 0) == scale
    }
    return Snapshots({**days, run.pk: run.roster_date}, run.pk, carried(standing.version))


_OF_SCHOOLS = """
SELECT c.school_id, m.later, c.run_id, avg(c.estimate), avg(c.se)
FROM unnest(%(earlier)s::bigint[], %(later)s::bigint[]) AS m(earlier, later)
JOIN instruction_schoolcapacity c ON c.element_id = m.earlier
JOIN instruction_schoolcapacity now
    ON now.run_id = %(standing)s AND now.school_id = c.school_id AND now.element_id = m.later
WHERE c.run_id = ANY (%(runs)s) AND c.school_id = ANY (%(schools)s)
    AND c.roster_size >= %(smallest)s
    AND now.estimate IS NOT NULL AND now.roster_size >= %(smallest)s
    AND (c.run_id = now.run_id OR c.run_id = ANY (now.told_beside))
GROUP BY c.school_id, m.later, c.run_id HAVING bool_and(c.estimate IS NOT NULL)
"""


def trends_of_schools(
    scope: Scope, found: Snapshots | None, *, school_ids: Collection[int], element_ids: Collection[int]
) -> dict[tuple[int, int], list[Point]]:
    """Return the points of cells by (school, element), the oldest first; one query. Only the caller's schools."""
    if found is None:
        return {}
    visible = scope.schools(Data.SCHOOL_CAPACITY)
    values: dict[str, Any] = {
        "standing": found.standing,
        "runs": list(found.days),
        "schools": [pk for pk in school_ids if pk in visible],
        "smallest": SMALLEST,
        **found.of_elements(element_ids),
    }
    points: dict[tuple[int, int], list[Point]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_SCHOOLS, values)
        for school, element, run, estimate, se in cursor.fetchall():
            points.setdefault((school, element), []).append(Point(found.days[run], estimate, se))
    return {key: sorted(some) for key, some in points.items()}


_OF_DISTRICT = """
SELECT m.later, c.run_id, avg(c.estimate), avg(c.se)
FROM unnest(%(earlier)s::bigint[], %(later)s::bigint[]) AS m(earlier, later)
JOIN instruction_districtcapacity c ON c.element_id = m.earlier
JOIN instruction_districtcapacity now ON now.run_id = %(standing)s AND now.element_id = m.later
WHERE c.run_id = ANY (%(runs)s)
    AND now.estimate IS NOT NULL AND now.n_schools >= %(fewest)s
GROUP BY m.later, c.run_id HAVING bool_and(c.estimate IS NOT NULL AND c.n_schools >= %(fewest)s)
"""


def trends_of_district(
    scope: Scope, found: Snapshots | None, *, element_ids: Collection[int]
) -> dict[int, list[Point]]:
    """Return the district's points by element, for who is told its figures; one query."""
    if found is None or not told_of_groups(scope):
        return {}
    values: dict[str, Any] = {
        "standing": found.standing,
        "runs": list(found.days),
        **found.of_elements(element_ids),
        "fewest": 1 if scope.district_wide(Data.SCHOOL_CAPACITY) else DEFAULT_RULES.min_schools,
    }
    points: dict[int, list[Point]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_DISTRICT, values)
        for element, run, estimate, se in cursor.fetchall():
            points.setdefault(element, []).append(Point(found.days[run], estimate, se))
    return {element: sorted(some) for element, some in points.items()}
