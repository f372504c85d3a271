"""What a roster file has wrong or odd: single findings, totals, and groups by root cause.

A finding says where (file, row, column) and what to do. It never quotes a cell: a cell may hold a
name, an address or a password.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .rules import RULES, Level, Rule, rank

KEEP = 1_000
# Errors are to be mended, so more of their places are kept than of what was accepted.
KEEP_PER_CAUSE = {Level.ERROR: 200, Level.WARNING: 10}
FIRST = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in a file. `row` counts as a spreadsheet does: 1 is the header line."""

    code: str
    level: Level
    file: str
    row: int | None
    column: str | None
    message: str
    cause: str


@dataclass(slots=True)
class Group:
    """All findings with one root cause: `count` of them, per file, and the first few places."""

    cause: str
    code: str
    level: Level
    message: str
    count: int = 0
    files: dict[str, int] = field(default_factory=dict)
    first: list[Finding] = field(default_factory=list)


class Findings:
    """Collects findings: exact totals for all of them, places for the first `keep`.

    In `strict` mode what a validator of the standard rejects is an error.
    """

    def __init__(self, keep: int = KEEP, *, strict: bool = False) -> None:
        self._keep = keep
        self.strict = strict
        self.has_errors = False
        self._groups: dict[str, Group] = {}
        self._kept_per_cause: Counter[str] = Counter()
        self.kept: list[Finding] = []

    def add(
        self,
        code: str,
        *,
        file: str = "",
        rows: Sequence[int | None] = (None,),
        column: str | None = None,
        cause: str = "",
        more: int = 0,
        **words: object,
    ) -> None:
        """Add one finding per entry of `rows`, and `more` whose rows are not told; `words` fill the message.

        Findings that share `cause` form one group; without it, one rule in one column of one file is
        one cause.
        """
        rule = RULES[code]
        level = self.level(rule)
        self.has_errors = self.has_errors or level is Level.ERROR
        key = f"{code}:{cause}" if cause else f"{code}:{file}:{column or ''}"
        message = rule.message.format(file=file, column=column, **words)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, code, level, message)
        count = len(rows) + more
        group.count += count
        group.files[file] = group.files.get(file, 0) + count
        kept = self._kept_per_cause[key]
        room = max(min(KEEP_PER_CAUSE[level] - kept, self._keep - len(self.kept)), int(kept == 0))
        first = max(0, FIRST - sum(place.file == file for place in group.first))
        places = [Finding(code, level, file, row, column, message, key) for row in rows[: max(room, first)]]
        self._kept_per_cause[key] += len(places[:room])
        self.kept.extend(places[:room])
        group.first.extend(places[:first])

    def level(self, rule: Rule) -> Level:
        """What this rule means in this mode."""
        return Level.ERROR if self.strict and rule.strict else rule.level

    def groups(self) -> list[Group]:
        """Groups with errors before warnings and root causes before what follows from them."""
        return sorted(
            self._groups.values(),
            key=lambda group: (group.level != Level.ERROR, rank(group.code), group.cause),
        )

    def totals(self) -> list[tuple[str, str, str, int]]:
        """(code, cause, file, count) of everything found, kept or not, in the order of `groups`."""
        return [
            (group.code, group.cause, file, count)
            for group in self.groups()
            for file, count in group.files.items()
        ]

    def count(self, level: Level) -> int:
        """How many findings of this level there are, kept or not."""
        return sum(group.count for group in self._groups.values() if group.level == level)
