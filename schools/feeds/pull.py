"""One pull: every collection of a provider into a bundle, whole or honestly said not to be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO

from .bundle import Bundle
from .failures import SetMoved
from .provider import Provider, Seen
from .shapes import COLLECTIONS

Report = Callable[[int, int, str], None]
# Records are stamped by clocks that differ; fetching a few again changes nothing.
MARGIN = timedelta(minutes=10)


@dataclass(slots=True)
class Pulled:
    """What a pull brought. `cursor`: from when the next one must ask; None when something was not seen.

    modes: what the bundle states by file; seen: by collection; empty: it brought no record at all.
    """

    full: bool
    modes: dict[str, str]
    rows: dict[str, int]
    cursor: datetime | None
    seen: dict[str, Seen] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Say whether no record came."""
        return not any(self.rows.values())

    @property
    def notes(self) -> list[str]:
        """Why some collections are not stated as whole, a sentence each."""
        return [seen.why for seen in self.seen.values() if seen.why]


def pull(
    provider: Provider,
    file: IO[bytes],
    *,
    version: str,
    system_name: str,
    system_code: str,
    since: datetime | None = None,
    report: Report = lambda done, total, label: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pulled:
    """Fetch a provider's roster and write it to `file` as a zip.

    since: only what changed after it. When records change meanwhile all is fetched once more; what then still
    moves is stated as incomplete. SetMoved when whole collections refer to records that are not there, other
    FeedFailed when the provider cannot be read.
    """
    for again in (True, False):
        pulled, bundle = _attempt(provider, version, since, report, now)
        with closing(bundle):
            missing = bundle.missing()
            if again and (missing or any(seen.moved for seen in pulled.seen.values())):
                continue
            if missing:
                raise SetMoved(_misfit(missing))
            bundle.write(file, system_name=system_name, system_code=system_code)
        return pulled
    raise AssertionError("the second attempt returns or raises")


def _attempt(
    provider: Provider,
    version: str,
    since: datetime | None,
    report: Report,
    now: Callable[[], datetime],
) -> tuple[Pulled, Bundle]:
    started = now()
    provider.asked_at = None
    bundle = Bundle(version, full=since is None, pulled_at=started)
    found: dict[str, Seen] = {}
    try:
        for place, collection in enumerate(COLLECTIONS):
            seen = found[collection] = Seen()
            report(place, len(COLLECTIONS), collection)
            for record in provider.read(collection, seen, since=since):
                bundle.add(collection, record)
                if seen.records % 1000 == 0:
                    report(place, len(COLLECTIONS), f"{collection}: {seen.records:,}")
            bundle.finish(collection, complete=seen.complete)
    except BaseException:
        bundle.close()
        raise
    whole = all(seen.complete for seen in found.values())
    asked = min(provider.asked_at or started, started)
    pulled = Pulled(since is None, bundle.modes(), bundle.rows, asked - MARGIN if whole else None, found)
    return pulled, bundle


def _misfit(missing: dict[str, int]) -> str:
    counts = ", ".join(f"{count:,} {name}" for name, count in sorted(missing.items()))
    return (
        f"The provider's records refer to others that it does not give ({counts}), also when asked again."
        " Nothing was changed. Have the provider share them, or correct them at the source."
    )
