"""What each app holds about a person, and what it removes after a time. Apps register theirs when they start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from alignment_dash.access.persondata.redaction import Words

Text = str | Promise
# The space of marks that e-mail addresses are in; the others are named after source systems.
EMAIL = "email"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom data is about: a person, an account, or both.

    note: what they do, in words. is_current: they work here today or will. target: the row that the audit names.
    words: names, addresses and ids by which texts may name them. marks: (space, outside id) by which they would be
    known again, see `marks`.
    """

    uid: UUID
    label: str
    person_id: int | None
    user_id: int | None
    target: Any
    note: str = ""
    is_current: bool = False
    is_erased: bool = False
    words: Words = field(default_factory=Words)
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of what is held.

    rows: what is handed out, one dictionary for each row with the same keys. count: how many rows, in one query.
    erase: removes or blanks it and returns how many rows; None: it stays, and `erased` says why. is_evidence: it
    tells how someone works. tables: the database tables with references to people that it answers for.
    """

    key: str
    label: Text
    rows: Callable[[Subject], Iterable[Row]]
    count: Callable[[Subject], int]
    erased: Text
    erase: Callable[[Subject], int] | None = None
    is_evidence: bool = False
    tables: frozenset[str] = frozenset()
    place: int = 100


@dataclass(frozen=True, slots=True)
class People:
    """What the app that holds people tells.

    find: words and how many at most in, the people with these words in their names out. of: a person's uid in,
    the subject out. of_user: an account's id in.
    """

    find: Callable[[str, int], list[Subject]]
    of: Callable[[UUID], Subject | None]
    of_user: Callable[[int], Subject | None]


@dataclass(frozen=True, slots=True)
class Retention:
    """A kind of rows that is removed after some days. default: None is never; a district may set at least `least`.

    found: those that a moment has passed, as short labels without names, for a look before anything is removed;
    remove: does it, returns how many.
    """

    key: str
    label: Text
    note: Text
    default: int | None
    least: int
    found: Callable[[datetime], Iterable[str]]
    remove: Callable[[datetime], int]
    place: int = 100


_holdings: dict[str, Holding] = {}
_people: list[People] = []
_retentions: dict[str, Retention] = {}


def register(holding: Holding) -> None:
    """Make a kind of data known."""
    _holdings[holding.key] = holding


def register_people(people: People) -> None:
    """Set the one source of people; called when the app that holds them starts."""
    _people[:] = [people]


def register_retention(retention: Retention) -> None:
    """Make known what is removed after a time."""
    _retentions[retention.key] = retention


def holdings() -> list[Holding]:
    """Return every kind of data, in order; what is erased in this order."""
    return sorted(_holdings.values(), key=lambda one: (one.place, one.key))


def people() -> People:
    """Return the registered source of people; LookupError when none is."""
    if not _people:
        raise LookupError("no app has registered the people whose data is asked about")
    return _people[0]


def retentions() -> list[Retention]:
    """Return everything that is removed after a time, in order."""
    return sorted(_retentions.values(), key=lambda one: (one.place, one.key))
