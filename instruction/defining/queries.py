"""Reads of frameworks and their versions: lists, one version, what became of an element."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.models import Element, ElementVersion, Framework, FrameworkVersion, VersionState
from instruction.snapshots.carrying import carried


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in its framework's history. in_force: it holds this school year; follows: it holds from then on."""

    version: FrameworkVersion
    n_elements: int
    in_force: bool
    is_coming: bool

    @property
    def year_label(self) -> str:
        """The school year from which on it holds."""
        return schoolyear.label(self.version.first_school_year)


@dataclass(frozen=True, slots=True)
class History:
    """A framework and its versions, the newest first; drafts come before all."""

    framework: Framework
    lines: list[VersionLine]


def versions_seen(scope: Scope) -> list[History]:
    """Return every framework with the versions that the caller may see; two queries. Drafts are for some."""
    if not scope.may(Data.DEFINITIONS):
        return []
    found = (
        FrameworkVersion.objects.select_related("framework")
        .annotate(n_elements=Count("elements"))
        .order_by("framework__name", "framework_id", "-first_school_year", "-published_at", "-pk")
    )
    if not scope.may(Data.FRAMEWORK_DRAFTS):
        found = found.exclude(state=VersionState.DRAFT)
    current = schoolyear.current_year()
    holding = set(FrameworkVersion.objects.in_force(current).values_list("pk", flat=True))
    held: dict[Framework, list[VersionLine]] = {}
    for one in found:
        is_coming = one.state == VersionState.PUBLISHED and one.first_school_year > current
        line = VersionLine(one, one.n_elements, one.pk in holding, is_coming)
        held.setdefault(one.framework, []).append(line)
    order = {VersionState.DRAFT: 0}
    return [
        History(framework, sorted(lines, key=lambda line: order.get(VersionState(line.version.state), 1)))
        for framework, lines in held.items()
    ]


def version_seen(scope: Scope, uid: UUID) -> FrameworkVersion | None:
    """Return a version that the caller may see, or None; one query."""
    if not scope.may(Data.DEFINITIONS):
        return None
    found = FrameworkVersion.objects.select_related("framework").filter(uid=uid).first()
    if found and found.state == VersionState.DRAFT and not scope.may(Data.FRAMEWORK_DRAFTS):
        return None
    return found


def draft_to_change(scope: Scope, uid: UUID) -> FrameworkVersion | None:
    """Return a draft that the caller may change, or None; one query."""
    found = version_seen(scope, uid) if scope.may(Data.DEFINITIONS, Action.CHANGE) else None
    return found if found and found.state == VersionState.DRAFT else None


@dataclass(frozen=True, slots=True)
class EarlierElement:
    """An element that the version in force has no more: its last wording, and what carries its ratings now."""

    wording: ElementVersion
    successor: ElementVersion | None
    also: list[ElementVersion]


def earlier_element(scope: Scope, uid: UUID, year: int) -> EarlierElement | None:
    """Return an element that is not in the version in force in a year but was in one before; six queries at most."""
    if not scope.may(Data.DEFINITIONS):
        return None
    element = Element.objects.filter(uid=uid).first()
    if element is None:
        return None
    worded = _published(ElementVersion.objects.filter(element=element))
    wording = (
        worded.prefetch_related("descriptors").order_by("-version__first_school_year", "-version__pk").first()
    )
    version = FrameworkVersion.objects.in_force(year).filter(framework=element.framework_id).first()
    if wording is None or version is None or wording.version_id == version.pk:
        return None
    now = carried(version).get(element.pk)
    drawn = version.origins.filter(earlier=element, carries=False).values_list("element", flat=True)
    named = {
        one.element_id: one
        for one in version.elements.filter(element__in=[*drawn, now or 0]).select_related("element")
    }
    also = [one for pk, one in named.items() if pk != now]
    return EarlierElement(wording, named.get(now or 0), also)


def carried_here(wording: ElementVersion) -> list[ElementVersion]:
    """Return the last wordings of the earlier elements whose ratings count as those of an element; three queries."""
    earlier = [one for one, now in carried(wording.version).items() if now == wording.element_id]
    if not earlier:
        return []
    rows = _published(ElementVersion.objects.filter(element__in=earlier)).order_by(
        "version__first_school_year", "version__pk"
    )
    return list({one.element_id: one for one in rows}.values())


def _published(rows: QuerySet[ElementVersion]) -> QuerySet[ElementVersion]:
    return rows.exclude(version__state=VersionState.DRAFT).select_related("element", "version__framework")
