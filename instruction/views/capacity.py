"""The capacity map, and its export."""

from dataclasses import asdict
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction import caching, charts, heat, queries
from instruction.aims import STRATEGIC
from instruction.export import rows_of
from instruction.filters import AGAINST, READINGS, CapacityFilters
from instruction.queries.moved import moved
from instruction.second_looks.queries import cells_with_looks, looks_stamp
from instruction.sentences import map_sentence

TEMPLATE = "instruction/capacity_map.html"


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def capacity_map(request: HttpRequest) -> HttpResponse:
    """Show where teaching capacity is furthest from the district's targets."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    may_ask = request.scope.may(Data.JOBS, Action.CHANGE)  # type: ignore[attr-defined]
    if standing is None or standing.run is None:
        context = {"standing": standing, "may_ask": may_ask, "year": filters.year}
        return render(request, "instruction/nothing_computed.html", context)
    key = caching.page_key(request, standing, f"map{looks_stamp(filters.year)}")
    return caching.answer(request, key, lambda: _page(request, standing, filters, key, may_ask))


def _page(
    request: HttpRequest, standing: queries.Standing, filters: CapacityFilters, key: str, may_ask: bool
) -> HttpResponse:
    body = caching.body(key, lambda: _body(request, standing, filters))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(body)
    return render(request, TEMPLATE, {"body": body, "standing": standing, "may_ask": may_ask})


def _body(request: HttpRequest, standing: queries.Standing, filters: CapacityFilters) -> str:
    found = queries.capacity_map(request.scope, standing, filters, brief=True)  # type: ignore[attr-defined]
    elements = charts.district_rows(found.columns)
    rows = [row for _column, row in elements]
    sees_district = any(row.estimate is not None for row in rows)
    context = {
        "found": found,
        "filters": filters,
        "standing": standing,
        "sentence": map_sentence(found),
        "table": heat.table(found, _sort_link(request), _looks(request, found)),
        "legend": heat.legend(filters.reading),
        "against": [(key, str(label)) for key, label in AGAINST.items()],
        "readings": [(key, str(label)) for key, label in READINGS.items()],
        "page": _pages(found),
        "moved": moved(request.scope, found),  # type: ignore[attr-defined]
        "elements": [(column, row, charts.texts(column, row)) for column, row in elements],
        "figure": charts.intervals(rows, len(standing.version.level_names)) if sees_district else None,
        "export_url": _export_url(request),
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
        "fold_options": [("", _("Elements")), ("dimension", _("Dimensions"))],
    }
    # Without the frame's context processors, which the page around it runs anyway.
    return render_to_string(f"{TEMPLATE}#map", context | {"request": request})


def _looks(request: HttpRequest, found: queries.CapacityMap) -> dict[tuple[int, int], int]:
    """Return which cells of the page someone has looked at a second time this year."""
    places = [line.school_id for line in found.schools]
    return cells_with_looks(request.scope, places, found.filters.year)  # type: ignore[attr-defined]


def _export_url(request: HttpRequest) -> str:
    """Return where what is shown is exported; "" for who may not. Equal scopes share a page, and may the same."""
    if not request.scope.may(Data.SCHOOL_CAPACITY, Action.EXPORT):  # type: ignore[attr-defined]
        return ""
    return reverse("instruction:capacity-export", query=request.GET)


def _pages(found: queries.CapacityMap) -> Page[Any]:
    return Paginator(range(found.n_schools), queries.schools_per_page(found.n_schools)).get_page(
        found.filters.page
    )


def _sort_link(request: HttpRequest) -> Any:
    """Return the function from a column to the address that sorts by it, or turns its order around."""
    params = request.GET.copy()
    params.pop("page", None)
    current = params.get("sort", "")

    def link(key: str, largest_first: bool) -> str:
        first = f"-{key}" if largest_first else key
        other = key if largest_first else f"-{key}"
        params["sort"] = other if current == first else first
        return f"?{params.urlencode()}"

    return link


def _file_name(standing: queries.Standing, filters: CapacityFilters) -> str:
    kind = "" if filters.against == STRATEGIC else f"-{filters.against}"
    return f"capacity-{standing.year_label}-{filters.reading}{kind}.csv"


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def capacity_export(request: HttpRequest) -> HttpResponse:
    """Return what the map shows as CSV, all pages of it."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None:
        return csv_response("capacity.csv", [[_("Nothing has been computed yet.")]])
    found = queries.capacity_map(request.scope, standing, filters, everything=True, brief=True)  # type: ignore[attr-defined]
    asked = {name: value for name, value in asdict(filters).items() if name != "page"}
    recording.exported(request, "capacity", target=standing.version, rows=found.n_schools, filters=asked)
    return csv_response(_file_name(standing, filters), rows_of(found))
