"""What a word may be said to mean: the choices of its form, and back from the form to a meaning."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from instruction.imports.matching import wordings_of
from instruction.imports.products.look import elements_in_force
from instruction.imports.products.meanings import KINDS, PURPOSES, Meaning
from instruction.imports.products.words import LEAVE_OUT
from instruction.models import ValueKind
from schools.models import ExternalId, Kind, Org, OrgType, Person, StaffAssignment

PEOPLE = {ValueKind.TEACHER, ValueKind.OBSERVER}
Option = tuple[str, str]


# What is written where an id is not known: what one row's means is not what the next one's does.
_ANYONE = re.compile(
    r"[0\W_]*|n/?a|none|null|nil|unknown|tb[ad]|x+|9+|vacant|sub(stitute)?|not assigned|unassigned|various",
    re.IGNORECASE,
)


class NotAChoice(ValueError):
    """What was chosen is not among the choices; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person or school as a choice: the uid outside, the id inside."""

    uid: str
    label: str


class Choices:
    """The choices for some words; a constant number of queries, whatever their number.

    `rows`: ids of people that are suggested or meant. `people`: code of the system whose ids may be typed.
    """

    def __init__(self, people_ids: Iterable[int], *, people: str) -> None:
        self._people_ids = set(people_ids)
        self._system = people

    @cached_property
    def people(self) -> dict[int, Named]:
        schools: dict[int, str] = {}
        held = StaffAssignment.objects.filter(person__in=self._people_ids, org__type=OrgType.SCHOOL)
        for person, name in held.order_by("-during").values_list("person_id", "org__name"):
            schools.setdefault(person, name)
        found = Person.objects.filter(pk__in=self._people_ids).select_related("identity")
        return {
            one.pk: Named(
                str(one.uid),
                " · ".join(part for part in (one.identity.display_name, schools.get(one.pk, "")) if part),
            )
            for one in found
            if hasattr(one, "identity")
        }

    @cached_property
    def schools(self) -> dict[int, Named]:
        rows = Org.objects.filter(type=OrgType.SCHOOL).order_by("name").values_list("pk", "uid", "name")
        return {pk: Named(str(uid), name) for pk, uid, name in rows}

    @cached_property
    def levels(self) -> list[Option]:
        year = schoolyear.current_year()
        held = [one for year_held in wordings_of([year, year - 1]).values() for one in year_held]
        longest = max((one.levels for one in held), key=len, default=())
        return [(f"code:{n}", f"{n} – {name}") for n, name in enumerate(longest, start=1)]

    @cached_property
    def elements(self) -> list[Option]:
        return [(f"code:{code}", f"{code} – {name}") for code, name in elements_in_force().items()]

    def options(self, kind: str, candidates: Iterable[int] = ()) -> list[Option]:
        """Return value and label of each choice for a word of a kind; the first leaves it waiting."""
        wait = [("", _("Wait in the queue"))]
        if kind in PEOPLE:
            named = [self.people[one] for one in dict.fromkeys(candidates) if one in self.people]
            found = [(f"row:{one.uid}", one.label) for one in named]
        elif kind == ValueKind.SCHOOL:
            found = [(f"row:{one.uid}", one.label) for one in self.schools.values()]
        elif kind == ValueKind.LEVEL:
            found = self.levels
        elif kind == ValueKind.ELEMENT:
            found = self.elements
        else:
            words = KINDS if kind == ValueKind.KIND else PURPOSES
            found = [(f"code:{code}", label) for code, label in words.items()]
        return [*wait, *found, (f"code:{LEAVE_OUT}", self._out(kind))]

    @staticmethod
    def _out(kind: str) -> str:
        if kind == ValueKind.LEVEL:
            return _("No rating")
        return (
            _("No element: leave these ratings out")
            if kind == ValueKind.ELEMENT
            else _("Leave these rows out")
        )

    def outside(self, kind: str, said: str) -> str:
        """Return a meaning as its choice's value: "row:<id>" becomes "row:<uid>"."""
        if not said.startswith("row:"):
            return said
        named = self.people if kind in PEOPLE else self.schools
        found = named.get(int(said[4:]))
        return f"row:{found.uid}" if found else ""

    def preselected(self, kind: str, written: str, suggestion: str) -> str:
        """Return the value of the choice to begin with: the guess, but no person for what stands for anyone."""
        if kind in PEOPLE and _ANYONE.fullmatch(written.strip()):
            return ""
        return self.outside(kind, suggestion)

    def label(self, kind: str, meaning: Meaning) -> str:
        """Return a meaning in words."""
        if meaning.row is not None:
            named = (self.people if kind in PEOPLE else self.schools).get(meaning.row)
            return named.label if named else _("(no longer here)")
        return dict(self.options(kind)).get(f"code:{meaning.code}", meaning.code)

    def parse(self, kind: str, chosen: str, typed: str = "") -> Meaning | None:
        """Return what was chosen, or for a person typed as an id; None: it waits. NotAChoice for anything else."""
        if typed.strip() and kind in PEOPLE:
            return Meaning(row=self._by_id(typed.strip()))
        if not chosen:
            return None
        if chosen.startswith("row:") and kind in {*PEOPLE, ValueKind.SCHOOL}:
            return Meaning(row=self._by_uid(kind, chosen[4:]))
        if chosen.startswith("code:") and chosen in dict(self.options(kind)):
            return Meaning(code=chosen[5:])
        raise NotAChoice(_("This is not among the choices."))

    def _by_uid(self, kind: str, uid: str) -> int:
        named = self.people if kind in PEOPLE else self.schools
        found = next((pk for pk, one in named.items() if one.uid == uid), None)
        if found is None:
            raise NotAChoice(_("This is not among the choices."))
        return found

    def _by_id(self, text: str) -> int:
        rows = ExternalId.objects.filter(
            system__code=self._system, kind=Kind.PERSON, external_id=text[:255]
        ).values_list("row_id", flat=True)
        found = rows.first()
        if found is None:
            raise NotAChoice(_("No one in the roster has this id."))
        return found


def people_in(values: Iterable[Mapping[str, Any]]) -> set[int]:
    """Return the ids of the people that words may mean, from an outlook's values."""
    found: set[int] = set()
    for one in values:
        if one["kind"] in PEOPLE:
            found.update(one["candidates"])
            if str(one["suggestion"]).startswith("row:"):
                found.add(int(one["suggestion"][4:]))
    return found
