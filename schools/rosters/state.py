"""What later files of a bundle need to know about earlier ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from .findings import Findings
from .register import Register
from .table import Batch

# What a person is to the district, by all roles together; combined with `|`.
FAMILY, STUDENT, STAFF = 1, 2, 4
UNMATCHED_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A word that nothing here corresponds to, waiting for someone to say what it means."""

    file: str
    row: int
    column: str
    word: str
    user_id: str
    org_id: str


@dataclass(slots=True)
class State:
    """Gathered while reading. `people` maps a person's sourcedId to FAMILY | STUDENT | STAFF."""

    version: str
    register: Register
    findings: Findings
    year_start: tuple[int, int] = (7, 1)
    schools: set[str] = field(default_factory=set)
    school_years: set[str] = field(default_factory=set)
    parents: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)
    role_users: tuple[list[str], list[int]] = field(default_factory=lambda: ([], []))
    people: dict[str, int] = field(default_factory=dict)
    home_orgs: dict[str, str] = field(default_factory=dict)
    staff_roles: dict[tuple[str, str, str], list[tuple[str, str]]] = field(default_factory=dict)
    usernames: set[str] = field(default_factory=set)
    primary_taught: set[str] = field(default_factory=set)
    unmatched: list[Unmatched] = field(default_factory=list)
    unmatched_words: Counter[str] = field(default_factory=Counter)
    # 1.1 has roles inside users.csv: rows for the roles table, made on the way.
    role_rows: list[tuple[str, ...]] = field(default_factory=list)

    def school_year_of(self, begin: date, end: date) -> int:
        """The end year of the school year that the middle of a period falls in."""
        middle = begin + (end - begin) / 2
        return middle.year + ((middle.month, middle.day) >= self.year_start)


Check = Callable[[Batch, State], None]
