"""Who must have a second factor, and whether a session may go on without."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from alignment_dash.access.backends import SignInBackend
from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today

# Recovery codes stand in for one of these; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Steps that begin no session of ours by themselves.
_NO_SIGN_IN = frozenset({"socialaccount", "mfa"})
# In a session: who signed in must have a second factor, and has one.
HELD = "second_factor_held"


def check_roles() -> None:
    """ImproperlyConfigured where SECOND_FACTOR_ROLES names no role: a slip would let a role go without."""
    unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role))
    if unknown:
        raise ImproperlyConfigured(
            f"SECOND_FACTOR_ROLES: {', '.join(unknown)} is no role. Roles are {', '.join(Role)}."
        )


def factors(user: User) -> Any:
    """Return the second factors of `user`, a queryset; recovery codes are not among them."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)


def may_sign_in_here(user: User) -> bool:
    """Say whether `user` has a sign-in of ours, a password, that a second factor could stand beside.

    Someone who signs in at an identity provider alone gets none: with a passkey of ours they could still come in
    after the provider has closed their account.
    """
    has_password = bool(user.password) and user.has_usable_password()
    return has_password and SignInBackend().user_can_authenticate(user)


def signed_in_here(request: HttpRequest) -> bool:
    """Say whether this session began with a password or a passkey of ours.

    Sessions that began at an identity provider have its second factor. Those without any record were not
    opened through a sign-in page at all.
    """
    records = get_authentication_records(request, request.user)
    return any(
        record.get("passwordless") or record.get("method") not in _NO_SIGN_IN
        for record in records
        if not record.get("reauthenticated")
    )


def is_pending(request: HttpRequest, scope: Scope) -> bool:
    """Say whether this session must set up a second factor before anything else.

    No query where the session has noted that there is one. scope: of the signed-in user; it knows the roles already.
    """
    user = request.user
    if not isinstance(user, User) or not signed_in_here(request):
        return False
    if scope.roles.isdisjoint(settings.SECOND_FACTOR_ROLES):
        # Until a role needs one it may be removed, in another session too.
        forget(request)
        return False
    if HELD not in request.session and factors(user).exists():
        request.session[HELD] = True
    return HELD not in request.session


def note_at_sign_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Note in a new session that `user` must have a second factor and has one."""
    if request is not None and _must_have_one(user) and factors(user).exists():
        request.session[HELD] = True


def forget(request: HttpRequest) -> None:
    """Drop the note: a second factor was removed, or none is needed. Nobody can remove one that is."""
    if HELD in request.session:
        del request.session[HELD]


def is_last_needed(authenticator: Authenticator) -> bool:
    """Say whether this is the only second factor of a user whose roles need one."""
    if authenticator.type not in FACTORS:
        return False
    user = authenticator.user
    return not factors(user).exclude(pk=authenticator.pk).exists() and _must_have_one(user)


def _must_have_one(user: User) -> bool:
    held: bool = (
        RoleGrant.objects.filter(user=user, role__in=settings.SECOND_FACTOR_ROLES).on(today()).exists()
    )
    return held
