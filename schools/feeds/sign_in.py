"""Signing in to a provider: OAuth 2 client credentials, or OAuth 1.0a with a consumer key alone.

Source: IMS Security Framework 1.0 (client credentials, HTTP Basic at the token endpoint) for OneRoster 1.2;
OneRoster 1.1 section 3.4 (OAuth 1.0a, HMAC-SHA-256 or HMAC-SHA-1, no token) and RFC 5849.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests.auth import AuthBase, HTTPBasicAuth
from requests_oauthlib import OAuth1

from .failures import SignInRefused
from .network import Network

SCOPES = {
    "1.1": "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
    "1.2": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly",
}
# Ask for a new token a little before the old one ends, for clocks differ.
_EARLY = 30


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to a provider. The secret stays out of what is printed."""

    client_id: str
    secret: str = field(repr=False)


class SignIn(Protocol):
    """Signs requests."""

    def auth(self, network: Network) -> AuthBase:
        """Return what signs a request; may ask the provider first."""

    def forget(self) -> bool:
        """Drop what was refused; say whether signing in anew can help."""


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class OAuth2SignIn:
    """A bearer token by client credentials, kept while it is valid."""

    def __init__(
        self,
        credentials: Credentials,
        token_url: str,
        scope: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credentials = credentials
        self._token_url = token_url
        self._scope = scope
        self._clock = clock
        self._token = ""
        self._until = 0.0

    def auth(self, network: Network) -> AuthBase:
        """Return the token's signature; asks the token address when there is no valid token."""
        if not self._token or self._clock() >= self._until:
            self._ask(network)
        return _Bearer(self._token)

    def forget(self) -> bool:
        """Drop the token: another can be had."""
        self._token = ""
        return True

    def _ask(self, network: Network) -> None:
        form = {"grant_type": "client_credentials"} | ({"scope": self._scope} if self._scope else {})
        basic = HTTPBasicAuth(self._credentials.client_id.encode(), self._credentials.secret.encode())
        answer = network.ask("POST", self._token_url, auth=basic, data=form)
        if answer.status not in {200, 201}:
            raise SignInRefused(_refusal(answer.status, answer.body))
        client = BackendApplicationClient(client_id=self._credentials.client_id)
        try:
            token = client.parse_request_body_response(answer.body.decode("utf-8", "replace"), scope=None)
            self._token = str(token["access_token"])
            lasts = float(token.get("expires_in") or 3600)
        except (OAuth2Error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise SignInRefused("The token address did not answer with a token.") from None
        self._until = self._clock() + max(lasts - _EARLY, lasts / 2)


class OAuth1SignIn:
    """A signature on every request by consumer key and secret, without a token."""

    def __init__(self, credentials: Credentials, method: str = "HMAC-SHA256") -> None:
        self._credentials = credentials
        self._method = method

    def auth(self, network: Network) -> AuthBase:
        """Return what signs a request."""
        made: AuthBase = OAuth1(
            self._credentials.client_id,
            client_secret=self._credentials.secret,
            signature_method=self._method,
        )
        return made

    def forget(self) -> bool:
        """Say that the same signature would be refused again."""
        return False


def _refusal(status: int, body: bytes) -> str:
    """Say why a token was refused, by RFC 6749's word for it where the answer has one."""
    for word, means in {
        b"invalid_client": "The provider does not know this client id, or the secret is wrong.",
        b"unauthorized_client": "The provider does not let this client sign in by its secret.",
        b"invalid_scope": "The provider does not grant the scope that was asked for.",
        b"unsupported_grant_type": "The provider does not offer client credentials at the token address.",
    }.items():
        if b'"' + word + b'"' in body:
            return means
    if status in {400, 401, 403}:
        return f"The provider refused to sign us in ({status}). Check the client id and the secret."
    return f"The token address answered with status {status}."
