"""Which second factors a user has set up."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings

from alignment_dash.access.models import User


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """One second factor. kind: totp, webauthn or recovery_codes; name: of a passkey, "" for the others."""

    id: int
    kind: str
    name: str
    added_at: datetime
    last_used_at: datetime | None
    # A passkey that was made to sign in without the password.
    without_password: bool = False
    # Of recovery codes.
    left: int | None = None


def second_factors_of(user: User) -> list[SecondFactor]:
    """Return what `user` has set up, the authenticator app first, then passkeys as added, recovery codes last.

    Whoever asks is checked by the page: people see their own, administrators of accounts everyone's. No secrets.
    """
    rows = Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk")
    order = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES]
    return [_shown(row) for row in sorted(rows, key=lambda row: order.index(row.type))]


def _shown(row: Authenticator) -> SecondFactor:
    said = row.wrap()
    return SecondFactor(
        id=row.pk,
        kind=row.type,
        name=said.name if row.type == Authenticator.Type.WEBAUTHN else "",
        added_at=row.created_at,
        last_used_at=row.last_used_at,
        without_password=row.type == Authenticator.Type.WEBAUTHN and said.is_passwordless is True,
        left=_codes_left(row) if row.type == Authenticator.Type.RECOVERY_CODES else None,
    )


def _codes_left(row: Authenticator) -> int:
    """Count unused codes by the marks alone, without opening the seed."""
    return int(settings.MFA_RECOVERY_CODE_COUNT - row.data["used_mask"].bit_count())
