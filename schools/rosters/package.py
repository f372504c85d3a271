"""Opening a zip that a stranger sent: limits are measured while reading, headers are never believed.

Nothing is written to disk, and entry names are only ever compared.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO

from .findings import Findings

MEGABYTE = 1_000_000
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_OF_DIRECTORY_64 = b"PK\x06\x06"
_LONGEST_TAIL = 66_000
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a zip may cost. Sizes are bytes after unpacking.

    `ratio` is unpacked to packed size, looked at once `ratio_floor` bytes are unpacked: tiny files of
    equal rows pack very well and harm nobody.
    """

    entries: int = 200
    entry_bytes: int = 2_000 * MEGABYTE
    total_bytes: int = 4_000 * MEGABYTE
    ratio: int = 100
    ratio_floor: int = 10 * MEGABYTE
    directory_bytes: int = MEGABYTE
    columns: int = 500
    staff_roles: int = 500_000


class Refused(Exception):
    """The package cannot be read on. `code` is a rule of `rules.py`, `words` fill its message."""

    def __init__(self, code: str, *, file: str = "", **words: object) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.words = words


@dataclass(slots=True)
class Package:
    """The files of an opened zip by name (no folder), and how much has been unpacked so far."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    packed_bytes: int
    limits: Limits
    unpacked_bytes: int = field(default=0)
    _unpacked: dict[str, int] = field(default_factory=dict)

    def open(self, name: str) -> MeasuredEntry:
        """Open one file for reading. Reading raises `Refused` when a limit is passed or it is damaged."""
        try:
            return MeasuredEntry(self, name, self.archive.open(self.entries[name]))
        except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError) as error:
            raise Refused("package.damaged", file=name) from error

    def declared_bytes(self, names: list[str]) -> int:
        """What the zip claims that these files unpack to. For a progress bar only, never for a limit."""
        return sum(self.entries[name].file_size for name in names)

    def charge(self, name: str, entry_bytes: int) -> None:
        """Count unpacked bytes against every limit; what is read a second time is counted once."""
        self.unpacked_bytes += max(0, entry_bytes - self._unpacked.get(name, 0))
        self._unpacked[name] = max(entry_bytes, self._unpacked.get(name, 0))
        limits = self.limits
        if entry_bytes > limits.entry_bytes:
            raise Refused("package.too_large", file=name, limit=limits.entry_bytes // MEGABYTE)
        if self.unpacked_bytes > limits.total_bytes:
            raise Refused("package.total_too_large", limit=limits.total_bytes // MEGABYTE)
        if self.unpacked_bytes > max(limits.ratio_floor, limits.ratio * self.packed_bytes):
            raise Refused("package.ratio", limit=limits.ratio)


class MeasuredEntry:
    """The bytes of one entry, counted as they come."""

    def __init__(self, package: Package, name: str, stream: IO[bytes]) -> None:
        self._package = package
        self._name = name
        self._stream = stream
        self.bytes_read = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        try:
            data = self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise Refused("package.damaged", file=self._name) from error
        self.bytes_read += len(data)
        self._package.charge(self._name, self.bytes_read)
        return data


def open_package(file: IO[bytes], limits: Limits, findings: Findings) -> Package:
    """Open the zip in `file` (seekable, binary) and choose what of it may be read.

    Raises `Refused` for what is no usable zip; adds a warning for what is left out.
    """
    packed_bytes = file.seek(0, io.SEEK_END)
    if packed_bytes == 0:
        raise Refused("package.empty")
    _check_directory(file, packed_bytes, limits)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise Refused("package.not_a_zip") from error
    if len(infos) > limits.entries:
        raise Refused("package.too_many_entries", limit=limits.entries)
    return Package(archive, _choose(infos, findings), packed_bytes, limits)


def _check_directory(file: IO[bytes], packed_bytes: int, limits: Limits) -> None:
    """Refuse a directory too large to list: `zipfile` would read all of it into memory."""
    file.seek(max(0, packed_bytes - _LONGEST_TAIL))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < 22:
        raise Refused("package.not_a_zip")
    size = struct.unpack_from("<L", tail, at + 12)[0]
    at_64 = tail.rfind(_END_OF_DIRECTORY_64, 0, at)
    if at_64 >= 0 and at - at_64 >= 56:
        size = struct.unpack_from("<Q", tail, at_64 + 40)[0]
    if size > limits.directory_bytes:
        raise Refused("package.too_many_entries", limit=limits.entries)


def _choose(infos: list[zipfile.ZipInfo], findings: Findings) -> dict[str, zipfile.ZipInfo]:
    """Entries by file name, after stripping one wrapping folder and what macOS adds."""
    kept = []
    for info in infos:
        parts = info.filename.replace("\\", "/").split("/")
        if parts[0] == "" or ".." in parts or ":" in parts[0]:
            raise Refused("package.unsafe_path")
        if info.is_dir() or any(part == "__MACOSX" or part.startswith(".") for part in parts):
            if findings.strict:
                name = printable(info.filename)
                findings.add("package.unknown_file", file=name, name=name)
            continue
        kept.append((parts, info))
    folders = {parts[0] if len(parts) > 1 else None for parts, _ in kept}
    if len(folders) == 1 and None not in folders:
        kept = [(parts[1:], info) for parts, info in kept]
        findings.add("package.wrapping_folder")
    entries: dict[str, zipfile.ZipInfo] = {}
    for parts, info in kept:
        name = "/".join(parts)
        if name.lower() in {other.lower() for other in entries}:
            raise Refused("package.duplicate", file=printable(name))
        entries[name] = info
    return entries


def check_entry(package: Package, name: str) -> None:
    """Refuse an entry that is encrypted or packed by a method that is not read here."""
    info = package.entries[name]
    if info.flag_bits & _ENCRYPTED:
        raise Refused("package.encrypted", file=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("package.compression", file=name)


def printable(name: str, longest: int = 60) -> str:
    """A name from outside, safe to show: no control characters, no more than `longest`."""
    text = "".join(character if character.isprintable() else "?" for character in name)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
