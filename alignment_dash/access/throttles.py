"""How often one may ask: an account, a program, an address that nobody knows, and what is costly."""

import hashlib
import math
import time
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle, UserRateThrottle

from alignment_dash.access.clients.models import ClientToken

if TYPE_CHECKING:  # views read their throttles while they are imported
    from rest_framework.views import APIView

WINDOW = 60


class CallerThrottle(UserRateThrottle):
    """Each account at API_RATE; a program at its own rate."""

    scope = "user"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if isinstance(request.auth, ClientToken):
            self.num_requests, self.duration = request.auth.client.rate, WINDOW
        return super().allow_request(request, view)


class CostlyThrottle(SimpleRateThrottle):
    """Each account, where much work or a large file hangs on a request: a view's `costly` names its methods."""

    scope = "costly"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if request.method not in getattr(view, "costly", ()) or request.user.pk is None:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


def address_of(request: HttpRequest | Request) -> str:
    """Return the caller's address, past the proxies that PROXY_COUNT speaks of."""
    return str(BaseThrottle().get_ident(request))  # type: ignore[arg-type]


class Count:
    """How often something happened to someone in the minute since it first did, counted over all processes.

    The minute begins with what is counted: one of the clock would let twice as much through at its turn.

    what: such as "token.failed"; most: from how many on it is too often; who: addresses, ids.
    """

    def __init__(self, what: str, most: int, *who: str) -> None:
        self.most = most
        named = hashlib.sha256(repr(who).encode()).hexdigest()[:32]
        self.key = f"count:{what}:{named}"
        self.since = f"{self.key}:since"

    @property
    def is_full(self) -> bool:
        """Whether it happened too often."""
        happened: Any = cache.get(self.key, 0)
        return bool(happened >= self.most)

    @property
    def wait(self) -> int:
        """In how many seconds the count ends, 1 to 60."""
        now = time.time()
        since: float = cache.get(self.since, now)
        return min(max(math.ceil(since + WINDOW - now), 1), WINDOW)

    def add(self) -> None:
        """Count one more."""
        if cache.add(self.key, 0, WINDOW):
            cache.set(self.since, time.time(), WINDOW)
        try:
            cache.incr(self.key)
        except ValueError:  # it ended in between
            cache.set(self.key, 1, WINDOW)


def stranger(request: HttpRequest | Request) -> Count:
    """Return the count of requests from an address without a sign-in that holds."""
    return Count("stranger", 120, address_of(request))
