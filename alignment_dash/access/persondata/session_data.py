"""Sessions of one account: rows and cached copies, which hold more than the id of who is signed in."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from alignment_dash.access.persondata.redaction import Words, redact


def delete_sessions(*, user_id: int, words: Words) -> int:
    """Delete the sessions of an account, and those of nobody that hold `words`; returns how many.

    Every session is read: which is whose stands only in what it holds.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    deleted = 0
    for session in Session.objects.iterator():
        held = session.get_decoded()
        whose = held.get(SESSION_KEY)
        if whose == str(user_id) or (whose is None and redact(held, words) != held):
            store(session.session_key).delete(session.session_key)
            deleted += 1
    return deleted
