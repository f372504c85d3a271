"""What good teaching is taken to be, and how numbers about it are computed: for everyone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from instruction import queries, spread_words
from instruction.aims import VERY_LIKELY
from instruction.capacity.rules import DEFAULT_RULES, POINTS
from instruction.filters import CapacityFilters
from instruction.left_out_words import left_out_lines
from instruction.sentences import framework_sentence
from instruction.snapshots.rated import YEARS


@require_GET
@needs(Data.DEFINITIONS)
def framework(request: HttpRequest) -> HttpResponse:
    """Show the framework in force: dimensions, elements, levels, what is in focus, and targets."""
    filters = CapacityFilters.from_params(request.GET)
    page = queries.framework_page(request.scope, filters.year, filters.framework)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "sentence": framework_sentence(page) if page else "",
        "year_label": schoolyear.label(filters.year),
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "targets_url": reverse("instruction:targets", query={"year": filters.year}),
        "focus_url": reverse(
            "instruction:focus", query={"year": filters.year, "framework": filters.framework}
        ),
        "may_define": request.scope.may(Data.DEFINITIONS, Action.CHANGE),  # type: ignore[attr-defined]
    }
    return render(request, "instruction/framework.html", context)


@require_GET
@needs(Data.DEFINITIONS)
def how_computed(request: HttpRequest) -> HttpResponse:
    """Say how each number is computed, with the rules in force; what the run saw only to who sees its results."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    standing = queries.standing(filters.year, filters.framework)
    sees_schools = scope.may(Data.SCHOOL_CAPACITY)
    context = {
        "standing": standing,
        "sees_run": sees_schools or scope.may(Data.DISTRICT_CAPACITY),
        "rules": DEFAULT_RULES,
        "largest_se": DEFAULT_RULES.largest_se(len(standing.version.level_names) - 1 if standing else POINTS),
        "share": round(100 * DEFAULT_RULES.min_share),
        "confidence": round(100 * DEFAULT_RULES.confidence),
        "likely": round(100 * VERY_LIKELY),
        "years": YEARS,
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}) if sees_schools else "",
    }
    if context["sees_run"]:
        context |= _seen_by(standing)
    return render(request, "instruction/how_computed.html", context)


def _seen_by(standing: queries.Standing | None) -> dict[str, Any]:
    """Return what the run says of itself.

    A variance between observers that rests on fewer than five of them says how those few rate. Where none
    observed in two schools, it rests on all of them.
    """
    run = standing.run if standing else None
    facts = run.facts if run else {}
    few = DEFAULT_RULES.min_teachers
    crossing, raters = facts.get("n_crossing_raters"), facts.get("n_raters") or 0
    tells = crossing is not None and raters >= few and (crossing == 0 or crossing >= few)
    return {
        "run": run,
        "facts": facts,
        "components": _components(facts.get("components", {})) if tells else [],
        "spread": spread_words.parts(facts.get("spread")) if tells else [],
        "few": few,
        "left_out": left_out_lines(facts.get("left_out", {})),
    }


def _components(by_element: dict[str, dict[str, float | None]]) -> list[tuple[str, dict[str, float | None]]]:
    """Return each element's mean and variances; one line without a mean where all elements share the variances."""
    shared = [{name: value for name, value in one.items() if name != "mean"} for one in by_element.values()]
    if len(shared) > 1 and all(one == shared[0] for one in shared):
        return [("", shared[0])]
    return list(by_element.items())
