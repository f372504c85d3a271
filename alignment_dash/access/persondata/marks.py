"""Knowing an erased person's ids again without keeping them: digests under a key of the district's own.

The key is in the database, so that a change of SECRET_KEY does not let a name return unseen. Whoever holds the
database can test whether an id they know is among the erased; what the id belonged to they cannot read.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.utils import timezone

from alignment_dash.access.persondata.models import ErasedMark, Erasure, MarkKey


def any_kept() -> bool:
    """Say whether anyone was erased at all; one query."""
    return ErasedMark.objects.exists()


def keep(erasure: Erasure, ids: Iterable[tuple[str, str]]) -> int:
    """Keep the digests of (space, id) pairs; a space is "email" or the code of a source system. Returns how many."""
    digests = list(_digests(ids).values())
    made = [ErasedMark(erasure=erasure, digest=one) for one in set(digests)]
    ErasedMark.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def known(ids: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of the (space, id) pairs that belong to someone erased."""
    digests = _digests(ids)
    held = set(ErasedMark.objects.values_list("digest", flat=True))
    return {pair for pair, digest in digests.items() if digest in held}


def note_seen(ids: Iterable[tuple[str, str]]) -> None:
    """Note that these were named again today."""
    ErasedMark.objects.filter(digest__in=_digests(ids).values()).update(seen_at=timezone.now())


def _digests(ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    row, _ = MarkKey.objects.get_or_create(pk=1, defaults={"key": secrets.token_hex(32)})
    key = bytes.fromhex(row.key)
    return {
        (space, one): hmac.new(key, f"{space}\n{one.strip().lower()}".encode(), hashlib.sha256).hexdigest()
        for space, one in ids
    }
