"""Codes of authenticator apps (RFC 6238) and recovery codes, each of which counts once.

allauth remembers used codes in the cache for 30 seconds: less than a code is good for here, and gone when the
cache is emptied. So the last time step that was used is kept beside the secret instead.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction

from alignment_dash.access.sealing import Unreadable

_STEP = "last_step"


def matching_step(secret: str, code: str, after: int = -1) -> int | None:
    """Return the time step (30 s since 1970) that `code` is of, one that is open now and later than `after`.

    secret: base32. Open are the step of now and one either side, for clocks that differ (RFC 6238, 5.2).
    """
    step: int
    for step in yield_hotp_counters_from_time():
        if step > after and compare_user_code(
            actual=code, expected=format_hotp_value(hotp_value(secret, step))
        ):
            return step
    return None


def accept(authenticator: Authenticator, code: str) -> bool:
    """Say whether `code` opens, and use it up. False also where the secret cannot be read anymore."""
    try:
        if authenticator.type == Authenticator.Type.TOTP:
            return _accept_totp(authenticator, code)
        return bool(authenticator.wrap().validate_code(code))
    except Unreadable:
        return False


def use_up(authenticator: Authenticator, step: int) -> None:
    """Remember the last step whose code was used."""
    authenticator.data[_STEP] = step
    authenticator.save(update_fields=["data"])


@transaction.atomic
def _accept_totp(authenticator: Authenticator, code: str) -> bool:
    # Locked: of two requests with the same code the second waits, and sees that it was used.
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    step = matching_step(decrypt(locked.data["secret"]), code, locked.data.get(_STEP, -1))
    if step is None:
        return False
    use_up(locked, step)
    return True
