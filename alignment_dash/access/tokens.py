"""Signing in to the API with a token: a person's, or one that a program was given."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from alignment_dash.access.clients.actions import note_use
from alignment_dash.access.clients.models import ClientToken
from alignment_dash.access.models import User

WORDS = (b"bearer", b"token")
CHALLENGE = 'Bearer realm="api"'


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's tokens, after `Bearer` or `Token`, found by their digest: one query, whoever's they are.

    `request.auth` is a ClientToken for a program and knox's AuthToken for a person.
    """

    def authenticate(self, request: Request) -> tuple[User, AuthToken | ClientToken] | None:
        """Return the user and the token's row; None when the header speaks of no token."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in WORDS:
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Invalid token header.")
        return self.authenticate_credentials(words[1])

    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken | ClientToken]:
        """Return the user and the token's row. AuthenticationFailed when there is no such token, or no more."""
        if not token.isalnum():
            raise AuthenticationFailed("Invalid token.")
        found = AuthToken.objects.filter(digest=hash_token(token.decode())).select_related(
            "user", "client_token__client"
        )
        row = found.first()
        if row is None or (row.expiry is not None and row.expiry <= timezone.now()):
            raise AuthenticationFailed("Invalid token.")
        return self.validate_user(row)

    def validate_user(self, auth_token: Any) -> tuple[User, AuthToken | ClientToken]:
        """Return the token's user and its row. AuthenticationFailed for one who may not sign in."""
        user: User = auth_token.user
        of_client: ClientToken | None = getattr(auth_token, "client_token", None)
        if not user.is_active or user.suspended_by_roster or user.is_machine != (of_client is not None):
            raise AuthenticationFailed("User inactive or deleted.")
        if of_client is None:
            return user, auth_token
        if not of_client.client.is_live:
            raise AuthenticationFailed("Invalid token.")
        note_use(client=of_client.client, now=timezone.now())
        return user, of_client

    def authenticate_header(self, request: Any) -> str:
        """Return the challenge of a 401, with what was wrong where a token was shown (RFC 6750, section 3)."""
        shown = getattr(request, "META", {}).get("HTTP_AUTHORIZATION")
        return f'{CHALLENGE}, error="invalid_token"' if shown else CHALLENGE
