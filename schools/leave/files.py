"""Leave as a spreadsheet: in, with what is wrong by row and column, and out as it stands."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from alignment_dash.ui.csv_table import Unreadable, read_table
from schools.leave.actions import Away
from schools.leave.queries import people_by_external_id
from schools.models import Leave

COLUMNS = ("person", "first_day", "last_day")
MOST_ROWS = 10_000
_SHOWN_FAULTS = 20
_EARLIEST, _LATEST = date(1950, 1, 1), date(2100, 1, 1)


def read(content: bytes) -> list[tuple[int, Away]]:
    """Return the leaves of a file with their rows' numbers: person (outside id), first_day and last_day (may be blank).

    Other columns are not looked at, and not kept. Raises Unreadable. One query.
    """
    rows = _rows(content)
    people = people_by_external_id({given["person"] for _number, given in rows})
    faults: list[str] = []
    found = []
    for number, given in rows:
        before = len(faults)
        meant = people.get(given["person"], set())
        if len(meant) != 1:
            words = (
                _("two people have the id {id}") if meant else _("nobody on the roster has the id {id}")
            ).format(id=given["person"] or "–")
            faults.append(_said(number, "person", words))
        first = _day(given["first_day"], number, "first_day", faults)
        last = _day(given["last_day"], number, "last_day", faults) if given["last_day"] else None
        if len(faults) == before and first:
            found.append((number, Away(next(iter(meant)), first, last)))
    if faults:
        raise Unreadable(shortened(faults))
    return found


def shortened(faults: list[str]) -> list[str]:
    """Return the first faults, and how many more there are."""
    more = len(faults) - _SHOWN_FAULTS
    return faults[:_SHOWN_FAULTS] + ([_("And {n} more.").format(n=more)] if more > 0 else [])


def rows_of(leaves: Iterable[Leave], ids: dict[int, str]) -> Iterator[list[object]]:
    """Yield the heading and a row for each leave, as `read` takes them."""
    yield list(COLUMNS)
    for one in leaves:
        last = date.fromordinal(one.during.upper.toordinal() - 1) if one.during.upper else None
        yield [ids.get(one.person_id, ""), one.during.lower, last]


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    rows = read_table(content, COLUMNS)
    if len(rows) > MOST_ROWS:
        raise Unreadable([_("The file has more than {n} rows.").format(n=MOST_ROWS)])
    given = [
        (number, {name: (row.get(name) or "").replace("\0", "").strip()[:255] for name in COLUMNS})
        for number, row in enumerate(rows, start=2)
    ]
    return [(number, one) for number, one in given if any(one.values())]


def _day(text: str, number: int, column: str, faults: list[str]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(
            _said(number, column, _("{text} is no day such as 2026-11-22").format(text=text or "–"))
        )
        return None
    if not _EARLIEST <= day <= _LATEST:
        faults.append(_said(number, column, _("{text} is mistyped").format(text=text)))
        return None
    return day


def _said(number: int, column: str, words: str) -> str:
    return _("Row {number}, column {column}: {words}.").format(number=number, column=column, words=words)
