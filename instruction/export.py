"""The capacity map as rows of a spreadsheet: exactly what is on screen, then what it is."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from instruction.filters import AGAINST, READINGS
from instruction.grid import cells_of, headings
from instruction.heat import caption
from instruction.queries.capacity_map import CapacityMap
from instruction.queries.cells import Cell


def rows_of(found: CapacityMap) -> Iterator[list[object]]:
    """Yield the heading, a row for each school, and, below an empty row, filters, date and n."""
    columns = headings(found)
    yield [_("School"), _("Network"), _("Level"), _("Teachers"), *[heading.label for heading in columns]]
    for line in found.schools:
        values = [_value(cell, found.filters.reading) for cell in cells_of(found, line, columns)]
        if line.hidden:
            values = [_("hidden: group too small")] * len(columns)
        yield [line.name, line.network, line.level, line.n_teachers, *values]
    yield []
    yield from _about(found)


def _value(cell: Cell | None, reading: str) -> object:
    if cell is None:
        return None
    if reading == "evidence":
        return "<5 teachers" if cell.few else cell.n_teachers
    if reading == "seen":
        return "<5 teachers" if cell.few else cell.last_seen
    if cell.estimate is None:
        return _("not enough evidence")
    if reading == "level":
        return round(cell.estimate, 2)
    return _("no target set") if cell.gap is None else round(-cell.gap, 2)


def _about(found: CapacityMap) -> Iterator[list[object]]:
    filters, run = found.filters, found.standing.run
    names = dict(found.networks), dict(found.levels)
    yield [_("What the numbers are"), f"{READINGS[filters.reading]}. {caption(found)}"]
    yield [_("Targets"), str(AGAINST[filters.against])]
    yield [_("School year"), found.standing.year_label]
    yield [_("Network"), names[0].get(filters.network, _("all"))]
    yield [_("School level"), names[1].get(filters.level, _("all"))]
    yield [_("Schools"), found.n_schools]
    if run and run.ended_at:
        yield [_("Snapshot of"), date_format(localtime(run.ended_at), "Y-m-d H:i")]
        yield [_("Ratings"), run.facts.get("n_ratings")]
