"""What the home of a principal supervisor and the view of all of them show: typed rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from alignment_dash.runs.queries import Snapshot
from supervision.needs import Bounds, Need, Total, span_of, total_of
from supervision.timelog.amounts import hours
from supervision.visiting import Wait

WEEKS = 8
"""Weeks of the small drawing of time beside each principal."""
WINDOW_WEEKS = 4
"""Weeks in which visits are held against need."""


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """One principal at one school of a caseload.

    principal None: the position is vacant. wait: for the next visit. planned: the day of the next one that is planned.
    visits: days of the last WINDOW_WEEKS weeks with a visit; expected: as many as need asks for in their contact days.
    Need, wait, planned and visits are the principal's, and the same at each of their schools. minutes: of the last WEEKS
    weeks, the oldest first.
    """

    school_uid: UUID
    school: str
    principal_uid: UUID | None
    principal: str
    need: Need | None
    wait: Wait
    planned: date | None
    visits: int
    expected: float
    focus: str
    open: int
    overdue: int
    minutes: tuple[int, ...]
    day: date

    @property
    def last(self) -> date | None:
        """The last visit, at any school of the caseload; None: none is known."""
        return self.wait.last

    @property
    def days_since(self) -> int | None:
        """Days since the last visit; None: never visited, as far as is known here."""
        return (self.day - self.last).days if self.last else None

    @property
    def is_due(self) -> bool:
        """Whether a visit is due: they have waited longer than their need asks."""
        return self.principal_uid is not None and self.wait.is_due

    @property
    def is_today(self) -> bool:
        """Whether a visit is planned for today."""
        return self.planned == self.day

    @property
    def hours(self) -> float:
        """Hours of the last WEEKS weeks."""
        return sum(self.minutes) / 60


@dataclass(frozen=True, slots=True)
class Home:
    """A supervisor's own page: whose visit is due first. snapshot: the need index's; None: not computed."""

    rows: Sequence[PrincipalRow]
    snapshot: Snapshot | None
    since: date
    day: date
    contact_days: int

    @property
    def n_principals(self) -> int:
        """Principals, each once."""
        return len({row.principal_uid for row in self.rows if row.principal_uid})

    @property
    def n_vacant(self) -> int:
        """Vacant positions."""
        return sum(row.principal_uid is None for row in self.rows)

    @property
    def total(self) -> Total | None:
        """As many principals of average need, the vacant positions as one each; None where not known of everyone."""
        known = {row.principal_uid: row.need for row in self.rows if row.principal_uid and row.need}
        is_whole = len(known) == self.n_principals and known
        return total_of(known.values(), self.n_vacant) if is_whole else None

    @property
    def due(self) -> list[PrincipalRow]:
        """A row of each principal who waits longer for a visit than their need asks, who waits longest first."""
        return _each_once(row for row in self.rows if row.is_due)

    @property
    def n_due(self) -> int:
        """Principals who wait longer for a visit than their need asks, each once."""
        return len(self.due)

    @property
    def today(self) -> list[PrincipalRow]:
        """A row of each principal to whom a visit is planned for today."""
        return _each_once(row for row in self.rows if row.is_today)

    @property
    def n_overdue(self) -> int:
        """Commitments whose day has passed."""
        return sum(row.overdue for row in self.rows)

    @property
    def most_minutes(self) -> int:
        """The largest week of any principal: what the drawings share as their height."""
        return max((max(row.minutes) for row in self.rows), default=0)


def _each_once(rows: Iterable[PrincipalRow]) -> list[PrincipalRow]:
    """Keep the first row of each principal."""
    first: dict[UUID | None, PrincipalRow] = {}
    for row in rows:
        first.setdefault(row.principal_uid, row)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class SupervisorRow:
    """One principal supervisor as the cabinet sees them: sums alone, no principal by name.

    seen, of: principals who have not waited longer for a visit than their need asks (None: too few to tell), of how
    many. need: principals of average need with the vacant positions, None where not computed. covered: minutes of
    other departments' work; minutes: all that was entered this school year. bounds: the district's span. is_few: too
    few entries to be told to anyone but the supervisor.
    """

    uid: UUID
    name: str
    n_principals: int
    n_vacant: int
    need: float | None
    need_low: float | None
    need_high: float | None
    seen: int | None
    of: int
    with_principals: float | None
    on_leadership: float | None
    covered: int
    minutes: int
    bounds: Bounds
    is_few: bool = False

    @property
    def span(self) -> str:
        """Where the raw span lies, vacant positions counted: "below", "within" or "above" it."""
        return span_of(self.n_principals + self.n_vacant, self.bounds)

    @property
    def covered_time(self) -> str:
        """The minutes of other departments' work in words."""
        return hours(self.covered)

    @property
    def need_span(self) -> str:
        """The same of the span by need, as it is shown; "" where it is not computed."""
        return "" if self.need is None else span_of(round(self.need, 1), self.bounds)


@dataclass(frozen=True, slots=True)
class Owed:
    """Work of one department that principal supervisors did: minutes, and how many of them did some."""

    department: str
    minutes: int
    supervisors: int

    @property
    def time(self) -> str:
        """The minutes in words."""
        return hours(self.minutes)


@dataclass(frozen=True, slots=True)
class District:
    """All principal supervisors, what they covered for whom, and what waits for a decision.

    since, until: the days whose time is added up. span: what the caseloads stand beside.
    """

    rows: Sequence[SupervisorRow]
    owed: Sequence[Owed]
    schools_without: int
    snapshot: Snapshot | None
    since: date
    until: date
    day: date
    proposals: Sequence["Waiting"]
    openings: int
    ready_now: int
    ready_next: int
    span: Bounds

    @property
    def with_principals(self) -> float | None:
        """The share of all time told of that was with principals; None without any."""
        told = [(row.with_principals, row.minutes) for row in self.rows if row.with_principals is not None]
        minutes = sum(n for _share, n in told)
        return sum(share * n for share, n in told) / minutes if minutes else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal of caseloads with moves that nobody has decided yet."""

    uid: UUID
    made_on: date
    start: date
    n_open: int
