"""Pages of visits that are read: the sheet to prepare one, the list, one's own visits, notes and commitments."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.trace import recording
from alignment_dash.schoolyear import today
from instruction.second_looks.queries import names_of
from supervision.models import CommitmentState
from supervision.visits import listing, queries, words
from supervision.visits.sheet import sheet
from supervision.visits.shown import sheet_context, shown_commitments

PAGE = 50


@require_GET
@needs(Data.VISITS)
def prepare(request: HttpRequest, school_uid: UUID, principal_uid: UUID | None = None) -> HttpResponse:
    """Show the sheet of a principal at a school; without one that of who leads it, or of the vacant position."""
    scope = request.scope  # type: ignore[attr-defined]
    found = sheet(scope, school_uid, principal_uid)
    if found is None:
        raise Http404
    if found.principal is not None:
        recording.seen(request, "visit-sheet", target=found.school, people=[found.principal.pk])
    return render(request, "supervision/visits/sheet.html", sheet_context(scope, found))


@require_GET
@needs(Data.VISITS)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Show the caller's principals with their last visits, and the visits; a principal's own where they have no caseload."""
    scope = request.scope  # type: ignore[attr-defined]
    if not scope.schools(Data.VISITS):
        return my_visits(request)
    filters = listing.VisitFilters.from_params(request.GET)
    page = Paginator(listing.listed(scope, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "visits": listing.named(list(page.object_list)),
        "rows": listing.principals(scope),
        "sentence": words.made_sentence(listing.sums(scope)),
        "filters": filters,
        "today": today(),
        "own": queries.own_person(scope),
        "may_export": scope.may(Data.VISITS, Action.EXPORT),
        # In a small district one person leads a school and supports others.
        "is_led": Role.PRINCIPAL in scope.roles,
    }
    return render(request, "supervision/visits/list.html", context)


@require_GET
@needs(Data.VISITS)
def my_visits(request: HttpRequest) -> HttpResponse:
    """Show a principal the visits they had, with the notes that they and their supervisors wrote, and commitments."""
    scope = request.scope  # type: ignore[attr-defined]
    own = queries.own_person(scope)
    found = listing.own_visits(scope)
    with queries.opened(scope):
        notes = list(queries.own_notes(scope).filter(visit__in=found).order_by("written_at", "pk"))
        held = list(
            queries.visible_commitments(scope).filter(principal=own or 0).order_by("-ended_on", "due")
        )
    late = [one.due < today() for one in held if one.state == CommitmentState.OPEN]
    by_visit: dict[int, list[Any]] = {}
    for note in notes:
        by_visit.setdefault(note.visit_id, []).append(note)
    context = {
        "visits": [(one, by_visit.get(one.pk, [])) for one in listing.named(found)],
        "commitments": shown_commitments(
            scope, held, names_of({one.element_id for one in held if one.element_id})
        ),
        "places": listing.own_places(scope),
        "sentence": words.own_sentence(found, len(late), sum(late), today()),
        "own": own,
        "today": today(),
    }
    return render(request, "supervision/visits/mine.html", context)


@require_GET
@needs(Data.VISITS)
def my_notes(request: HttpRequest) -> HttpResponse:
    """Show the notes of all visits the caller made or had, also with whom they no longer support."""
    scope = request.scope  # type: ignore[attr-defined]
    with queries.opened(scope):
        page = Paginator(queries.own_notes(scope).order_by("-visit__day", "-pk"), PAGE).get_page(
            request.GET.get("page")
        )
        notes = list(page.object_list)
    people = {one.principal_id for one in notes} - {queries.own_person(scope)}
    if people:
        recording.seen(request, "visit-notes", target=signed_in(request), people=people)
    context = {"page": page, "notes": notes, "own": queries.own_person(scope)}
    return render(request, "supervision/visits/notes.html", context)


@require_GET
@needs(Data.VISITS)
def commitment_list(request: HttpRequest) -> HttpResponse:
    """Show commitments: the open ones by default, the first due first."""
    scope = request.scope  # type: ignore[attr-defined]
    filters = listing.CommitmentFilters.from_params(request.GET)
    with queries.opened(scope):
        page = Paginator(listing.listed_commitments(scope, filters), PAGE).get_page(request.GET.get("page"))
        held = list(page.object_list)
        counts = listing.commitment_counts(scope)
    names = names_of({one.element_id for one in held if one.element_id})
    context = {
        "page": page,
        "commitments": shown_commitments(scope, held, names),
        "filters": filters,
        "states": listing.COMMITMENT_STATES,
        "sentence": words.open_sentence(*counts),
        "may_export": scope.may(Data.VISITS, Action.EXPORT),
    }
    return render(request, "supervision/visits/commitments.html", context)
