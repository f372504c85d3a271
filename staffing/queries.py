"""Reads of staffing that join several models. Each takes the caller's scope and a school year."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Sum

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import roster_day
from schools.models import Level, OrgType, School
from schools.names import name_of
from staffing.models import Incumbency, JobClass, Position

NONE = Decimal("0.00")


class Staffing(NamedTuple):
    """How much of what is budgeted is filled on a day. FTE in full-time equivalents."""

    n_positions: int = 0
    budgeted: Decimal = NONE
    filled: Decimal = NONE
    vacancies: int = 0

    @property
    def fill_rate(self) -> float | None:
        """Filled by budgeted FTE, from 0 to 1; None where nothing is budgeted, for that is not zero."""
        return float(self.filled / self.budgeted) if self.budgeted else None

    @property
    def fill_rate_percent(self) -> str | None:
        """The fill rate as text, cut to one decimal, so that 100 % is said only of what is full."""
        if self.fill_rate is None:
            return None
        return f"{floor(1000 * self.filled / self.budgeted) / 10:.1f}\N{NO-BREAK SPACE}%"

    @property
    def unfilled(self) -> Decimal:
        """FTE budgeted and not filled."""
        return self.budgeted - self.filled


@dataclass(frozen=True, slots=True)
class FillRow:
    """One school's staffing on the day. longest: days its oldest vacancy is open; None without a vacancy."""

    uid: UUID
    name: str
    network_id: UUID | None
    network: str
    level: str
    staffing: Staffing
    longest: int | None

    @property
    def level_label(self) -> str:
        """The level in words."""
        return str(Level(self.level).label)


@dataclass(frozen=True, slots=True)
class FillRates:
    """The schools a caller sees, as filtered and sorted, with their total; `networks` are the choices."""

    day: date
    rows: Sequence[FillRow]
    total: Staffing
    networks: Sequence[tuple[str, str]]
    n_schools: int

    @property
    def short(self) -> list[FillRow]:
        """The schools with a vacancy, the one that has been open longest first."""
        return [row for row in _sorted(self.rows, "-longest") if row.longest is not None]


SORTS = ("school", "budgeted", "filled", "vacancies", "rate", "longest")
# The school shortest of people first.
DEFAULT_SORT = "rate"


@dataclass(frozen=True, slots=True)
class FillFilters:
    """What the page's address asks for; what it does not know is left out."""

    network: str = ""
    level: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "FillFilters":
        """Read ?network= (a uid), ?level= and ?sort= (a column, "-" before it for descending)."""
        level, sort = params.get("level", ""), params.get("sort", "")
        return cls(
            network=params.get("network", ""),
            level=level if level in Level.values else "",
            sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        )

    def keep(self, row: FillRow) -> bool:
        """Say whether the row is asked for."""
        return (not self.level or row.level == self.level) and (
            not self.network or str(row.network_id) == self.network
        )


def fill_rates(scope: Scope, year: int, filters: FillFilters) -> FillRates:
    """Return budgeted and filled FTE and vacancies of each school in the caller's scope; four queries.

    The day is that of the year's roster: today in the current year, else its last (or first) day.
    """
    day = roster_day(year)
    schools = School.objects.visible_to(scope.schools(Data.STAFFING)).on(day)
    sums = _sums_by_school(schools, day)
    everyone = [
        _row(school, sums, day)
        for school in schools.order_by("name", "pk").values(
            "pk", "uid", "name", "level", "parent__uid", "parent__name", "parent__type"
        )
    ]
    rows = _sorted(filter(filters.keep, everyone), filters.sort)
    networks = {str(row.network_id): row.network for row in everyone if row.network_id}
    return FillRates(
        day=day,
        rows=rows,
        total=_total(rows),
        networks=sorted(networks.items(), key=lambda pair: pair[1]),
        n_schools=len(everyone),
    )


class _Sums(NamedTuple):
    """What the day's positions of each school add up to, by the school's id."""

    budgeted: dict[int, tuple[int, Decimal]]
    filled: dict[int, tuple[int, Decimal]]
    oldest: dict[int, date]


def _sums_by_school(schools: Any, day: date) -> _Sums:
    """Sum positions, the filled ones and the vacant ones each in a query of their own.

    Apart, so that no join counts a position twice, and because a subquery for each position takes ten times
    as long. At most one incumbent holds a position on a day: a constraint of the database sees to it.
    """
    positions = Position.objects.on(day).in_schools(schools.values("pk"))
    budgeted = positions.values("school_id").annotate(n=Count("pk"), fte=Sum("fte")).order_by()
    held = Incumbency.objects.on(day).filter(position__in=positions).values("position__school_id")
    filled = held.annotate(n=Count("pk"), fte=Sum("position__fte")).order_by()
    vacant = positions.open(day).with_incumbent(day).values("school_id")
    oldest = vacant.annotate(oldest=Min("vacant_since")).order_by()
    return _Sums(
        {row["school_id"]: (row["n"], row["fte"]) for row in budgeted},
        {row["position__school_id"]: (row["n"], row["fte"]) for row in filled},
        {row["school_id"]: row["oldest"] for row in oldest},
    )


