"""The page of the district's teaching capacity, for who sees the district and not its schools."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from instruction import charts, group_table, queries, trends
from instruction.capacity.rules import DEFAULT_RULES
from instruction.filters import CapacityFilters
from instruction.sentences import district_sentence


@require_GET
@needs(Data.DISTRICT_CAPACITY)
def district(request: HttpRequest) -> HttpResponse:
    """Show each element's estimate for the district, its networks and its levels of schools; no school."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None or standing.run is None:
        may_ask = request.scope.may(Data.JOBS, Action.CHANGE)  # type: ignore[attr-defined]
        context = {"standing": standing, "may_ask": may_ask, "year": filters.year}
        return render(request, "instruction/nothing_computed.html", context)
    page = queries.district_page(request.scope, standing)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    elements = charts.district_rows(page.columns)
    context = {
        "page": page,
        "standing": standing,
        "sentence": district_sentence(page),
        "figure": charts.intervals([row for _column, row in elements], len(standing.version.level_names)),
        "trend": trends.of_district(request.scope, standing, page.columns),  # type: ignore[attr-defined]
        "elements": [(column, row, charts.texts(column, row)) for column, row in elements],
        "tables": [
            (title, group_table.table(heading, lines, page.columns))
            for title, heading, lines in (
                (_("Networks"), _("Network"), page.networks),
                (_("Levels of schools"), _("School level"), page.levels),
            )
            if lines
        ],
        "fewest": DEFAULT_RULES.min_schools,
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
    }
    return render(request, "instruction/district.html", context)
