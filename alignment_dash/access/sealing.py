"""Secrets at rest: Fernet (AES-128-CBC with HMAC-SHA-256), by a key that is not in the database."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Unreadable(Exception):
    """The key that this was sealed with is gone."""


def seal(secret: str, *, purpose: str) -> str:
    """Return a secret as it may be stored; "" stays "". `purpose` tells the derived keys of two uses apart."""
    return _fernet(purpose).encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Return what was sealed for this purpose. Unreadable when no key in use opens it."""
    if not sealed:
        return ""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _fernet(purpose: str) -> MultiFernet:
    """Seal with the first of SEALING_KEYS and open with any, or with a key that SECRET_KEY leads to."""
    try:
        keys = [Fernet(key) for key in settings.SEALING_KEYS]
    except ValueError as error:
        raise ImproperlyConfigured("SEALING_KEYS holds a key that is not 32 bytes in base64.") from error
    return MultiFernet(keys or [Fernet(_derived(purpose))])


def _derived(purpose: str) -> bytes:
    info = f"alignment_dash {purpose} secrets".encode()
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return base64.urlsafe_b64encode(made.derive(settings.SECRET_KEY.encode()))
