"""A OneRoster provider for tests: a real HTTP server over a sample district, with the standard's paging and filter.

Who may ask is decided by oauthlib's server side, not by code of ours: client credentials and bearer tokens for
OAuth 2, signatures for OAuth 1.0a. Faults are put in by tests through `fault`, which sees every request first.
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from oauthlib import oauth1, oauth2

from tests.schools.feeds.sample_district import Record, Sample

CLIENT, SECRET = "district-client", "s3cr&t/of=the+provider%20client"
PATHS = {"1.1": "/ims/oneroster/v1p1", "1.2": "/ims/oneroster/rostering/v1p2"}
SCOPES = {
    version: f"https://purl.imsglobal.org/spec/or/{name}/scope/roster-core.readonly"
    for version, name in (("1.1", "v1p1"), ("1.2", "v1p2"))
}
_FILTER = re.compile(r"(\w+)(>=|<=|!=|=|>|<)'([^']*)'")
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
# What the convenience paths of the standard select from; third parties' clients use them.
_VIEWS: dict[str, tuple[str, Callable[[Record], bool]]] = {
    "schools": ("orgs", lambda record: record["type"] == "school"),
    "teachers": ("users", lambda record: _has_role(record, "teacher")),
    "students": ("users", lambda record: _has_role(record, "student")),
    "terms": ("academicSessions", lambda record: record["type"] == "term"),
}


def _has_role(user: Record, word: str) -> bool:
    return word in [user.get("role"), *(role["role"] for role in user.get("roles", []))]


@dataclass
class Reply:
    """What a test answers in the provider's stead."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    number: int


Fault = Callable[[Asked], Reply | None]


class _OAuth2Rules(oauth2.RequestValidator):
    """One client with one secret; tokens are valid until they are taken away."""

    def __init__(self, scope: str) -> None:
        self.tokens: set[str] = set()
        self._scope = scope

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        said = request.headers.get("Authorization", "")
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        request.client = type("Client", (), {"client_id": CLIENT})()
        return said == f"Basic {expected}"

    def validate_grant_type(self, client_id: Any, grant_type: str, *args: Any, **kwargs: Any) -> bool:
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id: Any, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return [self._scope]

    def validate_scopes(self, client_id: Any, scopes: list[str], *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= {self._scope}

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        self.tokens.add(token["access_token"])

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        return token in self.tokens


class _OAuth1Rules(oauth1.RequestValidator):
    """One consumer, no tokens, each nonce once."""

    enforce_ssl = False
    nonce_length = (8, 64)
    client_key_length = (3, 40)
    dummy_client = "nobody-at-all"

    def __init__(self) -> None:
        super().__init__()
        self._nonces: set[tuple[str, str]] = set()

    @property
    def safe_characters(self) -> set[str]:
        return set(map(chr, range(33, 127)))

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return SECRET

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CLIENT

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        if (timestamp, nonce) in self._nonces:
            return False
        self._nonces.add((timestamp, nonce))
        return True


class ProviderServer(ThreadingHTTPServer):
    """Serves one sample. `cap` is the largest page that it gives, whatever is asked for.

    counts_pages: its count is of the page; links_on: it says that more follows, whatever follows.
    """

    daemon_threads = True

    def __init__(self, sample: Sample, *, cap: int = 10_000) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sample = sample
        self.cap = cap
        self.fault: Fault = lambda asked: None
        self.after: Callable[[Asked], None] = lambda asked: None
        self.counts = self.links = self.sorts = True
        self.counts_pages = self.links_on = False
        self.asked: list[Asked] = []
        self.rules = _OAuth2Rules(SCOPES[sample.version])
        self.oauth2 = oauth2.BackendApplicationServer(self.rules)
        self.oauth1 = oauth1.SignatureOnlyEndpoint(_OAuth1Rules())

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def base(self) -> str:
        return self.host + PATHS[self.sample.version]

    @property
    def token_url(self) -> str:
        return f"{self.host}/oauth/token"

    def may(self, asked: Asked, url: str) -> bool:
        """Say whether oauthlib lets a request through."""
        if asked.headers.get("Authorization", "").startswith("OAuth "):
            valid, _request = self.oauth1.validate_request(url, "GET", None, asked.headers)
            return bool(valid)
        scopes = [SCOPES[self.sample.version]]
        valid, _request = self.oauth2.verify_request(url, "GET", None, asked.headers, scopes)
        return bool(valid)

    def select(self, asked: Asked, collection: str) -> list[Record]:
        """Return the records that a query is about, in the order it asks for."""
        name, keep = _VIEWS.get(collection, (collection, lambda record: True))
        records = [record for record in self.sample.collections[name] if keep(record)]
        if found := _FILTER.fullmatch(asked.query.get("filter", "")):
            name, operator, value = found.groups()
            records = [one for one in records if _COMPARE[operator](str(one.get(name, "")), value)]
        if self.sorts and (key := asked.query.get("sort")):
            records.sort(key=lambda record: record.get(key, ""), reverse=asked.query.get("orderBy") == "desc")
        return records


class _Handler(BaseHTTPRequestHandler):
    server: ProviderServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer, or every request waits for an acknowledgement

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        asked = self._asked()
        if reply := self.server.fault(asked):
            return self._send(reply.status, reply.body, reply.headers)
        parts = urlsplit(self.path)
        prefix, _, collection = parts.path.rpartition("/")
        if not self.server.may(asked, self.server.host + self.path):
            return self._fail(401, "unauthorisedrequest")
        known = collection in self.server.sample.collections or collection in _VIEWS
        if prefix != PATHS[self.server.sample.version] or not known:
            return self._fail(404, "unknownobject")
        try:
            self._send_page(asked, parts.path, collection)
        finally:
            self.server.after(asked)
        return None

    def do_POST(self) -> None:
        asked = self._asked()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if reply := self.server.fault(asked):
            return self._send(reply.status, reply.body, reply.headers)
        headers, answer, status = self.server.oauth2.create_token_response(
            self.server.token_url, "POST", dict(parse_qsl(body)), asked.headers
        )
        return self._send(status, answer.encode(), dict(headers))

    def _asked(self) -> Asked:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = Asked(self.command, parts.path, query, dict(self.headers.items()), len(self.server.asked))
        self.server.asked.append(asked)
        return asked

    def _send_page(self, asked: Asked, path: str, collection: str) -> None:
        records = self.server.select(asked, collection)
        offset = int(asked.query.get("offset", 0))
        limit = min(int(asked.query.get("limit", 100)), self.server.cap)
        headers = {"X-Total-Count": str(len(records))} if self.server.counts else {}
        if self.server.counts_pages:
            headers = {"X-Total-Count": str(len(records[offset : offset + limit]))}
        if self.server.links_on or (self.server.links and offset + limit < len(records)):
            query = urlencode(asked.query | {"offset": str(offset + limit), "limit": str(limit)})
            headers["Link"] = f'<{self.server.host}{path}?{query}>; rel="next"'
        name = _VIEWS.get(collection, (collection,))[0]
        page = json.dumps({name: records[offset : offset + limit]}).encode()
        self._send(200, page, headers)

    def _fail(self, status: int, minor: str) -> None:
        field = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}
        info = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": f"refused {CLIENT}",
            "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
        }
        self._send(status, json.dumps(info).encode(), {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):  # who asked has heard enough
            self.close_connection = True


@contextmanager
def serving(sample: Sample, **fields: Any) -> Iterator[ProviderServer]:
    """Serve a sample while the block runs."""
    server = ProviderServer(sample, **fields)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
