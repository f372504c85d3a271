"""Who a file means: by id, by e-mail address, and by name where one person alone has it; never silently by name."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Func, Value
from django.db.models.functions import Lower

from instruction.imports.matching import Spell, spells_of
from instruction.imports.products.drafts import Who
from instruction.imports.products.words import norm
from schools.models import ExternalId, Identity, Kind, SourceSystem

CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a person: `person` where it is sure, else a suggestion and others it may be.

    `is_agreed`: the id or e-mail address and the name beside it are those of the person.
    """

    person: int | None = None
    is_agreed: bool = False
    suggestion: int | None = None
    how: str = ""
    candidates: tuple[int, ...] = field(default=())


def tokens(name: str) -> frozenset[str]:
    """Return the words of a name without accents, commas and initials: "Núñez, Ana M." -> {"nunez", "ana"}."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", norm(name)) if not unicodedata.combining(sign)
    )
    words = "".join(sign if sign.isalnum() or sign in "'-" else " " for sign in plain).split()
    return frozenset(word for word in words if len(word) > 1)


class People:
    """What the roster knows of the people of a file; at most six queries, whatever the file's size."""

    def __init__(self, wanted: Iterable[Who], systems: list[SourceSystem]) -> None:
        people = set(wanted)
        self._ids = self._by_id({who.id for who in people} - {""}, systems)
        self._bare = self._by_bare_id(
            {who.id for who in people if who.id.isascii() and who.id.isdigit() and who.id not in self._ids},
            systems,
        )
        self._emails = self._by_email({norm(who.email) for who in people} - {""})
        self._full: dict[frozenset[str], list[int]] = defaultdict(list)
        self._family: dict[str, list[int]] = defaultdict(list)
        # family names, and given names with the preferred one, of those whose id or address the file has
        self._names: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._spells: dict[int, list[Spell]] = {}
        if any(who.name for who in people):
            sure = {one for held in (*self._ids.values(), *self._emails.values()) for one in held}
            self._read_names({word for who in people for word in tokens(who.name)}, sure)

    @staticmethod
    def _by_id(ids: set[str], systems: list[SourceSystem]) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        known = ExternalId.objects.filter(system__in=systems, kind=Kind.PERSON, external_id__in=ids)
        for external_id, row_id in known.values_list("external_id", "row_id"):
            found[external_id].add(row_id)
        return dict(found)

    @staticmethod
    def _by_bare_id(ids: set[str], systems: list[SourceSystem]) -> dict[str, set[int]]:
        """Ids that a spreadsheet has robbed of their leading zeros: a suggestion, for two may become one."""
        if not ids:
            return {}
        found: dict[str, set[int]] = defaultdict(set)
        bare = Func(F("external_id"), Value("0"), function="ltrim")
        known = ExternalId.objects.filter(system__in=systems, kind=Kind.PERSON).annotate(bare=bare)
        wanted = {one.lstrip("0") for one in ids} - {""}
        for text, row_id in known.filter(bare__in=wanted).values_list("bare", "row_id"):
            found[text].add(row_id)
        return dict(found)

    @staticmethod
    def _by_email(emails: set[str]) -> dict[str, set[int]]:
        if not emails:
            return {}
        found: dict[str, set[int]] = defaultdict(set)
        known = Identity.objects.annotate(lower=Lower("email")).filter(lower__in=emails)
        for email, person in known.values_list("lower", "person_id"):
            found[email].add(person)
        return dict(found)

    def _read_names(self, words: set[str], sure: set[int]) -> None:
        """Keep those identities of whose name the file has a word, and where they have worked; two queries."""
        rows = Identity.objects.values_list("person_id", "given_name", "preferred_given_name", "family_name")
        for person, given, preferred, family in rows.iterator():
            last = tokens(family)
            if person in sure:
                self._names[person] = last, tokens(f"{given} {preferred}")
            if not last & words and not tokens(f"{given} {preferred}") & words:
                continue
            for first in {given, preferred} - {""}:
                self._full[tokens(f"{first} {family}")].append(person)
            for word in last:
                self._family[word].append(person)
        close = {one for words_of in self._full.values() for one in words_of}
        self._spells = spells_of(close)

    def knows(self, who: Who) -> bool:
        """Say whether the roster has this id or e-mail address."""
        return who.id in self._ids or norm(who.email) in self._emails

    def n_named(self, who: Who) -> int:
        """Return how many people have this name, in whatever order it is written."""
        return len(set(self._full.get(tokens(who.name), ()))) if tokens(who.name) else 0

    def find(self, who: Who, school: int | None) -> Found:
        """Say who it is. An id or e-mail address is sure unless the name beside it is someone else's."""
        by_id, by_email = self._ids.get(who.id, set()), self._emails.get(norm(who.email), set())
        agreed = by_id & by_email if by_id and by_email else by_id or by_email
        if len(agreed) == 1:
            person = next(iter(agreed))
            if self._may_be(person, who):
                return Found(person=person, is_agreed=self._has_name(person, who))
            return Found(suggestion=None, how="name-differs", candidates=(person, *self._like(who, school)))
        if by_id or by_email:
            return Found(how="several", candidates=tuple(sorted(by_id | by_email))[:CANDIDATES])
        bare = self._bare.get(who.id.lstrip("0"), set()) if who.id else set()
        if len(bare) == 1:
            return Found(suggestion=next(iter(bare)), how="zeros", candidates=tuple(bare))
        return self._by_name(who, school)

    def _has_name(self, person: int, who: Who) -> bool:
        return person in self._names and bool(self._names[person][0] & tokens(who.name))

    def _may_be(self, person: int, who: Who) -> bool:
        """Whether the name in the file may be the person's: a family name is, and no other given name is there.

        True where either has no name.
        """
        words, (last, first) = tokens(who.name), self._names.get(person, (frozenset(), frozenset()))
        if not words or not last:
            return True
        given = words - last
        return bool(last & words) and (not given or not first or bool(given & first))

    def _by_name(self, who: Who, school: int | None) -> Found:
        same = [one for one in dict.fromkeys(self._full.get(tokens(who.name), ())) if tokens(who.name)]
        here = [one for one in same if school is not None and self._worked_at(one, school)]
        others = self._like(who, school)
        if len(here) == 1:
            return Found(
                suggestion=here[0], how="name-school", candidates=tuple(dict.fromkeys(here + others))
            )
        if len(same) == 1:
            return Found(suggestion=same[0], how="name", candidates=tuple(dict.fromkeys(same + others)))
        return Found(how="several" if same else "", candidates=tuple(others))

    def _like(self, who: Who, school: int | None) -> list[int]:
        """Return people with the same family name, those of the school and with the same given name first."""
        words = tokens(who.name)
        close = {one for word in words for one in self._family.get(word, ())}
        same = set(self._full.get(words, ()))
        order = sorted(
            close,
            key=lambda one: (one not in same, school is None or not self._worked_at(one, school), one),
        )
        return order[:CANDIDATES]

    def _worked_at(self, person: int, school: int) -> bool:
        return any(spell.school_id == school for spell in self._spells.get(person, ()))
