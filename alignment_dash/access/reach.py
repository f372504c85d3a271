"""Open the rows that row security closes: ratings, reviews and students.

Nothing is open by default. Pages about a person open what their scope allows; jobs and imports open
everything and say why, so that every such place can be found by name.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

SETTINGS = ("alignment.everything", "alignment.schools", "alignment.person")

# What stood is read before anything is written: in one statement, for one trip to the database.
_EXCHANGE = """
WITH before AS MATERIALIZED (
    SELECT coalesce(current_setting(%s, true), '') AS everything, coalesce(current_setting(%s, true), '') AS schools,
        coalesce(current_setting(%s, true), '') AS person
)
SELECT before.everything, before.schools, before.person,
    set_config(%s, %s, false), set_config(%s, %s, false), set_config(%s, %s, false)
FROM before
"""


def _write(everything: str, schools: str, person: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, false), set_config(%s, %s, false), set_config(%s, %s, false)",
            [SETTINGS[0], everything, SETTINGS[1], schools, SETTINGS[2], person],
        )


def _exchange(everything: str, schools: str, person: str) -> tuple[str, str, str]:
    """Open these rows, and return what was open."""
    pairs = zip(SETTINGS, (everything, schools, person), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_EXCHANGE, [*SETTINGS, *(word for pair in pairs for word in pair)])
        row = cursor.fetchone()
    return row[0], row[1], row[2]


def close() -> None:
    """Close every protected row for this connection; one query."""
    _write("", "", "")


@contextmanager
def rows_of(*, schools: Collection[int] = (), person: int | None = None) -> Iterator[None]:
    """Open the protected rows of the given schools, and those about or by one person."""
    with _opened("", "{" + ",".join(str(int(school)) for school in schools) + "}", str(person or "")):
        yield


@contextmanager
def all_rows(*, why: str) -> Iterator[None]:
    """Open every protected row, for a job or an import that acts for the district; `why` is for the reader."""
    if not why:
        raise ValueError("say why every row is opened")
    with _opened("yes", "", ""):
        yield


@contextmanager
def _opened(everything: str, schools: str, person: str) -> Iterator[None]:
    before = _exchange(everything, schools, person)
    try:
        yield
    finally:
        # In a failed transaction nothing can be written; its rollback restores the setting by itself.
        if not connection.needs_rollback and not _failed():
            _write(*before)


def _failed() -> bool:
    raw = connection.connection
    if raw is None or raw.closed:
        return True
    return bool(raw.info.transaction_status == 3)  # libpq's PQTRANS_INERROR
