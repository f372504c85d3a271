"""Migrations of many tables in a fraction of the time: their models are worked out once for all of them.

After each operation Django works out every model again that is connected with the changed one, which by now is
nearly all of them: nine tenths of what `migrate` took from nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RemoveConstraint,
)
from django.db.migrations.operations.base import Operation

_TABLES = (AddConstraint, AddField, AddIndex, AlterField, CreateModel, RemoveConstraint)


class Together(Operation):
    """Operations whose SQL is the same before and after the others: see `together`."""

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Worked out when it is next asked for, with all of them.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """Return a migration's operations, those together that follow each other and mind none of the others.

    The tables come out the same. What follows the making of its own model, or another change of its field, begins
    anew, and so does whatever is not about tables, fields, constraints and indexes.
    """
    found: list[Operation] = []
    group: list[Operation] = []
    for operation in operations:
        if not (isinstance(operation, _TABLES) and _minds_none(operation, group)):
            found += _as_one(group)
            group = []
        if isinstance(operation, _TABLES):
            group.append(operation)
        else:
            found.append(operation)
    return found + _as_one(group)


def _as_one(group: list[Operation]) -> list[Operation]:
    return group if len(group) < 2 else [Together(group)]


def _minds_none(operation: Operation, group: list[Operation]) -> bool:
    model, field = _about(operation)
    return all(
        model != other or not (isinstance(earlier, CreateModel) or (field and field == changed))
        for earlier in group
        for other, changed in [_about(earlier)]
    )


def _about(operation: Any) -> tuple[str, str]:
    """Return the names of the model and the field that an operation is about, in small letters; "" for no field."""
    if isinstance(operation, CreateModel):
        return operation.name_lower, ""
    field = operation.name_lower if isinstance(operation, (AddField, AlterField)) else ""
    return operation.model_name_lower, field
