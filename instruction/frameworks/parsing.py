"""From what a file or a request says to a framework: every fault with its place and what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.values import (
    FEWEST_LEVELS,
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_CODE,
    LONGEST_LABEL,
    LONGEST_LEVEL_NAME,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_DIMENSIONS,
    MOST_ELEMENTS,
    MOST_LEVELS,
    Unreadable,
    Values,
)
from instruction.models.framework import Competency, FrameworkKind, Proximity
from schools.models import Level, StaffRole

FRAMEWORK_FIELDS = (
    "kind", "name", "label", "first_school_year", "level_names", "proficient_level", "dimensions"
)  # fmt: skip
DIMENSION_FIELDS = ("name", "elements")
ELEMENT_FIELDS = (
    "code", "name", "description", "proximity", "focus", "grade_levels", "subjects", "roles", "competencies",
    "levels", "carries", "came_from", "origin_note",
)  # fmt: skip

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


class _Parser(Values):
    """Builds a framework of what was given."""

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
