"""What a pack may still tell of the snapshot that its meeting was held on, while other pages tell newer ones.

Two figures of a small step apart can give away one teacher's ratings (docs/numbers/small-groups.md). The job of each
newer snapshot has decided which earlier figures may stand beside it. Of the others what could be said stays, in words
that nothing can be subtracted from; of what no newer snapshot tells, nothing stays.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.models import Publication, Run
from instruction.models import SchoolCapacity
from instruction.queries.cells import Cell
from instruction.snapshots import KIND

_FIGURES: dict[str, Any] = dict.fromkeys(
    (
        "estimate", "se", "target", "gap", "p_below", "expected_below", "n_ratings", "n_observations", "n_teachers",
        "n_raters", "last_seen", "previous_estimate", "n_new_teachers", "p_neediest", "rank_low", "rank_high",
        "n_ranked",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """Of cells, (school id, element id): those told in figures, and those of which only words are told."""

    figures: frozenset[tuple[int, int]]
    words: frozenset[tuple[int, int]]
    own: Collection[int] = ()

    def tell(self, cells: Iterable[Cell]) -> tuple[list[Cell], dict[tuple[int, int], str]]:
        """Return the cells with what may be told, and by cell the call of those whose figure may not.

        What a figure had moved by is about a still earlier one, of which nothing was decided: it is left out.
        """
        kept, calls = [], {}
        for cell in cells:
            place = cell.school_id, cell.element_id
            if cell.school_id in self.own or cell.estimate is None:
                kept.append(cell)
            elif place in self.figures:
                kept.append(cell._replace(previous_estimate=None, n_new_teachers=None))
            else:
                kept.append(cell._replace(**_FIGURES))
                if place in self.words and cell.p_below is not None:
                    calls[place] = cell.call
        return kept, calls


def beside_newer(scope: Scope, run: Run, year: int, school_ids: Collection[int]) -> Beside | None:
    """Return what of a run may be told of schools beside what stands today; one query.

    None: the run itself stands, so every page tells it. Who sees a school's teachers sees its figures anyway.
    """
    standing = Publication.objects.filter(kind=KIND, subject=run.subject, school_year__gte=year)
    told = SchoolCapacity.objects.filter(
        run__in=standing.values("run"), school__in=school_ids, estimate__isnull=False
    )
    newer: set[int] = set()
    figures: Counter[tuple[int, int]] = Counter()
    words: Counter[tuple[int, int]] = Counter()
    for run_id, school, element, runs in told.values_list("run_id", "school_id", "element_id", "told_beside"):
        newer.add(run_id)
        words[school, element] += 1
        figures[school, element] += run.pk in (runs or ())
    if run.pk in newer:
        return None
    return Beside(
        figures=frozenset(cell for cell, n in figures.items() if n == len(newer)),
        words=frozenset(cell for cell, n in words.items() if n == len(newer)),
        own=scope.schools(Data.PERSON_EVIDENCE).ids,
    )