def _row(school: dict[str, Any], sums: _Sums, day: date) -> FillRow:
    in_network = school["parent__type"] == OrgType.NETWORK
    n_positions, budgeted = sums.budgeted.get(school["pk"], (0, NONE))
    n_filled, filled = sums.filled.get(school["pk"], (0, NONE))
    oldest = sums.oldest.get(school["pk"])
    return FillRow(
        uid=school["uid"],
        name=school["name"],
        network_id=school["parent__uid"] if in_network else None,
        network=school["parent__name"] if in_network else "",
        level=school["level"],
        staffing=Staffing(n_positions, budgeted, filled, n_positions - n_filled),
        longest=(day - oldest).days if oldest else None,
    )


def _total(rows: Sequence[FillRow]) -> Staffing:
    parts = [row.staffing for row in rows]
    return Staffing(
        sum(part.n_positions for part in parts),
        sum((part.budgeted for part in parts), NONE),
        sum((part.filled for part in parts), NONE),
        sum(part.vacancies for part in parts),
    )


_COLUMNS: dict[str, Callable[[FillRow], Any]] = {
    "budgeted": lambda row: row.staffing.budgeted,
    "filled": lambda row: row.staffing.filled,
    "vacancies": lambda row: row.staffing.vacancies,
    "rate": lambda row: row.staffing.fill_rate,
    "longest": lambda row: row.longest,
}


def _sorted(rows: Iterable[FillRow], sort: str) -> list[FillRow]:
    """Sort by a column; schools without a value come last either way, and equal ones stand by name."""
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    by_name = sorted(rows, key=lambda row: row.name, reverse=descending and column == "school")
    value = _COLUMNS.get(column)
    if value is None:
        return by_name
    known = [row for row in by_name if value(row) is not None]
    unknown = [row for row in by_name if value(row) is None]
    return sorted(known, key=value, reverse=descending) + unknown


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position on the day, with who holds it since when, or how long nobody has."""

    uid: UUID
    title: str
    job_class: str
    subject: str
    grades: Sequence[str]
    fte: Decimal
    incumbent: str
    since: date
    days_open: int | None

    @property
    def is_vacant(self) -> bool:
        """Say whether nobody holds it that day."""
        return self.days_open is not None

    @property
    def job_label(self) -> str:
        """The job class in words."""
        return str(JobClass(self.job_class).label)


@dataclass(frozen=True, slots=True)
class SchoolPositions:
    """One school's positions on the day, vacancies first, the oldest first."""

    name: str
    uid: UUID
    day: date
    rows: Sequence[PositionRow]
    staffing: Staffing

    @property
    def longest(self) -> int | None:
        """Days the oldest vacancy is open; None without a vacancy."""
        return max((row.days_open for row in self.rows if row.days_open is not None), default=None)


def school_positions(scope: Scope, year: int, uid: UUID) -> SchoolPositions | None:
    """Return one school's positions with their incumbents' names; None outside the scope; three queries."""
    day = roster_day(year)
    school = School.objects.visible_to(scope.schools(Data.STAFFING)).filter(uid=uid).first()
    if school is None:
        return None
    held = Incumbency.objects.on(day).select_related("person__identity")
    positions = (
        Position.objects.on(day)
        .filter(school_id=school.pk)
        .with_incumbent(day)
        .prefetch_related(Prefetch("incumbencies", queryset=held, to_attr="held"))
    )
    rows = sorted((_position_row(position, day) for position in positions), key=_position_order)
    filled = [row for row in rows if not row.is_vacant]
    staffing = Staffing(
        len(rows),
        sum((row.fte for row in rows), NONE),
        sum((row.fte for row in filled), NONE),
        len(rows) - len(filled),
    )
    return SchoolPositions(name=school.name, uid=school.uid, day=day, rows=rows, staffing=staffing)


def _position_row(position: Any, day: date) -> PositionRow:
    held = position.held[0] if position.held else None
    since = held.during.lower if held else position.vacant_since
    return PositionRow(
        uid=position.uid,
        title=position.title,
        job_class=position.job_class,
        subject=position.subject,
        grades=position.grades,
        fte=position.fte,
        incumbent=name_of(held.person) if held else "",
        since=since,
        days_open=None if held else (day - since).days,
    )


_ORDER = {value: place for place, value in enumerate(JobClass.values)}


def _position_order(row: PositionRow) -> tuple[Any, ...]:
    return (not row.is_vacant, -(row.days_open or 0), _ORDER[row.job_class], row.title, row.incumbent)
