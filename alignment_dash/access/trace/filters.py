"""What the page of the audit is asked for: by whom, what kind of act, about what, from when to when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from alignment_dash.access.trace.sentences import GROUPS
from alignment_dash.schoolyear import today

DAYS_BY_DEFAULT = 30
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Cursor:
    """The event after which a page goes on: when it was, and its id among those of the same instant."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Return what an address holds; None for nonsense."""
        when, _sign, number = text.partition("~")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        try:
            at = datetime.fromisoformat(when)
            # PostgreSQL takes no offset of sixteen hours or more, and Python no moment before the year 1.
            return cls(at.astimezone(UTC), int(number)) if at.tzinfo else None
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Filters of the audit; nonsense in an address is left out. who, about: words typed, or a uid from a link."""

    first: date
    last: date
    who: str = ""
    about: str = ""
    group: str = ""
    before: Cursor | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Read the query string of the page, its export included."""
        last = _day(params.get("last", "")) or today()
        return cls(
            first=_day(params.get("first", "")) or last - timedelta(days=DAYS_BY_DEFAULT),
            last=last,
            who=_words(params.get("who", "")),
            about=_words(params.get("about", "")),
            group=params.get("group", "") if params.get("group", "") in GROUPS else "",
            before=Cursor.parse(params.get("before", "")),
        )

    def kept(self) -> dict[str, object]:
        """Return the filters as the record of an export keeps them: no word that someone typed, for it may be a name."""
        words = {name: value for name, value in (("who", self.who), ("about", self.about)) if value}
        shown = {name: value if is_uid(value) else "words" for name, value in words.items()}
        return {"first": self.first, "last": self.last, "group": self.group, **shown}


def is_uid(text: str) -> bool:
    """Say whether a text is one of the ids that addresses show."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1950 <= found.year <= 2100 else None


def _words(text: str) -> str:
    return text.replace("\0", "").strip()[:_LONGEST]
