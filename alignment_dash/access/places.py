"""How access learns about places and people without importing the apps that hold them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """What the app that holds orgs and people tells access.

    schools_under: org ids in, ids of the schools at or below them out; one query.
    person_of: a user's id in, the id of the person they are (or None) out; one query.
    """

    schools_under: Callable[[Collection[int]], frozenset[int]]
    person_of: Callable[[int], int | None]


_registered: list[Places] = []


def register(places: Places) -> None:
    """Set the one source of places; called when the app that holds them starts."""
    _registered[:] = [places]


def registered() -> Places:
    """Return the registered source; LookupError when none is."""
    if not _registered:
        raise LookupError("no app has registered the places that access asks about")
    return _registered[0]
