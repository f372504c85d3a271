"""A OneRoster provider's collections, read page by page, and whether all of a collection was seen.

Paging follows https://www.imsglobal.org/spec/oneroster/v1p2 (limit, offset, X-Total-Count, Link). Records may
come, go and move while pages are read, so that one is seen twice or never: each page therefore begins with the
last record of the one before, and what does not fit makes the collection incomplete. It is read until a page
brings nothing new, whatever the provider counts. From an incomplete collection it never follows that anything
was removed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from .failures import FeedFailed, SignInRefused
from .network import Answer, Network, check_url, origin
from .sign_in import SignIn

Record = dict[str, Any]
BASES = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
PAGE = 1000
# What the standard takes where nothing is said, and every provider must give.
SMALL_PAGE = 100
_MOST = 10_000_000

# Orders that providers' databases give when they are asked to sort by sourcedId.
_ORDERS: dict[str, Callable[[str], Any]] = {
    "code points": str,
    "without case": str.casefold,
    "letters first": lambda text: "".join(filter(str.isalnum, text)).casefold(),
    "numbers": lambda text: (0, int(text), "") if text.isdecimal() else (1, 0, text),
}


@dataclass(slots=True)
class Seen:
    """What came of reading one collection. `moved`: it changed while it was read; `why` says what was wrong.

    counts_pages: the provider's count is of each page and says nothing of the whole.
    """

    records: int = 0
    total: int | None = None
    counts_pages: bool = False
    moved: bool = False
    why: str = ""

    @property
    def complete(self) -> bool:
        """Say whether every record of the collection was seen."""
        return not self.why


def base_url(address: str, version: str) -> str:
    """Return where the rostering service is, from what a person entered: the host, or any longer part of it."""
    address = address.strip().rstrip("/")
    if address.lower().endswith(("/v1p1", "/v1p2")):
        return address
    for end in ("/ims/oneroster/rostering", "/ims/oneroster"):
        if address.lower().endswith(end):
            return address[: -len(end)] + BASES[version]
    return address + BASES[version]


class Provider:
    """One provider, asked over `network` as `sign_in`. `base` is its rostering service's address."""

    def __init__(self, network: Network, base: str, sign_in: SignIn, *, page: int = PAGE) -> None:
        check_url(base, network.rules)
        self._network = network
        self._base = base
        self._sign_in = sign_in
        self._page = page
        self.asked_at: datetime | None = None

    def test(self) -> int | None:
        """Sign in and ask for one org. Return how many orgs there are, None where the provider does not say."""
        answer = self._get("orgs", {"limit": "1", "offset": "0"})
        _records(answer, "orgs")
        return _total(answer)

    def read(self, collection: str, seen: Seen, *, since: datetime | None = None) -> Iterator[Record]:
        """Yield every record of a collection once, and note in `seen` what speaks against having seen all.

        since: only what was modified after it. FeedFailed when the provider cannot be read.
        """
        known: set[int] = set()  # hashes take half the memory of the ids of 600,000 enrollments
        orders, last, edge, offset, pages = dict(_ORDERS), "", None, 0, 0
        while True:
            answer = self._get(collection, self._query(offset, since))
            records = _records(answer, collection)
            self._judge_total(seen, _total(answer), len(records), is_first=offset <= 1)
            if offset and not (records and records[0].get("sourcedId") == edge):
                return _moved(seen, collection)
            new = records[1:] if offset else records
            for record in new:
                sourced_id = record.get("sourcedId")
                if not isinstance(sourced_id, str) or not 0 < len(sourced_id) <= 255:
                    seen.why = seen.why or f"A record of {collection} has no usable sourcedId."
                    continue
                if hash(sourced_id) in known:
                    return _moved(seen, collection)
                known.add(hash(sourced_id))
                orders = {
                    name: key for name, key in orders.items() if not last or key(last) <= key(sourced_id)
                }
                last = sourced_id
                seen.records += 1
                yield record
            if seen.records > _MOST:
                raise FeedFailed(f"The provider gives more than {_MOST:,} records of {collection}.")
            if (
                not new
            ):  # alone this shows the end: a count can be one page's, and a page smaller than asked for
                break
            edge, offset, pages = new[-1].get("sourcedId"), offset + len(new), pages + 1
        if "next" in answer.links:
            seen.why = (
                seen.why or f"The provider says that there are more {collection} and does not give them."
            )
        self._judge_end(seen, collection, offset, bool(orders) or pages <= 1)

    def _query(self, offset: int, since: datetime | None) -> dict[str, str]:
        overlap = 1 if offset else 0
        query = {
            "limit": str(self._page),
            "offset": str(offset - overlap),
            "sort": "sourcedId",
            "orderBy": "asc",
        }
        if since:
            stamp = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            query["filter"] = f"dateLastModified>'{stamp}'"
        return query

    @staticmethod
    def _judge_total(seen: Seen, total: int | None, size: int, *, is_first: bool) -> None:
        if total is None or seen.counts_pages:
            return
        if total == size and not is_first:  # what came before is not in it
            seen.counts_pages, seen.total = True, None
            return
        if seen.total is not None and total != seen.total:
            seen.moved, seen.why = True, "Records were added or removed while they were fetched."
        seen.total = total

    @staticmethod
    def _judge_end(seen: Seen, collection: str, offset: int, in_order: bool) -> None:
        if seen.total is not None and offset != seen.total:
            seen.moved = True
            seen.why = f"The provider counts {seen.total:,} records of {collection} and gave {offset:,}."
        elif not in_order:
            seen.why = (
                f"The provider does not sort {collection}, so a record can be missing from between two pages."
            )

    def _ask(self, collection: str, query: dict[str, str]) -> Answer:
        url = f"{self._base}/{collection}"
        answer = self._network.ask("GET", url, auth=self._sign_in.auth(self._network), params=query)
        if answer.status == 401 and self._sign_in.forget():  # the token ended before it said it would
            answer = self._network.ask("GET", url, auth=self._sign_in.auth(self._network), params=query)
        return answer

    def _get(self, collection: str, query: dict[str, str]) -> Answer:
        answer = self._ask(collection, query)
        if answer.status in {400, 422} and int(query["limit"]) > SMALL_PAGE:  # some refuse large pages
            self._page = SMALL_PAGE
            answer = self._ask(collection, query | {"limit": str(SMALL_PAGE)})
        if self.asked_at is None:
            self.asked_at = _date_of(answer)
        if answer.status == 401:
            raise SignInRefused(
                "The provider does not accept our sign-in. Check the client id and the secret."
            )
        if answer.status != 200:
            raise FeedFailed(_failure(answer, collection))
        if origin(answer.url) != origin(self._base):
            raise FeedFailed("The answer came from another host.")
        return answer


