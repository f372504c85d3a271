"""Writes of access: users, roles and grants."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access import audit
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today


@transaction.atomic
def add_user(*, email: str, name: str, password: str | None, by: User | None) -> User:
    """Create a user who can sign in with `password`, or only from elsewhere when it is None."""
    user = User.objects.create_user(email=email, name=name, password=password)
    audit.record(act="user.add", target=user, by=by)
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    role: Role,
    org_id: int | None,
    by: User | None,
    start: date | None = None,
    end: date | None = None,
) -> RoleGrant:
    """Give `user` a role at an org (None: the district's own) from `start` (today) until `end` (open)."""
    grant = RoleGrant(user=user, role=role, org_id=org_id, during=DateRange(start or today(), end))
    grant.full_clean()
    grant.save()
    audit.record(act="role.give", target=grant, by=by, detail={"role": role, "org": org_id})
    return grant


@transaction.atomic
def open_school(
    *, user: User, school_id: int, source: str, start: date, end: date | None, by: User | None
) -> Grant:
    """Open one school to `user`; `source` names what opened it, such as "caseload:12"."""
    grant = Grant.objects.create(user=user, school_id=school_id, source=source, during=DateRange(start, end))
    audit.record(act="grant.open", target=grant, by=by, detail={"school": school_id, "source": source})
    return grant


@transaction.atomic
def end_grants(*, source: str, end: date, by: User | None) -> int:
    """End every grant that `source` opened and that lasts longer, on `end` (first day without). Return how many."""
    ended = 0
    lasting = DateRange(end, None)
    for grant in Grant.objects.filter(source=source, during__overlap=lasting).select_for_update():
        audit.record(act="grant.end", target=grant, by=by, detail={"source": source})
        if grant.during.lower >= end:
            grant.delete()
        else:
            grant.during = DateRange(grant.during.lower, end)
            grant.save(update_fields=["during"])
        ended += 1
    return ended


@transaction.atomic
def suspend_by_roster(*, user_ids: Collection[int], by: User | None) -> list[int]:
    """Close sign-in to users whom a roster does not enable; return the ids of those who were spared.

    Someone who may sign in as a data administrator is always left: where the roster closes it to all of them,
    one is spared, the longest here of those with a password. `is_active`, which people set, stays as it is.
    """
    administrators = _lock_administrators()
    asked = set(user_ids)
    spared = []
    if administrators and all(one.pk in asked for one in administrators):
        spared = [next((one for one in administrators if one.has_usable_password()), administrators[0]).pk]
    closed = User.objects.filter(pk__in=asked - set(spared), suspended_by_roster=False)
    _set_suspended(list(closed.select_for_update().order_by("pk")), True, by)
    return spared


@transaction.atomic
def readmit_by_roster(*, user_ids: Collection[int], by: User | None) -> list[int]:
    """Open sign-in again to users whom a roster suspended; return the ids of those for whom that changed.

    Nobody else's sign-in opens: who was made inactive by people stays so.
    """
    closed = User.objects.filter(pk__in=set(user_ids), suspended_by_roster=True)
    users = list(closed.select_for_update().order_by("pk"))
    _set_suspended(users, False, by)
    return [user.pk for user in users]


def _lock_administrators() -> list[User]:
    """Return the data administrators who may sign in today, locked until the transaction ends.

    Always in the same order: of two that suspend at once, the second waits and sees what the first has left.
    """
    able = User.objects.able().holding(Role.DATA_ADMINISTRATOR, today())
    return list(able.select_for_update().order_by("pk"))


def _set_suspended(users: list[User], suspended: bool, by: User | None) -> None:
    User.objects.filter(pk__in=[user.pk for user in users]).update(suspended_by_roster=suspended)
    act = "user.suspend" if suspended else "user.readmit"
    audit.record_each(act=act, targets=[(user, {"why": "roster"}) for user in users], by=by)
