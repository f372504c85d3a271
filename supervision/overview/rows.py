"""What the home of a principal supervisor and the view of all of them show: typed rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from alignment_dash.runs.queries import Snapshot
from supervision.needs import SPAN_HIGH, SPAN_LOW, Need

WEEKS = 8
"""Weeks of the small drawing of time beside each principal."""
WINDOW_WEEKS = 4
"""Weeks in which visits are held against need."""


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """One principal at one school of a caseload.

    principal None: the position is vacant. visits: days of the last WINDOW_WEEKS weeks with a visit; expected: as many
    as need asks for in their contact days. minutes: of the last WEEKS weeks, the oldest first.
    """

    school_uid: UUID
    school: str
    principal_uid: UUID | None
    principal: str
    need: Need | None
    last: date | None
    visits: int
    expected: float
    focus: str
    open: int
    overdue: int
    minutes: tuple[int, ...]
    day: date

    @property
    def days_since(self) -> int | None:
        """Days since the last visit; None: never visited, as far as is known here."""
        return (self.day - self.last).days if self.last else None

    @property
    def is_behind(self) -> bool:
        """Whether at least one whole visit is missing of what need asks for."""
        return self.principal_uid is not None and self.visits <= self.expected - 1

    @property
    def hours(self) -> float:
        """Hours of the last WEEKS weeks."""
        return sum(self.minutes) / 60


@dataclass(frozen=True, slots=True)
class Home:
    """A supervisor's own page: who is behind on visits first. snapshot: the need index's; None: not computed."""

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
    def need(self) -> float | None:
        """As many principals of average need; None where the index is not known for each of them."""
        known = {row.principal_uid: row.need.index for row in self.rows if row.principal_uid and row.need}
        return sum(known.values()) if len(known) == self.n_principals and known else None

    @property
    def n_behind(self) -> int:
        """Principals at least one visit behind what their need asks for."""
        return sum(row.is_behind for row in self.rows)

    @property
    def n_overdue(self) -> int:
        """Commitments whose day has passed."""
        return sum(row.overdue for row in self.rows)

    @property
    def most_minutes(self) -> int:
        """The largest week of any principal: what the drawings share as their height."""
        return max((max(row.minutes) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class SupervisorRow:
    """One principal supervisor as the cabinet sees them: sums alone, no principal by name.

    seen, of: principals whose visits of the last WINDOW_WEEKS weeks are no whole visit behind their need, of how many.
    need: principals of average need, None where not computed. covered: minutes of other departments' work; minutes:
    all that was entered in the window.
    """

    uid: UUID
    name: str
    n_principals: int
    n_vacant: int
    need: float | None
    need_low: float | None
    need_high: float | None
    seen: int
    of: int
    with_principals: float | None
    on_leadership: float | None
    covered: int
    minutes: int

    @property
    def span(self) -> str:
        """Where the raw span lies: "below", "within" or "above" 8 to 12."""
        return _span(self.n_principals)

    @property
    def need_span(self) -> str:
        """The same of the span by need; "" where it is not computed."""
        return "" if self.need is None else _span(self.need)


def _span(n: float) -> str:
    # Half a principal is rounded: 12.4 principals' worth of need is 12.
    if round(n) < SPAN_LOW:
        return "below"
    return "above" if round(n) > SPAN_HIGH else "within"


@dataclass(frozen=True, slots=True)
class Owed:
    """Work of one department that principal supervisors did: minutes, and how many of them did some."""

    department: str
    minutes: int
    supervisors: int


@dataclass(frozen=True, slots=True)
class District:
    """All principal supervisors, what they covered for whom, and what waits for a decision."""

    rows: Sequence[SupervisorRow]
    owed: Sequence[Owed]
    schools_without: int
    snapshot: Snapshot | None
    since: date
    day: date
    proposals: Sequence["Waiting"]
    openings: int
    ready_now: int
    ready_next: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal of caseloads with moves that nobody has decided yet."""

    uid: UUID
    made_on: date
    start: date
    n_open: int
