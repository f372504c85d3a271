"""How long a session lasts: for so long without a request, and for so long at most, whatever its cookie says."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

BEGAN, SEEN = "signed_in_at", "seen_at"
# Seconds between two notes that someone is still there: each is a write.
NOTED_EVERY = 60


def begin(request: HttpRequest | None, **_: Any) -> None:
    """Note when a session begins; called when someone has signed in."""
    if request is not None:
        request.session[BEGAN] = request.session[SEEN] = int(time.time())


class SessionLimits:
    """Sign out whoever was away for too long, and everyone after a day's work. No query of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        # A session without the two was not begun by a sign-in of this release.
        if now - session.get(BEGAN, 0) >= settings.SESSION_COOKIE_AGE:
            said = _("You were signed out at the end of the day's session. Sign in again.")
        elif now - session.get(SEEN, 0) >= settings.SESSION_IDLE_SECONDS:
            said = _("You were signed out because you were away for a while. Sign in again.")
        else:
            if now - session[SEEN] >= NOTED_EVERY:
                session[SEEN] = now
            return
        logout(request)
        messages.info(request, said)
