"""What balancing's pages show of caseloads and moves: rows with names, before and after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from schools.models import Level, Person
from schools.names import name_of
from supervision.balancing import words
from supervision.balancing.moves import grouped, unit_of
from supervision.balancing.picture import Load, Picture
from supervision.models import BalanceProposal, MoveState, ProposedMove, SupervisorLimits
from supervision.needs import Total

NOTHING = Load(0, 0, 0, Total(0.0, 0.0, 0.0), {}, {}, None)
WIDE = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A pair of bars, each 0 to 100 wide: before and after."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One supervisor's caseload before and after, beside the limits; posts: see Picture.networks_by_post."""

    uid: UUID
    name: str
    limits: SupervisorLimits
    before: Load
    after: Load
    leaves_on: date | None
    is_there: bool
    bar: Bar
    posts: frozenset[int] = frozenset()

    @property
    def is_changed(self) -> bool:
        """Say whether anything is moved into or out of it."""
        return self.before != self.after

    @property
    def verdict(self) -> str:
        """What the limits say of it afterwards; "" where they hold."""
        if not self.is_there:
            return _("leaves") if not self.after.count else _("leaves, and still has principals")
        if self.after.count > self.limits.most:
            return _("above {most}").format(most=self.limits.most)
        if self.after.count < self.limits.least:
            return _("below {least}").format(least=self.limits.least)
        return ""

    @property
    def levels(self) -> tuple[str, str]:
        """Schools by level, before and after."""
        names = _levels()
        return _in_order(self.before.levels, names), _in_order(self.after.levels, names)

    @property
    def networks(self) -> tuple[str, str]:
        """Schools by network, before and after."""
        return mix_of(self.before.networks, {}), mix_of(self.after.networks, {})


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A group of moves that is decided together."""

    group: int
    moves: Sequence[ProposedMove]
    sentence: str
    effect: str
    more: Sequence[str]
    state: str
    is_open: bool
    is_taken: bool

    @property
    def state_label(self) -> str:
        """The state in words; one that no longer fits is told before anyone has tried."""
        if self.state == MoveState.PROPOSED and not self.is_open:
            return str(MoveState.STALE.label)
        return str(MoveState(self.state).label)

    @property
    def status(self) -> str:
        """The pill's status."""
        if self.state == MoveState.PROPOSED:
            return "planned" if self.is_open else "stale"
        return {"accepted": "done", "declined": "aborted", "stale": "stale"}[self.state]


def load_rows(found: Picture, moved: Mapping[UUID, int] | None = None) -> list[LoadRow]:
    """Return every supervisor's caseload now and after `moved`, by name."""
    before, after = found.loads(), found.loads(moved)
    widest = max([one.need for one in [*before.values(), *after.values()]], default=0.0) or 1.0
    rows = []
    for pk, person in found.supervisors.items():
        old, new = before.get(pk, NOTHING), after.get(pk, NOTHING)
        limits = found.limits_of(pk)
        rows.append(
            LoadRow(
                uid=person.uid,
                name=name_of(person),
                limits=limits,
                before=old,
                after=new,
                leaves_on=limits.leaves_on,
                is_there=found.is_there(pk),
                posts=found.networks_by_post(pk),
                bar=Bar(round(WIDE * old.need / widest, 1), round(WIDE * new.need / widest, 1)),
            )
        )
    return sorted(rows, key=lambda row: row.name)


def move_rows(
    found: Picture, moves: Sequence[ProposedMove], taken: Collection[int] | None = None
) -> list[MoveRow]:
    """Return the groups of moves; taken: those chosen, None for all that are open."""
    rows = []
    for group, held in grouped(moves).items():
        is_open = all(one.state == MoveState.PROPOSED for one in held) and unit_of(found, held) is not None
        rows.append(
            MoveRow(
                group=group,
                moves=held,
                sentence=words.move_sentence(held),
                effect=words.effect_sentence(held),
                more=words.more_of(held, found.day),
                state=held[0].state,
                is_open=is_open,
                is_taken=is_open and (taken is None or group in taken),
            )
        )
    return rows


def kept_rows(proposal: BalanceProposal, people: Mapping[int, Person]) -> list[dict[str, Any]]:
    """Return what the proposal said of each caseload when it was made: count and need, before, after, by hand."""
    facts = proposal.facts
    before, after = facts.get("before", {}), facts.get("after", {})
    thumb = (facts.get("greedy") or {}).get("loads", {})
    empty = [0, 0.0]
    rows = [
        {
            "uid": people[int(pk)].uid,
            "name": name_of(people[int(pk)]),
            "before": before[pk],
            "after": after.get(pk, empty),
            "greedy": thumb.get(pk),
        }
        for pk in before
        if int(pk) in people
    ]
    return sorted(rows, key=lambda row: row["name"])


def mix_of(counts: Mapping[str, int], names: Mapping[str, str], *, by_count: bool = True) -> str:
    """Return "4 Elementary, 2 High": by the number, or in the order given."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0])) if by_count else counts.items()
    return ", ".join(f"{n} {names.get(key, key) or _('in no network')}" for key, n in ordered) or "–"


def _in_order(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    """Return counts in the order of the names, so that before and after read alike."""
    return mix_of({key: counts[key] for key in [*names, *counts] if counts.get(key)}, names, by_count=False)


def _levels() -> dict[str, str]:
    return {value: str(label) for value, label in Level.choices}
