"""What the words of a file stand for: what people have said before, what is sure, and what has to be asked."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from instruction.imports.matching import Wording
from instruction.imports.products import words
from instruction.imports.products.drafts import Draft, Who
from instruction.imports.products.people import Found, People
from instruction.imports.products.schools import Schools
from instruction.imports.products.words import LEAVE_OUT, norm
from instruction.models import Alias, ObservationKind, Purpose, ValueKind
from schools.models import SourceSystem

# What may come from a file: a calibration video is named by our own format only.
KINDS = {one.value: str(one.label) for one in ObservationKind if one != ObservationKind.CALIBRATION}
PURPOSES = {one.value: str(one.label) for one in Purpose}
SEPARATOR = " · "
_LONGEST_KEY = 600


@dataclass(slots=True)
class Asked:
    """A word that someone has to explain. `text`: as it is compared; `written`: as the file first has it.

    `suggestion`: "row:<id>" or "code:<code>". `places`: field or rating:CODE -> the rows that wait for it there.
    """

    kind: str
    text: str
    written: str
    hint: str = ""
    suggestion: str = ""
    how: str = ""
    candidates: tuple[int, ...] = ()
    places: dict[str, set[int]] = field(default_factory=dict)

    @property
    def rows(self) -> set[int]:
        return {row for rows in self.places.values() for row in rows}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word's meaning: a row or a code; `is_out`: someone said to leave it out."""

    row: int | None = None
    code: str = ""

    @property
    def is_out(self) -> bool:
        return self.code == LEAVE_OUT

    @classmethod
    def of(cls, said: str) -> "Meaning":
        kind, _, value = said.partition(":")
        return cls(row=int(value)) if kind == "row" else cls(code=value)


def aliases_of(source: SourceSystem | None) -> dict[tuple[str, str], str]:
    """Return what has been said about a product's words; one query."""
    if source is None:
        return {}
    rows = Alias.objects.filter(source=source).values_list("kind", "text", "row_id", "code")
    return {
        (kind, text): f"row:{row}" if row is not None else f"code:{code}" for kind, text, row, code in rows
    }


def person_key(who: Who, school: str) -> str:
    """Return what an alias of a person is kept under: all that the file says of them, and `school` if given.

    An id alone is not enough: many rows may share one that stands for none ("TBD"), or a wrong one.
    """
    key = norm(SEPARATOR.join(part for part in (who.id, who.email, who.name, school) if part))
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[: _LONGEST_KEY - 65]} {hashlib.sha256(key.encode()).hexdigest()}"


class Meanings:
    """Answers for every word of one file, remembering what it could not answer."""

    def __init__(
        self,
        drafts: Iterable[Draft],
        *,
        systems: list[SourceSystem],
        said: Mapping[tuple[str, str], str],
    ) -> None:
        self._said = said
        self._schools = Schools(systems)
        self._people = People({who for one in drafts for who in (one.teacher, one.observer)}, systems)
        self._known: dict[tuple[object, ...], Meaning | Asked] = {}
        self._has: dict[tuple[str, int], bool] = {}
        self.asked: dict[tuple[str, str], Asked] = {}

    def school(self, text: str) -> Meaning | Asked:
        return self._known_or(("school", text), lambda: self._school(text))

    def person(self, kind: ValueKind, who: Who, school_text: str, school: int | None) -> Meaning | Asked:
        key = (kind, who, school_text)
        return self._known_or(key, lambda: self._person(kind, who, school_text, school))

    def code(self, kind: ValueKind, text: str, wording: Wording) -> Meaning | Asked:
        """Return the meaning of a kind, purpose, element or level."""
        return self._known_or((kind, text, wording.version_id), lambda: self._code(kind, text, wording))

    def has_element(self, text: str, wording: Wording) -> bool:
        """Say whether a text is surely one of a framework's elements; nothing is asked."""
        said = self._said.get((ValueKind.ELEMENT, norm(text)))
        if said:
            return Meaning.of(said).code in wording.elements
        key = text, wording.version_id
        if key not in self._has:
            self._has[key] = words.element_of(text, wording.names)[1]
        return self._has[key]

    def _known_or(self, key: tuple[object, ...], work: Callable[[], Meaning | Asked]) -> Meaning | Asked:
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]

    def _ask(self, asked: Asked) -> Asked:
        return self.asked.setdefault((asked.kind, asked.text), asked)

    def _school(self, text: str) -> Meaning | Asked:
        if said := self._said.get((ValueKind.SCHOOL, norm(text))):
            return Meaning.of(said)
        found, is_sure = self._schools.find(text)
        if is_sure:
            return Meaning(row=found)
        return self._ask(
            Asked(ValueKind.SCHOOL, norm(text), text, suggestion=f"row:{found}" if found else "", how="like")
        )

    def _person(self, kind: ValueKind, who: Who, school_text: str, school: int | None) -> Meaning | Asked:
        found: Found = self._people.find(who, school)
        if found.person is not None and found.is_agreed:
            return Meaning(row=found.person)
        # Observers go from school to school: their school is part of the key only where two share a name.
        is_by_name = bool(who.name) and not self._people.knows(who)
        is_apart = is_by_name and (kind == ValueKind.TEACHER or self._people.n_named(who) > 1)
        key = person_key(who, school_text if is_apart else "")
        if said := self._said.get((kind, key)):
            return Meaning.of(said)
        if found.person is not None:
            return Meaning(row=found.person)
        hint = SEPARATOR.join(
            part for part in (who.name, who.email, school_text) if part and norm(part) != norm(who.text)
        )
        return self._ask(
            Asked(
                kind,
                key,
                who.text,
                hint=hint[:600],
                suggestion=f"row:{found.suggestion}" if found.suggestion else "",
                how=found.how,
                candidates=found.candidates,
            )
        )

    def _code(self, kind: ValueKind, text: str, wording: Wording) -> Meaning | Asked:
        if said := self._said.get((kind, norm(text))):
            return Meaning.of(said)
        code, is_sure = _meaning(kind, text, wording)
        if is_sure:
            return Meaning(code=code)
        return self._ask(Asked(kind, norm(text), text, suggestion=f"code:{code}" if code else ""))


def _meaning(kind: ValueKind, text: str, wording: Wording) -> tuple[str, bool]:
    if kind == ValueKind.KIND:
        return words.kind_of(text, KINDS)
    if kind == ValueKind.PURPOSE:
        return words.purpose_of(text, PURPOSES)
    if kind == ValueKind.LEVEL:
        return words.level_of(text, wording.levels)
    return words.element_of(text, wording.names)
