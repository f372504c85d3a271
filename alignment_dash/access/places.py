"""How access learns about places and people without importing the apps that hold them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a user is in the district (None: nobody in it), and the ids of the schools at or below each org asked about."""

    person_id: int | None
    schools_under: dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Places:
    """What the app that holds orgs and people tells access.

    standing_of: a user's id and org ids in, their standing out; one query.
    """

    standing_of: Callable[[int, Collection[int]], Standing]


_registered: list[Places] = []


def register(places: Places) -> None:
    """Set the one source of places; called when the app that holds them starts."""
    _registered[:] = [places]


def registered() -> Places:
    """Return the registered source; LookupError when none is."""
    if not _registered:
        raise LookupError("no app has registered the places that access asks about")
    return _registered[0]
