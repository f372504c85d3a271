"""Doing what rules say: roles given, ended and held for another time, and accounts made, in a few queries."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.accounts.rules import days
from alignment_dash.access.database import refresh_statistics
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.schoolyear import today
from schools.account_rules.wanted import Change, NewAccount, changes, new_accounts
from schools.models import RoleAssignmentRule

_TABLES = ["schools_staffassignment", "schools_identity", "schools_person", "access_user", "access_rolegrant"]
ONE_AT_A_TIME = 0x0527_0004  # key of the advisory lock: two at once would give the same role twice


@dataclass(frozen=True, slots=True)
class Applied:
    """What rules did: accounts made or taken up for people, and the roles that changed."""

    accounts: Sequence[NewAccount] = field(default_factory=list)
    changes: Sequence[Change] = field(default_factory=list)

    @property
    def given(self) -> list[Change]:
        """Roles that are new."""
        return [one for one in self.changes if one.before is None]

    @property
    def ended(self) -> list[Change]:
        """Roles that end today, or never begin."""
        return [one for one in self.changes if one.after is None]

    @property
    def moved(self) -> list[Change]:
        """Roles that end on another day than before."""
        return [one for one in self.changes if one.before is not None and one.after is not None]


@transaction.atomic
def apply_rules(*, by: User | None) -> Applied:
    """Give what the rules that are on say, and end what rules gave and no longer say; safe to repeat.

    Roles that people gave are not touched. Five queries where nothing changes (one where there are no rules); up to
    thirteen where something does, however much. One audit event for each role and account.
    """
    rules = list(RoleAssignmentRule.objects.values_list("is_on", "makes_accounts"))
    if not rules:
        return Applied()
    with _alone_and_by_hashing():
        accounts = new_accounts() if (True, True) in rules else []
        if accounts:
            _make_accounts(accounts, by)
        found = changes()
        if found:
            _write(found, by)
    return Applied(accounts, found)


@contextmanager
def _alone_and_by_hashing() -> Iterator[None]:
    """Keep others out until the transaction ends, and have joins hashed.

    What a first roster and this have just written the planner takes for empty, and would join by nested loops:
    minutes for a district of 7,000 staff.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s), current_setting('jit'), set_config('enable_nestloop', 'off', true),"
            " set_config('jit', 'off', true)",
            [ONE_AT_A_TIME],
        )
        jit = cursor.fetchone()[1]
        # And have it count what it knows as empty, where only a part has been loaded until now.
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples < 1 AND pg_relation_size(oid) > 0",
            [_TABLES],
        )
        refresh_statistics([row[0] for row in cursor.fetchall()])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true), set_config('jit', %s, true)", [jit])


def _make_accounts(accounts: Sequence[NewAccount], by: User | None) -> None:
    new = [one for one in accounts if one.user_id is None]
    made = User.objects.bulk_create(
        User(email=one.email, name=one.name or one.email, password=make_password(None)) for one in new
    )
    of_new = {one.person_id: user for one, user in zip(new, made, strict=True)}
    held = User.objects.in_bulk([one.user_id for one in accounts if one.user_id is not None])
    users = [of_new.get(one.person_id) or held[one.user_id] for one in accounts]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE schools_person p SET user_id = n.user_id FROM unnest(%s::bigint[], %s::bigint[])"
            " AS n (person_id, user_id) WHERE p.id = n.person_id",
            [[one.person_id for one in accounts], [user.pk for user in users]],
        )
    for act, is_new in (("user.add", True), ("user.person", False)):
        targets = [
            (user, {"rule": one.source, "person": one.person_id})
            for one, user in zip(accounts, users, strict=True)
            if (one.user_id is None) is is_new
        ]
        if targets:
            audit.record_each(act=act, targets=targets, by=by)


def _write(found: Sequence[Change], by: User | None) -> None:
    day, now = today(), timezone.now()
    unbegun = [
        one.grant_id
        for one in found
        if one.grant_id is not None and one.after is None and one.before and one.before.lower >= day
    ]
    if unbegun:
        RoleGrant.objects.filter(pk__in=unbegun).delete()
    gone = set(unbegun)
    kept = [one for one in found if one.grant_id is not None and one.grant_id not in gone]
    if kept:
        _set_times([(one.grant_id, one.after or DateRange(_begin(one), day)) for one in kept])
    given = [_grant(one, by, now) for one in found if one.grant_id is None]
    if given:
        RoleGrant.objects.bulk_create(given)
    new = iter(given)
    for act, chosen in _by_act(found):
        targets = [
            (next(new) if one.grant_id is None else _grant(one, by, now), _detail(one)) for one in chosen
        ]
        audit.record_each(act=act, targets=targets, by=by)


def _by_act(found: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    applied = Applied(changes=found)
    acts = [("role.give", applied.given), ("role.end", applied.ended), ("role.change", applied.moved)]
    return [(act, chosen) for act, chosen in acts if chosen]


def _begin(one: Change) -> date:
    begin: date = one.before.lower if one.before else today()
    return begin


def _set_times(times: Sequence[tuple[int | None, DateRange]]) -> None:
    """Set when roles are held, all at once: none comes to overlap another, for their first days stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_rolegrant g SET during = daterange(n.begins, n.ends)"
            " FROM unnest(%s::bigint[], %s::date[], %s::date[]) AS n (id, begins, ends) WHERE g.id = n.id",
            [
                [pk for pk, _during in times],
                [during.lower for _pk, during in times],
                [during.upper for _pk, during in times],
            ],
        )


def _grant(one: Change, by: User | None, now: Any) -> RoleGrant:
    return RoleGrant(
        pk=one.grant_id,
        user_id=one.user_id,
        role=one.role,
        org_id=one.org_id,
        during=one.after or one.before,
        source=one.source,
        given_by=by,
        given_at=now,
    )


def _detail(one: Change) -> dict[str, Any]:
    day = today()
    ended = one.before and one.after is None
    after = DateRange(_begin(one), day) if ended and _begin(one) < day else one.after
    return {
        "user": str(one.user_uid),
        "role": one.role,
        "org": one.org_id,
        "rule": one.source,
        "before": days(one.before) if one.before else None,
        "after": days(after) if after else None,
    }
