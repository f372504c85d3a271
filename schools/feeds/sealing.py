"""Secrets of feeds at rest (alignment_dash/access/sealing.py)."""

from alignment_dash.access import sealing
from alignment_dash.access.sealing import Unreadable

__all__ = ["Unreadable", "seal", "unseal"]

PURPOSE = "feed"


def seal(secret: str) -> str:
    """Return a secret as it may be stored; "" stays ""."""
    return sealing.seal(secret, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """Return what was sealed. Unreadable when no key in use opens it."""
    return sealing.unseal(sealed, purpose=PURPOSE)
