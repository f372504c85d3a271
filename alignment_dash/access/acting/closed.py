"""What stays closed while one acts as someone else, whatever the two may."""

from collections.abc import Callable
from typing import Any

from django.urls import ResolverMatch

from alignment_dash.access.policy import Data

# Pages that ask for no kind of data and hold nothing of a person's own. Others without one (passwords, second
# factors, tokens) are closed, also those that are yet to be written.
OPEN = frozenset(
    {"ui:home", "acting:stop", "logout", "health", "api-schema", "api-docs", "trace:who-sees-what"}
)
CLOSED = frozenset({Data.ACCOUNTS, Data.ACT_AS, Data.PERSON_DATA})


def is_open(match: ResolverMatch) -> bool:
    """Say whether a route is open to someone who acts as another."""
    data = data_of(match.func)
    return match.view_name in OPEN if data is None else data not in CLOSED


def data_of(view: Callable[..., Any]) -> Data | None:
    """Return the kind of data that a page or a route of the API asks for; None for none."""
    of_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    data: Data | None = getattr(view, "data", None) or getattr(of_class, "data", None)
    return data
