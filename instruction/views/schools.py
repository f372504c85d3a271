"""The page of one school."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.years import year_from
from instruction import charts, queries, trends
from instruction.aims import KINDS
from instruction.export import rows_of_school
from instruction.filters import AGAINST, CapacityFilters
from instruction.second_looks.queries import looks_of_school
from instruction.sentences import school_sentence


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def school(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one school's elements against targets, and its people to who may see them."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None:
        return _without_framework(request, uid)
    page = queries.school_page(request.scope, standing, uid, against=filters.against)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    if page.teachers is not None:
        shown = [line.person_id for line in page.teachers if any(line.figures)]
        recording.seen(request, "teachers", target=page.school, people=shown, year=standing.year)
    rows = charts.school_rows(page.lines)
    context = {
        "page": page,
        "against": [(key, str(label)) for key, label in AGAINST.items()],
        "filters": filters,
        "aim_headings": [AGAINST[kind] for kind in KINDS],
        "since": standing.compared_with,
        "standing": standing,
        "sentence": school_sentence(page),
        "trend": trends.of_school(request.scope, standing, page.school.pk, page.columns),  # type: ignore[attr-defined]
        "looks": looks_of_school(request.scope, page.school.pk, standing.year),  # type: ignore[attr-defined]
        "figure": charts.intervals(rows, len(standing.version.level_names)),
        "may_export": request.scope.may(Data.SCHOOL_CAPACITY, Action.EXPORT),  # type: ignore[attr-defined]
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": standing.year}),
    }
    return render(request, "instruction/school.html", context)


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def school_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a school's elements as CSV, with all three targets and the gap to each."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    page = queries.school_page(request.scope, standing, uid) if standing else None  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    asked = {"year": filters.year, "framework": filters.framework}
    recording.exported(request, "capacity", target=page.school, rows=len(page.lines), filters=asked)
    return csv_response(f"elements-{page.standing.year_label}.csv", rows_of_school(page))


def _without_framework(request: HttpRequest, uid: UUID) -> HttpResponse:
    if not queries.school_is_visible(request.scope, uid):  # type: ignore[attr-defined]
        raise Http404
    context = {"standing": None, "may_ask": False, "year": year_from(request.GET)}
    return render(request, "instruction/nothing_computed.html", context)
