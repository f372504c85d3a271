"""From the grid of the capacity map to its table, in each of the four readings."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.ui import heatmap
from alignment_dash.ui.numbers import exact_level, half_up
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC
from instruction.capacity.rules import DEFAULT_RULES
from instruction.grid import Heading, cells_of, headings
from instruction.queries.capacity_map import CapacityMap
from instruction.queries.cells import HALF_WIDTH, WEAK, Cell

# The tooltip of an estimate: level, interval, target and what is behind it.
_WORDS = "%s (90 %%: %.1f to %.1f)%s; %s ratings, %s of %s teachers"
SortLink = Callable[[str, bool], str]
Reader = Callable[[Cell, str], heatmap.Cell]

_NOBODY = UUID(int=0)
_SHARES = ((DEFAULT_RULES.min_share, "s1"), (0.6, "s2"), (0.85, "s3"))
_DAYS = ((31, "s4"), (92, "s3"), (183, "s2"))
_NO_LOOKS: Mapping[tuple[int, int], int] = MappingProxyType({})
_STEPS = ("s1", "s2", "s3", "s4")


def legend(reading: str) -> list[tuple[str, str]] | None:
    """Return what the fills of a reading mean; None for those of the gap."""
    hidden = ("sup", _("hidden: group too small"))
    if reading == "evidence":
        words = [_("under a third of teachers"), _("under 60 %"), _("under 85 %"), _("85 % or more")]
        return [*zip(_STEPS, words, strict=True), hidden]
    if reading == "seen":
        words = [_("longer ago"), _("within half a year"), _("within three months"), _("within a month")]
        return [*zip(_STEPS, words, strict=True), hidden]
    return None


def caption(found: CapacityMap) -> str:
    """Return what the numbers of the table are."""
    return {
        "gap": _gap_words(found.filters.against),
        "level": _("Estimated level of the current roster; the fill is the gap to target."),
        "evidence": _(
            "Current teachers rated on the element within three school years, of those on the roster."
        ),
        "seen": _("The last day a current teacher was rated on the element."),
    }[found.filters.reading]


def _gap_words(against: str) -> str:
    return {
        STRATEGIC: _("Estimate minus target, in levels: below zero is below target."),
        FRAMEWORK: _(
            "Estimate minus the framework's target, in levels: below zero is below what it describes."
        ),
        SCHOOL: _("Estimate minus the target of the school's own plan, in levels: below zero is below it."),
    }[against]


def table(
    found: CapacityMap, sort_link: SortLink, looks: Mapping[tuple[int, int], int] = _NO_LOOKS
) -> SafeString:
    """Return the whole table; sort_link(key, largest_first) is the address that sorts by a column.

    looks: how many second looks a cell (school id, element id) has had this year; it is marked.
    """
    columns = headings(found)
    return heatmap.heatmap(
        caption=caption(found),
        row_heading=_heading(_("School"), "name", found, sort_link),
        extra_headings=[
            _heading(_("Network"), "network", found, sort_link),
            _heading(_("Teachers"), "teachers", found, sort_link, largest_first=True),
        ],
        groups=_groups(columns, found, sort_link),
        rows=_rows(found, columns, looks),
    )


def _rows(
    found: CapacityMap, columns: list[Heading], looks: Mapping[tuple[int, int], int]
) -> Iterator[heatmap.Row]:
    read = _reader(found)
    before, after = _split("instruction:school", found, uid=_NOBODY)
    addresses = _addresses(found, columns)
    marked = {school for school, _element in looks}
    nothing, suppressed = heatmap.Cell("–", "none"), heatmap.suppressed()
    for line in found.schools:
        if line.hidden:
            cells = [suppressed] * len(columns)
        elif line.stats is None:
            cells = [nothing] * len(columns)
        else:
            cells = [
                read(cell, f"{start}{line.uid}{end}") if cell else nothing
                for cell, (start, end) in zip(cells_of(found, line, columns), addresses, strict=True)
            ]
            if line.school_id in marked:
                cells = _with_marks(line.school_id, columns, cells, looks)
        n = line.n_teachers
        extra = (line.network or "–", "–" if n is None else str(n))
        yield heatmap.Row(line.name, cells, f"{before}{line.uid}{after}", extra)


def _with_marks(
    school: int, columns: list[Heading], cells: list[heatmap.Cell], looks: Mapping[tuple[int, int], int]
) -> list[heatmap.Cell]:
    """Return a row's cells with a mark, and its words, where someone has taken a second look."""
    words = _("second look recorded")
    return [
        cell._replace(
            text=f"{cell.text}\N{FISHEYE}", spoken=", ".join(filter(None, (cell.spoken, words))),
            title="; ".join(filter(None, (cell.title, words))),
        )
        if any((school, one.element_id) in looks for one in column.elements)
        else cell
        for column, cell in zip(columns, cells, strict=True)
    ]  # fmt: skip


def _addresses(found: CapacityMap, columns: list[Heading]) -> list[tuple[str, str]]:
    """Return, for each column, what stands before and after a school's uid in the address a cell leads to.

    A cell leads to how its figure comes about; one that stands for a dimension to its elements at the school.
    """
    if found.filters.fold:
        start, end = _split("instruction:school", found, uid=_NOBODY)
        return [(start, f"{end}#{one.elements[0].code}") for one in columns]
    return [
        _split("instruction:derivation", found, school_uid=_NOBODY, element_uid=UUID(one.elements[0].uid))
        for one in columns
    ]


