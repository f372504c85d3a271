"""A supervisor's own time, and the cabinet's sums of everyone's."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import bounds, current_year, today
from alignment_dash.ui.years import year_from
from instruction.revisions import Moved
from supervision.models import GoalKind, NonContactDay, TimeGoal
from supervision.timelog import account, aims, district, queries, words
from supervision.timelog.amounts import hours, percent
from supervision.timelog.days import monday_of
from supervision.timelog.drawn import bars
from supervision.timelog.entry_views import REMOVED
from supervision.timelog.forms import DaysForm, GoalsForm, days_of
from supervision.timelog.queries import Share
from supervision.visiting import DAYS_A_MONTH

DEFAULT = "12"


def chosen_period(request: HttpRequest) -> str:
    """Return which of the periods `?period=` names."""
    asked = request.GET.get("period", "")
    return asked if asked in account.PERIODS else DEFAULT


@require_GET
@needs(Data.SUPERVISOR_TIME)
def time(request: HttpRequest) -> HttpResponse:
    """Lead to one's own time, or to the sums of all."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    here = (
        "supervision:my-time"
        if scope.may(Data.SUPERVISOR_TIME, Action.CHANGE)
        else "supervision:time-district"
    )
    return redirect(here)


@never_cache
@require_GET
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def my_time(request: HttpRequest) -> HttpResponse:
    """Show the caller's own time: shares beside goals, weeks, principals against need, and the entries of a week."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    own = queries.own_person(scope)
    if own is None:
        return render(request, "supervision/timelog/nobody.html", {"year": year})
    return _my_page(request, own, year)


def _my_page(
    request: HttpRequest,
    own: int,
    year: int,
    *,
    status: int = 200,
    goals_form: GoalsForm | None = None,
    days_form: DaysForm | None = None,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    which = chosen_period(request)
    since, until = account.period(which, year)
    share = queries.shares(scope, [own], since, until).get(own) or Share(since, until)
    goals = account.goals(year, [own])
    out = account.left_out(own, *_days_of(year))
    weeks = queries.weekly(scope, [own], until=until)[own]
    rows = account.principals(scope, own, share, out, year=year, per_month=goals[own].visits)
    week = _week(request, until)
    context = {
        "year": year,
        "sentence": words.share_sentence(share),
        "share": share,
        "stats": _stats(share, goals[own]),
        "periods": list(account.PERIODS.items()),
        "period": which,
        "weeks": [
            (one, hours(one.minutes), not one.minutes and _is_out(one.monday, out)) for one in reversed(weeks)
        ],
        "bars": bars(weeks),
        "trend": words.trend_summary(weeks),
        "purposes": [(label, hours(n), part) for label, n, part in words.by_purpose(share)],
        "covered": [(label, hours(n)) for label, n in words.by_department(share.by_department)],
        "principals": [(row, hours(row.minutes)) for row in rows],
        "agreement": words.agreement_sentence(*account.neediest_seen_most(rows)),
        "per_month": goals[own].visits,
        "month": DAYS_A_MONTH,
        "entries": _entries(scope, week, {one.day for one in out}),
        "week": week,
        "before": week - timedelta(weeks=1),
        "after": week + timedelta(weeks=1) if week < monday_of(scope.day) else None,
        "own_out": [one for one in out if one.supervisor_id],
        "whole_out": [one for one in out if not one.supervisor_id],
        "goals_form": goals_form or GoalsForm(held=_held(own, year), hints=goals[0]),
        "days_form": days_form or DaysForm(),
        "removed": request.session.get(REMOVED),
        "sees_all": scope.district_wide(Data.SUPERVISOR_TIME),
    }
    return render(request, "supervision/timelog/my_time.html", context, status=status)


@require_GET
@needs(Data.SUPERVISOR_TIME)
def time_district(request: HttpRequest) -> HttpResponse:
    """Show the cabinet each supervisor's sums, and covered work by department: no entries, and no principals.

    A supervisor finds her own row, as the cabinet sees it.
    """
    return _district_page(request, year_from(request.GET))


def _district_page(
    request: HttpRequest,
    year: int,
    *,
    status: int = 200,
    goals_form: GoalsForm | None = None,
    days_form: DaysForm | None = None,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    which = chosen_period(request)
    since, until = account.period(which, year)
    found = district.everyone(scope, year, since, until)
    may_set = aims.may_set_for_district(scope)
    context = {
        "year": year,
        "found": found,
        "rows": [
            (row, hours(row.share.minutes), words.trend_summary(row.weeks), bars(row.weeks))
            for row in found.rows
        ],
        "sentence": words.district_sentence(found.total, found.n_writing),
        "periods": list(account.PERIODS.items()),
        "period": which,
        "sees_all": scope.district_wide(Data.SUPERVISOR_TIME),
        "goals": [
            (label, words.goal_words(kind, found.goals.value.get(kind))) for kind, label in GoalKind.choices
        ],
        "covered": [(label, hours(n)) for label, n in words.by_department(found.total.by_department)],
        "own_out": account.left_out(None, *_days_of(year)),
        "may_set": may_set,
        "goals_form": goals_form or GoalsForm(held=_held(None, year), hints=None),
        "days_form": days_form or DaysForm(for_district=True),
    }
    return render(request, "supervision/timelog/district.html", context, status=status)


@require_POST
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def my_goals(request: HttpRequest) -> HttpResponse:
    """Set one's own goals of a year."""
    return _set_goals(request, for_district=False)


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def district_goals(request: HttpRequest) -> HttpResponse:
    """Set the district's goals of a year."""
    return _set_goals(request, for_district=True)


