"""Quick entry, and changing, removing and restoring entries: each supervisor for herself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year, today
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion
from instruction.revisions import Moved
from supervision.models import TimeEntry
from supervision.timelog import account, actions, purposes, queries
from supervision.timelog.amounts import hours
from supervision.timelog.days import monday_of
from supervision.timelog.forms import EntryForm

REMOVED = "removed_time_entry"
CONFLICT = 409


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def quick_entry(request: HttpRequest) -> HttpResponse:
    """Enter time: purpose, principals, save; the rest is filled in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.method != "POST":
        return _quick(request, _form(scope))
    form = _form(scope, request.POST)
    if not form.is_valid():
        return _quick(request, form, status=400)
    try:
        saved = actions.add_entry(
            scope=scope, by=signed_in(request), uid=form.cleaned_data["uid"], **form.values()
        )
    except ValidationError as error:
        _add(form, error)
        return _quick(request, form, status=400)
    except Moved as moved:
        form.add_error(None, str(moved))
        return _quick(request, form, status=CONFLICT)
    _tell(request, saved)
    return redirect("supervision:quick-entry")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def entry_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change an entry; one that was changed elsewhere meanwhile answers with both."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    held = _entry(scope, uid)
    if request.method != "POST":
        return _page(request, held, _form(scope, entry=held))
    form = _form(scope, request.POST, entry=held)
    if not form.is_valid():
        return _page(request, held, form, status=400)
    revision = form.cleaned_data["revision"]
    try:
        saved = actions.change_entry(
            scope=scope,
            by=signed_in(request),
            entry=held,
            revision=-1 if revision is None else revision,
            **form.values(),
        )
    except ValidationError as error:
        _add(form, error)
        return _page(request, held, form, status=400)
    except Moved as moved:
        typed = request.POST.copy()
        typed["revision"] = str(moved.now.revision)
        return _page(request, held, _form(scope, typed, entry=held), status=CONFLICT, now=held)
    _tell(request, saved)
    return redirect(_week(saved.entry))


@require_POST
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def entry_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Remove an entry; the next page offers to undo it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    held = _entry(scope, uid)
    week = _week(held)
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1
    try:
        kept = actions.remove_entry(scope=scope, by=signed_in(request), entry=held, revision=revision)
    except Moved:
        messages.warning(request, _("This entry was changed meanwhile. Look at it before you remove it."))
        return redirect("supervision:entry-change", uid)
    request.session[REMOVED] = kept
    return redirect(week)


@require_POST
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def entry_restore(request: HttpRequest) -> HttpResponse:
    """Undo the last removal."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    kept = request.session.pop(REMOVED, None)
    if not kept:
        messages.info(request, _("There is nothing to undo."))
        return redirect("supervision:my-time")
    try:
        saved = actions.restore_entry(scope=scope, by=signed_in(request), kept=kept)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect("supervision:my-time")
    messages.success(request, _("The entry is there again."))
    return redirect(_week(saved.entry))


def leadership_elements(year: int) -> list[ElementVersion]:
    """Return the elements of the leadership framework in force in a year, in its order; one query."""
    version = FrameworkVersion.objects.in_force(year)
    found = ElementVersion.objects.filter(
        version__in=version.values("pk"), version__framework__kind=FrameworkKind.LEADERSHIP
    )
    return list(found.select_related("element__framework").order_by("dimension__place", "place"))


def _entry(scope: Scope, uid: UUID) -> TimeEntry:
    found = queries.own_entry(scope, uid)
    if found is None:
        raise Http404
    return found


def _form(scope: Scope, data: Any = None, entry: TimeEntry | None = None) -> EntryForm:
    own = queries.own_person(scope, Action.CHANGE) or 0
    last = None if entry or data else TimeEntry.objects.filter(supervisor=own).order_by("-pk").first()
    return EntryForm(
        data,
        caseload=queries.caseload_by(own, today()),
        elements=leadership_elements(current_year()),
        last=last,
        entry=entry,
    )


def _quick(request: HttpRequest, form: EntryForm, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    so_far = queries.own_entries(scope).filter(day=today())
    context = {
        "form": form,
        "is_person": queries.own_person(scope, Action.CHANGE) is not None,
        "so_far": [(one, hours(one.minutes)) for one in so_far],
        "total": hours(sum(one.minutes for one in so_far)),
        "is_out": bool(account.uncounted(queries.own_person(scope) or 0, [today()])),
    }
    return render(request, "supervision/timelog/quick.html", context, status=status)


def _page(
    request: HttpRequest, held: TimeEntry, form: EntryForm, *, status: int = 200, now: TimeEntry | None = None
) -> HttpResponse:
    context = {"form": form, "entry": held, "now": now, "length": hours(held.minutes), "back": _week(held)}
    return render(request, "supervision/timelog/entry.html", context, status=status)


def _week(entry: TimeEntry) -> str:
    week = monday_of(entry.day).isoformat()
    return f"{reverse('supervision:my-time', query={'week': week})}#entries"


def _add(form: EntryForm, error: ValidationError) -> None:
    """Put what the action refused beside its fields."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, texts in error.message_dict.items():
        place = {"starts_at": "start"}.get(name, name)
        form.add_error(place if place in form.fields else None, texts)


def _hint(request: HttpRequest, saved: actions.Saved) -> None:
    """Say what was saved and will not show in the figures that its writer looks for it in."""
    out = account.uncounted(saved.entry.supervisor_id, [one.day for one in saved.entries])
    for day in out:
        words = _("{day} is left out for you: the entry is kept, and counts in no share.")
        messages.info(request, words.format(day=date_format(day, "M j")))
    if saved.entry.purpose in purposes.WITH_PRINCIPALS and not saved.entry.principals.exists():
        messages.info(
            request, _("Nobody is named: it is told as time with principals, and with none of them.")
        )


def _tell(request: HttpRequest, saved: actions.Saved) -> None:
    total = hours(sum(one.minutes for one in saved.entries))
    words = _("Saved: {length}, {purpose}.")
    if len(saved.entries) > 1:
        words = _("Saved: {length}, {purpose}, as an entry on each of {n} days.")
    purpose = saved.entry.get_purpose_display()
    messages.success(request, words.format(length=total, purpose=purpose, n=len(saved.entries)))
    _hint(request, saved)
    if saved.overlapping:
        words = ngettext(
            "It overlaps with {n} other entry. Both count; change one if that is not so.",
            "It overlaps with {n} other entries. All count; change one if that is not so.",
            len(saved.overlapping),
        )
        messages.warning(request, words.format(n=len(saved.overlapping)))
