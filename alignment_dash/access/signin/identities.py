"""The identity providers that the environment sets up. Read by settings, so nothing of Django is imported.

Each differs in what says which district someone is of, and in whether its word on an e-mail address holds:
see `claims.py`, and docs/operations.md for what to register where.
"""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from alignment_dash import env

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def set_up() -> list[dict[str, Any]]:
    """Return the providers that have a client id, as allauth's APPS. ImproperlyConfigured for half a provider."""
    return [app for app in (_google(), _microsoft(), _classlink(), _clever()) if app]


def _google() -> dict[str, Any] | None:
    domains = env.words("OIDC_GOOGLE_DOMAINS")
    return _app(
        "google",
        "Google",
        env.text("OIDC_GOOGLE_CLIENT_ID", ""),
        env.secret("OIDC_GOOGLE_CLIENT_SECRET", ""),
        needed={"OIDC_GOOGLE_DOMAINS": domains},
        server_url="https://accounts.google.com",
        district_claim="hd",
        districts=domains,
        # Google shows the accounts of this domain first; what counts is the claim in its answer.
        auth_params={"hd": domains[0] if len(domains) == 1 else "*", "prompt": "select_account"},
    )


def _microsoft() -> dict[str, Any] | None:
    tenant = env.text("OIDC_MICROSOFT_TENANT", "").lower()
    if tenant and not GUID.fullmatch(tenant):
        raise ImproperlyConfigured("OIDC_MICROSOFT_TENANT is the directory's id, such as 8eaef023-2b34-....")
    return _app(
        "microsoft",
        "Microsoft",
        env.text("OIDC_MICROSOFT_CLIENT_ID", ""),
        env.secret("OIDC_MICROSOFT_CLIENT_SECRET", ""),
        needed={"OIDC_MICROSOFT_TENANT": tenant},
        server_url=f"https://login.microsoftonline.com/{tenant}/v2.0",
        district_claim="tid",
        districts=[tenant],
        trusted_domains=env.words("OIDC_MICROSOFT_EMAIL_DOMAINS"),
        # Entra says email_verified of nobody; this optional claim is its word for it.
        verified_claim="xms_edov",
        auth_params={"prompt": "select_account"},
    )


def _classlink() -> dict[str, Any] | None:
    tenant = env.text("OIDC_CLASSLINK_TENANT", "")
    return _app(
        "classlink",
        "ClassLink",
        env.text("OIDC_CLASSLINK_CLIENT_ID", ""),
        env.secret("OIDC_CLASSLINK_CLIENT_SECRET", ""),
        needed={"OIDC_CLASSLINK_TENANT": tenant},
        server_url="https://launchpad.classlink.com",
        district_claim="classLink_tenant_id",
        districts=[tenant],
        # Districts write the addresses of ClassLink themselves, whatever it says of them.
        verified_claim="",
        trusted_domains=env.words("OIDC_CLASSLINK_EMAIL_DOMAINS"),
        nonce_may_miss=True,
    )


def _clever() -> dict[str, Any] | None:
    district = env.text("OIDC_CLEVER_DISTRICT", "")
    return _app(
        "clever",
        "Clever",
        env.text("OIDC_CLEVER_CLIENT_ID", ""),
        env.secret("OIDC_CLEVER_CLIENT_SECRET", ""),
        needed={"OIDC_CLEVER_DISTRICT": district},
        server_url="https://clever.com",
        district_claim="district",
        districts=[district],
        # False by default at Clever, and of addresses that districts write.
        verified_claim="",
        trusted_domains=env.words("OIDC_CLEVER_EMAIL_DOMAINS"),
        nonce_may_miss=True,
        token_auth_method="client_secret_basic",  # noqa: S106
        # Leads past the list of all districts.
        auth_params={"district_id": district},
    )


def _app(
    code: str, name: str, client_id: str, secret: str, *, needed: dict[str, Any], **given: Any
) -> dict[str, Any] | None:
    """Return one provider for allauth, None where it has no client id."""
    if not client_id:
        return None
    for variable, value in {f"OIDC_{code.upper()}_CLIENT_SECRET": secret, **needed}.items():
        if not value:
            raise ImproperlyConfigured(f"OIDC_{code.upper()}_CLIENT_ID is set, so set {variable} too.")
    defaults = {"verified_claim": "email_verified", "trusted_domains": [], "nonce_may_miss": False}
    settings = {**defaults, **given, "oauth_pkce_enabled": True}
    return {
        "provider_id": code,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": settings,
    }
