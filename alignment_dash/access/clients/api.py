"""POST /api/v1/oauth/token/: a program shows its secret and gets a token for an hour."""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from oauthlib.common import Request as OAuthRequest
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error
from rest_framework import serializers
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from alignment_dash.access import audit
from alignment_dash.access.clients.models import ApiClient
from alignment_dash.access.clients.oauth import SERVER, TooOften, credentials
from alignment_dash.access.policy import MachineScope
from alignment_dash.access.throttles import Count, address_of

FORM = "application/x-www-form-urlencoded"
# A token request is some two hundred bytes.
LARGEST = 8192
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
CHALLENGE = 'Basic realm="api", charset="UTF-8"'
# Failures a minute: of one client id from one address, and of one address.
FAILURES = 10
FAILURES_OF_ADDRESS = 100


log = logging.getLogger(__name__)


class TokenRequestSerializer(serializers.Serializer[Any]):
    """Client id and secret stand here, or in the Authorization header (Basic)."""

    grant_type = serializers.ChoiceField(["client_credentials"])
    scope = serializers.CharField(
        required=False, help_text=f"Some of {', '.join(MachineScope)}, with spaces between; else all it may."
    )
    client_id = serializers.UUIDField(required=False)
    client_secret = serializers.CharField(required=False)


class TokenAnswerSerializer(serializers.Serializer[Any]):
    """A token, and how many seconds it lasts."""

    access_token = serializers.CharField()
    expires_in = serializers.IntegerField()
    token_type = serializers.ChoiceField(["Bearer"])
    scope = serializers.CharField()


class TokenErrorSerializer(serializers.Serializer[Any]):
    """Why there is no token, in the words of RFC 6749, section 5.2."""

    error = serializers.CharField()
    error_description = serializers.CharField(required=False)


class TokenView(APIView):
    """Tokens of programs: OAuth 2 client credentials."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    parser_classes = [FormParser]

    @extend_schema(
        operation_id="oauth_token",
        auth=[],
        request={FORM: TokenRequestSerializer},
        responses={
            200: TokenAnswerSerializer,
            400: TokenErrorSerializer,
            401: TokenErrorSerializer,
            429: OpenApiResponse(TokenErrorSerializer, description="Too many requests; see Retry-After."),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Give a token to a program that shows its client id and secret."""
        try:
            return _answer(request)
        except TooOften as error:
            return _said(error.json, error.status_code, {"Retry-After": str(error.wait)})
        except OAuth2Error as error:
            return _said(error.json, error.status_code)


def _answer(request: Request) -> HttpResponse:
    """Return a token or why there is none. OAuth2Error for what is no token request."""
    body, shown = _body(request), {"Authorization": request.META.get("HTTP_AUTHORIZATION", "")}
    client_id = (credentials(OAuthRequest(request.path, "POST", body, shown)) or ("",))[0]
    address = address_of(request)
    counts = [
        Count("token.failed", FAILURES, address, client_id),
        Count("token.failed", FAILURES_OF_ADDRESS, address),
    ]
    full = [count for count in counts if count.is_full]
    if full:
        raise TooOften(max(count.wait for count in full))
    _headers, text, status = SERVER.create_token_response(request.path, "POST", body, shown)
    if status == 401:
        for count in counts:
            count.add()
        _record_failure(client_id, address)
    return _said(text, status)


def _said(text: str, status: int, headers: Mapping[str, str] = NO_HEADERS) -> HttpResponse:
    """Return an answer as section 5 of RFC 6749 wants it: JSON that is not kept, with a challenge where refused."""
    challenge = {"WWW-Authenticate": CHALLENGE} if status == 401 else {}
    return HttpResponse(
        text, status=status, content_type="application/json", headers={**NOT_STORED, **challenge, **headers}
    )


def _body(request: Request) -> str:
    """Return the form as text. InvalidRequestError when it is none, or larger than one can be."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.META.get("QUERY_STRING"):
        raise InvalidRequestError("What is asked for stands in the body, not in the address.")
    if kind != FORM:
        raise InvalidRequestError(f"The body is a form: {FORM}.")
    if not (length.isascii() and length.isdecimal()) or int(length) > LARGEST:
        raise InvalidRequestError("The body is too large.")
    try:
        return request._request.body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequestError("The body is not UTF-8.") from error


def _record_failure(client_id: str, address: str) -> None:
    """Put a failure into the log and the audit: the same, and as long, whether there is such a client or not."""
    try:
        uid = UUID(client_id)
    except ValueError:
        return
    log.warning("A program failed to sign in as client %s from %s", uid, address)
    audit.record(act="client.sign-in.failed", target=ApiClient(uid=uid, name=f"client {uid}"), by=None)
