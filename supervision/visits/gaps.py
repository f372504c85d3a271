"""How a school teaches, as a visit's sheet tells it: the widest gaps of the capacity snapshot, and what has moved.

Figures come from instruction.queries.cells, so a sheet tells nothing that the school's page hides.
"""

from dataclasses import dataclass, field

from alignment_dash.access.scope import Scope
from alignment_dash.ui.numbers import half_up
from instruction.queries.cells import Cell, cells
from instruction.queries.elements import Column, columns
from instruction.queries.standing import Standing, standing

SHOWN = 3
Told = tuple[Column, Cell]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The widest shortfalls that are a tenth of a level or more, the widest first. n_told: elements with a figure against a target; n_below: very likely
    below it; moved: since the snapshot before, by more than the margin of error; hidden: too few teachers to tell."""

    standing: Standing | None
    widest: list[Told] = field(default_factory=list)
    moved: list[Told] = field(default_factory=list)
    n_elements: int = 0
    n_told: int = 0
    n_below: int = 0
    hidden: bool = False


def gaps(scope: Scope, school_id: int, year: int) -> Gaps:
    """Return a school's gaps from the snapshot that stands; four queries."""
    found = standing(year)
    if found is None:
        return Gaps(None)
    run_id = found.run.pk if found.run else 0
    shown = columns(scope, version_id=found.version.pk, year=year, run_id=run_id)
    held = cells(scope, run_id=run_id, school_ids=[school_id], element_ids=[one.element_id for one in shown])
    by_element = {one.element_id: one for one in held}
    pairs = [(one, by_element[one.element_id]) for one in shown if one.element_id in by_element]
    told = [(column, cell) for column, cell in pairs if cell.gap is not None]
    return Gaps(
        standing=found,
        widest=widest(told),
        moved=[pair for pair in pairs if pair[1].moved],
        n_elements=len(shown),
        n_told=len(told),
        n_below=sum(cell.call == "below" for _column, cell in told),
        hidden=bool(run_id) and not pairs,
    )


def widest(told: list[Told]) -> list[Told]:
    """Return the widest of the shortfalls that do not read as 0.0, the widest first."""
    short = [pair for pair in told if half_up(pair[1].gap or 0.0, 1) > 0]
    return sorted(short, key=lambda pair: -(pair[1].gap or 0.0))[:SHOWN]
