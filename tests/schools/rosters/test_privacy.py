"""Passwords, telephone numbers and demographics are never read, handed on, kept or quoted."""

import csv
import gc
import io
from typing import Any

import pytest

from schools.rosters.columns import PRIVATE_COLUMNS, Kind, tables
from schools.rosters.reader import Options, Roster, read_roster
from schools.rosters.role_rules import RoleRule
from tests.schools.rosters.bundles import (
    STUDENT,
    TEACHER,
    bundle,
    files_of,
    header,
    table_bytes,
    valid,
    zipped,
)

SECRET = "zq-secret"
DEMOGRAPHICS = [column.name for column in tables("1.2")[-1].columns][3:]


def secrets(version: str) -> dict[str, list[dict[str, str]]]:
    """The valid rows with a secret of its own in every private cell."""
    content = valid(version)
    for number, row in enumerate(content["users"]):
        row.update({name: f"{SECRET}-{name}-{number}" for name in PRIVATE_COLUMNS})
    content["demographics"] = [{"sourcedId": "s-1", **{name: f"{SECRET}-{name}" for name in DEMOGRAPHICS}}]
    return content


def everything_said(file: io.BytesIO, options: Options | None = None) -> tuple[Roster, str]:
    """The verdict, and all that came out of reading as one text."""
    said: list[Any] = []
    roster = read_roster(file, options=options, sink=lambda table, rows: said.append((table, rows)))
    groups = [(group.cause, group.message, group.first) for group in roster.findings.groups()]
    return roster, repr((said, groups, roster.findings.kept, roster.unmatched_words, roster.counts))


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("strict", [False, True])
def test_private_cells_come_out_nowhere(version: str, strict: bool) -> None:
    roster, said = everything_said(bundle(secrets(version), version=version), Options(strict=strict))
    assert roster.accepted
    assert SECRET not in said


def test_private_columns_are_not_among_those_that_are_read() -> None:
    for version in ("1.1", "1.2"):
        for table in tables(version, strict=True):
            read = {column.name for column in table.columns if column.kind is not Kind.UNUSED}
            assert read.isdisjoint(PRIVATE_COLUMNS)
            assert read.isdisjoint(DEMOGRAPHICS)


@pytest.mark.parametrize("damage", [b"\xff", b'"', b"\0", b"\r", b",,", b"\n"])
def test_private_cells_are_not_quoted_when_their_row_is_wrong(damage: bytes) -> None:
    files = files_of(secrets("1.2"))
    files["users.csv"] = files["users.csv"].replace(SECRET.encode(), SECRET.encode() + damage)
    roster, said = everything_said(zipped(files))
    assert SECRET not in said
    assert roster.findings.kept or damage == b'"'


def test_private_cells_in_the_wrong_column_are_not_quoted() -> None:
    """A file whose columns have slipped puts passwords where roles, ids and dates belong."""
    names = header("users", "1.1")
    for name in names:
        data = table_bytes(
            names,
            [
                {**TEACHER, "role": "teacher", "orgSourcedIds": "oak", name: f"{SECRET}!{name}"},
                {**STUDENT, "role": "student", "orgSourcedIds": "oak"},
            ],
        )
        roster, _ = everything_said(bundle(version="1.1", replace={"users.csv": data}))
        groups = [(group.cause, group.message) for group in roster.findings.groups()]
        assert SECRET not in repr((roster.findings.kept, groups, roster.unmatched_words))


def test_name_of_a_column_may_not_smuggle_a_private_one_to_a_rule() -> None:
    for name in PRIVATE_COLUMNS:
        with pytest.raises(ValueError, match="never read"):
            RoleRule("", "", name.upper(), "is", ("x",), "coach")


def test_only_the_columns_a_rule_names_are_handed_to_it() -> None:
    names = [*header("users"), "metadata.acme.title", "metadata.acme.ssn"]
    people = [
        {**person, "metadata.acme.title": "Coach", "metadata.acme.ssn": f"{SECRET}-ssn"}
        for person in (TEACHER, STUDENT)
    ]
    rule = RoleRule("teacher", "", "metadata.acme.title", "is", ("coach",), "coach")
    file = bundle(replace={"users.csv": table_bytes(names, people)})
    roster, said = everything_said(file, Options(role_rules=(rule,)))
    assert roster.accepted
    assert "'coach'" in said
    assert SECRET not in said
    assert "Coach" not in said


def test_nothing_private_is_held_after_reading() -> None:
    roster, _ = everything_said(bundle(secrets("1.2")))
    gc.collect()
    held = io.StringIO()
    writer = csv.writer(held)
    for thing in gc.get_referents(roster):
        writer.writerow([repr(thing)])
    assert SECRET not in held.getvalue()
