"""Which elements a school year is about: the district's choice, else the version's own; a school's beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.frameworks.review import MOST_IN_FOCUS
from instruction.models import ElementVersion, FocusElement, FrameworkVersion
from schools.models import Org, School


class Chosen(NamedTuple):
    """What was chosen for a year, reasons by element id: for the district, and for the school asked about."""

    district: dict[int, str]
    school: dict[int, str]


@dataclass(frozen=True, slots=True)
class FocusLine:
    """An element in focus, and why ("" where nobody said)."""

    wording: ElementVersion
    why: str

    @property
    def code(self) -> str:
        """What stays the same about it."""
        return self.wording.element.code


@dataclass(frozen=True, slots=True)
class Focus:
    """What a year is about. is_chosen: the district chose for this year; else the version's own hold."""

    district: tuple[FocusLine, ...]
    school: tuple[FocusLine, ...]
    is_chosen: bool

    @property
    def is_much(self) -> bool:
        """Whether the district's focus is on so many elements that it is on none."""
        return len(self.district) > MOST_IN_FOCUS


def focus_of(version: FrameworkVersion, year: int, school: Org | None = None) -> Focus:
    """Return what a school year is about under a version, in the framework's order; two queries."""
    worded = version.elements.select_related("element", "dimension").order_by("dimension__place", "place")
    return focused(list(worded), chosen(version, year, school))


def chosen(version: FrameworkVersion, year: int, school: Org | None = None) -> Chosen:
    """Return what was chosen of a framework for a year; one query."""
    whose = Q(school=None) if school is None else Q(school=None) | Q(school=school)
    rows = FocusElement.objects.filter(whose, element__framework=version.framework_id, school_year=year)
    found = Chosen({}, {})
    for element, of_school, why in rows.values_list("element_id", "school_id", "why"):
        (found.district if of_school is None else found.school)[element] = why
    return found


def focused(worded: Iterable[ElementVersion], of_year: Chosen) -> Focus:
    """Return the focus among the elements of one version; what was chosen and is not in it does not count."""
    worded = list(worded)
    lines = tuple(_lines(worded, of_year.district))
    own = tuple(FocusLine(one, "") for one in worded if one.is_focus)
    return Focus(lines or own, tuple(_lines(worded, of_year.school)), is_chosen=bool(lines))


def schools_in_focus(scope: Scope, element_id: int, year: int) -> list[str]:
    """Return the names of the schools that chose the element for themselves, of those whose plan one sees; one query."""
    seen = School.objects.visible_to(scope.schools(Data.SCHOOL_PLAN))
    rows = FocusElement.objects.filter(element=element_id, school_year=year, school__in=seen)
    return list(rows.order_by("school__name").values_list("school__name", flat=True))


def _lines(worded: list[ElementVersion], reasons: dict[int, str]) -> list[FocusLine]:
    return [FocusLine(one, reasons[one.element_id]) for one in worded if one.element_id in reasons]
