"""manifest.csv: the version of the standard and what each file claims to be."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

from .columns import VERSIONS, tables, unused_files
from .findings import Findings
from .package import Package, Refused, check_entry, printable

NAME = "manifest.csv"
_LARGEST = 100_000


class Mode(StrEnum):
    """What a file states. `ABSENT` says nothing about its kind of record, and never "none"."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that could be understood. `modes` holds every file of the standard, by name."""

    version: str
    modes: dict[str, Mode]
    files: dict[str, str]
    system_name: str = ""
    system_code: str = ""

    def mode(self, table: str) -> Mode:
        """How `table` (such as "users") is given."""
        return self.modes.get(table, Mode.ABSENT)


def read_manifest(package: Package, findings: Findings) -> Manifest | None:
    """Read manifest.csv and compare it with the files that are there.

    Returns None when the version is not known, because nothing else can then be read. `files` maps
    a table that is to be read to its entry in the zip.
    """
    values = _properties(package, findings)
    version = values.get("oneroster.version", "").strip()
    if version not in VERSIONS:
        findings.add("manifest.version", file=NAME)
        return None
    known = [table.name for table in tables(version)] + list(unused_files(version))
    _check_properties(values, known, findings)
    read = {table.name for table in tables(version)}
    given = {entry.lower() for entry in package.entries}
    modes = {name: mode for name in known if (mode := _mode(name, values, given, read, findings)) is not None}
    manifest = Manifest(
        version,
        modes,
        _match_files(package, version, modes, findings),
        values.get("source.systemName", "").strip()[:255],
        values.get("source.systemCode", "").strip()[:255],
    )
    if not manifest.files and not findings.has_errors:
        findings.add("package.nothing_to_import", file=NAME)
    return manifest


def _properties(package: Package, findings: Findings) -> dict[str, str]:
    entry = _entry_for(NAME, package)
    if entry is None:
        raise Refused(_why_there_is_none(package), file=NAME)
    check_entry(package, entry)
    text = package.open(entry).read(_LARGEST).decode("utf-8-sig", errors="replace")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise Refused("manifest.unreadable", file=NAME) from error
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if header[:2] != ["propertyname", "value"]:
        raise Refused("manifest.unreadable", file=NAME)
    values: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        name = row[0].strip()
        if any("\0" in cell for cell in row):
            findings.add("csv.nul_byte", file=NAME, rows=[number])
        elif len(row) < 2:
            findings.add("manifest.unreadable", file=NAME, rows=[number])
        elif name in values:
            findings.add("manifest.duplicate_property", file=NAME, rows=[number])
        else:
            values[name] = row[1]
    return values


def _why_there_is_none(package: Package) -> str:
    """The code of the finding for a zip without a manifest."""
    names = [name.lower() for name in package.entries]
    if "[content_types].xml" in names:
        return "package.workbook"
    if any(name.endswith(".zip") for name in names):
        return "package.nested_zip"
    return "manifest.missing"


def _check_properties(values: dict[str, str], known: list[str], findings: Findings) -> None:
    expected = {f"file.{name}" for name in known} | {
        "manifest.version",
        "oneroster.version",
        "source.systemName",
        "source.systemCode",
    }
    for _ in sorted(values.keys() - expected):
        findings.add("manifest.unknown_property", file=NAME)


def _mode(
    name: str, values: dict[str, str], given: set[str], read: set[str], findings: Findings
) -> Mode | None:
    key = f"file.{name}"
    if key not in values:
        findings.add("manifest.missing_property", file=NAME, column=key)
        return Mode.ABSENT
    word = values[key].strip()
    if not word:
        is_given = f"{name}.csv".lower() in given
        code = "manifest.blank_mode" if is_given and name in read else "manifest.blank_absent"
        findings.add(code, file=NAME, column=key)
        return None if is_given else Mode.ABSENT
    if word.lower() not in set(Mode):
        findings.add("manifest.unknown_mode", file=NAME, column=key)
        return None
    if word != word.lower():
        findings.add("manifest.word_case", file=NAME, column=key)
    return Mode(word.lower())


def _match_files(
    package: Package, version: str, modes: dict[str, Mode], findings: Findings
) -> dict[str, str]:
    """Which entry each declared table is read from; says what is missing, unexpected or left out."""
    read = [table.name for table in tables(version)]
    matched: dict[str, str] = {}
    claimed = {_entry_for(NAME, package)}
    for name in (*read, *unused_files(version)):
        file = f"{name}.csv"
        entry = _entry_for(file, package)
        claimed.add(entry)
        mode = modes.get(name)
        if entry is None:
            if mode in (Mode.BULK, Mode.DELTA):
                findings.add("manifest.file_missing", file=file)
            continue
        if entry != file:
            findings.add("package.file_name_case", file=file, name=printable(entry))
        if mode is Mode.ABSENT:
            findings.add("manifest.file_unexpected", file=file)
        elif mode is not None and name not in read:
            findings.add("package.file_not_used", file=file)
        elif mode is not None:
            check_entry(package, entry)
            matched[name] = entry
    for entry in sorted(package.entries.keys() - claimed):
        findings.add("package.unknown_file", file=printable(entry), name=printable(entry))
    return matched


def _entry_for(file: str, package: Package) -> str | None:
    """The entry of this name, exact or else in other capitals."""
    if file in package.entries:
        return file
    return next((entry for entry in package.entries if entry.lower() == file.lower()), None)
