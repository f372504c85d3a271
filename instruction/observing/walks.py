"""Walks without names: how many there were at a school and what was seen, never of few of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import ElementVersion, FrameworkVersion, ObservationRecord, RecordState
from instruction.observing import content
from schools.models import School

LEAST = 5
SHARED = (RecordState.SHARED, RecordState.LOCKED)


@dataclass(frozen=True, slots=True)
class ElementSeen:
    """What walks saw of one element: how many gave each level from 1, and how many did not see it."""

    uid: str
    name: str
    levels: list[int]
    not_seen: int


@dataclass(frozen=True, slots=True)
class WalksPage:
    """A school's walks of a school year. n None: fewer than LEAST, and nothing else is told.

    groups: (grade, subject, walks) with at least LEAST each; the others are together in `n_other`, None where
    telling them would tell a small one.
    """

    school: School
    year: int
    n: int | None
    level_names: list[str]
    elements: list[ElementSeen]
    groups: list[tuple[str, str, int]]
    n_other: int | None

    @property
    def year_label(self) -> str:
        """The school year as it is shown."""
        return schoolyear.label(self.year)


def current_year() -> int:
    """Return the school year of today."""
    return schoolyear.current_year()


def walks_page(scope: Scope, uid: UUID, year: int) -> WalksPage | None:
    """Return a school's walks of a year; None where the caller may not see them. Four queries, rows opened.

    Counted are shared ones, on the newest framework version in force of those they were written on.
    """
    school = School.objects.visible_to(scope.schools(Data.LEARNING_WALKS)).filter(uid=uid).first()
    if school is None:
        return None
    with reach.rows_of(schools=[school.pk]):
        found = ObservationRecord.objects.filter(
            school=school, school_year=year, observed=None, state__in=SHARED, opened_at=None
        )
        rows = list(found.order_by("pk").values_list("grade", "subject", "version_id", "content"))
    if len(rows) < LEAST:
        return WalksPage(school, year, None, [], [], [], None)
    versions = Counter(version for _grade, _subject, version, _content in rows)
    version = FrameworkVersion.objects.get(pk=max(versions, key=lambda pk: (versions[pk], pk)))
    wordings = ElementVersion.objects.filter(version=version).select_related("element").order_by("place")
    seen = [content.shown(written)["levels"] for _g, _s, pk, written in rows if pk == version.pk]
    groups, n_other = told_groups([(grade, subject) for grade, subject, _version, _content in rows])
    elements = elements_seen(
        {str(one.element.uid): one.name for one in wordings}, seen, len(version.level_names)
    )
    return WalksPage(school, year, len(rows), list(version.level_names), elements, groups, n_other)


def elements_seen(names: Mapping[str, str], seen: Sequence[Mapping[str, Any]], n: int) -> list[ElementSeen]:
    """Return how often each element had each of `n` levels in the levels of some walks, told from LEAST walks on."""
    if len(seen) < LEAST:
        return []
    found = []
    for uid, name in names.items():
        said = [one[uid] for one in seen if uid in one]
        counted = Counter(one["level"] for one in said if one["level"] is not None)
        not_seen = sum(one["not_seen"] for one in said)
        found.append(ElementSeen(uid, name, [counted[level] for level in range(1, n + 1)], not_seen))
    return found


def told_groups(walked: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str, int]], int | None]:
    """Return the (grade, subject, walks) groups of at least LEAST walks, and how many walks are in no such group.

    Where fewer than LEAST are in none, the smallest group joins them: the rest of the total would tell them. One
    group that would be all there is to tell is not told.
    """
    counted = sorted(Counter(walked).items(), key=lambda one: (one[1], one[0]))
    small = [one for one in counted if one[1] < LEAST]
    large = counted[len(small) :]
    other = sum(n for _group, n in small)
    if 0 < other < LEAST and large:
        other += large.pop(0)[1]
    groups = sorted((grade, subject, n) for (grade, subject), n in large)
    return groups, other or None


def walked_schools(scope: Scope) -> list[tuple[str, str]]:
    """Return uid and name of the schools with enough walks this year to show, of those the caller reaches.

    Two queries, rows opened; none for who may not see walks.
    """
    schools = scope.schools(Data.LEARNING_WALKS)
    if not schools:
        return []
    reached = dict(School.objects.visible_to(schools).values_list("pk", "uid"))
    with reach.rows_of(schools=reached):
        found = ObservationRecord.objects.filter(
            school_year=current_year(), observed=None, state__in=SHARED, opened_at=None, school__in=reached
        )
        rows = found.values("school__uid", "school__name").annotate(n=Count("pk")).filter(n__gte=LEAST)
        return [(str(one["school__uid"]), one["school__name"]) for one in rows.order_by("school__name")]
