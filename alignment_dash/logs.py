"""Lines of the log without the rows that the database quotes, and without what signs in."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.db import utils

# Class 22, data exceptions: their first line quotes the value itself.
_QUOTES_VALUE = "22"
MASK = "***"
# What follows each of these names, up to a space, a quote or the next field.
_NAMED = re.compile(
    r"""([a-z_-]{0,40}(?:password\d?|passwd|secret|token|api_?key|signature|assertion|id_token_hint)"""
    r"""["']?\s*[=:]\s*["']?)([^\s"'&,;)}\]]+)""",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(r"([?&](?:code|state|nonce|key|ticket)=)[^\s&\"']+", re.IGNORECASE)
_HEADER = re.compile(r"((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[=:]\s*)[^\r\n]+", re.IGNORECASE)
_SCHEME = re.compile(r"\b(bearer|basic|token)\s+[\w.~+/=-]{16,}", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"']*:[^\s/@\"']+@", re.IGNORECASE)
# Secrets of programs (access/clients/secret.py), and the last part of links that set a password.
_OURS = re.compile(r"\balignment-[\w-]{43}|\b[0-9a-z]{6}-[0-9a-f]{32}\b")


class Formatter(logging.Formatter):
    """Write tracebacks with what the database says cut to what names no one.

    PostgreSQL adds the failing row ("DETAIL: Failing row contains ..."), the line of a COPY or the statement
    with its values: names, levels and what observers wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))

    def formatException(self, ei: Any) -> str:
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            if isinstance(error, (utils.Error, psycopg2.Error)) and str(error):
                text = text.replace(str(error), without_values(error))
        return text


def without_secrets(text: str) -> str:
    """Return text with passwords, tokens, secrets, codes, cookies and signatures masked."""
    text = _HEADER.sub(rf"\1\2{MASK}", text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    text = _IN_QUERY.sub(rf"\1{MASK}", text)
    text = _IN_ADDRESS.sub(rf"\1{MASK}@", text)
    return _OURS.sub(MASK, text)


def without_values(error: BaseException) -> str:
    """Return a database error's message without rows, values and statements; what is no server's stays."""
    code = getattr(error, "pgcode", None) or getattr(error.__cause__, "pgcode", None)
    if not code:
        return str(error)
    said = "a value was refused" if code.startswith(_QUOTES_VALUE) else str(error).split("\n", 1)[0]
    return f"{said} (SQLSTATE {code})"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those it came from."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
