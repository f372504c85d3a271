"""What the pages of principals' leadership show: worded elements, figures, self-assessment, growth, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.access.scope import Scope
from alignment_dash.runs.queries import Snapshot
from alignment_dash.ui.figures import Figure as Drawing
from alignment_dash.ui.figures import IntervalRow, interval_figure
from instruction.leadership.growth import Growth, growth_of
from instruction.leadership.lines import Given, support_given
from instruction.leadership.queries import Figure, Led, figures_of
from instruction.leadership.reading import DISTRICT
from instruction.leadership.rules import RULES
from instruction.leadership.saying import Said, newest_shared
from instruction.models import ElementVersion, FrameworkVersion
from instruction.trends import Trend, TrendLine, trend
from schools.models import OrgType


@dataclass(frozen=True, slots=True)
class Line:
    """One element of one principal; figure None: not in the snapshot, said None: nothing shared of it."""

    element: ElementVersion
    figure: Figure | None
    said: Said | None
    growth: Growth | None


@dataclass(frozen=True, slots=True)
class PrincipalPage:
    """Everything the page of one principal shows."""

    led: Led
    version: FrameworkVersion
    snapshot: Snapshot | None
    lines: list[Line]
    growth: Trend | None
    support: list[Given]
    confounded: bool
    one_rater: bool

    @property
    def drawing(self) -> Drawing:
        """Estimates with intervals against targets."""
        return interval_figure([_row(line) for line in self.lines], scale=(1, len(self.version.level_names)))

    @property
    def histories(self) -> list[Line]:
        """The elements that were seen."""
        return [line for line in self.lines if line.growth and line.growth.seen]

    @property
    def reasons(self) -> list[Line]:
        """The elements of which the principal says why."""
        return [line for line in self.lines if line.said and line.said.why]

    @property
    def has_said(self) -> bool:
        """Whether a self-assessment stands beside the figures."""
        return any(line.said for line in self.lines)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One principal: figures in the order of the page's elements."""

    led: Led
    figures: list[Figure | None]


def elements_of(version: FrameworkVersion) -> list[ElementVersion]:
    """Return a version's elements in their order; one query."""
    return list(version.elements.select_related("element", "dimension").order_by("place"))


def list_rows(
    led: Mapping[int, Led], elements: list[ElementVersion], found: Snapshot | None
) -> list[ListRow]:
    """Return principals with their figures, by name; one query."""
    figures = figures_of(led, found.run_id) if found else {}
    rows = []
    for person, one in led.items():
        by_element = {figure.element_id: figure for figure in figures.get(person, [])}
        rows.append(ListRow(one, [by_element.get(element.element_id) for element in elements]))
    return rows


def principal_page(
    scope: Scope, led: Led, version: FrameworkVersion, found: Snapshot | None
) -> PrincipalPage:
    """Return the page of a principal whom the caller reaches; ten queries."""
    elements = elements_of(version)
    figures = (
        {one.element_id: one for one in figures_of({led.person_id: led}, found.run_id).get(led.person_id, [])}
        if found
        else {}
    )
    grown = growth_of(led, version, found) if found else {}
    said = newest_shared(led, version)
    lines = [
        Line(one, figures.get(one.element_id), said.get(one.element_id), grown.get(one.element_id))
        for one in elements
    ]
    days = [seen.day for each in grown.values() for seen in each.seen]
    until = found.roster_date if found and found.roster_date else scope.day
    support = support_given(scope, led.person_id, min(days, default=until), until)
    group = _group(led, figures)
    facts = found.facts if found else {}
    return PrincipalPage(
        led=led,
        version=version,
        snapshot=found,
        lines=lines,
        growth=_trend(lines, support),
        support=support,
        confounded=group in _ids(facts, "confounded"),
        one_rater=group in _ids(facts, "one_rater"),
    )


def _group(led: Led, figures: Mapping[int, Figure]) -> int:
    """Return the network that the principal's figures were drawn toward, or DISTRICT."""
    school_id = next((figure.school_id for figure in figures.values()), None)
    school = next((one for one in led.schools if one.pk == school_id), led.schools[0])
    parent = school.parent
    return parent.pk if parent is not None and parent.type == OrgType.NETWORK else DISTRICT


def _ids(facts: Mapping[str, object], name: str) -> set[int]:
    held = facts.get(name)
    return set(held) if isinstance(held, list) else set()


def _row(line: Line) -> IntervalRow:
    figure = line.figure
    if figure is None:
        return IntervalRow(line.element.name, None, None, None, None)
    return IntervalRow(
        line.element.name,
        figure.estimate,
        figure.low,
        figure.high,
        figure.target,
        observations(figure),
        figure.is_weak,
    )


