"""From what a file or a request says to a framework: every fault with its place and what to do about it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.models.framework import Competency, FrameworkKind, Proximity
from schools.models import Level, StaffRole

MOST_LEVELS, FEWEST_LEVELS = 10, 4
MOST_DIMENSIONS, MOST_ELEMENTS, MOST_IN_A_LIST = 50, 200, 50
LONGEST_NAME, LONGEST_LABEL, LONGEST_CODE, LONGEST_LEVEL_NAME = 200, 40, 40, 60
LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NOTE = 64, 5_000, 2_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
SEPARATOR = ";"  # between the entries of a list in one cell of a CSV

FRAMEWORK_FIELDS = (
    "kind", "name", "label", "first_school_year", "level_names", "proficient_level", "dimensions"
)  # fmt: skip
DIMENSION_FIELDS = ("name", "elements")
ELEMENT_FIELDS = (
    "code", "name", "description", "proximity", "focus", "grade_levels", "subjects", "roles", "competencies",
    "levels", "carries", "came_from", "origin_note",
)  # fmt: skip


class Placed(dict[str, Any]):
    """A mapping that knows where it stands in its file: "line 12", "row 3"."""

    place: str = ""


class Unreadable(Exception):
    """What was sent is no framework; `faults` says why, by place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


SHOWN_FAULTS = 30


def framework_from(given: object) -> FrameworkDefinition:
    """Return the framework that nested mappings and lists say. Descriptors and names may be missing, as in a draft.

    Raises Unreadable with every fault.
    """
    parser = _Parser()
    found = parser.framework(given)
    if parser.faults or found is None:
        more = len(parser.faults) - SHOWN_FAULTS
        rest = [ngettext("And {n} more.", "And {n} more.", more).format(n=more)] if more > 0 else []
        raise Unreadable(parser.faults[:SHOWN_FAULTS] + rest)
    return found


