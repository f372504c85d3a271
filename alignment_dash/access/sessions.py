"""Signing accounts out everywhere: what is open in browsers, links to set a password, and tokens of the API."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from knox.models import AuthToken

from alignment_dash.access.models import User


def sign_out(*, users: QuerySet[User], **more: object) -> datetime:
    """End sessions, links and tokens of `users` from now on; `more` is set in the same UPDATE. Return the time.

    Tokens of programs are ended with the program (see access/clients).
    """
    now = timezone.now()
    ids = list(users.values_list("pk", flat=True))
    User.objects.filter(pk__in=ids).update(sessions_ended_at=now, **more)
    AuthToken.objects.filter(user__in=ids, client_token=None).delete()
    return now


def tokens_of(user: User) -> "QuerySet[AuthToken]":
    """Return the tokens of the API that work for a person."""
    works = Q(expiry=None) | Q(expiry__gt=timezone.now())
    found: QuerySet[AuthToken] = AuthToken.objects.filter(works, user=user, client_token=None)
    return found
