"""Values taken out of what a file or a request says, and what is wrong with them, by place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

MOST_LEVELS, FEWEST_LEVELS = 10, 4
MOST_DIMENSIONS, MOST_ELEMENTS, MOST_IN_A_LIST = 50, 200, 50
LONGEST_NAME, LONGEST_LABEL, LONGEST_CODE, LONGEST_LEVEL_NAME = 200, 40, 40, 60
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NOTE = 64, 5_000, 2_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
SEPARATOR = ";"  # between the entries of a list in one cell of a CSV


class Placed(dict[str, Any]):
    """A mapping that knows where it stands in its file: "line 12", "row 3"."""

    place: str = ""


class Unreadable(Exception):
    """What was sent is no framework; `faults` says why, by place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


# What else ends a line in Unicode; YAML takes them for line feeds.
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return a text as it is kept: without white space around it, every line ended by a line feed."""
    return _LINE_ENDS.sub("\n", text).strip()


class Values:
    """Takes values out of what was given and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, place: str, name: str, words: str) -> None:
        where = ", ".join(part for part in (place, name) if part)
        self.faults.append(f"{where}: {words}" if where else words)

    @staticmethod
    def joined(place: str, more: str) -> str:
        return f"{place}, {more}" if place else more

    def known(self, given: Mapping[Any, Any], names: Sequence[str], place: str) -> None:
        for name in given:
            if name not in names:
                words = _("there is no such field; the fields are {names}.").format(names=", ".join(names))
                self.fault(place, str(name)[:60], words)

    def text(
        self, given: Mapping[Any, Any], name: str, place: str, longest: int, *, needed: bool = False
    ) -> str:
        value = given.get(name)
        return self.checked("" if value is None else value, name, place, longest, needed=needed)

    def checked(self, value: object, name: str, place: str, longest: int, *, needed: bool = False) -> str:
        if not isinstance(value, str):
            self.fault(place, name, _("must be text; write it in quotes."))
            return ""
        found = clean(value)
        if needed and not found:
            self.fault(place, name, _("must not be empty."))
        if len(found) > longest:
            words = _("has {n} characters; at most {most} are kept. Shorten it.")
            self.fault(place, name, words.format(n=len(found), most=longest))
        if "\0" in found or any(0xD800 <= ord(one) <= 0xDFFF for one in found):
            self.fault(place, name, _("has a character that cannot be kept (NUL); take it out."))
        return found

    def code(self, given: Mapping[Any, Any], place: str) -> str:
        found = self.text(given, "code", place, LONGEST_CODE, needed=True)
        if SEPARATOR in found or "\n" in found:
            self.fault(place, "code", _("a code is one line without a semicolon."))
        return found

    def list_of(self, given: Mapping[Any, Any], name: str, place: str, most: int) -> list[Any]:
        value = given.get(name)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.fault(place, name, _("must be a list."))
            return []
        if len(value) > most:
            self.fault(
                place,
                name,
                _("has {n} entries; at most {most} are taken in.").format(n=len(value), most=most),
            )
            return []
        return list(value)

    def texts(
        self, given: Mapping[Any, Any], name: str, place: str, longest: int, *, most: int, blank: bool = False
    ) -> tuple[str, ...]:
        rows = self.list_of(given, name, place, most)
        return tuple(
            self.checked("" if one is None else one, f"{name} {number}", place, longest, needed=not blank)
            for number, one in enumerate(rows, start=1)
        )

    def entries(self, given: Mapping[Any, Any], name: str, place: str, longest: int) -> tuple[str, ...]:
        found = self.texts(given, name, place, longest, most=MOST_IN_A_LIST)
        if any(SEPARATOR in one or "\n" in one for one in found):
            self.fault(place, name, _("an entry is one line without a semicolon."))
        return tuple(dict.fromkeys(found))

    def choices(
        self, given: Mapping[Any, Any], name: str, place: str, allowed: Sequence[str]
    ) -> tuple[str, ...]:
        found = self.entries(given, name, place, LONGEST_SUBJECT)
        for one in found:
            if one and one not in allowed:
                self.not_one_of(one, name, place, allowed)
        return found

    def choice(self, given: Mapping[Any, Any], name: str, place: str, allowed: Sequence[str]) -> str:
        found = self.text(given, name, place, LONGEST_NAME, needed=True)
        if found and found not in allowed:
            self.not_one_of(found, name, place, allowed)
        return found

    def not_one_of(self, value: str, name: str, place: str, allowed: Sequence[str]) -> None:
        words = _("{value} is not known; write one of {allowed}.")
        self.fault(place, name, words.format(value=value[:60], allowed=", ".join(allowed)))

    def number(
        self, given: Mapping[Any, Any], name: str, place: str, low: int, high: int,
        *, default: int | None = None, needed: bool = False,
    ) -> int | None:  # fmt: skip
        value = given.get(name)
        if value is None and not needed:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(
                place, name, _("must be a whole number from {low} to {high}.").format(low=low, high=high)
            )
            return None
        return value

    def truth(self, given: Mapping[Any, Any], name: str, place: str) -> bool:
        value = given.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(place, name, _("must be true or false."))
        return False
