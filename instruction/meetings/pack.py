"""The pack of a meeting: what became of the last decisions, then school by school what the meeting is about.

Figures come from instruction.queries.cells and completion, so a pack tells nothing that other pages hide; those of an
earlier snapshot stand only where they may be told beside today's (pinned).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.meetings import queries
from instruction.meetings.filters import NAME, NETWORK, PackFilters
from instruction.meetings.lines import lines_of
from instruction.meetings.pinned import beside_newer
from instruction.meetings.schools import Look, Place, looks_at, places_of
from instruction.models import Decision, Meeting, MeetingState
from instruction.queries.cells import Cell, cells
from instruction.queries.completion import Completion, completion
from instruction.queries.elements import Column, columns
from instruction.queries.standing import Standing, standing
from schools.models import Level

# How sure a school's need is, from the surest on; packs are ordered by these groups.
BELOW, LIKELY, UNCLEAR, MET, UNKNOWN = "below", "likely", "unclear", "met", "unknown"
NEEDS = (BELOW, LIKELY, UNCLEAR, MET, UNKNOWN)
LIKELY_FROM = 0.66
Told = tuple[Column, Cell]


@dataclass(frozen=True, slots=True)
class Part:
    """One school's part. told: elements with a figure and its probability of a shortfall, the surest below first.

    spoken: elements whose figure may not stand beside a newer one, with what could be said ("below", "met",
    "unclear"); untargeted: a figure without a target; unknown: elements without enough evidence; hidden: too few
    teachers; expected: number of the told elements expected below target, the sum of the probabilities.
    """

    place: Place
    told: list[Told]
    spoken: list[tuple[Column, str]]
    untargeted: list[Told]
    unknown: list[Column]
    hidden: bool
    need: str
    expected: float
    completion: Completion | None
    looks: list[Look]
    lines: list[tuple[str, str]]
    decisions: list[Decision]

    @property
    def calls(self) -> list[str]:
        """What can be said of each element with a figure, told or not."""
        return [cell.call for _column, cell in self.told] + [call for _column, call in self.spoken]

    @property
    def below(self) -> list[Told]:
        """The elements more likely below target than not."""
        return [one for one in self.told if (one[1].p_below or 0.0) >= 0.5]

    @property
    def not_below(self) -> list[Told]:
        """The elements as likely at target as not, or more likely."""
        return [one for one in self.told if (one[1].p_below or 0.0) < 0.5]

    @property
    def moved(self) -> list[Told]:
        """The elements that have moved by more than the margin of error since the snapshot before."""
        return [one for one in [*self.told, *self.untargeted] if one[1].moved]

    @property
    def roster_size(self) -> int | None:
        """Teachers on the roster; None where they are too few to say, or nothing was computed."""
        return next((cell.roster_size for _column, cell in [*self.told, *self.untargeted]), None) or (
            self.completion.n_teachers if self.completion and not self.completion.hidden else None
        )


@dataclass(frozen=True, slots=True)
class Pack:
    """What a meeting looks at, as one caller may see it.

    standing: None without a framework in force; earlier: the decisions it opens with; decisions: its own; leads:
    whether the caller sees all of it, notes included; sees_all: whether these are all schools that it is about.
    """

    meeting: Meeting
    filters: PackFilters
    standing: Standing | None
    columns: list[Column]
    parts: list[Part]
    earlier: list[Decision]
    decisions: list[Decision]
    networks: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    n_schools: int
    leads: bool
    sees_all: bool
    day: date = field(default_factory=schoolyear.today)

    @property
    def is_closed(self) -> bool:
        """Whether the meeting was held and its record closed."""
        return self.meeting.state == MeetingState.HELD

    @property
    def of_everyone(self) -> list[Decision]:
        """The decisions about no one school."""
        return [one for one in self.decisions if one.school_id is None]


def pack(
    scope: Scope, one: Meeting, filters: PackFilters | None = None, *, action: Action = Action.VIEW
) -> Pack:
    """Return the pack of a meeting that the caller sees; nine queries, and one for each registered line.

    action: EXPORT leaves out what the caller may read but not take along.
    """
    filters = filters or PackFilters()
    found = standing_of(one)
    day = (found.run.roster_date if found and found.run else None) or schoolyear.roster_day(one.school_year)
    every = places_of(scope, one, day, action)
    here = [place for place in every if _passes(place, filters)]
    earlier, own = queries.of_pack(scope, one)
    shown = _columns(scope, found, filters)
    parts = _parts(scope, one, here, found, shown, own, filters.against, action)
    return Pack(
        meeting=one,
        filters=filters,
        standing=found,
        columns=shown,
        parts=sorted(parts, key=_order(filters.order)),
        earlier=earlier,
        decisions=own,
        networks=_pairs({(place.network_uid, place.network) for place in every if place.network_uid}),
        levels=[
            (level, str(Level(level).label)) for level in Level.values if level in {p.level for p in every}
        ],
        n_schools=len(every),
        leads=queries.leads(scope, one),
        sees_all=scope.district_wide(Data.MEETINGS),
    )


def standing_of(one: Meeting) -> Standing | None:
    """Return the snapshot a meeting shows: the one it was held on, else the one that stands; two queries."""
    run = one.run
    found = standing(one.school_year, run.subject if run else "")
    if found is None or one.state != MeetingState.HELD:
        return found
    return replace(found, run=run, stale_since=None, recomputing=False, failed=False)


def _columns(scope: Scope, found: Standing | None, filters: PackFilters) -> list[Column]:
    if found is None:
        return []
    run_id = found.run.pk if found.run else 0
    return columns(
        scope, version_id=found.version.pk, year=found.year, run_id=run_id, against=filters.against
    )


def _passes(place: Place, filters: PackFilters) -> bool:
    return filters.network in ("", place.network_uid) and filters.level in ("", place.level)


def _pairs(found: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(found, key=lambda pair: pair[1].casefold())


def _parts(
    scope: Scope,
    one: Meeting,
    here: list[Place],
    found: Standing | None,
    shown: list[Column],
    own: list[Decision],
    against: str,
    action: Action,
) -> list[Part]:
    ids = [place.school_id for place in here]
    run_id = found.run.pk if found and found.run else 0
    every = cells(
        scope, run_id=run_id, school_ids=ids, element_ids=[c.element_id for c in shown], against=against
    )
    calls: dict[tuple[int, int], str] = {}
    if one.state == MeetingState.HELD and one.run:
        beside = beside_newer(scope, one.run, one.school_year, ids)
        every, calls = beside.tell(every) if beside else (every, calls)
    held: dict[int, dict[int, Cell]] = {}
    for cell in every:
        held.setdefault(cell.school_id, {})[cell.element_id] = cell
    observed = completion(scope, run_id, ids)
    looks = looks_at(scope, one.school_year, ids, action)
    lines = lines_of(scope, ids, one.school_year)
    decided: dict[int | None, list[Decision]] = {}
    for decision in own:
        decided.setdefault(decision.school_id, []).append(decision)
    return [
        _part(
            place, shown, held.get(place.school_id), observed.get(place.school_id), calls,
            looks=looks.get(place.school_id, []), lines=lines.get(place.school_id, []),
            decisions=decided.get(place.school_id, []), is_computed=bool(run_id),
        )
        for place in here
    ]  # fmt: skip


def _part(
    place: Place,
    shown: list[Column],
    held: dict[int, Cell] | None,
    observed: Completion | None,
    calls: Mapping[tuple[int, int], str],
    *,
    is_computed: bool,
    **more: Any,
) -> Part:
    pairs = [(column, held[column.element_id]) for column in shown if held and column.element_id in held]
    told = [(column, cell) for column, cell in pairs if cell.p_below is not None]
    told.sort(key=lambda pair: -(pair[1].p_below or 0.0))
    spoken = [
        (column, calls[place.school_id, column.element_id])
        for column, cell in pairs
        if (place.school_id, column.element_id) in calls
    ]
    return Part(
        place=place,
        told=told,
        spoken=spoken,
        untargeted=[pair for pair in pairs if pair[1].estimate is not None and pair[1].p_below is None],
        unknown=[
            column
            for column, cell in pairs
            if cell.estimate is None and (place.school_id, column.element_id) not in calls
        ],
        hidden=is_computed and held is None,
        need=_need(told, [call for _column, call in spoken]),
        expected=sum(cell.p_below or 0.0 for _column, cell in told),
        completion=observed,
        **more,
    )


def _need(told: list[Told], spoken: list[str]) -> str:
    """Return what can be said of a school over all its elements, from the one most likely below target."""
    calls = {cell.call for _column, cell in told[:1]} | set(spoken)
    if not calls:
        return UNKNOWN
    if "below" in calls:
        return BELOW
    if told and (told[0][1].p_below or 0.0) >= LIKELY_FROM:
        return LIKELY
    return MET if calls == {"met"} else UNCLEAR


def _order(order: str) -> Callable[[Part], Any]:
    """Sort by name, by network, or by how sure the need is and how many elements it is expected to be on."""

    def name(part: Part) -> Any:
        return part.place.name.casefold(), part.place.school_id

    if order == NAME:
        return name
    if order == NETWORK:
        return lambda part: (not part.place.network, part.place.network.casefold(), name(part))
    return lambda part: (NEEDS.index(part.need), -part.expected, name(part))
