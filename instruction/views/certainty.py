"""How sure the figures are, who was not observed, and how strict observers are."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction import certainty_export, certainty_table, queries
from instruction import certainty_words as words
from instruction.filters import CapacityFilters
from instruction.queries.certainty_page import CertaintyPage
from instruction.queries.observers import Severity

_VISITS_SHOWN = 10


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def certainty(request: HttpRequest) -> HttpResponse:
    """Show how sure the figures are, what would change it, and who was observed when."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    standing = queries.standing(filters.year, filters.framework)
    if standing is None or standing.run is None:
        return _nothing(request, standing, filters.year)
    page = queries.certainty_page(scope, standing, _by_name(filters))
    context = {
        "page": page,
        "standing": standing,
        "sentence": words.certainty_sentence(page),
        "table": certainty_table.table(page),
        "legend": certainty_table.legend(),
        "elements": [(column, held, words.change_words(held)) for column, held in page.by_element],
        "completion": _completion(page),
        "observers": words.observers_words(page.observers) if page.observers else [],
        "pages": Paginator(
            range(page.found.n_schools), queries.schools_per_page(page.found.n_schools)
        ).get_page(page.found.filters.page),
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
        "export_url": _export_url(request, "instruction:certainty-export", Data.SCHOOL_CAPACITY),
        "sees_severity": scope.may(Data.RATER_SEVERITY),
        **_plan(scope, standing),
    }
    return render(request, "instruction/certainty.html", context)


def _by_name(filters: CapacityFilters) -> CapacityFilters:
    """Return the filters of the page: all schools on all elements, by name."""
    return CapacityFilters(year=filters.year, framework=filters.framework, sort="name", page=filters.page)


def _plan(scope: Scope, standing: queries.Standing) -> dict[str, Any]:
    """Return the first visits of the plan for who may see it."""
    if not scope.may(Data.EVIDENCE_PLAN):
        return {"plan": None}
    plan = queries.evidence_plan(scope, standing)
    return {
        "plan": plan,
        "plan_sentence": words.plan_sentence(plan),
        "visits": plan.visits[:_VISITS_SHOWN],
        "may_permit": scope.may(Data.EVIDENCE_PLAN, Action.CHANGE),
    }


def _completion(page: CertaintyPage) -> list[Any]:
    """Return each school of the page with what is told of its teachers; written here, for a template takes long."""
    found = []
    for line in page.found.schools:
        row = page.completion.get(line.school_id)
        counts = row.counts if row else ()
        found.append((line, row, [(one.columns, words.count_words(one)) for one in counts]))
    return found


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def certainty_completion(request: HttpRequest) -> HttpResponse:
    """Return observation completion by school as CSV."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None:
        return csv_response("observation-completion.csv", [[_("Nothing has been computed yet.")]])
    page = queries.certainty_page(request.scope, standing, _by_name(filters), everything=True)  # type: ignore[attr-defined]
    asked = {"year": filters.year}
    recording.exported(
        request, "completion", target=standing.version, rows=len(page.found.schools), filters=asked
    )
    name = f"observation-completion-{standing.year_label}.csv"
    return csv_response(name, certainty_export.completion_rows(page))


@require_GET
@needs(Data.PERSON_EVIDENCE)
def not_observed(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school's leaders which teachers were not observed this school year; that they looked is recorded."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    page = queries.not_observed_page(request.scope, standing, uid) if standing else None  # type: ignore[attr-defined]
    if standing is None or page is None:
        raise Http404
    people = [line.person_id for line in (*page.longest, *page.new)]
    recording.seen(request, "not-observed", target=page.school, people=people, year=standing.year)
    context = {
        "page": page,
        "standing": standing,
        "school_url": reverse("instruction:school", kwargs={"uid": uid}, query={"year": standing.year}),
    }
    return render(request, "instruction/not_observed.html", context)


@require_GET
@needs(Data.RATER_SEVERITY)
def observers(request: HttpRequest) -> HttpResponse:
    """Show the caller's own severity, and all by name to the calibration lead; that they looked is recorded."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None or standing.run is None:
        return _nothing(request, standing, filters.year)
    page = queries.observers_page(request.scope, standing)  # type: ignore[attr-defined]
    if page.everyone is not None:
        recording.seen(request, "observers", target=standing.version, people=page.people, year=standing.year)
    context = {
        "page": page,
        "standing": standing,
        "own": _severities(page.own),
        "own_words": words.severity_words(page.own_mean) if page.own_mean else "",
        "everyone": _severities(page.everyone or []),
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
    }
    return render(request, "instruction/observers.html", context)


def _severities(found: list[Severity]) -> list[tuple[Severity, list[str], str]]:
    """Return each severity with its numbers and its words."""
    return [
        (one, [words.signed(value) for value in (one.severity, one.low, one.high)], words.severity_words(one))
        for one in found
    ]


def _nothing(request: HttpRequest, standing: queries.Standing | None, year: int) -> HttpResponse:
    may_ask = request.scope.may(Data.JOBS, Action.CHANGE)  # type: ignore[attr-defined]
    context = {"standing": standing, "may_ask": may_ask, "year": year}
    return render(request, "instruction/nothing_computed.html", context)


def _export_url(request: HttpRequest, name: str, data: Data) -> str:
    """Return where what is shown is exported; "" for who may not."""
    if not request.scope.may(data, Action.EXPORT):  # type: ignore[attr-defined]
        return ""
    return reverse(name, query=request.GET)
