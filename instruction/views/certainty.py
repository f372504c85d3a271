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
from alignment_dash.ui.workbook import workbook_response
from instruction import certainty_export, certainty_table, queries
from instruction import certainty_words as words
from instruction.calibrating.queries import told_of_run
from instruction.calibrating.words import counts_words
from instruction.completion.queries import checklists, teacher_rules
from instruction.completion.reading import default, rules_at
from instruction.completion.words import checklist_sentence, due_words, expected_words, rule_words
from instruction.filters import CapacityFilters
from instruction.queries.certainty_page import CertaintyPage
from instruction.queries.observers import Severity
from instruction.views.frame import export_url, frame, nothing_computed

_VISITS_SHOWN = 10


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def certainty(request: HttpRequest) -> HttpResponse:
    """Show how sure the figures are, what would change it, and who was observed when."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    standing = queries.standing(filters.year, filters.framework)
    if standing is None or standing.run is None:
        return nothing_computed(request, standing, filters.year)
    page = queries.certainty_page(scope, standing, _by_name(filters))
    written = checklists(scope, standing.run.pk)
    context = {
        **frame(request, standing, export="instruction:certainty-export", data=Data.SCHOOL_CAPACITY),
        "workbook_url": export_url(request, "instruction:certainty-workbook", Data.SCHOOL_CAPACITY),
        "page": page,
        "sentence": words.certainty_sentence(page),
        "table": certainty_table.table(page),
        "legend": certainty_table.legend(),
        "elements": [(column, held, words.change_words(held)) for column, held in page.by_element],
        "completion": _completion(page),
        "done_sentence": words.done_sentence(page.totals),
        "expected_words": _expected_words(standing.year),
        "sees_expectations": scope.may(Data.EXPECTATIONS),
        "checklists": written,
        "checklist_sentence": checklist_sentence(written, standing.year),
        "observers": words.observers_words(page.observers) if page.observers else [],
        "pages": Paginator(
            range(page.found.n_schools), queries.schools_per_page(page.found.n_schools)
        ).get_page(page.found.filters.page),
        "calibrated": counts_words(told_of_run(scope, standing.run))
        if scope.district_wide(Data.SCHOOL_CAPACITY)
        else "",
        "sees_calibration": scope.may(Data.CALIBRATION),
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


def _expected_words(year: int) -> str:
    held = teacher_rules(year)
    rules = [rule for one in held for rule in rules_at(one.level, [one], year)]
    return expected_words(held, rules or [default(year)], year)


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def certainty_completion(request: HttpRequest) -> HttpResponse:
    """Return observation completion by school as CSV."""
    page = _exported(request)
    if page is None:
        return csv_response("observation-completion.csv", [[_("Nothing has been computed yet.")]])
    name = f"observation-completion-{page.found.standing.year_label}.csv"
    rows = [certainty_export.completion_header(), *certainty_export.completion_rows(page)]
    return csv_response(name, rows)


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def certainty_workbook(request: HttpRequest) -> HttpResponse:
    """Return observation completion by school as an Excel workbook."""
    page = _exported(request)
    header = certainty_export.completion_header()
    rows = certainty_export.completion_rows(page) if page else [[_("Nothing has been computed yet.")]]
    label = page.found.standing.year_label if page else ""
    name = f"observation-completion-{label}.xlsx" if page else "observation-completion.xlsx"
    return workbook_response(name, {_("Observation completion"): (header, rows)})


def _exported(request: HttpRequest) -> CertaintyPage | None:
    """Return all schools that leave as a file, recorded; None where no framework is in force."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None:
        return None
    page = queries.certainty_page(request.scope, standing, _by_name(filters), everything=True)  # type: ignore[attr-defined]
    asked = {"year": filters.year}
    recording.exported(
        request, "completion", target=standing.version, rows=len(page.found.schools), filters=asked
    )
    return page


@require_GET
@needs(Data.PERSON_EVIDENCE)
def not_observed(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school's leaders which teachers were not observed this school year; that they looked is recorded."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    page = queries.not_observed_page(request.scope, standing, uid) if standing else None  # type: ignore[attr-defined]
    if standing is None or page is None:
        raise Http404
    recording.seen(request, "not-observed", target=page.school, people=page.people, year=standing.year)
    context = {
        "page": page,
        "standing": standing,
        "rules": [rule_words(rule) for rule in page.rules],
        "due": due_words(page.rules, page.day),
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
        return nothing_computed(request, standing, filters.year)
    page = queries.observers_page(request.scope, standing)  # type: ignore[attr-defined]
    if page.everyone is not None:
        recording.seen(request, "observers", target=standing.version, people=page.people, year=standing.year)
    context = {
        **frame(request, standing),
        "page": page,
        "own": _severities(page.own),
        "own_words": words.severity_words(page.own_mean) if page.own_mean else "",
        "everyone": _severities(page.everyone or []),
        "sees_own_observing": request.scope.own_id(Data.OBSERVING) is not None  # type: ignore[attr-defined]
        and request.scope.may(Data.OBSERVING),  # type: ignore[attr-defined]
    }
    return render(request, "instruction/observers.html", context)


def _severities(found: list[Severity]) -> list[tuple[Severity, list[str], str]]:
    """Return each severity with its numbers and its words."""
    return [
        (one, [words.signed(value) for value in (one.severity, one.low, one.high)], words.severity_words(one))
        for one in found
    ]
