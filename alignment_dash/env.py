"""Typed reading of environment variables: nonsense stops the start instead of becoming a default.

Every variable that settings read is listed in `.env.example`; a test compares the two.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text. Raises ImproperlyConfigured when it is unset and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name}: .env.example says what it is for.")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return a yes-or-no variable: 1/true/yes/on or 0/false/no/off, in any case."""
    value = os.environ.get(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write true or false.")


def whole(name: str, default: int) -> int:
    """Return a whole number, zero or more."""
    value = os.environ.get(name, str(default)).strip()
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number, zero or more.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without its empty items."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str, default: str | None = None) -> str:
    """Return a secret from NAME, or from the file that NAME_FILE names (as Docker secrets are given)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error}") from error
    return text(name, default)


def database(name: str, default: str | None = None) -> dict[str, str | int]:
    """Return a Django database dictionary from `postgres://user:password@host:port/name`."""
    parts = urlsplit(secret(name, default))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or 5432,
    }
