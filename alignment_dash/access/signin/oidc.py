"""Sign-in through an OpenID provider: allauth's flow, with the checks that it leaves out.

allauth brings state and PKCE. Here the nonce is added, the ID token's signature is checked in every case, the
metadata must be of the issuer that was asked, and nothing of what the provider says of a person is stored.
"""

import secrets
from typing import Any

import jwt
import requests
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from alignment_dash.access.signin.claims import Refusal, Subject, read_token, subject_of

# Seconds for which metadata and keys are kept; a signature by an unknown key asks for the keys anew.
KEPT = 3600
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class Refused(ProviderException):
    """A refusal as allauth carries it to the page."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.why = refusal.why


class Exchange(OpenIDConnectOAuth2Adapter):
    """The talk with one provider about one sign-in."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the provider's metadata. Refused("provider") where they are another issuer's, or lack something."""
        if not hasattr(self, "_openid_config"):
            url = self.get_provider().server_url
            config = _fetched(url)
            expected = url.removesuffix("/.well-known/openid-configuration")
            if any(name not in config for name in NEEDED) or config["issuer"].rstrip("/") != expected:
                raise Refused(Refusal("provider", "metadata"))
            self._openid_config = config
        return self._openid_config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        """Return allauth's picture of whom the provider's answer names. Refused for an answer that does not hold."""
        try:
            subject = subject_of(self._claims(app, kwargs["response"]), app.settings)
        except Refusal as refusal:
            raise Refused(refusal) from refusal
        return self.get_provider().sociallogin_from_response(request, subject)

    def _claims(self, app: Any, response: dict[str, Any]) -> dict[str, Any]:
        token = response.get("id_token")
        if not isinstance(token, str):
            raise Refusal("token", "none")
        expected = {
            "issuer": self.openid_config["issuer"],
            "client_id": app.client_id,
            "nonce": self.nonce,
            "nonce_may_miss": app.settings["nonce_may_miss"],
        }
        url = self.openid_config["jwks_uri"]
        try:
            return read_token(token, keys=_key_set(_fetched(url)), **expected)
        except LookupError:
            pass
        try:
            return read_token(token, keys=_key_set(_fetched(url, anew=True)), **expected)
        except LookupError as error:
            raise Refusal("token", "key") from error


class OidcProvider(OpenIDConnectProvider):
    """Any of the providers that are set up; allauth knows them by this one class."""

    oauth2_adapter_class = Exchange

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """Send the browser to the provider. Of the request only `next` counts: allauth would let it choose scopes,
        parameters, and to link the provider's account to whoever is signed in here."""
        nonce = secrets.token_urlsafe(24)
        response: HttpResponse = self.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={**self.get_auth_params(), "nonce": nonce},
            nonce=nonce,
        )
        return response

    def extract_uid(self, data: Subject) -> str:
        """Return issuer and subject in one."""
        return data.uid

    def extract_extra_data(self, data: Subject) -> dict[str, Any]:
        """Return nothing: what is not needed is not kept."""
        return {}

    def extract_common_fields(self, data: Subject) -> dict[str, Any]:
        """Return nothing: names come from rosters and administrators."""
        return {}

    def extract_email_addresses(self, data: Subject) -> list[EmailAddress]:
        """Return the address where the provider's word for it holds."""
        return [EmailAddress(email=data.email, verified=True, primary=True)] if data.email else []


class Callback(OAuth2CallbackView):
    """The way back: hands the nonce of the request that this answers to the exchange."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce") or secrets.token_urlsafe(24)
        return state, response


def _fetched(url: str, *, anew: bool = False) -> dict[str, Any]:
    """Return the JSON object at `url`, kept for an hour. Refused("provider") where there is none."""
    kept: dict[str, Any] | None = None if anew else cache.get(f"oidc:{url}")
    if kept is not None:
        return kept
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(url)
            answer.raise_for_status()
            found = answer.json()
    except requests.RequestException as error:
        raise Refused(Refusal("provider", type(error).__name__)) from error
    if not isinstance(found, dict):
        raise Refused(Refusal("provider", "no object"))
    cache.set(f"oidc:{url}", found, KEPT)
    return found


def _key_set(found: dict[str, Any]) -> jwt.PyJWKSet:
    try:
        return jwt.PyJWKSet.from_dict(found)
    except jwt.PyJWTError as error:
        raise Refusal("provider", "keys") from error
