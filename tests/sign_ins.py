"""Sessions for tests that ask thousands of times as people of the small district.

Signing in is twenty statements and a dozen questions to the cache, more than most requests. Here each person signs
in once in a process, and a session with the same content is laid out for each test.
"""

import time
from copy import copy
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from alignment_dash.access.models import User
from alignment_dash.access.signin.sessions import BEGAN, SEEN


def lay_out(user: User) -> str:
    """Return the key of a new session of `user`, someone of the district that stands, as nobody has changed them."""
    content = _content(settings.DATABASES["default"]["NAME"], user.pk)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.update(copy(content) | dict.fromkeys((BEGAN, SEEN), int(time.time())))
    session.save(must_create=True)
    return str(session.session_key)


def use(client: Client, key: str) -> None:
    """Let `client` send the cookie of a session; an empty key: of none."""
    client.cookies.clear()
    if key:
        client.cookies[settings.SESSION_COOKIE_NAME] = key


@cache
def _content(database: str, user: int) -> dict[str, Any]:
    """Sign in, and return what the session then holds; the sign-in itself is undone."""
    with transaction.atomic():
        client = Client()
        client.force_login(User.objects.get(pk=user))
        content = dict(client.session.items())
        transaction.set_rollback(True)
    return content
