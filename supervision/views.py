"""Pages of caseloads: all of them, the caller's own, and one supervisor's."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.ui.years import year_from
from supervision import queries, rows
from supervision.needs import SPAN_HIGH, SPAN_LOW
from supervision.questions import caseload_sentence, district_sentence

SPAN = {"low": SPAN_LOW, "high": SPAN_HIGH}


@require_GET
@needs(Data.CASELOADS)
def caseload_list(request: HttpRequest) -> HttpResponse:
    """Show every caseload beside the span, or their own to who sees only that."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    if not scope.district_wide(Data.CASELOADS):
        return my_caseload(request)
    found = queries.caseloads(scope, year)
    context = {
        "caseloads": found,
        "rows": rows.sorted_caseloads(found.rows, request.GET.get("sort", "")),
        "default_sort": rows.CASELOAD_SORT,
        "sentence": district_sentence(found),
        "span": SPAN,
        "year": year,
    }
    return render(request, "supervision/caseload_list.html", context)


@require_GET
@needs(Data.CASELOADS)
def my_caseload(request: HttpRequest) -> HttpResponse:
    """Show the caller's own caseload, or that there is none."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    found = queries.caseload(scope, year, scope.person_id) if scope.person_id else None
    if found is None:
        return render(request, "supervision/no_caseload.html", {"year": year})
    return _page(request, found, year, own=True)


@require_GET
@needs(Data.CASELOADS)
def caseload_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one supervisor's caseload to the cabinet and to herself."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    found = queries.caseload(scope, year, uid)
    if found is None:
        raise Http404
    return _page(request, found, year, own=False)


def _page(request: HttpRequest, found: rows.Caseload, year: int, *, own: bool) -> HttpResponse:
    context = {
        "caseload": found,
        "rows": rows.sorted_schools(found.rows, request.GET.get("sort", "")),
        "default_sort": rows.SCHOOL_SORT,
        "sentence": caseload_sentence(found, own=own),
        "own": own,
        "sees_all": request.scope.district_wide(Data.CASELOADS),  # type: ignore[attr-defined]
        "span": SPAN,
        "year": year,
    }
    return render(request, "supervision/caseload.html", context)
