"""How accounts learn of places and people without importing the app that holds them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from alignment_dash.access.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """A place of today: `type` is what it is (see rules.PLACES_OF), `kind` what pages group it under."""

    id: int
    uid: UUID
    name: str
    type: str
    kind: str


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the district: their name, what they do where today, and the address the roster has."""

    uid: UUID
    name: str
    note: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """What the app that holds orgs and people tells pages of accounts; each is one or two queries.

    places: those of today. types_of_places: by id, of today alone. names_of_places: by id, also ended ones. people_of: who users are, by their ids.
    find: people without an account whose name or address has the words. link: make a user the person with this
    uid, or nobody (None); keyword-only user, person, by; ValidationError in words. rule_words: what gave a role
    whose source is "rule:...", by source.
    """

    places: Callable[[], list[Place]]
    types_of_places: Callable[[Collection[int]], dict[int, str]]
    names_of_places: Callable[[Collection[int]], dict[int, str]]
    people_of: Callable[[Collection[int]], dict[int, Someone]]
    find: Callable[[str], list[Someone]]
    link: Callable[[User, UUID | None, User], None]
    rule_words: Callable[[Collection[str]], dict[str, str]]


_registered: list[Directory] = []


def register(directory: Directory) -> None:
    """Set the one source; called when the app that holds places and people starts."""
    _registered[:] = [directory]


def registered() -> Directory:
    """Return the registered source; LookupError when none is."""
    if not _registered:
        raise LookupError("no app has registered the places and people that accounts ask about")
    return _registered[0]
