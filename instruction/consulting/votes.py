"""Which counts of votes may be told: by groups of roles, never of a few people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alignment_dash.access.roles import Role
from instruction.capacity.rules import DEFAULT_RULES
from instruction.capacity.suppress import hidden_groups

TEACHERS, LEADERS, SUPERVISORS, CENTRAL = "teachers", "leaders", "supervisors", "central"
GROUPS = (TEACHERS, LEADERS, SUPERVISORS, CENTRAL)
FEWEST = DEFAULT_RULES.min_teachers
_OF_ROLE = {
    Role.TEACHER: TEACHERS,
    Role.DEPARTMENT_LEAD: TEACHERS,
    Role.PRINCIPAL: LEADERS,
    Role.ASSISTANT_PRINCIPAL: LEADERS,
    Role.SUPERVISOR: SUPERVISORS,
}


def group_of(role: str) -> str:
    """Return the group that a role's votes and comments are told under."""
    return _OF_ROLE.get(Role(role), CENTRAL) if role in Role.values else CENTRAL


def authors_told(people: Mapping[str, int]) -> frozenset[str]:
    """Return the groups that a comment is told to come from, where so many people of each have a say.

    What comes from all others is told as from someone who has a say: groups of fewer than five, and as many of the
    next smallest as it takes until five people could have written it.
    """
    by_size = sorted(GROUPS, key=lambda group: people.get(group, 0))
    hidden: list[str] = []
    for group in by_size:
        n_hidden = sum(people.get(one, 0) for one in hidden)
        if people.get(group, 0) < FEWEST or 0 < n_hidden < FEWEST:
            hidden.append(group)
    return frozenset(GROUPS) - set(hidden)


@dataclass(frozen=True, slots=True)
class Told:
    """What of a vote is told: the groups, and whether the count of everyone is."""

    groups: tuple[str, ...]
    total: bool


def told(voters: Mapping[str, int]) -> Told:
    """Return what may be told where so many people of each group voted.

    A group of fewer than five is hidden, and so is another one where everyone's count minus the groups told would
    be the small one's (docs/numbers/small-groups.md).
    """
    counts = np.array([voters.get(group, 0) for group in GROUPS])
    groups = np.vstack([np.eye(len(GROUPS), dtype=bool), np.ones((1, len(GROUPS)), dtype=bool)])
    hidden = hidden_groups(counts, groups, smallest=FEWEST)
    shown = tuple(group for group, out in zip(GROUPS, hidden, strict=False) if not out and voters.get(group))
    return Told(shown, total=not hidden[-1] and bool(counts.sum()))
