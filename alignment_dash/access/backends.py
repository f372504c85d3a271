"""Signing in with e-mail and password, and staying signed in."""

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from alignment_dash.access.models import User


class SignInBackend(ModelBackend):
    """Django's way, save that a user whom a roster suspended, or that is a program, is nobody here.

    They are asked about at sign-in and again at each request, so an open session ends with the suspension. The
    page says no more than for a wrong password.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether the user may sign in, and stay so."""
        if getattr(user, "is_machine", False) or getattr(user, "suspended_by_roster", False):
            return False
        return super().user_can_authenticate(user)

    def get_user(self, user_id: Any) -> User | None:
        """Return who a session is of; None where nobody has this id or may stay signed in. One query.

        Every request asks this; a queryset would take half a millisecond to put the same statement together.
        """
        fields, statement = _read()
        with connection.cursor() as cursor:
            cursor.execute(statement, [user_id])
            row = cursor.fetchone()
        user = User.from_db(connection.alias, fields, row) if row else None
        return user if user and self.user_can_authenticate(user) else None


@cache
def _read() -> tuple[list[str], str]:
    """Return the names of a user's fields, and the statement that reads their columns by id."""
    columns = ", ".join(f'"{one.column}"' for one in User._meta.concrete_fields)
    statement = f'SELECT {columns} FROM "{User._meta.db_table}" WHERE id = %s'  # noqa: S608 - the model's own names
    return [one.attname for one in User._meta.concrete_fields], statement
