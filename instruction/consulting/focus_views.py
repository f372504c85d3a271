"""Pages of the focus of a school year: the district's, and a school's own beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.consulting import focus_actions, words
from instruction.consulting.focus import Focus, chosen, focused
from instruction.filters import CapacityFilters
from instruction.frameworks.review import MOST_IN_FOCUS
from instruction.models import ElementVersion, FrameworkVersion
from schools.models import Org, School

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of focus is about; held: what stands where it may be chosen, reasons by element id."""

    year: int
    version: FrameworkVersion
    versions: list[FrameworkVersion]
    worded: list[ElementVersion]
    focus: Focus
    held: dict[int, str]
    school: Org | None
    may_change: bool

    @property
    def address(self) -> str:
        """The page's own address; it names year and framework."""
        query = {"year": self.year, "framework": self.version.framework.uid}
        if self.school is None:
            return reverse("instruction:focus", query=query)
        return reverse("instruction:school-focus", kwargs={"uid": self.school.uid}, query=query)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS)
def focus(request: HttpRequest) -> HttpResponse:
    """Show what the school year is about; C&I administrators choose it."""
    return _answer(request, asked_of(request.scope, request.GET))  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SCHOOL_PLAN)
def school_focus(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school's own focus beside the district's; its principal chooses it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    school = School.objects.visible_to(scope.schools(Data.SCHOOL_PLAN)).filter(uid=uid).first()
    if school is None:
        raise Http404
    return _answer(request, asked_of(scope, request.GET, school))


def asked_of(scope: Scope, params: Mapping[str, str], school: Org | None = None) -> Asked | None:
    """Return what a page or the API is asked about; None where no framework is in force. Three queries."""
    filters = CapacityFilters.from_params(params)
    in_force = FrameworkVersion.objects.in_force(filters.year)
    versions = sorted(in_force, key=lambda one: (one.framework.kind != "teaching", one.framework_id))
    if not versions:
        return None
    version = next((one for one in versions if str(one.framework.uid) == filters.framework), versions[0])
    worded = list(
        version.elements.select_related("element", "dimension").order_by("dimension__place", "place")
    )
    of_year = chosen(version, filters.year, school)
    if school is None:
        may = scope.district_wide(Data.DEFINITIONS, Action.CHANGE)
    else:
        may = school.pk in scope.schools(Data.SCHOOL_PLAN, Action.CHANGE)
    return Asked(
        filters.year, version, versions, worded, focused(worded, of_year),
        of_year.district if school is None else of_year.school, school,
        may_change=may and filters.year >= schoolyear.current_year(),
    )  # fmt: skip


def _answer(request: HttpRequest, asked: Asked | None) -> HttpResponse:
    if asked is None:
        if request.method == "POST":
            raise Http404
        return render(request, "instruction/consulting/focus.html", {"asked": None})
    if request.method != "POST":
        return _page(request, asked, asked.held, focus_actions.seen_of(asked.held))
    if not asked.may_change:
        raise Http404
    picked = set(request.POST.getlist("element"))
    typed = {
        one.element_id: request.POST.get(f"why.{one.element.uid}", "")
        for one in asked.worded
        if str(one.element.uid) in picked
    }
    seen = request.POST.get("seen", "")
    try:
        changed = focus_actions.set_focus(
            version=asked.version, year=asked.year, reasons=typed, school=asked.school, seen=seen,
            by=signed_in(request),
        )  # fmt: skip
    except focus_actions.FocusMoved as moved:
        theirs = [(one, moved.now[one.element_id]) for one in asked.worded if one.element_id in moved.now]
        return _page(
            request, asked, typed, focus_actions.seen_of(moved.now), CONFLICT, is_moved=True, theirs=theirs
        )
    except ValidationError as error:
        return _page(request, asked, typed, seen, 400, faults=error.messages)
    messages.success(request, _("Saved.") if changed else _("Nothing was different: nothing was changed."))
    if len(typed) > MOST_IN_FOCUS:
        messages.warning(request, words.much_in_focus(len(typed)))
    return redirect(asked.address)


def _page(
    request: HttpRequest, asked: Asked, typed: Mapping[int, str], seen: str, status: int = 200, **more: Any
) -> HttpResponse:
    year = schoolyear.label(asked.year)
    n = len(asked.focus.district) if asked.school is None else len(asked.focus.school)
    context = {
        "asked": asked,
        "focus": asked.focus,
        "year_label": year,
        "sentence": words.focus_sentence(asked.focus, year),
        "rows": [(one, one.element_id in typed, typed.get(one.element_id, "")) for one in asked.worded],
        "seen": seen,
        "much": words.much_in_focus(n) if n > MOST_IN_FOCUS else "",
        "framework_url": reverse("instruction:framework", query={"year": asked.year, "framework": asked.version.framework.uid}),
    }  # fmt: skip
    return render(request, "instruction/consulting/focus.html", context | more, status=status)
