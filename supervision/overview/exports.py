"""The tables of both pages as files, with the days they are of."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace.recording import exported
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import workbook_response
from supervision.overview.district import district
from supervision.overview.home import home
from supervision.overview.rows import WEEKS, WINDOW_WEEKS, District, Home, PrincipalRow

Row = list[object]


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def home_csv(request: HttpRequest) -> HttpResponse:
    """Return the caller's principals as CSV."""
    found = _home(request)
    return csv_response(
        f"principals-{found.day}.csv", [home_heading(), *home_rows(found), [], *_about(found)]
    )


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def home_workbook(request: HttpRequest) -> HttpResponse:
    """Return the caller's principals as a workbook."""
    found = _home(request)
    sheets = {
        _("Principals"): (home_heading(), home_rows(found)),
        _("About"): ([_("What"), _("Value")], _about(found)),
    }
    return workbook_response(f"principals-{found.day}.xlsx", sheets)


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def overview_csv(request: HttpRequest) -> HttpResponse:
    """Return all principal supervisors as CSV."""
    found = _district(request)
    rows: list[Sequence[object]] = [district_heading(), *district_rows(found), [], *_about(found)]
    return csv_response(f"principal-supervisors-{found.day}.csv", rows)


@require_GET
@needs(Data.SUPERVISOR_TIME, Action.EXPORT)
def overview_workbook(request: HttpRequest) -> HttpResponse:
    """Return all principal supervisors, and what they covered for whom, as a workbook."""
    found = _district(request)
    owed: list[Row] = [[one.department, round(one.minutes / 60, 1), one.supervisors] for one in found.owed]
    sheets = {
        _("Principal supervisors"): (district_heading(), district_rows(found)),
        _("Covered work"): ([_("Department"), _("Hours"), _("Principal supervisors")], owed),
        _("About"): ([_("What"), _("Value")], _about(found)),
    }
    return workbook_response(f"principal-supervisors-{found.day}.xlsx", sheets)


def home_heading() -> list[str]:
    """Return the heading of a supervisor's table."""
    return [
        _("School"), _("Principal"), _("Need index"), _("Low"), _("High"), _("Last visit"), _("Next visit planned"),
        _("Visits in {n} weeks").format(n=WINDOW_WEEKS), _("Visits expected"), _("Visit due"), _("Element in focus"),
        _("Open commitments"), _("Overdue commitments"), _("Hours in {n} weeks").format(n=WEEKS),
    ]  # fmt: skip


def home_rows(found: Home) -> Sequence[Row]:
    """Return a row for each principal at a school."""
    return [
        [
            row.school, row.principal or _("vacant"),
            *([round(row.need.index, 2), round(row.need.low, 2), round(row.need.high, 2)] if row.need else [None] * 3),
            row.last, row.planned, *_visits(row), row.focus, row.open, row.overdue, round(row.hours, 1),
        ]
        for row in found.rows
    ]  # fmt: skip


def _visits(row: PrincipalRow) -> list[object]:
    """Return visits, visits expected and whether one is due; nothing of a vacant position."""
    if row.principal_uid is None:
        return [None] * 3
    return [row.visits, round(row.expected, 1), _("yes") if row.is_due else _("no")]


def district_heading() -> list[str]:
    """Return the heading of the cabinet's table."""
    return [
        _("Principal supervisor"), _("Principals"), _("Vacant positions"), _("Principals of average need"), _("Low"),
        _("High"), _("Principals who wait no longer for a visit than their need asks"), _("Of"), _("Share of time with principals"),
        _("Share of time on instructional leadership"), _("Hours covering for other departments"), _("Hours entered"),
    ]  # fmt: skip


def district_rows(found: District) -> list[Row]:
    """Return a row for each principal supervisor."""
    return [
        [
            row.name, row.n_principals, row.n_vacant, _rounded(row.need), _rounded(row.need_low),
            _rounded(row.need_high), row.seen, row.of, _rounded(row.with_principals), _rounded(row.on_leadership),
            round(row.covered / 60, 1), round(row.minutes / 60, 1),
        ]
        for row in found.rows
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _about(found: Home | District) -> list[Row]:
    computed = timezone.localdate(found.snapshot.computed_at) if found.snapshot else None
    counted = (
        [[_("Visits since"), found.since]]
        if isinstance(found, Home)
        else [[_("Time since"), found.since], [_("Time to"), found.until]]
    )
    return [
        [_("As of"), found.day],
        *counted,
        [_("Need index of"), computed or _("not computed yet")],
    ]


def _home(request: HttpRequest) -> Home:
    found = home(request.scope)  # type: ignore[attr-defined]
    exported(request, "principals", target=signed_in(request), rows=len(found.rows), filters={})
    return found


def _district(request: HttpRequest) -> District:
    found = district(request.scope)  # type: ignore[attr-defined]
    exported(request, "principal-supervisors", target=signed_in(request), rows=len(found.rows), filters={})
    return found
