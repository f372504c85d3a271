"""Mutations of a valid bundle: none may raise, and none that breaks a reference may be accepted."""

import csv
import io
import zipfile
from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.rosters.reader import EMITTED, Options, Roster, read_roster
from tests.schools.rosters import oracle
from tests.schools.rosters.bundles import files_of, manifest_bytes, valid, zipped

TABLES = ("academicSessions", "orgs", "courses", "roles", "users", "classes", "enrollments", "demographics")
WORDS = (
    "x t-1 oak district fall tobedeleted inactive active TRUE false student teacher ext:x school a,b NULL "
    "2026-09-01 2026-02-30 1/9/2026 9 05 {a:b} =1+1"
)
CELLS = st.sampled_from(["", " ", '"', "\n", "\r", "\0", "é", "\u200b", "x" * 300, *WORDS.split()])
ACTS = [
    *("drop row", "double row", "shuffle", "drop column", "double column", "swap columns", "cell", "cell"),
    *("cell", "cell", "header", "shorten", "lengthen", "copy cell", "empty"),
]
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
Cells = list[list[str]]


def parsed(data: bytes) -> Cells:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def written(rows: Cells) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


@st.composite
def mutated_rows(draw: st.DrawFn, rows: Cells) -> Cells:
    """One change to the rows or columns of a file."""
    rows = [list(row) for row in rows]
    width = len(rows[0])
    at = draw(st.integers(1, max(1, len(rows) - 1)))
    column = draw(st.integers(0, width - 1))
    act = draw(st.sampled_from(ACTS))
    if act == "empty":
        return rows[:1]
    if at < len(rows):
        if act == "drop row":
            del rows[at]
        elif act == "double row":
            rows.insert(at, list(rows[at]))
        elif act in ("cell", "copy cell") and column < len(rows[at]):
            other = rows[draw(st.integers(1, len(rows) - 1))]
            rows[at][column] = draw(CELLS if act == "cell" or not other else st.sampled_from(other))
        elif act == "shorten":
            rows[at] = rows[at][:column]
        elif act == "lengthen":
            rows[at].append(draw(CELLS))
    if act == "shuffle":
        rows[1:] = draw(st.permutations(rows[1:]))
    elif act == "header":
        rows[0][column] = draw(
            st.sampled_from(["", "x", "sourcedId", rows[0][column].upper(), "metadata.a.b"])
        )
    elif act in ("drop column", "double column", "swap columns"):
        other = draw(st.integers(0, width - 1))
        for row in rows:
            if len(row) == width:
                moved = row[column]
                if act == "swap columns":
                    row[column], row[other] = row[other], moved
                elif act == "drop column":
                    del row[column]
                else:
                    row.insert(other, moved)
    return rows


def starting_files(version: str, mode: str) -> dict[str, bytes]:
    """A valid bundle; as delta, with what a delta needs in every row."""
    content = valid(version)
    if mode == "delta":
        for rows in content.values():
            for row in rows:
                row.update(status="active", dateLastModified="2026-09-01T00:00:00.000Z")
    return files_of(content, version=version, modes=dict.fromkeys(content, mode))


@st.composite
def mutated_files(draw: st.DrawFn) -> dict[str, bytes]:
    """A bundle after one to three changes."""
    version = draw(st.sampled_from(["1.2", "1.2", "1.1"]))
    mode = draw(st.sampled_from(["bulk", "bulk", "delta"]))
    files = starting_files(version, mode)
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(files)))
        act = draw(
            st.sampled_from(["rows"] * 8 + ["drop", "mode", "bytes", "cut", "rename", "ends", "quotes"])
        )
        if act == "rows" and name != "manifest.csv":
            try:
                rows = parsed(files[name])
            except (csv.Error, UnicodeDecodeError):
                continue
            if rows and rows[0]:
                files[name] = written(draw(mutated_rows(rows)))
        elif act == "drop":
            del files[name]
        elif act == "mode":
            names = [one.removesuffix(".csv") for one in files if one != "manifest.csv"]
            modes = {one: draw(st.sampled_from(["bulk", "delta", "absent", "", "Bulk"])) for one in names}
            files["manifest.csv"] = manifest_bytes(version, modes)
        elif act == "bytes":
            at = draw(st.integers(0, len(files[name])))
            files[name] = files[name][:at] + draw(st.binary(max_size=6)) + files[name][at:]
        elif act == "cut":
            files[name] = files[name][: draw(st.integers(0, len(files[name])))]
        elif act == "rename":
            files[draw(st.sampled_from(["Users.csv", "a/orgs.csv", "x.txt", "roles.CSV"]))] = files.pop(name)
        elif act == "ends":
            files[name] = files[name].replace(b"\r\n", draw(st.sampled_from([b"\n", b"\r", b"\r\n\r\n"])))
        elif act == "quotes":
            files[name] = b'"' + files[name].replace(b",", b'","').replace(b"\r\n", b'"\r\n"')[:-1]
        if "manifest.csv" not in files and draw(st.booleans()):
            break
    return files


