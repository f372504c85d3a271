"""Decisions and corrections wait for no roster, and none is written over: one or the other at a time."""

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from schools.rosters.loader import ONE_AT_A_TIME


def hold_off_rosters() -> None:
    """Let no roster be written until the transaction ends. ValidationError while one is checked or written.

    A roster looks at decisions and corrections when it begins to write; what came later it would write over.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise ValidationError(_("A roster is being read just now. Try again when it has ended."))
