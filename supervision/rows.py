"""What supervision's pages show: typed rows, and the orders they can be sorted in."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from alignment_dash.runs.queries import Snapshot
from alignment_dash.ui.heatmap import signed
from instruction.models import EvidenceClass
from schools.models import Level, Person
from supervision.models import Span
from supervision.needs import PAPER_SPAN, Bounds, Need, Total
from supervision.spans import span_in


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One caseload in the district's list; bounds: the span that it was held against."""

    uid: UUID
    name: str
    n_principals: int
    n_schools: int
    span: str
    n_schools_below: int
    n_schools_unclear: int
    element: str
    n_element_below: int
    n_element_estimated: int
    has_capacity: bool
    n_vacant: int = 0
    need: Total | None = None
    need_span: str = ""
    bounds: Bounds = PAPER_SPAN

    @property
    def span_words(self) -> str:
        """The span in words, with its bound: "above 12"."""
        return span_words(self.span, self.bounds)

    @property
    def span_status(self) -> str:
        """The pill's status: too many principals is what needs attention."""
        return SPAN_STATUS[Span(self.span)]

    @property
    def need_words(self) -> str:
        """The span by need in words."""
        return span_words(self.need_span, self.bounds) if self.need else ""

    @property
    def need_status(self) -> str:
        """The pill's status of the span by need."""
        return SPAN_STATUS[Span(self.need_span)] if self.need else "none"


SPAN_STATUS = {Span.BELOW: "none", Span.WITHIN: "at", Span.ABOVE: "warning"}


def span_words(span: str, bounds: Bounds) -> str:
    """Return a span in words, with its bound: "above 12"."""
    words = {
        Span.BELOW: _("below {low}"),
        Span.WITHIN: _("within {low} to {high}"),
        Span.ABOVE: _("above {high}"),
    }
    return words[Span(span)].format(low=bounds.low, high=bounds.high)


@dataclass(frozen=True, slots=True)
class Mix:
    """How many schools of a caseload there are of each level, and of each network, the most first."""

    levels: Sequence[tuple[str, int]] = ()
    networks: Sequence[tuple[str, int]] = ()

    @property
    def level_words(self) -> str:
        """The levels in one line: "5 Elementary, 2 High"."""
        return ", ".join(f"{n} {Level(level).label}" for level, n in self.levels)

    @property
    def network_words(self) -> str:
        """The networks in one line: "North 5, South 2"."""
        return ", ".join(f"{name or _('no network')} {n}" for name, n in self.networks)


@dataclass(frozen=True, slots=True)
class Caseloads:
    """Every caseload the caller may see, largest first; `schools_without` have no principal supervisor."""

    snapshot: Snapshot | None
    rows: Sequence[CaseloadRow]
    schools_without: int
    capacity_at: datetime | None

    @property
    def bounds(self) -> Bounds:
        """The span that the caseloads were held against."""
        return span_in(self.snapshot.facts if self.snapshot else {})

    def having(self, span: Span) -> list[CaseloadRow]:
        """Return the caseloads of one span."""
        return [row for row in self.rows if row.span == span]


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school of a caseload. gap: estimate minus target, in levels (negative is below target).

    roster_size: None where the teachers are too few to say. principal_id None: the position is vacant. need: None
    for a vacant position, which counts as one principal of average need, and where it is not computed.
    elsewhere: the principal leads another school, in another caseload.
    """

    uid: UUID
    name: str
    network: str
    level: str
    principal: str
    since: date | None
    roster_size: int | None
    element: str
    gap: float | None
    margin: float | None
    evidence: int
    n_observations: int
    n_teachers: int
    n_elements: int
    n_below: int
    n_unclear: int
    principal_id: int | None = None
    need: Need | None = None
    elsewhere: bool = False

    @property
    def is_vacant(self) -> bool:
        """Say whether nobody leads the school."""
        return self.principal_id is None

    @property
    def level_label(self) -> str:
        """The level in words."""
        return str(Level(self.level).label)

    @property
    def gap_text(self) -> str:
        """The gap with a sign and one decimal."""
        return "" if self.gap is None else signed(self.gap)

    @property
    def is_weak(self) -> bool:
        """Say whether the widest gap rests on weak evidence."""
        return self.evidence == EvidenceClass.WEAK


@dataclass(frozen=True, slots=True)
class Caseload:
    """One supervisor's caseload and its schools, the widest gap first."""

    supervisor: Person
    snapshot: Snapshot
    summary: CaseloadRow
    rows: Sequence[SchoolRow]
    capacity_at: datetime | None

    @property
    def people(self) -> list[int]:
        """The ids of the principals of whom it tells a need."""
        return [row.principal_id for row in self.rows if row.principal_id and row.need]

    @property
    def mix(self) -> Mix:
        """The levels and networks of its schools."""
        return mix_of({row.uid: (row.level, row.network) for row in self.rows}.values())


def mix_of(places: Iterable[tuple[str, str]]) -> Mix:
    """Count levels and networks of schools."""
    given = list(places)
    order = list(Level.values)
    levels = Counter(level for level, _network in given)
    networks = Counter(network for _level, network in given)
    return Mix(
        sorted(levels.items(), key=lambda one: order.index(one[0])),
        sorted(networks.items(), key=lambda one: (-one[1], one[0])),
    )


Row = TypeVar("Row", CaseloadRow, SchoolRow)
Columns = dict[str, Callable[[Any], Any]]

CASELOAD_SORT = "-principals"
_CASELOAD_COLUMNS: Columns = {
    "name": lambda row: row.name,
    "principals": lambda row: row.n_principals,
    "need": lambda row: row.need.need if row.need else None,
    "schools": lambda row: row.n_schools,
    "below": lambda row: row.n_schools_below if row.has_capacity else None,
    "unclear": lambda row: row.n_schools_unclear if row.has_capacity else None,
}
# The widest shortfall first.
SCHOOL_SORT = "gap"
_SCHOOL_COLUMNS: Columns = {
    "school": lambda row: row.name,
    "need": lambda row: row.need.index if row.need else None,
    "gap": lambda row: row.gap,
    "below": lambda row: row.n_below if row.n_elements else None,
    "unclear": lambda row: row.n_unclear if row.n_elements else None,
    "teachers": lambda row: row.roster_size,
    "since": lambda row: row.since,
}


def sorted_caseloads(rows: Iterable[CaseloadRow], sort: str) -> list[CaseloadRow]:
    """Sort by a column, "-" before it for descending; an unknown one is the default."""
    return _sorted(rows, sort, _CASELOAD_COLUMNS, CASELOAD_SORT)


def sorted_schools(rows: Iterable[SchoolRow], sort: str) -> list[SchoolRow]:
    """Sort by a column, "-" before it for descending; an unknown one is the default."""
    return _sorted(rows, sort, _SCHOOL_COLUMNS, SCHOOL_SORT)


def _sorted(rows: Iterable[Row], sort: str, columns: Columns, default: str) -> list[Row]:
    """Rows without a value come last either way, and equal ones stand by name."""
    sort = sort if sort.removeprefix("-") in columns else default
    value = columns[sort.removeprefix("-")]
    by_name = sorted(rows, key=lambda row: row.name)
    known = [row for row in by_name if value(row) is not None]
    unknown = [row for row in by_name if value(row) is None]
    return sorted(known, key=value, reverse=sort.startswith("-")) + unknown
