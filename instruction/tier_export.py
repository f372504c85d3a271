"""Tiers beside capacity as rows of a spreadsheet: what is on the page, then what it is."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from instruction.queries.tiers_page import TierLine, TiersPage

_CALLS = {
    "below": gettext_lazy("very likely below"),
    "met": gettext_lazy("very likely at target or above"),
    "unclear": gettext_lazy("cannot tell yet"),
}


def rows_of(page: TiersPage) -> Iterator[list[object]]:
    """Yield the heading, a row for each school, and, below an empty row, what the numbers are."""
    rules = page.rules
    yield [
        _("School"), _("Network"), _("Accountability tier"), _("Level"), _("Low (90 %)"), _("High (90 %)"), _("Target"),
        _("What we can say"), _("Tier and capacity disagree"), *([_("Rule: tier"), _("Rule: capacity")] if rules else []),
    ]  # fmt: skip
    chosen = {line.school.school_id: (tier, need) for line, tier, need in rules.lines} if rules else {}
    for line in page.lines:
        yield [
            line.school.name,
            line.school.network,
            line.tier,
            *_figures(line),
            *_chosen(line, chosen, bool(rules)),
        ]
    yield []
    yield from _about(page)


def _figures(line: TierLine) -> list[object]:
    cell = line.cell
    if cell is None or cell.estimate is None:
        said = _("hidden: group too small") if line.school.hidden else _("not enough evidence")
        return [None, None, None, cell.target if cell else None, said, None]
    numbers = [round(value, 2) for value in (cell.estimate, cell.low or 0.0, cell.high or 0.0)]
    said = _("no target set") if cell.target is None else str(_CALLS[cell.call])
    return [*numbers, cell.target, said, _("yes") if line.disagrees else None]


def _chosen(line: TierLine, chosen: dict[int, tuple[bool, bool]], shown: bool) -> list[object]:
    marks = chosen.get(line.school.school_id, (False, False))
    return [_("yes") if mark else None for mark in marks] if shown else []


def _about(page: TiersPage) -> Iterator[list[object]]:
    run = page.standing.run
    yield [_("Element"), page.column.name]
    yield [_("School year"), page.standing.year_label]
    if page.tier_year is not None:
        yield [_("Tiers of"), schoolyear.label(page.tier_year)]
    if page.agreement:
        found = page.agreement
        yield [
            _("Rank correlation of tier and level"),
            round(found.value, 2),
            round(found.low, 2),
            round(found.high, 2),
        ]
    yield [_("Schools"), len(page.lines)]
    if run and run.ended_at:
        yield [_("Snapshot of"), date_format(localtime(run.ended_at), "Y-m-d H:i")]
