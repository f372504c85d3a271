"""What pages and the API say when someone looks at evidence about persons, or takes rows away."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from alignment_dash.access import audit
from alignment_dash.access.doors import signed_in

# A filter is a key such as a uid, a level or a year; what is longer was typed.
_LONGEST = 64


def seen(
    request: HttpRequest | Request, what: str, *, target: Any, people: Iterable[int] = (), **detail: Any
) -> None:
    """Record that evidence about persons is looked at, before it is shown; one query.

    what: as in "view.<what>". people: ids of the persons it is about, who can ask who looked at their evidence.
    A page that cannot record this must not be shown: the error is left to go up.
    """
    about = sorted(set(people))
    full = detail | ({"people": about} if about else {})
    audit.record_seen(act=f"view.{what}", target=target, by=signed_in(request), detail=full)


def exported(
    request: HttpRequest | Request,
    what: str,
    *,
    target: Any,
    rows: int,
    filters: Mapping[str, object],
    polled: bool = False,
) -> None:
    """Record that rows leave as a file or over the API, before they do; one query.

    filters: those in force, as keys and values. polled: a program may ask for the same again and again; within a
    minute that is one event.
    """
    kept = {name: str(value)[:_LONGEST] for name, value in filters.items() if value not in ("", None, False)}
    detail = {"rows": rows} | ({"filters": kept} if kept else {})
    write = audit.record_seen if polled else audit.record
    write(act=f"export.{what}", target=target, by=signed_in(request), detail=detail)
