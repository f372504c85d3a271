"""Writes of notices: settle what is so now, mark as read, and choose how to hear."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.notices import counts
from alignment_dash.notices.mailing.outbox import put_out
from alignment_dash.notices.models import Delivery, Notice, NoticePreference
from alignment_dash.notices.registry import Kind, Told
from alignment_dash.turns import one_at_a_time

CHANGING = ("text", "path", "is_urgent", "read_at")


@transaction.atomic
def settle(*, kind: Kind, told: Iterable[Told], by: User | None = None) -> dict[str, int]:
    """Make the open notices of a kind those that are told: open what is new, end what is no longer so.

    What is told again keeps its day and whether it was read; one that became urgent is unread again. New ones that
    go by mail at once are put out in the same transaction. Returns how many were opened and ended.
    """
    one_at_a_time(f"notices {kind.key}")
    wanted = {(one.user_id, one.key): one for one in told}
    able = set(
        User.objects.able().filter(pk__in={user for user, _key in wanted}).values_list("pk", flat=True)
    )
    standing = {(one.user_id, one.key): one for one in Notice.objects.filter(kind=kind.key, ended_at=None)}
    ended = [one for place, one in standing.items() if place not in wanted]
    Notice.objects.filter(pk__in=[one.pk for one in ended]).update(ended_at=timezone.now())
    _reword(standing, wanted)
    fresh = [one for place, one in wanted.items() if place not in standing and one.user_id in able]
    opened = Notice.objects.bulk_create(_notice(kind, one) for one in fresh)
    put_out(kind, opened)
    if opened or ended:
        detail = {"kind": kind.key, "opened": len(opened), "ended": len(ended)}
        audit.record(act="notices.settle", target=(opened or ended)[0], by=by, detail=detail)
    counts.forget(place[0] for place in {*wanted, *standing})
    return {"opened": len(opened), "ended": len(ended)}


def _reword(standing: Mapping[tuple[int, str], Notice], wanted: Mapping[tuple[int, str], Told]) -> None:
    changed = []
    for place, one in standing.items():
        told = wanted.get(place)
        if told is None or (one.text, one.path, one.is_urgent) == (told.text, told.path, told.urgent):
            continue
        one.read_at = None if told.urgent and not one.is_urgent else one.read_at
        one.text, one.path, one.is_urgent = told.text, told.path, told.urgent
        changed.append(one)
    Notice.objects.bulk_update(changed, CHANGING)


def _notice(kind: Kind, told: Told) -> Notice:
    said = {"text": told.text, "path": told.path, "is_urgent": told.urgent}
    return Notice(user_id=told.user_id, kind=kind.key, key=told.key, **said)


@transaction.atomic
def mark_read(*, by: User, uid: UUID | None = None) -> int:
    """Mark one of the caller's own notices as read, or all of them; returns how many were not read before."""
    found: QuerySet[Notice] = Notice.objects.filter(user=by, read_at=None)
    if uid is not None:
        found = found.filter(uid=uid)
    n = found.update(read_at=timezone.now())
    if n:
        audit.record(act="notices.read", target=by, by=by, detail={"n": n})
        counts.forget([by.pk])
    return n


@transaction.atomic
def choose(*, by: User, deliveries: Mapping[str, str]) -> None:
    """Set how the caller hears of each kind: kind to delivery. ValueError for a delivery that there is none of."""
    before = dict(NoticePreference.objects.filter(user=by).values_list("kind", "delivery"))
    changed = {kind: Delivery(how).value for kind, how in deliveries.items() if before.get(kind) != how}
    for kind, how in changed.items():
        NoticePreference.objects.update_or_create(user=by, kind=kind, defaults={"delivery": how})
    if changed:
        audit.record(act="notices.choose", target=by, by=by, detail={"chosen": changed})
