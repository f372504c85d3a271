"""The page of one element."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from instruction import charts, queries, trends
from instruction.aims import KINDS
from instruction.consulting.focus import schools_in_focus
from instruction.consulting.sources import sources_on
from instruction.defining.queries import carried_here, earlier_element
from instruction.filters import AGAINST, CapacityFilters
from instruction.models import Competency
from instruction.queries import Cell, ElementPage, SchoolLine
from instruction.queries.element_page import SCHOOLS_PER_PAGE
from instruction.queries.strength import strength
from instruction.second_looks.queries import cells_with_looks
from instruction.sentences import element_sentence, need_words


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def element(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what an element is and how the schools stand on it."""
    filters = CapacityFilters.from_params(request.GET)
    page = queries.element_page(request.scope, filters, uid)  # type: ignore[attr-defined]
    if page is None:
        return _earlier(request, filters, uid)
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
        "rows": _rows(request, page),
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
        "sources": sources_on(page.column.element_id),
        "may_define": request.scope.may(Data.DEFINITIONS, Action.CHANGE),  # type: ignore[attr-defined]
        "focus_at": schools_in_focus(request.scope, page.column.element_id, filters.year),  # type: ignore[attr-defined]
        "focus_url": reverse(
            "instruction:focus",
            query={"year": filters.year, "framework": page.standing.version.framework.uid},
        ),
        "carried": carried_here(page.wording),
        "levels": list(zip(names, page.wording.descriptors.all(), strict=False)),
        "competencies": [Competency(code).label for code in page.wording.competencies],
        "pages": Paginator(range(page.n_schools), SCHOOLS_PER_PAGE).get_page(filters.page),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}),
    }
    return render(request, "instruction/element.html", context)


def _rows(request: HttpRequest, page: ElementPage) -> list[tuple[SchoolLine, Cell | None, str, int]]:
    """Return each school with its cell, words about its place, and how many second looks it has had this year."""
    places = [line.school_id for line, _cell in page.schools]
    marks = cells_with_looks(request.scope, places, page.standing.year)  # type: ignore[attr-defined]
    element = page.column.element_id
    return [
        (line, cell, need_words(cell), marks.get((line.school_id, element), 0)) for line, cell in page.schools
    ]


def _earlier(request: HttpRequest, filters: CapacityFilters, uid: UUID) -> HttpResponse:
    """Show an element that the version in force has no more, with what carries its ratings now."""
    page = earlier_element(request.scope, uid, filters.year)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    names = page.wording.version.level_names
    texts = {one.level: one.text for one in page.wording.descriptors.all()}
    context = {
        "page": page,
        "levels": [(name, texts.get(level, "")) for level, name in enumerate(names, start=1)],
        "year_label": schoolyear.label(filters.year),
    }
    return render(request, "instruction/defining/earlier_element.html", context)
