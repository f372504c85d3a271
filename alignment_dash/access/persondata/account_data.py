"""What access itself holds about someone: the account, its roles and its keys."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.persondata.audit_data import AUDIT
from alignment_dash.access.persondata.queries import ERASED_HOST
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from alignment_dash.access.persondata.session_data import delete_sessions
from alignment_dash.schoolyear import today

REMOVED_NAME = "(name removed)"
_OURS = ("alignment_dash.", "schools", "instruction", "staffing", "supervision")
# Tokens of programs are kept with the programs; a person's own are among what is deleted.


def register_all() -> None:
    """Make known what access holds."""
    for holding in (ACCOUNT, ROLES, KEYS, ASKED, AUDIT):
        register(holding)


def _user(subject: Subject) -> User | None:
    return User.objects.filter(pk=subject.user_id).first() if subject.user_id else None


def _account_rows(subject: Subject) -> list[Row]:
    user = _user(subject)
    if user is None:
        return []
    names = ("name", "email", "is_active", "suspended_by_roster", "created_at", "last_login")
    return [{name: getattr(user, name) for name in names}]


def _erase_account(subject: Subject) -> int:
    """Blank the account, close sign-in and delete its sessions: they hold the address it was opened with."""
    user = _user(subject)
    if user is None:
        return 0
    user.name, user.email, user.is_active = REMOVED_NAME, f"{user.uid}{ERASED_HOST}", False
    user.set_unusable_password()
    user.last_login = None
    user.sessions_ended_at = timezone.now()
    user.save()
    delete_sessions(user_id=user.pk, words=subject.words)
    return 1


def _role_rows(subject: Subject) -> list[Row]:
    roles = [
        {"what": grant.get_role_display(), "org": grant.org_id, "from": grant.during.lower, "until": grant.during.upper}
        for grant in RoleGrant.objects.filter(user=subject.user_id or 0).order_by("pk")
    ]  # fmt: skip
    opened = [
        {"what": grant.source, "org": grant.school_id, "from": grant.during.lower, "until": grant.during.upper}
        for grant in Grant.objects.filter(user=subject.user_id or 0).order_by("pk")
    ]  # fmt: skip
    return [*roles, *opened]


def _end_roles(subject: Subject) -> int:
    ended = 0
    for model in (RoleGrant, Grant):
        for grant in model._default_manager.filter(
            user=subject.user_id or 0, during__overlap=DateRange(today(), None)
        ):
            ended += 1
            if grant.during.lower is not None and grant.during.lower >= today():
                grant.delete()
            else:
                grant.during = DateRange(grant.during.lower, today())
                grant.save(update_fields=["during"])
    return ended


def referring() -> Iterator[tuple[type[models.Model], str, bool]]:
    """Yield (model, name of the field, ours) of every reference to an account; ours: of this product's tables."""
    for model in apps.get_models():
        ours = model.__module__.startswith(_OURS) and not _is_a_key(model)
        for field in model._meta.local_fields:
            if field.related_model is User and model is not User:
                yield model, field.name, ours


def _is_a_key(model: type[models.Model]) -> bool:
    return "token" in model.__name__.lower()


def _keys(subject: Subject) -> list[models.QuerySet[Any]]:
    return [
        model._base_manager.filter(**{name: subject.user_id})
        for model, name, ours in referring()
        if not ours and subject.user_id
    ]


def _key_rows(subject: Subject) -> list[Row]:
    """Say of what sort the keys are and how many; what they are is a secret."""
    counted = [(str(found.model._meta.verbose_name), found.count()) for found in _keys(subject)]
    return [{"what": what, "how many": n} for what, n in counted if n]


def _delete_keys(subject: Subject) -> int:
    return sum(found.delete()[0] for found in _keys(subject))


def _asked(subject: Subject) -> list[tuple[str, str, int]]:
    if not subject.user_id:
        return []
    apart = {RoleGrant, Grant}
    return [
        (str(model._meta.verbose_name), name, model._base_manager.filter(**{name: subject.user_id}).count())
        for model, name, ours in referring()
        if ours and model not in apart
    ]


def _asked_rows(subject: Subject) -> list[Row]:
    return [{"what": what, "as": name, "how many": n} for what, name, n in _asked(subject) if n]


ACCOUNT = Holding(
    key="account",
    label=_("Account to sign in with"),
    rows=_account_rows,
    count=lambda subject: 1 if subject.user_id else 0,
    erased=_("Name and e-mail are blanked, the password removed, every session deleted."),
    erase=_erase_account,
    place=80,
)
ROLES = Holding(
    key="roles",
    label=_("Roles, and schools opened"),
    rows=_role_rows,
    count=lambda subject: len(_role_rows(subject)),
    erased=_("They end today. Which roles were held when stays, without a name, for the audit."),
    erase=_end_roles,
    tables=frozenset({"access_rolegrant", "access_grant"}),
    place=81,
)
KEYS = Holding(
    key="keys",
    label=_("Second factors, links to identity providers, tokens"),
    rows=_key_rows,
    count=lambda subject: sum(found.count() for found in _keys(subject)),
    erased=_("Deleted."),
    erase=_delete_keys,
    place=82,
)
ASKED = Holding(
    key="asked",
    label=_("What they sent in, asked for or decided"),
    rows=_asked_rows,
    count=lambda subject: sum(n for _what, _name, n in _asked(subject)),
    erased=_(
        "Stays, and points to the account without a name: the district must know that a person decided."
    ),
    place=83,
)
