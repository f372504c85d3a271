"""How often pages are opened, by role and never by person.

A request adds to a counter in Redis, so it costs the database nothing; a task folds the counters into the table
every few minutes. What Redis loses are those minutes. Neither place ever holds who it was. Roles that too few
people hold stand together when the counters are folded, and a page that too few of them may open is dropped, so
that no period, and no difference between two of them, tells what one person opened.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, get_resolver
from django.utils.functional import LazyObject, empty

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.policy import Action, Data, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today

logger = logging.getLogger(__name__)

FEWEST_HOLDERS = 5
TOGETHER = ""
# Seconds that a page waits at most to be counted.
PATIENCE = 1.0
_KEPT_DAYS = 3
_PREFIX = "page-use:"
_COUNTED_STATUS = frozenset({200, 304})

_FOLD = """
INSERT INTO access_pageuse (day, url_name, role, views)
SELECT %s, url_name, role, views FROM unnest(%s::text[], %s::text[], %s::int[]) AS counted (url_name, role, views)
ON CONFLICT (day, url_name, role) DO UPDATE SET views = access_pageuse.views + EXCLUDED.views
"""


class PageUseMiddleware:
    """Count the pages that people open, once under each role they hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = _page_of(request, response)
        roles = _roles_of(request) if name else ()
        if roles:
            try:
                count(name, roles, today())
            except redis.RedisError:
                logger.warning("A page was not counted: Redis does not answer")
        return response


def _page_of(request: HttpRequest, response: HttpResponse) -> str:
    """Return the name of the page that was opened whole, "" for everything else: parts of pages, the API, files."""
    match = request.resolver_match
    is_opened = request.method == "GET" and response.status_code in _COUNTED_STATUS and match is not None
    if not is_opened or getattr(request, "htmx", False):
        return ""
    kind = response.get("Content-Type", "")
    if response.status_code != 304 and not kind.startswith("text/html"):
        return ""
    return match.view_name if match else ""


def _roles_of(request: HttpRequest) -> Collection[Role]:
    """Return the roles of who asked where the page has asked for them; someone who helps as another is not counted."""
    scope = getattr(request, "scope", None)
    if getattr(request, "acting", None) or not isinstance(scope, LazyObject) or scope._wrapped is empty:
        return ()
    roles: Collection[Role] = scope.roles
    return roles


@lru_cache(maxsize=4)
def _redis_at(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )


def _redis() -> redis.Redis:
    return _redis_at(settings.REDIS_URL)


def _key(day: date) -> str:
    return f"{_PREFIX}{day.isoformat()}"


def count(url_name: str, roles: Collection[str], day: date) -> None:
    """Add one opening of a page under each role; one round trip. RedisError where Redis does not answer."""
    key = _key(day)
    pipe = _redis().pipeline(transaction=False)
    for role in roles:
        pipe.hincrby(key, f"{url_name}|{role}", 1)
    pipe.expire(key, _KEPT_DAYS * 24 * 3600)
    pipe.execute()


def fold() -> int:
    """Add the counters of all days to the table and clear them; return how many rows were written.

    They leave Redis before they are written: a crash between the two loses minutes and counts nothing twice.
    """
    written = 0
    for day in (today() - timedelta(days=n) for n in range(_KEPT_DAYS + 1)):
        pipe = _redis().pipeline(transaction=True)
        pipe.hgetall(_key(day))
        pipe.delete(_key(day))
        counted: dict[str, str] = pipe.execute()[0]
        written += _write(day, counted) if counted else 0
    return written


def _write(day: date, counted: Mapping[str, str]) -> int:
    holders = _holders(day)
    few = {role for role, users in holders.items() if len(users) < FEWEST_HOLDERS}
    views: Counter[tuple[str, str]] = Counter()
    for field, number in counted.items():
        page, _sign, role = field.rpartition("|")
        if role in holders and role not in few:
            views[page, role] += int(number)
        elif role in few and _are_enough(page, few, holders):
            views[page, TOGETHER] += int(number)
    # In one order, so that two folds at once cannot wait for each other.
    keys = sorted(views)
    pages, roles = [page for page, _role in keys], [role for _page, role in keys]
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [day, pages, roles, [views[key] for key in keys]])
    return len(keys)


def _holders(day: date) -> dict[str, set[int]]:
    """Return the accounts that hold each role on a day and can sign in; one query."""
    holders: dict[str, set[int]] = {role: set() for role in Role.values}
    able = RoleGrant.objects.on(day).filter(user__in=User.objects.able())
    for role, user in able.values_list("role", "user_id"):
        holders[role].add(user)
    return holders


def _are_enough(page: str, few: Collection[str], holders: Mapping[str, set[int]]) -> bool:
    """Say whether at least five people hold those of the few-held roles that may open the page."""
    needed = _doors().get(page)
    able = [role for role in few if needed is None or reach_of(Role(role), *needed)]
    return len(set().union(*(holders[role] for role in able))) >= FEWEST_HOLDERS


@cache
def _doors() -> dict[str, tuple[Data, Action]]:
    """Return what each page needs, by the name of its route; those that anyone may open are not there."""
    return dict(_needed(get_resolver()))


def _needed(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, tuple[Data, Action]]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _needed(one, f"{prefix}{one.namespace}:" if one.namespace else prefix)
            continue
        view: Any = one.callback
        data = getattr(view, "data", None)
        if data:
            yield f"{prefix}{one.name}", (data, getattr(view, "action", None) or Action.VIEW)
