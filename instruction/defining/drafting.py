"""Pages that change a draft: its frame and order, one element, the crosswalk."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from instruction.defining import actions, queries
from instruction.defining.checks import lost_words, ratings_words
from instruction.defining.crosswalk import crosswalk_of
from instruction.defining.crosswalk_form import CrosswalkForm, field_words
from instruction.defining.forms import FrameForm
from instruction.defining.reading import definition_of
from instruction.defining.views import address, version_page
from instruction.frameworks.definition import FrameworkDefinition
from instruction.models import FrameworkVersion

CONFLICT = 409
F = TypeVar("F", bound=Form)
Different = list[tuple[str, str, str]]  # name of the field, what stands now, what was typed


class _Published(Exception):
    """What was to be changed is no draft any more."""

    def __init__(self, version: FrameworkVersion) -> None:
        super().__init__()
        self.version = version


def draft_of(request: HttpRequest, uid: UUID) -> FrameworkVersion:
    """Return the draft to change, in a view that `keeps_typed`. Http404 for none."""
    scope = request.scope  # type: ignore[attr-defined]
    found = queries.draft_to_change(scope, uid)
    if found is None:
        version = queries.version_seen(scope, uid)
        if request.method == "POST" and version is not None and scope.may(Data.DEFINITIONS, Action.CHANGE):
            raise _Published(version)
        raise Http404
    return found


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer what is sent after the draft was published with all that was typed, to be copied."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except _Published as published:
            version = published.version
            context = {"version": version, "version_url": address(version), "typed": _typed(request)}
            return render(request, "instruction/defining/published.html", context, status=CONFLICT)

    return kept


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the texts that were sent, with the names of their fields."""
    unsaid = {"csrfmiddlewaretoken", "revision", "act"}
    sent = [(name, "\n".join(texts)) for name, texts in request.POST.lists() if name not in unsaid]
    return [(field_words(name), text) for name, text in sent if text.strip()]


def _revision(version: FrameworkVersion) -> int:
    return version.revision


@require_POST
@needs(Data.DEFINITIONS)
@keeps_typed
def framework_frame(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what is about a draft as a whole."""
    version = draft_of(request, uid)
    form = FrameForm(definition_of(version), version.revision, request.POST)
    if not form.is_valid():
        return version_page(request, version, form=form, status=400)
    try:
        actions.change_draft(
            version=version, revision=form.cleaned_data["revision"], seen=_revision, change=form.change,
            by=signed_in(request), what="frame",
        )  # fmt: skip
    except actions.Moved as moved:
        now = FrameForm(moved.now, moved.version.revision)
        return version_page(
            request, moved.version, form=with_revision(form, moved.version.revision),
            different=different(form, now), status=CONFLICT,
        )  # fmt: skip
    except (actions.Refused, actions.Unreadable) as refused:
        form.add_error(None, str(refused))
        return version_page(request, version, form=form, status=400)
    messages.success(request, _("Saved."))
    return redirect(address(version))


def with_revision(form: F, revision: int) -> F:
    """Let a form that was typed be sent again, now that its sender has seen what stands."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["revision"] = str(revision)
    form.data = data
    return form


def different(typed: Form, now: Form) -> Different:
    """Return the fields where what was typed is not what stands now, with both texts."""
    found = []
    about: dict[str, str] = getattr(typed, "about", {})
    for name, bound in typed.fields.items():
        mine, theirs = _said(typed.cleaned_data.get(name)), _said(now.initial.get(name))
        if name != "revision" and mine != theirs:
            label = f"{about[name]}: {bound.label}" if name in about else str(bound.label)
            found.append((label, theirs, mine))
    return found


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "\n".join(map(str, value))
    return "" if value is None or value is False else str(value)


@require_POST
@needs(Data.DEFINITIONS)
@keeps_typed
def framework_order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move one element of a draft up or down in its dimension."""
    version = draft_of(request, uid)
    code, up = request.POST.get("code", ""), request.POST.get("to") == "up"
    try:
        actions.change_draft(
            version=version, revision=0, seen=lambda draft: 0, change=lambda held: moved_in(held, code, up=up),
            by=signed_in(request), what="order",
        )  # fmt: skip
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{address(version)}#elements")


def moved_in(held: FrameworkDefinition, code: str, *, up: bool) -> FrameworkDefinition:
    """Return a definition with one element changed places with its neighbor; the same where there is none."""
    dimensions = {}
    for name, elements in held.dimensions.items():
        row = list(elements)
        at = next((place for place, one in enumerate(row) if one.code == code), None)
        to = None if at is None else at - 1 if up else at + 1
        if at is not None and to is not None and 0 <= to < len(row):
            row[at], row[to] = row[to], row[at]
        dimensions[name] = tuple(row)
    return replace(held, dimensions=dimensions)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
@keeps_typed
def framework_crosswalk(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say which earlier elements each element of a draft came from, and whose ratings it carries."""
    version = draft_of(request, uid)
    frame, crosswalk = definition_of(version), crosswalk_of(version)
    form = CrosswalkForm(
        frame, crosswalk.gone, version.revision, request.POST if request.method == "POST" else None
    )
    more: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_draft(
                version=version, revision=form.cleaned_data["revision"], seen=_revision, change=form.change,
                by=signed_in(request), what="crosswalk",
            )  # fmt: skip
        except actions.Moved as moved:
            now = CrosswalkForm(moved.now, crosswalk.gone, moved.version.revision)
            more = {"different": different(form, now), "status": CONFLICT}
            form = with_revision(form, moved.version.revision)
        except (actions.Refused, actions.Unreadable) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect(address(version, "framework-crosswalk"))
    status = more.pop("status", 400 if form.errors else 200)
    context = {
        "version": version,
        "version_url": address(version),
        "form": form,
        "crosswalk": crosswalk,
        "gone": [
            (one, ratings_words(one.n_ratings) if crosswalk.counted else _("nothing computed yet"))
            for one in crosswalk.gone
        ],
        "lost": lost_words(crosswalk) if crosswalk.lost else "",
    }
    return render(request, "instruction/defining/crosswalk.html", context | more, status=status)
