"""Writes of accounts by people: ends of roles, closing and opening accounts, and who someone is in the roster."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.access import actions, audit
from alignment_dash.access.accounts import directory, rules
from alignment_dash.access.accounts.administrators import lock_administrators, refuse_to_lose_the_last
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.access.signin.actions import drop_sessions
from alignment_dash.schoolyear import today


@transaction.atomic
def add_account(
    *,
    email: str,
    name: str,
    by: User,
    role: Role | None = None,
    org_id: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> User:
    """Add an account without a password, with a first role if one is named. ValidationError, by field."""
    known = ValidationError({"email": _("There is an account with this address already.")})
    if User.objects.filter(email=email.strip().lower()).exists():
        raise known
    try:
        user = actions.add_user(email=email, name=name.strip(), password=None, by=by)
    except IntegrityError:
        # Of two that were sent at once the second comes here.
        raise known from None
    if role is not None:
        actions.give_role(user=user, role=role, org_id=org_id, start=start, end=end, by=by)
    return user


@transaction.atomic
def change_end(*, grant: RoleGrant, end: date | None, by: User | None) -> RoleGrant | None:
    """Let a role that people gave end on `end`, the first day without it (None: open). None when it never begins.

    ValidationError says in words what is wrong: one's own role, one that a rule gives, one that has ended, a day in
    the past, and the last data administrator's.
    """
    administrators = lock_administrators() if grant.role == Role.DATA_ADMINISTRATOR else []
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("user").get(pk=grant.pk)
    rules.refuse_own(grant.user, by)
    before = grant.during
    _check_end(grant, end)
    if administrators:
        taken = [DateRange(max(end, before.lower), before.upper)] if _is_earlier(end, before.upper) else []
        refuse_to_lose_the_last(user=grant.user, taken=taken, administrators=administrators)
    detail = {
        "user": str(grant.user.uid),
        "role": grant.role,
        "org": grant.org_id,
        "before": rules.days(before),
    }
    if end is not None and end <= today():
        drop_sessions(user=grant.user)
    if end is not None and end <= before.lower:
        audit.record(act="role.end", target=grant, by=by, detail={**detail, "after": None})
        grant.delete()
        return None
    grant.during = DateRange(before.lower, end)
    grant.full_clean(exclude=["given_by"])
    grant.save(update_fields=["during"])
    act = "role.end" if end is not None else "role.keep"
    audit.record(act=act, target=grant, by=by, detail={**detail, "after": rules.days(grant.during)})
    return grant


def _check_end(grant: RoleGrant, end: date | None) -> None:
    if grant.source:
        raise ValidationError(
            _(
                "A rule gives this role. Correct the roster, or switch the rule off, or deactivate the account."
            )
        )
    if grant.during.upper is not None and grant.during.upper <= today():
        raise ValidationError(_("This role has ended. Give it again."))
    if end is not None and end < today():
        raise ValidationError(_("A role ends today at the earliest: what was seen until now was seen."))
    if end == grant.during.upper:
        raise ValidationError(_("It ends on that day already.") if end else _("It has no end already."))


def _is_earlier(end: date | None, held: date | None) -> bool:
    return end is not None and (held is None or end < held)


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> None:
    """Close an account, and every open session with it. ValidationError: one's own, or the last administrator's."""
    administrators = lock_administrators()
    user = User.objects.select_for_update().get(pk=user.pk)
    rules.refuse_own(user, by)
    if not user.is_active:
        raise ValidationError(_("This account is deactivated already."))
    held = [span for one in administrators if one.user_id == user.pk for span in one.spans]
    refuse_to_lose_the_last(user=user, taken=held, administrators=administrators)
    _set_open(user, is_active=False, suspended=user.suspended_by_roster, act="user.deactivate", by=by)


@transaction.atomic
def reactivate(*, user: User, by: User | None) -> None:
    """Open an account again that people closed, or a roster: the next one may close it again. ValidationError."""
    user = User.objects.select_for_update().get(pk=user.pk)
    rules.refuse_own(user, by)
    if user.is_active and not user.suspended_by_roster:
        raise ValidationError(_("This account is active already."))
    _set_open(user, is_active=True, suspended=False, act="user.reactivate", by=by)


def _set_open(user: User, *, is_active: bool, suspended: bool, act: str, by: User | None) -> None:
    before = {"is_active": user.is_active, "suspended_by_roster": user.suspended_by_roster}
    user.is_active, user.suspended_by_roster = is_active, suspended
    user.save(update_fields=["is_active", "suspended_by_roster"])
    if not is_active:
        # Those that are open end by themselves; they must not go on when the account is opened again.
        drop_sessions(user=user)
    after = {"is_active": user.is_active, "suspended_by_roster": user.suspended_by_roster}
    audit.record(act=act, target=user, by=by, detail={"before": before, "after": after})


@transaction.atomic
def link_person(*, user: User, person: UUID | None, by: User) -> None:
    """Say who of the roster a user is, or that they are nobody in it (None). ValidationError in words.

    Evidence about that person is then their own, so nobody says it of themselves.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    rules.refuse_own(user, by)
    if user.is_machine:
        raise ValidationError(_("This is a program's account. It is nobody of the roster."))
    known = directory.registered()
    before = known.people_of([user.pk]).get(user.pk)
    known.link(user, person, by)
    detail = {"before": str(before.uid) if before else None, "after": str(person) if person else None}
    audit.record(act="user.person", target=user, by=by, detail=detail)
