"""What the templates of visits show: rows with their words, and where they lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from instruction.meetings import words as figure_words
from instruction.queries.cells import Cell
from instruction.queries.elements import Column
from schools.names import name_of
from supervision.models import Commitment, CommitmentState
from supervision.timelog.amounts import hours
from supervision.visits import queries, words
from supervision.visits.sheet import Sheet

ACTIONS_SHOWN, ASKED_SHOWN, ENDED_SHOWN, ANSWERED_SHOWN = 4, 4, 4, 3


@dataclass(frozen=True, slots=True)
class ShownCommitment:
    """A commitment in words, and what the caller may do with it."""

    row: Commitment
    element: str
    due: str
    is_overdue: bool
    is_open: bool
    may_end: bool
    may_change: bool

    @property
    def principal(self) -> str:
        """The principal's name."""
        return name_of(self.row.principal)


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure of the capacity snapshot in words."""

    element_uid: str
    name: str
    gap: str
    estimate: str
    target: str
    chance: str
    observed: str
    is_weak: bool
    change: str


def shown_commitments(
    scope: Scope, held: Sequence[Commitment], names: dict[int, str]
) -> list[ShownCommitment]:
    """Return commitments as the caller sees them."""
    day = today()
    return [
        ShownCommitment(
            row=one,
            element=names.get(one.element_id or 0, ""),
            due=words.due_words(one, day),
            is_overdue=one.state == CommitmentState.OPEN and one.due < day,
            is_open=one.state == CommitmentState.OPEN,
            may_end=queries.may_end(scope, one),
            may_change=one.state == CommitmentState.OPEN and queries.may_change(scope, one),
        )
        for one in held
    ]


def shown_gap(pair: tuple[Column, Cell]) -> Gap:
    """Return one of a school's figures in words."""
    column, cell = pair
    return Gap(
        element_uid=column.uid,
        name=column.name,
        gap=f"{cell.gap or 0.0:.1f}",
        estimate=figure_words.estimate(cell),
        target=figure_words.target(cell.target),
        chance=figure_words.chance(cell) if cell.p_below is not None else "",
        observed=figure_words.observed(cell),
        is_weak=cell.is_weak,
        change=figure_words.change(cell),
    )


def sheet_context(scope: Scope, found: Sheet) -> dict[str, Any]:
    """Return the context of sheet.html."""
    actions, asked = found.plan.actions, found.plan.asked
    return {
        "sheet": found,
        "sentence": words.sheet_sentence(found),
        "rhythm": words.wait_words(found.wait),
        "counted": words.counted_words(with_time=found.with_time, has_last=found.last is not None),
        "open": shown_commitments(scope, found.open, found.names),
        "ended": shown_commitments(scope, found.ended[:ENDED_SHOWN], found.names),
        "focus": found.names.get(found.focus.element_id, "") if found.focus else "",
        "gaps": [shown_gap(one) for one in found.gaps.widest],
        "moved": [shown_gap(one) for one in found.gaps.moved],
        "minutes": [(label, hours(n)) for label, n in found.since.minutes],
        "answered": found.since.answered[:ANSWERED_SHOWN],
        "actions": [(one, found.names.get(one.element_id or 0, ""), _late(one, found)) for one in actions][
            :ACTIONS_SHOWN
        ],
        "n_more_actions": max(len(actions) - ACTIONS_SHOWN, 0),
        "asked": asked[:ASKED_SHOWN],
        "n_more_asked": max(len(asked) - ASKED_SHOWN, 0),
        "plan_focus": [found.names[one] for one in found.plan.focus if one in found.names],
        "last_uid": found.visits[0].uid if found.visits else None,
    }


def _late(action: Any, found: Sheet) -> bool:
    return bool(action.by_day and action.by_day < found.day)
