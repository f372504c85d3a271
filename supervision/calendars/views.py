"""Pages of a supervisor's own calendar: where it is read from, and the weekly confirmation."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.body_limit import takes_files
from schools.feeds.failures import FeedFailed
from schools.models import Person
from supervision.calendars import actions, confirming, queries, words
from supervision.calendars.fetching import read_feed
from supervision.calendars.forms import FeedForm, FileForm
from supervision.calendars.reading import NotACalendar, read
from supervision.calendars.scanning import MOST_BYTES
from supervision.calendars.weeks import Week, last_monday, week_of, with_forms
from supervision.timelog.days import monday_of
from supervision.timelog.words import share_sentence

CONFLICT, BAD = 409, 400


def _owner(request: HttpRequest, action: Action = Action.VIEW) -> Person:
    found = queries.owner(request.scope, action)  # type: ignore[attr-defined]
    person = Person.objects.filter(pk=found).first() if found else None
    if person is None:
        raise Http404
    return person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALENDARS)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show where a supervisor's calendar is read from; take an address, which is read at once."""
    supervisor = _owner(request)
    form = FeedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by = signed_in(request)
        actions.set_feed(supervisor=supervisor, address=form.cleaned_data["address"], by=by)
        return _read(request, supervisor)
    return _calendar(request, supervisor, form, FileForm())


def _calendar(request: HttpRequest, supervisor: Person, form: FeedForm, file: FileForm) -> HttpResponse:
    with queries.opened(supervisor.pk):
        waiting = queries.n_waiting(supervisor.pk, timezone.now())
    context = {
        "form": form,
        "file": file,
        "feed": queries.feed_of(supervisor.pk),
        "n_waiting": waiting,
        "monday": last_monday(),
    }
    status = BAD if form.errors or file.errors else 200
    return render(request, "supervision/calendars/calendar.html", context, status=status)


@require_POST
@needs(Data.CALENDARS)
def calendar_read(request: HttpRequest) -> HttpResponse:
    """Read the feed now."""
    return _read(request, _owner(request, Action.CHANGE))


def _read(request: HttpRequest, supervisor: Person) -> HttpResponse:
    feed = queries.feed_of(supervisor.pk)
    if feed is not None:
        try:
            messages.success(request, words.read_words(read_feed(feed, by=signed_in(request))))
        except (FeedFailed, NotACalendar) as failure:
            messages.error(request, str(failure))
    return redirect("supervision:calendar")


@require_POST
@needs(Data.CALENDARS)
def calendar_remove(request: HttpRequest) -> HttpResponse:
    """Forget the address."""
    actions.remove_feed(supervisor=_owner(request, Action.CHANGE), by=signed_in(request))
    return redirect("supervision:calendar")


@takes_files
@require_POST
@needs(Data.CALENDARS)
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Read an exported calendar; the file is not kept."""
    supervisor = _owner(request, Action.CHANGE)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            told = keep_file(form.cleaned_data["file"], supervisor, signed_in(request))
        except NotACalendar as failure:
            form.add_error("file", str(failure))
        else:
            messages.success(request, words.read_words(told))
            return redirect("supervision:calendar")
    return _calendar(request, supervisor, FeedForm(), form)


def keep_file(file: Any, supervisor: Person, by: Any) -> actions.Read:
    """Read a file that was sent and keep its events. NotACalendar says what is wrong with it."""
    now = timezone.now()
    found = read(file.read(MOST_BYTES + 1), now=now, zone=timezone.get_current_timezone())
    return actions.keep(supervisor=supervisor, found=found, from_feed=False, by=by, now=now)


def monday_from(text: str) -> date:
    """Return the Monday of the week that a day in an address lies in: last week by default, none to come."""
    try:
        asked = monday_of(date.fromisoformat(text[:10]))
    except ValueError:
        return last_monday()
    return asked if date(2000, 1, 1) < asked <= monday_of(timezone.localdate()) else last_monday()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALENDARS)
def week(request: HttpRequest) -> HttpResponse:
    """Show a week with what is suggested for each event, and confirm it."""
    supervisor = _owner(request)
    monday = monday_from(request.GET.get("of", ""))
    found = week_of(request.scope, supervisor.pk, monday)  # type: ignore[attr-defined]
    if request.method != "POST":
        with_forms(found)
        return _week(request, found)
    return _confirm(request, supervisor, found)


def _confirm(request: HttpRequest, supervisor: Person, found: Week) -> HttpResponse:
    forms = with_forms(found, request.POST)
    # Each is asked, so that every mistake is said at once.
    if False in [form.is_valid() for form in forms]:
        return _week(request, found, status=BAD)
    try:
        confirming.confirm_week(
            scope=request.scope,  # type: ignore[attr-defined]
            supervisor=supervisor,
            monday=found.monday,
            answers={form.event.uid: form.answer() for form in forms},
            by=signed_in(request),
        )
    except confirming.WeekMoved:
        for form in forms:
            form.see_again()
        return _week(request, found, status=CONFLICT, is_moved=True)
    except confirming.NotEntered as refused:
        for row in found.open:
            row.errors = refused.errors.get(row.event.uid, [])
        return _week(request, found, status=BAD)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _week(request, found, status=BAD)
    return redirect(_address(found.monday))


@require_POST
@needs(Data.CALENDARS)
def week_reopen(request: HttpRequest) -> HttpResponse:
    """Open a confirmed week again."""
    supervisor = _owner(request, Action.CHANGE)
    monday = monday_from(request.POST.get("of", ""))
    confirming.reopen_week(supervisor=supervisor, monday=monday, by=signed_in(request))
    return redirect(_address(monday))


def _address(monday: date) -> str:
    return reverse("supervision:week", query={"of": monday.isoformat()})


def _week(request: HttpRequest, found: Week, *, status: int = 200, is_moved: bool = False) -> HttpResponse:
    n_events = len(found.open) + len(found.done)
    context = {
        "week": found,
        "words": words.week_words(found.monday),
        "sentence": words.sentence(len(found.open), found.later, found.confirmed is not None),
        "is_moved": is_moved,
        "has_feed": bool(n_events) or queries.feed_of(request.scope.person_id or 0) is not None,  # type: ignore[attr-defined]
        "entered": share_sentence(found.share) if found.share else "",
    }
    return render(request, "supervision/calendars/week.html", context, status=status)
