"""The findings of a file by their cause: what is wrong once, with how many rows and where, not a line for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from instruction.imports.findings import KEEP_PER_CAUSE
from instruction.imports.products.look import shown

ROWS_SHOWN = 5
WORDS_SHOWN = 10
_UNMATCHED = "unmatched-"


@dataclass(slots=True)
class Cause:
    """One thing that is wrong. `words`: what was written and in how many rows, where a word has no meaning."""

    level: str
    column: str
    message: str
    n_rows: int = 0
    rows: list[int] = field(default_factory=list)
    words: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_capped(self) -> bool:
        """Whether there may be more rows than are counted here: only the first ones of a cause are kept."""
        return self.n_rows >= KEEP_PER_CAUSE

    @property
    def has_more(self) -> bool:
        return self.n_rows > len(self.rows)


def by_cause(
    findings: Iterable[Mapping[str, Any]], words: Iterable[tuple[str, str, int]], *, is_seen: bool
) -> list[Cause]:
    """Return the causes of kept findings, errors first and then by number of rows.

    `words`: kind, what was written and number of rows of each that has no meaning, the most frequent first.
    """
    found: dict[tuple[str, str, str], Cause] = {}
    by_kind: dict[str, list[tuple[str, int]]] = {}
    for kind, written, count in words:
        by_kind.setdefault(str(kind), []).append((shown(written, is_seen), count))
    for one in findings:
        code, column = str(one["code"]), one.get("column") or ""
        cause = found.get((code, column, one["message"]))
        if cause is None:
            cause = found[code, column, one["message"]] = Cause(one["level"], column, one["message"])
            # The words of a kind stand once, though several columns may hold them.
            if code.startswith(_UNMATCHED):
                cause.words = by_kind.pop(code.removeprefix(_UNMATCHED), [])[:WORDS_SHOWN]
        if one.get("row") is not None:
            cause.n_rows += 1
            if len(cause.rows) < ROWS_SHOWN:
                cause.rows.append(one["row"])
    return sorted(found.values(), key=lambda cause: (cause.level != "error", -cause.n_rows))
