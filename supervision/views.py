"""Pages of caseloads: all of them, the caller's own, one supervisor's, and what the cabinet changes."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.schoolyear import current_year, today
from alignment_dash.ui.years import year_from
from instruction.capacity.rules import DEFAULT_RULES
from schools.models import Person
from schools.names import name_of
from supervision import actions, district, queries, rows
from supervision.choices import leader_of
from supervision.forms import AssignForm, EndAllForm, EndForm
from supervision.fullness import fullness_with, key_of
from supervision.models import CaseloadAssignment
from supervision.questions import caseload_sentence, district_sentence

# Coverage of the intervals beside a gap, in percent.
CONFIDENCE = round(100 * DEFAULT_RULES.confidence)


@require_GET
@needs(Data.CASELOADS)
def caseload_list(request: HttpRequest) -> HttpResponse:
    """Show every caseload beside the span, or their own to who sees only that."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    if not scope.district_wide(Data.CASELOADS):
        return my_caseload(request)
    found = queries.caseloads(scope, year)
    mixes = district.mixes(found.snapshot) if found.snapshot else {}
    shown = rows.sorted_caseloads(found.rows, request.GET.get("sort", ""))
    context = {
        "caseloads": found,
        "rows": [(row, mixes.get(row.uid)) for row in shown],
        "lacks": district.lacks(scope, year),
        "may_export": scope.may(Data.CASELOADS, Action.EXPORT),
        "default_sort": rows.CASELOAD_SORT,
        "sentence": district_sentence(found),
        "may_change": _may_change(request, year),
        "n_assigned": 0 if found.rows else queries.count_assigned(today()),
        "span": found.bounds,
        "confidence": CONFIDENCE,
        "year": year,
    }
    return render(request, "supervision/caseload_list.html", context)


