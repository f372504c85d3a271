"""The pages of what is expected of observing, and of how one's own observations are written."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.years import year_from
from instruction import queries as capacity
from instruction.certainty_words import count_words, severity_words
from instruction.completion import actions, queries, words
from instruction.completion.forms import RuleForms, wanted
from instruction.filters import CapacityFilters
from instruction.views.frame import frame, nothing_computed

TEMPLATE = "instruction/completion/expectations.html"
CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.EXPECTATIONS)
def expectations(request: HttpRequest) -> HttpResponse:
    """Show how often people are to be observed in a year; who may sends all of its rules."""
    year = year_from(request.GET)
    if request.method != "POST":
        copies = request.GET.get("copy") == "last-year"
        return _page(request, year, copies=copies)
    forms = RuleForms(request.POST)
    if not forms.is_valid():
        return _page(request, year, forms=forms, status=400)
    try:
        changed = actions.set_expectations(
            year=year, rules=wanted(forms), by=signed_in(request), seen=request.POST.get("seen", "")
        )
    except actions.Moved as moved:
        return _page(request, year, forms=forms, status=CONFLICT, moved=moved.now)
    except ValidationError as error:
        return _page(request, year, forms=forms, status=400, faults=error.messages)
    text = ngettext("{n} rule changed.", "{n} rules changed.", changed).format(n=changed)
    messages.success(request, text if changed else _("Nothing was changed."))
    return redirect(reverse("instruction:expectations", query={"year": year}))


def _page(request: HttpRequest, year: int, **more: Any) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    status, copies = more.pop("status", 200), more.pop("copies", False)
    page = queries.expectations(scope, year)
    shown = page.last_year if copies else page.rules
    standing = capacity.standing(year) if scope.district_wide(Data.SCHOOL_CAPACITY) else None
    others = queries.other_roles(scope, standing)
    context = {
        "page": page,
        "year": year,
        "year_label": schoolyear.label(year),
        "last_label": schoolyear.label(year - 1),
        "lines": [(line, words.who_words(line.rule)) for line in page.lines],
        "nobody": [words.who_words(one) for one in page.nobody],
        "overlaps": [words.overlap_words(*pair) for pair in page.overlaps],
        "others": [(one, [(n.columns, count_words(n)) for n in one.counts]) for one in others],
        "forms": more.pop("forms", None) or RuleForms(initial=[_values(one, copies) for one in shown]),
        # Whoever saves again after a conflict has seen what stands now.
        "seen": actions.version_of(page.rules),
        "may_change": scope.may(Data.EXPECTATIONS, Action.CHANGE),
        "copies": copies,
        "sees_certainty": scope.may(Data.SCHOOL_CAPACITY),
        "page_url": reverse("instruction:expectations", query={"year": year}),
        "export_url": reverse("instruction:expectations-export", query={"year": year}),
    }
    if "moved" in more:
        more["moved"] = [(words.who_words(one), one) for one in more["moved"]]
    return render(request, TEMPLATE, context | more, status=status)


def _values(rule: Any, copies: bool) -> dict[str, Any]:
    values = actions.wanted_of(rule)._asdict()
    if copies and rule.by_day:
        values["by_day"] = _year_later(rule.by_day)
    return values


def _year_later(day: Any) -> Any:
    return (
        day.replace(year=day.year + 1, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + 1)
    )


@require_GET
@needs(Data.EXPECTATIONS)
def expectations_export(request: HttpRequest) -> HttpResponse:
    """Return the rules of a year as CSV."""
    year = year_from(request.GET)
    page = queries.expectations(request.scope, year)  # type: ignore[attr-defined]
    rows: list[list[object]] = [
        ["role", "level", "kind", "purpose", "at_least", "by_day", "least_days", "people_now"]
    ]
    rows += [[*actions.wanted_of(line.rule), line.n_people] for line in page.lines]
    return csv_response(f"expectations-{schoolyear.label(year)}.csv", rows)


@require_GET
@needs(Data.OBSERVING)
def my_observing(request: HttpRequest) -> HttpResponse:
    """Show observers how they wrote their last observations, and how strict they read; nobody else sees this."""
    filters, scope = CapacityFilters.from_params(request.GET), request.scope  # type: ignore[attr-defined]
    standing = capacity.standing(filters.year, filters.framework)
    if standing is None:
        return nothing_computed(request, None, filters.year)
    found = queries.own_facts(scope, standing)
    own = capacity.observers_page(scope, standing).own_mean if scope.may(Data.RATER_SEVERITY) else None
    context = {
        **frame(request, standing),
        "found": found,
        "sentence": words.own_sentence(found) if found else "",
        "chance": words.chance_words(found) if found else "",
        "own": own,
        "own_words": severity_words(own) if own else "",
        "sees_calibration": scope.may(Data.CALIBRATION),
        "sees_severity": scope.may(Data.RATER_SEVERITY),
    }
    response = render(request, "instruction/completion/my_observing.html", context)
    response["Cache-Control"] = "no-store"
    return response
