"""What the environment says of mail. Read by settings, so no model is imported."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from alignment_dash import env

SECURITIES = ("starttls", "tls", "none")


def set_up() -> dict[str, Any]:
    """Return the settings of mail. ImproperlyConfigured for what is set up by half, or nonsense."""
    host, sender, url = (
        env.text("EMAIL_HOST", ""),
        env.text("DEFAULT_FROM_EMAIL", ""),
        env.text("PUBLIC_URL", ""),
    )
    security = env.text("EMAIL_TLS", "starttls").strip().lower()
    user, password = env.text("EMAIL_USER", ""), env.secret("EMAIL_PASSWORD", "")
    _check_url(url)
    if security not in SECURITIES:
        raise ImproperlyConfigured(f"EMAIL_TLS is {security!r}: write {', '.join(SECURITIES)}.")
    if host and "@" not in parseaddr(sender)[1]:
        raise ImproperlyConfigured(
            "EMAIL_HOST is set: set DEFAULT_FROM_EMAIL to the address that mail comes from."
        )
    if host and not url:
        raise ImproperlyConfigured("EMAIL_HOST is set: set PUBLIC_URL, for links in mail.")
    if any(ord(sign) < 32 for sign in sender + user):
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL and EMAIL_USER are one line each.")
    return {
        "EMAIL_HOST": host,
        "EMAIL_PORT": env.whole("EMAIL_PORT", 587),
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_SECURITY": security,
        "DEFAULT_FROM_EMAIL": sender,
        "PUBLIC_URL": url.rstrip("/"),
    }


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ImproperlyConfigured(
            "PUBLIC_URL is where people reach the pages: https://alignment.example.org"
        )
