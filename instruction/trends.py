"""Trends as pages show them: a line for each element or school, a table, small multiples, and what can be said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.access.scope import Scope
from alignment_dash.ui.numbers import signed_level
from instruction.queries.capacity_map import SchoolLine
from instruction.queries.elements import Column
from instruction.queries.standing import Standing
from instruction.queries.trends import (
    Change,
    Point,
    change,
    snapshots_of,
    trends_of_district,
    trends_of_schools,
)

SCHOOLS_AT_MOST = 12  # lines of an element's trend, for who sees a caseload

# Small multiples: how many stand beside each other, pixels high, and what part of one lies between two.
_COLUMNS, _PANEL, _GAP, _GAP_BELOW = 2, 130, 0.12, 0.35
_ROOM = 0.15  # levels above and below what is drawn
_FORMAT = "M j, Y"


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One element or school: its points in the order of the trend's days (None: not told), and what can be said."""

    label: str
    points: list[Point | None]
    said: str
    status: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend of one or more lines over the days of snapshots. figure None: nothing to compare yet."""

    days: list[date]
    lines: list[TrendLine]
    sentence: SafeString
    figure: dict[str, Any] | None


def trend(named: Iterable[tuple[str, Sequence[Point]]], *, is_of_schools: bool = False) -> Trend | None:
    """Return the trend of named lines of points, of elements or of schools; None where no line has a point."""
    held = [(label, list(points)) for label, points in named if points]
    if not held:
        return None
    days = sorted({point.day for _label, points in held for point in points})
    changes = [change(points) for _label, points in held]
    lines = [
        TrendLine(label, _on(days, points), said(found), _status(found))
        for (label, points), found in zip(held, changes, strict=True)
    ]
    drawn = [(label, points) for label, points in held if len(points) > 1]
    return Trend(days, lines, _sentence(lines, changes, is_of_schools), _figure(drawn) if drawn else None)


def _on(days: list[date], points: list[Point]) -> list[Point | None]:
    by_day = {point.day: point for point in points}
    return [by_day.get(day) for day in days]


def said(found: Change | None) -> str:
    """Say what a change says, with its interval; never more than the interval bears."""
    if found is None:
        return _("nothing to compare with yet")
    words = _("cannot tell yet whether it rose or fell")
    if found.is_clear:
        words = _("risen") if found.by > 0 else _("fallen")
    return _("{words} since {day}: {by} (90 %: {low} to {high})").format(
        words=words, day=date_format(found.since, _FORMAT), by=signed_level(found.by, 2),
        low=signed_level(found.low, 2), high=signed_level(found.high, 2),
    )  # fmt: skip


def _status(found: Change | None) -> str:
    if found is None or not found.is_clear:
        return "at"
    return "above" if found.by > 0 else "below"


def _sentence(lines: list[TrendLine], changes: list[Change | None], is_of_schools: bool) -> SafeString:
    known = [one for one in changes if one is not None]
    if not known:
        return format_html("{}", _("No earlier snapshot can be compared with this one yet."))
    if len(lines) == 1:
        return format_html("{}{}.", lines[0].said[:1].upper(), lines[0].said[1:])
    risen = sum(one.is_clear and one.by > 0 for one in known)
    fallen = sum(one.is_clear and one.by < 0 for one in known)
    return format_html(
        _counted(len(known), is_of_schools=is_of_schools), n=len(known), risen=risen, fallen=fallen,
        rest=len(known) - risen - fallen, day=date_format(min(one.since for one in known), _FORMAT),
    )  # fmt: skip


def _counted(n: int, *, is_of_schools: bool) -> str:
    if is_of_schools:
        return ngettext(
            "Of {n} school <b>{risen}</b> has risen and <b>{fallen}</b> fallen since {day}; for {rest} we cannot tell yet.",
            "Of {n} schools <b>{risen}</b> have risen and <b>{fallen}</b> fallen since {day}; for {rest} we cannot tell yet.",
            n,
        )
    return ngettext(
        "Of {n} element <b>{risen}</b> has risen and <b>{fallen}</b> fallen since {day}; for {rest} we cannot tell yet.",
        "Of {n} elements <b>{risen}</b> have risen and <b>{fallen}</b> fallen since {day}; for {rest} we cannot tell yet.",
        n,
    )


def _figure(held: list[tuple[str, list[Point]]]) -> dict[str, Any]:
    """Return small multiples with the same axes, one panel a line."""
    columns = min(_COLUMNS, len(held))
    rows = -(-len(held) // columns)
    every = [point for _label, points in held for point in points]
    low, high = min(one.low for one in every) - _ROOM, max(one.high for one in every) + _ROOM
    first, last = min(one.day for one in every), max(one.day for one in every)
    layout: dict[str, Any] = {
        "height": 60 + _PANEL * max(rows, 1.4),
        "showlegend": False,
        "margin": {"l": 8, "r": 12, "t": 30 if len(held) > 1 else 8, "b": 28},
        "annotations": [],
        "meta": {"legend": []},
    }
    data = []
    for place, (label, points) in enumerate(held):
        row, column = divmod(place, columns)
        name = "" if place == 0 else str(place + 1)
        x0, x1 = _share(column, columns, _GAP if columns > 1 else 0.0)
        y1, y0 = (1 - one for one in _share(row, rows, _GAP_BELOW if rows > 1 else 0.0))
        layout[f"xaxis{name}"] = {
            "type": "date", "domain": [x0, x1], "anchor": f"y{name}", "range": _range(first, last), "nticks": 4,
            "tickformat": "%b %Y",
            "showticklabels": place + columns >= len(held),
        }  # fmt: skip
        layout[f"yaxis{name}"] = {
            "domain": [y0, y1],
            "anchor": f"x{name}",
            "range": [low, high],
            "nticks": 4,
        }
        if len(held) > 1:
            layout["annotations"].append(_title(label, x0, y1))
        data.append(_line(points, name))
    return {"data": data, "layout": layout}


def _share(place: int, n: int, gap: float) -> tuple[float, float]:
    """Return where the place-th of n panels begins and ends, with a gap between of that share of a panel."""
    width = 1 / (n + gap * (n - 1))
    start = place * width * (1 + gap)
    return round(start, 4), round(min(start + width, 1.0), 4)


def _range(first: date, last: date) -> list[str]:
    room = max((last - first) / 12, date.resolution * 10)
    return [(first - room).isoformat(), (last + room).isoformat()]


def _title(label: str, x: float, y: float) -> dict[str, Any]:
    plain = label.replace("&", "&amp;").replace("<", "&lt;")
    return {
        "text": plain if len(plain) < 34 else f"{plain[:32]}…", "xref": "paper", "yref": "paper", "x": x, "y": y,
        "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 12},
    }  # fmt: skip


def _line(points: list[Point], name: str) -> dict[str, Any]:
    half = [round(point.high - point.estimate, 3) for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [point.day.isoformat() for point in points],
        "y": [point.estimate for point in points],
        "xaxis": f"x{name}",
        "yaxis": f"y{name}",
        "line": {"color": "var(--ink-2)", "width": 1},
        "marker": {"color": "var(--accent)", "size": 8},
        "error_y": {
            "type": "data",
            "array": half,
            "color": "var(--unclear-soft)",
            "thickness": 5,
            "width": 0,
        },
        "text": [
            f"{point.day.isoformat()}<br>{point.estimate:.2f} ({point.low:.2f} – {point.high:.2f})"
            for point in points
        ],
        "hoverinfo": "text",
    }


def of_school(scope: Scope, standing: Standing, school_id: int, columns: Sequence[Column]) -> Trend | None:
    """Return a school's trend, a line for each element; five queries."""
    points = trends_of_schools(
        scope,
        snapshots_of(standing),
        school_ids=[school_id],
        element_ids=[column.element_id for column in columns],
    )
    return trend((column.name, points.get((school_id, column.element_id), [])) for column in columns)


def of_element(
    scope: Scope, standing: Standing, column: Column, schools: Sequence[SchoolLine]
) -> Trend | None:
    """Return an element's trend: the district's line for who is told it, else one for each of a few schools."""
    found = snapshots_of(standing)
    of_district = trends_of_district(scope, found, element_ids=[column.element_id])
    if of_district:
        return trend([(_("District"), of_district[column.element_id])])
    if len(schools) > SCHOOLS_AT_MOST:
        return None
    ids = [line.school_id for line in schools]
    points = trends_of_schools(scope, found, school_ids=ids, element_ids=[column.element_id])
    named = [(line.name, points.get((line.school_id, column.element_id), [])) for line in schools]
    return trend(named, is_of_schools=True)


def of_district(scope: Scope, standing: Standing, columns: Sequence[Column]) -> Trend | None:
    """Return the district's trend, a line for each element; five queries."""
    ids = [column.element_id for column in columns]
    points = trends_of_district(scope, snapshots_of(standing), element_ids=ids)
    return trend((column.name, points.get(column.element_id, [])) for column in columns)