@require_POST
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def my_days(request: HttpRequest) -> HttpResponse:
    """Leave out days of one's own, or count them again."""
    return _set_days(request, for_district=False)


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def district_days(request: HttpRequest) -> HttpResponse:
    """Leave out days for all, or count them again."""
    return _set_days(request, for_district=True)


def _set_goals(request: HttpRequest, *, for_district: bool) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    year, own = year_from(request.GET), None if for_district else queries.own_person(scope)
    page, here = _pages(for_district, own, request, year)
    held = _held(own, year)
    form = GoalsForm(request.POST, held=held, hints=None)
    if not form.is_valid():
        return page(status=400, goals_form=form)
    try:
        for kind, value, revision in form.goals():
            aims.set_goal(
                scope=scope,
                by=signed_in(request),
                school_year=year,
                kind=kind,
                value=value,
                revision=revision,
                for_district=for_district,
            )
    except ValidationError as error:
        form.add_error(None, error)
        return page(status=400, goals_form=form)
    except Moved:
        form = _seen_anew(request, own, year)
        return page(status=409, goals_form=form)
    messages.success(request, _("The goals are saved."))
    return redirect(f"{here}#goals")


def _seen_anew(request: HttpRequest, own: int | None, year: int) -> GoalsForm:
    """Return the goals as typed, beside those that stand by now: sent again, they hold."""
    held, typed = _held(own, year), request.POST.copy()
    told = [words.goal_words(kind, held.get(kind, (None, -1))[0]) or _("none") for kind in GoalKind.values]
    for kind in GoalKind.values:
        typed[f"{kind}-revision"] = str(held.get(kind, (None, -1))[1])
    form = GoalsForm(typed, held=held, hints=None)
    said = _(
        "Someone else has changed the goals meanwhile; they are now: {goals}. Send yours again to replace them."
    )
    form.add_error(None, said.format(goals="; ".join(told)))
    return form


def _set_days(request: HttpRequest, *, for_district: bool) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    year, own = year_from(request.GET), None if for_district else queries.own_person(scope)
    page, here = _pages(for_district, own, request, year)
    by = signed_in(request)
    again = days_of(request.POST.getlist("again"))
    if again:
        aims.count_again(scope=scope, by=by, days=again, for_district=for_district)
        messages.success(request, _("These days count again."))
        return redirect(f"{here}#days")
    form = DaysForm(request.POST, for_district=for_district)
    if form.is_valid():
        try:
            made = aims.leave_out(scope=scope, by=by, for_district=for_district, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            said = ngettext("{n} day is left out.", "{n} days are left out.", len(made))
            messages.success(request, said.format(n=len(made)))
            return redirect(f"{here}#days")
    return page(status=400, days_form=form)


def _pages(
    for_district: bool, own: int | None, request: HttpRequest, year: int
) -> tuple[Callable[..., HttpResponse], str]:
    """Return the page that a form stands on, and its address."""
    query = {} if year == current_year() else {"year": year}
    if for_district:
        return lambda **more: _district_page(request, year, **more), reverse(
            "supervision:time-district", query=query
        )
    if own is None:
        raise Http404
    return lambda **more: _my_page(request, own, year, **more), reverse("supervision:my-time", query=query)


def _held(supervisor: int | None, year: int) -> dict[str, tuple[float, int]]:
    rows = TimeGoal.objects.filter(school_year=year, supervisor=supervisor)
    return {one.kind: (one.value, one.revision) for one in rows}


def _week(request: HttpRequest, until: date) -> date:
    """Return the Monday of the week whose entries are shown."""
    found = days_of([request.GET.get("week", "")])
    asked = found[0] if found and found[0].year >= 2000 else until
    return min(monday_of(asked), monday_of(today()))


def _entries(scope: Scope, week: date, out: Collection[date]) -> list[tuple[Any, str, bool]]:
    """Return the entries of a week, each with its length and whether its day is left out."""
    found = queries.own_entries(scope).filter(day__range=(week, week + timedelta(days=6)))
    return [(one, hours(one.minutes), one.day in out) for one in found]


def _is_out(monday: date, out: Collection[NonContactDay]) -> bool:
    """Say whether every weekday of a week is left out."""
    days = {one.day for one in out}
    return all(monday + timedelta(days=n) in days for n in range(queries.WEEKDAYS))


def _stats(share: Share, goals: account.Goals) -> list[tuple[str, str, str]]:
    """Return (what, share, beside which goal)."""
    told = []
    for label, value, kind in (
        (_("with principals"), share.with_principals, GoalKind.WITH_PRINCIPALS),
        (_("on instructional leadership"), share.on_leadership, GoalKind.ON_LEADERSHIP),
        (_("covering for others"), share.covering, None),
    ):
        goal = goals.value.get(kind) if kind else None
        note = (
            _("goal: {goal}").format(goal=words.goal_words(kind, goal)) if kind and goal is not None else ""
        )
        told.append((label, percent(value), note))
    return told


def _days_of(year: int) -> tuple[date, date]:
    """Return the first and the last day of a school year: what is left out ahead is told, and can be taken back."""
    first, after = bounds(year)
    return first, after - timedelta(days=1)
