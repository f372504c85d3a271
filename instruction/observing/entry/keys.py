"""The keys that seal what a tablet keeps: each person's own, told to nobody else who signs in on it."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from alignment_dash.access.models import User

SALT = "instruction.observing.entry"


def keys_of(user: User) -> list[str]:
    """Return a user's keys of 256 bits in hex: the first seals, any opens, also after SECRET_KEY was changed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(SALT, str(user.uid), secret=secret, algorithm="sha256").hexdigest() for secret in secrets
    ]
