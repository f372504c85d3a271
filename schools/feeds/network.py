"""Requests to a host that someone typed into a form: where they may go, how long they take, how much they bring.

Addresses are checked when the name is looked up, and again on the connection itself before a byte is sent, so
that a name which answers differently the second time (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import contextlib
import email.utils
import ipaddress
import logging
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .failures import FeedFailed

# At DEBUG these write signatures, the texts that are signed and whole addresses to the log.
for _name in ("oauthlib", "requests_oauthlib", "urllib3"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_CHUNK = 1 << 16
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where clouds tell a machine its own credentials: AWS and most others, Oracle, Alibaba; AWS and Google by IPv6.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "192.0.0.192", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254"),
    )
)
# RFC 6890: protocol assignments, no host's. Which of them count as public differs between versions of Python.
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
# IPv6 with an IPv4 address as its last 32 bits: mapped, compatible (RFC 4291), translated (2765), NAT64 (6052).
_CARRIERS = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost: seconds to connect, between two pieces and in all; bytes; how often to try."""

    connect: float = 10
    quiet: float = 60
    total: float = 300
    body: int = 64 * 2**20
    tries: int = 5
    wait: float = 2
    longest_wait: float = 120
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """Which hosts may be asked. `private`: also addresses of a private network. `plain`: http to this machine."""

    private: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has been read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    links: Mapping[str, Any]


class _Refused(OSError):
    """An address that may not be asked."""


def check_url(url: str, rules: Rules) -> SplitResult:
    """Return the parts of an address that may be asked; FeedFailed says in words why another may not."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FeedFailed("This is not the address of a web service.") from error
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise FeedFailed("Write the address as https://host/path, without a user name in it.")
    if parts.scheme == "http" and not (rules.plain and host in _LOOPBACK_NAMES):
        raise FeedFailed(
            "The address must begin with https://, so that nobody on the way can read or change it."
        )
    if parts.scheme not in {"http", "https"}:
        raise FeedFailed("The address must begin with https://.")
    return parts


def may_ask(address: str, rules: Rules) -> bool:
    """Say whether an IP address may be asked: one of the public Internet, unless private ones are allowed.

    An IPv4 address that an IPv6 address carries must be one, too. This machine may be asked in development alone
    (`rules.plain`), and what tells a cloud's machine its secrets never.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(_may_ask(each, rules) for each in (ip, *_carried(ip)))


def _may_ask(ip: _Address, rules: Rules) -> bool:
    is_carrier = any(ip in block for block in _CARRIERS)
    if ip.is_loopback:
        return rules.private and rules.plain
    if ip in _METADATA or ip.is_multicast or ip.is_unspecified or ip.is_link_local:
        return False
    if rules.private or is_carrier:  # what it carries decides, whatever its block is reserved for
        return is_carrier or not ip.is_reserved
    is_site_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    return ip.is_global and not ip.is_reserved and not is_site_local and ip not in _PROTOCOLS


def _carried(ip: _Address) -> list[_Address]:
    """Return the IPv4 addresses that an IPv6 address leads to where something on the way translates it."""
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback or ip.is_unspecified:
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in block for block in _CARRIERS):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _guard(connection: HTTPConnection, rules: Rules) -> None:
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    if not all(may_ask(str(where[4][0]), rules) for where in found):
        raise _Refused


def _guard_peer(connected: socket.socket, rules: Rules) -> socket.socket:
    if not may_ask(connected.getpeername()[0], rules):
        connected.close()
        raise _Refused
    return connected