def observations(figure: Figure) -> str:
    """Say what a figure rests on."""
    n = ngettext("{n} observation", "{n} observations", figure.n_observations).format(n=figure.n_observations)
    raters = ngettext("{n} observer", "{n} observers", figure.n_raters).format(n=figure.n_raters)
    return _("{n} by {raters}").format(n=n, raters=raters)


def _trend(lines: list[Line], support: list[Given]) -> Trend | None:
    """Return a line for each element with figures of terms; where the rule forbids it, nothing is said of growth."""
    drawn = [line for line in lines if line.growth and line.growth.points]
    made = trend((line.element.name, line.growth.points) for line in drawn if line.growth)
    if made is None:
        return None
    told = [line.growth.may_be_told for line in drawn if line.growth]
    words = _("not enough observations to tell growth")
    held = [
        one if may else replace(one, said=words, status="none")
        for one, may in zip(made.lines, told, strict=True)
    ]
    if made.figure:
        _unjoin(made.figure, [may for line, may in zip(made.lines, told, strict=True) if _several(line)])
        _add_support(made.figure, [each.day.isoformat() for given in support for each in given.each])
    return replace(made, lines=held, sentence=_growth_sentence(held, sum(told)))


def _several(line: TrendLine) -> bool:
    """Say whether a line is drawn: it takes two points."""
    return sum(point is not None for point in line.points) > 1


def _unjoin(figure: dict[str, Any], told: list[bool]) -> None:
    """Leave the points of which no growth may be told without a line between them, which would tell one."""
    for trace, may in zip(figure["data"], told, strict=True):
        if not may:
            trace["mode"] = "markers"


def _growth_sentence(lines: list[TrendLine], told: int) -> SafeString:
    """Say of how many elements growth can be told, and what it was."""
    if not told:
        words = _(
            "Not enough observations to tell growth: it takes at least {n} of an element, over two years."
        )
        return format_html(words, n=RULES.growth_observations)
    risen, fallen = (sum(line.status == one for line in lines) for one in ("above", "below"))
    words = ngettext(
        "Growth can be told of {told} of {of} element: <b>{risen}</b> has risen, <b>{fallen}</b> fallen; of {rest} we cannot tell yet.",
        "Growth can be told of {told} of {of} elements: <b>{risen}</b> have risen, <b>{fallen}</b> fallen; of {rest} we cannot tell yet.",
        len(lines),
    )
    return format_html(
        words, told=told, of=len(lines), risen=risen, fallen=fallen, rest=told - risen - fallen
    )


def _add_support(figure: dict[str, Any], days: list[str]) -> None:
    """Mark below each panel the days on which support was given."""
    axes = [name.removeprefix("xaxis") for name in figure["layout"] if name.startswith("xaxis")]
    shapes = [
        {
            "type": "line", "xref": f"x{axis}", "yref": f"y{axis} domain", "x0": day, "x1": day, "y0": 0, "y1": 0.12,
            "line": {"color": "var(--accent)", "width": 1},
        }
        for axis in axes
        for day in days
    ]  # fmt: skip
    figure["layout"]["shapes"] = shapes
    if shapes:
        figure["layout"]["meta"] = {"legend": [("target", _("support given"))]}


def list_sentence(rows: list[ListRow], year_known: bool) -> SafeString:
    """Answer the question of the list in one sentence."""
    if not rows:
        return format_html("{}", _("No principal is in your caseload."))
    if not year_known:
        return format_html(
            "{}", _("Nothing was computed of principals' leadership for this school year yet.")
        )
    below = sum(any(one and one.call == "below" for one in row.figures) for row in rows)
    nothing = sum(not any(one and one.estimate is not None for one in row.figures) for row in rows)
    if not nothing:
        words = ngettext(
            "Of {n} principal <b>{below}</b> is very likely below target on an element.",
            "Of {n} principals <b>{below}</b> are very likely below target on an element.",
            len(rows),
        )
        return format_html(words, n=len(rows), below=below)
    words = ngettext(
        "Of {n} principal <b>{below}</b> is very likely below target on an element; of <b>{nothing}</b> too little was seen to say anything.",
        "Of {n} principals <b>{below}</b> are very likely below target on an element; of <b>{nothing}</b> too little was seen to say anything.",
        len(rows),
    )
    return format_html(words, n=len(rows), below=below, nothing=nothing)


def page_sentence(page: PrincipalPage) -> SafeString:
    """Answer the question of one principal's page in one sentence."""
    figures = [line.figure for line in page.lines if line.figure and line.figure.estimate is not None]
    if not figures:
        return format_html(
            "{}", _("Too little was seen to say anything of an element: it takes two observations of it.")
        )
    below = sum(one.call == "below" for one in figures)
    met = sum(one.call == "met" for one in figures)
    words = _(
        "Of {n} elements seen often enough, <b>{below}</b> are very likely below target and <b>{met}</b> very likely at target or above; of {rest} we cannot tell yet."
    )
    return format_html(words, n=len(figures), below=below, met=met, rest=len(figures) - below - met)
