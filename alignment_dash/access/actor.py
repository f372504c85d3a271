"""Who changes rows: told to the database at the first change of a transaction, where the change log reads it.

Nothing is asked of the database while nothing is changed; a transaction that changes something takes one more
round trip. The setting is the transaction's own, so it ends with it, also when it is rolled back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import Task
from django.db import DEFAULT_DB_ALIAS

_TELL = (
    "SELECT set_config('alignment.actor', %s, true)"
    # What an import says of itself is more exact than who had it done.
    " WHERE coalesce(current_setting('alignment.actor', true), '') IN ('', %s)"
)
_IDLE = 0  # libpq's PQTRANS_IDLE
# Sessions are not in the change log; each page that leaves a message writes one.
_NOT_LOGGED = '"django_session"'

_actor: ContextVar[Callable[[], str] | None] = ContextVar("actor", default=None)


@contextmanager
def acting(name: Callable[[], str]) -> Iterator[None]:
    """Let what is changed inside be `name`'s doing; it is called at the first change, and "" says nothing."""
    before = _actor.set(name)
    try:
        yield
    finally:
        _actor.reset(before)


class ActingTask(Task):
    """A Celery task whose changes say which task it was, and about what."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        said = " ".join(str(one) for one in ("task", self.name, *args[:1]))
        with acting(lambda: said):
            return super().__call__(*args, **kwargs)


class _Teller:
    """Looks at each statement of one connection, and tells the actor before the first change."""

    def __init__(self) -> None:
        self._name = ""
        self._savepoints: list[str | None] | None = None  # those open when it was told; None: not told

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        connection = context["connection"]
        if not self._stands(connection):
            self._savepoints = None
        if connection.in_atomic_block and _changes(sql):
            self._tell(connection)
        return execute(sql, params, many, context)

    def _stands(self, connection: Any) -> bool:
        """Whether this is the transaction in which it was told, and no savepoint of then was left and so undone."""
        if not connection.in_atomic_block or connection.connection.info.transaction_status == _IDLE:
            return False
        told = self._savepoints or []
        return bool(connection.savepoint_ids[: len(told)] == told)

    def _tell(self, connection: Any) -> None:
        asked = _actor.get()
        name = asked()[:200] if asked else ""
        if not name or (name == self._name and self._savepoints is not None):
            return
        # On a cursor of its own: the statement at hand may be one that runs many times.
        with connection.cursor() as cursor:
            cursor.execute(_TELL, [name, self._name])
        self._name, self._savepoints = name, list(connection.savepoint_ids)


def _changes(sql: Any) -> bool:
    """Whether a statement may change or delete rows; new rows are not in the change log."""
    return isinstance(sql, str) and ("UPDATE" in sql or "DELETE" in sql) and _NOT_LOGGED not in sql


def watch(*, connection: Any, **_: Any) -> None:
    """Look at the statements of a connection from now on; called when it is made, and again when it is made anew."""
    known = any(isinstance(one, _Teller) for one in connection.execute_wrappers)
    if connection.alias == DEFAULT_DB_ALIAS and not known:
        # First, for what is put there for a while is taken from the end.
        connection.execute_wrappers.insert(0, _Teller())