# What else ends a line in Unicode; YAML takes them for line feeds.
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return a text as it is kept: without white space around it, every line ended by a line feed."""
    return _LINE_ENDS.sub("\n", text).strip()


class _Parser:
    """Takes values out of what was given and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, place: str, name: str, words: str) -> None:
        where = ", ".join(part for part in (place, name) if part)
        self.faults.append(f"{where}: {words}" if where else words)

    def framework(self, given: object) -> FrameworkDefinition | None:
        if not isinstance(given, Mapping):
            self.fault(
                "",
                "",
                _("It is not a framework: it must have the fields {names}.").format(
                    names=", ".join(FRAMEWORK_FIELDS)
                ),
            )
            return None
        place = getattr(given, "place", "")
        self.known(given, FRAMEWORK_FIELDS, place)
        level_names = self.texts(given, "level_names", place, LONGEST_LEVEL_NAME, most=MOST_LEVELS)
        if len(level_names) < FEWEST_LEVELS:
            self.fault(place, "level_names", _("A framework has at least four proficiency levels."))
        if len(set(level_names)) != len(level_names):
            self.fault(place, "level_names", _("two levels have the same name; give each its own."))
        found = FrameworkDefinition(
            kind=self.choice(given, "kind", place, FrameworkKind.values),
            name=self.text(given, "name", place, LONGEST_NAME, needed=True),
            label=self.text(given, "label", place, LONGEST_LABEL, needed=True),
            level_names=level_names,
            dimensions=self.dimensions(given, place, len(level_names)),
            proficient_level=self.number(
                given, "proficient_level", place, 1, max(len(level_names), 1), default=3
            )
            or 3,
            first_school_year=self.number(given, "first_school_year", place, FIRST_YEAR, LAST_YEAR),
        )
        self.once(found, given)
        return found

    def dimensions(
        self, given: Mapping[Any, Any], place: str, n_levels: int
    ) -> dict[str, tuple[ElementDefinition, ...]]:
        rows = self.list_of(given, "dimensions", place, MOST_DIMENSIONS)
        found: dict[str, tuple[ElementDefinition, ...]] = {}
        for number, row in enumerate(rows, start=1):
            at = getattr(row, "place", "") or self.joined(place, _("dimension {n}").format(n=number))
            if not isinstance(row, Mapping):
                self.fault(at, "", _("must have the fields name and elements."))
                continue
            self.known(row, DIMENSION_FIELDS, at)
            name = self.text(row, "name", at, LONGEST_NAME, needed=True)
            if name in found:
                self.fault(
                    at,
                    "name",
                    _("two dimensions are called {name}; put their elements into one.").format(name=name),
                )
            elements = self.list_of(row, "elements", at, MOST_ELEMENTS)
            found[name] = tuple(
                one
                for place_of, each in enumerate(elements, start=1)
                if (one := self.element(each, self.joined(at, _("element {n}").format(n=place_of)), n_levels))
            )
        return found

    def element(self, given: object, at: str, n_levels: int) -> ElementDefinition | None:
        at = getattr(given, "place", "") or at
        if not isinstance(given, Mapping):
            self.fault(at, "", _("must have the fields {names}.").format(names=", ".join(ELEMENT_FIELDS)))
            return None
        self.known(given, ELEMENT_FIELDS, at)
        levels = self.texts(given, "levels", at, LONGEST_TEXT, most=MOST_LEVELS, blank=True)
        if len(levels) > n_levels:
            words = _("there are {n} descriptors for {levels} levels; name every level in level_names.")
            self.fault(at, "levels", words.format(n=len(levels), levels=n_levels))
        return ElementDefinition(
            code=self.code(given, at),
            name=self.text(given, "name", at, LONGEST_NAME),
            description=self.text(given, "description", at, LONGEST_TEXT),
            proximity=self.number(
                given, "proximity", at, min(Proximity.values), max(Proximity.values), needed=True
            )
            or 1,
            levels=levels + ("",) * (n_levels - len(levels)),
            focus=self.truth(given, "focus", at),
            competencies=self.choices(given, "competencies", at, Competency.values),
            grade_levels=self.choices(given, "grade_levels", at, Level.values),
            subjects=self.entries(given, "subjects", at, LONGEST_SUBJECT),
            roles=self.choices(given, "roles", at, StaffRole.values),
            carries=tuple(sorted(self.entries(given, "carries", at, LONGEST_CODE))),
            came_from=tuple(sorted(self.entries(given, "came_from", at, LONGEST_CODE))),
            origin_note=self.text(given, "origin_note", at, LONGEST_NOTE),
        )

    def once(self, found: FrameworkDefinition, given: Mapping[Any, Any]) -> None:
        """Say what stands twice: codes, and earlier elements whose ratings would be carried twice."""
        seen: set[str] = set()
        carried: dict[str, str] = {}
        codes = {one.code for one in found.elements}
        if len(found.elements) > MOST_ELEMENTS:
            self.fault("", "", _("A framework has at most {n} elements.").format(n=MOST_ELEMENTS))
        for one in found.elements:
            if one.code and one.code.casefold() in seen:
                self.fault(
                    "",
                    "code",
                    _("two elements have the same code, {code}; give each its own.").format(code=one.code),
                )
            seen.add(one.code.casefold())
            for earlier in one.carries:
                if earlier in carried:
                    words = _(
                        "the ratings of {earlier} are carried to {first} and to {second}; they count once."
                    )
                    self.fault(
                        "", "carries", words.format(earlier=earlier, first=carried[earlier], second=one.code)
                    )
                carried[earlier] = one.code
            for earlier in (*one.carries, *one.came_from):
                if earlier == one.code or (earlier in codes and earlier in one.carries):
                    words = _("{earlier} is an element of this version and keeps its own ratings.")
                    self.fault(one.code, "carries", words.format(earlier=earlier))
            for earlier in set(one.carries) & set(one.came_from):
                words = _("{earlier} stands in carries and in came_from; leave it in carries.")
                self.fault(one.code, "came_from", words.format(earlier=earlier))

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
