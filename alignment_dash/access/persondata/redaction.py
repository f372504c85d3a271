"""Taking one person's names out of texts and JSON; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

REMOVED = "(removed)"


@dataclass(frozen=True, slots=True)
class Words:
    """What names someone: full names and addresses wherever they stand in a text, ids where they are all of it."""

    anywhere: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    def __or__(self, other: Words) -> Words:
        return Words(self.anywhere | other.anywhere, self.alone | other.alone)

    def __bool__(self) -> bool:
        return bool(self.anywhere or self.alone)


def words_of(*, given: set[str], family: str, emails: set[str], ids: set[str] = frozenset()) -> Words:  # type: ignore[assignment]
    """Return the words of a person with these names: given and family name in either order, never one alone."""
    names = set()
    for first in given - {""}:
        if family:
            names |= {f"{first} {family}", f"{family}, {first}", f"{family} {first}", f"{family},{first}"}
    return Words(frozenset(names | (emails - {""})), frozenset(ids - {""}))


def redact(value: Any, words: Words) -> Any:
    """Return `value` (text, or JSON as Python has it) without the words; letter case does not matter.

    Keys of dictionaries are texts too. What holds none of the words is returned equal.
    """
    if isinstance(value, str):
        return _redact_text(value, words)
    if isinstance(value, list):
        return [redact(one, words) for one in value]
    if isinstance(value, dict):
        return {_redact_text(key, words): redact(one, words) for key, one in value.items()}
    return value


def _redact_text(text: str, words: Words) -> str:
    if text.strip().casefold() in {one.casefold() for one in words.alone}:
        return REMOVED
    for word in sorted(words.anywhere, key=len, reverse=True):
        # A name is not part of a longer word: "Ann Lee" does not stand in "Joann Leeds".
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", REMOVED, text, flags=re.IGNORECASE)
    return text
