"""Sessions for tests that ask thousands of times as people of the small district.

Signing in is twenty statements and a dozen questions to the cache, more than most requests. Here each person signs
in once in a process, and a session with the same content is laid out for each test.
"""

import secrets
import time
from collections.abc import Iterable
from copy import copy
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from alignment_dash.access.models import User
from alignment_dash.access.signin.sessions import BEGAN, SEEN


def lay_out(user: User) -> str:
    """Return the key of a new session of `user`, someone of the district that stands, as nobody has changed them."""
    return lay_out_all([user])[0]


def lay_out_all(users: Iterable[User]) -> list[str]:
    """Return the key of a new session of each of these users; one statement, and one question to the cache."""
    made = [_session(user) for user in users]
    Session.objects.bulk_create(store.create_model_instance(store._session) for store in made)
    caches["default"].set_many({store.cache_key: store._session for store in made})
    return [str(store.session_key) for store in made]


def _session(user: User) -> Any:
    content = _content(settings.DATABASES["default"]["NAME"], user.pk)
    store = import_module(settings.SESSION_ENGINE).SessionStore(secrets.token_hex(16))
    store._session_cache = copy(content) | dict.fromkeys((BEGAN, SEEN), int(time.time()))
    return store


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
