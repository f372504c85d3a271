"""What a school's improvement plan aims at on the framework."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from instruction import actions
from instruction.filters import CapacityFilters
from instruction.plan_forms import PlanForm
from instruction.queries.school_page import school_is_visible
from instruction.queries.school_plan import PlanPage, plan_page
from instruction.school_plans.page import plan_context
from instruction.target_words import plan_sentence
from instruction.views.targets import CONFLICT


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SCHOOL_PLAN)
def school_plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school's own targets beside where it stands; its principal sets them."""
    filters = CapacityFilters.from_params(request.GET)
    page = plan_page(request.scope, filters.year, uid, filters.framework)  # type: ignore[attr-defined]
    if page is None:
        return _without_framework(request, uid, filters)
    if request.method != "POST":
        return _page(request, page, PlanForm(page))
    if not page.may_change:
        raise Http404
    form = PlanForm(page, request.POST)
    if not form.is_valid():
        return _page(request, page, form, status=400)
    try:
        changed = actions.change_school_targets(
            school=page.school, version=page.standing.version, year=filters.year,
            settings=form.settings(), by=signed_in(request),
        )  # fmt: skip
    except actions.TargetsMoved as moved:
        return _page(request, page, form.with_theirs(moved.now), status=CONFLICT, is_moved=True)
    except actions.PlanClosed as closed:
        messages.error(request, str(closed))
        return _page(request, page, form, status=CONFLICT)
    if changed:
        messages.success(request, _("Saved. What is computed from these targets is computed again."))
    else:
        messages.info(request, _("Nothing was different: no target was changed."))
    return redirect(_address(page))


def _without_framework(request: HttpRequest, uid: UUID, filters: CapacityFilters) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    if request.method == "POST" or not school_is_visible(scope, uid, Data.SCHOOL_PLAN):
        raise Http404
    context = {"standing": None, "may_ask": False, "year": filters.year}
    return render(request, "instruction/nothing_computed.html", context)


def _address(page: PlanPage) -> str:
    """Return the plan's own address; it names the framework, for a plan has targets on each of them."""
    return reverse("instruction:school-plan", kwargs={"uid": page.school.uid}, query=_query(page))


def _query(page: PlanPage) -> dict[str, Any]:
    return {"year": page.standing.year, "framework": page.standing.version.framework.uid}


def _page(request: HttpRequest, page: PlanPage, form: PlanForm, **more: Any) -> HttpResponse:
    year = page.standing.year
    context = {
        "page": page,
        "standing": page.standing,
        "form": form,
        "sentence": plan_sentence(page),
        "page_url": _address(page),
        "school_url": reverse("instruction:school", kwargs={"uid": page.school.uid}, query=_query(page)),
        "how_url": reverse("instruction:how-computed", query={"year": year}),
    }
    context |= plan_context(request.scope, page.school, year)  # type: ignore[attr-defined]
    context |= {"form_may_change": page.may_change and context["plan_is_open"]}
    status = more.pop("status", 200)
    return render(request, "instruction/school_plan.html", context | more, status=status)
