"""Signing in to the API with a token."""

from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox's way, save that bytes which no token holds are refused and not looked up."""

    def authenticate_credentials(self, token: bytes) -> object:
        """Return the user and the token's row. AuthenticationFailed when there is no such token."""
        if not token.isalnum():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)