def _split(name: str, found: CapacityMap, **kwargs: UUID) -> tuple[str, str]:
    """Return what stands before and after a school's uid in an address; short, for it is in every cell.

    An element says which framework; a school's page is told it where it would show another.
    """
    year, version = found.standing.year, found.standing.version
    query: dict[str, object] = {} if year == schoolyear.current_year() else {"year": year}
    if name == "instruction:school" and version != found.standing.versions[0]:
        query["framework"] = version.framework.uid
    before, after = reverse(name, kwargs=kwargs, query=query).split(str(_NOBODY))
    return before, after


def _groups(columns: list[Heading], found: CapacityMap, sort_link: SortLink) -> list[heatmap.Group]:
    if found.filters.fold:
        return [heatmap.Group(one.label, [heatmap.Column("", title=one.title)]) for one in columns]
    return [
        heatmap.Group(
            dimension,
            [_heading(one.label, one.key, found, sort_link, True, one.title) for one in held],
        )
        for dimension, held in groupby(columns, lambda one: one.dimension)
    ]


def _heading(
    label: str,
    key: str,
    found: CapacityMap,
    sort_link: SortLink,
    largest_first: bool = False,
    title: str = "",
) -> heatmap.Column:
    filters = found.filters
    state = ""
    if filters.sort_key == key:
        state = "descending" if filters.descending else "ascending"
    return heatmap.Column(label, sort_link(key, largest_first), state, title)


def _reader(found: CapacityMap) -> Reader:
    reading = found.filters.reading
    if reading == "evidence":
        return _evidence
    if reading == "seen":
        run = found.standing.run
        day = run.roster_date if run and run.roster_date else date.max
        return lambda cell, href: _seen(cell, href, day)
    return _estimates(shows_gap=reading == "gap")


def _estimates(*, shows_gap: bool) -> Reader:
    """Return what reads estimates. What is the same in all cells is looked up once: a page has two thousand."""
    spoken = {True: _("weak evidence"), False: ""}
    no_target, few, not_enough = _("no target set"), _few(), heatmap.not_enough()
    levels, gaps, targets = _Levels(), _Gaps(), _Targets()

    def read(cell: Cell, href: str) -> heatmap.Cell:
        if cell.estimate is None:
            title = few if cell.few or cell.n_ratings is None else _counts(cell)
            return not_enough._replace(title=title, href=href)
        weak, level = cell.evidence == WEAK, levels[cell.estimate]
        half = HALF_WIDTH * (cell.se or 0.0)
        words = _WORDS % (
            level, cell.estimate - half, cell.estimate + half, targets[cell.target], cell.n_ratings,
            cell.n_teachers, cell.roster_size,
        )  # fmt: skip
        if cell.gap is None:  # a level under the heading of a gap would be a wrong number
            text, fill = ("–", "") if shows_gap else (level, "s2")
            return heatmap.Cell(text, fill, weak, no_target if shows_gap else spoken[weak], words, href)
        text, fill = gaps[cell.gap]
        return heatmap.Cell(text if shows_gap else level, fill, weak, spoken[weak], words, href)

    return read


class _Levels(dict[float, str]):
    """An estimate -> how it is written. Estimates are kept in hundredths, so few differ."""

    def __missing__(self, level: float) -> str:
        self[level] = f"{half_up(level):.1f}"
        return self[level]


class _Gaps(dict[float, tuple[str, str]]):
    """Target minus estimate -> how the estimate minus the target is written, and its fill."""

    def __missing__(self, gap: float) -> tuple[str, str]:
        self[gap] = heatmap.signed(-gap), heatmap.fill_of(-gap)
        return self[gap]


class _Targets(dict[float | None, str]):
    """A target -> how the tooltip says it."""

    def __missing__(self, target: float | None) -> str:
        self[target] = "" if target is None else f", target {exact_level(target)}"
        return self[target]


def _evidence(cell: Cell, href: str) -> heatmap.Cell:
    if cell.few or cell.n_ratings is None:
        return heatmap.Cell("<5", "s1", spoken=_("teachers observed"), title=_few(), href=href)
    n, size = cell.n_teachers or 0, cell.roster_size
    fill = next((name for limit, name in _SHARES if n < limit * size), "s4") if n else "ne"
    return heatmap.Cell(f"{n}/{size}", fill, title=_counts(cell), href=href)


def _seen(cell: Cell, href: str, day: date) -> heatmap.Cell:
    if cell.few:
        return heatmap.Cell("<5", "s1", spoken=_("teachers observed"), title=_few(), href=href)
    if cell.last_seen is None:
        return heatmap.Cell(_("never"), "ne", href=href)
    age = (day - cell.last_seen).days
    fill = next((name for limit, name in _DAYS if age <= limit), "s1")
    return heatmap.Cell(
        _short_date(cell.last_seen, schoolyear.year_of(day)), fill, title=_counts(cell), href=href
    )


@lru_cache(maxsize=2048)
def _short_date(day: date, year: int) -> str:
    """Return the day within the page's school year, else the month."""
    return date_format(day, "M j" if schoolyear.year_of(day) == year else "M Y")


def _counts(cell: Cell) -> str:
    return f"{cell.n_ratings} ratings of {cell.n_teachers} of {cell.roster_size} teachers"


def _few() -> str:
    return _("fewer than 5 teachers observed")
