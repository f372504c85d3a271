"""Time as files: one's own entries, and the cabinet's sums by supervisor."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import Sheet, workbook_response
from alignment_dash.ui.years import year_from
from instruction.second_looks.queries import names_of
from schools.names import name_of
from supervision.models import GoalKind, TimeEntry
from supervision.timelog import account, district, queries, words
from supervision.timelog.district import Everyone
from supervision.timelog.views import chosen_period

Row = list[object]


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def my_csv(request: HttpRequest) -> HttpResponse:
    """Return the caller's own entries of a school year."""
    return csv_response(f"time-{today()}.csv", [entry_heading(), *entry_rows(_mine(request))])


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.CHANGE)
def my_workbook(request: HttpRequest) -> HttpResponse:
    """Return the same as a workbook."""
    sheet: Sheet = entry_heading(), entry_rows(_mine(request))
    return workbook_response(f"time-{today()}.xlsx", {_("Time"): sheet})


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def district_csv(request: HttpRequest) -> HttpResponse:
    """Return each supervisor's sums."""
    return csv_response(
        f"supervisors-time-{today()}.csv", [supervisor_heading(), *supervisor_rows(_all(request))]
    )


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def district_workbook(request: HttpRequest) -> HttpResponse:
    """Return each supervisor's sums, the weeks, covered work by department, and what the file is."""
    found = _all(request)
    covered = [[label, round(n / 60, 1)] for label, n in words.by_department(found.total.by_department)]
    sheets: dict[str, Sheet] = {
        _("Supervisors"): (supervisor_heading(), supervisor_rows(found)),
        _("Weeks"): (
            [
                _("Principal supervisor"),
                _("Week of"),
                _("Hours"),
                _("% with principals"),
                _("% on leadership"),
            ],
            _week_rows(found),
        ),
        _("Covered work"): ([_("Department"), _("Hours")], covered),
        _("About"): (
            [_("What"), _("Value")],
            [
                [_("From"), found.total.since],
                [_("To"), found.total.until],
                [_("Made on"), today()],
                [_("Shares"), _("Of all time entered on days that count")],
            ],
        ),
    }
    return workbook_response(f"supervisors-time-{today()}.xlsx", sheets)


def _mine(request: HttpRequest) -> list[TimeEntry]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    since, until = account.period("year", year_from(request.GET))
    found = list(queries.own_entries(scope).filter(day__range=(since, until)))
    exported(
        request,
        "own-time",
        target=signed_in(request),
        rows=len(found),
        filters={"from": str(since), "to": str(until)},
    )
    return found


def _all(request: HttpRequest) -> Everyone:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    year = year_from(request.GET)
    since, until = account.period(chosen_period(request), year)
    found = district.everyone(scope, year, since, until)
    exported(
        request,
        "supervisors-time",
        target=signed_in(request),
        rows=len(found.rows),
        filters={"from": str(since), "to": str(until)},
    )
    return found


def entry_heading() -> Row:
    """Return the heading of `entry_rows`."""
    return [
        _("Day"), _("From"), _("Minutes"), _("Purpose"), _("Principals"), _("Schools"), _("Element"),
        _("Department"), _("Entered by"),
    ]  # fmt: skip


def entry_rows(found: Sequence[TimeEntry]) -> Iterator[Row]:
    """Yield a row for each entry."""
    names = names_of({one.element_id for one in found if one.element_id})
    for one in found:
        taking = list(one.principals.all())
        yield [
            one.day,
            f"{localtime(one.starts_at):%H:%M}" if one.starts_at else None,
            one.minutes,
            str(one.get_purpose_display()),
            "; ".join(name_of(each.principal) for each in taking),
            "; ".join(each.school.name for each in taking),
            names.get(one.element_id or 0, ""),
            str(one.get_department_display()) if one.department else "",
            str(one.get_source_display()),
        ]


def supervisor_heading() -> Row:
    """Return the heading of `supervisor_rows`."""
    return [
        _("Principal supervisor"), _("From"), _("To"), _("Hours"), _("Contact days with entries"),
        _("% with principals"), _("Goal, %"), _("% on leadership"), _("Goal, %"), _("% covering"),
        _("Weeks confirmed"), _("Weeks"),
    ]  # fmt: skip


def supervisor_rows(found: Everyone) -> Iterator[Row]:
    """Yield a row for each supervisor."""
    for row in found.rows:
        share, (with_principals, lead, covering) = row.share, row.percents
        yield [
            row.name, share.since, share.until, round(share.minutes / 60, 1), share.days, with_principals,
            row.goal, lead, row.goals.value.get(GoalKind.ON_LEADERSHIP), covering, row.confirmed, row.n_weeks,
        ]  # fmt: skip


def _week_rows(found: Everyone) -> Iterator[Row]:
    for row in found.rows:
        for week in row.weeks:
            shares = (
                None if one is None else round(100 * one)
                for one in (week.with_principals, week.on_leadership)
            )
            yield [row.name, week.monday, round(week.minutes / 60, 1), *shares]
