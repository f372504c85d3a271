"""Pages of principals' leadership: the list of a caseload, one principal, how it is computed, and files."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import workbook_response
from alignment_dash.ui.years import year_from
from instruction.capacity.rules import DEFAULT_RULES
from instruction.leadership import exports, pages, queries
from instruction.leadership.rules import RULES
from instruction.snapshots.rated import YEARS


@require_GET
@needs(Data.LEADERSHIP_EVIDENCE)
def leadership_list(request: HttpRequest) -> HttpResponse:
    """Show the principals of a caseload by the elements of leadership; a principal their own page."""
    scope, year = _asked(request)
    led = queries.reached(scope)
    if [one.is_self for one in led.values()] == [True]:
        return _page(request, next(iter(led.values())), year)
    found = queries.standing(year)
    version, snapshot = found or (None, None)
    elements = pages.elements_of(version) if version else []
    rows = pages.list_rows(led, elements, snapshot)
    if rows and version:
        recording.seen(request, "leadership", target=version, people=list(led), year=year)
    context = {
        "rows": rows,
        "elements": elements,
        "snapshot": snapshot,
        "version": version,
        "sentence": pages.list_sentence(rows, snapshot is not None),
        "year": year,
        "year_label": schoolyear.label(year),
    }
    return render(request, "instruction/leadership/list.html", context)


@require_GET
@needs(Data.LEADERSHIP_EVIDENCE)
def leadership_of(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what is known of one principal's leadership, to who supports them and to themselves."""
    scope, year = _asked(request)
    led = queries.reached_one(scope, uid)
    if led is None:
        raise Http404
    return _page(request, led, year)


def _page(request: HttpRequest, led: queries.Led, year: int) -> HttpResponse:
    found = queries.standing(year)
    if found is None:
        context = {"led": led, "year": year, "year_label": schoolyear.label(year)}
        return render(request, "instruction/leadership/no_framework.html", context)
    version, snapshot = found
    recording.seen(request, "leadership", target=version, people=[led.person_id], year=year)
    page = pages.principal_page(request.scope, led, version, snapshot)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "sentence": pages.page_sentence(page),
        "rules": RULES,
        "year": year,
        "year_label": schoolyear.label(year),
    }
    return render(request, "instruction/leadership/one.html", context)


@require_GET
@needs(Data.LEADERSHIP_EVIDENCE)
def leadership_how(request: HttpRequest) -> HttpResponse:
    """Say how principals' figures are computed, with the rules in force and what the run saw."""
    _scope, year = _asked(request)
    found = queries.standing(year)
    context = {
        "version": found[0] if found else None,
        "snapshot": found[1] if found else None,
        "rules": RULES,
        "years": YEARS,
        "confidence": round(100 * DEFAULT_RULES.confidence),
        "reliability": f"{RULES.min_reliability:.2f}",
        "year": year,
        "year_label": schoolyear.label(year),
    }
    return render(request, "instruction/leadership/how.html", context)


@require_GET
@needs(Data.LEADERSHIP_EVIDENCE, Action.EXPORT)
def leadership_csv(request: HttpRequest) -> HttpResponse:
    """Return the figures the list shows as CSV."""
    rows = _rows(request)
    return csv_response(f"leadership-{today()}.csv", [exports.heading(), *rows])


@require_GET
@needs(Data.LEADERSHIP_EVIDENCE, Action.EXPORT)
def leadership_workbook(request: HttpRequest) -> HttpResponse:
    """Return the figures the list shows as a workbook."""
    rows = _rows(request)
    return workbook_response(f"leadership-{today()}.xlsx", {"Leadership": (exports.heading(), rows)})


def _rows(request: HttpRequest) -> list[exports.Row]:
    scope, year = _asked(request)
    led = queries.reached(scope, Action.EXPORT)
    found = queries.standing(year)
    rows: list[exports.Row] = []
    if found and found[1]:
        elements = pages.elements_of(found[0])
        rows = list(exports.rows_of(pages.list_rows(led, elements, found[1]), elements, found[1]))
    detail = {"year": year}
    recording.exported(request, "leadership", target=signed_in(request), rows=len(rows), filters=detail)
    return rows


def _asked(request: HttpRequest) -> tuple[Scope, int]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope, year_from(request.GET)
