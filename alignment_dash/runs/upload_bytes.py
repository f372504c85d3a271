"""The bytes of an upload: taken in, written to the database and read from it so that they are in memory once."""

import io
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from alignment_dash.runs.models import Upload

CHUNK = 1 << 20


class Refused(Exception):
    """The file cannot be taken in at all; `status` is the HTTP status that says so."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def read_file(file: IO[bytes]) -> bytes:
    """Return the bytes of a file; Refused when it is empty or larger than UPLOAD_MAX_MB allows."""
    parts, size = [], 0
    while part := file.read(CHUNK):
        size += len(part)
        if size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 2**20
            raise Refused(_("The file is larger than %(limit)d MB.") % {"limit": limit}, status=413)
        parts.append(part)
    if not size:
        raise Refused(_("The file is empty."))
    return b"".join(parts)


class _Hex:
    """Bytes as one row of COPY's text format, made piece by piece."""

    def __init__(self, content: bytes) -> None:
        self._parts = self._pieces(memoryview(content))

    @staticmethod
    def _pieces(content: memoryview) -> Iterator[str]:
        yield "\\\\x"
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK].hex()
        yield "\n"

    def read(self, size: int = -1) -> str:
        return next(self._parts, "")


def write_content(upload: Upload, content: bytes) -> None:
    """Store the bytes of an upload by COPY: as a query's parameter they would be in memory six times."""
    table = upload._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE received (content bytea)")
        cursor.copy_expert("COPY received FROM STDIN", _Hex(content))
        cursor.execute(
            f"UPDATE {table} SET content = received.content FROM received WHERE {table}.id = %s",  # noqa: S608
            [upload.pk],
        )
        cursor.execute("DROP TABLE received")


class _Stored(io.RawIOBase):
    """The bytes of an upload where they lie: read, and read again, piece by piece from the database."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._at = 0
        table = upload._meta.db_table
        self._query = f"SELECT substring(content FROM %s FOR %s) FROM {table} WHERE id = %s"  # noqa: S608

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._upload.size}[whence]
        if start + offset < 0:
            raise OSError("a file has nothing before its start")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._upload.size - self._at)
        if wanted <= 0:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(self._query, [self._at + 1, wanted, self._upload.pk])
            row = cursor.fetchone()
        if row is None or len(row[0]) != wanted:
            raise LookupError("the bytes of this upload are gone")
        buffer[:wanted] = bytes(row[0])
        self._at += wanted
        return wanted


def open_content(upload: Upload) -> IO[bytes]:
    """Return the bytes of an upload as a file that holds a piece of them at a time, however large they are.

    Reading raises LookupError when they are gone: another worker has ended the import meanwhile.
    """
    return io.BufferedReader(_Stored(upload), CHUNK)


def read_content(upload: Upload) -> io.BytesIO:
    """Return the bytes of an upload as a file in memory, once.

    LookupError when they are not all there: another worker has ended the import and dropped them meanwhile.
    """
    found = io.BytesIO()
    if upload.size:  # room for all of it at once: a file that grows is in memory twice
        found.seek(upload.size - 1)
        found.write(b"\0")
        found.seek(0)
    stored = _Stored(upload)
    with found.getbuffer() as room:
        for start in range(0, upload.size, CHUNK):
            stored.readinto(room[start : start + CHUNK])
    return found
