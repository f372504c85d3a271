"""Secrets of programs: 256 random bits, kept as a digest.

A slow hash, as for passwords, would protect what can be guessed; nobody guesses 256 bits. It would only let
whoever sends wrong secrets keep the processors busy. A plain digest also survives a change of SECRET_KEY, which
must not stop every nightly roster.
"""

import hashlib
import secrets
from collections.abc import Iterable

PREFIX = "alignment-"
# Compared where a client has no secret or one, so that every attempt does the same work.
_COMPARED = 2
_NO_DIGEST = "0" * 64


def new_secret() -> str:
    """Return a new secret; its prefix lets scanners of source code know it."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(secret: str, digests: Iterable[str]) -> int | None:
    """Return the place of the secret's digest among `digests`; None when it is not there.

    The time that it takes tells neither how many there are, up to two, nor how much of one is right.
    """
    given = digest_of(secret)
    kept = list(digests)
    found = None
    for place, digest in enumerate([*kept, *[_NO_DIGEST] * (_COMPARED - len(kept))]):
        if secrets.compare_digest(given, digest) and place < len(kept):
            found = place
    return found
