"""The page of one number: how the estimate of a school on an element comes from the ratings."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from instruction import derivation_words, queries, trends, waterfall
from instruction.filters import CapacityFilters
from instruction.queries.ratings_behind import RATINGS_PER_PAGE
from instruction.second_looks.queries import of_cell


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def derivation(request: HttpRequest, school_uid: UUID, element_uid: UUID) -> HttpResponse:
    """Show how one figure comes about; the school's own leaders also see the ratings behind it."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    page = queries.derivation_page(scope, filters.year, school_uid, element_uid)
    if page is None:
        raise Http404
    lines = derivation_words.step_lines(page)
    context = {
        "page": page,
        "standing": page.standing,
        "sentence": derivation_words.answer(page),
        "lines": lines,
        "figure": _figure(page, lines),
        "summed": derivation_words.summed(page.steps) if page.steps else "",
        "aims": derivation_words.aim_lines(page),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}),
        "trend": trends.of_school(scope, page.standing, page.school.pk, [page.column]),
        "written": of_cell(scope, page.school, page.column.element_id, UUID(page.column.uid), filters.year),
        "year": filters.year,
        **_firmness(page),
        **_ratings(request, page, filters.page),
    }
    return render(request, "instruction/derivation.html", context)


def _figure(page: queries.DerivationPage, lines: list[derivation_words.StepLine]) -> dict[str, Any] | None:
    if page.steps is None or page.row is None or page.cell is None:
        return None
    low, high = page.cell.low or 0.0, page.cell.high or 0.0
    return waterfall.waterfall(page.steps, lines, target=page.row.target, low=low, high=high)


def _firmness(page: queries.DerivationPage) -> dict[str, str]:
    if page.row is None or page.cell is None:
        return {}
    return {
        "evidence_rule": derivation_words.evidence_rule(page.row, len(page.standing.version.level_names)),
        "rank": derivation_words.rank(page.cell),
        "neediest": derivation_words.neediest(page.cell),
    }


def _ratings(request: HttpRequest, page: queries.DerivationPage, number: int) -> dict[str, Any]:
    """Return the ratings behind the figure for the school's own leaders; that they look is recorded first."""
    behind = queries.ratings_behind(request.scope, page, number)  # type: ignore[attr-defined]
    if behind is None:
        return {"behind": None}
    people = [one.teacher_id for one in behind.ratings]
    if people:
        recording.seen(request, "ratings", target=page.school, people=people, year=page.standing.year)
    return {"behind": behind, "pages": Paginator(range(behind.n), RATINGS_PER_PAGE).get_page(behind.page)}
