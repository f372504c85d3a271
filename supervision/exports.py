"""Caseloads as files: CSV for a table, a workbook with what it is and what the district lacks. With the snapshot's day."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace.recording import exported
from alignment_dash.runs.queries import Snapshot
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import Sheet, workbook_response
from alignment_dash.ui.years import year_from
from supervision import district, queries
from supervision.rows import (
    Caseload,
    CaseloadRow,
    Caseloads,
    Mix,
    SchoolRow,
    sorted_caseloads,
    sorted_schools,
)

Row = list[object]


@require_GET
@needs(Data.CASELOADS, Action.EXPORT)
def list_csv(request: HttpRequest) -> HttpResponse:
    """Return the caseloads that the list shows and, below an empty row, what they are."""
    found = _list(request)
    rows = [list_heading(), *_list_rows(found), [], *about(found.snapshot)]
    return csv_response(f"caseloads-{_day(found.snapshot)}.csv", rows)


@require_GET
@needs(Data.CASELOADS, Action.EXPORT)
def list_workbook(request: HttpRequest) -> HttpResponse:
    """Return the caseloads that the list shows, and the schools and supervisors that are in none."""
    found = _list(request)
    lacks = district.lacks(request.scope, year_from(request.GET))  # type: ignore[attr-defined]
    without = ([one.name, one.network, one.since] for one in [*lacks.now, *lacks.ahead])
    idle = ([one.name, one.left_on] for one in [*lacks.idle, *lacks.gone])
    sheets: dict[str, Sheet] = {
        _("Caseloads"): (list_heading(), _list_rows(found)),
        _("Schools without"): ([_("School"), _("Network"), _("Without one since")], without),
        _("Supervisors to see to"): ([_("Principal supervisor"), _("Left the roster on")], idle),
        _("About"): ([_("What"), _("Value")], about(found.snapshot)),
    }
    return workbook_response(f"caseloads-{_day(found.snapshot)}.xlsx", sheets)


@require_GET
@needs(Data.CASELOADS, Action.EXPORT)
def detail_csv(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the schools of one caseload and, below an empty row, what they are."""
    found = _detail(request, uid)
    rows = [detail_heading(), *detail_rows(found), [], *about(found.snapshot)]
    return csv_response(f"caseload-{_day(found.snapshot)}.csv", rows)


@require_GET
@needs(Data.CASELOADS, Action.EXPORT)
def detail_workbook(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return one caseload: its sums, its schools, and what they are."""
    found = _detail(request, uid)
    sheets: dict[str, Sheet] = {
        _("Schools"): (detail_heading(), detail_rows(found)),
        _("Caseload"): (list_heading(), [list_row(found.summary, found.mix)]),
        _("About"): ([_("What"), _("Value")], about(found.snapshot)),
    }
    return workbook_response(f"caseload-{_day(found.snapshot)}.xlsx", sheets)


def _list(request: HttpRequest) -> Caseloads:
    year = year_from(request.GET)
    found = queries.caseloads(request.scope, year)  # type: ignore[attr-defined]
    exported(request, "caseloads", target=signed_in(request), rows=len(found.rows), filters={"year": year})
    return found


def _detail(request: HttpRequest, uid: UUID) -> Caseload:
    year = year_from(request.GET)
    found = queries.caseload(request.scope, year, uid)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    exported(request, "caseload", target=found.supervisor, rows=len(found.rows), filters={"year": year})
    return found


def _list_rows(found: Caseloads) -> Iterator[Row]:
    mixes = district.mixes(found.snapshot) if found.snapshot else {}
    for row in sorted_caseloads(found.rows, ""):
        yield list_row(row, mixes.get(row.uid, Mix()))


def _day(found: Snapshot | None) -> date | str:
    return found.roster_date if found and found.roster_date else _("none")


def about(found: Snapshot | None) -> list[Row]:
    """Return which day and which computing a file tells of, and what the need index in it is."""
    return [
        [_("Roster of"), found.roster_date if found else None],
        [_("Computed"), date_format(localtime(found.computed_at), "Y-m-d H:i") if found else None],
        [_("Need index"), _("Ours, not the literature's: 1 is the district's average principal.")],
    ]


def list_heading() -> Row:
    """Return the heading of `list_row`."""
    return [
        _("Principal supervisor"), _("Principals"), _("Vacant positions"), _("Span"), _("Need"),
        _("Need, 90 % from"), _("Need, 90 % to"), _("Span by need"), _("Schools"), _("Levels"), _("Networks"),
        _("Schools very likely below target"), _("Schools without enough evidence"), _("Widest shared need"),
    ]  # fmt: skip


def list_row(row: CaseloadRow, mix: Mix) -> Row:
    """Return one caseload."""
    need = [_round(row.need.need), _round(row.need.low), _round(row.need.high)] if row.need else [None] * 3
    schools = [row.n_schools_below, row.n_schools_unclear] if row.has_capacity else [None, None]
    return [
        row.name, row.n_principals, row.n_vacant, row.span_words, *need, row.need_words, row.n_schools,
        mix.level_words, mix.network_words, *schools, row.element,
    ]  # fmt: skip


def detail_heading() -> Row:
    """Return the heading of `detail_rows`."""
    return [
        _("School"), _("Network"), _("Level"), _("Principal"), _("Principal since"), _("Teachers"),
        _("Need index"), _("90 % from"), _("90 % to"), _("Part: leadership"), _("Part: new in the role"),
        _("Part: gaps in teaching"), _("Part: size"), _("Widest gap"), _("Gap"), _("Margin"),
        _("Elements very likely below"), _("Elements without enough evidence"), _("Elements"),
    ]  # fmt: skip


def detail_rows(found: Caseload) -> Iterator[Row]:
    """Yield a row for each principal and school."""
    for row in sorted_schools(found.rows, ""):
        yield [
            row.name, row.network, row.level_label, _("vacant") if row.is_vacant else row.principal, row.since,
            row.roster_size, *_need(row), row.element, _round(row.gap), _round(row.margin), row.n_below,
            row.n_unclear, row.n_elements,
        ]  # fmt: skip


def _need(row: SchoolRow) -> Row:
    need = row.need
    if need is None:
        return [None] * 7
    figures = (need.index, need.low, need.high, need.leadership, need.tenure, need.gaps, need.size)
    return [_round(one) for one in figures]


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
