"""Pages of positions: which schools are short of people, and one school's positions."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.schoolyear import current_year
from alignment_dash.ui.years import year_from
from schools.models import Level
from staffing import queries
from staffing.questions import school_sentence, sentence

ROWS_PER_PAGE = 200


@require_GET
@needs(Data.STAFFING)
def fill_rates(request: HttpRequest) -> HttpResponse:
    """Show each school's budgeted and filled FTE, its vacancies, and how long the oldest is open."""
    year, filters = year_from(request.GET), queries.FillFilters.from_params(request.GET)
    rates = queries.fill_rates(request.scope, year, filters)  # type: ignore[attr-defined]
    context = {
        "rates": rates,
        "filters": filters,
        "levels": Level.choices,
        "default_sort": queries.DEFAULT_SORT,
        "sentence": sentence(rates),
        "page": Paginator(rates.rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "may_change": _may_change(request, year),
        "year": year,
    }
    return render(request, "staffing/fill_rates.html", context)


@require_GET
@needs(Data.STAFFING)
def school_positions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one school's positions, vacancies first."""
    year = year_from(request.GET)
    school = queries.school_positions(request.scope, year, uid)  # type: ignore[attr-defined]
    if school is None:
        raise Http404
    context = {
        "school": school,
        "sentence": school_sentence(school.name, school.staffing, school.longest),
        "may_change": _may_change(request, year),
        "year": year,
    }
    return render(request, "staffing/school_positions.html", context)


def _may_change(request: HttpRequest, year: int) -> bool:
    """Say whether the caller may change positions here: the page of another year is history."""
    return bool(request.scope.may(Data.STAFFING, Action.CHANGE)) and year == current_year()  # type: ignore[attr-defined]
