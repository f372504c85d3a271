"""Read what the capacity estimate needs as arrays: ratings, roster, schools, elements, targets."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet

from alignment_dash import schoolyear
from instruction.capacity import Ratings, Roster, Targets
from instruction.capacity.data import BoolArray
from instruction.models import ElementVersion, FrameworkVersion, Purpose, Target
from instruction.snapshots.copying import BIGINT, BOOLEAN, INTEGER, SMALLINT, copy_out
from instruction.snapshots.groups import Group, groups_of
from schools.models import Org, OrgType

# How many school years of ratings count. Weights fall with age within them, so the cut is no cliff.
YEARS = 3
_EPOCH = date(1970, 1, 1)
_DAYS_IN_YEAR = 365.25

# Elements are matched across versions of the framework; a version with another number of levels has another
# scale, whose ratings cannot stand beside these. Videos show no teacher of the district, so they count
# whatever their purpose: they tell observers' severities apart.
_RATINGS = """
SELECT o.id, o.observer_id, coalesce(o.observed_id, -1), coalesce(o.school_id, -1), coalesce(o.video_id, -1),
       e.element_id, r.level, o.observed_on - DATE '1970-01-01', o.is_cross_school,
       o.purpose = %s OR o.video_id IS NOT NULL
FROM instruction_rating r
JOIN instruction_observation o ON o.id = r.observation_id
JOIN instruction_elementversion e ON e.id = r.element_version_id
JOIN instruction_frameworkversion v ON v.id = o.version_id
WHERE v.framework_id = %s AND cardinality(v.level_names) = %s
  AND o.school_year > %s AND o.observed_on <= %s AND e.element_id = ANY(%s)
  AND (o.role = 'teacher' OR o.video_id IS NOT NULL)
"""
_RATING_COLUMNS = {
    "observation": BIGINT, "rater": BIGINT, "teacher": BIGINT, "school": BIGINT, "video": BIGINT,
    "element": BIGINT, "level": SMALLINT, "day": INTEGER, "external": BOOLEAN, "evaluative": BOOLEAN,
}  # fmt: skip

_ROSTER = """
SELECT DISTINCT a.person_id, a.org_id FROM schools_staffassignment a JOIN schools_org o ON o.id = a.org_id
WHERE a.role = 'teacher' AND a.during @> %s::date AND o.type = 'school' AND o.during @> %s::date
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run saw. `evaluative` (N,) marks the ratings that may bear on a person.

    `applies` (S, E) says whether an element applies to schools of that level. `groups` are those of
    `targets.groups`, in its order.
    """

    ratings: Ratings
    evaluative: BoolArray
    roster: Roster
    targets: Targets
    applies: BoolArray
    groups: list[Group]
    as_of: date
    version: FrameworkVersion

    def evaluative_ratings(self) -> Ratings:
        """Return the ratings from which results about a person are made."""
        kept = self.evaluative
        return Ratings(**{name: getattr(self.ratings, name)[kept] for name in Ratings.__slots__})


def read_evidence(*, version: FrameworkVersion, year: int) -> Evidence:
    """Read all inputs as of the year's roster day; five queries. Protected rows must be open (reach.all_rows)."""
    as_of = schoolyear.roster_day(year)
    worded = list(version.elements.order_by("place"))
    ratings, evaluative = _read_ratings(version, [one.element_id for one in worded], year, as_of)
    schools = Org.objects.schools().on(as_of)
    targets, applies, groups = _read_targets(worded, schools, year, len(version.level_names))
    return Evidence(ratings, evaluative, _read_roster(as_of), targets, applies, groups, as_of, version)


def _read_ratings(
    version: FrameworkVersion, elements: list[int], year: int, as_of: date
) -> tuple[Ratings, BoolArray]:
    rows = copy_out(
        _RATINGS,
        [
            Purpose.EVALUATIVE, version.framework_id, len(version.level_names), year - YEARS, as_of,
            elements,
        ],
        _RATING_COLUMNS,
    )  # fmt: skip
    # Native and contiguous: the reductions that follow run several times over each column.
    ids = {name: rows[name].astype(np.int64) for name, kind in _RATING_COLUMNS.items() if kind == BIGINT}
    day = rows["day"].astype(np.int32)
    ratings = Ratings(
        **ids,
        level=rows["level"].astype(np.float64),
        age=((as_of - _EPOCH).days - day) / _DAYS_IN_YEAR,
        external=rows["external"].copy(),
        day=day,
    )
    return ratings, rows["evaluative"].copy()


def _read_roster(as_of: date) -> Roster:
    rows = copy_out(_ROSTER, [as_of, as_of], {"teacher": BIGINT, "school": BIGINT})
    return Roster(rows["teacher"].astype(np.int64), rows["school"].astype(np.int64))


def _read_targets(
    worded: list[ElementVersion], schools: QuerySet[Org], year: int, levels: int
) -> tuple[Targets, BoolArray, list[Group]]:
    places = list(schools.order_by("pk").values_list("pk", "level", "parent_id", "parent__type"))
    elements = [one.element_id for one in worded]
    wanted = dict(
        Target.objects.filter(element__in=elements, school_year=year).values_list("element_id", "value")
    )
    row = np.array([float(wanted.get(element, np.nan)) for element in elements])
    applies = np.array(
        [[not one.levels or level in one.levels for one in worded] for _, level, *_parent in places],
        dtype=bool,
    ).reshape(len(places), len(worded))
    held = groups_of(
        [(level, parent if kind == OrgType.NETWORK else None) for _, level, parent, kind in places]
    )
    targets = Targets(
        elements=np.array(elements, dtype=np.int64),
        schools=np.array([pk for pk, *_place in places], dtype=np.int64),
        target=np.broadcast_to(row, applies.shape).copy(),
        scale_max=float(levels),
        groups=np.array([each for _, each in held], dtype=bool).reshape(len(held), len(places)),
    )
    return targets, applies, [group for group, _ in held]
