"""Writes about second factors: what is set up, taken away and used up, each with its audit event."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.second_factor import alone, codes
from alignment_dash.access.sessions import sign_out


@transaction.atomic
def note_app_added(*, user: User, step: int) -> None:
    """Record that `user` has set up an authenticator app, and use up the code that showed it."""
    app = Authenticator.objects.select_for_update().get(user=user, type=Authenticator.Type.TOTP)
    codes.use_up(app, step)
    _record("add", user, [app.type], by=user)


def note_passkey_added(*, user: User) -> None:
    """Record that `user` has added a passkey."""
    _record("add", user, [Authenticator.Type.WEBAUTHN], by=user)


def note_removed(*, user: User, kind: str) -> None:
    """Record that `user` has removed a second factor of their own."""
    _record("remove", user, [kind], by=user)


def note_new_recovery_codes(*, user: User) -> None:
    """Record that `user` has replaced their recovery codes."""
    _record("renew", user, [Authenticator.Type.RECOVERY_CODES], by=user)


@transaction.atomic
def remove_second_factor(*, user: User, by: User | None) -> int:
    """Take away everything that `user` has set up, for a lost phone; return how many things that was.

    They are signed out everywhere, and sign in with the password alone until they set up a new one, at once
    where their role needs it. PermissionDenied for one's own: whoever has the session of an administrator must
    not get rid of the second factor by it. ValidationError, in words, for one whose password `by` may have set
    (see alone.py). `by` is None only for who runs the server (see the command).
    """
    if by is not None and user.pk == by.pk:
        raise PermissionDenied
    held = list(Authenticator.objects.select_for_update().filter(user_id=user.pk).order_by("type", "pk"))
    if held:
        if by is not None:
            alone.refuse_removal(user=user, by=by)
        Authenticator.objects.filter(pk__in=[one.pk for one in held]).delete()
        sign_out(users=User.objects.filter(pk=user.pk))
        _record("remove", user, [one.type for one in held], by=by)
    return len(held)


def _record(what: str, user: User, kinds: list[str], *, by: User | None) -> None:
    audit.record(act=f"second-factor.{what}", target=user, by=by, detail={"kinds": kinds})
