"""Pages on which human resources adds, fills and vacates positions."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.schoolyear import today
from schools.names import name_of
from staffing import actions, choices
from staffing.forms import AddForm, FillForm, SearchForm, VacateForm
from staffing.models import Incumbency, Position

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_POST
@needs(Data.STAFFING, Action.CHANGE)
def from_roster(request: HttpRequest) -> HttpResponse:
    """Make a position for each assignment of today's roster."""
    done = actions.positions_from_assignments(by=signed_in(request), day=today())
    words = ngettext("{n} position was made.", "{n} positions were made.", done.positions)
    level = messages.SUCCESS if done.positions else messages.WARNING
    messages.add_message(request, level, words.format(n=done.positions))
    return redirect("staffing:fill-rates")


@require_http_methods(READ_OR_WRITE)
@needs(Data.STAFFING, Action.CHANGE)
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Budget a position at a school."""
    school = choices.school_to_change(request.scope, uid)  # type: ignore[attr-defined]
    if school is None:
        raise Http404
    form = AddForm(request.POST) if request.method == "POST" else AddForm()
    if form.is_valid():
        try:
            position = actions.add_position(school=school, by=signed_in(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("{position} was added.").format(position=position.title))
            return redirect("staffing:school-positions", uid=uid)
    return _page(request, "staffing/add.html", form, {"school": school})


@require_http_methods(READ_OR_WRITE)
@needs(Data.STAFFING, Action.CHANGE)
def fill(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put someone into a vacant position: one of the school's people without a position, else anyone by name."""
    position = _position(request, uid)
    search = SearchForm(request.GET)
    words = search.cleaned_data["name"] if search.is_valid() else ""
    found = choices.named(words, today())
    offered = found[: choices.FOUND]
    data = request.POST if request.method == "POST" else None
    form = FillForm(data, position=position, found=offered)
    if form.is_valid():
        try:
            held = actions.fill_position(position=position, by=signed_in(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            return _done(request, held, _("{name} holds {position} from {day}."), held.during.lower)
    context = {"position": position, "search": search, "words": words, "n_found": len(offered)}
    return _page(request, "staffing/fill.html", form, {**context, "more": len(found) > choices.FOUND})


@require_http_methods(READ_OR_WRITE)
@needs(Data.STAFFING, Action.CHANGE)
def vacate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End the time of who holds a position."""
    position = _position(request, uid)
    form = VacateForm(request.POST) if request.method == "POST" else VacateForm()
    if form.is_valid():
        try:
            held = actions.vacate_position(position=position, by=signed_in(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            return _done(request, held, _("{name} leaves {position} on {day}."), held.during.upper)
    holder = choices.holder(position, today())
    context = {"position": position, "holder": name_of(holder) if holder else ""}
    return _page(request, "staffing/vacate.html", form, context)


def _position(request: HttpRequest, uid: UUID) -> Position:
    position = choices.position_to_change(request.scope, uid)  # type: ignore[attr-defined]
    if position is None:
        raise Http404
    return position


def _page(request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**context, "form": form}, status=400 if form.errors else 200)


def _done(request: HttpRequest, held: Incumbency, words: str, day: date) -> HttpResponse:
    """Say what was done to who holds a position, and go back to the school's positions."""
    said = words.format(
        name=name_of(held.person), position=held.position.title, day=date_format(day, "M j, Y")
    )
    messages.success(request, said)
    return redirect("staffing:school-positions", uid=held.position.school.uid)
