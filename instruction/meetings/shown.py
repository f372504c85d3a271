"""A school's part as a template writes it: words made once, so that a pack of a large district is one fast loop."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.meetings import words
from instruction.meetings.pack import Pack, Part, Told
from instruction.meetings.schools import Look, Place
from instruction.models import Decision, DecisionState, Department
from instruction.models.school_plans import SupportKind, SupportState
from schools.models import Level

LONGEST = 400  # characters of a text in a pack; its own page has all of it


class Line(NamedTuple):
    """A decision with its words. status: a pill's."""

    decision: Decision
    owner: str
    due: str
    status: str


class Figure(NamedTuple):
    """An element of a school in words."""

    name: str
    chance: str
    estimate: str
    target: str
    observed: str
    is_weak: bool


class Asked(NamedTuple):
    """District support that a school asked for."""

    kind: str
    what: str
    amount: str
    department: str
    state: str
    answer: str


class Seen(NamedTuple):
    """A second look in short."""

    element: str
    look: Look
    found: str
    leverage: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What stands in a school's part."""

    place: Place
    level: str
    sentence: str
    roster_size: int | None
    figures: list[Figure]
    neediest: str
    at_target: str
    spoken: str
    no_evidence: str
    without_target: str
    not_observed: str
    moved: str
    looks: list[Seen]
    views: list[tuple[str, str]]
    asked: list[Asked]
    lines: list[tuple[str, str]]
    decisions: list[Line]


def shown_part(part: Part, names: dict[int, str], found: Pack) -> ShownPart:
    """Return a part in words. names: elements by id; what is of another framework has no name here."""
    place = part.place
    return ShownPart(
        place=place,
        level=str(Level(place.level).label),
        sentence=words.part_sentence(part),
        roster_size=part.roster_size,
        figures=[_figure(one) for one in part.below],
        neediest=_listed([column.name for column, cell in part.told if words.is_neediest(cell)]),
        at_target=_listed([f"{column.name} {words.estimate(cell)}" for column, cell in part.not_below]),
        spoken=_listed([f"{column.name}: {words.call_words(call)}" for column, call in part.spoken]),
        no_evidence=_listed([column.name for column in part.unknown]),
        without_target=_listed([f"{column.name} {words.estimate(cell)}" for column, cell in part.untargeted]),
        not_observed=words.completion_words(part.completion),
        moved=_listed([f"{column.name} {words.change(cell)}" for column, cell in part.moved]),
        looks=[_seen(look, names) for look in part.looks],
        views=[(names.get(view["element_id"], ""), _short(view["own_view"])) for view in place.views],
        asked=[_asked(row, names) for row in place.asked],
        lines=part.lines,
        decisions=decision_lines(part.decisions, found.day),
    )


def decision_lines(found: Iterable[Decision], day: date) -> list[Line]:
    """Return decisions with what a day means for them."""
    return [Line(one, words.owner_words(one), words.due(one, day), _status(one, day)) for one in found]


def _status(decision: Decision, day: date) -> str:
    if words.is_overdue(decision, day):
        return "late"
    return {DecisionState.OPEN: "queued", DecisionState.DONE: "done"}.get(
        DecisionState(decision.state), "canceled"
    )


def _listed(texts: list[str]) -> str:
    return "; ".join(texts)


def _figure(told: Told) -> Figure:
    column, cell = told
    return Figure(
        name=column.name,
        # A percentage is not torn from its number.
        chance=words.chance(cell).replace(" %", "\N{NO-BREAK SPACE}%").replace("> ", ">\N{NO-BREAK SPACE}"),
        estimate=words.estimate(cell),
        target=words.target(cell.target),
        observed=words.observed(cell),
        is_weak=cell.is_weak,
    )


def _seen(look: Look, names: dict[int, str]) -> Seen:
    return Seen(
        names.get(look.element_id, ""), look, _short(look.found), _short(look.leverage), _short(look.outcome)
    )


def _asked(row: dict[str, Any], names: dict[int, str]) -> Asked:
    kind = str(SupportKind(row["kind"]).label)
    about = names.get(row["element_id"] or 0, "") or row["subject"]
    return Asked(
        kind=f"{kind}: {about}" if about else kind,
        what=_short(row["what"]),
        amount=amount_of(row),
        department=str(Department(row["department"]).label),
        state=str(SupportState(row["state"]).label),
        answer=_short(row["answer"]),
    )


def amount_of(row: dict[str, Any]) -> str:
    """Say how much was asked for: teachers, hours of each, substitute days, by when."""
    said = []
    if row["n_teachers"] is not None:
        said.append(ngettext("{n} teacher", "{n} teachers", row["n_teachers"]).format(n=row["n_teachers"]))
    if row["hours"] is not None:
        said.append(_("{n} hours each").format(n=f"{float(row['hours']):g}"))
    if row["substitute_days"] is not None:
        said.append(_("{n} substitute days").format(n=f"{float(row['substitute_days']):g}"))
    if row["by_day"]:
        day = date_format(date.fromisoformat(row["by_day"]), "M j, Y")
        said.append(_("by {day}").format(day=day))
    return ", ".join(said)


def _short(text: str) -> str:
    return Truncator(text).chars(LONGEST) if len(text) > LONGEST else text
