"""A watched folder: which files in it are whole, what they hold, and putting them aside.

Whoever may write into the folder is a stranger: names are only compared, links are never followed, and what is
opened is looked at again through the opened file. Nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .failures import FeedFailed

TAKEN = "taken"
MARKERS = (".done", ".ready")
# Two looks this many seconds apart must see the same, unless a marker says that a drop is whole.
QUIET = 60
_PARTIAL = (".part", ".tmp", ".filepart", ".partial", ".crdownload")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHUNK = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK

Looks = dict[str, list[object]]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Drop:
    """A bundle in the folder: a zip, or the CSV files of a subfolder ("" for the watched folder itself).

    signature: names, sizes and times of what it is made of; modified: when the newest of it was, in ns.
    """

    name: str
    files: tuple[str, ...]
    signature: str
    modified: int
    marked: bool

    @property
    def label(self) -> str:
        """A name for the bundle, as a file's."""
        return self.name if self.name.lower().endswith(".zip") else f"{self.name or 'roster'}.zip"


def is_folder_name(name: str) -> bool:
    """Say whether a feed may watch a folder of this name: one plain word, and not where taken files go."""
    return bool(_NAME.fullmatch(name)) and name.lower() != TAKEN


def look(root: str, folder: str) -> list[Drop]:
    """Return what lies in a feed's folder below `root`, oldest first. FeedFailed when there is no such folder."""
    with _opened(root, folder) as top:
        names = _names(top)
        drops = [drop for name in names if (drop := _there(_drop, top, name, names)) is not None]
        loose = sorted(name for name in names if _is_csv(name))
        if "manifest.csv" in loose:
            marked = any(f"manifest.csv{end}" in names for end in MARKERS)
            if (drop := _there(_of, top, "", loose, marked)) is not None:
                drops.append(drop)
    return sorted((drop for drop in drops if drop.files), key=lambda drop: (drop.modified, drop.name))


def ready(drops: list[Drop], looks: Looks, taken: dict[str, str], now: float) -> tuple[list[Drop], Looks]:
    """Return the drops that are whole and were not taken before, and what to remember until the next look.

    looks: by name, the signature seen and since when (seconds); taken: by name, the signature of what was taken
    and could not be put aside.
    """
    whole, remember = [], Looks()
    for drop in drops:
        if taken.get(drop.name) == drop.signature:
            continue
        seen, since = looks.get(drop.name, ["", now])
        if seen != drop.signature:
            since = now
        remember[drop.name] = [drop.signature, since]
        if drop.marked or (seen == drop.signature and now - float(str(since)) >= QUIET):
            whole.append(drop)
    return whole, remember


def content(root: str, folder: str, drop: Drop, *, most: int) -> bytes:
    """Return a drop as the bytes of a zip. FeedFailed: it is larger than `most`, or changed since it was looked at."""
    with _opened(root, folder) as top:
        made = _there(_bytes_of, top, drop, most)
        if drop.name:
            now = _there(_drop, top, drop.name, _names(top))
        else:
            now = _there(_of, top, "", list(drop.files), drop.marked)
    if made is None or now is None or now.signature != drop.signature:
        raise FeedFailed(f"{drop.label} changed while it was read. It will be looked at again.")
    return made


def put_aside(root: str, folder: str, drop: Drop, stamp: str) -> bool:
    """Move a drop, and its marker, to `taken/`; False when the folder cannot be written to."""
    try:
        with _opened(root, folder) as top:
            if TAKEN not in os.listdir(top):
                os.mkdir(TAKEN, 0o750, dir_fd=top)
            aside = os.open(TAKEN, _DIRECTORY, dir_fd=top)
            try:
                for name in [drop.name] if drop.name else drop.files:
                    for each in (name, *(f"{name}{end}" for end in MARKERS), *_other_markers(name)):
                        _move(top, each, aside, f"{stamp}-{each}")
            finally:
                os.close(aside)
    except OSError:
        return False
    return True


def _move(top: int, name: str, aside: int, new: str) -> None:
    """Move what is there, under a name that is not taken: a rename would replace a file without a word."""
    try:
        os.stat(name, dir_fd=top, follow_symlinks=False)
    except FileNotFoundError:
        return
    there = set(os.listdir(aside))
    free = next(each for each in (new, *(f"{new}.{n}" for n in range(1, 1000))) if each not in there)
    os.rename(name, free, src_dir_fd=top, dst_dir_fd=aside)