def _adapter(rules: Rules) -> HTTPAdapter:
    """Return an adapter whose every connection is checked, before and after it is made."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            _guard(self, rules)
            return _guard_peer(super()._new_conn(), rules)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            _guard(self, rules)
            return _guard_peer(super()._new_conn(), rules)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    adapter = HTTPAdapter(max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return adapter


class Network:
    """Asks hosts within rules and limits. `sleep` waits between two tries; `clock` counts seconds."""

    def __init__(
        self,
        rules: Rules,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rules = rules
        self.limits = limits or Limits()
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False  # neither a proxy nor a .netrc of the machine
        self._session.headers.update({"Accept": "application/json", "User-Agent": "alignment-dash"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _adapter(rules))

    def close(self) -> None:
        """Close what is still connected."""
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        auth: AuthBase | None = None,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, again after a while where the host is busy, and return its answer whatever its status.

        A redirect is followed on the same host only. FeedFailed: it may not be asked, cannot be reached, or
        answers too slowly or too much.
        """
        limits, more = self.limits, {"auth": auth, "params": params, "data": data, "headers": headers}
        for attempt in range(1, limits.tries + 1):
            last = attempt == limits.tries
            try:
                answer = self._follow(method, url, more)
            except (requests.ConnectionError, requests.Timeout) as error:
                if last or _is_refused(error):
                    raise FeedFailed(_unreachable(urlsplit(url).hostname or "", error)) from None
                self._sleep(self._pause(attempt, {}))
                continue
            if answer.status not in _AGAIN or last:
                return answer
            self._sleep(self._pause(attempt, answer.headers))
        raise AssertionError("the last try returns or raises")

    def _pause(self, attempt: int, headers: Mapping[str, str]) -> float:
        """Seconds to wait: as long as the host asks, else twice as long each time, within the limit."""
        said = headers.get("Retry-After", "").strip()
        wait: float = self.limits.wait * 2 ** (attempt - 1)
        if said.isdigit():
            wait = float(said)
        elif said:
            with contextlib.suppress(ValueError, TypeError):
                wait = (email.utils.parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
        return min(max(wait, 0.0), self.limits.longest_wait)

    def _follow(self, method: str, url: str, more: dict[str, Any]) -> Answer:
        for _ in range(self.limits.redirects + 1):
            check_url(url, self.rules)
            answer = self._once(method, url, more)
            if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            target = urljoin(answer.url, answer.headers["Location"])
            if origin(target) != origin(url) or method != "GET":
                raise FeedFailed(
                    "The provider sends us on to another host. Enter the address that it leads to."
                )
            url, more = target, more | {"params": None}
        raise FeedFailed("The provider sends us round in circles.")

    def _once(self, method: str, url: str, more: dict[str, Any]) -> Answer:
        limits, started = self.limits, self._clock()
        try:
            with self._session.request(
                method,
                url,
                timeout=(limits.connect, limits.quiet),
                allow_redirects=False,
                stream=True,
                **more,
            ) as response:
                parts, size = [], 0
                for part in response.iter_content(_CHUNK):
                    parts.append(part)
                    size += len(part)
                    if size > limits.body:
                        raise FeedFailed(
                            f"An answer is larger than {limits.body // 2**20} MB. Ask for smaller pages."
                        )
                    if self._clock() - started > limits.total:
                        raise FeedFailed(f"An answer took longer than {limits.total:.0f} seconds.")
                return Answer(
                    response.status_code, response.headers, b"".join(parts), response.url, response.links
                )
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            raise requests.ConnectionError(str(type(error).__name__)) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError) as error:
            raise FeedFailed("This is not the address of a web service.") from error


def origin(url: str) -> tuple[str, str, int | None]:
    """Return what makes two addresses the same host: scheme, name and port."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return (parts.scheme, (parts.hostname or "").lower(), port)


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else inner or error.__cause__ or error.__context__  # type: ignore[assignment]
    return found


def _is_refused(error: BaseException) -> bool:
    return any(isinstance(cause, _Refused) for cause in _causes(error))


def _unreachable(host: str, error: BaseException) -> str:
    causes = _causes(error)
    if any(isinstance(cause, _Refused) for cause in causes):
        return f"{host} is an address inside a private network, which feeds may not ask here."
    if any(isinstance(cause, (requests.Timeout, urllib3.exceptions.TimeoutError)) for cause in causes):
        return f"{host} did not answer in time."
    if any(isinstance(cause, (urllib3.exceptions.NameResolutionError, socket.gaierror)) for cause in causes):
        return f"There is no host called {host}."
    if any(isinstance(cause, requests.exceptions.SSLError) for cause in causes):
        return f"{host} does not prove who it is: its certificate is not valid."
    return f"{host} cannot be reached."
