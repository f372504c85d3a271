"""What stopped a job, in words that say what to do, and whether doing it again may help."""

from dataclasses import dataclass

import psycopg2
from django import db
from django.utils.translation import gettext as _

_LOST = (db.OperationalError, db.InterfaceError, psycopg2.OperationalError, psycopg2.InterfaceError)
_DISK_FULL = "53100"


@dataclass(frozen=True, slots=True)
class Mishap:
    """`message` is for people and holds nothing of the error's own text; `passes`: trying again may help."""

    message: str
    passes: bool


def mishap_of(error: BaseException) -> Mishap:
    """Tell what stopped a job from the error it ended with.

    What the database could not do just then passes: a restart, a lost connection, a full disk, a deadlock
    (SQLSTATE classes 08, 40, 53, 57, which the driver raises as OperationalError or InterfaceError).
    """
    if not isinstance(error, _LOST):
        return Mishap(_("The job stopped on an error; its log has the details."), passes=False)
    if _code(error) == _DISK_FULL:
        return Mishap(_("The database's disk is full. Free space, then choose Try again."), passes=True)
    return Mishap(
        _("The connection to the database was lost. When the database is back, choose Try again."),
        passes=True,
    )


def _code(error: BaseException) -> str:
    """Return the SQLSTATE of a database error or of its cause; "" where there is none."""
    return getattr(error, "pgcode", "") or getattr(error.__cause__, "pgcode", "") or ""
