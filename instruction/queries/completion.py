"""Who has been observed when, school by school, in numbers that tell of no single teacher."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import NamedTuple

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.completion.expected import Column
from instruction.models import ObservationCompletion
from instruction.queries.cells import SMALLEST


class Count(NamedTuple):
    """A number of teachers. columns: over how many of the six columns it is, itself and those to its right."""

    n: int
    columns: int = 1


class Completion(NamedTuple):
    """One school: its teachers by when they were last observed there; each counts once.

    counts: the numbers of the six columns of instruction.completion.expected.Column (as often as expected, this year
    but not as often, the 12 months before, longer ago, never, not counted), next ones together where that is all
    that is told; empty where the school is hidden. is_own: the reader leads the school and is told everything.
    hidden: fewer than five teachers. n_tied: how many schools its observers tie together, itself included, hidden
    ones left out; None where nobody was rated.
    """

    school_id: int
    n_teachers: int
    counts: tuple[Count, ...]
    last_seen: date | None
    n_tied: int | None
    is_own: bool
    hidden: bool

    @property
    def done(self) -> int | None:
        """How many were observed as often as expected; None where that is not told alone."""
        return self.counts[0].n if self.counts and self.counts[0].columns == 1 else None

    @property
    def n_counted(self) -> int | None:
        """Of how many something is expected so far; None where that is not told."""
        return self.n_teachers - self.counts[-1].n if self.counts and self.counts[-1].columns == 1 else None

    @property
    def percent(self) -> int | None:
        """Share of those of whom something is expected that it has happened to, in percent; None where not told."""
        return round(100 * self.done / self.n_counted) if self.done is not None and self.n_counted else None

    @property
    def n_long(self) -> int:
        """How many at least were not observed for over a year or never: the numbers told of these two columns."""
        found, column = 0, 0
        for one in self.counts:
            if column >= Column.LONGER and column + one.columns <= Column.NOT_COUNTED:
                found += one.n
            column += one.columns
        return found


@dataclass(frozen=True, slots=True)
class CompletionTotals:
    """Over the schools that are told: how many teachers at least were not observed for over a year or never, and where.

    n_done of n_counted: observed as often as expected, at the n_told schools where both numbers are told.
    """

    n_long: int
    n_schools: int
    n_done: int = 0
    n_counted: int = 0
    n_told: int = 0


# Before which columns a division of the six lies (1: between the first and the second): the more the better; of as
# many, whether who was seen as often as expected is told alone counts most, then who counts at all, then the school
# year, the year before, and never.
_DIVISIONS = [cuts for n in range(5, -1, -1) for cuts in combinations((1, 5, 2, 3, 4), n)]


def told(counts: Sequence[int], smallest: int = SMALLEST) -> tuple[Count, ...]:
    """Return what may be told of six numbers whose total is told: next ones together where one alone is too small.

    Of all ways to put next columns together the first of `_DIVISIONS` that leaves no number from 1 to `smallest` - 1.
    What is told never makes one: of columns told together no division was possible, so a small number in them could
    be any other small one (tests/instruction/test_completion_told.py tries all). A total under `smallest` is told
    as one number: the caller hides it.
    """
    for cuts in _DIVISIONS:
        edges = [0, *sorted(cuts), len(counts)]
        found = tuple(Count(sum(counts[low:high]), high - low) for low, high in pairwise(edges))
        if not any(0 < one.n < smallest for one in found):
            return found
    return (Count(sum(counts), len(counts)),)


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
    """Add up what is told of those not observed for over a year or never."""
    here = [line.n_long for line in found if line.n_long]
    told_here = [
        (line.done, line.n_counted) for line in found if line.done is not None and line.n_counted is not None
    ]
    return CompletionTotals(
        sum(here),
        len(here),
        n_done=sum(done for done, _counted in told_here),
        n_counted=sum(counted for _done, counted in told_here),
        n_told=len(told_here),
    )


def _line(row: ObservationCompletion, n_tied: int | None, is_own: bool) -> Completion:
    counts = [
        row.n_observed_this_year - row.n_partly,
        row.n_partly,
        row.n_teachers - row.n_observed_this_year - row.n_not_in_a_year - row.n_never - row.n_not_counted,
        row.n_not_in_a_year,
        row.n_never,
        row.n_not_counted,
    ]
    hidden = row.n_teachers < SMALLEST and not is_own
    shown = () if hidden else tuple(Count(n) for n in counts) if is_own else told(counts)
    # The last day falls into one of the first four columns: it is told only where each of them is.
    is_day_told = is_own or [one.columns for one in shown[:4]] == [1, 1, 1, 1]
    return Completion(
        school_id=row.school_id,
        n_teachers=row.n_teachers,
        counts=shown,
        last_seen=row.last_seen if is_day_told else None,
        n_tied=n_tied,
        is_own=is_own,
        hidden=hidden,
    )
