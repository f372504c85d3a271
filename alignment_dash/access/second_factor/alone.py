"""What no data administrator does alone: a link to a new password and the second factor gone open any account."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.second_factor.rule import factors
from alignment_dash.schoolyear import today

_LINK_MADE = "user.password-link"
_FACTOR_REMOVED = "second-factor.remove"


def refuse_link(*, user: User, by: User) -> None:
    """ValidationError where `by` has removed the second factor, and the person has not come back and set one up.

    Locks the account until the transaction ends, so that of the two things done at once the second waits.
    """
    if not _needs_two(user):
        return
    if _has_done(_FACTOR_REMOVED, by, user, since=_last_sign_in(user)) or _stands_removed(by, user):
        raise ValidationError(
            _(
                "You removed the second factor of this account, and its owner has not signed in and set up a new one"
                " since. So that nobody can take over an account alone, another data administrator makes the link,"
                " or whoever runs the server sets a password on its command line."
            )
        )


def refuse_removal(*, user: User, by: User) -> None:
    """ValidationError where `by` has made a link to set a password, and nobody has signed in with a password since.

    Who signed in with a passkey alone may not know that another password stands. Locks the account, as above.
    """
    if _needs_two(user) and _has_done(_LINK_MADE, by, user, since=_last_sign_in(user, way="password")):
        raise ValidationError(
            _(
                "You made a link to set a password for this account, and its owner has not signed in with a password"
                " since. So that nobody can take over an account alone, another data administrator removes the"
                " second factor, or whoever runs the server does on its command line."
            )
        )


def _needs_two(user: User) -> bool:
    User.objects.select_for_update().get(pk=user.pk)
    lasting = DateRange(today(), None)
    held = RoleGrant.objects.filter(user=user, role__in=settings.SECOND_FACTOR_ROLES)
    return held.filter(during__overlap=lasting).exists()


def _has_done(act: str, by: User, user: User, *, since: int) -> bool:
    """Say whether `by` did this to the account after the event with the id `since`."""
    done = AuditEvent.objects.filter(target_id=str(user.uid), act=act, by_id=by.pk)
    return done.filter(pk__gt=since).exists()


def _stands_removed(by: User, user: User) -> bool:
    """Say whether there is no second factor, and `by` took the last one away."""
    removed = AuditEvent.objects.filter(target_id=str(user.uid), act=_FACTOR_REMOVED)
    last = removed.order_by("-at", "-pk").values_list("by_id", flat=True).first()
    return last == by.pk and not factors(user).exists()


def _last_sign_in(user: User, way: str = "") -> int:
    """Return the id of the last sign-in in the audit, of those in a way if one is named; 0 for none."""
    found = AuditEvent.objects.filter(target_id=str(user.uid), act="sign-in", by_id=user.pk)
    if way:
        found = found.filter(detail__ways__contains=[way])
    last: int | None = found.order_by("-at", "-pk").values_list("pk", flat=True).first()
    return last or 0
