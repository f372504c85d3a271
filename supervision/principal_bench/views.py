"""Pages of the principal bench: openings beside who is ready, the forms, and what oneself is named for."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import Sheet, workbook_response
from instruction.revisions import Moved
from schools.names import name_of
from supervision.models import BenchCandidate, ExpectedOpening, Readiness
from supervision.principal_bench import actions, queries, words
from supervision.principal_bench.forms import CandidateForm, OpeningForm, initial_of

CONFLICT, BAD = 409, 400
BENCH = Data.PRINCIPAL_BENCH


def _scope(request: HttpRequest) -> Scope:
    return request.scope  # type: ignore[attr-defined]


@never_cache
@require_GET
@needs(BENCH)
def bench(request: HttpRequest) -> HttpResponse:
    """Show openings expected beside who is named as ready, by level; by month, network, role and experience."""
    scope = _scope(request)
    opens = queries.openings_named(queries.openings(scope))
    people = queries.candidates_named(scope, queries.candidates(scope))
    context = {
        "openings": opens,
        "candidates": people,
        "levels": queries.by_level(opens, people),
        "readiness": [one.label for one in Readiness],
        "sentence": words.sentence(len(opens), queries.n_ready(one.row for one in people)),
        "may_change": scope.may(BENCH, Action.CHANGE),
        "may_export": scope.may(BENCH, Action.EXPORT),
        "day": today(),
    }
    return render(request, "supervision/principal_bench/bench.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BENCH, Action.CHANGE)
def opening_add(request: HttpRequest) -> HttpResponse:
    """Expect an opening."""
    form = OpeningForm(
        request.POST if request.method == "POST" else None, scope=_scope(request), initial={"uid": new_uid()}
    )

    def save() -> None:
        actions.expect_opening(by=signed_in(request), uid=form.cleaned_data["uid"], **form.values())

    return _handle(request, form, None, save)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BENCH, Action.CHANGE)
def opening_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change an opening."""
    row = opening_or_404(_scope(request), uid)
    form = OpeningForm(
        request.POST if request.method == "POST" else None,
        scope=_scope(request),
        fixed=True,
        initial=initial_of(row, OpeningForm),
    )

    def save() -> None:
        actions.change_opening(opening=row, revision=form.seen(), by=signed_in(request), **form.values())

    return _handle(request, form, row, save)


@require_POST
@needs(BENCH, Action.CHANGE)
def opening_close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an opening off the list, filled or no longer expected."""
    row = opening_or_404(_scope(request), uid)
    filled = request.POST.get("do") == "filled"
    return _take_off(
        request,
        lambda revision: actions.close_opening(
            opening=row, revision=revision, filled=filled, by=signed_in(request)
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(BENCH, Action.CHANGE)
def candidate_add(request: HttpRequest) -> HttpResponse:
    """Name someone."""
    form = CandidateForm(
        request.POST if request.method == "POST" else None, scope=_scope(request), initial={"uid": new_uid()}
    )

    def save() -> None:
        actions.name_candidate(by=signed_in(request), uid=form.cleaned_data["uid"], **form.values())

    return _handle(request, form, None, save)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(BENCH, Action.CHANGE)
def candidate_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what is said of a candidate."""
    row = candidate_or_404(_scope(request), uid)
    form = CandidateForm(
        request.POST if request.method == "POST" else None,
        scope=_scope(request),
        fixed=True,
        initial=initial_of(row, CandidateForm),
    )

    def save() -> None:
        actions.change_candidate(candidate=row, revision=form.seen(), by=signed_in(request), **form.values())

    return _handle(request, form, row, save)


@require_POST
@needs(BENCH, Action.CHANGE)
def candidate_withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take someone off the bench."""
    row = candidate_or_404(_scope(request), uid)
    return _take_off(
        request,
        lambda revision: actions.withdraw_candidate(candidate=row, revision=revision, by=signed_in(request)),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show whoever is signed in what they are named for, and take them off the bench where they ask for it."""
    row = queries.own(_scope(request))
    if request.method == "POST":
        if row is not None:
            actions.leave_bench(candidate=row, by=signed_in(request))
            messages.success(request, _("You are no longer on the principal bench."))
        return redirect("supervision:bench-mine")
    return render(request, "supervision/principal_bench/mine.html", {"row": row})


@require_GET
@needs(BENCH, Action.EXPORT)
def bench_csv(request: HttpRequest) -> HttpResponse:
    """Return openings and, below an empty row, candidates as CSV."""
    opens, people = _exported(request)
    rows = [
        words.opening_heading(),
        *opens,
        [],
        words.candidate_heading(),
        *people,
        [],
        [_("As of"), today()],
    ]
    return csv_response(f"principal-bench-{today()}.csv", rows)


@require_GET
@needs(BENCH, Action.EXPORT)
def bench_workbook(request: HttpRequest) -> HttpResponse:
    """Return openings and candidates as a workbook."""
    opens, people = _exported(request)
    sheets: dict[str, Sheet] = {
        _("Openings"): (words.opening_heading(), opens),
        _("Candidates"): (words.candidate_heading(), people),
        _("About"): ([_("What"), _("Value")], [[_("As of"), today()]]),
    }
    return workbook_response(f"principal-bench-{today()}.xlsx", sheets)


def _exported(request: HttpRequest) -> tuple[list[list[object]], list[list[object]]]:
    scope = _scope(request)
    opens = queries.openings_named(queries.openings(scope, Action.EXPORT))
    people = queries.candidates_named(scope, queries.candidates(scope, Action.EXPORT))
    exported(request, "principal-bench", target=signed_in(request), rows=len(opens) + len(people), filters={})
    return [words.opening_row(one) for one in opens], [words.candidate_row(one) for one in people]


def opening_or_404(scope: Scope, uid: UUID) -> ExpectedOpening:
    """Return an opening that the caller may change."""
    found = queries.openings(scope, Action.CHANGE).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def candidate_or_404(scope: Scope, uid: UUID) -> BenchCandidate:
    """Return a candidate whom the caller may change."""
    found = queries.candidates(scope, Action.CHANGE).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _handle(request: HttpRequest, form: Any, row: Any, save: Callable[[], None]) -> HttpResponse:
    """Save what a form brings, or show it with what stands in the way."""
    more: dict[str, Any] = {}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Moved as moved:
            more = {"is_moved": True, "theirs": words.theirs(moved.now, form)}
            form.data = _with_revision(form, moved.now.revision)
            status = CONFLICT
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("supervision:principal-bench")
    if form.errors:
        status = BAD
    name = name_of(row.person) if isinstance(row, BenchCandidate) else ""
    context = {"form": form, "row": row, "is_opening": isinstance(form, OpeningForm), "name": name} | more
    return render(request, "supervision/principal_bench/form.html", context, status=status)


def _with_revision(form: Any, revision: int) -> Any:
    data = form.data.copy()
    data["revision"] = str(revision)
    return data


def _take_off(request: HttpRequest, act: Callable[[int], object]) -> HttpResponse:
    sent = request.POST.get("revision", "")
    try:
        act(int(sent) if sent.isdecimal() else -1)
    except Moved as moved:
        messages.warning(request, str(moved))
        return render(request, "supervision/principal_bench/moved.html", status=CONFLICT)
    messages.success(request, _("Taken off the list."))
    return redirect("supervision:principal-bench")
