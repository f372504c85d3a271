"""How many notices someone has not read yet, kept in the cache so that a page's frame asks the database seldom."""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count

from alignment_dash.access.models import User
from alignment_dash.access.scope import Scope
from alignment_dash.notices.models import Notice
from alignment_dash.notices.registry import kinds_for

# A page that read while a job wrote may keep an old number for so long.
SECONDS = 300


def _key(user_id: int) -> str:
    return f"notices:{user_id}"


def unread(user: User, scope: Scope) -> int:
    """Return how many open notices of kinds that the scope opens are unread; at most one query, mostly none."""
    mine = {kind.key for kind in kinds_for(scope)}
    if not mine:
        return 0
    found: dict[str, int] | None = cache.get(_key(user.pk))
    if found is None:
        waiting = Notice.objects.filter(user=user, ended_at=None, read_at=None)
        found = dict(waiting.order_by().values_list("kind").annotate(Count("pk")))
        cache.set(_key(user.pk), found, SECONDS)
    return sum(n for kind, n in found.items() if kind in mine)


def forget(user_ids: Iterable[int]) -> None:
    """Count anew for these users once the transaction has ended."""
    keys = [_key(one) for one in set(user_ids)]
    if keys:
        transaction.on_commit(lambda: cache.delete_many(keys))
