"""Read what the estimate of principals needs: the teachers' arrays, with a principal for a teacher, a network for a school."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from alignment_dash import schoolyear
from instruction.capacity import Ratings, Roster, Targets
from instruction.capacity.data import FloatArray
from instruction.models import FrameworkVersion, Target
from instruction.snapshots import Basis
from instruction.snapshots.carrying import carried
from instruction.snapshots.rated import read_ratings
from schools.models import Org, OrgType, StaffAssignment, StaffRole

# Schools of no network stand under the district itself; ids of orgs begin at 1.
DISTRICT = 0


@dataclass(frozen=True, slots=True)
class LeadershipEvidence:
    """What a run saw. P principals of the day, E elements.

    `principals` (P,), `schools` (P,) each one's school (of several the first in the roster) and `groups` (P,) its
    network's id, or DISTRICT. `targets` are the estimator's, by group; `target` (P, E) each principal's own, by the
    level of the school; nan where none is set. `left_out` counts ratings that did not count, by reason.
    """

    ratings: Ratings
    principals: list[int]
    schools: list[int]
    groups: list[int]
    targets: Targets
    target: FloatArray
    as_of: date
    version: FrameworkVersion
    left_out: dict[str, int]

    @property
    def roster(self) -> Roster:
        """The principals of the day, each in one group."""
        return Roster(np.array(self.principals, dtype=np.int64), np.array(self.groups, dtype=np.int64))


def read_leadership(
    *, version: FrameworkVersion, year: int, basis: Basis, as_of: date | None = None
) -> LeadershipEvidence:
    """Read all inputs as of a day of the year, by default its roster day; six queries, seven with a crosswalk.

    Protected rows must be open (reach.all_rows). basis: which ratings count.
    """
    as_of = as_of or schoolyear.roster_day(year)
    elements = list(version.elements.order_by("place").values_list("element_id", flat=True))
    ratings, left_out = read_ratings(
        version=version, elements=elements, year=year, as_of=as_of, basis=basis, carries=carried(version),
        role=StaffRole.PRINCIPAL,
    )  # fmt: skip
    group_of, level_of = _places()
    school_of = _principals(as_of)
    groups = [group_of.get(school, DISTRICT) for school in school_of.values()]
    every = sorted({*group_of.values(), DISTRICT})
    return LeadershipEvidence(
        ratings=_in_groups(ratings, dict(zip(school_of, groups, strict=True)), group_of),
        principals=list(school_of),
        schools=list(school_of.values()),
        groups=groups,
        targets=Targets(
            elements=np.array(elements, dtype=np.int64),
            schools=np.array(every, dtype=np.int64),
            target=np.full((len(every), len(elements)), np.nan),
            scale_max=float(len(version.level_names)),
        ),
        target=_targets([level_of.get(one, "") for one in school_of.values()], elements, year),
        as_of=as_of,
        version=version,
        left_out=left_out,
    )


def _places() -> tuple[dict[int, int], dict[int, str]]:
    """Return each school's network, or DISTRICT, and its level; also of schools that have closed. One query."""
    rows = list(
        Org.objects.filter(type=OrgType.SCHOOL).values_list("pk", "parent_id", "parent__type", "level")
    )
    group_of = {pk: parent if kind == OrgType.NETWORK else DISTRICT for pk, parent, kind, _level in rows}
    return group_of, {pk: level for pk, _parent, _kind, level in rows}


def _principals(day: date) -> dict[int, int]:
    """Return the principals of a day with their school, the first in the roster of those who lead several. One query."""
    held = StaffAssignment.objects.on(day).filter(role=StaffRole.PRINCIPAL, org__type=OrgType.SCHOOL)
    found: dict[int, int] = {}
    for person, school in held.order_by("person_id", "org_id").values_list("person_id", "org_id"):
        found.setdefault(person, school)
    return found


def _in_groups(ratings: Ratings, of_principal: dict[int, int], of_school: dict[int, int]) -> Ratings:
    """Put every rating into a group: what was seen of a principal of the day moves along to their network.

    No home shift is in the model: whether supervisors rate their own principals higher is not known, as it is of
    administrators and their teachers (Ho & Kane 2013). Every rating is as by someone from elsewhere.
    """
    pairs = zip(ratings.teacher.tolist(), ratings.school.tolist(), ratings.video.tolist(), strict=True)
    places = [
        -1 if video >= 0 else of_principal.get(person, of_school.get(school, DISTRICT))
        for person, school, video in pairs
    ]
    return replace(
        ratings, school=np.array(places, dtype=np.int64), external=np.ones(len(places), dtype=bool)
    )


def _targets(levels: list[str], elements: list[int], year: int) -> FloatArray:
    rows = Target.objects.filter(element__in=elements, school_year=year)
    aims = {
        (pk, level): float(value) for pk, level, value in rows.values_list("element_id", "level", "value")
    }
    found = [
        [aims.get((element, level), aims.get((element, ""), np.nan)) for element in elements]
        for level in levels
    ]
    return np.array(found, dtype=np.float64).reshape(len(levels), len(elements))
