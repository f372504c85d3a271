"""The capacity map as a grid: headings and cells as they are on screen, for the table and the export alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from instruction.queries.capacity_map import CapacityMap, SchoolLine
from instruction.queries.cells import Cell
from instruction.queries.elements import Column
from instruction.queries.folding import fold


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the grid: one element, or a dimension folded from several. key: what it is sorted by, or ""."""

    dimension: str
    label: str
    key: str
    title: str
    elements: tuple[Column, ...]


def headings(found: CapacityMap) -> list[Heading]:
    """Return the columns in the order of the framework."""
    if not found.filters.fold:
        return [
            Heading(column.dimension, column.name, column.uid, column.description, (column,))
            for column in found.columns
        ]
    dimensions = groupby(found.columns, lambda column: (column.dimension_place, column.dimension))
    return [_folded(name, tuple(columns)) for (_place, name), columns in dimensions]


def _folded(name: str, columns: tuple[Column, ...]) -> Heading:
    return Heading(name, name, "", ", ".join(column.name for column in columns), columns)


def cells_of(found: CapacityMap, line: SchoolLine, columns: list[Heading]) -> Iterator[Cell | None]:
    """Yield a school's cells in the order of `columns`; None where an element does not apply or is hidden."""
    school, cells = line.school_id, found.cells
    if not found.filters.fold:
        for heading in columns:
            yield cells.get((school, heading.elements[0].element_id))
        return
    for heading in columns:
        held = [cells.get((school, column.element_id)) for column in heading.elements]
        yield fold([cell for cell in held if cell])
