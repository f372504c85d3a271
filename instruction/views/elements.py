"""The page of one element."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from instruction import charts, queries, trends
from instruction.aims import KINDS
from instruction.filters import AGAINST, CapacityFilters
from instruction.models import Competency
from instruction.queries.element_page import SCHOOLS_PER_PAGE
from instruction.queries.strength import strength
from instruction.sentences import element_sentence, need_words


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def element(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what an element is and how the schools stand on it."""
    filters = CapacityFilters.from_params(request.GET)
    page = queries.element_page(request.scope, filters, uid)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    names = page.standing.version.level_names
    strong = strength(request.scope, page.standing, page.column.element_id)  # type: ignore[attr-defined]
    for at in strong:
        if at.teachers:
            people = [one.person_id for one in at.teachers]
            recording.seen(
                request, "teachers", target=at.school, people=people, element=str(uid), year=filters.year
            )
    context = {
        "page": page,
        "rows": [(line, cell, need_words(cell)) for line, cell in page.schools],
        "strong": strong,
        "against": [(key, str(label)) for key, label in AGAINST.items()],
        "filters": filters,
        "aim_headings": [AGAINST[kind] for kind in KINDS],
        "standing": page.standing,
        "sentence": element_sentence(page),
        "figure": charts.distribution(page.schools, len(names)),
        "trend": trends.of_element(
            request.scope,  # type: ignore[attr-defined]
            page.standing,
            page.column,
            [line for line, _cell in page.schools],
        ),
        "levels": list(zip(names, page.wording.descriptors.all(), strict=False)),
        "competencies": [Competency(code).label for code in page.wording.competencies],
        "pages": Paginator(range(page.n_schools), SCHOOLS_PER_PAGE).get_page(filters.page),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}),
    }
    return render(request, "instruction/element.html", context)
