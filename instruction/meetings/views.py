"""The meetings, and the pack of one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.filters import AGAINST
from instruction.meetings import actions, queries
from instruction.meetings.filters import ORDERS, PackFilters
from instruction.meetings.forms import MeetingChangeForm, MeetingForm
from instruction.meetings.pack import Pack, pack, standing_of
from instruction.meetings.shown import decision_lines, shown_part
from instruction.meetings.words import NEED_WORDS, decisions_sentence, pack_sentence
from instruction.models import Meeting

CONFLICT = 409
SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.MEETINGS)
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Show the meetings; one click plans the next, with what is usual filled in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    known = list(queries.meetings(scope).order_by("-held_on", "-pk")[:SHOWN])
    form = MeetingForm(request.POST if request.method == "POST" else None, scope=scope, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.call_meeting(**form.values(), by=signed_in(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("instruction:meeting", made.uid)
    numbers = queries.counts(scope)
    context = {
        "known": known,
        "form": form,
        "sentence": decisions_sentence(numbers[queries.OPEN], numbers[queries.OVERDUE]),
        "numbers": numbers,
        "has_place": form.fields["under"].queryset.exists(),  # type: ignore[attr-defined]
    }
    status = 400 if form.is_bound else 200
    return render(request, "instruction/meetings/meeting_list.html", context, status=status)


@require_GET
@needs(Data.MEETINGS)
def meeting(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a meeting's pack: what became of the last decisions, then school by school."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = pack(scope, meeting_or_404(scope, uid), PackFilters.from_params(request.GET))
    context = {
        "pack": found,
        "meeting": found.meeting,
        "standing": found.standing,
        "filters": found.filters,
        "sentence": pack_sentence(found),
        "groups": groups(found),
        "earlier": decision_lines(found.earlier, found.day),
        "of_everyone": decision_lines(found.of_everyone, found.day),
        "orders": list(ORDERS.items()),
        "against": list(AGAINST.items()),
        "back": reverse("instruction:meeting", kwargs={"uid": uid}),
        "how_url": reverse("instruction:how-computed", query={"year": found.meeting.school_year}),
    }
    return render(request, "instruction/meetings/meeting.html", context)


def groups(found: Pack) -> list[tuple[str, list[Any]]]:
    """Return the schools as they are shown, under what can be said of their need where that orders them."""
    made: list[tuple[str, list[Any]]] = []
    names = {column.element_id: column.name for column in found.columns}
    for part in found.parts:
        heading = str(NEED_WORDS[part.need]) if found.filters.order == "need" else ""
        if found.filters.order == "network":
            heading = part.place.network or _("In no network")
        if not made or made[-1][0] != heading:
            made.append((heading, []))
        made[-1][1].append(shown_part(part, names, found))
    return made


def meeting_or_404(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Meeting:
    """Return a meeting that the caller sees."""
    found = queries.meeting(scope, uid, action)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.MEETINGS, Action.CHANGE)
def meeting_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change title, day and notes; close the record of a meeting that was held, or open it again."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = meeting_or_404(scope, uid, Action.CHANGE)
    if not queries.leads(scope, one):
        raise Http404
    if request.method != "POST":
        return _page(request, one, MeetingChangeForm(initial=_initial(one)))
    form = MeetingChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, status=400)
    try:
        _act(request, one, form)
    except actions.Moved as moved:
        typed = request.POST.copy()
        typed["revision"] = str(moved.now.revision)
        return _page(request, one, MeetingChangeForm(typed), status=CONFLICT, now=moved.now)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, one, form, status=400)
    return redirect("instruction:meeting", uid)


def _act(request: HttpRequest, one: Meeting, form: MeetingChangeForm) -> None:
    values = dict(form.cleaned_data)
    revision, act = values.pop("revision"), request.POST.get("act", "save")
    by = signed_in(request)
    if act == "open":
        opened = actions.open_record(meeting=one, revision=revision, by=by)
        # What was typed before someone else closed it.
        actions.change_meeting(meeting=opened, revision=opened.revision, by=by, **values)
        messages.success(request, _("The record is open again; the pack shows today's figures."))
        return
    held = actions.change_meeting(meeting=one, revision=revision, by=by, **values)
    if act != "close":
        messages.success(request, _("Saved."))
        return
    found = standing_of(held)
    actions.close_record(meeting=held, revision=held.revision, run=found.run if found else None, by=by)
    messages.success(request, _("The record is closed. The pack keeps the figures it was held on."))


def _initial(one: Meeting) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("revision", "title", "held_on", "notes")}


def _page(request: HttpRequest, one: Meeting, form: MeetingChangeForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"meeting": one, "form": form, "is_closed": queries.is_closed(one)} | more
    return render(request, "instruction/meetings/meeting_change.html", context, status=status)
