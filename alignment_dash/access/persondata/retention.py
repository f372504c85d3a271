"""For how long things are kept, and removing what is past its time."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.persondata.models import RetentionRule
from alignment_dash.access.persondata.registry import Retention, retentions

log = logging.getLogger(__name__)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind, for how many days it is kept (None: for ever), and what tonight would remove."""

    retention: Retention
    days: int | None
    due: int
    first: list[str]


def days_of() -> dict[str, int | None]:
    """Return for how many days each kind is kept, as the district set it or by default; one query."""
    own = dict(RetentionRule.objects.values_list("kind", "days"))
    return {one.key: own.get(one.key, one.default) for one in retentions()}


def overview() -> list[Kept]:
    """Return every kind with what would be removed now; nothing is removed."""
    days = days_of()
    return [_kept(one, days[one.key]) for one in retentions()]


def _kept(one: Retention, days: int | None) -> Kept:
    found = [] if days is None else list(one.found(_before(days)))
    return Kept(one, days, len(found), found[:SHOWN])


def remove_what_is_due() -> dict[str, int]:
    """Remove, kind by kind and each in a transaction of its own, what is past its time; returns how many of each.

    What fails with one kind is logged and stops no other.
    """
    removed = {}
    days = days_of()
    for one in retentions():
        kept = days[one.key]
        if kept is None:
            continue
        try:
            with transaction.atomic():
                n = one.remove(_before(kept))
                if n:
                    rule, _ = RetentionRule.objects.get_or_create(kind=one.key, defaults={"days": kept})
                    audit.record(
                        act="retention.remove", target=rule, by=None, detail={"removed": n, "days": kept}
                    )
        except Exception:
            log.exception("what is past its time was not removed: %s", one.key)
        else:
            removed[one.key] = n
    return removed


def _before(days: int) -> datetime:
    # In the district's time zone: some rows have a day alone.
    return timezone.localtime() - timedelta(days=days)
