"""Who has been observed when, school by school, in numbers that tell of no single teacher."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import ObservationCompletion
from instruction.queries.cells import SMALLEST


class Count(NamedTuple):
    """A number of teachers. n: the number, None where it is not told; least: what it is at least; few: 1 to 4."""

    n: int | None
    least: int = 0
    few: bool = False


class Completion(NamedTuple):
    """One school: its teachers by when they were last observed there; each counts once.

    is_own: the reader leads the school and is told everything. hidden: fewer than five teachers. n_tied: how many
    schools its observers tie together, itself included, hidden ones left out; None where nobody was rated.
    """

    school_id: int
    n_teachers: int
    this_year: Count
    within_a_year: Count
    longer_ago: Count
    never: Count
    new: Count
    last_seen: date | None
    n_tied: int | None
    is_own: bool
    hidden: bool

    @property
    def percent(self) -> int | None:
        """Share of those observed this year of the teachers who are not new, in percent; None where not told."""
        base = self.n_teachers - (self.new.n or 0)
        if self.this_year.n is None or self.new.n is None or not base:
            return None
        return round(100 * self.this_year.n / base)


@dataclass(frozen=True, slots=True)
class CompletionTotals:
    """Over the schools that are told: how many teachers at least were not observed for over a year or never, and where."""

    n_long: int
    n_schools: int


def told(counts: Sequence[int], smallest: int = SMALLEST) -> list[Count]:
    """Return what may be told of numbers that add up to a total that is told.

    A number from 1 to `smallest` - 1 is told as few. Where that leaves fewer than two of them kept back, or fewer
    than `smallest` persons in them, the smallest of the others that is not zero is kept back too
    (docs/numbers/small-groups.md: the usual rule for one row); of it is told what the rest implies. Where "few" would
    leave fewer than three values for a number, because of what those kept back add up to, nothing is told of them.
    """
    most = smallest - 1
    few = {place for place, n in enumerate(counts) if 0 < n <= most}
    kept = set(few)
    if few and (len(few) < 2 or sum(counts[place] for place in few) < smallest):
        others = [place for place, n in enumerate(counts) if n >= smallest]
        kept |= set(sorted(others, key=lambda place: (counts[place], place))[:1])
    rest = sum(counts[place] for place in kept)
    if kept == few:
        low, high = max(1, rest - most * (len(few) - 1)), min(most, rest - len(few) + 1)
    else:
        low, high = 1, min(most, rest - smallest - len(few) + 1)
    vague = high - low < 2
    other = Count(None, least=0 if vague else max(rest - most * len(few), smallest))
    hidden = {place: Count(None, few=not vague) if place in few else other for place in kept}
    return [hidden.get(place, Count(n)) for place, n in enumerate(counts)]


def completion(scope: Scope, run_id: int, school_ids: Collection[int]) -> dict[int, Completion]:
    """Return the rows of schools that the caller sees; one query."""
    visible, own = scope.schools(Data.SCHOOL_CAPACITY), scope.schools(Data.PERSON_EVIDENCE)
    rows = list(ObservationCompletion.objects.filter(run=run_id))
    tied: dict[int, int] = {}
    for row in rows:
        if row.island is not None and row.n_teachers >= SMALLEST:
            tied[row.island] = tied.get(row.island, 0) + 1
    wanted = {pk for pk in school_ids if pk in visible}
    return {
        row.school_id: _line(row, tied.get(-1 if row.island is None else row.island), row.school_id in own)
        for row in rows
        if row.school_id in wanted
    }


def completion_totals(found: Collection[Completion]) -> CompletionTotals:
    """Add up what is told of those not observed for over a year or never; few are one at least."""
    n_long = n_schools = 0
    for line in found:
        here = sum(
            1 if one.few else one.least if one.n is None else one.n for one in (line.longer_ago, line.never)
        )
        if not line.hidden and here:
            n_long, n_schools = n_long + here, n_schools + 1
    return CompletionTotals(n_long, n_schools)


def _line(row: ObservationCompletion, n_tied: int | None, is_own: bool) -> Completion:
    counts = [
        row.n_observed_this_year,
        row.n_teachers - row.n_observed_this_year - row.n_not_in_a_year - row.n_never - row.n_recent_hires,
        row.n_not_in_a_year,
        row.n_never,
        row.n_recent_hires,
    ]
    hidden = row.n_teachers < SMALLEST and not is_own
    shown = [Count(n) for n in counts] if is_own else [Count(None)] * 5 if hidden else told(counts)
    n_seen = row.n_teachers - row.n_never - row.n_recent_hires
    this_year, within_a_year, longer_ago, never, new = shown
    return Completion(
        school_id=row.school_id,
        n_teachers=row.n_teachers,
        this_year=this_year,
        within_a_year=within_a_year,
        longer_ago=longer_ago,
        never=never,
        new=new,
        last_seen=row.last_seen if is_own or n_seen >= SMALLEST else None,
        n_tied=n_tied,
        is_own=is_own,
        hidden=hidden,
    )
