"""The framework in force: what good teaching is taken to be. It says nothing of schools or persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Prefetch

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.consulting.focus import chosen, focused
from instruction.consulting.sources import sources_of
from instruction.models import (
    Competency,
    Dimension,
    ElementSource,
    ElementVersion,
    FrameworkVersion,
    LevelDescriptor,
    Target,
)


@dataclass(frozen=True, slots=True)
class WordedElement:
    """An element as the version words it: (level, its name, what it looks like), target and competencies.

    is_focus, why: whether the school year is about it, and the reason given; sources: its evidence base.
    """

    code: str
    wording: ElementVersion
    levels: Sequence[tuple[int, str, str]]
    target: Decimal | None
    competencies: Sequence[str]
    is_focus: bool
    why: str
    sources: Sequence[ElementSource]


@dataclass(frozen=True, slots=True)
class FrameworkPage:
    """A version in force, the others that are, and its dimensions with their elements.

    focus_is_chosen: the district chose the focus for this year; else it is the version's own.
    """

    version: FrameworkVersion
    versions: list[FrameworkVersion]
    dimensions: list[tuple[Dimension, list[WordedElement]]]
    focus_is_chosen: bool = False

    @property
    def n_elements(self) -> int:
        """How many elements it has."""
        return sum(len(elements) for _dimension, elements in self.dimensions)

    @property
    def focus(self) -> list[WordedElement]:
        """The elements that the school year is about."""
        return [one for _dimension, elements in self.dimensions for one in elements if one.is_focus]


def framework_page(scope: Scope, year: int, framework: str = "") -> FrameworkPage | None:
    """Return the framework named by its uid, else the first for teaching; None without one in force. Six queries."""
    if not scope.may(Data.DEFINITIONS):
        return None
    versions = list(FrameworkVersion.objects.in_force(year).order_by("framework_id", "-first_school_year"))
    versions.sort(key=lambda one: (one.framework.kind != "teaching", one.framework_id))
    if not versions:
        return None
    version = next((one for one in versions if str(one.framework.uid) == framework), versions[0])
    worded = (
        version.elements.select_related("element", "dimension")
        .prefetch_related(Prefetch("descriptors", LevelDescriptor.objects.order_by("level")))
        .order_by("dimension__place", "place")
    )
    targets = dict(
        Target.objects.filter(
            element__framework=version.framework_id, school_year=year, level=""
        ).values_list("element_id", "value")
    )
    elements = list(worded)
    focus = focused(elements, chosen(version, year))
    reasons = {line.wording.pk: line.why for line in focus.district}
    rests_on = sources_of(version.framework_id)
    dimensions = [
        (dimension, [_worded(one, version, targets, reasons, rests_on) for one in held])
        for dimension, held in groupby(elements, lambda one: one.dimension)
    ]
    return FrameworkPage(version, versions, dimensions, focus.is_chosen)


def _worded(
    one: ElementVersion,
    version: FrameworkVersion,
    targets: dict[int, Decimal],
    reasons: dict[int, str],
    rests_on: dict[int, list[ElementSource]],
) -> WordedElement:
    names = version.level_names
    return WordedElement(
        code=one.element.code,
        wording=one,
        levels=[
            (each.level, names[each.level - 1] if each.level <= len(names) else "", each.text)
            for each in one.descriptors.all()
        ],
        target=targets.get(one.element_id),
        competencies=[str(Competency(code).label) for code in one.competencies],
        is_focus=one.pk in reasons,
        why=reasons.get(one.pk, ""),
        sources=rests_on.get(one.element_id, ()),
    )