@require_GET
@needs(Data.CASELOADS)
def my_caseload(request: HttpRequest) -> HttpResponse:
    """Show the caller's own caseload, or that there is none."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    own = scope.own_id(Data.CASELOADS)
    found = queries.caseload(scope, year, own) if own else None
    if found is None:
        return render(request, "supervision/no_caseload.html", {"year": year})
    return _page(request, found, year, own=True)


@require_GET
@needs(Data.CASELOADS)
def caseload_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one supervisor's caseload to the cabinet and to herself."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    found = queries.caseload(scope, year, uid)
    if found is None:
        raise Http404
    return _page(request, found, year, own=False)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CASELOADS, Action.CHANGE)
def assign(request: HttpRequest) -> HttpResponse:
    """Put a school and whoever leads it into a supervisor's caseload; then ask for the next school.

    One that would be above its most asks first, and says so again once it is done.
    """
    if request.method != "POST":
        form = AssignForm(initial={"supervisor": request.GET.get("supervisor", "")})
        return render(request, "supervision/assign.html", {"form": form})
    form = AssignForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        full = fullness_with(asked["supervisor"], asked["school"], DateRange(asked["start"], None))
        if full.is_above and request.POST.get("above") != full.key:
            return render(request, "supervision/assign.html", {"form": form, "full": full})
        try:
            made = actions.assign_school(by=signed_in(request), **asked)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            words = _("{principal} at {school} is in the caseload of {supervisor} from {day}.")
            for held in made:
                messages.success(request, _said(words, held, day=asked["start"]))
            if full.is_above:
                messages.warning(request, full.is_now())
            return redirect(f"{reverse('supervision:assign')}?supervisor={made[0].supervisor.uid}")
    return render(request, "supervision/assign.html", {"form": form}, status=400)


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a principal out of a supervisor's caseload."""
    scope, year = request.scope, current_year()  # type: ignore[attr-defined]
    found = queries.caseload(scope, year, uid)
    if found is None:
        raise Http404
    form = EndForm(request.POST, supervisor=Person.objects.get(uid=uid))
    if form.is_valid():
        day = form.cleaned_data["end"]
        try:
            held = actions.end_assignment(
                assignment=form.cleaned_data["assignment"], end=day, by=signed_in(request)
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            words = _("{principal} at {school} leaves the caseload of {supervisor} on {day}.")
            messages.success(request, _said(words, held, day=day))
            return redirect("supervision:caseload-detail", uid=uid)
    return _page(request, found, year, own=False, form=form)


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def end_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take every principal out of the caseload of a supervisor who leaves."""
    found = queries.caseload(request.scope, current_year(), uid)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    form = EndAllForm(request.POST)
    if not form.is_valid():
        return _page(request, found, current_year(), own=False, end_all=form)
    day, supervisor = form.cleaned_data["end_all"], Person.objects.select_related("identity").get(uid=uid)
    try:
        n = actions.end_caseload(supervisor=supervisor, end=day, by=signed_in(request))
    except ValidationError as refused:
        form.add_error("end_all", refused.messages)
        return _page(request, found, current_year(), own=False, end_all=form)
    words = ngettext(
        "{n} assignment of {supervisor} ends on {day}.", "{n} assignments of {supervisor} end on {day}.", n
    )
    said = words.format(n=n, supervisor=name_of(supervisor), day=date_format(day, "M j, Y"))
    messages.success(request, said)
    return redirect("supervision:caseload-list")


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def from_roster(request: HttpRequest) -> HttpResponse:
    """Make caseloads from who the roster has as a principal supervisor over which schools.

    Those that would be above their most are shown first, and told again once it is done.
    """
    above = actions.above_from_roster(day=today())
    key = key_of(above)
    if above and request.POST.get("above") != key:
        return render(request, "supervision/from_roster.html", {"above": above, "key": key})
    done = actions.caseloads_from_roster(by=signed_in(request), day=today())
    words = ngettext(
        "{n} school was put into a caseload.", "{n} schools were put into caseloads.", done.assigned
    )
    level = messages.SUCCESS if done.assigned else messages.WARNING
    messages.add_message(request, level, words.format(n=done.assigned))
    for problem in done.problems:
        messages.warning(request, problem)
    for full in done.above:
        messages.warning(request, full.is_now())
    return redirect("supervision:caseload-list")


def _said(words: str, held: CaseloadAssignment, *, day: date) -> str:
    return words.format(
        principal=leader_of(held),
        supervisor=name_of(held.supervisor),
        school=held.school.name,
        day=date_format(day, "M j, Y"),
    )


def _may_change(request: HttpRequest, year: int) -> bool:
    """Say whether the caller may change caseloads here: the page of another year is history."""
    return bool(request.scope.may(Data.CASELOADS, Action.CHANGE)) and year == current_year()  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    found: rows.Caseload,
    year: int,
    *,
    own: bool,
    form: EndForm | None = None,
    end_all: EndAllForm | None = None,
) -> HttpResponse:
    if found.people:
        recording.seen(request, "caseload", target=found.supervisor, people=found.people)
    may_change = _may_change(request, year)
    if may_change and form is None:
        form = EndForm(supervisor=Person.objects.get(uid=found.summary.uid))
    context = {
        "caseload": found,
        "rows": rows.sorted_schools(found.rows, request.GET.get("sort", "")),
        "default_sort": rows.SCHOOL_SORT,
        "sentence": caseload_sentence(found, own=own),
        "own": own,
        "sees_all": request.scope.district_wide(Data.CASELOADS),  # type: ignore[attr-defined]
        "form": form if may_change else None,
        "end_all": (end_all or EndAllForm()) if may_change else None,
        "may_export": request.scope.may(Data.CASELOADS, Action.EXPORT),  # type: ignore[attr-defined]
        "span": found.summary.bounds,
        "confidence": CONFIDENCE,
        "year": year,
    }
    status = 400 if any(one is not None and one.errors for one in (form, end_all)) else 200
    return render(request, "supervision/caseload.html", context, status=status)
