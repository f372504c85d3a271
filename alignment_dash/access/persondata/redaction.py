"""Taking one person's names out of texts and JSON; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

REMOVED = "(removed)"
FAMILY_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Words:
    """What names someone: full names and addresses wherever they stand in a text, ids where they are all of it.

    family: the family name, which others have too; taken out only where texts are about few people.
    """

    anywhere: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()

    def __or__(self, other: Words) -> Words:
        return Words(self.anywhere | other.anywhere, self.alone | other.alone, self.family | other.family)

    def __bool__(self) -> bool:
        return bool(self.anywhere or self.alone or self.family)


def words_of(*, given: set[str], family: str, emails: set[str], ids: set[str] = frozenset()) -> Words:  # type: ignore[assignment]
    """Return the words of a person with these names: given and family name in either order, and the family name as it is
    written and in capitals, where it has three letters or more."""
    names = set()
    for first in given - {""}:
        if family:
            names |= {f"{first} {family}", f"{family}, {first}", f"{family} {first}", f"{family},{first}"}
    long = sum(letter.isalpha() for letter in family) >= FAMILY_AT_LEAST
    alone = frozenset({family, family.upper()}) if long else frozenset()
    return Words(frozenset(names | (emails - {""})), frozenset(ids - {""}), alone)


def redact(value: Any, words: Words, *, family: bool = False) -> Any:
    """Return `value` (text, or JSON as Python has it) without the words; letter case does not matter.

    family: the family name alone too, in the letter case it is written in. Keys of dictionaries are texts too. What
    holds none of the words is returned equal.
    """
    if isinstance(value, str):
        return _redact_text(value, words, family)
    if isinstance(value, list):
        return [redact(one, words, family=family) for one in value]
    if isinstance(value, dict):
        return {
            _redact_text(key, words, family): redact(one, words, family=family) for key, one in value.items()
        }
    return value


def _redact_text(text: str, words: Words, family: bool) -> str:
    if text.strip().casefold() in {one.casefold() for one in words.alone}:
        return REMOVED
    for word in sorted(words.anywhere, key=len, reverse=True):
        text = re.sub(_bordered(word), REMOVED, text, flags=re.IGNORECASE)
    for word in words.family if family else ():
        text = re.sub(_bordered(word), REMOVED, text)
    return text


def _bordered(word: str) -> str:
    """A name is not part of a longer word: "Ann Lee" does not stand in "Joann Leeds", but does in "Ann Lee_2"."""
    return rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
