"""How strict observers are: each reads of themself, the calibration lead of all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import RaterSeverity
from instruction.queries.cells import interval
from instruction.queries.standing import Standing
from schools.models import Identity


class Severity(NamedTuple):
    """How far someone's levels lie below (+) or above (-) the average observer's, in levels."""

    label: str
    severity: float
    se: float
    n_ratings: int

    @property
    def low(self) -> float:
        """Lower end of the 90 % interval."""
        return interval(self.severity, self.se)[0] or 0.0

    @property
    def high(self) -> float:
        """Upper end of the 90 % interval."""
        return interval(self.severity, self.se)[1] or 0.0

    @property
    def call(self) -> str:
        """ "strict", "lenient", or "unclear" where the interval, as it is printed, holds the average observer."""
        if round(self.low, 2) > 0:
            return "strict"
        return "lenient" if round(self.high, 2) < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class ObserversPage:
    """own: the caller's severity on each element; everyone: each observer's mean, by name, None for most callers."""

    own: list[Severity]
    own_mean: Severity | None
    everyone: list[Severity] | None
    people: list[int]


Row = tuple[int, str, float, float, int]


def observers_page(scope: Scope, standing: Standing) -> ObserversPage:
    """Return the severities that the caller may know; four queries more than opening the rows.

    everyone: for who sees all of them; fewer than five observers are no reason to hide what they may know.
    """
    names = dict(standing.version.elements.values_list("element__code", "name"))
    own_id = scope.own_id(Data.RATER_SEVERITY)
    own: list[Row] = []
    if own_id is not None:
        with reach.rows_of(person=own_id):
            own = _rows(standing, person=own_id)
    everyone: list[Severity] | None = None
    people: list[int] = []
    if scope.district_wide(Data.RATER_SEVERITY):
        with reach.all_rows(why="the calibration lead sees the severity of every observer"):
            everyone, people = _everyone(_rows(standing))
    return ObserversPage(
        own=[Severity(names.get(code, code), value, se, n) for _person, code, value, se, n in own],
        own_mean=mean_of("", own),
        everyone=everyone,
        people=people,
    )


def mean_of(label: str, rows: Iterable[Row]) -> Severity | None:
    """Return the plain mean of an observer's elements; None without any.

    Its standard error is the mean of those of the elements: what it would be if their errors went up and down
    together. They nearly do, for the same lessons stand behind them, so this is at most a little too wide.
    """
    held = list(rows)
    if not held:
        return None
    n = len(held)
    return Severity(
        label,
        sum(row[2] for row in held) / n,
        sum(row[3] for row in held) / n,
        sum(row[4] for row in held),
    )


def _rows(standing: Standing, **only: int) -> list[Row]:
    run = standing.run.pk if standing.run else 0
    found = RaterSeverity.objects.filter(run=run, **only).order_by("person", "element")
    return list(found.values_list("person_id", "element__code", "severity", "se", "n_ratings"))


def _everyone(rows: list[Row]) -> tuple[list[Severity], list[int]]:
    held: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        held[row[0]].append(row)
    people = Identity.objects.filter(person__in=held).order_by("family_name", "given_name", "pk")
    named = [(one.person_id, one.display_name) for one in people]
    return [found for person, name in named if (found := mean_of(name, held[person]))], list(held)
