"""Where private servers keep their files, and as whom they run."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
STATE = Path(os.environ.get("ALIGNMENT_STATE") or REPOSITORY / "var" / "demo")
LOGS = STATE.parent / "log"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the account for servers when we are root, else None for "as ourselves".

    PostgreSQL refuses to run as root. `nobody` exists everywhere and owns nothing; SERVER_USER names another.
    """
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(os.environ.get("SERVER_USER", "nobody"))
    return Account(entry.pw_uid, entry.pw_gid)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` may walk to `path` (which must exist); no permission is changed to make it so."""
    if account is None:
        return True
    for folder in [path, *path.parents]:
        status = folder.stat()
        allowed = stat.S_IXOTH
        if status.st_uid == account.uid:
            allowed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            allowed = stat.S_IXGRP
        if not status.st_mode & allowed:
            return False
    return True


def make_folder(path: Path, *, mode: int = 0o755) -> Path:
    """Make a folder and its missing parents with `mode` whatever the umask; existing ones stay as they are."""
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
    return path


def server_folder(preferred: Path, account: Account | None) -> Path:
    """Return a folder that `account` can reach: `preferred`, or else its `open_folder`.

    A checkout below /root is closed to every other user, and stays so.
    """
    make_folder(preferred)
    return preferred if reachable(preferred, account) else open_folder(preferred)


def open_folder(closed: Path) -> Path:
    """Make and return the folder under /var/tmp that stands for one that others cannot reach.

    Raises PermissionError when someone else made it already.
    """
    name = hashlib.sha256(os.fsencode(closed)).hexdigest()[:12]
    folder = Path("/var/tmp") / f"alignment-dash-{os.geteuid()}-{name}"  # noqa: S108 - its owner is checked
    folder.mkdir(mode=0o711, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to someone else: remove it, or move the checkout.")
    folder.chmod(0o711)
    return folder


def owned_folder(path: Path, account: Account | None) -> Path:
    """Make `path` (its parent must exist) readable by its owner alone and give it to `account`."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    return path


def write_private(path: Path, content: str, account: Account | None = None) -> None:
    """Write a file that only its owner can read, never readable by others in between."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    if account is not None:
        os.chown(scratch, account.uid, account.gid)
    scratch.replace(path)
