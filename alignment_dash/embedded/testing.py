"""Run the tests on private servers that exist for this run alone."""

import fcntl
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alignment_dash.embedded.browser import find_browser
from alignment_dash.embedded.commands import foreground
from alignment_dash.embedded.servers import Servers

PREFIX = "alignment-test-"
# The product's own, and one whose midnight is four or five hours later.
ZONES = ("America/Chicago", "Pacific/Honolulu")
LONGEST_RUN = timedelta(hours=4)


def run_tests(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments` and return its exit code.

    Servers named by DATABASE_URL and REDIS_URL are used as they are; what is not named is started in a
    temporary folder and removed afterwards, also after a failure or ctrl-C.
    """
    command = [sys.executable, "-m", "pytest", *parallel(arguments), *arguments]
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    common = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "SECURE_TRANSPORT": "false",
        "DISTRICT_TIME_ZONE": os.environ.get("DISTRICT_TIME_ZONE") or time_zone(datetime.now().astimezone()),
    }
    browser = find_browser()
    if browser:
        common["CHROMIUM"] = browser
    if len(given) == 2:
        return foreground(command, common)
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the servers' own user must be able to walk through
    servers = Servers(state=folder, logs=folder / "log", throwaway=True)
    try:
        with servers:
            environment = servers.environment | common | given
            if "DATABASE_URL" in given:
                environment["DATABASE_OWNER_URL"] = os.environ.get(
                    "DATABASE_OWNER_URL", given["DATABASE_URL"]
                )
            return foreground(command, environment)
    finally:
        servers.remove()


def parallel(arguments: Sequence[str]) -> list[str]:
    """Return pytest's options for one process more than there are cores, unless `arguments` say otherwise.

    Tests wait for browsers, servers and workers in turn: with as many as there are cores, a third of them idles.
    """
    own = ("-n", "--numprocesses", "-p", "--pdb", "--collect-only", "--co", "--help", "-h", "--version")
    if any(argument.startswith(own) for argument in arguments):
        return []
    return ["-n", str(min(os.cpu_count() or 1, 4) + 1), "--dist", "worksteal"]


def time_zone(now: datetime) -> str:
    """Return the name of a time zone in which no run that begins `now` (aware) meets midnight.

    A test asks what day it is, has something done and compares: another day in between fails it by chance.
    """
    stays = (name for name in ZONES if _day(now, name) == _day(now + LONGEST_RUN, name))
    return next(stays)


def _day(moment: datetime, zone: str) -> int:
    return moment.astimezone(ZoneInfo(zone)).toordinal()


def remove_abandoned() -> None:
    """Delete the folders of earlier runs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.stat().st_uid == os.geteuid() and not in_use(folder):
            Servers(state=folder, logs=folder / "log").family.end_leftovers()
            shutil.rmtree(folder, ignore_errors=True)


def in_use(folder: Path) -> bool:
    """Whether a test run holds the lock in `folder`; one just made, with no lock yet, counts as held."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
