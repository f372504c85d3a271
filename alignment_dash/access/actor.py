"""Who changes rows: told to the database at the first change of a transaction, where the change log reads it.

Nothing is asked of the database while nothing is changed; a transaction that changes something takes one more
round trip. The setting is the transaction's own, so it ends with it, also when it is rolled back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from celery import Task
from django.db import DEFAULT_DB_ALIAS

_TELL = (
    "SELECT set_config('alignment.actor', %s, true)"
    # What an import says of itself is more exact than who had it done.
    " WHERE coalesce(current_setting('alignment.actor', true), '') = ANY(%s)"
)
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


@dataclass(frozen=True, slots=True)
class _Told:
    """Who was told, kept among the hooks of the transaction: these are forgotten exactly when the setting is.

    Statements do not show when a transaction ends: some go past whoever looks at them, such as COPY.
    """

    name: str

    def __call__(self) -> None:
        """Do nothing when the transaction is committed."""


class _Teller:
    """Looks at each statement of one connection, and tells the actor before the first change."""

    def __init__(self) -> None:
        self._undone = False  # since it was told

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        connection = context["connection"]
        # A savepoint that no `atomic` made takes no hooks with it.
        self._undone = self._undone or (isinstance(sql, str) and sql.startswith("ROLLBACK TO"))
        if connection.in_atomic_block and _changes(sql):
            self._tell(connection)
        return execute(sql, params, many, context)

    def _tell(self, connection: Any) -> None:
        asked = _actor.get()
        name = asked()[:200] if asked else ""
        if not name:
            return
        told = [hook.name for _ids, hook, _robust in connection.run_on_commit if isinstance(hook, _Told)]
        if told and told[-1] == name and not self._undone:
            return
        # On a cursor of its own: the statement at hand may be one that runs many times.
        with connection.cursor() as cursor:
            cursor.execute(_TELL, [name, ["", *told]])
        connection.on_commit(_Told(name))
        self._undone = False


def _changes(sql: Any) -> bool:
    """Whether a statement may change or delete rows; new rows are not in the change log."""
    return isinstance(sql, str) and ("UPDATE" in sql or "DELETE" in sql) and _NOT_LOGGED not in sql


def watch(*, connection: Any, **_: Any) -> None:
    """Look at the statements of a connection from now on; called when it is made, and again when it is made anew."""
    known = any(isinstance(one, _Teller) for one in connection.execute_wrappers)
    if connection.alias == DEFAULT_DB_ALIAS and not known:
        # First, for what is put there for a while is taken from the end.
        connection.execute_wrappers.insert(0, _Teller())
