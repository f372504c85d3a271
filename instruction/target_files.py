"""Targets as a spreadsheet: out as they stand, and in again, with what is wrong by row and column."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alignment_dash.ui.csv_table import Unreadable, read_table
from instruction.actions import Setting
from instruction.actions.targets import TARGET_STEP, check_value
from instruction.queries.targets import TargetTable
from schools.models import Level

COLUMNS = ("code", "level", "value")
_ALL = ("", "all")
_SHOWN_FAULTS = 20


def rows_of(table: TargetTable) -> Iterator[list[object]]:
    """Yield the heading and a row for each element and level, as `read` takes them; those without a target too."""
    yield [*COLUMNS, "element", "last_year"]
    for line in table.lines:
        for level, _label in table.levels:
            value, before = line.values.get(level), line.before.get(level)
            yield [line.code, level or "all", value, line.wording.name, before]


def read(content: bytes, table: TargetTable) -> list[Setting]:
    """Return what a file of targets says: code, level ("all" or blank for all schools) and value (blank: none).

    Other columns are left alone. Raises Unreadable.
    """
    rows = read_table(content, COLUMNS)
    return _settings(rows, table)


def _settings(rows: list[dict[str, str]], table: TargetTable) -> list[Setting]:
    codes = {line.code for line in table.lines}
    found: dict[tuple[str, str], Setting] = {}
    faults: list[str] = []
    for number, row in enumerate(rows, start=2):
        given = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(given.values()):
            continue
        one = _setting(number, given, codes, table, faults)
        if one and one.place in found:
            faults.append(_said(number, "code", _("this element and level stand in the file twice")))
        elif one:
            found[one.place] = one
    if faults:
        more = len(faults) - _SHOWN_FAULTS
        rest = [_("And {n} more.").format(n=more)] if more > 0 else []
        raise Unreadable(faults[:_SHOWN_FAULTS] + rest)
    return list(found.values())


def _setting(
    number: int, given: dict[str, str], codes: set[str], table: TargetTable, faults: list[str]
) -> Setting | None:
    """Return what a row says, or None with what is wrong with it added to `faults`."""
    before = len(faults)
    if given["code"] not in codes:
        words = _("{code} is no element of this framework").format(code=given["code"] or "–")
        faults.append(_said(number, "code", words))
    level = given["level"].lower()
    if level not in _ALL and level not in Level.values:
        words = _("{level} is no level of schools; there are all, {levels}").format(
            level=given["level"], levels=", ".join(Level.values)
        )
        faults.append(_said(number, "level", words))
    value = None
    try:
        value = Decimal(given["value"]) if given["value"] else None
        if value is not None:
            check_value(value, table.version)
            value = value.quantize(TARGET_STEP)
    except InvalidOperation:
        faults.append(_said(number, "value", _("{value} is no number").format(value=given["value"])))
    except ValidationError as error:
        faults.append(_said(number, "value", error.messages[0]))
    if len(faults) > before:
        return None
    return Setting(given["code"], value, "" if level in _ALL else level)


def _said(number: int, column: str, words: str) -> str:
    return _("Row {number}, column {column}: {words}.").format(
        number=number, column=column, words=words.rstrip(".")
    )
