"""Lines of the log without the rows that the database quotes."""

import logging
from collections.abc import Iterator
from typing import Any

import psycopg2
from django.db import utils

# Class 22, data exceptions: their first line quotes the value itself.
_QUOTES_VALUE = "22"


class Formatter(logging.Formatter):
    """Write tracebacks with what the database says cut to what names no one.

    PostgreSQL adds the failing row ("DETAIL: Failing row contains ..."), the line of a COPY or the statement
    with its values: names, levels and what observers wrote.
    """

    def formatException(self, ei: Any) -> str:
        text = super().formatException(ei)
        for error in _chain(ei[1]):
            if isinstance(error, (utils.Error, psycopg2.Error)) and str(error):
                text = text.replace(str(error), without_values(error))
        return text


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