@contextmanager
def _opened(root: str, folder: str) -> Iterator[int]:
    if not root:
        raise FeedFailed("No folder for drops is set up on this installation (ROSTER_DROP_FOLDER).")
    if not is_folder_name(folder):
        raise FeedFailed("The folder's name must be one plain word.")
    try:
        base = os.open(Path(root), os.O_RDONLY | os.O_DIRECTORY)
        try:
            opened = os.open(folder, _DIRECTORY, dir_fd=base)
        finally:
            os.close(base)
    except OSError as error:
        raise FeedFailed(f"The folder {folder} cannot be opened below ROSTER_DROP_FOLDER.") from error
    try:
        yield opened
    finally:
        os.close(opened)


@contextmanager
def _inside(top: int, name: str) -> Iterator[int]:
    opened = os.open(name, _DIRECTORY, dir_fd=top) if name else os.dup(top)
    try:
        yield opened
    finally:
        os.close(opened)


def _names(place: int) -> set[str]:
    """Return what lies in a folder. A name that is no UTF-8 could be neither remembered nor shown: left alone."""
    found = set()
    for name in os.listdir(place):
        with suppress(UnicodeEncodeError):
            name.encode()
            found.add(name)
    return found


def _there(find: Callable[..., Found], *args: object) -> Found | None:
    """Find something; None where it is gone by now, or is not for us to see: others write while we look."""
    try:
        return find(*args)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return None


def _bytes_of(top: int, drop: Drop, most: int) -> bytes:
    if drop.name.lower().endswith(".zip"):
        return _read(top, drop.name, most)
    with _inside(top, drop.name) as place:
        return _zipped({name: _read(place, name, most) for name in drop.files}, most)


def _drop(top: int, name: str, names: set[str]) -> Drop | None:
    if name.startswith((".", "_")) or name.lower() == TAKEN or name.lower().endswith(_PARTIAL):
        return None
    facts = os.stat(name, dir_fd=top, follow_symlinks=False)
    marked = any(end in names for end in (*(f"{name}{end}" for end in MARKERS), *_other_markers(name)))
    if stat.S_ISREG(facts.st_mode) and name.lower().endswith(".zip"):
        return _of(top, name, [name], marked, inside=False)
    if not stat.S_ISDIR(facts.st_mode):
        return None
    with _inside(top, name) as place:
        inside = _names(place)
    files = sorted(filter(_is_csv, inside))
    partial = any(each.lower().endswith(_PARTIAL) for each in inside)
    return _of(top, name, files, marked) if "manifest.csv" in files and not partial else None


def _other_markers(name: str) -> tuple[str, ...]:
    stem = name[:-4] if name.lower().endswith(".zip") else ""
    return tuple(f"{stem}{end}" for end in MARKERS) if stem else ()


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv") and not name.startswith((".", "_"))


def _of(top: int, name: str, files: list[str], marked: bool, *, inside: bool = True) -> Drop:
    facts, kept = hashlib.sha256(), []
    newest = 0
    with _inside(top, name if inside else "") as place:
        for file in files:
            found = os.stat(file, dir_fd=place, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode):
                kept.append(file)
                facts.update(f"{file}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
                newest = max(newest, found.st_mtime_ns)
    return Drop(name, tuple(kept), facts.hexdigest(), newest, marked)


def _read(place: int, name: str, most: int) -> bytes:
    try:
        with os.fdopen(os.open(name, _FILE, dir_fd=place), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FeedFailed(f"{name} is not a file.")
            found = file.read(most + 1)
    except OSError as error:
        raise FeedFailed(f"{name} cannot be read.") from error
    if len(found) > most:
        raise FeedFailed(f"{name} is larger than {most // 2**20} MB.")
    return found


def _zipped(files: dict[str, bytes], most: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, found in files.items():
            info = zipfile.ZipInfo(name, date_time=_NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, found)
            if made.tell() > most:
                raise FeedFailed(f"The files are together larger than {most // 2**20} MB.")
    return made.getvalue()
