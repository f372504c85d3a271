"""Rows between PostgreSQL and numpy by binary COPY: no text is made or parsed on the way.

The format is in PostgreSQL's manual, "COPY, Binary Format": a header, for each row a count of fields and for
each field its length and bytes, big-endian, and a trailer. With columns of fixed width that are never null
every row is equally long, so that a whole result is one numpy array. Dates are days since 1970-01-01 here.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

Table = npt.NDArray[Any]

BIGINT, INTEGER, SMALLINT, BOOLEAN, DOUBLE = ">i8", ">i4", ">i2", "?", ">f8"
_EPOCH = date(1970, 1, 1)
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NULL_LENGTH = -1


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01, as `o.observed_on - DATE '1970-01-01'` gives it."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """Return the date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=number)


def copy_out(sql: str, parameters: Sequence[object] | Mapping[str, Any], columns: Mapping[str, str]) -> Table:
    """Return the rows of a SELECT as an array with the given columns (name -> type), in their order.

    ValueError when a row holds a null or a type of another width: select what cannot be either.
    """
    target = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", target)
    data = target.getbuffer()[len(_SIGNATURE) : -len(_END)]
    layout = _layout(columns)
    if len(data) % layout.itemsize:
        raise ValueError("a row holds a null or a column of another width")
    rows: Table = np.frombuffer(data, dtype=layout)
    for name in columns:
        if (rows[_length(name)] != layout[name].itemsize).any():
            raise ValueError(f"{name} holds a null or has another width")
    return rows


def copy_in(table: str, columns: Mapping[str, tuple[str, Any]]) -> None:
    """Add rows to a table without row security; `columns`: name -> (type, array), null where the array is masked."""
    layout = _layout({name: kind for name, (kind, _) in columns.items()})
    rows = np.zeros(len(next(iter(columns.values()))[1]), dtype=layout)
    rows["fields"] = len(columns)
    for name, (_, values) in columns.items():
        rows[_length(name)] = np.where(np.ma.getmaskarray(values), _NULL_LENGTH, layout[name].itemsize)
        rows[name] = np.ma.filled(values, 0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)",
            io.BytesIO(b"".join([_SIGNATURE, _sent(rows, list(columns)), _END])),
        )


def _sent(rows: Table, names: Sequence[str]) -> bytes:
    """Return rows as bytes; of a null the length alone is sent."""
    nulls = {name: null for name in names if (null := rows[_length(name)] == _NULL_LENGTH).any()}
    if not nulls:
        return rows.tobytes()
    sent = np.ones(
        len(rows), dtype=[(name, bool, rows.dtype[name].itemsize) for name in rows.dtype.names or ()]
    )
    for name, null in nulls.items():
        sent[name][null] = False
    return rows.view(np.uint8)[sent.view(bool)].tobytes()


def copy_in_text(table: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Add rows given as columns of text; `NULL` stands for null. The values may hold no tab or backslash."""
    lines = "\n".join(map("\t".join, zip(*columns.values(), strict=True)))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.StringIO(lines))


NULL = r"\N"


def texts(values: npt.NDArray[Any]) -> list[str]:
    """Return numbers as text for `copy_in_text`; nan is null."""
    return [NULL if value != value else str(value) for value in values.ravel().tolist()]


def _layout(columns: Mapping[str, str]) -> np.dtype[Any]:
    fields = [("fields", SMALLINT)]
    for name, kind in columns.items():
        fields += [(_length(name), INTEGER), (name, kind)]
    return np.dtype(fields)


def _length(name: str) -> str:
    return f"{name} length"
