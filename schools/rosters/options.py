"""How a roster is read, and how what is read is handed on and counted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .package import Limits
from .role_rules import RoleRule

Sink = Callable[[str, list[tuple[str, ...]]], None]
Progress = Callable[[int, int], None]
Named = Callable[[Collection[str]], Collection[str]]


@dataclass(frozen=True, slots=True)
class Options:
    """How to read.

    `encoding` is "utf-8" or "cp1252"; `year_start` the month and day a school year begins. `strict` rejects
    whatever deviates from the standard. `role_rules` say what roles mean, the first that matches (see
    `role_rules.py`). `known_staff` answers who of some held people, by their ids, is known to be staff: their
    names are kept although all roles that the roster gives them wait.
    """

    encoding: str = "utf-8"
    limits: Limits = field(default_factory=Limits)
    year_start: tuple[int, int] = (7, 1)
    strict: bool = False
    role_rules: tuple[RoleRule, ...] = ()
    known_staff: Named = lambda ids: ids


@dataclass(slots=True)
class Count:
    """Rows of one file: all of them, those that end a record, those accepted and not used."""

    rows: int = 0
    ended: int = 0
    left_out: int = 0
