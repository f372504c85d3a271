"""One transaction at a time with what cannot be locked as a row, because it may not be there yet."""

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait for whichever transaction has the turn of this name, and have it until this one ends; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
