"""OAuth 2 client credentials (RFC 6749, section 4.4): oauthlib speaks the protocol, this says who is who."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from alignment_dash.access.clients import actions
from alignment_dash.access.clients.models import ApiClient, ClientSecret
from alignment_dash.access.clients.secret import find
from alignment_dash.access.throttles import Count

_ONCE = ("client_id", "client_secret")
_NOBODY = UUID(int=0)
# Tokens a minute for one program, where its own rate is not less: each is a row, and one of the audit.
TOKENS = 30


class TooOften(OAuth2Error):
    """In the manner of section 5.2.

    wait: in how many seconds to come again, for who catches it.
    """

    error = "slow_down"
    description = "Too many token requests: try again later."
    status_code = 429

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


class Holder:
    """A program that has shown its secret, as oauthlib asks for it."""

    def __init__(self, secret: ClientSecret) -> None:
        self.secret = secret
        self.client: ApiClient = secret.client
        self.client_id = str(secret.client.uid)


class Validator(RequestValidator):
    """Answers what oauthlib asks about a token request."""

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Say whether the request shows a working secret, in the header or in the body, and set whose it is.

        InvalidRequestError where it shows one in both, or twice.
        """
        if any(name in request.duplicate_params for name in _ONCE):
            raise InvalidRequestError("Client id and secret are given once.", request=request)
        shown = credentials(request)
        secret = working_secret(*shown) if shown else None
        if secret is None:
            return False
        request.client = Holder(secret)
        request.client_id = request.client.client_id
        return True

    def validate_grant_type(self, client_id: str, grant_type: str, *args: Any, **kwargs: Any) -> bool:
        return grant_type == "client_credentials"

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        """Return what a token opens when nothing narrower is asked for: all that the program may."""
        return sorted(_holder(request).client.granted)

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return bool(scopes) and set(scopes) <= set(_holder(request).client.granted)

    def save_bearer_token(self, token: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        """Keep the token. TooOften where the program has asked for so many within a minute."""
        holder = _holder(request)
        given = Count("token.given", min(TOKENS, holder.client.rate), holder.client_id)
        if given.is_full:
            raise TooOften(given.wait)
        given.add()
        actions.issue_token(
            client=holder.client,
            secret=holder.secret,
            scopes=set(request.scopes or ()),
            token=token["access_token"],
        )


def _holder(request: Request) -> Holder:
    """Return who has shown a secret. TypeError before that."""
    if not isinstance(request.client, Holder):
        raise TypeError("nobody has signed in")
    return request.client


def credentials(request: Request) -> tuple[str, str] | None:
    """Return the client id and secret of a token request; None when there are none that can be read.

    In the header each is form-encoded before base64 (RFC 6749, section 2.3.1). InvalidRequestError where
    there is a secret, or another client id, in the body too: a program signs in in one way.
    """
    in_body = (request.client_id or "", request.client_secret or "")
    header = request.headers.get("Authorization", "")
    if not header:
        return in_body if all(in_body) else None
    kind, _space, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    uid, colon, secret = text.partition(":")
    if not colon:
        return None
    uid, secret = unquote_plus(uid), unquote_plus(secret)
    if in_body[1] or in_body[0] not in ("", uid):
        raise InvalidRequestError("Sign in by the header or by the body, not by both.", request=request)
    return uid, secret


def working_secret(client_id: str, secret: str) -> ClientSecret | None:
    """Return the row of a secret that works for a client that may sign in; None for every other.

    One query and the same work whether there is such a client or not.
    """
    try:
        uid = UUID(client_id)
    except ValueError:
        uid = _NOBODY
    working = ClientSecret.objects.working(timezone.now()).filter(client__uid=uid)
    rows = list(working.select_related("client__user")[:2])
    place = find(secret, [row.digest for row in rows])
    if place is None or not rows[place].client.is_live:
        return None
    return rows[place]


def _new_token(request: Request, refresh_token: bool = False) -> str:
    return actions.new_token()


SERVER = BackendApplicationServer(
    Validator(),
    token_generator=_new_token,
    token_expires_in=int(actions.TOKEN_LASTS.total_seconds()),
)
