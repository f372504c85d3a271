"""The page of one element."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from instruction import charts, queries
from instruction.filters import CapacityFilters
from instruction.models import Competency
from instruction.queries.element_page import SCHOOLS_PER_PAGE
from instruction.sentences import element_sentence


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def element(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what an element is and how the schools stand on it."""
    filters = CapacityFilters.from_params(request.GET)
    page = queries.element_page(request.scope, filters, uid)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    names = page.standing.version.level_names
    context = {
        "page": page,
        "standing": page.standing,
        "sentence": element_sentence(page),
        "figure": charts.distribution(page.schools, page.column.target, len(names)),
        "levels": list(zip(names, page.wording.descriptors.all(), strict=False)),
        "competencies": [Competency(code).label for code in page.wording.competencies],
        "pages": Paginator(range(page.n_schools), SCHOOLS_PER_PAGE).get_page(filters.page),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}),
    }
    return render(request, "instruction/element.html", context)
