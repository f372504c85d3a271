"""The page of the support that schools ask for, its file, and the answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import workbook_response
from alignment_dash.ui.years import year_from
from instruction.models import Department, SupportKind, SupportState
from instruction.school_plans import actions, export
from instruction.school_plans.forms import AnswerForm
from instruction.school_plans.listing import plans_of
from instruction.school_plans.requests import (
    ANSWERED,
    OPEN,
    RequestFilters,
    may_answer,
    request_of,
    requests_page,
)
from instruction.school_plans.words import plans_sentence, requests_sentence

CONFLICT = 409


def filters_of(params: QueryDict) -> RequestFilters:
    """Read the filters of an address; what is unknown filters nothing."""
    states = {OPEN, ANSWERED, *SupportState.values}

    def among(name: str, known: Any) -> str:
        value = params.get(name, "")
        return value if value in known else ""

    school = params.get("school", "")
    return RequestFilters(
        year=year_from(params),
        department=among("department", Department.values),
        kind=among("kind", SupportKind.values),
        state=among("state", states),
        school=school if len(school) == 36 else "",
    )


@require_GET
@needs(Data.SUPPORT_REQUESTS)
def requests(request: HttpRequest) -> HttpResponse:
    """Show what schools ask the district for, added up, and each request with its answer."""
    scope, filters = request.scope, filters_of(request.GET)  # type: ignore[attr-defined]
    page = requests_page(scope, filters)
    context = {
        "page": page,
        "filters": filters,
        "year_label": schoolyear.label(filters.year),
        "standing": page.standing,
        "sentence": requests_sentence(page),
        "sums": [
            (title, heading, way, [(one, page.gaps.get(one.key)) for one in page.sums[way]])  # type: ignore[call-overload]
            for way, heading, title in (
                ("department", _("Department"), _("By department")),
                ("kind", _("Kind of support"), _("By kind of support")),
                ("element", _("Element"), _("By element")),
                ("subject", _("Subject"), _("By subject")),
            )
        ],
        "rows": [
            (one, page.names.get(one.element_id or 0, ""), may_answer(scope, one)) for one in page.requests
        ],
        "departments": Department.choices,
        "kinds": SupportKind.choices,
        "states": [(OPEN, _("Waiting for an answer")), (ANSWERED, _("Answered")), *SupportState.choices],
        "may_export": scope.may(Data.SUPPORT_REQUESTS, Action.EXPORT),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
    }
    return render(request, "instruction/school_plans/requests.html", context)


@require_GET
@needs(Data.SUPPORT_REQUESTS, Action.EXPORT)
def requests_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the listed requests and their sums as CSV, or as a workbook of two sheets."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    filters = filters_of(request.GET)
    page = requests_page(request.scope, filters)  # type: ignore[attr-defined]
    if page.standing is None:
        return csv_response("support-requests.csv", [[_("No teaching framework is in force.")]])
    asked = {
        "year": filters.year,
        "department": filters.department,
        "kind": filters.kind,
        "state": filters.state,
    }
    recording.exported(
        request, "support-requests", target=page.standing.version, rows=len(page.requests), filters=asked
    )
    name = f"support-requests-{schoolyear.label(filters.year)}"
    if kind == "xlsx":
        return workbook_response(f"{name}.xlsx", export.sheets_of(page))
    return csv_response(f"{name}.csv", export.rows_of(page))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SUPPORT_REQUESTS, Action.CHANGE)
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Agree to a request, decline it, or say that the support was given."""
    scope = request.scope  # type: ignore[attr-defined]
    row = request_of(scope, uid)
    if row is None or not may_answer(scope, row):
        raise Http404
    if request.method != "POST":
        first = {"revision": row.revision, "state": row.state, "answer": row.answer}
        return _page(request, row, AnswerForm(initial=first))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        actions.answer_request(request=row, revision=form.seen(), by=signed_in(request), **form.values())
    except actions.Moved as moved:
        return _page(request, moved.now, form.again(moved.now.revision), status=CONFLICT, is_moved=True)
    except actions.Closed as closed:
        return _page(request, row, form, status=CONFLICT, refused=str(closed))
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, row, form)
    messages.success(request, _("Answered. The school sees it on its plan."))
    return redirect(reverse("instruction:support-requests", query={"year": row.plan.school_year}))


def _page(request: HttpRequest, row: Any, form: Any, *, status: int = 0, **more: Any) -> HttpResponse:
    year = row.plan.school_year
    context = {
        "row": row,
        "form": form,
        "year_label": schoolyear.label(year),
        "list_url": reverse("instruction:support-requests", query={"year": year}),
        "plan_url": reverse(
            "instruction:school-plan", kwargs={"uid": row.plan.school.uid}, query={"year": year}
        ),
        "sees_plan": row.plan.school_id in request.scope.schools(Data.SCHOOL_PLAN),  # type: ignore[attr-defined]
    }
    code = status or (400 if form.errors else 200)
    return render(request, "instruction/school_plans/answer.html", context | more, status=code)


@require_GET
@needs(Data.SCHOOL_PLAN)
def plans(request: HttpRequest) -> HttpResponse:
    """Show whose plan is ready."""
    year = year_from(request.GET)
    found = plans_of(request.scope, year)  # type: ignore[attr-defined]
    context = {
        "year": year,
        "year_label": schoolyear.label(year),
        "plans": found,
        "sentence": plans_sentence(found, year),
    }
    return render(request, "instruction/school_plans/plans.html", context)
