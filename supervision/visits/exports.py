"""Visits and commitments as files. Notes are in none: they leave with a person's own data alone."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import workbook_response
from instruction.second_looks.queries import names_of
from schools.names import name_of
from supervision.models import Commitment, Visit
from supervision.visits import listing, queries, words

Row = list[object]


@require_GET
@needs(Data.VISITS, Action.EXPORT)
def visits_csv(request: HttpRequest) -> HttpResponse:
    """Return the listed visits."""
    found = _visits(request)
    return csv_response(f"visits-{today()}.csv", [visit_heading(), *visit_rows(found, _own(request))])


@require_GET
@needs(Data.VISITS, Action.EXPORT)
def visits_workbook(request: HttpRequest) -> HttpResponse:
    """Return visits and commitments as a workbook."""
    visits, held = _visits(request), _commitments(request)
    sheets = {
        _("Visits"): (visit_heading(), visit_rows(visits, _own(request))),
        _("Commitments"): (commitment_heading(), commitment_rows(held)),
    }
    return workbook_response(f"visits-{today()}.xlsx", sheets)


@require_GET
@needs(Data.VISITS, Action.EXPORT)
def commitments_csv(request: HttpRequest) -> HttpResponse:
    """Return the listed commitments."""
    rows = commitment_rows(_commitments(request))
    return csv_response(f"commitments-{today()}.csv", [commitment_heading(), *rows])


@require_GET
@needs(Data.VISITS, Action.EXPORT)
def commitments_workbook(request: HttpRequest) -> HttpResponse:
    """Return the same as a workbook."""
    sheet = commitment_heading(), commitment_rows(_commitments(request))
    return workbook_response(f"commitments-{today()}.xlsx", {_("Commitments"): sheet})


def _own(request: HttpRequest) -> int | None:
    return queries.own_person(request.scope)  # type: ignore[attr-defined]


def _visits(request: HttpRequest) -> list[Visit]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    filters = listing.VisitFilters.from_params(request.GET)
    found = listing.named(list(listing.listed(scope, filters, Action.EXPORT)))
    kept = {"school": filters.school, "principal": filters.principal, "state": filters.state}
    exported(request, "visits", target=signed_in(request), rows=len(found), filters=kept)
    return found


def _commitments(request: HttpRequest) -> list[Commitment]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    # The file of visits has filters of its own; without one of commitments, all of them.
    known = request.GET.get("state") in dict(listing.COMMITMENT_STATES)
    filters = listing.CommitmentFilters.from_params({**request.GET.dict(), **({} if known else _ALL)})
    with queries.opened(scope):
        found = listing.listed_commitments(scope, filters)
        held = list(found.filter(school__in=scope.schools(Data.VISITS, Action.EXPORT).ids))
    kept = {"school": filters.school, "state": filters.state}
    exported(request, "commitments", target=signed_in(request), rows=len(held), filters=kept)
    return held


_ALL = {"state": listing.ALL}


def visit_heading() -> Row:
    """Return the heading of `visit_rows`."""
    return [
        _("Day"), _("School"), _("Principal"), _("Principal supervisor"), _("State"), _("Element of leadership"),
        _("Minutes"), _("Directly with teachers"),
    ]  # fmt: skip


def visit_rows(found: Iterable[Visit], own: int | None) -> Iterator[Row]:
    """Yield a row for each visit; minutes of the visits that `own` (a person id) made, for time is its writer's alone.

    Why teachers were worked with is a text between two people, and left out.
    """
    for one in found:
        minutes = one.entry.minutes if one.entry and one.supervisor_id == own else None
        yield [
            one.day, one.school.name, name_of(one.principal), name_of(one.supervisor), str(one.get_state_display()),
            getattr(one, "element_name", ""), minutes,
            _("yes") if one.with_teachers else _("no"),
        ]  # fmt: skip


def commitment_heading() -> Row:
    """Return the heading of `commitment_rows`."""
    return [
        _("School"), _("Principal"), _("Who"), _("What"), _("Element of leadership"), _("Made on"), _("Due"),
        _("First due"), _("State"), _("Ended on"), _("What came of it"), _("Where it stands"),
    ]  # fmt: skip


def commitment_rows(found: list[Commitment]) -> Iterator[Row]:
    """Yield a row for each commitment."""
    names, day = names_of({one.element_id for one in found if one.element_id}), today()
    for one in found:
        yield [
            one.school.name, name_of(one.principal), str(one.get_by_display()), one.text,
            names.get(one.element_id or 0, ""), one.made_on, one.due, one.first_due, str(one.get_state_display()),
            one.ended_on, one.outcome, words.due_words(one, day),
        ]  # fmt: skip
