"""What later files of a bundle need to know about earlier ones, as arrays by hashed id."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .compact import Hashes, HashSet, HashTable, hashes
from .findings import Findings
from .options import Named
from .register import Register
from .role_rules import RoleMap
from .table import Batch

Kinds = NDArray[np.uint8]
Terms = NDArray[np.int64]
# What a person is to the district, by all roles together; combined with `|`.
FAMILY, STUDENT, STAFF = 1, 2, 4
# Has a role that waits: may be any of these.
WAITS = 8


class Words:
    """A few different words by number from 1; those beyond `most` share the last number."""

    def __init__(self, most: int = 250) -> None:
        self._most = most
        self._numbers: dict[str, int] = {}
        self.words = [""]

    def number(self, word: str) -> int:
        """The number of a word; 0 for the empty one."""
        if not word:
            return 0
        if word not in self._numbers and len(self.words) <= self._most:
            self._numbers[word] = len(self.words)
            self.words.append(word)
        return self._numbers.get(word, self._most)


@dataclass(slots=True)
class Late:
    """References that can be judged only when another file, or all of this one, has been read."""

    table: str
    column: str
    target: str
    is_list: bool = False
    named: HashSet = field(default_factory=HashSet)


@dataclass(slots=True)
class State:
    """Gathered while reading.

    `people` tells what a person is (FAMILY | STUDENT | STAFF | WAITS), `held_people` what those are who are
    without a role here and held by the consumer, or whose roles wait, `terms` and `class_terms` when a session and a
    class are (see `periods.py`), `homes` the org of a student's role, `role_pairs` who has a role where,
    `repeats` what may be there once in a file: name of the check -> hashes.
    """

    version: str
    register: Register
    findings: Findings
    role_map: RoleMap = field(default_factory=RoleMap)
    year_start: tuple[int, int] = (7, 1)
    most_staff_roles: int = 500_000
    known_staff: Named = lambda ids: ids
    org_types: HashTable = field(default_factory=lambda: HashTable("u1"))
    org_words: Words = field(default_factory=Words)
    school_years: HashSet = field(default_factory=HashSet)
    parents: dict[str, list[tuple[Hashes, Hashes, np.ndarray[tuple[int], np.dtype[np.int64]]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    people: HashTable = field(default_factory=lambda: HashTable("u1", np.bitwise_or))
    held_people: HashTable = field(default_factory=lambda: HashTable("u1", np.bitwise_or))
    homes: HashTable = field(default_factory=lambda: HashTable("i8", np.minimum))
    home_ids: dict[str, int] = field(default_factory=dict)
    role_pairs: HashSet = field(default_factory=HashSet)
    rule_users: dict[int, HashSet] = field(default_factory=dict)
    rule_columns: set[str] = field(default_factory=set)
    staff_roles: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    terms: HashTable = field(default_factory=lambda: HashTable("i8"))
    class_terms: HashTable = field(default_factory=lambda: HashTable("i8"))
    kinds_by_place: Kinds = field(default_factory=lambda: np.empty(0, np.uint8))
    terms_by_place: Terms = field(default_factory=lambda: np.empty(0, np.int64))
    repeats: dict[str, HashSet] = field(default_factory=lambda: defaultdict(HashSet))
    late: list[Late] = field(default_factory=list)
    unmatched_words: Counter[str] = field(default_factory=Counter)
    # Rows for other tables than the file's own, made on the way: in 1.1 roles stand in users.csv.
    side_rows: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(list))

    def kinds_of(self, batch: Batch, column: str) -> Kinds:
        """What each person of a column is; 0 for one of whom this bundle says nothing, or only that a role waits."""
        places = self.register.places("users", batch, column)
        if places is not None:
            return np.asarray(self.kinds_by_place[places])
        asked = batch.hashes(column)
        return np.asarray((self.people.get(asked) | self.held_people.get(asked)) & ~np.uint8(WAITS))

    def terms_of(self, batch: Batch) -> Terms:
        """The term of the class of each enrollment; 0 where it is not known."""
        places = self.register.places("classes", batch, "classSourcedId")
        if places is not None:
            return np.asarray(self.terms_by_place[places])
        return np.asarray(self.class_terms.get(batch.hashes("classSourcedId")))

    def finish_people(self, ids: HashSet) -> None:
        """Put what people are beside their ids, and let go of what only people are compared with."""
        kinds = self.people.get(ids.keys()) | self.held_people.get(ids.keys())
        self.kinds_by_place = kinds & ~np.uint8(WAITS)
        self.role_pairs, self.home_ids, self.rule_users, self.staff_roles = HashSet(), {}, {}, {}
        self.homes = HashTable("i8", np.minimum)

    def school_year_of(self, begin: date, end: date) -> int:
        """The end year of the school year that the middle of a period falls in."""
        middle = begin + (end - begin) / 2
        return middle.year + ((middle.month, middle.day) >= self.year_start)

    def org_types_of(self, source: str, ids: set[str]) -> dict[str, str]:
        """The type of each org, "" where it is not known; of held orgs, only schools can be told."""
        listed = sorted(ids)
        numbers = self.org_types.get(hashes(listed)).tolist()
        found = {one: self.org_words.words[number] for one, number in zip(listed, numbers, strict=True)}
        unknown = {one for one, word in found.items() if one and not word}
        if unknown and self.register.may_leave_bundle(source, "orgs"):
            found.update(dict.fromkeys(self.register.holds("schools", unknown), "school"))
        return found

    def is_school(self, ids: list[str]) -> list[bool]:
        """Which of the ids are schools of this bundle, or of a type of the district's own."""
        words = (self.org_words.words[number] for number in self.org_types.get(hashes(ids)).tolist())
        return [word == "school" or word.startswith("ext:") for word in words]


Check = Callable[[Batch, State], None]
