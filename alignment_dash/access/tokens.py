"""Signing in to the API with a token."""

from typing import Any

from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's way, save that bytes which no token holds are not looked up, and whom a roster suspended is refused."""

    def authenticate_credentials(self, token: bytes) -> object:
        """Return the user and the token's row. AuthenticationFailed when there is no such token."""
        if not token.isalnum():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)

    def validate_user(self, auth_token: Any) -> object:
        """Return the token's user and its row. AuthenticationFailed for a user who may not sign in."""
        if auth_token.user.suspended_by_roster:
            raise AuthenticationFailed("User inactive or deleted.")
        return super().validate_user(auth_token)