def read(file: io.BytesIO, **options: Any) -> tuple[Roster, dict[str, list[tuple[str, ...]]]]:
    rows: dict[str, list[tuple[str, ...]]] = {}
    roster = read_roster(file, sink=lambda table, made: rows.setdefault(table, []).extend(made), **options)
    return roster, rows


def check(files: dict[str, bytes], *, strict: bool) -> None:
    """Read a bundle and compare the verdict with the oracle's."""
    file = zipped(files)
    roster, rows = read(file, options=Options(strict=strict))
    for table, made in rows.items():
        assert {len(row) for row in made} <= {len(EMITTED[table])}
    if not roster.accepted:
        return
    try:
        broken = oracle.dangling(file)
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, KeyError):
        # What the naive reader cannot read it cannot judge.
        return
    assert not broken


@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(mutated_files(), st.booleans())
def test_mutation_never_raises_and_no_broken_reference_is_accepted(
    files: dict[str, bytes], strict: bool
) -> None:
    check(files, strict=strict)


@pytest.mark.full
@pytest.mark.slow
@settings(max_examples=3_000, deadline=None, suppress_health_check=QUIET)
@given(mutated_files(), st.booleans())
def test_many_mutations_never_raise_and_no_broken_reference_is_accepted(
    files: dict[str, bytes], strict: bool
) -> None:
    check(files, strict=strict)


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_bytes_changed_in_the_zip_itself_never_raise(data: st.DataObject) -> None:
    made = bytearray(zipped(starting_files("1.2", "bulk")).getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    read_roster(io.BytesIO(bytes(made[: data.draw(st.integers(0, len(made)))])))
    read_roster(io.BytesIO(bytes(made)))


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(st.sampled_from([name for name in TABLES if name != "demographics"]), st.data())
def test_row_taken_from_a_bulk_file_is_missed_where_it_is_referred_to(
    table: str, data: st.DataObject
) -> None:
    files = starting_files("1.2", "bulk")
    rows = parsed(files[f"{table}.csv"])
    del rows[data.draw(st.integers(1, len(rows) - 1))]
    files[f"{table}.csv"] = written(rows)
    file = zipped(files)
    roster, _ = read(file)
    broken = oracle.dangling(file)
    said = {
        (place.file.removesuffix(".csv"), place.column)
        for place in roster.findings.kept
        if place.code.startswith("reference.missing")
    }
    assert said == {(name, column) for name, column, _ in broken}
    assert roster.accepted is not bool(broken)


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(st.sets(st.sampled_from(["oak", "math-a", "t-1", "s-1", "math", "district", "fall", "year"])))
def test_delta_is_accepted_exactly_when_what_it_refers_to_is_held(held: set[str]) -> None:
    kinds = {
        "orgs": {"oak", "district"},
        "schools": {"oak"},
        "classes": {"math-a"},
        "users": {"t-1", "s-1"},
    }

    def known(kind: str, ids: Collection[str]) -> set[str]:
        return held & kinds.get(kind, set()) & set(ids)

    files = starting_files("1.2", "delta")
    kept = {name: files[name] for name in ("enrollments.csv",)}
    kept["manifest.csv"] = manifest_bytes("1.2", {"enrollments": "delta"})
    roster, rows = read(zipped(kept), known=known)
    assert roster.accepted is ({"oak", "math-a", "t-1", "s-1"} <= held)
    assert len(rows.get("enrollments", ())) == (2 if roster.accepted else 0)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(st.permutations(range(6)), st.sampled_from(["enrollments", "users", "orgs", "classes"]))
def test_order_of_rows_changes_no_verdict_and_no_row(order: list[int], table: str) -> None:
    content = valid("1.2")
    for number in range(4):
        content["users"].append(
            {**content["users"][1], "sourcedId": f"s-{number + 2}", "username": f"u{number}"}
        )
        content["orgs"].append({**content["orgs"][1], "sourcedId": f"school-{number}"})
        content["classes"].append({**content["classes"][0], "sourcedId": f"class-{number}"})
        content["enrollments"].append({**content["enrollments"][1], "sourcedId": f"e-{number + 3}"})
        content["roles"].append(
            {**content["roles"][1], "sourcedId": f"r-{number + 3}", "userSourcedId": f"s-{number + 2}"}
        )
    _, before = read(zipped(files_of(content)))
    rows = content[table]
    content[table] = [rows[place] for place in order if place < len(rows)]
    content[table] += [row for row in rows if row not in content[table]]
    roster, after = read(zipped(files_of(content)))
    assert roster.accepted
    assert {name: sorted(made) for name, made in after.items()} == {
        name: sorted(made) for name, made in before.items()
    }
