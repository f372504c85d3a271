"""Answers in one sentence, with the numbers that bear them out."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.ui.numbers import exact_level, half_up
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC
from instruction.chance_words import chance_words
from instruction.queries.capacity_map import CapacityMap, SchoolLine
from instruction.queries.cells import Cell
from instruction.queries.district_page import DistrictPage
from instruction.queries.element_page import ElementPage
from instruction.queries.elements import Column, ElementStats
from instruction.queries.framework_page import FrameworkPage
from instruction.queries.school_page import SchoolPage


def widest(columns: Iterable[Column], stats: dict[int, ElementStats]) -> tuple[Column, ElementStats] | None:
    """Return the element with the widest mean gap and its totals; None without any estimate against a target."""
    known = [
        (column, stats[column.element_id])
        for column in columns
        if column.element_id in stats and stats[column.element_id].mean_gap is not None
    ]
    return max(known, key=lambda pair: pair[1].mean_gap or 0.0, default=None)


def map_sentence(found: CapacityMap) -> SafeString:
    """Say where teaching is furthest from the targets, and how much of that is not known yet."""
    if found.standing.run is None:
        return format_html(_("Nothing has been computed for {} yet."), found.standing.year_label)
    if not found.n_schools:
        return format_html("{}", _("No school fits these filters."))
    against = found.filters.against
    best = widest(found.columns, found.totals.elements)
    if best is None:
        if all(one.target_low is None for one in found.totals.elements.values()):
            return format_html(_no_target(against), found.standing.year_label)
        return format_html("{}", _("There is not enough evidence yet to estimate any school on any element."))
    column, stats = best
    gap = stats.mean_gap or 0.0
    if gap <= 0:
        head = format_html(
            _("On average the schools meet every target; <b>{name}</b> is the closest to its own."),
            name=column.name,
        )
        head = format_html("{}{}", head, "" if against == STRATEGIC else f" ({_whose(against)})")
    elif found.n_schools == 1:
        head = format_html(
            _("<b>{name}</b> is the widest gap: {school} is most likely {gap} of a level below {target}."),
            name=column.name, school=found.schools[0].name, gap=f"{gap:.1f}", target=_targets(stats, against),
        )  # fmt: skip
    else:
        head = _widest_gap(column, stats, gap, against)
    return format_html("{}{}{}", head, " ", _unclear(stats)) if found.n_schools > 1 else head


def _no_target(against: str) -> str:
    return {
        STRATEGIC: _("No targets are set for {}, so there is no gap to show."),
        FRAMEWORK: _("The framework names no target for {}, so there is no gap to show."),
        SCHOOL: _(
            "No school improvement plan has a target on these elements for {}, so there is no gap to show."
        ),
    }[against]


def _whose(against: str) -> str:
    return {
        STRATEGIC: _("the strategic plan's targets"),
        FRAMEWORK: _("the framework's targets"),
        SCHOOL: _("the targets of the schools' own plans"),
    }[against]


def _targets(stats: ElementStats, against: str) -> str:
    """Return the target, or targets, of some schools on an element as a sentence names them after "below"."""
    low, high = exact_level(stats.target_low), exact_level(stats.target_high)
    shown = low if low == high else _("{low} to {high}").format(low=low, high=high)
    if against == FRAMEWORK:
        return _("the framework's {target}").format(target=shown)
    if against == SCHOOL:
        return _("the target of their own plan ({target})").format(target=shown)
    return (
        shown if low == high else _("the target for their level of schools ({target})").format(target=shown)
    )


def _widest_gap(column: Column, stats: ElementStats, gap: float, against: str) -> SafeString:
    text = ngettext(
        "<b>{name}</b> is the widest gap: {below} of {n} school is very likely below {target}; {short}.",
        "<b>{name}</b> is the widest gap: {below} of {n} schools are very likely below {target}; {short}.",
        stats.n_schools,
    )
    return format_html(
        text, name=column.name, below=stats.n_below, n=stats.n_schools, target=_targets(stats, against),
        short=_short(gap),
    )  # fmt: skip


def _short(gap: float) -> str:
    if half_up(gap, 1) <= 0:
        return _("on average schools are at it")
    return _("on average schools are {gap} of a level short").format(gap=f"{half_up(gap, 1):.1f}")


def _unclear(stats: ElementStats) -> SafeString:
    if not stats.n_unclear:
        return format_html("{}", _("Every school can be told apart from its target."))
    text = ngettext(
        "For {n} school we cannot tell yet", "For {n} schools we cannot tell yet", stats.n_unclear
    )
    if not stats.n_without:
        return format_html(text + ".", n=stats.n_unclear)
    why = ngettext("{k} has not enough evidence", "{k} have not enough evidence", stats.n_without)
    return format_html("{} ({}).", format_html(text, n=stats.n_unclear), format_html(why, k=stats.n_without))


def school_sentence(page: SchoolPage) -> SafeString:
    """Say which element of a school is furthest below target and how many are."""
    if page.standing.run is None:
        return format_html(_("Nothing has been computed for {} yet."), page.standing.year_label)
    if page.hidden:
        return format_html(
            "{}", _("This school has too few teachers to show numbers without naming a person.")
        )
    known = [(line.column, line.cell) for line in page.lines if line.cell and line.cell.gap is not None]
    if not known and any(line.cell and line.cell.estimate is not None for line in page.lines):
        return format_html(_no_target(page.against), page.standing.year_label)
    if not known:
        return format_html(
            "{}", _("There is not enough evidence yet to estimate any element at this school.")
        )
    column, cell = max(known, key=lambda pair: pair[1].gap or 0.0)
    return format_html("{} {}", _furthest(column, cell), _counts(page))


def _furthest(column: Column, cell: Cell) -> SafeString:
    if (cell.gap or 0) <= 0:
        return format_html(
            _("Every estimated element is at its target or above; <b>{name}</b> is the closest to it."),
            name=column.name,
        )
    return format_html(
        _("<b>{name}</b> is furthest below target: {estimate} against {target} (90 %: {low} to {high})."),
        name=column.name, estimate=_level(cell.estimate), target=exact_level(cell.target), low=_level(cell.low),
        high=_level(cell.high),
    )  # fmt: skip


def _counts(page: SchoolPage) -> SafeString:
    # Against a school plan the elements count that it has a target for.
    every = page.against != SCHOOL
    calls = [line.cell.call for line in page.lines if line.cell and (every or line.cell.target is not None)]
    below, unclear = calls.count("below"), calls.count("unclear")
    first = ngettext(
        "{below} of {n} element is very likely below",
        "{below} of {n} elements are very likely below",
        len(calls),
    )
    second = ngettext("for {k} we cannot tell yet", "for {k} we cannot tell yet", unclear)
    return format_html(
        "{}; {}.", format_html(first, below=below, n=len(calls)), format_html(second, k=unclear)
    )


def element_sentence(page: ElementPage) -> SafeString:
    """Say how the schools stand on one element."""
    stats = page.stats
    if page.standing.run is None or stats is None:
        return format_html(_("Nothing has been computed for {} yet."), page.standing.year_label)
    if stats.target_low is None:
        if page.against != STRATEGIC:
            return format_html(_no_target(page.against), page.standing.year_label)
        return format_html(_("No target is set for {}."), page.standing.year_label)
    target = _targets(stats, page.against)
    if page.against == STRATEGIC and stats.target_low == stats.target_high:
        target = _("the target of {target}").format(target=target)
    if page.n_schools == 1:
        return _one_school(page.schools[0], target)
    text = ngettext(
        "<b>{below}</b> of {n} school is very likely below {target}.",
        "<b>{below}</b> of {n} schools are very likely below {target}.",
        stats.n_schools,
    )
    parts = [format_html(text, below=stats.n_below, n=stats.n_schools, target=target)]
    if stats.n_met:
        text = ngettext(
            "{met} is very likely at it or above.", "{met} are very likely at it or above.", stats.n_met
        )
        parts.append(format_html(text, met=stats.n_met))
    return format_html_join(" ", "{}", ((part,) for part in [*parts, _unclear(stats)]))


def _one_school(held: tuple[SchoolLine, Cell | None], target: str) -> SafeString:
    line, cell = held
    if line.hidden or cell is None or cell.estimate is None:
        return format_html(
            _("There is not enough evidence yet to say how {school} stands."), school=line.name
        )
    words = {
        "below": _("<b>{school}</b> is very likely below {target}."),
        "met": _("<b>{school}</b> is very likely at {target} or above."),
        "unclear": _("We cannot tell yet whether <b>{school}</b> is below {target}."),
    }
    return format_html(words[cell.call], school=line.name, target=target)


def need_words(cell: Cell | None) -> str:
    """Say how likely a school is among the neediest fifth, and between which places: never at one place."""
    if cell is None or cell.p_neediest is None or cell.rank_low is None:
        return ""
    return _("{likely} among the neediest fifth; place {low} to {high} of {n} (90 %)").format(
        likely=chance_words(cell.p_neediest), low=cell.rank_low, high=cell.rank_high, n=cell.n_ranked
    )


def district_sentence(page: DistrictPage) -> SafeString:
    """Say on which element the district is furthest below target, and on how many it is very likely below."""
    if not page.is_told:
        said = _(
            "You see some of the schools, so figures of groups are hidden: the others could be worked out."
        )
        return format_html("{}", said)
    known = [one for one in page.columns if one.estimate is not None and one.target is not None]
    if not known:
        return format_html("{}", _("There is not enough evidence yet to say how the district stands."))
    far = min(known, key=lambda one: (one.estimate or 0.0) - (one.target or 0.0))
    if (far.estimate or 0.0) >= (far.target or 0.0):
        return format_html(
            _("The district meets every target; <b>{name}</b> is the closest to its own."), name=far.name
        )
    below = sum((one.high or 0.0) < (one.target or 0.0) for one in known)
    text = ngettext(
        "{below} of {n} element is very likely below.",
        "{below} of {n} elements are very likely below.",
        len(known),
    )
    return format_html(
        "{} {}",
        format_html(
            _("<b>{name}</b> is furthest below target: {estimate} against {target} (90 %: {low} to {high})."),
            name=far.name, estimate=_level(far.estimate), target=exact_level(far.target), low=_level(far.low),
            high=_level(far.high),
        ),
        format_html(text, below=below, n=len(known)),
    )  # fmt: skip


def framework_sentence(page: FrameworkPage) -> SafeString:
    """Say how the framework is built and what is in focus."""
    built = ngettext("{n} element in {dimensions}", "{n} elements in {dimensions}", page.n_elements).format(
        n=page.n_elements,
        dimensions=ngettext("{n} dimension", "{n} dimensions", len(page.dimensions)).format(
            n=len(page.dimensions)
        ),
    )
    names = [one.wording.name for one in page.focus]
    if not names:
        return format_html(_("Good teaching is described here by <b>{built}</b>."), built=built)
    return format_html(
        _("Good teaching is described here by <b>{built}</b>; in focus: {focus}."),
        built=built,
        focus=", ".join(names),
    )


def _level(value: float | None) -> str:
    return "–" if value is None else f"{half_up(value):.1f}"