def _moved(seen: Seen, collection: str) -> None:
    seen.moved = True
    seen.why = f"Records of {collection} moved between two pages while they were fetched."


def _records(answer: Answer, collection: str) -> list[Record]:
    """Return the records of a page: under the collection's name, else the one list that there is."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise FeedFailed(f"The provider's answer for {collection} is not JSON.") from None
    found = body.get(collection) if isinstance(body, dict) else None
    if found is None and isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise FeedFailed(f"The provider's answer for {collection} holds no list of records.")
    return found


def _total(answer: Answer) -> int | None:
    said = answer.headers.get("X-Total-Count", "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 12 else None


def _date_of(answer: Answer) -> datetime | None:
    """Return the provider's own time, by which it stamps its records."""
    try:
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)


_MINOR = {
    "forbidden": "The provider does not let this client read {collection}.",
    "unauthorisedrequest": "The provider does not let this client read {collection}.",
    "invalid_filter_field": "The provider cannot filter {collection} by date. Let every pull be a full one.",
    "invalid_selection_field": "The provider cannot sort {collection} by sourcedId.",
    "server_busy": "The provider is busy. It will be asked again at the next time.",
    "unknownobject": "The provider does not have {collection}. Check the address.",
    "internal_server_error": "The provider failed on {collection}; only its own log can say why.",
}
_STATUS = {
    403: _MINOR["forbidden"],
    404: _MINOR["unknownobject"],
    429: _MINOR["server_busy"],
}


def _failure(answer: Answer, collection: str) -> str:
    """Say what went wrong by the standard's words (imsx_StatusInfo), else by the status; never in the body's own."""
    try:
        body = json.loads(answer.body)
        field = body["imsx_CodeMinor"]["imsx_codeMinorField"][0]
        minor = str(field["imsx_codeMinorFieldValue"])
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        minor = ""
    words = _MINOR.get(minor) or _STATUS.get(answer.status)
    if words:
        return words.format(collection=collection)
    return f"The provider answered the request for {collection} with status {answer.status}."
