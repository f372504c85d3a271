"""Rows in, Plotly figures out."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui.figures import Figure, IntervalRow, interval_figure
from alignment_dash.ui.numbers import exact_level, half_up
from instruction.queries.capacity_map import SchoolLine
from instruction.queries.cells import Cell
from instruction.queries.elements import Column
from instruction.queries.school_page import ElementLine
from instruction.strips import Strip, strips

_ROW = 8  # pixels per school of a distribution


def district_rows(columns: Sequence[Column]) -> list[tuple[Column, IntervalRow]]:
    """Return each element and the district's estimate of it, those furthest below target first."""
    rows = [
        IntervalRow(
            column.name, column.estimate, column.low, column.high, column.target,
            _n_schools(column.n_schools, column.n_teachers),
        )
        for column in columns
    ]  # fmt: skip
    return sorted(zip(columns, rows, strict=True), key=lambda pair: _shortfall(pair[1]))


def texts(column: Column, row: IntervalRow) -> tuple[str, str, str, str]:
    """Return level, interval, target and the framework's target as a table writes them; formatted here, for a template takes long."""
    level = "–" if row.estimate is None else f"{half_up(row.estimate):.1f}"
    interval = "–" if row.low is None or row.high is None else f"{row.low:.1f}–{row.high:.1f}"
    return level, interval, exact_level(row.target), exact_level(column.framework_target)


def school_rows(lines: Sequence[ElementLine]) -> list[IntervalRow]:
    """Return a school's elements in the order of the framework."""
    return [
        IntervalRow(line.column.name, line.cell.estimate, line.cell.low, line.cell.high, line.cell.target,
                    _n_ratings(line.cell), line.cell.is_weak)
        if line.cell
        else IntervalRow(line.column.name, None, None, None, line.column.target)
        for line in lines
    ]  # fmt: skip


def intervals(rows: Sequence[IntervalRow], levels: int) -> Figure:
    """Return the figure of estimates with intervals against targets."""
    return interval_figure(rows, scale=(1, levels))


def distribution(schools: Sequence[tuple[SchoolLine, Cell | None]], levels: int) -> Figure:
    """Return schools as thin intervals under each other, in the given order, each against its own target."""
    told = [(line, cell) for line, cell in schools if cell and cell.estimate is not None]
    rows = [Strip(place, line.name, cell, _n_ratings(cell)) for place, (line, cell) in enumerate(told)]
    return strips(rows, levels, row_height=_ROW, y_axis={"visible": False})


def _shortfall(row: IntervalRow) -> float:
    return row.estimate - (row.target or row.estimate) if row.estimate is not None else float("inf")


def _n_schools(n_schools: int | None, n_teachers: int | None) -> str:
    if not n_schools:
        return ""
    schools = ngettext("{n:,} school", "{n:,} schools", n_schools).format(n=n_schools)
    teachers = ngettext("{n:,} teacher", "{n:,} teachers", n_teachers or 0).format(n=n_teachers or 0)
    return f"{schools}, {teachers}"


def _n_ratings(cell: Cell) -> str:
    if cell.n_ratings is None or cell.n_teachers is None:
        return _("fewer than 5 teachers observed")
    ratings = ngettext("{n:,} rating", "{n:,} ratings", cell.n_ratings).format(n=cell.n_ratings)
    teachers = _("{n} of {size} teachers").format(n=cell.n_teachers, size=cell.roster_size)
    return f"{ratings}, {teachers}"
