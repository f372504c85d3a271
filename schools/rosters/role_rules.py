"""What a role of a roster means here: the built-in mapping, and the rules a district keeps outside the roster.

OneRoster 1.1 says `administrator` for a principal, an assistant principal and a principal supervisor alike,
and 1.2 has no word for the last two or for a coach. A rule tells them apart by the word, the type of the org,
a list of usernames, or a metadata column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .columns import PRIVATE_COLUMNS
from .compact import Mask, mask_of

Test = Literal["is", "contains", "one-of"]
Outcomes = NDArray[np.int8]

# The values of `schools.models.StaffRole`, which may not be imported here; a test keeps them equal.
STAFF_ROLES = (
    "teacher", "principal", "assistant-principal", "coach", "counselor", "aide", "principal-supervisor",
    "central-office", "system-administrator",
)  # fmt: skip
# What a role can turn out to be. A family's role and an ignored one are read and not used; a waiting one
# has no counterpart until someone says what it means.
OUTCOMES = (*STAFF_ROLES, "student", "family", "ignore", "waiting")
STUDENT, FAMILY, IGNORE, WAITING = (OUTCOMES.index(word) for word in OUTCOMES[len(STAFF_ROLES) :])
# What the words of the standard mean without a rule.
BUILT_IN = {
    "teacher": "teacher",
    "principal": "principal",
    "counselor": "counselor",
    "aide": "aide",
    "districtAdministrator": "central-office",
    "systemAdministrator": "system-administrator",
    "student": "student",
    "guardian": "family",
    "parent": "family",
    "relative": "family",
}
# Columns of a person that a rule may look at besides those outside the standard.
PERSON_COLUMNS = ("username", "identifier", "email")


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One rule; the first that matches decides, before the built-in mapping.

    `word` is a role word of OneRoster ("" for any), `org_type` the type of the role's org ("" for any),
    `column` "" or username, identifier, email or a column outside the standard such as
    "metadata.acme.jobTitle", whose cell is compared with `values`. `role` is a value of `StaffRole`,
    "student" or "ignore". Comparisons ignore case and outer spaces. Raises ValueError for anything else.
    """

    word: str
    org_type: str
    column: str
    test: Test
    values: tuple[str, ...]
    role: str

    def __post_init__(self) -> None:
        if self.role not in (*STAFF_ROLES, "student", "ignore"):
            raise ValueError(f"A rule cannot give the role {self.role!r}")
        if self.test not in get_args(Test):
            raise ValueError(f"A rule cannot test by {self.test!r}")
        if self.column.lower() in map(str.lower, PRIVATE_COLUMNS):
            raise ValueError(f"The column {self.column} is never read")
        if self.column and not any(map(_spelled, self.values)):
            raise ValueError("A rule that looks at a column needs values")

    def matches_cell(self, cell: str) -> bool:
        """Whether a cell of the rule's column passes its test; an empty cell never does."""
        text = _spelled(cell)
        wanted = [value for value in map(_spelled, self.values) if value]
        if not text:
            return False
        return any(value in text for value in wanted) if self.test == "contains" else text in wanted


def _spelled(text: str) -> str:
    return text.strip().casefold()


class RoleMap:
    """The rules of one import. `columns` are the lower-case names of the columns they look at."""

    def __init__(self, rules: Sequence[RoleRule] = ()) -> None:
        self.rules = tuple(rules)
        self.columns = frozenset(rule.column.lower() for rule in self.rules if rule.column)
        self.needs_org_type = any(rule.org_type for rule in self.rules)
        self._words = frozenset(_spelled(rule.word) for rule in self.rules if rule.word)

    def names(self, word: str) -> bool:
        """Whether a rule names this word."""
        return _spelled(word) in self._words

    def matching(self, at: int, cells: Sequence[str]) -> Mask:
        """Which of the cells pass the test of the rule number `at`."""
        passing = {cell: self.rules[at].matches_cell(cell) for cell in set(cells)}
        return mask_of(map(passing.__getitem__, cells), len(cells))

    def outcomes(
        self, words: Sequence[str], org_types: Sequence[str], cell_masks: dict[int, Mask]
    ) -> Outcomes:
        """What each role turns out to be, as places in `OUTCOMES`.

        `org_types` are as long as `words`, or empty when no rule asks for them; `cell_masks` tell, for each
        rule with a column, in which rows its cell passes.
        """
        codes = {word: OUTCOMES.index(BUILT_IN.get(word, "waiting")) for word in set(words)}
        found = np.fromiter(map(codes.__getitem__, words), np.int8, len(words))
        open_rows = np.ones(len(words), np.bool_)
        for at, rule in enumerate(self.rules):
            mask = open_rows
            if rule.word:
                mask = mask & _equal(words, rule.word)
            if rule.org_type:
                mask = mask & _equal(org_types, rule.org_type)
            if rule.column:
                mask = mask & cell_masks[at]
            found[mask] = OUTCOMES.index(rule.role)
            open_rows = open_rows & ~mask
        return found


def _equal(values: Sequence[str], wanted: str) -> Mask:
    same = {value: _spelled(value) == _spelled(wanted) for value in set(values)}
    return mask_of(map(same.__getitem__, values), len(values))
