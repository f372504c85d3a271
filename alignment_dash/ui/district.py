"""The district's name, which the app that holds the district registers how to read."""

from collections.abc import Callable

from django.core.cache import cache

_readers: list[Callable[[], str]] = []
KEY = "district-name"


def register(reader: Callable[[], str]) -> None:
    """Set how the name is read."""
    _readers[:] = [reader]


def name() -> str:
    """Return the district's name, read once a minute at most."""
    return str(cache.get_or_set(KEY, lambda: _readers[0]() if _readers else "", timeout=60))


def forget() -> None:
    """Read the name anew the next time it is asked for."""
    cache.delete(KEY)
