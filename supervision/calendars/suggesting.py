"""What an event of a calendar was probably for, and with whom: simple rules that are said beside each; no rows.

A suggestion saves a supervisor from choosing; she sees why it was made and changes it. In this order: what she chose
for the same event or title before; private, all-day and canceled events and those at the weekend are left out; words
in the title; principals who take part. Where no rule speaks it is other work, for what is left out of a week's
account makes the shares of the rest look larger.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from supervision.calendars.title_words import has_word, plain, purpose_of
from supervision.timelog.purposes import WITH_PRINCIPALS

# Words of school names that tell none from another.
COMMON: Final = frozenset(
    [
        "school",
        "elementary",
        "middle",
        "high",
        "junior",
        "senior",
        "academy",
        "primary",
        "the",
        "of",
        "at",
        "for",
        "and",
        "k8",
        "k-8",
        "prep",
        "charter",
        "magnet",
        "escuela",
        "primaria",
        "secundaria",
        "preparatoria",
        "academia",
        "de",
        "la",
        "del",
    ]
)
MANY = 3
PLC: Final = "principal-plc"


@dataclass(frozen=True, slots=True)
class Known:
    """A principal of the caseload, by the id of the person and of the school, and what may name them in a title."""

    person: int
    school: int
    family_name: str
    school_name: str


@dataclass(frozen=True, slots=True)
class Event:
    """What is asked about. weekday as date.weekday() counts; people: ids of persons who were invited."""

    external_id: str
    title: str
    place: str
    all_day: bool
    is_private: bool
    starts_at: datetime
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What an event was for. purpose "" leaves it out; principals: (person id, school id)."""

    purpose: str
    department: str = ""
    principals: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice and what it rests on: a rule's key, and the words that spoke."""

    choice: Choice
    rule: str
    words: tuple[str, ...] = ()


def suggest(
    event: Event, caseload: Sequence[Known], before: Mapping[str, Choice], titles: Mapping[str, Choice]
) -> Suggestion:
    """Suggest what an event was for. before: choices by external id of events; titles: by `title_key`.

    Rules: "before", "private", "all-day", "weekend", "title", "with", "unknown".
    """
    chosen = before.get(event.external_id) or (titles.get(title_key(event.title)) if event.title else None)
    if chosen is not None:
        return Suggestion(chosen, "before")
    for rule, holds in (
        ("private", event.is_private), ("all-day", event.all_day), ("weekend", event.starts_at.weekday() > 4)
    ):  # fmt: skip
        if holds:
            return Suggestion(Choice(""), rule)
    principals, names = taking_part(event, caseload)
    purpose, word = purpose_of(event.title)
    if purpose == PLC and len(principals) < MANY:
        # Who hosts it is named, and everyone comes.
        everyone = {one.person: (one.person, one.school) for one in reversed(caseload)}
        return Suggestion(Choice(PLC, principals=frozenset(everyone.values())), "title", (word,))
    if purpose is not None:
        takes_part = purpose in WITH_PRINCIPALS
        said = (word, *names) if takes_part else (word,)
        return Suggestion(
            Choice(purpose, principals=principals if takes_part else frozenset()), "title", said
        )
    if principals:
        purpose = PLC if len(principals) >= MANY else "one-on-one"
        return Suggestion(Choice(purpose, principals=principals), "with", names)
    return Suggestion(Choice("other"), "unknown")


def title_key(title: str) -> str:
    """Return what two titles share that say the same: no case, no digits of a date, single spaces."""
    return " ".join(re.sub(r"[\d/.#-]+", " ", title.casefold()).split())


def taking_part(
    event: Event, caseload: Sequence[Known]
) -> tuple[frozenset[tuple[int, int]], tuple[str, ...]]:
    """Return who of the caseload was invited or is named by title or place, each once, and the words that told.

    A name that two share tells of neither; of a principal's two schools the one that is named, else the first.
    """
    text = plain(f"{event.title} {event.place}")
    by_school = _unique([(one, words) for one in caseload for words in _school_words(one.school_name)])
    by_name = _unique([(one, plain(one.family_name)) for one in caseload if len(one.family_name) > 2])
    found: dict[int, tuple[int, str]] = {}
    for names in (by_school, by_name):
        for words, one in names.items():
            if has_word(text, words):
                found.setdefault(one.person, (one.school, words))
    for one in caseload:
        if one.person in event.people:
            found.setdefault(one.person, (one.school, one.family_name))
    pairs = frozenset((person, school) for person, (school, _words) in found.items())
    return pairs, tuple(dict.fromkeys(words for _school, words in found.values()))


def _school_words(name: str) -> list[str]:
    """Return a school's name and the part of it that is its own: "cedar" of "Cedar Elementary School"."""
    whole = plain(name)
    own = " ".join(word for word in whole.split() if word not in COMMON)
    return list(dict.fromkeys(words for words in (whole, own) if len(words) > 2))


def _unique(pairs: Collection[tuple[Known, str]]) -> dict[str, Known]:
    """Keep the words that name one person alone."""
    named: dict[str, dict[int, Known]] = {}
    for one, words in pairs:
        named.setdefault(words, {}).setdefault(one.person, one)
    return {words: next(iter(of.values())) for words, of in named.items() if len(of) == 1}
