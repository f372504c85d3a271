"""Reads of how often pages are opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from alignment_dash.access.models import PageUse
from alignment_dash.access.policy import Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.usage import TOGETHER

PERIODS = (7, 30, 365)
_DAYS_ONE_BY_ONE = 31


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page and how often it was opened under each role, in the order of the columns; None: never."""

    url_name: str
    views: list[int | None]
    total: int


@dataclass(frozen=True, slots=True)
class Use:
    """What was opened from `first` to `last`. roles: the columns, TOGETHER the last; by_time: (first day, openings)."""

    first: date
    last: date
    roles: list[str]
    pages: list[PageLine]
    by_time: list[tuple[date, int]]
    is_by_week: bool


def page_use(scope: Scope, *, days: int, until: date) -> Use | None:
    """Return how often pages were opened in the `days` before and with `until`; None to who may not see it.

    Two queries. The most opened page comes first.
    """
    if not scope.may(Data.USAGE):
        return None
    first = until - timedelta(days=days - 1)
    rows = PageUse.objects.filter(day__range=(first, until))
    summed = {
        (page, role): n
        for page, role, n in rows.values_list("url_name", "role").annotate(n=Sum("views")).order_by()
    }
    order = [*Role.values, TOGETHER]
    roles = sorted({role for _page, role in summed}, key=order.index)
    totals: Counter[str] = Counter()
    for (page, _role), n in summed.items():
        totals[page] += n
    pages = [
        PageLine(page, [summed.get((page, role)) for role in roles], total)
        for page, total in sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    ]
    is_by_week = days > _DAYS_ONE_BY_ONE
    per_day = dict(rows.values_list("day").annotate(n=Sum("views")).order_by())
    return Use(first, until, roles, pages, _by_time(per_day, first, until, is_by_week), is_by_week)


def _by_time(per_day: dict[date, int], first: date, last: date, is_by_week: bool) -> list[tuple[date, int]]:
    """Return days, or the Mondays of weeks, with their openings; those without any are there too."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found: dict[date, int] = {}
    for day in days:
        start = day - timedelta(days=day.weekday()) if is_by_week else day
        found[start] = found.get(start, 0) + per_day.get(day, 0)
    return list(found.items())


def figure_of(by_time: Sequence[tuple[date, int]]) -> dict[str, object]:
    """Return the bars of openings over time as a plain Plotly figure."""
    return {
        "data": [
            {
                "type": "bar",
                "x": [day.isoformat() for day, _n in by_time],
                "y": [n for _day, n in by_time],
                "marker": {"color": "var(--accent)"},
                "hovertemplate": "%{x|%b %-d}: %{y}<extra></extra>",
            }
        ],
        "layout": {
            "height": 200,
            "showlegend": False,
            "xaxis": {"type": "date"},
            "yaxis": {"rangemode": "tozero", "nticks": 4},
        },
    }
