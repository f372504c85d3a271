"""The capacity map as rows of a spreadsheet: exactly what is on screen, then what it is."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from instruction.aims import KINDS
from instruction.filters import AGAINST, READINGS
from instruction.grid import cells_of, headings
from instruction.heat import caption
from instruction.queries.capacity_map import CapacityMap
from instruction.queries.cells import Cell
from instruction.queries.school_page import SchoolPage
from instruction.queries.standing import Standing


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


def rows_of_school(page: SchoolPage) -> Iterator[list[object]]:
    """Yield a school's elements with all three targets and the gap to each, and, below an empty row, what it is."""
    yield [
        _("Code"), _("Element"), _("Estimate"), _("90 % from"), _("90 % to"),
        *[heading for kind in KINDS for heading in _of_aim(str(AGAINST[kind]))],
        _("Since the snapshot before"), _("Teachers observed"), _("Ratings"), _("Last seen"),
    ]  # fmt: skip
    for line in page.lines:
        cell = line.cell
        if cell is None:
            what = _("hidden: group too small") if page.hidden else _("does not apply to this school")
            yield [line.column.code, line.column.name, what]
            continue
        shown: list[object] = [_round(cell.estimate), _round(cell.low), _round(cell.high)]
        if cell.estimate is None:
            shown = [_("not enough evidence"), None, None]
        aims = [value for one in cell.aims for value in (one.target, _round(one.difference))]
        few = "<5" if cell.few else None
        counts = [few or cell.n_teachers, few or cell.n_ratings, few or cell.last_seen]
        yield [line.column.code, line.column.name, *shown, *aims, _round(cell.change), *counts]
    yield []
    yield [_("School"), page.school.name]
    yield from _snapshot(page.standing)


def _of_aim(label: str) -> tuple[str, str]:
    return _("{target}: target").format(target=label), _("{target}: estimate minus target").format(
        target=label
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


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
    filters = found.filters
    names = dict(found.networks), dict(found.levels)
    yield [_("What the numbers are"), f"{READINGS[filters.reading]}. {caption(found)}"]
    yield [_("Targets"), str(AGAINST[filters.against])]
    yield [_("Network"), names[0].get(filters.network, _("all"))]
    yield [_("School level"), names[1].get(filters.level, _("all"))]
    yield [_("Schools"), found.n_schools]
    yield from _snapshot(found.standing)


def _snapshot(standing: Standing) -> Iterator[list[object]]:
    run = standing.run
    yield [_("School year"), standing.year_label]
    if run and run.ended_at:
        yield [_("Snapshot of"), date_format(localtime(run.ended_at), "Y-m-d H:i")]
        yield [_("Ratings"), run.facts.get("n_ratings")]
