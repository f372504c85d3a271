"""Fold the elements of a dimension into one cell: the plain mean of those that are shown."""

from collections.abc import Sequence

from instruction.models import EvidenceClass
from instruction.queries.cells import Cell


def fold(cells: Sequence[Cell]) -> Cell | None:
    """Return one cell for a school's elements of a dimension; None when the school has none of them.

    Levels, targets and gaps are means over the elements that have them. Fewer than half of the elements shown
    is not enough evidence; a missing or weak one makes the mean weak. Errors of elements hang together, so the
    mean of their standard errors is an upper bound of that of the mean. Counts are the largest of an element.
    """
    if not cells:
        return None
    shown = [cell for cell in cells if cell.estimate is not None]
    enough = 2 * len(shown) >= len(cells) and bool(shown)
    firm = len(shown) == len(cells) and not any(cell.is_weak for cell in shown)
    evidence = EvidenceClass.ESTIMATED if firm else EvidenceClass.WEAK
    days = [cell.last_seen for cell in cells if cell.last_seen]
    return cells[0]._replace(
        evidence=evidence if enough else EvidenceClass.NOT_ENOUGH,
        estimate=_mean([cell.estimate for cell in shown]) if enough else None,
        se=_mean([cell.se for cell in shown]) if enough else None,
        target=_mean([cell.target for cell in shown]) if enough else None,
        gap=_mean([cell.gap for cell in shown]) if enough else None,
        p_below=None,
        expected_below=None,
        n_ratings=_most([cell.n_ratings for cell in cells]),
        n_observations=_most([cell.n_observations for cell in cells]),
        n_teachers=_most([cell.n_teachers for cell in cells]),
        n_raters=_most([cell.n_raters for cell in cells]),
        last_seen=max(days, default=None),
        few=any(cell.few for cell in cells),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _most(values: Sequence[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
